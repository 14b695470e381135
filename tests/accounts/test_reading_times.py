"""Times: read by the column and one by one, the same."""

import datetime as dt

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.reading.times import read_dates, read_times

digits = st.integers(0, 99).map(lambda number: f"{number:02d}")
dates = st.builds("{}-{}-{}".format, st.integers(2, 9998).map(lambda year: f"{year:04d}"), digits, digits)
zones = st.one_of(
    st.sampled_from(["Z", "", "z", " Z", "+00:00", "-00:00", "+0130", "+01", "+1"]),
    st.builds("{}{}:{}".format, st.sampled_from("+-"), digits, digits),
)
clocks = st.one_of(
    st.builds("{}:{}:{}".format, digits, digits, digits),
    st.builds("{}:{}:{}.{}".format, digits, digits, digits, st.integers(0, 10**9).map(str)),
    st.builds("{}:{}".format, digits, digits),
    digits,
    st.just(""),
)
times = st.builds("{}{}{}{}".format, dates, st.sampled_from(["T", " ", "t", ""]), clocks, zones)


@given(times)
@example("2026-11-01T24:00:00Z")
@example("2026-11-01T23:59:60Z")
@example("2026-11-01T00:00:00+23:59")
@example("2026-11-01T00Z")
@example("2024-02-29T00:00:00Z")
@example("2026-11-01T00:00:00Z\n")
def test_a_time_among_bad_ones_is_what_it_is_alone(text):
    alone, bad_alone = read_times(pa.array([text]))
    among, bad_among = read_times(pa.array([text, "no time"]))
    assert bad_among == [*bad_alone, 1]
    assert among.to_list() == [*alone.to_list(), None]


@given(st.one_of(dates, st.text(max_size=12)))
@example("2026-02-29")
@example("2026-W01-1")
@example("20261101")
def test_a_date_among_bad_ones_is_what_it_is_alone(text):
    alone, bad_alone = read_dates(pa.array([text]))
    among, bad_among = read_dates(pa.array([text, "no date"]))
    assert (among.to_list(), bad_among) == ([*alone.to_list(), None], [*bad_alone, 1])


@given(st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2199, 12, 30)), st.integers(-1439, 1439))
def test_any_moment_in_any_zone_is_read_to_the_microsecond(moment, minutes):
    local = moment.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))
    (read,), bad = read_times(pa.array([local.isoformat()]))
    assert (read, bad) == (local, [])
