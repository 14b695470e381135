import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.decision import Decision, decide_all, signal_suspicion, suspicion
from detector.labels import Label
from detector.levels import LevelRow, LevelTable, Thresholds
from detector.signals import SIGNALS
from features.declaration import Head
from features.evidence import LEVELS

NAMES = [signal.name for signal in SIGNALS]
ROW = LevelRow("posts30", accuse_above=0.8, clear_at_or_below=0.1, review_above=0.4)
NO_ROW = LevelRow("posts30")
ACCUSED = (Label.INFLATED, Label.AUTOMATED)
HALVING = np.log10(2.0)


def rarity(alone, heard=1):
    """The p-value that makes a signal so suspicious where so many signals are heard."""
    return 1 - (1 - (1 - alone) ** (1 / HALVING)) ** (1 / heard)


def p_values(**alone):
    """One account whose signals named are so suspicious; the others are not heard."""
    found = np.full((1, len(SIGNALS)), np.nan)
    for name, value in alone.items():
        found[0, NAMES.index(name)] = rarity(value, len(alone))
    return found


def decide(row=ROW, *, seen=True, unfamiliar=False, clearable=True, **alone):
    limits = LevelTable({row.level: row}).limits([row.level])
    return decide_all(p_values(**alone), seen, unfamiliar, clearable, limits)[0]


@pytest.mark.parametrize(
    ("likes", "rhythm", "wanted"),
    [
        (0.9, 0.0, Label.INFLATED),
        (0.0, 0.9, Label.AUTOMATED),
        (0.85, 0.9, Label.AUTOMATED),
        (0.9, 0.85, Label.INFLATED),
        (0.79, 0.0, Label.REVIEW),
        (0.41, 0.0, Label.REVIEW),
        (0.39, 0.0, Label.INSUFFICIENT),
        (0.11, 0.0, Label.INSUFFICIENT),
        (0.09, 0.05, Label.AUTHENTIC),
        (0.0, 0.0, Label.AUTHENTIC),
    ],
)
def test_the_order_of_the_rule(likes, rhythm, wanted):
    assert decide(likes=likes, rhythm=rhythm).label is wanted


def test_nothing_seen_comes_first():
    for unfamiliar in (True, False):
        decision = decide(likes=0.99, seen=False, unfamiliar=unfamiliar)
        assert decision == Decision(Label.INSUFFICIENT, ())


def test_no_signal_heard_is_insufficient_and_unfamiliar_without_a_signal_review():
    assert decide() == Decision(Label.INSUFFICIENT, ())
    assert decide(unfamiliar=True) == Decision(Label.REVIEW, ())


def test_the_unfamiliar_is_accused_like_anybody_and_never_cleared():
    assert (
        decide(likes=0.9, unfamiliar=True) == decide(likes=0.9) == Decision(Label.INFLATED, (Label.INFLATED,))
    )
    for alone in (0.0, 0.05, 0.2, 0.5):
        assert decide(likes=alone, unfamiliar=True) == Decision(Label.REVIEW, ())


def test_who_may_not_be_cleared_is_insufficient_and_accused_or_reviewed_like_anybody():
    assert decide(likes=0.0, clearable=False).label is Label.INSUFFICIENT
    for alone in (0.3, 0.5, 0.9):
        assert decide(likes=alone, clearable=False) == decide(likes=alone)


def test_a_level_without_thresholds_accuses_and_clears_nobody():
    for alone in (0.0, 0.5, 0.999):
        assert decide(NO_ROW, likes=alone).label is Label.INSUFFICIENT


def test_accusing_comes_before_clearing():
    row = LevelRow("posts30", accuse_above=0.2, clear_at_or_below=0.5, review_above=0.1)
    assert decide(row, likes=0.3).label is Label.INFLATED
    assert decide(row, likes=0.15).label is Label.AUTHENTIC


@pytest.mark.parametrize("signal", SIGNALS, ids=NAMES)
def test_each_signal_accuses_of_its_own_label(signal):
    accusation = Label(signal.label)
    assert decide(**{signal.name: 0.9}) == Decision(accusation, (accusation,))


def test_every_accusation_over_the_threshold_is_named_once():
    assert decide(likes=0.85, views=0.9, rhythm=0.95) == Decision(Label.AUTOMATED, ACCUSED)
    assert decide(likes=0.85, views=0.9, rhythm=0.5) == Decision(Label.INFLATED, (Label.INFLATED,))


def test_over_names_the_signals_over_the_threshold():
    limits = Thresholds(*(np.array([value]) for value in (0.8, 0.1, 0.4)))
    found = decide_all(p_values(likes=0.9, views=0.7, rhythm=0.85), True, False, True, limits)
    assert {NAMES[at] for at in np.flatnonzero(found.over[0])} == {"likes", "rhythm"}


def test_one_in_ten_is_a_half_and_each_factor_of_ten_halves_what_is_left():
    one_heard = np.full((4, len(SIGNALS)), np.nan)
    one_heard[:, 0] = [0.1, 0.01, 0.001, 0.0001]
    assert suspicion(one_heard) == pytest.approx([0.5, 0.75, 0.875, 0.9375])


def test_the_smallest_p_value_of_k_is_as_rare_as_sidak_says():
    """Of authentic accounts with independent signals a tenth are over .5, a hundredth over .75."""
    uniform = np.random.default_rng(1).random((60_000, len(SIGNALS)))
    found = suspicion(uniform)
    for alone, share in ((0.5, 0.1), (0.75, 0.01)):
        assert (found > alone).mean() == pytest.approx(share, abs=0.003)


def test_more_signals_heard_make_the_same_rarity_less_suspicious():
    one, three = np.full((2, 1, len(SIGNALS)), np.nan)
    one[0, 0], three[0, :3] = 0.01, [0.01, 0.5, 0.9]
    assert suspicion(three)[0] < suspicion(one)[0] == pytest.approx(0.75)


def test_equal_weights_are_no_weights():
    uniform = np.random.default_rng(2).random((200, len(SIGNALS)))
    uniform[np.random.default_rng(3).random(uniform.shape) < 0.4] = np.nan
    alike = signal_suspicion(uniform, np.full(len(SIGNALS), 0.3))
    assert alike == pytest.approx(signal_suspicion(uniform), nan_ok=True)


def test_whatever_the_weights_a_tenth_of_authentic_accounts_is_over_a_half():
    uniform = np.random.default_rng(4).random((60_000, len(SIGNALS)))
    found = suspicion(uniform, np.geomspace(0.03, 1.0, len(SIGNALS)))
    for alone, share in ((0.5, 0.1), (0.75, 0.01)):
        assert (found > alone).mean() == pytest.approx(share, abs=0.003)


def test_a_signal_of_little_weight_must_be_rarer_to_lead():
    both = np.full((1, len(SIGNALS)), np.nan)
    both[0, [NAMES.index("likes"), NAMES.index("rhythm")]] = 1e-4
    weights = np.array([0.1 if name == "rhythm" else 1.0 for name in NAMES])
    limits = LevelTable({ROW.level: ROW}).limits([ROW.level])
    both[0, NAMES.index("rhythm")] /= 5
    assert decide_all(both, True, False, True, limits)[0].label is Label.AUTOMATED
    assert decide_all(both, True, False, True, limits, weights=weights)[0].label is Label.INFLATED


rarities = st.one_of(st.just(np.nan), st.floats(1e-12, 1.0), st.sampled_from([1e-3, 0.01, 0.1, 0.5, 1.0]))
accounts = st.lists(rarities, min_size=len(SIGNALS), max_size=len(SIGNALS))


@given(st.lists(accounts, max_size=12))
def test_suspicion_is_in_the_unit_interval_and_absent_where_nothing_is_heard(rows):
    given_values = np.array(rows).reshape(-1, len(SIGNALS))
    alone, whole = signal_suspicion(given_values), suspicion(given_values)
    assert (np.isnan(alone) == np.isnan(given_values)).all()
    assert (np.isnan(whole) == np.isnan(given_values).all(axis=1)).all()
    assert ((alone[~np.isnan(alone)] >= 0) & (alone[~np.isnan(alone)] < 1)).all()


@given(accounts, st.integers(0, len(SIGNALS) - 1), st.floats(0.0, 1.0))
def test_a_rarer_signal_never_lowers_suspicion_nor_clears_nor_acquits(row, place, factor):
    before, after = np.array([row]), np.array([row])
    after[0, place] = max(before[0, place] * factor, 1e-300)
    if np.isnan(row[place]):
        return
    assert suspicion(after)[0] >= suspicion(before)[0]
    limits = Thresholds(*(np.array([value]) for value in (0.8, 0.1, 0.4)))
    old, new = (decide_all(one, True, False, True, limits)[0].label for one in (before, after))
    assert new is not Label.AUTHENTIC or old is Label.AUTHENTIC
    assert old not in ACCUSED or new in ACCUSED


flags = st.booleans()
limit = st.one_of(st.none(), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.75, 0.9]))
KEYS = [level.key for level in LEVELS if level.key != level.pooled]


@given(st.lists(st.tuples(accounts, flags, flags, flags, limit, limit, limit), max_size=30))
def test_many_at_once_as_one_by_one_and_as_the_rule_is_written(rows):
    levels = {
        key: LevelRow(key, accuse_above=row[4], clear_at_or_below=row[5], review_above=row[6])
        for key, row in zip(KEYS, rows, strict=False)
    }
    given_values = np.array([row[0] for row in rows]).reshape(-1, len(SIGNALS))
    seen, unfamiliar, clearable = (np.array([row[at] for row in rows], dtype=bool) for at in (1, 2, 3))
    limits = LevelTable(levels).limits(list(levels))
    together = decide_all(given_values, seen, unfamiliar, clearable, limits)
    assert len(together) == len(rows)
    for place, row in enumerate(rows):
        one = slice(place, place + 1)
        own = LevelTable(levels).limits([KEYS[place]])
        alone = decide_all(given_values[one], seen[one], unfamiliar[one], clearable[one], own)
        assert together[place] == alone[0] == by_the_book(*row)


def by_the_book(rarities_of_one, seen, unfamiliar, clearable, threshold, clear, review):  # noqa: PLR0911, PLR0913, PLR0917
    """The rule, written out for one account with no arrays but the suspicions."""
    alone = dict(zip(SIGNALS, signal_suspicion([rarities_of_one])[0].tolist(), strict=True))
    alone = {signal: value for signal, value in alone.items() if not np.isnan(value)}
    largest = max(alone.values(), default=None)
    if not seen:
        return Decision(Label.INSUFFICIENT, ())
    over = {signal.label for signal, value in alone.items() if threshold is not None and value > threshold}
    if over:
        leading = max(alone, key=alone.__getitem__)
        return Decision(Label(leading.label), tuple(Label(head) for head in Head if head in over))
    if unfamiliar:
        return Decision(Label.REVIEW, ())
    if largest is None:
        return Decision(Label.INSUFFICIENT, ())
    if clear is not None and largest <= clear and clearable:
        return Decision(Label.AUTHENTIC, ())
    if review is not None and largest > review:
        return Decision(Label.REVIEW, ())
    return Decision(Label.INSUFFICIENT, ())


def test_the_share_accused_is_the_share_over_the_threshold():
    """The rule adds nothing to the threshold: what the promise counts is what gets accused."""
    random = np.random.default_rng(1)
    uniform = random.random((5_000, len(SIGNALS)))
    uniform[random.random(uniform.shape) < 0.4] = np.nan
    limits = Thresholds(*(np.full(5_000, value) for value in (0.6, 0.2, 0.5)))
    decisions = decide_all(uniform, True, random.random(5_000) < 0.1, random.random(5_000) < 0.5, limits)
    accused = np.isin(decisions.labels, ACCUSED)
    assert 0.01 < accused.mean() < 0.2
    assert (accused == (suspicion(uniform) > 0.6)).all()
    assert (accused == decisions.over.any(axis=1)).all()
