"""Thresholds set anew: what they promise, what changes with them, and what does not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, binom

from accounts.errors import BadInput
from accounts.simulation import simulate
from detector.folder import CREATED
from detector.levels import LevelRow, LevelTable
from detector.manifest import MANIFEST
from detector.screening import Detector
from features.derive import derive
from features.evidence import measure
from features.views import Views
from training.recalibrate import accounts_missing, accounts_needed, recalibrate, refit_thresholds
from training.split import pick
from training.verified_accounts import VerifiedAccounts, masked_suspicion

NOW = "2026-11-24T00:00:00Z"
BLANK = LevelTable({})
# Which suspicion authentic accounts have, by platform and level.
KINDS = {
    ("instagram", "profile+posts30"): beta(0.5, 6),
    ("instagram", "profile+posts5"): beta(0.8, 3),
    ("tiktok", "profile+posts30"): beta(1, 4),
}


def drawn(random: np.random.Generator, counts: dict[tuple[str, str], int]) -> pd.DataFrame:
    """Suspicions of authentic accounts, in the shape of ``masked_suspicion``."""
    pieces = [
        pd.DataFrame({
            "platform": platform, "blocks": "profile+posts", "level": level, "natural": True,
            "suspicion": KINDS[platform, level].rvs(count, random_state=random),
        })
        for (platform, level), count in counts.items()
    ]  # fmt: skip
    return pd.concat(pieces, ignore_index=True).assign(
        account_id=lambda rows: [f"a{row}" for row in rows.index]
    )


def false_accusations(table: LevelTable, mix: dict[tuple[str, str], int]) -> float:
    """The rate among infinitely many further accounts of the same mix."""
    rates = []
    for (platform, level), count in mix.items():
        threshold = table.row_for(level, platform).accuse_above
        rates.append(count * (0.0 if threshold is None else KINDS[platform, level].sf(threshold)))
    return sum(rates) / sum(mix.values())


@pytest.mark.parametrize(
    ("alpha", "mix"),
    [
        (0.05, {("instagram", "profile+posts30"): 60}),
        (0.05, {("instagram", "profile+posts30"): 40, ("instagram", "profile+posts5"): 30}),
        (0.05, {("instagram", "profile+posts30"): 320, ("tiktok", "profile+posts30"): 310}),
        (0.01, {("instagram", "profile+posts5"): 200, ("tiktok", "profile+posts30"): 110}),
    ],
)
def test_the_rate_stays_within_alpha_in_95_of_100_draws(alpha, mix):
    random, draws = np.random.default_rng(7), 120
    rates = [
        false_accusations(refit_thresholds(BLANK, drawn(random, mix), alpha=alpha, confidence=0.95), mix)
        for _ in range(draws)
    ]
    assert max(rates) > 0
    assert sum(rate > alpha for rate in rates) <= binom.ppf(0.999, draws, 0.05)


def test_rows_are_by_platform_from_300_and_by_depth_from_what_alpha_needs():
    mix = {
        ("instagram", "profile+posts30"): 250,
        ("instagram", "profile+posts5"): 80,
        ("tiktok", "profile+posts30"): 70,
    }
    table = refit_thresholds(BLANK, drawn(np.random.default_rng(1), mix), alpha=0.05, confidence=0.95)
    assert {row.level: row.authentic_accounts for row in table} == {
        "instagram:profile+posts30": 250,
        "instagram:profile+posts5": 80,
        "instagram:profile+posts": 330,  # for depths that nobody came with
        "profile+posts30": 70,
        "profile+posts": 70,
    }
    assert table.row_for("profile+posts12", "instagram").level == "instagram:profile+posts"
    assert table.row_for("profile+posts12", "youtube").level == "profile+posts"


def test_too_few_others_are_judged_by_all():
    mix = {("instagram", "profile+posts30"): 400, ("tiktok", "profile+posts30"): 5}
    table = refit_thresholds(BLANK, drawn(np.random.default_rng(1), mix), alpha=0.05, confidence=0.95)
    assert table["instagram:profile+posts30"].authentic_accounts == 400
    assert table.row_for("profile+posts30", "tiktok").authentic_accounts == 405


def test_without_platforms_nobody_has_a_row_of_his_platform():
    sample = drawn(np.random.default_rng(1), {("instagram", "profile+posts30"): 400}).assign(platform=None)
    assert set(refit_thresholds(BLANK, sample, alpha=0.05, confidence=0.95).rows) == {
        "profile+posts30",
        "profile+posts",
    }


def test_clearing_stays_but_never_above_the_threshold_and_nothing_old_accuses():
    base = LevelTable({
        "profile+posts30": LevelRow(
            "profile+posts30", authentic_accounts=900, accuse_above=0.9, clear_at_or_below=0.02),
        "profile+posts": LevelRow(
            "profile+posts", authentic_accounts=900, accuse_above=0.9, clear_at_or_below=0.99),
        "history14": LevelRow(
            "history14", authentic_accounts=900, accuse_above=0.9, clear_at_or_below=0.3, tail=(0.8,)),
    })  # fmt: skip
    table = refit_thresholds(
        base,
        drawn(np.random.default_rng(1), {("tiktok", "profile+posts30"): 90}),
        alpha=0.05,
        confidence=0.95,
    )
    assert table["profile+posts30"].clear_at_or_below == 0.02
    assert table["profile+posts"].clear_at_or_below == table["profile+posts"].accuse_above < 0.99
    assert table["history14"] == LevelRow("history14", clear_at_or_below=0.3)


@pytest.mark.parametrize(("alpha", "needed"), [(0.05, 59), (0.01, 299), (0.2, 14)])
def test_one_account_fewer_is_refused_with_the_number_missing(alpha, needed):
    assert accounts_needed(alpha, 0.95) == needed
    random = np.random.default_rng(2)
    for count, lacking in ((needed, 0), (needed - 1, 1), (needed - 10, 10)):
        sample = drawn(random, {("instagram", "profile+posts30"): count})
        table = refit_thresholds(BLANK, sample, alpha=alpha, confidence=0.95)
        assert accounts_missing(table, alpha=alpha, confidence=0.95) == lacking


@pytest.fixture(scope="module")
def fresh():
    """Simulated accounts that no part of the training run has seen: the authentic and the others."""
    population = simulate(420, seed=77, regime="test")
    guilty = (population.labels["inflated"] | population.labels["automated"]).to_numpy()
    return tuple(verified(pick(population, chosen).tables) for chosen in (~guilty, guilty))


def verified(tables) -> VerifiedAccounts:
    views = Views(tables)
    return VerifiedAccounts(
        derive(views), measure(views)["level"].tolist(), tables.accounts["platform"].to_list()
    )


@pytest.fixture(scope="module")
def anew(fitted, fresh):
    authentic, fakes = fresh
    return recalibrate(fitted.bundle, authentic, created_at=NOW, digest="ab" * 32, alpha=0.1, fakes=fakes)


def test_only_the_levels_and_the_facts_of_them_change(fitted, fresh, anew):
    before = fitted.bundle
    changed = {name for name in before.files if before.files[name] != anew.files[name]}
    assert changed == {"levels.parquet", MANIFEST, CREATED}
    assert anew.manifest.calibrations == before.manifest.calibrations
    assert anew.manifest.golden == before.manifest.golden
    assert anew.facts == replace(
        before.facts, version="2026-11-24-abababab", created_at=NOW, alpha=0.1,
        calibrated_on=f"{len(fresh[0]):,} accounts verified by you, 2026-11-24",
    )  # fmt: skip


def test_verdicts_say_whom_the_promise_rests_on(anew, creators):
    verdicts = Detector(anew).screen(creators, explain="none")
    for verdict in verdicts:
        row = anew.levels[verdict.guarantee.evidence_level]
        assert verdict.guarantee.calibrated_on.endswith("accounts verified by you, 2026-11-24")
        assert verdict.guarantee.alpha == 0.1
        assert verdict.guarantee.calibration_accounts == row.authentic_accounts
        assert verdict.guarantee.threshold == row.accuse_above
    assert any(verdict.guarantee.threshold is not None for verdict in verdicts)


def test_levels_reached_only_by_masking_say_so(anew, fresh):
    came = set(fresh[0].levels)
    accusing = [row for row in anew.levels if row.accuse_above is not None]
    assert any(row.masked_only for row in accusing) and not all(row.masked_only for row in accusing)
    assert not came & {row.level for row in accusing if row.masked_only}


def test_expected_recall_is_that_of_the_fakes(anew, fitted, fresh):
    shown = masked_suspicion(fitted.bundle.signal_models, fresh[1])
    alike = shown[shown["blocks"] == "profile"]
    row = anew.levels["profile"]
    assert row.expected_recall == (alike["suspicion"] > row.accuse_above).mean()
    assert row.false_accusation_rate is None


def test_too_few_accounts_are_refused_in_one_sentence(fitted, fresh):
    few = VerifiedAccounts(fresh[0].features.iloc[:9], fresh[0].levels[:9], fresh[0].platforms[:9])
    with pytest.raises(
        BadInput, match=r"mine\.csv: must hold at least 299 .* There are \d with .*: \d+ more"
    ):
        recalibrate(fitted.bundle, few, created_at=NOW, digest="ab", alpha=0.01, place="mine.csv")
    blind = VerifiedAccounts(few.features, ["none"] * 9)
    with pytest.raises(BadInput, match="There is none with any evidence: 299 more are needed"):
        recalibrate(fitted.bundle, blind, created_at=NOW, digest="ab", alpha=0.01)
