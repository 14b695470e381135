"""How rare a score is: p-values of the right size, in order, and of the nearest cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.tails import MIN_ACCOUNTS, Tail, Tails, log_odds

scores = st.floats(-30, 30)
samples = st.lists(scores, min_size=1, max_size=80)


@given(samples, st.lists(scores, min_size=1, max_size=20))
def test_p_values_are_positive_at_most_one_and_fall_as_scores_rise(authentic, asked):
    found = Tail.fit(authentic).p_values(sorted(asked))
    assert ((found > 0) & (found <= 1)).all()
    assert (np.diff(found) <= 1e-12).all()


def test_p_values_do_not_jump_at_the_ninety_percent_quantile():
    tail = Tail.fit(np.random.default_rng(1).normal(size=3_000))
    edge = tail.quantiles[-1]
    below, at, above = tail.p_values([edge - 1e-9, edge, edge + 1e-9])
    assert at == pytest.approx(0.1)
    assert below == pytest.approx(at, abs=1e-6) and above == pytest.approx(at, abs=1e-6)


@pytest.mark.parametrize("share", [0.5, 0.1, 0.03, 0.01, 0.003])
def test_the_p_value_is_the_share_of_fresh_authentic_accounts_above(share):
    random = np.random.default_rng(2)
    tail = Tail.fit(random.logistic(size=4_000))
    fresh = random.logistic(size=200_000)
    assert (tail.p_values(fresh) <= share).mean() == pytest.approx(share, rel=0.25)


def test_accounts_that_score_alike_are_not_called_rare():
    """Many accounts with the same few numbers get the same score: it is as common as they are."""
    alike = Tail.fit(np.full(500, 1.3))
    assert alike.p_values([1.3]) == 1.0
    tied = Tail.fit(np.r_[np.linspace(-3, 0, 700), np.full(300, 1.0)])
    assert tied.p_values([1.0])[0] >= 0.25  # of 30 %, on a grid of 5 %
    assert 0 < tied.p_values([2.0])[0] < 0.1


def rows(platform, cell, count, level=0.0, seed=0):
    """Scores of so many accounts of one cell."""
    scored = np.random.default_rng(seed).normal(level, 1.0, count)
    names = [f"{platform}:{cell}:{at}" for at in range(count)]
    return scored, names, [platform] * count, [cell] * count


def fit(*parts):
    return Tails.fit("likes", *(np.concatenate([np.asarray(part[at]) for part in parts]) for at in range(4)))


DEEP, THIN = "profile+posts30", "profile+posts5"


def test_the_nearest_cell_that_is_thick_enough_speaks():
    """Own platform and depth, any platform at that depth, the platform's blocks, these blocks, everybody."""
    cells = [
        ("likes", "x", DEEP), ("likes", None, DEEP), ("likes", "x", "profile+posts"),
        ("likes", None, "profile+posts"), ("likes", None, ""),
    ]  # fmt: skip
    tails = {cell: Tail.fit(np.arange(10.0) + at) for at, cell in enumerate(cells)}
    for thick in range(len(cells)):
        found = Tails({cell: tails[cell] for cell in cells[thick:]}).at("likes", "x", DEEP)
        assert found == tails[cells[thick]]
    assert Tails(tails).at("likes", None, DEEP) == tails[cells[1]]


def test_thin_cells_are_pooled():
    found = fit(
        rows("x", DEEP, MIN_ACCOUNTS),
        rows("x", THIN, MIN_ACCOUNTS - 1, seed=1),
        rows("tiktok", DEEP, 30, seed=2),
    )
    assert set(found) == {
        ("likes", "x", DEEP), ("likes", None, DEEP), ("likes", "x", "profile+posts"),
        ("likes", None, "profile+posts"), ("likes", None, ""),
    }  # fmt: skip
    assert found["likes", "x", DEEP].accounts == MIN_ACCOUNTS
    assert found["likes", None, DEEP].accounts == MIN_ACCOUNTS + 30
    assert found["likes", "x", "profile+posts"].accounts == 2 * MIN_ACCOUNTS - 1
    assert found["likes", None, ""].accounts == 2 * MIN_ACCOUNTS + 29


def test_everybody_speaks_where_there_are_few_and_copies_make_no_cell_thick():
    scored, names, platforms, cells = rows("x", DEEP, MIN_ACCOUNTS)
    copies = [name for name in names[: MIN_ACCOUNTS // 2] for _ in range(2)]
    found = Tails.fit("likes", scored, copies, platforms, cells)
    assert set(found) == {("likes", None, "")}


def test_each_row_is_held_against_its_own_cell():
    found = Tails(fit(rows("x", DEEP, 400), rows("tiktok", DEEP, 400, level=5.0, seed=1)))
    together = found.p_values("likes", [3.0, 3.0, 3.0], ["x", "tiktok", None], [DEEP, DEEP, THIN])
    alone = [
        found.at("likes", on, cell).p_values(3.0)
        for on, cell in (("x", DEEP), ("tiktok", DEEP), (None, THIN))
    ]
    assert together.tolist() == [float(one) for one in alone]
    assert together[0] < 0.01
    assert together[1] > 0.9
    assert found.p_values("likes", [], [], []).shape == (0,)


def test_written_and_read_back(bundle):
    fitted = Tails(fit(rows("x", DEEP, 400), rows("tiktok", THIN, 300, seed=1)))
    for tails in (fitted, bundle.signal_models.tails):
        content = tails.to_bytes()
        read = Tails.from_bytes(content)
        assert dict(read.by_cell) == dict(tails.by_cell)
        assert read.to_bytes() == content
    backwards = Tails(dict(reversed(fitted.by_cell.items())))
    assert backwards.to_bytes() == fitted.to_bytes()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_log_odds_are_finite_and_rise_with_the_score(given_scores):
    found = log_odds(sorted(given_scores))
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()
