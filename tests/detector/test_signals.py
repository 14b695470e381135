"""Which features each signal reads, which way they point, and which evidence can serve it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.signals import SIGNALS, cells_of, signal_named, signals_heard
from features.catalogue import CATALOGUE, by_name
from features.declaration import AUTOMATED, HIGH, INFLATED, LOW, NEITHER
from features.derive import derive
from features.evidence import BLOCKS, DEPTHS, LEVELS, Level, measure

NAMES = [signal.name for signal in SIGNALS]
KEYS = ["none", *(level.key for level in LEVELS)]
every_signal = pytest.mark.parametrize("signal", SIGNALS, ids=NAMES)


def account(level="none", **known):
    """Numbers of one account of which only these features are known."""
    features = pd.DataFrame(np.nan, index=["a"], columns=[one.name for one in CATALOGUE])
    return features.assign(**known), [level]


def heard(level, **known):
    """Names of the signals that are served."""
    return {NAMES[at] for at in np.flatnonzero(signals_heard(*account(level, **known))[0])}


@pytest.fixture(scope="module")
def full():
    """A value for every feature."""
    return {one.name: 1.0 for one in CATALOGUE}


def test_names_are_unique_and_found():
    assert len(set(NAMES)) == len(NAMES)
    assert [signal_named(name) for name in NAMES] == list(SIGNALS)
    with pytest.raises(KeyError):
        signal_named("nothing")


@every_signal
def test_a_signal_reads_only_features_whose_blocks_it_has(signal):
    assert len(signal.features) >= 8
    for name in signal.features:
        assert set(by_name(name).blocks) <= set(signal.blocks)
    order = [one.name for one in CATALOGUE]
    assert list(signal.features) == sorted(signal.features, key=order.index)


@every_signal
def test_a_signal_reads_its_families_as_far_as_they_speak_to_its_label(signal):
    read = [by_name(name) for name in signal.features if name not in signal.context]
    assert {one.family for one in read} <= signal.families
    assert all(signal.label in one.speaks_to for one in read)


@every_signal
def test_all_its_blocks_are_blocks_and_each_is_read(signal):
    assert signal.blocks == tuple(block for block in BLOCKS if block in signal.blocks)
    assert all(needed <= set(BLOCKS) and needed & set(signal.blocks) for needed in signal.needs)
    assert {block for name in signal.features for block in by_name(name).blocks} <= set(signal.blocks)


@every_signal
def test_constraints_are_the_directions(signal):
    signs = {HIGH: 1, LOW: -1, NEITHER: 0}
    assert signal.constraints == [signs[signal.direction(name)] for name in signal.features]


@every_signal
def test_a_direction_is_its_own_or_the_catalogue_s_where_it_inherits(signal):
    for name in signal.features:
        one = by_name(name)
        declared = one.direction_for(signal.label) if one.family in signal.inherits else NEITHER
        assert signal.direction(name) is signal.directions.get(name, declared)


def test_followers_and_likes_read_engagement_the_opposite_way():
    ways = {HIGH: LOW, LOW: HIGH}
    both = ("engagement_rate", "engagement_above_peers", "engagement_below_peers")
    stock, likes = signal_named("followers_stock"), signal_named("likes")
    for name in both:
        assert likes.direction(name) is ways[stock.direction(name)]


@every_signal
def test_no_signal_is_served_by_evidence_that_lacks_its_blocks(signal, full):
    at = SIGNALS.index(signal)
    small = full | {"followers_size": 3.0}
    features = pd.concat([account(**small)[0]] * len(KEYS))
    found = signals_heard(features, KEYS)[:, at]
    wanted = [any(needed <= set(Level.of(key).blocks) for needed in signal.needs) for key in KEYS]
    assert found.tolist() == wanted
    assert {True, False} == set(wanted)


@every_signal
def test_a_signal_without_any_of_its_key_features_is_not_served(signal, full):
    level = LEVELS[-1].key
    assert set(Level.of(level).blocks) == set(BLOCKS)
    complete = full | {"followers_size": 3.0}
    assert signal.name in heard(level, **complete)
    without = complete | dict.fromkeys(signal.known, np.nan)
    assert (signal.name in heard(level, **without)) == (not signal.known)
    for name in signal.known:
        assert signal.name in heard(level, **(without | {name: 1.0}))


def test_a_profile_alone_serves_no_signal_of_inflation(full):
    for known in ({}, {"followers_size": 3.0}, full | {"followers_size": 3.0}):
        assert {signal_named(name).label for name in heard("profile", **known)} <= {AUTOMATED}


def test_a_bare_count_of_followers_serves_only_fake_account_under_ten_thousand():
    assert heard("profile", followers_size=np.log10(9_999 + 1)) == {"fake_account"}
    assert heard("profile", followers_size=np.log10(10_000 + 1)) == set()
    assert heard("profile") == set()  # absent is never small


def test_an_audience_alone_serves_nothing(full):
    assert heard("audience30", **(full | {"followers_size": 3.0})) == set()


def test_views_and_likes_are_heard_by_their_own_counts():
    posts = {"followers_size": 4.0, "likes_gini": 0.3}
    assert {"likes", "views"} & heard("profile+posts30", **posts) == {"likes"}
    assert {"likes", "views"} & heard("profile+posts30", views_variation=0.3) == {"views"}


def test_every_signal_can_be_served_somewhere_and_the_fullest_evidence_serves_all(full):
    assert heard(LEVELS[-1].key, **(full | {"followers_size": 3.0})) == set(NAMES)


SHALLOWEST = {depths[0] for depths in DEPTHS.values()}


@pytest.mark.parametrize("signal", SIGNALS, ids=NAMES)
def test_the_cell_is_what_the_head_can_see_of_the_level(signal):
    for key in KEYS[::7]:
        cell, whole = Level.of(signal.cell(key)), Level.of(key)
        compared = set(signal.anchors or signal.blocks) | set(signal.beside)
        assert set(cell.blocks) == set(whole.blocks) & compared
        deep = {depth for depth in cell.depths if not depth.startswith(signal.beside)}
        assert deep <= set(whole.depths)
        assert all(depth in SHALLOWEST for depth in set(cell.depths) - deep)
    assert cells_of(signal, KEYS) == [signal.cell(key) for key in KEYS]


def test_the_key_features_of_signals_are_features():
    for signal in SIGNALS:
        assert all(by_name(name) for name in (*signal.known, *signal.context, *signal.directions))


@given(st.lists(st.sampled_from(KEYS), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_alone_as_in_the_batch(levels, random):
    rows = [[random.choice([1.0, np.nan]) for _ in CATALOGUE] for _ in levels]
    features = pd.DataFrame(rows, columns=[one.name for one in CATALOGUE])
    together = signals_heard(features, levels)
    assert together.shape == (len(levels), len(SIGNALS))
    alone = [signals_heard(features.iloc[[at]], [level])[0] for at, level in enumerate(levels)]
    assert (np.array(alone) == together).all()
    assert (signals_heard(features, levels, SIGNALS[2:4]) == together[:, 2:4]).all()


def test_what_is_served_can_be_read(creators):
    """A head that is heard has a value to go by in every account that is simulated."""
    features, levels = derive(creators), measure(creators)["level"].tolist()
    found = signals_heard(features, levels)
    for at, signal in enumerate(SIGNALS):
        rows = found[:, at]
        assert rows.sum() > 20, signal.name
        own = [name for name in signal.features if name != "followers_size"]
        assert features.loc[rows, own].notna().any(axis=1).all(), signal.name


def test_labels_of_the_signals():
    automated = {signal.name for signal in SIGNALS if signal.label is AUTOMATED}
    assert automated == {"rhythm", "fake_account"}
    assert {signal.label for signal in SIGNALS} == {INFLATED, AUTOMATED}
