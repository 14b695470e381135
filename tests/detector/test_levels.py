import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from detector.level_tails import tail_ranks
from detector.levels import ENOUGH, LevelRow, LevelTable
from detector.threshold import accusation_threshold, clearing_threshold, p_value

KINDS = {"alpha": 0.05}


def draw(count, seed=0):
    random = np.random.default_rng(seed)
    return random.beta(0.5, 5, count), random.beta(5, 1, count // 2)


def sample(levels=("profile", "posts5"), count=400):
    parts = []
    for seed, level in enumerate(levels):
        authentic, fakes = draw(count, seed)
        names = [f"a{row}" for row in range(len(authentic) + len(fakes))]
        is_authentic = np.arange(len(names)) < len(authentic)
        parts.append(
            pd.DataFrame(
                {
                    "account_id": names,
                    "level": level,
                    "suspicion": np.r_[authentic, fakes],
                    "authentic": is_authentic,
                    "strong": ~is_authentic & (np.arange(len(names)) % 2 == 0),
                    "natural": level == "profile",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@given(
    st.lists(st.one_of(st.floats(0, 1), st.sampled_from([-1.0, 0.5])), min_size=1, max_size=900),
    st.floats(0, 1),
)
def test_stored_p_values_are_never_too_small_and_exact_in_the_tail(authentic, suspicion):
    row = LevelRow.fit("posts5", authentic, [], [], alpha=0.05)
    exact = p_value(suspicion, authentic)
    stored = row.p_value(suspicion)
    assert stored >= exact
    if sum(value >= suspicion for value in authentic) < 200:
        assert stored == exact


@pytest.mark.parametrize("count", [1, 150, 201, 5_000])
def test_every_stored_value_answers_for_itself(count):
    authentic, _ = draw(count)
    row = LevelRow.fit("posts5", authentic, [], [], alpha=0.05)
    assert len(row.tail) == len(tail_ranks(count))
    assert list(row.tail) == sorted(row.tail, reverse=True)
    for suspicion in [*authentic[:50], 0.0, 1.0]:
        assert row.p_value(suspicion) >= p_value(suspicion, authentic)


def test_p_values_stay_close_beyond_the_exact_tail():
    authentic, _ = draw(5_000)
    row = LevelRow.fit("posts5", authentic, [], [], alpha=0.05)
    for suspicion in np.linspace(0.01, 0.3, 50):
        assert row.p_value(suspicion) <= p_value(suspicion, authentic) + 0.0125


def test_a_row_holds_what_the_thresholds_say():
    authentic, fakes = draw(400)
    row = LevelRow.fit("posts5", authentic, fakes, fakes[:100], alpha=0.05)
    assert row.authentic_accounts == 400
    assert row.accuse_above == accusation_threshold(authentic, 0.05)
    assert row.clear_at_or_below == clearing_threshold(fakes[:100])
    assert (authentic > row.review_above).mean() == pytest.approx(0.05, abs=0.005)
    assert row.expected_recall == (fakes > row.accuse_above).mean()


def test_a_floor_only_raises_the_threshold():
    authentic, fakes = draw(400)
    assert LevelRow.fit("posts5", authentic, fakes, fakes, alpha=0.05, floor=0.99).accuse_above == 0.99
    low = LevelRow.fit("posts5", authentic, fakes, fakes, alpha=0.05, floor=0.01).accuse_above
    assert low == accusation_threshold(authentic, 0.05)


def test_too_few_accounts_promise_nothing():
    row = LevelRow.fit("posts5", [0.1] * 298, [0.9], [0.9], alpha=0.01)
    assert (row.accuse_above, row.clear_at_or_below, row.expected_recall) == (None, None, None)
    assert row.review_above == 0.1
    empty = LevelRow.fit("posts5", [], [], [], alpha=0.01)
    assert (empty.review_above, empty.p_value(0.5)) == (None, None)


def test_a_table_fits_each_level_by_itself():
    everything = sample()
    table = LevelTable.fit(everything, **KINDS)
    part = everything[everything.level == "posts5"]
    alone = LevelRow.fit(
        "posts5",
        part.suspicion[part.authentic],
        part.suspicion[~part.authentic],
        part.suspicion[part.strong],
        natural_share=0.0,
        **KINDS,
    )
    assert table["posts5"] == alone
    assert [row.level for row in table] == ["posts5", "profile"]
    assert table["posts5"].masked_only
    assert not table["profile"].masked_only


def test_copies_are_not_accounts():
    copies = sample(("profile", "profile"))
    with pytest.raises(ValueError, match="accounts, not copies"):
        LevelTable.fit(copies, **KINDS)


def test_a_level_that_may_accuse_of_nothing_has_no_thresholds():
    table = LevelTable.fit(sample(("audience30",)).assign(suspicion=np.nan), **KINDS)
    assert table["audience30"] == LevelRow("audience30", natural_share=0.0)


def test_an_unseen_level_accuses_and_clears_nobody():
    table = LevelTable.fit(sample(), **KINDS)
    assert table["comments50"] == LevelRow("comments50")
    limits = table.limits(["comments50", "profile"])
    assert np.isnan([limits.accuse_above[0], limits.clear_at_or_below[0], limits.review_above[0]]).all()
    assert limits.accuse_above[1] == table["profile"].accuse_above


def test_written_and_read_back():
    table = LevelTable.fit(sample(), **KINDS).with_false_accusation_rates({"profile": 0.004})
    table = LevelTable(table.rows | {"none": LevelRow("none")})
    content = table.to_bytes()
    read = LevelTable.from_bytes(content)
    assert dict(read.rows) == dict(table.rows)
    assert read["profile"].false_accusation_rate == 0.004
    assert read.to_bytes() == content


def test_all_levels_together_stay_small():
    rows = [LevelRow.fit(f"level {seed}", *draw(2_000, seed), [], alpha=0.01) for seed in range(240)]
    assert len(LevelTable({row.level: row for row in rows}).to_bytes()) < 500_000


def test_a_level_too_rare_is_judged_by_all_accounts_with_its_blocks():
    rows = [LevelRow("profile+posts30"), LevelRow("profile+posts", authentic_accounts=400, accuse_above=0.7)]
    table = LevelTable({row.level: row for row in rows})
    assert table.row_for("profile+posts30").level == "profile+posts"
    assert table.limits(["profile+posts30", "profile+posts5"]).accuse_above.tolist() == [0.7, 0.7]
    own = LevelRow("profile+posts30", authentic_accounts=300, accuse_above=0.9)
    assert LevelTable({**table.rows, own.level: own}).row_for("profile+posts30") == own


def test_where_none_may_accuse_those_with_its_blocks_still_ask_for_a_review():
    pooled = LevelRow("profile+posts", authentic_accounts=200, review_above=0.6)
    assert LevelTable({pooled.level: pooled}).row_for("profile+posts30", "tiktok") == pooled
    accusing = LevelRow("profile+posts30", authentic_accounts=300, accuse_above=0.9, review_above=0.7)
    both = LevelTable({row.level: row for row in (pooled, accusing)})
    assert both.row_for("profile+posts30", "tiktok") == accusing


def test_a_level_with_nothing_to_stand_in_for_it_stays_itself():
    table = LevelTable({})
    assert table.row_for("profile+posts30") == LevelRow("profile+posts30")


def test_a_platforms_own_row_comes_before_that_of_all_platforms():
    rows = [
        LevelRow("profile+posts", authentic_accounts=900, accuse_above=0.5),
        LevelRow("profile+posts30", authentic_accounts=400, accuse_above=0.6),
        LevelRow("tiktok:profile+posts", authentic_accounts=310, accuse_above=0.7),
        LevelRow("x:profile+posts", authentic_accounts=20),
    ]
    table = LevelTable.from_bytes(LevelTable({row.level: row for row in rows}).to_bytes())
    spoken = [table.row_for("profile+posts30", on).accuse_above for on in ("tiktok", "x", "youtube", None)]
    assert spoken == [0.7, 0.6, 0.6, 0.6]
    limits = table.limits(["profile+posts30", "profile+posts5"], ["tiktok", "x"])
    assert limits.accuse_above.tolist() == [0.7, 0.5]


def test_the_stricter_of_natural_and_masked_accounts_speaks():
    """A level's own people may be more suspicious than those who are masked down to it."""
    rng = np.random.default_rng(3)
    masked, natural = rng.uniform(0.0, 0.5, 900), rng.uniform(0.2, 0.9, ENOUGH)

    def threshold(natural_accounts):
        sample = pd.DataFrame({
            "account_id": [f"a{n}" for n in range(900 + natural_accounts)],
            "level": "profile",
            "suspicion": np.append(masked, natural[:natural_accounts]),
            "authentic": True,
            "strong": False,
            "natural": np.arange(900 + natural_accounts) >= 900,
        })  # fmt: skip
        return LevelTable.fit(sample, alpha=0.01)["profile"]

    enough, too_few = threshold(ENOUGH), threshold(ENOUGH - 1)
    assert enough.accuse_above == accusation_threshold(np.sort(natural)[::-1], 0.01, 0.95)
    assert (enough.authentic_accounts, enough.natural_share) == (ENOUGH, 1.0)
    assert too_few.authentic_accounts == 900 + ENOUGH - 1
    assert too_few.accuse_above < enough.accuse_above


def test_accounts_in_whom_no_signal_is_heard_are_left_out():
    """They can be neither accused nor cleared, so the promise does not count them."""
    whole = sample(("profile",), count=600)
    heard = whole.iloc[::2]
    silent = whole.assign(suspicion=whole["suspicion"].where(np.arange(len(whole)) % 2 == 0))
    rows = [LevelTable.fit(part, **KINDS)["profile"] for part in (silent, heard)]
    assert rows[0] == rows[1]
    assert rows[0].authentic_accounts == 300


def test_a_thin_level_is_judged_as_all_accounts_with_its_blocks():
    parts = sample(("profile+posts30", "profile+posts5", "profile+posts"), count=900)
    thin = parts[(parts["level"] == "profile+posts") | (parts["account_id"].str[1:].astype(int) % 2 == 0)]
    table = LevelTable.fit(thin, **KINDS)
    pooled = table["profile+posts"]
    assert pooled.authentic_accounts == 900
    for level in ("profile+posts30", "profile+posts5"):
        assert table[level] == LevelRow(level, natural_share=0.0)
        assert table.row_for(level) == pooled


def test_a_level_speaks_for_itself_with_enough_accounts_or_half_of_all():
    for count, others in ((ENOUGH, 4_000), (500, 999)):
        levels = {"profile+posts30": count, "profile+posts": others}
        parts = pd.concat(sample((level,), count=size) for level, size in levels.items())
        table = LevelTable.fit(parts, **KINDS)
        assert table["profile+posts30"].authentic_accounts == count
        assert table.row_for("profile+posts30") == table["profile+posts30"]


@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_the_exact_bound_holds_over_draws_of_the_accounts(alpha):
    """In at most 5 % of draws is the true rate above alpha: suspicions here are uniform, so it is known."""
    random, draws = np.random.default_rng(11), 400
    thresholds = [
        LevelRow.fit("profile", random.random(700), [], [], alpha=alpha).accuse_above for _ in range(draws)
    ]
    broken = sum(1 - threshold > alpha for threshold in thresholds)
    assert 0 < broken <= binom.ppf(0.999, draws, 0.05)
