from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.display.curve import COLUMNS, DOTS, EMPTY, ROWS, Curve

FIRST = date(2026, 1, 1)


def days(count, step=1):
    return [FIRST + timedelta(step * day) for day in range(count)]


def dots(line):
    return sum((ord(char) - EMPTY).bit_count() for char in line if EMPTY <= ord(char) < EMPTY + 256)


def test_the_largest_gain_is_the_jump():
    jump = Curve(days(4), [100, 90, 190, 200]).jump
    assert (jump.before, jump.day, jump.gained) == (date(2026, 1, 2), date(2026, 1, 3), 100)


def test_who_only_loses_has_no_jump():
    curve = Curve(days(3), [3, 2, 1])
    assert curve.jump is None
    assert not any("jump" in line for line in curve.lines(60))


@given(
    counts=st.lists(st.integers(0, 10**9), min_size=2, max_size=60),
    step=st.integers(1, 40),
    width=st.integers(76, 140),
    height=st.integers(2, 12),
)
def test_every_curve_fits(counts, step, width, height):
    lines = Curve(days(len(counts), step), counts).lines(width, height)
    drawn = lines[:height]
    assert {len(line) for line in drawn} == {width}
    assert all(len(line) <= width + 1 for line in lines)
    assert dots("".join(drawn)) >= 2
    assert f"{max(counts):,}" in "".join(drawn)
    assert "2026-01-01" in lines[-1]


@pytest.mark.parametrize("rising", [True, False])
def test_a_straight_line_goes_from_corner_to_corner(rising):
    counts = [0, 100] if rising else [100, 0]
    top, bottom = (line.partition("┤")[2] for line in Curve(days(2), counts).lines(40, 2)[:2])
    left, right = (bottom, top) if rising else (top, bottom)
    assert dots(left[:1]) > 0
    assert dots(right[-1:]) > 0


def test_a_flat_line_has_a_dot_in_every_column():
    line = Curve(days(2), [5, 5]).lines(40, 1)[0]
    across = len(line.partition("┤")[2])
    assert dots(line) == across * COLUMNS


def test_each_dot_has_a_bit_of_its_own():
    assert sum(DOTS[0]) + sum(DOTS[1]) == 2 ** (COLUMNS * ROWS) - 1
