"""The verdict on less of the evidence, beside the one on all of it: ``--as-of`` and ``--without``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rich.console import RenderableType
from rich.text import Text

from accounts.errors import BadInput, Fault, WrongUsage
from accounts.less import BLOCKS, LAST_SECOND, published_by, without_block
from accounts.reading.quoting import quote
from accounts.tables import Tables
from cli.display.plain_table import plain_table
from cli.display.reason_parts import plain_text
from cli.display.terminal import text
from detector.labels import Explain
from detector.screening import Detector
from detector.verdict import Verdict

__all__ = ["LessEvidence"]


@dataclass(frozen=True)
class LessEvidence:
    """Which of the evidence is left out.

    Attributes
    ----------
    day
        What was published later; None: nothing.
    blocks
        Whole blocks.
    """

    day: date | None = None
    blocks: tuple[str, ...] = ()

    @classmethod
    def read(cls, as_of: str | None, without: Sequence[str]) -> LessEvidence:
        """The values of the options.

        Raises
        ------
        WrongUsage
            If one is no day, or no block.

        Examples
        --------
        >>> LessEvidence.read("2026-09-30", ["posts"])
        LessEvidence(day=datetime.date(2026, 9, 30), blocks=('posts',))
        """
        for block in without:
            if block not in BLOCKS:
                raise WrongUsage(f"--without must name one of {', '.join(BLOCKS)}. Got {quote(block)}.")
        try:
            day = None if as_of is None else date.fromisoformat(as_of)
        except ValueError as error:
            raise WrongUsage(f"--as-of must be a day such as 2026-09-30. Got {quote(as_of)}.") from error
        return cls(day, tuple(dict.fromkeys(without)))

    def __bool__(self) -> bool:
        return self.day is not None or bool(self.blocks)

    def steps(self) -> list[LessEvidence]:
        """Each part of it by itself, and last the whole of it."""
        parts = [LessEvidence(self.day)] if self.day else []
        parts += [LessEvidence(None, (block,)) for block in self.blocks]
        return parts if len(parts) == 1 else [*parts, self]

    def of(self, tables: Tables) -> Tables:
        """What is left of an account.

        Raises
        ------
        BadInput
            If it was observed before that day ended, or did not exist by then.
        """
        left = tables if self.day is None else published_by(tables, self._checked(tables, self.day))
        for block in self.blocks:
            left = without_block(left, block)
        return left

    @staticmethod
    def _checked(tables: Tables, day: date) -> date:
        account, as_of, opened = tables.accounts.select("account_id", "as_of", "created_at").row(0)
        end = datetime.combine(day, LAST_SECOND, UTC)
        if end > as_of:
            seen = f"{as_of:%Y-%m-%d}"
            raise BadInput(
                Fault("", "--as-of", f"must be before {account} was observed, on {seen}. Got {day}.")
            )
        if opened is not None and opened > end:
            raise BadInput(Fault("", "--as-of", f"is before {account} was opened, on {opened:%Y-%m-%d}."))
        return day

    @property
    def name(self) -> str:
        """What is left, in words."""
        parts = [f"as of {self.day}"] if self.day else []
        return ", ".join([*parts, *(f"without {block}" for block in self.blocks)])

    def comparison(self, whole: Verdict, tables: Tables, detector: Detector) -> list[RenderableType]:
        """A line for the whole, one for each part that is left out, and what must be known to read them."""
        table = plain_table(["evidence", "label"], ["score of 100"])
        table.add_row(*_cells("all of it", whole))
        for step in self.steps():
            (one,) = detector.screen(step.of(tables), explain=Explain.NONE)
            table.add_row(*_cells(step.name, one))
        return [table, Text(), *(plain_text(one) for one in self._caveats(tables))]

    def _caveats(self, tables: Tables) -> list[str]:
        if self.day is None:
            return ["Left out by you, and not unknown: with the whole evidence the first line holds."]
        undated = {
            name: tables[name].filter(tables[name]["published_at"].is_null()).height
            for name in ("posts", "comments")
        }
        left_out = [f"{rows:,} {name}" for name, rows in undated.items() if rows]
        tables_of_day = published_by(tables, self.day)
        known = tables_of_day.history["followers"].null_count() < tables_of_day.history.height
        return [
            "The counts of its posts (likes, views, comments) are today's, of when they were collected, not"
            f" those of {self.day}: a verdict of that day may have been another.",
            f"Its followers are those of the history's last day until {self.day}."
            if known
            else "No history says how many followers it had by then: they are today's.",
            *([f"{' and '.join(left_out)} without a date were left out."] if left_out else []),
            *(["The sample of its audience is today's."] if tables.audience.height else []),
        ]


def _cells(name: str, verdict: Verdict) -> tuple[Text, ...]:
    score = verdict.authenticity_score
    return text(name), text(verdict.label.value), text("unknown" if score is None else score)
