"""How fast accounts become features: derive against plain Python, one account alone, where the time goes.

Run ``python -m benchmarks.speed.features --accounts 2000``, or this file, from the root of the repository.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd
import polars as pl
from rich.console import Console
from rich.table import Table

from accounts.tables import Tables
from benchmarks.speed.plain_python.reference import derive_in_plain_python, tolerance
from benchmarks.speed.shape import accounts_of_shape
from features import views
from features.catalogue import CATALOGUE, catalogue_digest
from features.derive import derive, fill, plans
from features.views import Views, account

__all__ = ["without_audience"]

# In the order in which they build on one another, so that each one's cost is its own.
BUILT = (
    views.people, views.posts, views.timeline, views.hours, views.comments, views.wording, views.texts,
    views.authors, views.pairs, views.counts, views.steps, views.lags, views.followers,
)  # fmt: skip
RESULTS = Path(__file__).with_name("results") / "features.json"


def fastest(run: Callable[[], object], times: int) -> float:
    """Seconds of the fastest of several runs: on a shared machine the least disturbed one."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        durations.append(time.perf_counter() - start)
    return min(durations)


def chunks(tables: Tables, size: int) -> list[Tables]:
    """The accounts in pieces, as bulk screening takes them."""
    ids = tables.accounts["account_id"].to_list()
    return [tables.select(ids[at : at + size]) for at in range(0, len(ids), size)]


def in_bulk(tables: Tables, size: int, times: int) -> dict[str, float]:
    """Accounts per second of derive, by the fastest run of each chunk."""
    seconds = sum(fastest(partial(derive, part), times) for part in chunks(tables, size))
    return {
        "accounts": len(tables),
        "chunk": size,
        "columns": len(CATALOGUE),
        "accounts_per_second": len(tables) / seconds,
    }


def in_plain_python(tables: Tables, accounts: int) -> dict[str, Any]:
    """The same features in plain Python, on fewer accounts, as it is slow; checked before it is timed.

    Raises
    ------
    SystemExit
        If the two differ.
    """
    few = tables.select(tables.accounts["account_id"].to_list()[:accounts])
    features = derive_in_plain_python(few)
    if different := disagreements(features, derive(few)):
        raise SystemExit(f"the features in plain Python differ from derive in {', '.join(different)}")
    seconds = sum(fastest(partial(derive_in_plain_python, part), 2) for part in chunks(few, 10))
    return {
        "how": "one account at a time, lists and loops",
        "accounts": accounts,
        "columns": features.shape[1],
        "accounts_per_second": accounts / seconds,
    }


def disagreements(reference: pd.DataFrame, derived: pd.DataFrame) -> list[str]:
    """Columns of the reference in which the other result is further from it than its tolerance."""
    return [
        name
        for name in map(str, reference.columns)
        if not np.allclose(
            reference[name], derived[name], rtol=tolerance(name), atol=tolerance(name), equal_nan=True
        )
    ]


def one_alone(tables: Tables, times: int) -> dict[str, float]:
    """Milliseconds of one account by itself, warm; with its sampled followers, and without."""
    whole = tables.select(tables.accounts["account_id"].to_list()[:1])
    found: dict[str, float] = {}
    for name, one in {"": without_audience(whole), "with_audience_": whole}.items():
        durations = sorted(fastest(partial(derive, one), 1) for _ in range(times))
        found |= {
            f"{name}fastest_ms": 1e3 * durations[0],
            f"{name}median_ms": 1e3 * durations[len(durations) // 2],
        }
    return found


def without_audience(tables: Tables) -> Tables:
    """The accounts without their sampled followers."""
    return tables.map(lambda name, frame: frame.clear() if name == "audience" else frame)


def in_processes(tables: Tables, size: int, times: int) -> dict[str, float]:
    """Accounts per second of derive in a process for each core, each with chunks of its own."""
    parts = chunks(without_audience(tables), size)
    with ProcessPoolExecutor(mp_context=get_context("forkserver")) as pool:
        durations = list(
            pool.map(seconds_together, [parts] * (os.cpu_count() or 1), [times] * (os.cpu_count() or 1))
        )
    return {
        "processes": len(durations),
        "accounts_per_second": sum(len(tables) / seconds for seconds in durations),
    }


def seconds_together(parts: list[Tables], times: int) -> float:
    """Seconds of all parts, while the other processes do the same."""
    derive(parts[0])
    start = time.perf_counter()
    for _ in range(times):
        for part in parts:
            derive(part)
    return (time.perf_counter() - start) / times


def by_view(tables: Tables, times: int) -> dict[str, dict[str, float]]:
    """Microseconds an account of building each view, and of all its features."""
    found: dict[str, dict[str, float]] = {
        view.name: {"view_us": np.inf, "features_us": 0.0, "columns": 0} for view in BUILT
    }
    own = {plan.view: plan for plan in plans(CATALOGUE) if plan.view in BUILT}
    for plan in own.values():
        columns = sum(len(columns) for _, columns in plan.columns.values())
        found[plan.view.name] |= {"features_us": np.inf, "columns": columns}
    values = np.full((len(tables), len(CATALOGUE)), np.nan)
    for _ in range(times):
        built = Views(tables)
        for view in BUILT:
            cost = found[view.name]
            cost["view_us"] = min(cost["view_us"], per_account(tables, partial(built.__getitem__, view)))
            if view in own:
                run = partial(fill, values, own[view], built)
                cost["features_us"] = min(cost["features_us"], per_account(tables, run))
    return found


def by_feature(tables: Tables, times: int) -> dict[str, float]:
    """Microseconds an account of each feature's expression by itself on a built view; grouping included."""
    built = Views(tables)
    return {
        feature.name: min(
            per_account(tables, aggregation(built[feature.view], [feature.expression()]))
            for _ in range(times)
        )
        for feature in CATALOGUE
        if feature.view is not account
    }


def aggregation(frame: pl.DataFrame, expressions: list[pl.Expr]) -> Callable[[], object]:
    """What evaluates the expressions for each account, or each series, of the view's rows."""
    key = "series" if "series" in frame.columns else "account"
    return lambda: frame.group_by(key, maintain_order=True).agg(expressions)


def per_account(tables: Tables, run: Callable[[], object]) -> float:
    """Microseconds an account that the run takes."""
    return 1e6 * fastest(run, 1) / len(tables)


def machine() -> dict[str, object]:
    """Cores, load, Python and libraries of the machine, without its name."""
    libraries = ("polars", "numpy", "pandas", "pyarrow")
    return {
        "cores": os.cpu_count(),
        "polars_threads": pl.thread_pool_size(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
        "machine": platform.machine(),
        "libraries": {name: version(name) for name in libraries},
    }


def measure(accounts: int, chunk: int, plain_accounts: int, times: int) -> dict[str, Any]:
    """All of it as one document."""
    tables = accounts_of_shape(accounts)
    derive(tables.select(tables.accounts["account_id"].to_list()[:2]))  # imports and caches
    part = tables.select(tables.accounts["account_id"].to_list()[:chunk])
    bulk, plain = in_bulk(tables, chunk, times), in_plain_python(tables, plain_accounts)
    return {
        "shape": {"posts": 30, "comments": 600, "days": 180, "sampled_followers": 100},
        "catalogue": catalogue_digest(),
        "derive": bulk,
        "derive_in_processes": in_processes(tables, chunk, times),
        "plain_python": plain,
        "times_as_fast": bulk["accounts_per_second"] / plain["accounts_per_second"],
        "one_account": one_alone(tables, 10 * times),
        "by_view": by_view(part, times),
        "by_feature_us": by_feature(part, 2),
        "machine": machine(),
    }


def show(found: Mapping[str, Any], console: Console) -> None:
    """The document as tables."""
    speeds = Table("", "accounts/s", "columns", title="Accounts to features")
    for name in ("derive", "plain_python"):
        speeds.add_row(name, f"{found[name]['accounts_per_second']:,.0f}", str(found[name]["columns"]))
    console.print(speeds)
    console.print(f"derive is {found['times_as_fast']:.0f} times as fast as plain Python, account by account")
    several = found["derive_in_processes"]
    console.print(
        f"in {several['processes']} processes: {several['accounts_per_second']:,.0f} accounts/s, "
        "without sampled followers"
    )
    one = found["one_account"]
    console.print(
        f"one account alone: {one['fastest_ms']:.1f} ms at best, {one['median_ms']:.1f} ms in the median"
    )
    parts = Table("view", "building, µs", "features, µs", "columns", title="Where the time goes, per account")
    for name, cost in found["by_view"].items():
        parts.add_row(name, f"{cost['view_us']:.1f}", f"{cost['features_us']:.1f}", str(int(cost["columns"])))
    console.print(parts)
    dearest = Table("feature", "µs", title="The dearest features")
    for name, cost in sorted(found["by_feature_us"].items(), key=lambda item: -item[1])[:10]:
        dearest.add_row(name, f"{cost:.1f}")
    console.print(dearest)


def rounded(value: object) -> object:
    """Numbers to four figures, all the way down."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def main() -> None:
    """Measure, print and write results/features.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--chunk", type=int, default=500)
    parser.add_argument("--plain-accounts", type=int, default=40)
    parser.add_argument("--times", type=int, default=5, help="runs of each; the fastest counts")
    given = parser.parse_args()
    found = measure(
        given.accounts,
        min(given.chunk, given.accounts),
        min(given.plain_accounts, given.accounts),
        given.times,
    )
    show(found, Console())
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rounded(found), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
