"""JSON text to Python values without loss: no rounding, no guessing, no field overwritten by its namesake."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Final

from accounts.size_limits import MAX_DOCUMENT_BYTES

__all__ = ["BYTE_ORDER_MARK", "DuplicateFields", "ParseError", "TextPosition", "parse_json"]

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class ParseError(ValueError):
    """The text is not JSON or exceeds a bound; the message holds the reason and the position.

    Attributes
    ----------
    bound
        Name of the exceeded :class:`~accounts.reading.bounds.Bound`, or None.
    """

    def __init__(self, sentence: str, bound: str | None = None) -> None:
        super().__init__(sentence)
        self.bound = bound


@dataclass(frozen=True)
class TextPosition:
    r"""Where a text begins in the one that it was cut out of: lines, characters of its line, bytes before it.

    >>> TextPosition.of(b'[{},\n {}]', 6)
    TextPosition(lines=1, characters=1, offset=6)
    """

    lines: int = 0
    characters: int = 0
    offset: int = 0

    @classmethod
    def of(cls, whole: bytes, start: int) -> TextPosition:
        """The position of a byte; a byte order mark before the text does not count."""
        mark = len(BYTE_ORDER_MARK) if whole.startswith(BYTE_ORDER_MARK) else 0
        line = whole.rfind(b"\n", mark, start) + 1 or mark
        characters = len(whole[line:start].decode(errors="replace"))
        return cls(whole.count(b"\n", mark, start), characters, start - mark)


class DuplicateFields(dict[str, object]):
    """A JSON object with repeated fields: the first value of each, and the repeated ``names``.

    >>> DuplicateFields([("likes", 1), ("likes", 2)]).names
    ['likes']
    """

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(reversed(pairs))
        times = Counter(name for name, _ in pairs)
        self.names = [name for name, count in times.items() if count > 1]


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else DuplicateFields(pairs)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object)


def parse_json(data: bytes, at: TextPosition | None = None) -> object:
    """Parse one JSON text; ``at`` says where it stands in a longer one, for the messages.

    Values that no field of a document can hold (NaN, fractions, halves of surrogate pairs) are
    returned as they are, so that the refusal can name the field; an object with a repeated field
    is returned as :class:`DuplicateFields`.

    Raises
    ------
    ParseError
        If the text is not UTF-8 or not JSON, larger than 64 MiB, nested deeper than Python parses, or
        holds a number with thousands of digits.

    Examples
    --------
    >>> parse_json(b'{"likes": 3}')
    {'likes': 3}
    >>> parse_json(b'{"likes" 3}')
    Traceback (most recent call last):
        ...
    accounts.reading.json_parser.ParseError: must be JSON. Column 10: expecting ':' delimiter
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise ParseError(f"must be at most {MAX_DOCUMENT_BYTES // 2**20} MiB long")
    start = at or TextPosition()
    try:
        return _DECODER.decode((data if at else data.removeprefix(BYTE_ORDER_MARK)).decode())
    except UnicodeDecodeError as error:
        raise ParseError(f"must be UTF-8. Byte {start.offset + error.start + 1} is not") from None
    except json.JSONDecodeError as error:
        fault = f"{error.msg[:1].lower()}{error.msg[1:]}"
        raise ParseError(f"must be JSON. {_where(error, start)}: {fault}") from None
    except RecursionError:
        raise ParseError("must be JSON of a sensible depth. It is nested too deeply") from None
    except ValueError:
        raise ParseError("must hold numbers of a sensible length. One has thousands of digits") from None


def _where(error: json.JSONDecodeError, start: TextPosition) -> str:
    line = start.lines + error.lineno
    column = error.colno + (start.characters if error.lineno == 1 else 0)
    return f"Column {column}" if line == 1 else f"Line {line} column {column}"
