"""Choose the example creators from a simulated population, by their labels and depth alone.

``python -m accounts.examples.choose`` writes a file as the simulator draws them now; that of the package was
drawn by an earlier one, and two creators of it, who had come before TikTok did, have a later day of opening.
The choice does not depend on any detector's verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import polars as pl

from accounts.document import to_documents
from accounts.examples import creators_path
from accounts.population import Population
from accounts.simulation import simulate
from accounts.tables import Tables

__all__ = ["choose_examples"]

ACCOUNTS: Final = 6_000
SEED: Final = 41
MAX_ROWS: Final[Mapping[str, int]] = {"posts": 40, "comments": 80, "history": 200, "audience": 80}

_AUTHENTIC: Final = ~pl.col("inflated") & ~pl.col("automated")
EXAMPLES: Final[Mapping[str, pl.Expr]] = {
    "everyday-creator": _AUTHENTIC & (pl.col("person") == "creator") & pl.col("event").is_null(),
    "viral-hit": _AUTHENTIC & (pl.col("event") == "viral_hit"),
    "giveaway": _AUTHENTIC & (pl.col("event") == "giveaway"),
    "scheduling-brand": _AUTHENTIC & (pl.col("person") == "brand"),
    "tight-community": _AUTHENTIC & (pl.col("person") == "community"),
    "purge-victim": _AUTHENTIC & (pl.col("event") == "purge"),
    "burst-of-followers": (pl.col("scheme") == "burst") & (pl.col("strength") > 1.0),
    "auto-refill": (pl.col("scheme") == "auto_refill") & (pl.col("strength") > 0.5),
    "bought-likes": (pl.col("scheme") == "likes_flat") & (pl.col("strength") > 1.0),
    "full-package": (pl.col("scheme") == "full_package") & (pl.col("strength") > 0.5),
    "comment-pod": (pl.col("scheme") == "pod") & (pl.col("strength") > 0.5),
    "content-bot": pl.col("scheme") == "content_bot",
    "follow-unfollow": pl.col("scheme") == "follow_unfollow",
}


def choose_examples(population: Population) -> Tables:
    """The first account with enough rows for each of :data:`EXAMPLES`, shortened and named after its kind."""
    deep = population.labels.filter(_is_deep(population.tables))
    ids_of = {name: deep.filter(kind)["account_id"].head(1).to_list() for name, kind in EXAMPLES.items()}
    named = {ids[0]: f"example:{name}" for name, ids in ids_of.items() if ids}
    order = pl.DataFrame({"account_id": list(named), "place": range(len(named))})

    def cut(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        rows = frame.join(order, on="account_id").sort("place", maintain_order=True)
        if name in MAX_ROWS:
            rows = rows.filter(pl.int_range(pl.len()).reverse().over("account_id") < MAX_ROWS[name])
        return rows.with_columns(pl.col("account_id").replace(named)).select(frame.columns)

    return population.tables.map(cut)


def _is_deep(tables: Tables) -> pl.Expr:
    ids = set(tables.accounts.filter(pl.col("followers").is_between(1_000, 1_000_000))["account_id"])
    for table, least in (("posts", 30), ("comments", 50), ("history", 100), ("audience", 50)):
        counted = tables[table].group_by("account_id").len().filter(pl.col("len") >= least)
        ids &= set(counted["account_id"])
    return pl.col("account_id").is_in(sorted(ids))


def main() -> None:
    """Simulate the population and write the file of examples."""
    draft = creators_path().with_suffix(".draft")
    lines = [
        json.dumps(document, ensure_ascii=False)
        for document in to_documents(choose_examples(simulate(ACCOUNTS, SEED)))
    ]
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(creators_path())
    print(f"{creators_path().name}: {len(lines)} creators")


if __name__ == "__main__":
    main()
