"""Evidence on which a signal abstains from accusing, because authentic accounts show it too often.

The starter's thresholds were set on simulated accounts, most of which lack nothing. Where real authentic
accounts, or those of which a count is missing, exceed them more often than the promised rate, the signal is
still reported and the label is review, never an accusation. A detector whose thresholds were set on a
customer's own accounts abstains from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from accounts.checks.placeholder_likes import NEARLY_ALL
from detector.arrays import Bools, feature_values
from detector.signals import SIGNALS
from detector.yardsticks.people import FACELESS, MOST_USUAL, RATIO
from features.evidence import Level

__all__ = ["ABSTENTIONS", "Abstention", "abstention_sentences", "abstentions_of"]

ESTABLISHED: Final = 1_000
"""Stars at a history's beginning from which on a repository is no longer young."""

MANYFOLD: Final = 3.0
"""Growth over the history of an account that does well, and is young."""
BURST: Final = 1.7
"""Growth within days, or a month, beyond the usual pace, that is no purchase of as many as there are."""

USUAL_JUMP: Final = float(np.log(1.3))
USUAL_MONTH: Final = float(np.log(1.6))
MOST_ROUND: Final = 0.2
"""Growth within ten days, and 30, beyond the usual pace, and share of the gains that came in steps of whole
thousands, up to which a curve is ordinary: no further than :mod:`detector.yardsticks.growth` has it."""

SMALL: Final = 1_000
"""Followers under which the same few friends are the audience of every post."""

FAR_SHORT: Final = 50.0
"""Times by which engagement falls short of what is usual, where a follower count may be misread."""
MISREAD: Final = 1_000
"""A count misread a thousandfold is a multiple of it, and one exact count in a thousand is."""
SHORTENED: Final = 1_000
"""Smallest count that is written short (1K), and so may be misread."""
THOUSANDS_LOST: Final = 200.0
"""Times by which engagement falls short of what is usual, where the posts' counts may have lost their
thousands: a thousand times, less as much as honest accounts differ."""
LARGE: Final = 200_000
"""Followers from which on nearly everybody's post has thousands of something."""


@dataclass(frozen=True)
class Abstention:
    """Evidence on which a signal does not accuse.

    Attributes
    ----------
    signal
        Name of the signal.
    covers
        From features, evidence levels and platforms to one truth value per account.
    sentence
        What a verdict says about it, with the accounts that were counted.
    source
        Where they were counted.
    """

    signal: str
    covers: Callable[[pd.DataFrame, Sequence[str], Sequence[str | None]], Bools]
    sentence: str
    source: str


def _young_stars(features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]) -> Bools:
    """A history that begins under 1,000 stars, of a repository on GitHub: no posts, nobody followed."""
    first = (features["followers_size"] - features["growth_total"]).to_numpy()
    stars = _on("github", platforms) & features["following_size"].isna().to_numpy() & _lack("posts", levels)
    young: Bools = stars & ~(first >= np.log10(ESTABLISHED))
    return young


def _grew_as_it_began(
    features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
) -> Bools:
    """A history that ends at three times its beginning or more, and hardly ever outran its own pace."""
    grew, burst, month = (
        feature_values(name, features) for name in ("growth_total", "burst_size", "month_size")
    )
    steady: Bools = (grew >= np.log10(MANYFOLD)) & (burst <= np.log(BURST)) & (month <= np.log(BURST))
    return steady


def _jumps_as_honest_ones(
    features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
) -> Bools:
    """A history without a jump, or a month, beyond what real creators' curves show, nor round steps.

    >>> shown = {"burst_size": [0.2, 0.2, 0.5, 0.0], "spike_size_weekly": [0.1, 0.1, 0.5, 0.7]}
    >>> _jumps_as_honest_ones(pd.DataFrame(shown | {"round_gain_share": [0.0, 0.9, 0.0, 0.0]}), [], [])
    array([ True, False, False, False])
    """
    week, month, longer = (
        feature_values(name, features) for name in ("spike_size_weekly", "month_size", "spike_size_monthly")
    )
    jumps = (week > USUAL_JUMP) | (month > USUAL_MONTH) | (longer > USUAL_MONTH)
    round_steps = feature_values("round_gain_share", features) > MOST_ROUND
    usual: Bools = (feature_values("burst_size", features) <= USUAL_JUMP) & ~jumps & ~round_steps
    return usual


def _posts_alone(features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]) -> Bools:
    """Posts without profile and history, such as all posts of two days."""
    return _lack("profile", levels) & _lack("history", levels)


def _count_alone(features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]) -> Bools:
    """Engagement fifty times short of the peers', at a count of followers that may be a misread short one.

    No history or audience confirms it.
    """
    short = feature_values("engagement_below_peers", features) >= np.log10(FAR_SHORT)
    followers = np.round(10 ** np.nan_to_num(feature_values("followers_size", features)) - 1.0)
    misread = (followers >= SHORTENED * MISREAD) & (followers % MISREAD == 0)
    alone: Bools = short & misread & _lack("history", levels) & _lack("audience", levels)
    return alone


def _counts_in_thousands(
    features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
) -> Bools:
    """Under 1,000 of everything a post, two hundred times short of the peers', on 200,000 followers or more.

    >>> short = {"engagement_below_peers": 2.9, "followers_size": 5.5, "engagement_rate": 1.2e-5}
    >>> shown = pd.DataFrame([short, short | {"followers_size": 4.5}, short | {"views_per_follower": 0.1}])
    >>> _counts_in_thousands(shown, [], [])
    array([ True, False, False])
    """
    followers = np.power(10.0, feature_values("followers_size", features)) - 1.0
    short = feature_values("engagement_below_peers", features) >= np.log10(THOUSANDS_LOST)
    engaged, viewed = (feature_values(name, features) for name in ("engagement_rate", "views_per_follower"))
    few: Bools = (engaged * followers < MISREAD) & ~(viewed * followers >= MISREAD)
    lost: Bools = short & few & (followers >= LARGE)
    return lost


def _one_count(
    name: str, features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
) -> Bools:
    """Posts of which each has exactly as many likes, or views, as every other, or nearly each.

    >>> shown = pd.DataFrame({"likes_variation": [0.0, 0.4, 0.4], "likes_equal_share": [1.0, 0.94, 0.6]})
    >>> _one_count("likes", shown, [], [])
    array([ True,  True, False])
    """
    one: Bools = (feature_values(f"{name}_variation", features) == 0.0) | (
        feature_values(f"{name}_equal_share", features) >= NEARLY_ALL
    )
    return one


def _numbers_alone(features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]) -> Bools:
    """A profile of which nothing is known but how many follow it, are followed and were posted."""
    nothing: Bools = np.logical_and.reduce([_unknown(name, features) for name in _OF_A_PERSON])
    return nothing


_OF_A_PERSON: Final = (
    "picture", "username_digit_share", "handle_length", "description_length", "name_words", "account_age",
)  # fmt: skip


def _views_without_likes(
    features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
) -> Bools:
    """Views of posts whose likes are hidden or were not collected."""
    return _unknown("likes_per_view", features)


def _likes_without_views(
    platform: str, features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
) -> Bools:
    """Likes on a platform that shows each post's views, where none are known."""
    return _on(platform, platforms) & _unknown("views_variation", features)


def _few_followers(features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]) -> Bools:
    """Accounts with under 1,000 followers, under whose posts a few friends are the audience."""
    return np.asarray(features["followers_size"] < np.log10(SMALL), dtype=bool)


def _looks_on(features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]) -> Bools:
    """An account with a picture that follows less than twenty times as many as follow it."""
    looks_on: Bools = (feature_values("picture", features) == 1.0) & (
        feature_values("following_ratio", features) < np.log10(RATIO)
    )
    return looks_on


def _audience_as_honest_ones(
    features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
) -> Bools:
    """Sampled followers of whom no share is beyond what is published of honest creators."""
    lopsided, mass = (
        feature_values(name, features) for name in ("audience_lopsided_share", "audience_mass_follower_share")
    )
    beyond: Bools = (
        (lopsided > MOST_USUAL)
        | (mass > MOST_USUAL)
        | (feature_values("audience_pictureless_share", features) > FACELESS)
    )
    return ~(np.isnan(lopsided) | np.isnan(mass) | beyond)


def _on(platform: str, platforms: Sequence[str | None]) -> Bools:
    return np.array([one == platform for one in platforms], dtype=bool)


def _lack(block: str, levels: Sequence[str]) -> Bools:
    return np.array([not Level.of(level).present(block) for level in levels], dtype=bool)


def _unknown(name: str, features: pd.DataFrame) -> Bools:
    return np.isnan(feature_values(name, features))


ABSTENTIONS: Final = (
    Abstention(
        "followers_flow",
        _young_stars,
        "A young repository wins its stars in a burst when it launches or is listed somewhere: of 84 real"
        " ones that nobody suspects 4 looked like this one. So its stars alone accuse nobody, and a person"
        " decides.",
        "StarScout (He et al. 2024), repositories matched by their largest month; docs/quality.md",
    ),
    Abstention(
        "followers_flow",
        _grew_as_it_began,
        "Its followers multiplied as steadily as they began, and nothing stands out beyond its own pace. So"
        " do those of a young account that does well: of 64 made by hand, opened 28 days before, 17 looked"
        " like this one. So its curve accuses nobody, and a person decides.",
        "Accounts made by hand; python -m benchmarks.quality.abstentions",
    ),
    Abstention(
        "followers_flow",
        _jumps_as_honest_ones,
        "No ten days brought 30 % beyond its usual pace, no 30 days 60 %, and its steps are not round: real"
        " creators' curves are like that. Of 24 histories of honest shops made by hand, with sales, raffles,"
        " 9 looked like this one. So its curve accuses nobody, and a person decides.",
        "Accounts made by hand; python -m benchmarks.quality.abstentions; docs/yardsticks.md",
    ),
    Abstention(
        "followers_stock",
        _count_alone,
        "Engagement falls fifty times short of the follower count, round millions that nothing else confirms."
        " So it does where a short count was misread (17.7K as 17,700,000): all of 46 simulated authentic"
        " accounts whose count was read so looked like this one. So it accuses nobody without a history, a"
        " sample of followers or the exact count, and a person decides.",
        "Simulated accounts; python -m benchmarks.quality.abstentions",
    ),
    Abstention(
        "followers_stock",
        _counts_in_thousands,
        "Its posts have under 1,000 of each count, hundreds of times less than is usual for its followers. So"
        " they have where counts lost their thousands (12.3K read as 12): of 16 honest accounts made by hand,"
        " read so, 12 looked like this one. So it accuses nobody, and a person opens one of the posts.",
        "Accounts made by hand; python -m benchmarks.quality.abstentions",
    ),
    Abstention(
        "audience",
        _audience_as_honest_ones,
        "Its sampled followers look less real than most, and no share of them is beyond what an honest"
        " creator's may be: 10 to 45 % are quiet, follow masses or look suspicious. So its audience accuses"
        " nobody, and a person decides.",
        "HypeAuditor, as published; docs/yardsticks.md",
    ),
    Abstention(
        "likes",
        partial(_likes_without_views, "youtube"),
        "Bought likes on YouTube show against the views of the videos, and no views are known here: 23 of 346"
        " simulated authentic channels without them looked like this one. So its likes accuse nobody, and a"
        " person decides.",
        "Simulated accounts; python -m benchmarks.quality.abstentions",
    ),
    Abstention(
        "likes",
        partial(_likes_without_views, "x"),
        "Bought likes on X show against the views of the posts, and no views are known here: 5 of 174 real"
        " accounts without them, counted within a day, looked like this one. So its likes accuse nobody, and"
        " a person decides.",
        "X posts on vaccines, 2020; docs/quality.md",
    ),
    Abstention(
        "views",
        _views_without_likes,
        "Bought views show in the likes that a view brings, and too few of these posts have both: 29 of 275"
        " simulated authentic accounts whose newer likes were missing looked like this one. So its views"
        " accuse nobody, and a person decides.",
        "Simulated accounts; python -m benchmarks.quality.abstentions",
    ),
    Abstention(
        "comments",
        _few_followers,
        "Under the posts of accounts with under 1,000 followers the same few friends write first: of 32"
        " accounts made by hand, with six friends each, 27 looked like this one. So its comments accuse"
        " nobody, and a person decides.",
        "Accounts made by hand; python -m benchmarks.quality.abstentions",
    ),
    Abstention(
        "fake_account",
        _looks_on,
        "People who look on follow many and are followed by few: 14 of 8,015 real ones with a picture, who"
        " follow less than twenty times as many as follow them, looked like this one. So its profile accuses"
        " nobody, and a person decides.",
        "Profiles of three public sets; python -m benchmarks.quality.abstentions",
    ),
    Abstention(
        "fake_account",
        _numbers_alone,
        "Nothing is known of the profile but how many follow it, are followed and were posted. People who"
        " look on have such numbers, too: of 48 made by hand 19 looked like this one. So its numbers accuse"
        " nobody, and a person decides.",
        "Accounts made by hand; python -m benchmarks.quality.abstentions",
    ),
    Abstention(
        "rhythm",
        _posts_alone,
        "People who post much look like this in a short window of posts: 12 of 258 did. So posts without a"
        " profile accuse nobody of automation, and a person decides.",
        "Bot or Not competition, sessions 30 and 31, 48 hours of posts each; docs/quality.md",
    ),
    *(
        Abstention(
            signal,
            partial(_one_count, count),
            f"All of its posts, or nearly all, have exactly the same number of {count}. Whatever is bought,"
            " what people give comes on top and varies; so one count is as likely what a program wrote where"
            f" it knew none: of {of} honest accounts made by hand, whose posts then said 100, {over} looked"
            " like this one. So its counts accuse nobody, and a person opens one of the posts.",
            "Accounts made by hand; python -m benchmarks.quality.abstentions",
        )
        for count, over, of in (("likes", 52, 64), ("views", 48, 48))
        for signal in ("followers_stock", "likes", "views", "inflation")
    ),
)


def abstentions_of(features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]) -> Bools:
    """Accounts x signals (in the order of ``SIGNALS``): where a signal abstains from accusing.

    Parameters
    ----------
    features
        Features, one row per account, NaN where absent.
    levels, platforms
        Evidence level and platform of each.

    Examples
    --------
    >>> stars = pd.DataFrame({"following_size": [np.nan, 2.5], "followers_size": 3.0, "growth_total": 1.0})
    >>> at = [signal.name for signal in SIGNALS].index("followers_flow")
    >>> abstentions_of(stars, ["profile+history90"] * 2, ["github"] * 2)[:, at]
    array([ True, False])
    """
    found = np.zeros((len(features), len(SIGNALS)), dtype=bool)
    for at, signal in enumerate(SIGNALS):
        for one in ABSTENTIONS:
            if one.signal == signal.name:
                found[:, at] |= one.covers(features, levels, platforms)
    return found


def abstention_sentences(
    abstaining: Bools, features: pd.DataFrame, level: str, platform: str | None
) -> Iterator[str]:
    """What a verdict says about the signals that abstain.

    Parameters
    ----------
    abstaining
        One truth value per signal of ``SIGNALS``.
    features
        Of the account, one row.
    level, platform
        Its evidence level and platform.

    Examples
    --------
    >>> views = pd.DataFrame({"likes_per_view": [np.nan]})
    >>> abstaining = np.array([signal.name == "views" for signal in SIGNALS])
    >>> [one[:39] for one in abstention_sentences(abstaining, views, "profile+posts30", "instagram")]
    ['Bought views show in the likes that a v']
    """
    silent = {signal.name for signal, holds in zip(SIGNALS, abstaining.tolist(), strict=True) if holds}
    yield from (
        one.sentence
        for one in ABSTENTIONS
        if one.signal in silent and one.covers(features, [level], [platform])[0]
    )
