"""What is a signal's kind: read off the labels of what was added, never off a scheme's name."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.signals import SIGNALS, signal_named
from features.declaration import AUTOMATED, INFLATED
from training.signal_targets import LEAST_DOSE, Purchases, largest_dose, signal_doses

FULL = "profile+posts30+comments50+history90+audience30"
COUNTS = ("added_followers", "added_likes", "added_views", "added_comments", "added_followers_shown")
WHOSE = {
    "followers_stock": "added_followers",
    "audience": "added_followers",
    "followers_flow": "added_followers_shown",
    "likes": "added_likes",
    "views": "added_views",
    "comments": "added_comments",
}


def labels(*rows):
    """Labels of accounts, each given by what was added; nothing else was."""
    unmasked_levels = [dict.fromkeys(COUNTS, 0.0) | {"scheme": None} | row for row in rows]
    return pl.DataFrame(unmasked_levels, schema=dict.fromkeys(COUNTS, pl.Float64) | {"scheme": pl.String})


def dose_of(name, row, level=FULL, unmasked_levels=None):
    return signal_doses(signal_named(name), Purchases.of(labels(row)), [level], [unmasked_levels or level])[0]


@pytest.mark.parametrize(("name", "column"), WHOSE.items())
def test_the_dose_is_what_was_added_to_the_signal_s_own_count(name, column):
    for added in (0.1, 0.5, 3.0, 60.0):
        assert dose_of(name, {column: added}) == added
        others = dict.fromkeys(set(COUNTS) - {column}, added)
        assert dose_of(name, others) == 0.0


@pytest.mark.parametrize(
    "name", ["buys_likes", "bought_followers", "package", "engagement_pod", "fake_follower"]
)
def test_a_scheme_s_name_says_nothing_of_a_count(name):
    for signal in SIGNALS:
        if signal.label is INFLATED:
            assert dose_of(signal.name, {"scheme": name}) == 0.0
            added = dict.fromkeys(COUNTS, 0.7)
            assert dose_of(signal.name, added | {"scheme": name}) == dose_of(signal.name, added)


def test_all_ways_together_show_the_largest():
    assert dose_of("inflation", {"added_likes": 0.4, "added_views": 2.0}) == 2.0
    assert dose_of("inflation", {"added_followers_shown": 5.0}) == 0.0  # part of the followers, counted there


@given(st.floats(0, 100))
def test_less_than_a_tenth_is_no_purchase(added):
    for name, column in WHOSE.items():
        assert dose_of(name, {column: added}) == (added if added >= LEAST_DOSE else 0.0)


def test_what_is_not_known_is_nothing():
    for name, column in WHOSE.items():
        assert dose_of(name, {column: None}) == 0.0


def test_followers_in_a_history_that_is_shown_shorter_are_not_sure_to_be_in_it():
    bought = {"added_followers_shown": 2.0}
    assert dose_of("followers_flow", bought, "history90", "profile+history90") == 2.0
    for shown in ("history30", "historyweekly", "profile+posts30"):
        assert dose_of("followers_flow", bought, shown, "profile+history90") == 0.0
    assert dose_of("followers_stock", {"added_followers": 2.0}, "profile+posts5", FULL) == 2.0


@pytest.mark.parametrize(
    ("scheme", "level", "wanted"),
    [
        ("content_bot", "posts5", {"rhythm"}),
        ("content_bot", "profile+history90", set()),
        ("repost_bot", "profile+posts30", {"rhythm"}),
        ("comment_bot", "comments50", {"rhythm"}),
        ("comment_bot", "profile+posts30", set()),
        ("follow_unfollow", "history14", {"rhythm"}),
        ("follow_unfollow", "profile+posts30+comments50", set()),
        ("fake_follower", "profile", {"fake_account"}),
        ("fake_follower", "posts30", set()),
        ("fake_follower+content_bot", "profile+posts30", {"fake_account", "rhythm"}),
        (None, FULL, set()),
        ("authentic", FULL, set()),
    ],
)
def test_a_program_is_shown_where_it_leaves_a_trace(scheme, level, wanted):
    automated = [signal.name for signal in SIGNALS if signal.label is AUTOMATED]
    found = {name: dose_of(name, {"scheme": scheme}, level) for name in automated}
    assert {name for name, dose in found.items() if dose} == wanted
    assert set(found.values()) <= {0.0, 1.0}


def test_a_strong_fake_is_one_that_the_evidence_can_show():
    """The largest dose among the signals that are heard: of the others it would promise too much."""
    rows = {"added_likes": 3.0, "added_followers": 0.5}, {"added_likes": 3.0}, {"scheme": "content_bot"}
    some = Purchases.of(labels(*rows))
    names = [signal.name for signal in SIGNALS]
    heard = np.zeros((3, len(SIGNALS)), dtype=bool)
    heard[:, [names.index("followers_stock"), names.index("rhythm")]] = True
    levels = ["profile+posts30"] * 3
    assert largest_dose(heard, some, levels, levels).tolist() == [0.5, 0.0, 1.0]
    heard[:, names.index("likes")] = True
    assert largest_dose(heard, some, levels, levels).tolist() == [3.0, 3.0, 1.0]
    assert largest_dose(~heard & False, some, levels, levels).tolist() == [0.0, 0.0, 0.0]


def test_what_shows_in_comments_counts_where_comments_are_shown():
    """Else the limit for clearing would be set for what nobody can see."""
    some = labels(
        {"added_comments": 3.0}, {"added_comments": 3.0, "added_likes": 0.7}, {"scheme": "given:inflated"},
        {"scheme": "comment_bot"}, {"scheme": "comment_bot+content_bot"},
    )  # fmt: skip
    without = [0.0, 0.7, 1.0, 0.0, 1.0]
    for level, wanted in (("profile+posts30+history90", without), (FULL, [3.0, 3.0, 1.0, 1.0, 1.0])):
        heard = np.array([[signal.heard_at(level) for signal in SIGNALS]] * 5)
        assert largest_dose(heard, Purchases.of(some), [level] * 5, [FULL] * 5).tolist() == wanted


def test_every_simulated_fake_shows_some_kind_where_all_is_seen(run):
    """Else a head would be trained on accounts of which nothing can be seen, or on too few."""
    known = run.population.labels.with_columns(platform=pl.lit("x"))
    levels = [FULL] * len(known)
    heard = np.ones((len(known), len(SIGNALS)), dtype=bool)
    most = largest_dose(heard, Purchases.of(known), levels, levels)
    guilty = (known["inflated"] | known["automated"]).to_numpy()
    assert (most[~guilty] == 0).all()
    assert (most[guilty] > 0).mean() > 0.8


def test_nobody_has_a_dose_of_a_label_that_he_does_not_have(run):
    train = run.fitted.train
    for signal in SIGNALS:
        shows = train.doses(signal) > 0
        assert shows.sum() > 5, signal.name
        assert train.truth(signal.label)[shows].mean() > 0.95, signal.name
