"""docs/importing.md: every source, what it gives, what it never gives, how to get it, and its limits."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from accounts.importing.catalogue import SOURCES
from accounts.importing.source import Source

__all__ = ["PAGE", "render"]

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "importing.md"

_HEAD: Final = """\
# Importing

<!-- Written by `python -m accounts.importing.page --write` from the sources; do not edit. -->

Assay reads files as other programs write them. Give it a file or a folder; the source of each file is
recognised by its content, and files that speak of the same account become one account document:

```
assay screen exports/                                verdicts straight from the files
assay import auto exports/ --out accounts.jsonl      account documents, to keep and to correct
assay import youtube-api pages/ --out accounts.jsonl --as-of 2026-11-01
```

```python
from pathlib import Path
from accounts.importing import import_paths

imported = import_paths([Path("exports/")])
imported.documents  # account documents
imported.sources  # which file came from which source
imported.notes  # which column became which field, of plain tables
print(*imported.leftovers.lines, sep="\\n")  # what found no place
```

- **Nothing is guessed.** A missing value is absent; -1, "N/A" and "hidden" are absent, never zero.
  "1.2M", "17,7 k", "508.3万", "1,63,000" and "2,5 mil" are counts; "1,234K" and "1,2B" may be one of two
  and are not read.
- **Nothing is dropped in silence.** Fields that are not known, values that cannot be read, and rows
  that belong to no account or post are counted and listed.
- **A source may change.** A new field is listed and the rest is read.
- **Wrapped answers** are read as they are: in a list, or under `data`, `result`, `results`, `items`,
  `response` or `body`; what stands beside is named. **Tables of a source's own objects** (a dataset as CSV
  or Excel, what lies within as columns such as `author/name` or `author.name`) are read as that source's.
- **When it was collected** is the file's own time, unless the source or you (`as_of`) say it.
- Files that cannot be parsed, packed files (.zip, .gz, .xz) and files larger than 1 GiB are refused
  with a sentence that names the file. JSON Lines and arrays of objects may have any size: they are read
  item by item.
- **Memory** does not grow with the files: JSON Lines and arrays of objects are read item by item. An
  account's posts and comments may stand anywhere in any file, and on X, Mastodon and Bluesky nobody knows
  under whose post a reply stands before the last is read. So what is read waits, from 4 MiB on in
  temporary files, and each account is put together when it is come to. What stands in memory is some
  megabytes of it, about 400 bytes for each account, a byte for each reply, and one account's document: a
  single account whose own posts fill the files takes memory in proportion to them. Tables (CSV, Excel),
  and JSON that is no array of objects, are read whole.
- **Temporary files** take up to two thirds of the bytes that are imported, in the folder that `TMPDIR`
  names, `/tmp` without it. They have no name there, nobody else can open them, and they are gone when the
  import or its process ends, however it ends. `imported.accounts` gives one account after the other;
  `imported.documents` is a list of all.
- **Speed**: `python -m benchmarks.speed.importing` measures speed and memory. A third of the time or less
  is parsing, and the rest mostly looking at each field of each row: whether it is known, what it is, and
  where it belongs. That is why sources of small rows with many fields, as X's are, take longest for each
  byte, and those with long texts and addresses that no document holds the least.
- The desk takes the same files, and [over HTTP](serving.md#files-of-other-programs) batches and jobs do.
"""

_TABLES: Final = """
## Plain tables

The columns of any CSV or Excel table are guessed from their names, in some twenty languages, and from
what they hold; the guess is shown. Where it is wrong, say so in TOML (`--columns FILE.toml`), field by
field; an empty name says that no column is that field:

```toml
zone = "Europe/Berlin"          # of times that name none; else UTC
time = "%d/%m/%Y %H:%M"         # where 03/04/2026 could be either
[posts]
file = "book.xlsx [Sheet1]"     # without it: every table of posts
[posts.columns]
likes = "Herzchen"
views = ""
[posts.constants]
platform = "instagram"
```

## Any other JSON

Say in TOML where accounts, posts and comments lie (`[]` is each of a list) and which path is which
field, and give it as `--columns`, too. Rows within an account's or a post's own object belong to it;
others name it by `account_id` or `post_id`:

```toml
platform = "instagram"
[accounts]
path = "data.users[]"
[accounts.fields]
account_id = "name"
followers = "stats.followers"
[posts]
path = "data.users[].posts[]"
[posts.fields]
post_id = "id"
published_at = "time"
likes = "stats.likes"
```
"""


def render() -> str:
    """The text of the page."""
    table = ["", "## Sources", "", "| source | what it is | gives | never gives |", "|---|---|---|---|"]
    rows = [
        f"| [`{one.name}`](#{one.name}) | {one.title} | {_given(one)} | {_cell(one.lacks)} |"
        for one in SOURCES.values()
    ]
    return "\n".join([_HEAD, *table[1:], *rows, *_sections(), _TABLES])


def _given(source: Source) -> str:
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for path in source.gives:
        part, _, name = path.partition(".")
        parts[part].append(name)
    return "; ".join(f"**{part}** {', '.join(names)}" for part, names in parts.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _sections() -> Iterator[str]:
    for source in SOURCES.values():
        yield f"\n### {source.name}\n\n{source.title}.\n"
        yield f"- **How to get it**: {source.obtained}."
        yield f"- **Limits**: {source.limits}."
        yield f"- **Shape seen in**: {source.seen}."


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(render(), encoding="utf-8")
    else:
        print(render(), end="")
