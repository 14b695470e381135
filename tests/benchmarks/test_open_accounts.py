"""Of sets that train the starter only the other half is measured on, and the page says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.tables import Tables
from benchmarks.quality.measurements import injection_cells, real_injected
from benchmarks.quality.parts import real_injected as real_injected_part
from benchmarks.quality.populations.organic_sets import open_accounts
from benchmarks.quality.real_accounts import screen_summary
from training.config import read_config
from training.datasets.base import is_held_out
from training.organic import ORGANIC as TRAINED_ON
from training.organic import in_training_half
from training.starter import CONFIG


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Sixty accounts that grow evenly for a hundred days."""
    last = date(2026, 10, 31)
    days = [last - timedelta(days=ago) for ago in range(99, -1, -1)]
    names = [f"gh:{number}" for number in range(60)]
    about = {"platform": "github", "as_of": datetime(2026, 11, 1, tzinfo=UTC)}
    return Tables.of(
        accounts=[
            about | {"account_id": name, "followers": 1_100 + 10 * at} for at, name in enumerate(names)
        ],
        history=[
            {"account_id": name, "date": day, "followers": 1_000 + 10 * at + number + (at * number) % 3}
            for at, name in enumerate(names)
            for number, day in enumerate(days)
        ],
    )


def test_no_account_that_may_train_the_starter_is_measured_on(tables):
    assert set(read_config(CONFIG).organic) <= set(TRAINED_ON)
    for name in TRAINED_ON:
        chosen = open_accounts(name, tables).accounts["account_id"].to_list()
        assert 0 < len(chosen) < 60
        assert not any(in_training_half(account) or is_held_out(account) for account in chosen)
    others = open_accounts("vtuber_tw_twitch", tables).accounts["account_id"].to_list()
    assert others == [name for name in tables.accounts["account_id"] if not is_held_out(name)]


def test_altered_accounts_are_held_against_the_same_untouched(small_detector, tables, monkeypatch):
    cells = {"github_stars": (injection_cells.Cell("followers", 10.0, 1),)}
    monkeypatch.setattr(real_injected, "CELLS", cells)
    result = real_injected.evaluate(small_detector, "github_stars", tables, lambda *_: None)
    assert set(result["as_found"]) == {"everything", "profile only", "history only"}
    (one,) = result["injected"]
    assert (one["accounts"], one["signal"]) == (60, "followers_flow")
    assert one["auc"]["value"] > 0.9
    assert one["signal_auc"]["value"] > 0.9
    page = real_injected_part.page({"tasks": {"github_stars": result}, "sealed": {}, "refused": {}})
    assert "half of their" in page.replace("\n", " ")
    assert "| github_stars | followers | x10 | 1 | 60 |" in page


def test_what_is_over_the_promise_stands_first():
    wrong = {"k": 3, "n": 100, "rate": 0.03, "low": 0.006, "high": 0.085}
    found = {"some_set": {"as_found": {"everything": {"accused": wrong}}}}
    assert "`some_set`, everything: 3.0 % [0.6, 8.5] (3 of 100)" in real_injected_part.sets_over_promise(
        found
    )


def test_no_name_is_in_what_is_told(small_detector, tables):
    found = screen_summary(small_detector, tables)
    assert found["accounts"] == sum(found["labels"].values()) == 60
    assert not any(name in str(found) for name in tables.accounts["account_id"])
