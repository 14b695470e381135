"""Forty accounts made by hand, each judged as a vetting expert would before Assay was run on it.

The label, the family of the first reason and the sentence are the expert's own. No label and no family was
changed after a verdict was seen; after the first run two sentences were reworded (one figure was wrong), and
all ordinary comments were made as uneven in length as real ones are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.quality.handmade.creator import Creator, Document, creator
from benchmarks.quality.handmade.events import (
    asleep,
    emoji_only,
    giveaway,
    hidden_likes,
    made_by_regulars,
    newsroom_hours,
    opened,
    press,
    purge,
    scheduled,
    viral_hit,
    with_profile,
)
from benchmarks.quality.handmade.evidence import with_evidence
from benchmarks.quality.handmade.inflating import (
    buy_comments,
    buy_followers,
    buy_likes,
    buy_views,
    dead_audience,
    equal_likes,
    fake_audience,
    package,
    pod,
)
from benchmarks.quality.handmade.programs import clockwork, fake_profile, follow_and_unfollow
from detector.labels import Label

__all__ = ["CASES", "FAKES", "HONEST", "Case"]


@dataclass(frozen=True)
class Case:
    """An account and what the expert says of it.

    Attributes
    ----------
    document
        The account; its id says what it is.
    label
        The expert's own.
    family
        Family of the feature that the expert would name first; None where nothing speaks against it.
    says
        The expert, in one sentence.
    """

    document: Document
    label: Label
    family: str | None
    says: str

    @property
    def name(self) -> str:
        """A name of a few words that describes the account."""
        return str(self.document["account_id"])


def _about(name: str, platform: str, followers: int, seed: int, **rest: object) -> Document:
    return creator(
        Creator(account_id=name, platform=platform, followers=followers, seed=seed, **rest)  # type: ignore[arg-type]
    )


def _honest(document: Document, says: str, label: Label = Label.AUTHENTIC) -> Case:
    return Case(document, label, None, says)


def _inflated(document: Document, family: str, says: str) -> Case:
    return Case(document, Label.INFLATED, family, says)


def _automated(document: Document, family: str, says: str) -> Case:
    return Case(document, Label.AUTOMATED, family, says)


HONEST: Final[Sequence[Case]] = (
    _honest(
        _about("an ordinary creator", "instagram", 25_000, 101),
        "2.2 % likes, a calm curve, people who write about the picture.",
    ),
    _honest(
        with_profile(
            scheduled(
                _about("a brand with a scheduler", "instagram", 45_000, 102, likes_share=0.007, days=365)
            ),
            is_business=True,
            full_name="Halm & Holz",
        ),
        "A scheduler is no program; .7 % is low but usual for a shop.",
    ),
    _honest(
        _about(
            "a celebrity with low engagement", "instagram", 8_200_000, 103, likes_share=0.0035, comments=120
        ),
        "At eight million .35 % is what fame from elsewhere brings.",
    ),
    _honest(
        made_by_regulars(
            _about("a tight community", "instagram", 3_100, 104, likes_share=0.14, comments=110)
        ),
        "The same few people under every post, hours apart and about the post: friends, not a pod.",
    ),
    _honest(
        giveaway(_about("a giveaway", "instagram", 38_000, 105, comments=70)),
        "Tags of friends under one post, and followers who came that week and left: a giveaway.",
    ),
    _honest(
        viral_hit(_about("a viral hit", "tiktok", 92_000, 106, likes_sd=0.8)),
        "The jump begins on the day of the post that forty times as many saw.",
    ),
    _honest(
        press(_about("a television interview", "x", 64_000, 107)),
        "12 % in a week without a post, fading day by day: press brings that, packages do not fade.",
    ),
    _honest(
        opened(
            _about("three months old", "tiktok", 3_200, 108, posts=22, gap_days=2.5, days=80, growth=0.35),
            "2026-08-10",
        ),
        "New and growing fast from little, with likes that keep step.",
    ),
    _honest(
        asleep(_about("dormant since spring", "instagram", 17_500, 109, growth=-0.004, comments=40), 230),
        "No post for eight months and a slow loss of followers: asleep.",
    ),
    _honest(
        _about("seasonal, a ski guide", "youtube", 14_800, 110, posts=26, gap_days=9, days=365, likes_sd=0.7),
        "Few videos and far between, likes that vary with the snow.",
    ),
    _honest(
        with_profile(
            newsroom_hours(_about("a news desk", "x", 410_000, 111, posts=150, comments=120, likes_sd=0.9)),
            full_name="Küstenpost",
            following=240,
        ),
        "On the half hour, in working hours, each headline its own, and readers argue: scheduled, no bot.",
    ),
    _honest(
        emoji_only(_about("fans who write emoji", "instagram", 71_000, 112, likes_share=0.06, comments=150)),
        "Emoji only, but from many people over many hours, at 6 % likes.",
    ),
    _honest(
        _about("Arabic comments", "instagram", 29_000, 113, languages=("ar",), comments=48),
        "Ordinary comments, in Arabic.",
    ),
    _honest(
        _about("Hindi comments", "youtube", 33_000, 114, languages=("hi",), comments=48),
        "Ordinary comments, in Hindi.",
    ),
    _honest(
        _about("Japanese comments", "x", 12_400, 115, languages=("ja",), comments=48),
        "Ordinary comments, in Japanese.",
    ),
    _honest(
        hidden_likes(_about("hidden likes", "instagram", 54_000, 116)),
        "Likes are hidden; comments, curve and audience are as they should be.",
    ),
    _honest(
        _about("a nano account", "instagram", 1_250, 117, likes_share=0.09, posts=24, comments=30),
        "Small, with 9 % likes: friends and neighbours.",
    ),
    _honest(
        _about("a mega channel, rounded subscribers", "youtube", 4_310_000, 118, likes_sd=0.7, comments=150),
        "A curve of steps is what three figures look like.",
    ),
    _honest(
        purge(_about("hit by a purge", "x", 120_000, 119)),
        "5 % lost in one night and nothing else: the platform cleaned up.",
    ),
    Case(
        with_evidence(_about("a follower count and nothing else", "instagram", 12_300, 120), "profile")
        | {"profile": {"followers": 12_300}},
        Label.INSUFFICIENT,
        None,
        "One number clears nobody and accuses nobody.",
    ),
)

FAKES: Final[Sequence[Case]] = (
    _inflated(
        with_evidence(
            dead_audience(_about("8 likes on 25,000, posts alone", "instagram", 25_000, 201), 0.015), "posts"
        ),
        "engagement",
        "8 likes a post on 25,000 followers is .03 %, where 1 to 4 % is usual: nobody is there.",
    ),
    _inflated(
        dead_audience(_about("a dead audience, all evidence", "instagram", 61_000, 202, comments=90), 0.02),
        "engagement",
        ".04 % likes on 61,000 followers, steadily.",
    ),
    _inflated(
        with_evidence(
            dead_audience(_about("a dead audience on TikTok", "tiktok", 180_000, 203), 0.004),
            "posts, history",
        ),
        "engagement",
        "180,000 followers and some 460 views a video: these followers do not watch.",
    ),
    _inflated(
        buy_followers(_about("followers times five in two days", "instagram", 9_000, 204), 4.0, 2),
        "growth",
        "36,000 followers in two days, with no post near it and engagement as before.",
    ),
    _inflated(
        with_evidence(
            buy_followers(_about("followers doubled in a week, curve alone", "x", 15_000, 205), 1.0, 7),
            "history",
        ),
        "growth",
        "Doubled in seven even days, then flat as before.",
    ),
    _inflated(
        buy_followers(_about("followers times four in a month", "youtube", 12_000, 206), 3.0, 30),
        "growth",
        "1,200 a day for exactly a month, then nothing, and the videos notice none of it.",
    ),
    _inflated(
        equal_likes(_about("exactly equal likes", "instagram", 22_000, 207), 0.0),
        "engagement",
        "Every post has exactly the same number of likes.",
    ),
    _inflated(
        with_evidence(
            equal_likes(_about("likes within two in a hundred", "tiktok", 48_000, 208), 0.02), "posts"
        ),
        "engagement",
        "Likes differ by 2 % from post to post; nobody's public is that even.",
    ),
    _inflated(
        with_evidence(
            buy_views(_about("a million views, few likes", "youtube", 200_000, 209), 0.0003), "posts, history"
        ),
        "engagement",
        "3 likes for 10,000 views, against some 4 in a hundred, and views alike from video to video.",
    ),
    _inflated(
        buy_views(_about("views bought on TikTok", "tiktok", 31_000, 210), 0.001),
        "engagement",
        "One like in a thousand views, where one in twenty is usual.",
    ),
    _inflated(
        fake_audience(_about("nine in ten followers fake", "instagram", 83_000, 211, fake_share=0.0), 0.9),
        "audience",
        "Nine in ten sampled followers follow thousands, are followed by nobody and have no face.",
    ),
    _inflated(
        with_evidence(
            fake_audience(_about("seven in ten followers fake", "tiktok", 27_000, 212, fake_share=0.0), 0.7),
            "posts, audience",
        ),
        "audience",
        "Seven in ten sampled followers were made to follow.",
    ),
    _inflated(
        buy_comments(_about("generic praise by thirty", "instagram", 58_000, 213, comments=90), 1.0),
        "comments",
        "Ninety times a word of praise, by thirty accounts, within half an hour of each post.",
    ),
    _inflated(
        with_evidence(
            buy_comments(_about("one phrase", "youtube", 66_000, 214, comments=90), 0.8, 1),
            "posts, comments",
        ),
        "comments",
        "Thirty authors write the same word under every video.",
    ),
    _inflated(
        pod(_about("a pod of forty", "instagram", 9_400, 215, likes_share=0.09, comments=200), 1.0),
        "comments",
        "The same forty accounts come first under every post, in the same order.",
    ),
    _inflated(
        buy_likes(_about("likes on two posts in five", "instagram", 35_000, 216), 10.0, 0.4),
        "engagement",
        "Two kinds of posts: ten times the likes on some, with no more comments than the others.",
    ),
    _inflated(
        package(_about("the whole package", "tiktok", 21_000, 217, comments=90), 3.0),
        "growth",
        "Followers times four in a week, likes and views with them, comments from a list.",
    ),
    _automated(
        with_evidence(fake_profile(_about("made to follow", "instagram", 340, 218), 1.0), "profile"),
        "profile",
        "12 followers, follows 4,800, no post, no face, a name of digits.",
    ),
    _automated(
        with_evidence(
            with_profile(
                clockwork(_about("headlines every 15 minutes", "x", 14_000, 219, posts=200), 1.0),
                following=3,
                posts=182_000,
                bio="Headlines as they come.",
            ),
            "posts, history",
        ),
        "posting",
        "A post every 15 minutes, night and day, from a list.",
    ),
    _automated(
        with_evidence(
            follow_and_unfollow(_about("follows and unfollows", "instagram", 6_800, 220, likes_share=0.012)),
            "posts, history",
        ),
        "growth",
        "Follows and drops thousands in waves of two weeks, up to the cap.",
    ),
)

CASES: Final = (*HONEST, *FAKES)
