"""The checks of a feature, a function each; all of them are in ``CHECKS``."""

from __future__ import annotations

import doctest
import string
from collections.abc import Callable
from inspect import cleandoc
from typing import Final, TypeAlias, get_args

import numpy as np
import pandas as pd
import polars as pl

from accounts.schema import TABLES
from features.catalogue import versions
from features.check.trial import Trial
from features.declaration import Change, Feature
from features.evidence import BLOCKS
from features.views import account

__all__ = ["CHECKS", "Check", "close", "value_columns"]

Check: TypeAlias = Callable[[Feature, Trial], None]

LEAST_PRESENT: Final = 5
# They say where a row stands and whose it is: without them it is another row, not one with a gap.
PLACING: Final = frozenset({"account_id", "post_id", "author_id", "published_at", "by_creator"})


def check_it_reads_columns_of_its_view(feature: Feature, trial: Trial) -> None:
    """Its expression, its rows and its ``known`` name columns of its view, or features to build on."""
    known = set(trial.views[feature.view].columns)
    known |= set(versions()) if feature.view is account else set()
    unknown = ", ".join(sorted(feature.reads - known))
    assert not unknown, f"{feature.name}: {feature.view.name} has no column {unknown}."


def check_it_is_present_and_absent(feature: Feature, trial: Trial) -> None:
    """Five accounts or more have a value, all values are finite, and some account has none."""
    values = trial.plain[feature.name]
    known = values.notna()
    assert known.sum() >= LEAST_PRESENT, f"{feature.name} has a value in fewer than {LEAST_PRESENT} accounts."
    assert np.isfinite(values[known]).all(), f"{feature.name} is infinite somewhere."
    assert not known.all(), f"{feature.name} is nowhere absent: is something unknown counted as 0?"


def check_the_declaration_is_whole(feature: Feature, trial: Trial) -> None:
    """It has a source, a unit, a first paragraph that is a sentence, known blocks and excuses."""
    first = cleandoc(feature.about).partition("\n\n")[0]
    assert feature.source and feature.unit and feature.speaks_to, f"{feature.name} lacks a source or unit."
    assert first.endswith("."), f"{feature.name}: the first paragraph of its docstring must end with a stop."
    assert set(feature.blocks) <= set(BLOCKS), f"{feature.name}: blocks must be of {', '.join(BLOCKS)}."
    assert set(feature.excuses) <= set(get_args(Change)), f"{feature.name}: unknown excuse."
    assert all(feature.excuses.values()), f"{feature.name}: an excuse must say why."
    assert feature.version >= 1, f"{feature.name}: versions count from 1."


def check_its_example_runs(feature: Feature, trial: Trial) -> None:
    """Its docstring holds an example, and this is what comes of it."""
    names = {**feature.expression.__globals__, feature.expression.__name__: feature}
    test = doctest.DocTestParser().get_doctest(feature.about, names, feature.name, None, 0)
    assert test.examples, f"{feature.name}: its docstring must hold an example."
    output: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False)
    assert runner.run(test, out=output.append).failed == 0, "".join(output)


def check_its_sentence_formats(feature: Feature, trial: Trial) -> None:
    """The sentence is a clause without a stop, and ``{value}`` is all that is filled in."""
    fields = {name for _, name, _, _ in string.Formatter().parse(feature.sentence) if name is not None}
    assert fields == {"value"}, f"{feature.name}: its sentence must hold {{value}}, and no other field."
    bare = feature.sentence.strip(" .,")
    assert feature.sentence == bare, f"{feature.name}: its sentence must not end with a stop."


def check_it_is_absent_where_too_little_is_known(feature: Feature, trial: Trial) -> None:
    """Where a column is known in fewer rows than ``known`` asks for, there is no value."""
    for column, least in feature.known.items():
        counts = trial.views[feature.view].group_by("account").agg(pl.col(column).count()).iter_rows()
        known = dict(counts)
        few = [known.get(place, 0) < least for place in range(len(trial.plain))]
        assert trial.plain[feature.name][few].isna().all(), f"{feature.name}: {column}"


def check_a_missing_block_makes_it_absent(feature: Feature, trial: Trial) -> None:
    """Without one of its blocks no account has a value."""
    for block in feature.blocks:
        assert trial.without[block][feature.name].isna().all(), f"{feature.name} has a value without {block}."


def check_other_blocks_do_not_touch_it(feature: Feature, trial: Trial) -> None:
    """Without a block that it does not name, its values are the same bits."""
    for block in set(BLOCKS) - set(feature.blocks):
        same_bits(trial.plain[feature.name], trial.without[block][feature.name])


def check_the_order_of_rows_does_not_matter(feature: Feature, trial: Trial) -> None:
    """With the rows of every table shuffled, its values are the same bits."""
    same_bits(trial.plain[feature.name], trial.shuffled[feature.name])


def check_an_account_alone_has_the_same_bits(feature: Feature, trial: Trial) -> None:
    """An account derived by itself has the value that it has among the others."""
    same_bits(trial.plain[feature.name].loc[trial.alone.index], trial.alone[feature.name])


def check_parts_have_the_same_bits(feature: Feature, trial: Trial) -> None:
    """Accounts derived in parts have the values that they have together."""
    same_bits(trial.plain[feature.name], trial.parted[feature.name])


def check_scale_matters_only_where_excused(feature: Feature, trial: Trial) -> None:
    """With all counts ten times as large its values stay; with an excuse they do not."""
    _excused(feature, "scale", trial.plain[feature.name], trial.tenfold[feature.name])


def check_the_clock_matters_only_where_excused(feature: Feature, trial: Trial) -> None:
    """With all times seven hours later its values stay; with an excuse they do not."""
    _excused(feature, "clock", trial.plain[feature.name], trial.later[feature.name])


def check_gaps_matter_only_where_excused(feature: Feature, trial: Trial) -> None:
    """A row in which a value is unknown counts as if it were not there; with an excuse it does not.

    Tried with every value that the feature depends on, one at a time.
    """
    pairs = [trial.gaps(table, column) for table, column in value_columns(feature, trial)]
    if pairs:
        masked, absent = (pd.concat([pair[at][feature.name] for pair in pairs]) for at in (0, 1))
        _excused(feature, "gaps", masked, absent)
    else:
        assert "gaps" not in feature.excuses, f"{feature.name} reads no value of a row: it needs no excuse."


def check_threads_do_not_matter(feature: Feature, trial: Trial) -> None:
    """Another process, with another number of threads, gives the same bits."""
    same_bits(trial.plain[feature.name], trial.elsewhere[feature.name])


def value_columns(feature: Feature, trial: Trial) -> list[tuple[str, str]]:
    """Table and column of every value of its blocks' rows that it depends on."""
    plain = trial.plain[feature.name]
    return [
        (table, column)
        for table in TABLES
        if table in feature.blocks
        for column in trial.tables[table].columns
        if column not in PLACING and not close(plain, trial.unknown(table, column)[feature.name])
    ]


def _excused(feature: Feature, change: Change, before: pd.Series[float], after: pd.Series[float]) -> None:
    """Refuse a value that a change moves without an excuse, and an excuse for a change that moves none."""
    same = close(before, after)
    if change in feature.excuses:
        assert not same, f"{feature.name}: {change} does not matter to it. Take the excuse away."
    else:
        assert same, (
            f"{feature.name}: {change} matters to it. Say why in its declaration: "
            f'excuses={{"{change}": "..."}}.\n{_differing(before, after)}'
        )


def close(left: pd.Series[float], right: pd.Series[float]) -> bool:
    """Whether all values agree to nine figures and are absent in the same places."""
    return np.allclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True)


def same_bits(left: pd.Series[float], right: pd.Series[float]) -> None:
    """Refuse values that differ in a single bit; absent ones need only be absent in both."""
    assert list(left.index) == list(right.index)
    different = left.to_numpy().view(np.uint64) != right.to_numpy().view(np.uint64)
    different &= ~(left.isna() & right.isna()).to_numpy()
    assert not different.any(), f"{left.name} is not the same:\n{_differing(left, right)}"


def _differing(left: pd.Series[float], right: pd.Series[float]) -> pd.DataFrame:
    """The first accounts whose values differ."""
    both = pd.DataFrame({"one": left.to_numpy(), "other": right.to_numpy()}, index=left.index)
    return both[~np.isclose(both["one"], both["other"], rtol=0, atol=0, equal_nan=True)].head()


CHECKS: Final[tuple[Check, ...]] = tuple(
    value for name, value in list(globals().items()) if name.startswith("check_")
)
