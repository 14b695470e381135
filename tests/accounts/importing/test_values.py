"""Values as other programs write them; whatever comes, a value, None, or a refusal."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.importing.values import (
    Unreadable,
    count,
    day,
    day_alone,
    flag,
    identifier,
    mended,
    moment,
    moment_or_day,
    text,
)
from accounts.schema import MAX_COUNT

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
ANYTHING = st.recursive(
    SCALARS | st.from_regex(r"[\d.,'  ]{1,9}[a-zA-Z]{0,3}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
COUNTS = [
    *[("22609.0", 22609), (22609.0, 22609), ("1.234.567", 1234567), ("1,234.00", 1234), ("1.234,00", 1234)],
    *[("1 234", 1234), ("1'234", 1234), ("12,3 тыс.", 12300), ("1,2 млн", 1200000), ("508.3w", 5083000)],
    *[("3.4만", 34000), ("1.2Cr", 12000000), ("٣٤٥", 345), ("１２３", 123), ("25.1K", 25100)],
    *[("1.2345M", 1234500), ("1.234M", 1234000), ("2 Mio.", 2000000), ("1,63,000", 163000), ("0", 0)],
    *[("-977433", None), ("−1", None), ("hidden", None), ("NaN", None), (float("nan"), None)],
]
NO_COUNTS = [
    *(
        "1,234K",
        "1,2B",
        "12%",
        "1.5",
        "10K+",
        "1-2",
        "many",
        "1e5",
        "9" * 20,
        "9" * 5000,
        "5 foo",
        "1..2",
        "1'2",
    ),
    *(1e300, float("inf"), True, [], {}, 10**40, b"5"),
]


@pytest.mark.parametrize(("written", "number"), COUNTS)
def test_a_count_is_read(written: object, number: int | None) -> None:
    assert count(written) == number


@pytest.mark.parametrize("written", NO_COUNTS)
def test_what_is_no_count_is_refused(written: object) -> None:
    with pytest.raises(Unreadable):
        count(written)


@given(ANYTHING)
def test_a_count_is_in_bounds_whatever_comes(value: object) -> None:
    try:
        found = count(value)
    except Unreadable as reason:
        assert len(str(reason)) < 300
    else:
        assert found is None or 0 <= found <= MAX_COUNT


@given(st.integers(0, MAX_COUNT))
def test_every_way_of_writing_a_whole_number_is_the_number(number: int) -> None:
    grouped = f"{number:,}"
    ways = [
        number,
        str(number),
        grouped,
        grouped.replace(",", "."),
        grouped.replace(",", "\u202f"),
        f"+{number}",
    ]
    assert {count(way) for way in ways} == {number}


@given(ANYTHING)
def test_times_and_days_are_iso_whatever_comes(value: object) -> None:
    for read in (moment, day, day_alone, moment_or_day, lambda one: moment(one, zone=dt.UTC)):
        try:
            found = read(value)
        except Unreadable:
            continue
        assert found is None or 1970 <= dt.datetime.fromisoformat(found).year < 2200


@given(st.datetimes(dt.datetime(2001, 1, 1), dt.datetime(2199, 1, 1), timezones=st.just(dt.UTC)))
def test_every_way_of_writing_a_time_is_the_time(when: dt.datetime) -> None:
    when = when.replace(microsecond=0)
    seconds = int(when.timestamp())
    plain = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    ways = [
        plain, when.isoformat(), when.isoformat(" "), seconds, str(seconds), seconds * 1000, seconds * 10**6,
        when.strftime("%a %b %d %H:%M:%S +0000 %Y"), when.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        when.astimezone(dt.timezone(dt.timedelta(hours=-5))).isoformat(),
        when.strftime("%Y-%m-%d %H:%M:%S UTC"),
    ]  # fmt: skip
    assert {moment(way) for way in ways} == {plain}
    assert day(plain) == plain[:10]


@pytest.mark.parametrize(
    "written",
    ["2026-10-20 15:30:00", "2026-10-20 15:30:00 XYZ", "2026-10-20", "soon", 5, True, 10**400],
)
def test_a_time_of_no_known_zone_or_none_at_all_is_refused(written: object) -> None:
    with pytest.raises(Unreadable):
        moment(written)


@pytest.mark.parametrize("written", [0, "0", 0.0, None, "", "N/A"])
def test_an_epoch_of_zero_is_absent(written: object) -> None:
    assert moment(written) is None


@given(ANYTHING)
def test_texts_names_and_flags_can_be_stored_whatever_comes(value: object) -> None:
    for read in (text, mended, identifier, flag):
        try:
            found = read(value)
        except Unreadable:
            continue
        assert found is None or isinstance(found, (str, bool))
        if isinstance(found, str):
            found.encode()


@pytest.mark.parametrize(
    "written", ["7.14E+18", 7.14e18, "x" * 257, 10**256, 1 - 10**256, [], True, "\ud800"]
)
def test_a_rounded_or_overlong_name_is_refused(written: object) -> None:
    with pytest.raises(Unreadable):
        identifier(written)


@given(st.text())
def test_a_text_that_was_broken_once_is_mended(written: str) -> None:
    broken = written.encode("utf-8", "surrogatepass").decode("latin-1")
    if not any("\ud800" <= char <= "\udfff" for char in written):
        assert mended(broken) == written
