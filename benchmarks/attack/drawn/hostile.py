"""Values that nobody means: parts of paths and queries, headers, texts and numbers."""

from __future__ import annotations

import random
from typing import Final

__all__ = [
    "HEADERS", "METHODS", "NUMBERS", "PLANTED", "QUERY_VALUES", "SEGMENTS", "TEXTS", "VALUES",
    "WRONG_CHARSETS",
    "hostile_headers",
]  # fmt: skip

PLANTED: Final = "<img src=x onerror=assay>"
"""Markup that no page may have as it stands."""

DIGITS: Final = "9" * 5_000
LONG: Final = "a" * 3_000

SEGMENTS: Final = (
    "%00", "%0A", "%0D", "%0D%0AX-Planted:%201", "%7F", "%C2%85", "%2F", "%2e%2e", "..", ".", "", "%FF",
    "%C0%AF",
    "%ED%A0%80", "%E2%80%AE", LONG, "%2500", "*", ";a=b", "%5C..%5C", "%F0%9F%98%80", "+", "%20", "%", "%zz",
    "'%20OR%201=1--", "{verdict_id}", "%7B%7B7*7%7D%7D", "%3Cimg%20src=x%20onerror=assay%3E", "0" * 32,
    "A" * 32,
    "\xe9".encode("latin-1").decode("latin-1"), "-1", DIGITS, "nan", "null", "con", "assay.db",
    "..%2f..%2fassay.db",
)  # fmt: skip
"""Parts of a path, as they are sent."""

NUMBERS: Final = (
    DIGITS, "-1", "0", "+1", "-0", "1_0", "1.5", "1e9", "1e999",
    "NaN", "Infinity", "\u0663", "\u00b2", "0x10", "01",
    "99999999999999999999", "9223372036854775807", "2147483648", "",
)  # fmt: skip

TEXTS: Final = (
    PLANTED, "'; DROP TABLE verdicts; --", "\0", "a\0b", "\r\nX-Planted: 1", "\u202eevil",
    "\ufeff", "\ud800", "\U0001f600" * 50,
    "Zo\u00eb", "\u0107", "\u0130", "\ufb03", "e\u0301" * 200, "=1+1", "@SUM(A1)", "-2+3", "{{ 7*7 }}",
    "%s%n", "../../etc/passwd", "\\",
    '"', "'", "&amp;", "  ", "\t", "\u2028", "a" * 60_000, "http://[", "javascript:alert(1)",
    "//evil.example", "file:///etc/passwd",
    "data:text/html,a", "9999-12-31T23:59:59Z", "0001-01-01", "2026-02-30", "2026-13-45T99:99:99Z",
    "2026-11-01T00:00:00+14:00",
    "xn--", "yes", "null", "None", "[]", "a,b;c\td", "\x85", "\x1b[31m",
)  # fmt: skip

QUERY_VALUES: Final = (
    *NUMBERS, *TEXTS[:30], "2026-11-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
    "ndjson", "csv", "parquet",
    "all", "none", "flagged", "posts,history", "de", "en-GB", "zz-ZZ", "inflated", "confirmed", "copies",
)  # fmt: skip

VALUES: Final[tuple[object, ...]] = (
    None, True, False, 0, -1, 1.5, 1e308, float("nan"), float("inf"), 2**53 + 1, 2**63,
    10**300, [], {}, "", [None], [[]], {"": {}},
    ["a"] * 200, {"a": 1, "\ud800": 2}, *TEXTS,
)  # fmt: skip
"""In the place of any value of a JSON document."""

METHODS: Final = (
    "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "POST", "GET", "BREW",
    "M" * 300, "G\u00c4T",
)  # fmt: skip

WRONG_CHARSETS: Final = ("utf-16", "latin-1", "idna", "unicode_escape", "x" * 300, "utf-7", "rot13", "\u00e4")

HEADERS: Final[tuple[tuple[str, str], ...]] = (
    ("Accept", "application/json;q=nan"), ("Accept", "text/csv;q=inf"),
    ("Accept", "*/*;q=-1, text/html;q=1e999"),
    ("Accept", "application/x-ndjson"), ("Accept", "," * 500), ("Accept-Language", "de;q=nan, *;q=\u0663"),
    ("Accept-Language", "a-" * 500), ("Accept-Encoding", "gzip;q=0, *;q=nan"),
    ("Accept-Encoding", "gzip, br, zstd"),
    ("Range", "bytes=0-0"), ("Range", f"bytes={DIGITS}-"), ("Range", "bytes=-1,-2,0-"), ("If-Range", "*"),
    ("If-None-Match", "*"),
    ("If-None-Match", '"a", W/"b'), ("If-Match", '"nothing"'),
    ("If-Modified-Since", "Thu, 99 Foo 99999 99:99:99 GMT"),
    ("Origin", "null"), ("Origin", "http://evil.example"), ("Origin", "http://evil@127.0.0.1"),
    ("Origin", "//"),
    ("Referer", "http://[::1"), ("Host", "evil.example"), ("Host", "localhost/"), ("Host", "[::1"),
    ("Host", ""),
    ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "\xff"), ("HX-Request", "true"),
    ("HX-Current-URL", "http://["),
    ("HX-Current-URL", "//evil.example/\xff"), ("HX-Target", PLANTED), ("HX-Boosted", "true"),
    ("HX-Trigger", "\xe9"),
    ("Cookie", "assay_session=a"), ("Cookie", "a" * 30_000), ("Cookie", "assay_session"),
    ("Cookie", '=; ;=; a="\\'),
    ("Authorization", "Bearer a"), ("Authorization", "Basic YTpi"), ("Authorization", "Bearer"),
    ("Authorization", "\xff" * 40),
    ("Authorization", "Bearer assay_0_" + "a" * 256), ("Content-Type", "application/json"),
    ("Content-Type", "\xff/\xfe; charset"),
    ("Content-Type", "text/html"), ("Content-Type", "multipart/form-data"),
    ("Content-Type", "application/json; charset=utf-16"),
    ("Content-Encoding", "gzip"), ("Content-Encoding", "br"), ("Content-Encoding", "gzip, gzip"),
    ("Content-Length", "5"),
    ("Content-Length", "-1"), ("Content-Length", DIGITS), ("Content-Length", "\xb2"),
    ("Transfer-Encoding", "chunked"),
    ("Transfer-Encoding", "gzip, chunked"), ("Transfer-Encoding", "identity"), ("Expect", "100-continue"),
    ("Expect", "a"),
    ("Upgrade", "websocket"), ("Upgrade", "h2c"), ("Connection", "Upgrade, HTTP2-Settings"),
    ("Connection", "close"),
    ("X-Forwarded-For", "10.0.0.1"), ("X-Forwarded-For", "a, \xff, ::1"), ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "evil"),
    ("Forwarded", "for=127.0.0.1"), ("X-HTTP-Method-Override", "DELETE"), ("Idempotency-Key", "the same"),
    ("Idempotency-Key", ""),
    ("Idempotency-Key", "\xe9" * 255), ("Idempotency-Key", "k" * 256), ("X-CSRF-Token", "a"),
    ("traceparent", "00-" + "0" * 32 + "-1-1"),
    ("X-A", "\xff\xfe"), ("X-" + "a" * 5_000, "a"), ("X-A", "a" * 40_000), ("Te", "trailers"),
    ("Max-Forwards", "0"), ("Via", "1.1 a"),
)  # fmt: skip
"""Names and values of headers, each character a byte of latin-1."""

FEW: Final = 3


def hostile_headers(rng: random.Random) -> list[tuple[str, str]]:
    """Some headers that nobody means; now and then one of them twice, or very many."""
    drawn = rng.choices(HEADERS, k=rng.randint(1, FEW))
    if rng.random() < 0.2:
        drawn.append(drawn[0])
    if rng.random() < 0.01:
        drawn += [(f"X-{number}", "a") for number in range(8_000)]
    return drawn
