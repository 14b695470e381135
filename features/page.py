"""Renders docs/features.md from the catalogue: ``python -m features.page --write``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from types import ModuleType
from typing import Final

from features import views
from features.catalogue import CATALOGUE, FAMILIES
from features.declaration import NEITHER, Feature
from features.peers import PEERS
from features.views import FLOORS, View

__all__ = ["PAGE", "main", "render", "render_features"]

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "features.md"

_INTRODUCTION: Final = """\
# Features

Generated from the catalogue by `python -m features.page --write`; change the declarations, not this page.

Assay derives {columns} numbers from an account ({functions} functions, some of them on several grids).
A feature is one [Polars](https://pola.rs) expression over one view, declared once in `features/` with
all that is said of it here. Absent is never zero: what cannot be known is NaN, and a block below its floor
({floors})
is absent as a whole. `features.derive.derive` gives one row per account, float64, with the same bits for
an account alone, in a batch, in any order of rows and on any number of threads.

What a verdict says of it stands in italics, with the value in place of the dots; "which is unusually high
for creators of its size", or whatever holds, follows with the range that nine in ten of its peers lie in.
*Needs* says which blocks must be there, and in how many rows columns of the view must be known; what the
view's floor or the meaning asks for comes on top.
*Speaks to* names the heads a feature is evidence for (`inflated`: bought or traded followers and
engagement; `automated`: run by a program) and which of its values are, where that is known."""

_TYPICAL: Final = """\
Typical engagement of the peers, an account's platform and tier (nano under 10,000 followers, micro to
100,000, mid to 500,000, macro to 1,000,000, mega above), in per cent. Vendors disagree: each line says
whose it is."""

_LEFT_OUT: Final = """\
## What stays out, and why

| left out | why |
|---|---|
| type-token ratio, distinct-n | fall with the number of comments until the ranking of accounts flips; \
`text_diversity` and `distinct_texts` are comparable at any sample size |
| compression ratio of the comments | the same, and it depends on the script that people write in |
| Benford's law on one account | a few hundred counts of one size class never follow it |
| number of change points in the follower curve | adds little to the size and share of the spikes |
| the language of comments, the country of the audience | not a sign of anything; emoji-only fans are \
people, and praise is looked for in many languages |
| how many sampled followers are fake | a judgement, not a measurement: the detector's, with an interval |"""


def render() -> str:
    """The page as Markdown.

    >>> render().splitlines()[0]
    '# Features'
    """
    parts = [_introduction(), *map(_family, FAMILIES), _views(), _peers(), _LEFT_OUT]
    return "\n\n".join(parts) + "\n"


def render_features(name: str, features: Iterable[Feature]) -> str:
    """Some features as a page of their own, such as those of a file from outside, and the views they read.

    >>> from features.catalogue import by_name
    >>> render_features("mine.py", [by_name("likes_gini")]).splitlines()[4].split(" | ")[:2]
    ['| `likes_gini`', 'engagement']
    """
    declared = list(features)
    read = dict.fromkeys(feature.view for feature in declared)
    titled = ("feature", "family", "meaning", "view", "unit", "needs", "speaks to", "source")
    lines = ((cells[0], one.family, *cells[1:]) for one in declared for cells in [_feature(one)])
    views_read = [f"### `{view.name}`\n\n{_prose(view.about)}{_columns(view)}" for view in read]
    return "\n\n".join([f"# Features of {name}", _table(titled, lines), "## Views", *views_read]) + "\n"


def _introduction() -> str:
    functions = len({feature.expression for feature in CATALOGUE})
    units = {"profile": "known followers", "history": "counts over 14 days", "audience": "sampled followers"}
    floors = ", ".join(
        f"{floor} {units.get(block, block)}" for block, floor in FLOORS.items() if block != "profile"
    )
    return _INTRODUCTION.format(columns=len(CATALOGUE), functions=functions, floors=floors)


def _family(family: ModuleType) -> str:
    name = family.__name__.rpartition(".")[2]
    own = [feature for feature in CATALOGUE if feature.family == name]
    twins = {twin.name for feature in own for twin in feature.twins}
    declared = [feature for feature in own if feature.name not in twins]
    head, _, rest = (family.__doc__ or "").partition("\n")
    title, _, about = head.partition(": ")
    more = f"\n\n{cleandoc(rest)}" if rest.strip() else ""
    titles = ("feature", "meaning", "view", "unit", "needs", "speaks to", "source")
    return f"## {title}\n\n{_sentence(about)}{more}\n\n{_table(titles, map(_feature, declared))}"


def _feature(feature: Feature) -> tuple[str, ...]:
    grids = [f"`{each.view.name}`" for each in (feature, *feature.twins)]
    names = [f"`{each.name}`" for each in (feature, *feature.twins)]
    heads = ", ".join(feature.speaks_to)
    side = heads if feature.direction is NEITHER else f"{heads}, {feature.direction}"
    return (
        "<br>".join(names),
        f"{_first_sentence(feature.about)}<br>*{feature.sentence.format(value='…')}*",
        "<br>".join(grids),
        feature.unit,
        _needs(feature),
        side,
        feature.source,
    )


def _needs(feature: Feature) -> str:
    known = (f"`{column}` in {fewest}+ rows" for column, fewest in feature.known.items())
    return "<br>".join([" + ".join(feature.blocks), *known])


def _views() -> str:
    declared = [value for value in vars(views).values() if isinstance(value, View)]
    used = (f"### `{view.name}`\n\n{_prose(view.about)}{_columns(view)}" for view in declared)
    about = "The account tables prepared once, so that a feature is one expression."
    return "\n\n".join(["## Views", about, *used])


def _columns(view: View) -> str:
    """The columns that are worked out for the features that read them, a line each."""
    meanings = {name: _first_sentence(function.__doc__ or "") for name, function in view.columns.items()}
    lines = [f"- `{name}`: {meaning.replace('``', '`')}" for name, meaning in meanings.items()]
    return "\n\n" + "\n".join(lines) if lines and view is not views.account else ""


def _peers() -> str:
    titles = ("platform", "tier", "low", "median", "high", "what is counted", "source")
    lines = (
        (p.platform, p.tier, *map(_share, (p.low, p.median, p.high)), p.definition, p.source) for p in PEERS
    )
    return f"## Peers\n\n{_TYPICAL}\n\n{_table(titles, lines)}"


def _share(value: float) -> str:
    return f"{100 * value:.3g}"


def _table(titles: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        yield titles
        yield ("---",) * len(titles)
        yield from lines

    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows())


def _first_sentence(about: str) -> str:
    paragraph = cleandoc(about).split("\n\n", 1)[0].split(">>>", 1)[0]
    return " ".join(paragraph.split()).rstrip(".")


def _prose(about: str) -> str:
    return cleandoc(about).replace("``", "`")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def main(arguments: list[str], page: Path = PAGE) -> int:
    """Write the page, or say whether it is up to date: 0 where it is, 1 where it is not."""
    if "--write" in arguments:
        page.write_text(render(), encoding="utf-8")
        return 0
    current = page.exists() and page.read_text(encoding="utf-8") == render()
    print("docs/features.md is up to date" if current else "run: python -m features.page --write")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
