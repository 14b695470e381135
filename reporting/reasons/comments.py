"""Sentences about comments: the same texts, the same people, and when they came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from detector.json_result import Scalar
from reporting.comment_groups import repeated_texts
from reporting.reasons.builders import ReasonContext, ReasonWords, says
from reporting.rows import cut

__all__: list[str] = []

LONGEST_QUOTE: Final = 60
ISOLATES: Final = "\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"

_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Controls that turn the reading direction of what follows."""


@says("shared_text_share", "phrase_authors_share", "text_diversity", "distinct_texts")
def same_texts(context: ReasonContext) -> ReasonWords | None:
    """The text that the rows beside it name most often, and how many people wrote it.

    Rows and numbers are of the comments that were read, with the evidence at hand and without.
    """
    numbers, rows = context.numbers, [one for one in context.reason.rows if isinstance(one.get("text"), str)]
    if not rows:
        return _most_repeated(context)
    most = max(rows, key=lambda one: (_count(one, "copies"), _count(one, "authors")))
    copies, people = _count(most, "copies"), _count(most, "authors")
    if copies > 1:
        by = f", by {numbers.counted(people, 'person', 'people')}," if people else ""
        text = quoted(str(most["text"]))
        return ReasonWords(f"“{text}” stands {numbers.count(copies)} times{by} among {_read(context)}", "")
    return ReasonWords(f"no text stands twice among {_read(context)}", "") if copies else None


def _most_repeated(context: ReasonContext) -> ReasonWords | None:
    """The same of all comments at hand, where no rows stand beside it."""
    groups, numbers = repeated_texts(context.evidence) if context.evidence else [], context.numbers
    if not groups:
        return None
    most = groups[0]
    by = f", by {numbers.counted(most.people, 'person', 'people')}," if most.people else ""
    posts = numbers.counted(most.posts, "post", "posts")
    return ReasonWords(
        f"“{quoted(most.text)}” stands {numbers.count(most.times)} times{by} under {posts}", ""
    )


def _count(row: Mapping[str, Scalar], name: str) -> int:
    value = row.get(name)
    return int(value) if isinstance(value, int | float) else 0


def _read(context: ReasonContext) -> str:
    """The comments that the numbers are of, and how many these are where that is known."""
    quality = context.verdict.comments
    many = "" if quality is None else f"{context.numbers.count(quality.read)} "
    return f"the {many}comments read"


def quoted(text: str) -> str:
    r"""What somebody else wrote, on one line and short, isolated from the sentence's own direction.

    >>> quoted("so  nice").strip(ISOLATES)
    'so nice'
    """
    line = " ".join(_TURNING.sub("", text).split())
    inside = line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}…"
    return inside.join(ISOLATES)


@says(
    "returning_author_share", "core_author_share", "author_concentration", "returning_early_share",
)  # fmt: skip
def same_people(context: ReasonContext) -> ReasonWords:
    """How much the same people write, and the busiest of them."""
    numbers, feature = context.numbers, context.reason.feature
    share = numbers.share(context.value)
    what = _PEOPLE[feature].format(share=share)
    rows = sorted(
        ((_count(one, "comments"), _count(one, "posts")) for one in context.reason.rows), reverse=True
    )
    comments, posts = rows[0] if rows else (0, 0)
    if not posts or comments < 2:
        return ReasonWords(what)
    return ReasonWords(
        f"{what}; the busiest wrote {numbers.count(comments)} under {numbers.counted(posts, 'post', 'posts')}"
    )


_PEOPLE: Final[Mapping[str, str]] = MappingProxyType({
    "returning_author_share": "{share} of its comments are by people who wrote under three posts or more",
    "core_author_share": "{share} of its comments are by people who wrote under at least half of its posts",
    "author_concentration": "two of its comments are by the same person in {share} of cases",
    "returning_early_share": "{share} of the comments within an hour are by people who come so early to at"
    " least half of its posts",
})  # fmt: skip


@says("same_first_share")
def same_first(context: ReasonContext) -> str:
    """Posts under which the same few are first."""
    under, opened = context.count_of("first_under"), context.count_of("posts_opened")
    if not context.value:
        return "under none of its posts are two of the first three comments by the same few people"
    share = context.numbers.share(context.value)
    clause = f"under {share} of its posts two of the first three comments are by the same few people"
    if under and opened:
        posts = context.numbers.counted(under, "post", "posts")
        clause += f"; one of them was among the first under {posts}"
    return clause


@says("same_order")
def same_order(context: ReasonContext) -> str:
    """Whether commenters come in the same order from post to post."""
    alike = context.numbers.figures(context.value)
    return (
        "people who comment on one post and the next come in the same order"
        f" ({alike} on a scale from 0, any order, to 1, always the same)"
    )


@says("first_hour_share", "early_share")
def soon(context: ReasonContext) -> str:
    """How many comments come at once."""
    within = "an hour" if context.reason.feature == "first_hour_share" else "ten minutes"
    return f"{context.numbers.share(context.value)} of its comments came within {within} of the post"


_KINDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "emoji_only_share": ("is nothing but emoji", "are nothing but emoji"),
    "mention_only_share": ("only mentions other accounts", "only mention other accounts"),
    "generic_praise_share": (
        "is nothing but a stock phrase of praise", "are nothing but stock phrases of praise",
    ),
    "promotion_share": ("advertises something else", "advertise something else"),
})  # fmt: skip
"""What is true of one and of several comments, by the words in them; a model's reading is counted apart."""


@says(*_KINDS)
def kinds(context: ReasonContext) -> str:
    """How many of the comments read are of a kind, with an example from the rows."""
    one, several = _KINDS[context.reason.feature]
    numbers, quality, text = context.numbers, context.verdict.comments, context.row.get("text")
    example = f", such as “{quoted(cut(text))}”" if context.value and isinstance(text, str) else ""
    if quality is None or not quality.read:
        return f"{numbers.share(context.value)} of its comments {several}{example}"
    count = round(context.value * quality.read)
    how_many = numbers.count(count) if count else "none"
    return (
        f"{how_many} of {numbers.count(quality.read)} comments read {one if count == 1 else several}{example}"
    )


@says("creator_reply_share")
def replies(context: ReasonContext) -> str:
    """Whether the creator answers."""
    if not context.value:
        return "the creator answered none of the comments"
    return f"{context.numbers.share(context.value)} of the comments are the creator's own answers"


@says("liked_comment_share")
def liked(context: ReasonContext) -> str:
    """Whether anybody likes the comments."""
    return f"{context.numbers.share(context.value)} of its comments were liked by somebody"
