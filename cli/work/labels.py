"""What ``assay labels`` does: import, check, list and export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import polars as pl

from accounts.errors import BadInput, Fault, WrongUsage
from accounts.importing.reading import read_any
from accounts.reading import Chunk, read
from accounts.tables import Tables
from cli.atomic_file import atomic_file
from cli.display.plain_table import plain_table
from cli.display.terminal import console, counting, say, text
from cli.environment import Environment
from detector.locate import open_detector
from training.gather import gather_tables
from training.own_labels.label_doubts import label_doubts
from training.own_labels.label_file import read_labels, to_csv
from training.own_labels.label_store import LabelStore
from training.own_labels.own_accounts import OwnAccounts, label_accounts
from training.own_labels.resolve import RULE, ResolvedLabels, resolve

__all__ = ["check", "export", "import_file", "label_rows", "read_accounts", "show_all", "verified_chunks"]

NAMED: Final = 10
"""Accounts that a sentence names at most."""


def import_file(file: Path) -> None:
    """Add the labels of a file to the store."""
    store = label_store()
    rows = read_labels(file)
    added = store.add(rows)
    console().print(
        text(f"{added:,} labels added, {rows.height - added:,} were there already: {store.path}.")
    )
    show_conflicts(resolve(store.rows()))


def check(file: Path | None, accounts: Path | None, model: Path | None, columns: Path | None) -> None:
    """Show what the labels come to, and which a person should look at again."""
    resolved = resolve(label_rows(file))
    shown = console()
    shown.print(text(counts_sentence(resolved)))
    show_conflicts(resolved)
    if accounts is None:
        return
    tables = read_accounts(accounts, columns)
    own = label_accounts(tables, resolved.labels, accounts.name)
    for sentence in left_out(own):
        shown.print(text(sentence))
    found = label_doubts(tables, resolved.labels, open_detector(model, Environment.read().home))
    shown.print(text(f"{len(found):,} labels to look at again{':' if found else '.'}"))
    for one in found:
        shown.print(text(f"  {one.account_id}: {one.why}."))
    if found:
        shown.print(
            text("Change a label for what you find on the account, never for its place on this list.", "dim")
        )


def show_all() -> None:
    """Print a table of accounts with their label."""
    resolved = resolve(label_rows(None))
    table = plain_table(["account", "label", "counts"])
    for row in resolved.labels.iter_rows():
        table.add_row(*(text(cell or "") for cell in row))
    console().print(table)
    show_conflicts(resolved)


def export(out: Path) -> None:
    """Write the store's labels to a CSV file.

    Raises
    ------
    WrongUsage
        If the file is no ``.csv``.
    """
    if out.suffix.lower() != ".csv":
        raise WrongUsage(f"--out must end in .csv. Got {out}.")
    store = label_store()
    with atomic_file(out, [store.path]) as draft:
        draft.write_text(to_csv(store.rows()), encoding="utf-8")


def label_store() -> LabelStore:
    """The labels of Assay's own folder."""
    return LabelStore(Environment.read().home)


def label_rows(file: Path | None) -> pl.DataFrame:
    """The labels of a file, else the imported ones.

    Raises
    ------
    WrongUsage
        If no file is given and none was imported.
    """
    if file is not None:
        return read_labels(file)
    store = label_store()
    if not store.path.exists():
        raise WrongUsage(
            f"There are no labels in {store.home}: assay labels import FILE, or name a file of them."
        )
    return store.rows()


def read_accounts(path: Path, columns: Path | None) -> Tables:
    """All accounts at a path, of whatever source."""
    with counting("read") as advance:
        return gather_tables(read_any(path, columns=columns, note=say), advance)[0]


def verified_chunks(path: Path, labels: Path | None, columns: Path | None) -> Iterator[Chunk]:
    """Accounts that somebody verified as authentic.

    Parameters
    ----------
    path
        Where the accounts are.
    labels
        A file of labels: those called authentic are taken which may train. None: all accounts.
    columns
        What the columns of CSV files mean.

    Raises
    ------
    BadInput
        If no account that may train is called authentic.
    """
    if labels is None:
        yield from read(path, columns=columns)
        return
    resolved = resolve(read_labels(labels))
    show_conflicts(resolved)
    given, _ = gather_tables(read_any(path, columns=columns, note=say))
    own = label_accounts(given, resolved.labels, path.name)
    for sentence in left_out(own):
        say(sentence)
    tables = own.authentic.tables
    if not len(tables):
        raise BadInput(Fault(labels.name, "label", "must call accounts authentic that are not held out."))
    yield Chunk(tables, (), tuple(tables.accounts["account_id"]))


def counts_sentence(resolved: ResolvedLabels) -> str:
    """How many accounts have which label."""
    counts = Counter(resolved.labels["label"].to_list())
    parts = ", ".join(f"{count:,} {label}" for label, count in sorted(counts.items()))
    unsure = f"; {len(resolved.unsure):,} not sure" if resolved.unsure else ""
    return f"{resolved.labels.height:,} accounts have a label: {parts or 'none'}{unsure}."


def show_conflicts(resolved: ResolvedLabels) -> None:
    """Print the accounts whose labels contradict each other, and the rule."""
    if resolved.conflicts:
        say(f"{len(resolved.conflicts):,} accounts have labels that contradict each other. {RULE}")
        for conflict in resolved.conflicts:
            say(f"  {conflict}")


def left_out(own: OwnAccounts) -> list[str]:
    """What of accounts and labels is not used, and what is held out, in sentences."""
    authentic, fake = own.counts(own.hold_out)
    sentences = [
        f"{len(own.train):,} of these accounts may train; {len(own.hold_out):,} ({authentic:,} authentic,"
        f" {fake:,} others) are held out for good."
    ]
    for names, what in (
        (own.unknown, "labels are about accounts that were not given"),
        (own.unlabelled, "accounts have no label"),
        (own.linked, "accounts share commenters with one that is held out, and are left out of both"),
    ):
        if names:
            sentences.append(f"{len(names):,} {what}: {some(names)}.")
    return sentences


def some(names: Iterable[str]) -> str:
    """The first ten names.

    >>> some(["a", "b"])
    'a, b'
    """
    every = list(names)
    return ", ".join(every[:NAMED]) + (" ..." if len(every) > NAMED else "")
