"""What to send next, and how to get it on the account's platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from accounts.importing.catalogue import SOURCES
from detector.verdict import Verdict
from reporting.wording import PLATFORM_NAMES

__all__ = ["NextEvidence", "Way", "next_evidence", "ways_to_get"]

SOURCES_OF: Final[Mapping[str, str]] = MappingProxyType({
    "instagram": "instagram-graph apify-instagram bright-data instaloader instagram-export social-blade",
    "tiktok": "tiktok-research apify-tiktok tiktok-web tiktok-export 4cat social-blade",
    "youtube": "youtube-api yt-dlp apify-youtube youtube-studio youtube-takeout social-blade",
    "x": "x-api apify-x twscrape x-archive 4cat social-blade",
    "twitch": "twitch social-blade",
    "github": "github",
    "other": "mastodon bluesky telegram meta-content-library",
})  # fmt: skip
"""By platform, the sources of ``assay import`` that read it, the easiest first; plain tables do, too."""

WANTED: Final[Mapping[str, str]] = MappingProxyType({
    "profile": "the profile: followers, accounts followed, number of posts, date of opening",
    "posts": "the latest posts with likes, comments and, where there are any, views (30 or more)",
    "comments": "comments with their texts and, in digests, their authors (50 or more, under several posts)",
    "history": "followers by day (90 days or more)",
    "audience": "a sample of followers with their own counts (80 or more, drawn at random)",
})  # fmt: skip

COLLECT: Final = (
    "No platform gives a history of followers to others: have the creator share the growth chart of their own"
    " statistics as a table, take the daily counts of a service that collects them, or note the count every"
    " day from now on."
)


NOWHERE: Final = "No source that Assay reads gives it there: only the creator or their agency can send it."


@dataclass(frozen=True)
class Way:
    """One way to get evidence.

    Attributes
    ----------
    source
        As ``assay import`` names it.
    title
        As people call it.
    how
        What to do.
    limits
        What its platform allows.
    """

    source: str
    title: str
    how: str
    limits: str


@dataclass(frozen=True)
class NextEvidence:
    """The evidence that would help most.

    Attributes
    ----------
    block
        profile, posts, comments, history or audience.
    sentence
        What to send.
    ways
        How to get it on that platform, the easiest first; empty where no source gives it.
    """

    block: str
    sentence: str
    ways: tuple[Way, ...]


def next_evidence(verdict: Verdict) -> NextEvidence | None:
    """What to send next; None where nothing more would help."""
    block = verdict.evidence.send_next
    if block is None:
        return None
    where = PLATFORM_NAMES.get(verdict.platform, verdict.platform)
    sentence = f"What would help most is {WANTED.get(block, block)}, from {where}."
    if block == "history" and verdict.platform != "github":
        sentence = f"{sentence} {COLLECT}"
    ways = ways_to_get(block, verdict.platform)
    if not ways:
        sentence = f"{sentence} {NOWHERE}"
    return NextEvidence(block, sentence, ways)


def ways_to_get(block: str, platform: str) -> tuple[Way, ...]:
    """The sources that give a block of evidence for a platform.

    >>> [way.source for way in ways_to_get("history", "youtube")]
    ['social-blade', 'spreadsheet']
    """
    names = f"{SOURCES_OF.get(platform, SOURCES_OF['other'])} spreadsheet".split()
    known = [SOURCES[name] for name in names]
    return tuple(
        Way(one.name, one.title, one.obtained, one.limits)
        for one in known
        if any(field.startswith(f"{block}.") for field in one.gives)
    )
