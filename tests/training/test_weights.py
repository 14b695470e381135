"""What counts how much in training: all schemes are known, and what cannot be seen counts for little."""

import numpy as np
import polars as pl
import pytest

from accounts.simulation.programs import PROGRAMS
from accounts.simulation.schemes import SCHEMES
from features.declaration import AUTOMATED, INFLATED
from training.config import TrainingConfig
from training.weights import TRACES, row_weights

CONFIG = TrainingConfig(weak=0.25, weak_weight=0.4, unseen_weight=0.1)


def test_every_scheme_and_program_has_its_traces():
    assert set(TRACES[INFLATED]) == set(SCHEMES)
    assert set(TRACES[AUTOMATED]) == {*PROGRAMS, "fake_follower"}


@pytest.mark.parametrize(
    ("scheme", "strength", "level", "weight"),
    [
        ("likes_flat", 1.0, "profile+posts12", 1.0),
        ("likes_flat", 0.1, "profile+posts12", 0.4),
        ("likes_flat", 1.0, "profile+history30", 0.1),
        ("likes_flat", 0.1, "profile", 0.04),
        ("likes_flat+content_bot", 1.0, "history30", 0.1),
        ("burst", 1.0, "profile+history30", 1.0),
        ("content_bot", 1.0, "history30", 1.0),  # not this head's to see
        (None, None, "profile", 1.0),
        ("a scheme of one's own", 1.0, "profile", 1.0),
    ],
)
def test_a_fake_counts_by_what_can_be_seen(scheme, strength, level, weight):
    labels = pl.DataFrame(
        {"scheme": [scheme], "strength": [strength]}, schema={"scheme": pl.String, "strength": pl.Float64}
    )
    found = row_weights(INFLATED, np.array([True]), labels, [level], CONFIG)
    assert found == pytest.approx([weight])
    assert row_weights(INFLATED, np.array([False]), labels, [level], CONFIG).tolist() == [1.0]
