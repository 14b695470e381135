"""False accusations are counted among the right accounts: by kind, by level, and by evidence."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from accounts.simulation.draw_person import HARD_PEOPLE
from accounts.simulation.honest_events import EVENTS
from benchmarks.quality.measurements import honest_kinds, natural, union
from benchmarks.quality.parts import honest_kinds as honest_kinds_part
from benchmarks.quality.parts import natural as natural_part
from benchmarks.quality.parts import union as union_part
from benchmarks.quality.populations.simulated_pool import P_VALUES, score_piece
from detector.signals import SIGNALS


@pytest.fixture(scope="module")
def accounts(small_detector) -> pl.DataFrame:
    return score_piece(91, "test", False, "many", 300)


def test_every_kind_has_its_accounts_and_none_that_is_not_honest(accounts):
    found = honest_kinds.evaluate(accounts)
    assert set(found) == {honest_kinds.NOTHING, *EVENTS, *HARD_PEOPLE}
    honest = accounts.filter("authentic")
    for name in ("random_event", "viral_hit"):
        assert found[name]["all"]["n"] == honest.filter(pl.col("event") == name).height > 0
    assert found["dormant"]["all"]["n"] == honest.filter(pl.col("person") == "dormant").height
    for one in found.values():
        assert one["full"]["n"] <= one["all"]["n"]
        assert one["full"]["n"] == one["labels"]["accounts"]


def test_a_kind_over_the_aim_is_named_and_an_attack_is_not(accounts):
    guilty = accounts.with_columns(label=pl.lit("inflated"), authentic=pl.lit(True))
    found = honest_kinds.evaluate(guilty)
    over = honest_kinds_part.kinds_over_aim(found)
    assert "random_event" in over
    assert "bot_attack" not in over
    page = honest_kinds_part.page({"test": found})
    assert f"Kinds that miss the aim: {', '.join(f'`{name}`' for name in over)}" in page


def test_evidence_is_of_blocks_whatever_their_depth(accounts):
    both = natural.with_evidence(accounts, frozenset({"posts", "history"}))
    assert 0 < len(both) < len(accounts)
    assert both["level"].str.contains("posts").all()
    assert both["level"].str.contains("history").all()
    assert len(natural.with_evidence(accounts, frozenset())) == len(accounts)


def test_levels_are_held_against_the_promise(accounts, monkeypatch):
    monkeypatch.setattr(natural, "FEWEST", 10)
    one = natural.evaluate(accounts, 0.01)
    honest = accounts.filter("authentic", "can_accuse")
    assert one["far"]["n"] == honest.height
    assert sum(level["far"]["n"] for level in one["levels"]) <= honest.height
    rates = [level["far"]["rate"] for level in one["levels"]]
    assert rates == sorted(rates, reverse=True)
    assert one["over"] == sum(rate > 0.01 for rate in rates)
    labels = one["labels"]["any"]
    assert sum(labels[label]["k"] for label in natural.LABELS) == labels["accounts"]
    page = natural_part.page({"alpha": 0.01, "regimes": {"test": one}})
    assert f"| {one['levels'][0]['level']} |" in page


def test_a_variant_is_the_suspicion_by_its_signals_alone():
    rarity = np.full((2, len(SIGNALS)), np.nan)
    rarity[0, :2] = 0.001, 0.5
    found = dict(union.suspicion_variants(rarity))
    first, second = (signal.name for signal in SIGNALS[:2])
    assert found[f"without {first}"][0] == found[f"{second} alone"][0] < found["all signals"][0]
    # Two signals that are heard make one rare p-value a little less rare.
    assert found["all signals"][0] < found[f"{first} alone"][0]
    assert all(values[1] == -1.0 for values in found.values())


def test_the_union_is_compared_on_strong_fakes(accounts, monkeypatch):
    monkeypatch.setattr(union, "FEWEST", 5)
    found = union.evaluate(accounts)
    assert found["honest"] == accounts["authentic"].sum()
    assert found["kinds"]["programs"] == accounts["is_automated"].sum()
    assert len(found["variants"]) == 1 + 2 * len(P_VALUES)
    own = found["variants"]["all signals"]["any"]
    assert own["auc"]["low"] <= own["auc"]["value"] <= own["auc"]["high"]
    assert "| without inflation |" in union_part.page({"any": found})
