"""What public sets add to training, and what they leave alone."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from detector.bundle import load, save
from detector.comments.model import TRAINED_ON
from detector.manifest import MANIFEST
from detector.signals import SIGNALS, signal_named
from features.declaration import AUTOMATED, INFLATED
from training.datasets.base import PublicSet, is_held_out
from training.datasets.labelled import Labelled, padded
from training.fit import fit
from training.public_rows import PublicRows, digest_of

FAKE = signal_named("fake_account")
TELLING = 60.0  # characters in a handle: no simulated account has as many


def made_up(head=AUTOMATED, accounts=240, name="made up", in_group=2):
    """Accounts of which every other one is what the head looks for, and those have a long handle."""
    truth = np.arange(accounts) % 4 < 2
    index = [f"{name}:{n}" for n in range(accounts)]
    features = padded(
        pd.DataFrame({"handle_length": np.where(truth, TELLING, 8.0), "followers_size": 3.0}, index=index)
    )
    return Labelled(
        about=PublicSet(name=name, files={}, label_meaning="made up", licence="none", source="nowhere"),
        head=head,
        features=features,
        levels=["profile"] * accounts,
        classes=["yes" if one else "no" for one in truth],
        truth=truth,
        groups=[f"{name}:group {n // in_group}" for n in range(accounts)],
        raw=pd.DataFrame(index=index),
    )


@pytest.fixture(scope="module")
def more(run):
    """The same run once more with a set beside it."""
    return fit(run.population, run.config, run.fitted.bundle.facts.created_at, sets=[made_up()])


def test_a_set_teaches_the_heads_of_its_labels_that_its_evidence_serves(run, more):
    rows = made_up().pick(np.arange(240) < 4).features
    before, after = (one.bundle.scorers["fake_account"].score(rows) for one in (run.fitted, more))
    assert after[0] > after[2] + 0.5
    assert after[0] > before[0] + 0.2


def test_every_other_head_is_as_it_was(run, more):
    differing = {
        name for name, content in more.bundle.files.items() if content != run.fitted.bundle.files[name]
    }
    others = {f"{signal.name}.txt" for signal in SIGNALS if signal.name != "fake_account"}
    assert {MANIFEST, "fake_account.txt", "tails.parquet"} <= differing
    assert not differing & (others | {"amounts.json", "peers.parquet", "strangeness.parquet"})
    for at, signal in enumerate(SIGNALS):
        same = (more.out_of_fold[:, at] == run.fitted.out_of_fold[:, at]).all()
        assert same == (signal.name != "fake_account"), signal.name


def test_calibration_thresholds_and_test_stay_with_the_population(run, more):
    for name in ("train", "test"):
        ours, its = getattr(run.fitted, name), getattr(more, name)
        assert ours.features.equals(its.features)
        assert ours.labels.equals(its.labels)
    assert len(more.out_of_fold) == len(run.fitted.out_of_fold)
    assert more.split_of.equals(run.fitted.split_of)
    assert set(more.bundle.levels.rows) == set(run.fitted.bundle.levels.rows)
    assert more.bundle.facts.calibrated_on == "simulated"


def test_the_bundle_names_the_set_and_can_be_loaded(run, more, tmp_path):
    save(more.bundle, tmp_path / "bundle")
    facts = load(tmp_path / "bundle").facts
    assert facts.trained_on == ("simulated", "made up", *TRAINED_ON)
    assert facts.data_sha256 != run.fitted.bundle.facts.data_sha256
    assert facts.version != run.fitted.bundle.facts.version


def test_sealed_accounts_and_other_heads_are_not_among_the_rows(run):
    found = PublicRows.of([made_up(), made_up(INFLATED, name="other")], FAKE, run.config)
    assert found is not None
    wanted = [f"made up:{n}" for n in range(240) if not is_held_out(f"made up:group {n // 2}")]
    assert found.features.index.tolist() == wanted
    assert 0 < len(wanted) < 240
    assert all(PublicRows.of([made_up()], one, run.config) is None for one in SIGNALS if one != FAKE)


def test_an_account_without_evidence_is_not_among_the_rows(run):
    one = made_up(accounts=40)
    blind = replace(one, levels=["none" if n % 3 else "profile" for n in range(40)])
    whole, found = (PublicRows.of([each], FAKE, run.config).features.index for each in (one, blind))
    assert found.tolist() == [name for name in whole if int(name.split(":")[1]) % 3 == 0]
    assert 0 < len(found) < len(whole)


def test_an_account_whose_evidence_cannot_serve_the_signal_is_not_among_the_rows(run):
    one = made_up(accounts=40)
    size = np.where(np.arange(40) % 2, 3.0, 5.0)  # of a hundred thousand followers nobody hears it
    mixed = replace(one, features=one.features.assign(followers_size=size))
    whole, found = (PublicRows.of([each], FAKE, run.config).features.index for each in (one, mixed))
    assert found.tolist() == [name for name in whole if int(name.split(":")[1]) % 2]
    assert 0 < len(found) < len(whole)


def test_a_group_is_in_one_fold_and_every_fold_has_some(run):
    found = PublicRows.of([made_up(in_group=5)], FAKE, run.config)
    groups = pd.Series(found.fold).groupby([int(name.split(":")[1]) // 5 for name in found.features.index])
    assert (groups.nunique() == 1).all()
    assert set(found.fold) == set(range(run.config.folds))
    held = found.outside(0)
    assert set(held.fold) == set(range(1, run.config.folds))
    assert len(found.outside(-1).truth) == len(found.truth)


def test_the_digest_follows_what_is_trained_on():
    digest = "ab" * 32
    assert digest_of(digest, []) == digest
    one = made_up()
    open_ = int(np.flatnonzero(~one.held_out)[0])
    shut = int(np.flatnonzero(one.held_out)[0])

    def flipped(at):
        truth = one.truth.copy()
        truth[at] = ~truth[at]
        return replace(one, truth=truth)

    assert digest_of(digest, [one]) == digest_of(digest, [made_up()]) != digest
    assert digest_of(digest, [flipped(open_)]) != digest_of(digest, [one])
    assert digest_of(digest, [flipped(shut)]) == digest_of(digest, [one])
    assert digest_of(digest, [made_up(name="else")]) != digest_of(digest, [one])
