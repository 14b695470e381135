"""Sentences about comments: the same texts, the same people, and when they came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reporting.comment_groups import repeated_texts, repeated_writers
from reporting.reasons.builders import ReasonContext, ReasonWords, says
from reporting.rows import cut

__all__: list[str] = []

LONGEST_QUOTE: Final = 60
ISOLATES: Final = "\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"

_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Controls that turn the reading direction of what follows."""


@says(
    "shared_text_share", "phrase_authors_share", "text_diversity", "distinct_texts", "similar_pairs_share",
    "pair_similarity",
)  # fmt: skip
def same_texts(context: ReasonContext) -> ReasonWords | None:
    """The text that stands there most often, by how many people and under how many posts."""
    groups = repeated_texts(context.evidence) if context.evidence else []
    numbers = context.numbers
    if groups:
        most, further = groups[0], len(groups) - 1
        more = f"; {numbers.count(further)} more texts stand there twice or more" if further > 1 else ""
        people = f" by {numbers.count(most.people)} people" if most.people else ""
        clause = (
            f"“{quoted(most.text)}” {numbers.count(most.times)} times{people} under"
            f" {numbers.count(most.posts)} {'post' if most.posts == 1 else 'posts'}{more}"
        )
        return ReasonWords(clause, "")
    if context.evidence is not None and context.evidence.comments.height:
        return ReasonWords(
            f"no text stands twice among its {numbers.count(context.evidence.comments.height)} comments", ""
        )
    text, copies = context.row.get("text"), context.count_of("copies")
    if isinstance(text, str) and copies and copies > 1:
        return ReasonWords(f"“{quoted(text)}” {numbers.count(copies)} times among the comments read", "")
    return None


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
    busiest = repeated_writers(context.evidence)[:1] if context.evidence else []
    comments, posts = context.count_of("comments"), context.count_of("posts")
    if busiest:
        comments, posts = busiest[0].comments, busiest[0].posts
    if not comments or not posts or comments < 2:
        return ReasonWords(what)
    return ReasonWords(
        f"{what}; the busiest wrote {numbers.count(comments)} under {numbers.count(posts)} posts"
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
        return "different people are first to comment on its posts"
    share = context.numbers.share(context.value)
    clause = f"under {share} of its posts two of the first three comments are by the same few people"
    if under and opened:
        clause += f"; one of them was among the first under {context.numbers.count(under)} posts"
    return clause


@says("same_order")
def same_order(context: ReasonContext) -> str:
    """Whether commenters come in the same order from post to post."""
    alike = context.numbers.figures(context.value)
    return f"people who comment on one post and the next come in the same order (correlation {alike})"


@says("first_hour_share", "early_share")
def soon(context: ReasonContext) -> str:
    """How many comments come at once."""
    within = "an hour" if context.reason.feature == "first_hour_share" else "ten minutes"
    return f"{context.numbers.share(context.value)} of its comments came within {within} of the post"


_KINDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "emoji_only_share": ("emoji_only", "are nothing but emoji"),
    "mention_only_share": ("mention_only", "only mention other accounts"),
    "generic_praise_share": ("praise", "are praise that would fit under any post"),
    "promotion_share": ("promotion", "advertise something else"),
})  # fmt: skip


@says(*_KINDS)
def kinds(context: ReasonContext) -> str:
    """How many comments are of a kind, with an example."""
    column, what = _KINDS[context.reason.feature]
    numbers = context.numbers
    if context.evidence is not None and column in context.evidence.comments.columns:
        frame = context.evidence.comments
        own = frame.filter(frame[column])
        example = f", such as “{quoted(cut(own['text'][0]))}”" if own.height else ""
        how_many = numbers.count(own.height) if own.height else "none"
        return f"{how_many} of {numbers.count(frame.height)} comments {what}{example}"
    return f"{numbers.share(context.value)} of its comments {what}"


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
