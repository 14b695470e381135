import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.decision import HEADS, decide, decide_all, suspicion
from detector.levels import LevelRow, LevelTable, Limits
from detector.words import Label
from features.declaration import AUTOMATED, INFLATED
from features.evidence import LEVELS

ROW = LevelRow("posts30", threshold=0.8, clear_at_most=0.1, review_above=0.4)
NO_ROW = LevelRow("posts30")


def label(inflated, automated=0.0, *, accusable=HEADS, row=ROW, **state):
    chances = {INFLATED: inflated, AUTOMATED: automated}
    state = {"strange": False, "seen": True} | state
    return decide(chances, accusable, state["strange"], state["seen"], row)


@pytest.mark.parametrize(
    ("inflated", "automated", "wanted"),
    [
        (0.9, 0.0, Label.INFLATED),
        (0.0, 0.9, Label.AUTOMATED),
        (0.85, 0.9, Label.AUTOMATED),
        (0.9, 0.9, Label.INFLATED),
        (0.8, 0.0, Label.REVIEW),
        (0.41, 0.0, Label.REVIEW),
        (0.4, 0.0, Label.INSUFFICIENT),
        (0.11, 0.0, Label.INSUFFICIENT),
        (0.1, 0.05, Label.AUTHENTIC),
        (0.0, 0.0, Label.AUTHENTIC),
    ],
)
def test_the_order_of_the_rule(inflated, automated, wanted):
    assert label(inflated, automated).label is wanted


def test_nothing_seen_comes_first():
    assert label(0.99, seen=False, strange=True).label is Label.INSUFFICIENT
    assert label(0.99, seen=False).labels_over_threshold == ()


def test_a_strange_account_is_neither_accused_nor_cleared():
    for chance in (0.0, 0.5, 0.99):
        decision = label(chance, strange=True)
        assert decision.label is Label.REVIEW
        assert decision.labels_over_threshold == ()


def test_both_accusations_are_named():
    both = label(0.85, 0.9)
    assert both.labels_over_threshold == (Label.INFLATED, Label.AUTOMATED)
    assert label(0.85, 0.5).labels_over_threshold == (Label.INFLATED,)


def test_a_level_accuses_only_by_what_it_may():
    assert label(0.99, 0.3, accusable=(AUTOMATED,)).label is Label.INSUFFICIENT
    decision = label(0.99, 0.9, accusable=(AUTOMATED,))
    assert decision.label is Label.AUTOMATED
    assert decision.labels_over_threshold == (Label.AUTOMATED,)
    assert label(0.0, 0.0, accusable=()).label is Label.INSUFFICIENT
    assert label(0.99, 0.99, accusable=()).label is Label.INSUFFICIENT


def test_a_level_without_thresholds_accuses_and_clears_nobody():
    for chance in (0.0, 0.5, 1.0):
        assert label(chance, row=NO_ROW).label is Label.INSUFFICIENT


def test_accusing_comes_before_clearing():
    row = LevelRow("posts30", threshold=0.2, clear_at_most=0.5, review_above=0.1)
    assert label(0.3, row=row).label is Label.INFLATED
    assert label(0.15, row=row).label is Label.AUTHENTIC


def test_suspicion_is_the_larger_chance_that_may_speak():
    found = suspicion([[0.2, 0.7]] * 3, [[True, True], [True, False], [False, False]])
    assert found[:2].tolist() == [0.7, 0.2]
    assert np.isnan(found[2])
    assert suspicion([[0.2, 0.7]], [True, True], strange=True).tolist() == [-1.0]
    assert np.isnan(suspicion([[0.2, 0.7]], [False, False], strange=True)).all()


cells = st.sampled_from([0.0, 0.05, 0.1, 0.3, 0.4, 0.6, 0.8, 0.9, 1.0])
flags = st.booleans()
limit = st.one_of(st.none(), cells)
KEYS = [level.key for level in LEVELS if level.key != level.pooled]


@given(st.lists(st.tuples(cells, cells, flags, flags, flags, flags, limit, limit, limit), max_size=30))
def test_many_at_once_as_one_by_one(rows):
    levels = {
        key: LevelRow(key, threshold=row[6], clear_at_most=row[7], review_above=row[8])
        for key, row in zip(KEYS, rows, strict=False)
    }
    together = decide_all(
        np.array([row[:2] for row in rows]).reshape(-1, 2),
        np.array([row[2:4] for row in rows], dtype=bool).reshape(-1, 2),
        [row[4] for row in rows],
        [row[5] for row in rows],
        LevelTable(levels).limits(list(levels)),
    )
    assert len(together) == len(rows)
    for place, row in enumerate(rows):
        may = tuple(itertools.compress(HEADS, row[2:4]))
        alone = decide(dict(zip(HEADS, row[:2], strict=True)), may, row[4], row[5], levels[KEYS[place]])
        assert together[place] == alone
        assert alone == by_the_book(row, may)


def by_the_book(row, may):  # noqa: PLR0911
    """Section 4 of the design, written out for one account with no arrays."""
    from detector.decision import Decision

    chances = {head: chance for head, chance in zip(HEADS, row[:2], strict=True) if head in may}
    _, _, _, _, strange, seen, threshold, clear, review = row
    if not seen:
        return Decision(Label.INSUFFICIENT, ())
    if strange:
        return Decision(Label.REVIEW, ())
    if not chances:
        return Decision(Label.INSUFFICIENT, ())
    largest = max(chances.values())
    if threshold is not None and largest > threshold:
        over = tuple(Label(head) for head in chances if chances[head] > threshold)
        return Decision(Label(max(chances, key=chances.get)), over)
    if clear is not None and largest <= clear:
        return Decision(Label.AUTHENTIC, ())
    if review is not None and largest > review:
        return Decision(Label.REVIEW, ())
    return Decision(Label.INSUFFICIENT, ())


@given(cells, cells, cells)
def test_more_suspicion_is_never_cleared_where_less_was_not(one, other, automated):
    low, high = sorted((one, other))
    assert not (
        label(low, automated).label is not Label.AUTHENTIC and label(high, automated).label is Label.AUTHENTIC
    )
    accused = (Label.INFLATED, Label.AUTOMATED)
    assert label(low, automated).label not in accused or label(high, automated).label in accused


def test_the_share_accused_is_the_share_over_the_threshold():
    """The rule adds nothing to the threshold: what the promise counts is what gets accused."""
    random = np.random.default_rng(1)
    chances = random.random((5_000, 2))
    strange = random.random(5_000) < 0.1
    limits = Limits(*(np.full(5_000, value) for value in (0.9, 0.2, 0.5)))
    decisions = decide_all(chances, [True, True], strange, True, limits)
    accused = np.isin(decisions.labels, [Label.INFLATED, Label.AUTOMATED])
    assert (accused == (suspicion(chances, [True, True], strange) > 0.9)).all()
    assert (accused == decisions.over.any(axis=1)).all()
