"""The words for labels, signals, blocks and platforms: signals for a person to weigh, never an accusation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from detector.labels import Label

__all__ = [
    "ADDED_TO", "BLOCK_ROWS", "LABEL_NAMES", "LABEL_SENTENCES", "PLATFORM_NAMES", "SIGNAL_NAMES", "TONES",
    "Tone", "as_sentence", "joined",
]  # fmt: skip

Tone: TypeAlias = Literal["clear", "look", "flag", "none"]
"""Which of the page's colours stands beside the word that says the same."""

TONES: Final[Mapping[Label, Tone]] = MappingProxyType({
    Label.INFLATED: "flag", Label.AUTOMATED: "flag", Label.AUTHENTIC: "clear", Label.REVIEW: "look",
    Label.INSUFFICIENT: "none",
})  # fmt: skip

LABEL_NAMES: Final[Mapping[Label, str]] = MappingProxyType({
    Label.INFLATED: "Signals of inflation",
    Label.AUTOMATED: "Signals of automation",
    Label.AUTHENTIC: "No signs found",
    Label.REVIEW: "For a person to review",
    Label.INSUFFICIENT: "Not enough to clear",
})  # fmt: skip

LABEL_SENTENCES: Final[Mapping[Label, str]] = MappingProxyType({
    Label.INFLATED: "What was seen is consistent with followers or engagement that were added from outside;"
    " it does not show who added them.",
    Label.AUTOMATED: "What was seen is consistent with an account that a program runs, at least in part.",
    Label.AUTHENTIC: "Nothing was found of the ways of inflating that Assay knows, in evidence in which they"
    " would show.",
    Label.REVIEW: "Something is unusual here, and not enough to say more: a person should look before"
    " anything is concluded.",
    Label.INSUFFICIENT: "Nothing that was seen is unusual enough to question this account, and what was seen"
    " does not suffice to clear it.",
})  # fmt: skip

SIGNAL_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "followers_stock": "Followers who do not respond",
    "audience": "Who the followers are",
    "followers_flow": "How the followers came",
    "likes": "Likes",
    "views": "Views",
    "comments": "Comments",
    "rhythm": "A program's rhythm",
    "fake_account": "An account made to follow others",
    "inflation": "All counts together",
})  # fmt: skip

ADDED_TO: Final[Mapping[str, str]] = MappingProxyType({
    "followers_stock": "followers", "audience": "followers", "followers_flow": "followers", "likes": "likes",
    "views": "views", "comments": "comments",
})  # fmt: skip
"""The count that a signal says something was added to."""

BLOCK_ROWS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "profile": ("fact of the profile", "facts of the profile"),
    "posts": ("post", "posts"),
    "comments": ("comment", "comments"),
    "history": ("day of the follower history", "days of the follower history"),
    "audience": ("sampled follower", "sampled followers"),
})  # fmt: skip
"""What one row and what several rows of a block of evidence are called."""

PLATFORM_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube", "x": "X", "twitch": "Twitch",
    "github": "GitHub", "other": "another platform",
})  # fmt: skip


def as_sentence(words: str) -> str:
    """The words with a capital letter and one full stop.

    >>> as_sentence("its likes vary"), as_sentence("Who knows?"), as_sentence("")
    ('Its likes vary.', 'Who knows?', '')
    """
    ended = words if words.endswith((".", "?", "!", "…")) or not words else f"{words}."
    return f"{ended[:1].upper()}{ended[1:]}"


def joined(words: Sequence[str], word: str = "and") -> str:
    """Words in a row.

    >>> joined(["posts"]), joined(["posts", "comments", "history"])
    ('posts', 'posts, comments and history')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {word} {words[-1]}"
