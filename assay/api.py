"""The functions of ``import assay``: each a few lines around the package that does the work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pandas as pd

from accounts import reading
from accounts.errors import BadInput
from accounts.population import Population
from accounts.stored_population import open_population
from accounts.tables import Tables
from cli.environment import Environment, utc_now
from detector.bundle import save as save_bundle
from detector.labels import Explain
from detector.locate import open_detector
from detector.screening import Detector
from detector.verdict import Verdict
from features.derive import derive as derive_features

if TYPE_CHECKING:
    from training.config import TrainingConfig

__all__ = ["Accounts", "derive", "load", "read", "save", "screen", "train"]

Document: TypeAlias = Mapping[str, Any]
Accounts: TypeAlias = str | Path | Tables | Document | Iterable[Document]
"""A file or folder, tables, one account document, or several."""


def read(accounts: Accounts, *, columns: str | Path | None = None) -> Tables:
    """Read and check accounts.

    Parameters
    ----------
    accounts
        A path (``.json``, ``.jsonl``, or a folder of tables in Parquet or CSV), an account document as a
        dictionary, or several of them. Tables are returned as they are.
    columns
        For CSV files with columns of other names: a TOML file that says what they mean.

    Returns
    -------
    All accounts, in memory.

    Raises
    ------
    BadInput
        With place, field and rule of what is wrong.

    Examples
    --------
    >>> tables = read({"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"})
    >>> len(tables), tables.posts.height
    (1, 0)
    """
    pieces = list(_chunks(accounts, columns))
    return pieces[0] if len(pieces) == 1 else Tables.concat(pieces)


def load(model: str | Path | None = None) -> Detector:
    """Load a detector.

    Parameters
    ----------
    model
        A bundle's folder; by default the champion in ``$ASSAY_HOME``, else the starter.

    Raises
    ------
    NoUsableModel
        If it is missing or was changed.

    Examples
    --------
    >>> load("detector/starter").bundle.facts.alpha
    0.01
    """
    return open_detector(Path(model) if model is not None else None, Environment.read().home)


def screen(
    accounts: Accounts,
    *,
    model: Detector | str | Path | None = None,
    explain: Literal["none", "flagged", "all"] = "flagged",
    columns: str | Path | None = None,
) -> list[Verdict]:
    """Screen accounts; a file is read and screened 500 accounts at a time.

    Parameters
    ----------
    accounts, columns
        As for :func:`read`.
    model
        A detector, or as for :func:`load`, which takes half a second: load once to screen often.
    explain
        Which verdicts get reasons: none, those of accounts that are accused or sent to review, or all.

    Returns
    -------
    A verdict for each account, in input order.

    Raises
    ------
    BadInput, NoUsableModel
        As :func:`read` and :func:`load` do.

    Examples
    --------
    >>> account = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    >>> screen(account, model="detector/starter")[0].label.value
    'insufficient'
    """
    detector = model if isinstance(model, Detector) else load(model)
    chunks = _chunks(accounts, columns)
    return [one for tables in chunks for one in detector.screen(tables, explain=Explain(explain))]


def derive(accounts: Accounts, *, columns: str | Path | None = None) -> pd.DataFrame:
    """Derive the features of accounts.

    Parameters
    ----------
    accounts, columns
        As for :func:`read`.

    Returns
    -------
    A row for each account, indexed by ``account_id``, and a float64 column for each feature of the
    catalogue; absent is NaN.

    Examples
    --------
    >>> account = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    >>> derive(account | {"profile": {"followers": 9, "following": 999}}).loc["a", "following_ratio"]
    np.float64(2.0)
    """
    return derive_features(read(accounts, columns=columns))


def train(population: str | Path | Population, config: str | Path | TrainingConfig | None = None) -> Detector:
    """Train a detector on labelled accounts; nothing is tracked, registered or written.

    Parameters
    ----------
    population
        A folder as ``assay simulate`` writes it, or labelled accounts in memory.
    config
        The settings of the run, or a TOML file with them (docs/training.md).

    Raises
    ------
    WrongUsage
        If there are too few accounts, or a setting is wrong.
    """
    from training.config import TrainingConfig, read_config  # not above: it takes longer than all others
    from training.fit import fit

    labelled = population if isinstance(population, Population) else open_population(Path(population))
    settings = read_config(Path(config)) if isinstance(config, str | Path) else config
    return Detector(fit(labelled, settings or TrainingConfig(), utc_now()).bundle)


def save(detector: Detector, folder: str | Path) -> None:
    """Write a detector's bundle into a folder, from which :func:`load` reads it.

    Raises
    ------
    WrongUsage
        If the folder holds anything else than a bundle.
    """
    save_bundle(detector.bundle, folder)


def _chunks(accounts: Accounts, columns: str | Path | None) -> Iterator[Tables]:
    """The accounts, some at a time where they come from a file."""
    if isinstance(accounts, Tables):
        yield accounts
    elif isinstance(accounts, str | Path):
        yield from (chunk.tables for chunk in reading.read(accounts, columns=columns))
    elif isinstance(accounts, Mapping):
        yield reading.read_document(accounts)
    else:
        chunk = reading.read_documents(accounts)
        if chunk.faults:
            raise BadInput(*chunk.faults)
        yield chunk.tables
