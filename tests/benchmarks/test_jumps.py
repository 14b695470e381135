"""Jumps are counted by what was seen, once an event, and only where they could have been seen."""

from datetime import date, timedelta

import polars as pl
import pytest

from accounts.errors import BadInput
from benchmarks.quality.measurements.jumps import CURVES, GAINS, account_years, event_rates, events
from training.datasets.base import data_folder

FIRST = date(2025, 1, 1)


def curve(followers, *, every=1, account="a"):
    days = [FIRST + timedelta(days=every * at) for at in range(len(followers))]
    return pl.DataFrame({"account_id": account, "date": days, "followers": followers})


def test_a_jump_counts_in_every_span_that_holds_it():
    frame = curve([1000] * 10 + [2100] * 40)
    assert [len(events(frame, gain, 1)) for gain in GAINS] == [1, 1, 1, 0]
    assert events(frame, 1.0, 7)["date"].to_list() == [FIRST + timedelta(days=10)]


def test_days_of_one_event_are_one():
    slow = curve([1000 * 1.05**at for at in range(60)])
    assert len(events(slow, 0.1, 3)) == 2
    assert len(events(slow, 0.1, 1)) == 0


@pytest.mark.parametrize("followers", [[200] * 5 + [290] * 5, [299] * 5 + [9000] * 5, [300] * 5 + [400] * 5])
def test_small_accounts_and_small_gains_do_not_count(followers):
    assert events(curve(followers), 0.1, 7).is_empty()


def test_accounts_are_apart():
    both = pl.concat([curve([1000] * 5), curve([5000] * 5, account="b")])
    assert events(both, 0.1, 30).is_empty()


def test_a_gap_is_no_day():
    assert events(curve([1000, 2000], every=7), 0.1, 3).is_empty()
    assert len(events(curve([1000, 2000], every=7), 0.1, 7)) == 1


def test_weekly_counts_say_nothing_of_days():
    found = event_rates(curve([1000] * 20, every=7))
    assert {cell["days"] for cell in found["events"]} == {7, 30}
    assert found["account_years"] == round(19 * 7 / 365.25, 1)
    assert all(cell["count"] == cell["rate"] == 0 < cell["high"] for cell in found["events"])


def test_years_begin_where_a_jump_would_count():
    assert account_years(curve([100] * 100 + [300] * 101)) == pytest.approx(100 / 365.25)


@pytest.mark.parametrize("name", ["github_followers_top", "vtuber_tw_twitch"])
def test_real_accounts_hardly_ever_double_in_a_month(name):
    try:
        counts = CURVES[name](data_folder())
    except BadInput as error:
        pytest.skip(f"needs {name} in ASSAY_DATA: {error}")
    years = account_years(counts)
    doubled, tenth = (100 * len(events(counts, gain, 30)) / years for gain in (1.0, 0.1))
    assert 0 < doubled < 5
    assert tenth > 8 * doubled
