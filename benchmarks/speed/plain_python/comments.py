"""Texts, authors and delays of comments."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from statistics import fmean
from typing import Final

from benchmarks.speed.plain_python.account import Account, Number, Row, word_count
from benchmarks.speed.plain_python.statistics import (
    known_values,
    median_of,
    pearson,
    quantile,
    ranks,
    share,
    spread,
)


def _diversity(one: Account) -> Number:
    n = len(one.words)
    return 1 - sum(u * (u - 1) for u in Counter(one.words).values()) / (n * (n - 1)) if n >= 15 else None


def _distinct(one: Account) -> Number:
    n = len(one.words)
    if n < 15:
        return None
    return sum(1 - math.comb(n - u, 15) / math.comb(n, 15) for u in Counter(one.words).values())


def _shared_texts(one: Account) -> Number:
    known = [(w, c["author_id"]) for w, c in zip(one.words, one.worded, strict=True) if c["author_id"]]
    writers: dict[str, set[str]] = {}
    for words, author in known:
        writers.setdefault(words, set()).add(author)
    several = [len(words.split(" ")) >= 3 and len(writers[words]) > 1 for words, _ in known]
    return share(several, at_least=15)


def _concentration(one: Account) -> Number:
    sizes = [len(rows) for rows in one.authors.values()]
    n = sum(sizes)
    return sum(u * (u - 1) for u in sizes) / (n * (n - 1)) if n >= 15 else None


def _regulars(one: Account, enough: Callable[[int, int], bool]) -> Number:
    under = {author: {row["post_id"] for row in rows} - {None} for author, rows in one.authors.items()}
    posts = set().union(*under.values()) if under else set()
    total = sum(len(rows) for rows in one.authors.values())
    if len(posts) < 5 or total < 15:
        return None
    return sum(len(rows) for a, rows in one.authors.items() if enough(len(under[a]), len(posts))) / total


def _delay_spread(one: Account) -> Number:
    delays = one.delays
    return (
        math.log10((quantile(delays, 0.75) + 1) / (quantile(delays, 0.25) + 1)) if len(delays) >= 15 else None
    )


def _in_turn(one: Account) -> list[list[tuple[datetime, str]]]:
    """For each post of three known fans or more: when each first came, in the order of its first comment."""
    under: dict[str, list[Row]] = {}
    for comment in one.comments:
        if comment["post_id"]:
            under.setdefault(comment["post_id"], []).append(comment)
    found = []
    for rows in under.values():
        first: dict[str, datetime] = {}
        for row in rows:
            if not row["by_creator"] and row["author_id"] and row["published_at"]:
                first.setdefault(row["author_id"], row["published_at"])
        if len(first) >= 3:
            found.append([(time, author) for author, time in first.items()])
    return found


def _same_first(one: Account) -> Number:
    posts = [turn for turn in _in_turn(one) if len(turn) == 3 or turn[2][0] < turn[3][0]]
    if len(posts) < 5:
        return None
    under = Counter(author for turn in posts for _, author in turn[:3])
    often = {author for author, n in under.items() if n >= 2 and 3 * n >= len(posts)}
    return share(sum(author in often for _, author in turn[:3]) >= 2 for turn in posts)


def _same_order(one: Account) -> Number:
    found = []
    for turn, then in pairwise(_in_turn(one)):
        left, right = ({author: time for time, author in post} for post in (turn, then))
        shared = sorted(left.keys() & right.keys())
        if len(shared) >= 3:
            times = ([post[author].timestamp() for author in shared] for post in (left, right))
            found.append(pearson(*map(ranks, times)))
    known_ = [value for value in found if value is not None]
    return fmean(known_) if len(known_) >= 2 else None


def _returning_early(one: Account) -> Number:
    rows = []
    for comment in one.fans:
        posted, came = one.published.get(comment["post_id"]), comment["published_at"]
        if posted and came and 0 <= (came - posted).total_seconds() <= 3_600 and comment["author_id"]:
            rows.append((comment["author_id"], comment["post_id"]))
    posts = {post for _, post in rows}
    if len(rows) < 10 or len(posts) < 5:
        return None
    under = Counter(author for author, _ in set(rows))
    return share(under[author] * 2 >= len(posts) for author, _ in rows)


def _phrase_authors(one: Account) -> Number:
    said_by = [(w, c["author_id"]) for w, c in zip(one.words, one.worded, strict=True) if c["author_id"]]
    if len(one.words) < 15:
        return None
    writers: dict[str, set[str]] = {}
    for words, author in said_by:
        writers.setdefault(words, set()).add(author)
    return share((word_count(w) >= 2 and len(writers[w]) >= 3 for w, _ in said_by), at_least=15)


FEATURES: Final[Mapping[str, Callable[[Account], Number]]] = {
    "creator_reply_share": lambda a: share(known_values(a.comments, "by_creator"), 15),
    "text_diversity": _diversity,
    "distinct_texts": _distinct,
    "shared_text_share": _shared_texts,
    "author_concentration": _concentration,
    "returning_author_share": lambda a: _regulars(a, lambda own, _: own >= 3),
    "core_author_share": lambda a: _regulars(a, lambda own, posts: own * 2 >= posts),
    "comment_length": lambda a: median_of([len(c["text"]) for c in a.sample], 15),
    "comment_length_spread": lambda a: spread([len(c["text"]) for c in a.sample], 15),
    "early_share": lambda a: share((d <= 10 for d in a.delays), at_least=15),
    "first_hour_share": lambda a: share((d <= 60 for d in a.delays), at_least=15),
    "delay_spread": _delay_spread,
    "liked_comment_share": lambda a: share((n > 0 for n in known_values(a.fans, "likes")), 15),
    "same_first_share": _same_first,
    "same_order": _same_order,
    "returning_early_share": _returning_early,
    "phrase_authors_share": _phrase_authors,
}
