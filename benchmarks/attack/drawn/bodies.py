"""What is sent: JSON as it should be or damaged, forms, and forms of files; packed, cut and mislabelled."""

from __future__ import annotations

import copy
import gzip
import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks.attack.drawn.hostile import NUMBERS, VALUES, WRONG_CHARSETS

__all__ = ["Body", "damaged", "damaged_text", "form", "json_text", "lines", "multipart"]

Body = tuple[bytes, list[tuple[str, str]]]
"""The bytes of a body, and the headers that speak of it."""

NUMBER: Final = re.compile(r"(?<=[:\[, ])-?\d+(\.\d+)?(?=[,\]} ])")
FIRST_NAME: Final = re.compile(r'\{("[^"]+":)')
MOST_CHANGES: Final = 3
DEEP: Final = 100_000


def json_text(value: object) -> str:
    """A value as JSON; half of a surrogate pair stays escaped, and NaN is written as Python does."""
    return json.dumps(value)


def lines(values: Sequence[object]) -> bytes:
    """Values as JSON Lines."""
    return "".join(f"{json_text(value)}\n" for value in values).encode()


def damaged(rng: random.Random, value: Any) -> Any:
    """A copy of a JSON value with a few of its parts removed, doubled or replaced by what nobody means."""
    changed = copy.deepcopy(value)
    for _ in range(rng.randint(1, MOST_CHANGES)):
        changed = changed_once(rng, changed)
    return changed


def changed_once(rng: random.Random, value: Any) -> Any:
    """A JSON value with one part changed: the way down is drawn, and so is what happens there."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        name = rng.choice(list(value))
        if rng.random() < 0.15:
            del value[name]
        elif rng.random() < 0.1:
            value[rng.choice(("unknown", "", "\ud800", "__proto__", "a" * 3_000))] = value[name]
        else:
            value[name] = changed_once(rng, value[name])
        return value
    if isinstance(value, list) and value and rng.random() < 0.9:
        place = rng.randrange(len(value))
        if rng.random() < 0.1:
            return value[: rng.randrange(len(value))] + value[place:] * rng.randint(1, 3)
        value[place] = changed_once(rng, value[place])
        return value
    return copy.deepcopy(rng.choice(VALUES))  # or the next change would change it for ever


TEXT_FAULTS: Final[tuple[Callable[[random.Random, bytes], bytes], ...]] = (
    lambda rng, text: text[: rng.randrange(len(text) + 1)],
    lambda rng, text: b"\xef\xbb\xbf" + text,
    lambda rng, text: text.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-32", "utf-7"))),
    lambda rng, text: NUMBER.sub(rng.choice(NUMBERS), text.decode(errors="replace"), count=1).encode(),
    lambda rng, text: FIRST_NAME.sub(r"{\1 null, \1", text.decode(errors="replace"), count=1).encode(),
    lambda rng, text: text.replace(b'"', b"'", 2),
    lambda rng, text: text.replace(b"\n", b"\r"),
    lambda rng, text: text + rng.choice((b"\0", b"]", b"}", b"garbage", b"\n" * 2_000, text)),
    lambda rng, text: b"[" * rng.choice((17, 200, DEEP)) + text,
    lambda rng, text: b'{"a":' * rng.choice((17, 2_000)) + text,
    lambda rng, text: rng.randbytes(rng.randint(0, 4_000)),
    lambda rng, text: b"",
    lambda rng, text: text[:40] + rng.randbytes(8) + text[40:],
    lambda rng, text: b"[" + b"[]," * 20_000 + b"[]]",
    lambda rng, text: b"{" + b",".join(b'"f%d":0' % number for number in range(5_000)) + b"}",
)
"""Ways in which the bytes of a body are wrong."""


def damaged_text(rng: random.Random, body: Body) -> Body:
    """A body that is cut, packed, mislabelled, or of other bytes than it should be."""
    content, headers = body
    way = rng.random()
    if way < 0.7:
        return rng.choice(TEXT_FAULTS)(rng, content), headers
    if way < 0.8:
        return packed(content), [*headers, ("Content-Encoding", "gzip")]
    if way < 0.85:
        bomb = packed(content[:1_000] + b" " * rng.choice((10**5, 2 * 10**7)))
        return bomb, [*headers, ("Content-Encoding", "gzip")]
    if way < 0.9:
        return packed(content)[:-6], [*headers, ("Content-Encoding", "gzip")]
    kind = headers[0][1] if headers else "application/json"
    return content, [("Content-Type", f"{kind}; charset={rng.choice(WRONG_CHARSETS)}")]


def packed(content: bytes) -> bytes:
    """Packed by gzip, the same bytes at any time."""
    return gzip.compress(content, 1, mtime=0)


def form(fields: Sequence[tuple[str, str]]) -> Body:
    """An ordinary form."""
    text = urlencode(fields, errors="surrogatepass")
    return text.encode(), [("Content-Type", "application/x-www-form-urlencoded")]


def multipart(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]]) -> Body:
    """A form of files.

    Parameters
    ----------
    fields
        Names and values, which come before the files.
    files
        Of each the field's name, its own name and its content; no name is escaped.
    """
    boundary = b"a-boundary-that-is-nowhere-else"
    heads = [(f'name="{name}"', value.encode(errors="surrogatepass")) for name, value in fields]
    heads += [(f'name="{field}"; filename="{name}"', content) for field, name, content in files]
    parts = [
        b"--" + boundary + b"\r\nContent-Disposition: form-data; " + head.encode(errors="surrogatepass")
        + b"\r\n\r\n" + content + b"\r\n"
        for head, content in heads
    ]  # fmt: skip
    kind = f"multipart/form-data; boundary={boundary.decode()}"
    return b"".join(parts) + b"--" + boundary + b"--\r\n", [("Content-Type", kind)]
