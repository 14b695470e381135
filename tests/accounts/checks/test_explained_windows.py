import datetime as dt

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from accounts.checks import examine
from accounts.checks.catalogue import CHECKS
from accounts.checks.explained_windows import explained_windows
from accounts.explained import ExplainedCurve
from accounts.tables import Tables
from features.catalogue import CATALOGUE
from features.derive import derive

START = dt.date(2026, 6, 1)
AS_OF = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

curves = st.lists(st.floats(-0.02, 0.04), min_size=40, max_size=90).map(
    lambda growth: np.rint(20_000 * np.exp(np.cumsum(growth))).astype(int).tolist()
)


def account(followers, annotations=(), name="a"):
    history = [
        {"account_id": name, "date": START + dt.timedelta(days=day), "followers": count}
        for day, count in enumerate(followers)
    ]
    dated = [{"account_id": name, "kind": "giveaway", "who": "Jo", **one} for one in annotations]
    profile = {"account_id": name, "platform": "x", "as_of": AS_OF, "followers": followers[-1]}
    return Tables.of(accounts=[profile], history=history, annotations=dated)


def window(first, last):
    return {"from": START + dt.timedelta(days=first), "to": START + dt.timedelta(days=last)}


def followers_left(tables):
    return examine(tables).tables.history.sort("date")["followers"].to_list()


@given(curves, st.integers(5, 30), st.floats(1.5, 30))
def test_an_explained_jump_leaves_the_curve_that_was_without_it(curve, day, factor):
    jumped = curve[:day] + [round(count * factor) for count in curve[day:]]
    left = followers_left(account(jumped, [window(day, day)]))
    expected = [count * factor for count in curve[:day] + curve[day + 1 :]]
    own = curve[day] / curve[day - 1]  # the day's own growth goes with the jump
    expected[:day] = [count * own for count in expected[:day]]
    np.testing.assert_allclose(left, expected, rtol=0.001)


@given(curves, st.integers(-60, -1) | st.integers(100, 150))
def test_what_lies_outside_of_the_history_changes_nothing_and_is_named(curve, day):
    examined = examine(account(curve, [window(day, day)]))
    assert examined.tables.history.equals(examine(account(curve)).tables.history)
    assert "outside" in examined.findings["a"][-1].sentence
    assert not examined.doubtful("a")


@given(curves, st.integers(1, 35), st.integers(0, 40))
def test_over_a_third_explained_nobody_is_cleared(curve, first, length):
    examined = examine(account(curve, [window(first, first + length)]))
    days = min(first + length, len(curve) - 1) - first + 1
    if days > (len(curve) - 1) / 3:
        assert examined.doubtful("a")
    assert not examined.contradictory("a")


@given(curves, st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=6))
def test_the_end_is_what_the_profile_says_unless_it_is_explained_itself(curve, windows):
    tables = account(curve, [window(first, first + length) for first, length in windows])
    left = examine(tables).tables.history.sort("date")
    last = START + dt.timedelta(days=len(curve) - 1)
    if not left.is_empty() and left["date"][-1] == last:
        assert left["followers"][-1] == curve[-1]


def test_one_annotation_twice_is_one_annotation():
    curve = [1000 + day for day in range(40)]
    once, twice = ([window(10, 12)] * times for times in (1, 2))
    assert followers_left(account(curve, once)) == followers_left(account(curve, twice))


def test_days_that_brought_most_followers_may_not_be_explained_away():
    curve = [1000] * 30 + [9000] * 60
    (finding,) = examine(account(curve, [window(30, 30)])).findings["a"]
    assert finding.bars_clearing
    assert "1 day" in finding.sentence
    assert "Jo" in finding.sentence
    assert finding.sentence.endswith(
        " In these days came as many as 89 % of its followers, which is over a third: nobody is cleared on"
        " the rest."
    )
    assert not examine(account([1000] * 30 + [1200] * 60, [window(30, 30)])).doubtful("a")


def test_days_that_are_most_of_the_history_are_told_as_days():
    (finding,) = examine(account([1000] * 61, [window(1, 60)])).findings["a"]
    assert finding.sentence.endswith(
        " These are 100 % of the days of its history, which is over a third: nobody is cleared on the rest."
    )


def test_an_annotation_takes_no_finding_away():
    curve = [1000] * 20 + [0] + [1000] * 40
    before = examine(account(curve)).findings["a"]
    after = examine(account(curve, [window(15, 30)])).findings["a"]
    assert [one.check for one in before] == ["misread_history"]
    assert after[:-1] == before


def test_the_check_is_the_last_one():
    assert CHECKS[-1] is explained_windows


def test_other_accounts_stay_as_they_are():
    curve = [1000 + 3 * day for day in range(50)]
    both = Tables.concat([account(curve, [window(9, 9)]), account(curve, name="b")])
    left = examine(both).tables.history.filter(account_id="b")
    assert left.equals(examine(account(curve, name="b")).tables.history)
    assert "b" not in examine(both).findings


def test_what_does_not_read_the_history_stays_the_same_to_the_last_bit(creators):
    tables = explained(creators)
    others = [feature for feature in CATALOGUE if "history" not in feature.blocks]
    plain, annotated = (derive(examine(one).tables, others) for one in (creators, tables))
    assert plain.equals(annotated)
    assert len(examine(tables).findings) > len(examine(creators).findings)


def explained(tables):
    """Each account with a history says that its best day was a giveaway."""
    steps = tables.history.drop_nulls("followers").sort("account_id", "date")
    best = (
        steps.with_columns(gain=pl.col("followers").diff().over("account_id"))
        .sort("gain", descending=True, nulls_last=True)
        .unique("account_id", keep="first")
    )
    annotations = best.select(
        "account_id",
        kind=pl.lit("giveaway"),
        who=pl.lit("Jo"),
        **{"from": pl.col("date"), "to": pl.col("date")},
    )
    return Tables(**{name: tables[name] for name in ("accounts", "posts", "comments", "history", "audience")},
                  annotations=Tables.of(annotations=annotations).annotations)  # fmt: skip


def test_a_count_of_nothing_before_the_window_divides_by_nothing():
    curve = ExplainedCurve(
        np.arange(3), np.arange(3), np.array([0.0, 50.0, 60.0]), np.array([[False, True, False]])
    )
    assert curve.levels().tolist() == [0, 50, 60]
