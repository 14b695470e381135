"""What a team wants to know also where nothing is wrong: real followers, real engagements, rates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from scipy.special import bdtr

from detector.verdict import SignalReading, Verdict
from reporting.evidence import Evidence
from reporting.figures import read_figure, read_range
from reporting.numbers import Numbers
from reporting.wording import ADDED_TO

__all__ = ["Added", "KeyNumber", "added_of", "key_numbers", "median_interval"]

_ENGAGEMENT: Final = re.compile(r"([\d,.]+) likes? (?:and|or) comments? a post on ([\d,.]+) followers?")


@dataclass(frozen=True, kw_only=True)
class KeyNumber:
    """A number about an account.

    Attributes
    ----------
    name
        engagement_rate, real_followers, real_engagements, ...
    part
        The part that it belongs to.
    title
        As people call it.
    text
        The number with its interval, in the reader's locale.
    basis
        What it rests on, and how sure its interval is.
    amount, low, high
        The number itself (a share between 0 and 1, or a count), and its interval; None where none is known.
    usual
        The usual range in words; empty where none is published.
    """

    name: str
    part: str
    title: str
    text: str
    basis: str
    amount: float
    low: float | None = None
    high: float | None = None
    usual: str = ""


@dataclass(frozen=True, kw_only=True)
class Added:
    """How much of a count came in a way that bought ones do.

    Attributes
    ----------
    count
        followers, likes, views or comments.
    share, low, high
        Of the count, with its 80 % interval.
    sentence
        In words.
    """

    count: str
    share: float
    low: float
    high: float
    sentence: str


def added_of(signals: Sequence[SignalReading], numbers: Numbers) -> tuple[Added, ...]:
    """What was added, once for each count of a signal over the threshold."""
    found: dict[str, Added] = {}
    for one in signals:
        count = ADDED_TO.get(one.name)
        if count and one.over and one.added_share is not None and one.interval is not None:
            low, high = one.interval
            sentence = (
                f"About {numbers.share(one.added_share)} of its {count} ({numbers.share_range(low, high)},"
                f" 80\xa0% interval) came in a way that bought ones do."
            )
            found.setdefault(
                count, Added(count=count, share=one.added_share, low=low, high=high, sentence=sentence)
            )
    return tuple(found.values())


def key_numbers(verdict: Verdict, evidence: Evidence | None, numbers: Numbers) -> tuple[KeyNumber, ...]:
    """All numbers that are known."""
    added = {one.count: one for one in added_of(verdict.signals, numbers)}
    found = (
        _engagement_rate(verdict, evidence, numbers),
        _real_followers(verdict, evidence, added.get("followers"), numbers),
        _real_engagements(verdict, evidence, added.get("likes"), numbers),
        _views(evidence, numbers),
        _comment_quality(verdict, numbers),
        _genuine_audience(verdict, "followers" in added, numbers),
    )
    return tuple(one for one in found if one is not None)


def counted_by_yardstick(verdict: Verdict) -> tuple[float, float] | None:
    """Likes and comments of the usual post, and followers, as the verdict's own yardstick names them."""
    sentence = next((one.sentence for one in verdict.yardsticks if one.name == "engagement"), "")
    found = _ENGAGEMENT.match(sentence)
    return (float(found[1].replace(",", "")), float(found[2].replace(",", ""))) if found else None


def _followers(verdict: Verdict, evidence: Evidence | None) -> float | None:
    if evidence is not None and evidence.followers is not None:
        return float(evidence.followers)
    counted = counted_by_yardstick(verdict)
    return counted[1] if counted else None


def _engagements(evidence: Evidence | None) -> Sequence[int]:
    return evidence.engagements if evidence else ()


def _engagement_words(evidence: Evidence | None) -> str:
    return evidence.engagement_words if evidence else "likes and comments"


def _engagement_rate(verdict: Verdict, evidence: Evidence | None, numbers: Numbers) -> KeyNumber | None:
    followers, posts = _followers(verdict, evidence), _engagements(evidence)
    counted = counted_by_yardstick(verdict)
    yardstick = next((one for one in verdict.yardsticks if one.name == "engagement"), None)
    published, rate = (yardstick.usual, read_figure(yardstick.value)) if yardstick else ("", None)
    read = read_range(published)
    if not followers or not (posts or counted):
        return None
    each = float(median(posts)) if posts else (counted or (0.0, 0.0))[0]
    return KeyNumber(
        name="engagement_rate", part="engagement", title="Engagement rate",
        text=rate.written(numbers) if rate else numbers.share(each / followers), amount=each / followers,
        usual=read.written(numbers) if read else published,
        basis=f"{numbers.engagements(each, _engagement_words(evidence))} on a usual post, over"
        f" {numbers.counted(followers, 'follower', 'followers')}{_too_few(verdict, len(posts), numbers)}",
    )  # fmt: skip


def _too_few(verdict: Verdict, posts: int, numbers: Numbers) -> str:
    """What an engagement rate rests on where the part is not judged for want of posts."""
    seen = verdict.evidence.blocks.get("posts")
    if not posts or (seen and seen.present):
        return ""
    return f", by {numbers.count(posts)} post{'' if posts == 1 else 's'}: too few to judge by"


def _real_followers(
    verdict: Verdict, evidence: Evidence | None, added: Added | None, numbers: Numbers
) -> KeyNumber | None:
    followers, audience = _followers(verdict, evidence), verdict.audience
    if followers is None or (added is None and audience is None):
        return None
    if added is not None:
        share, low, high = 1 - added.share, 1 - added.high, 1 - added.low
        basis = "followers less the share that came in a way that bought ones do; 80\xa0% interval"
        if audience is not None:
            basis += ". The genuine share of the sampled followers is another reading of it: of who they are"
    else:
        assert audience is not None
        fake_low, fake_high = audience.interval
        share, low, high = 1 - audience.fake_share, 1 - fake_high, 1 - fake_low
        sampled = numbers.count(audience.sampled)
        basis = f"followers times the genuine share of {sampled} sampled ones; 95\xa0% interval"
    ends = (low * followers, high * followers)
    return KeyNumber(
        name="real_followers", part="audience", title="Estimated real followers",
        text=_with_interval(share * followers, *ends, numbers),
        amount=share * followers, low=ends[0], high=ends[1],
        basis=f"of {numbers.count(followers)}: {basis}",
    )  # fmt: skip


def _real_engagements(
    verdict: Verdict, evidence: Evidence | None, added: Added | None, numbers: Numbers
) -> KeyNumber | None:
    posts, counted = _engagements(evidence), counted_by_yardstick(verdict)
    heard = any(one.name == "likes" for one in verdict.signals)
    if not (posts or counted) or not heard:
        return None
    each = float(median(posts)) if posts else (counted or (0.0, 0.0))[0]
    low, high = median_interval(posts) or (None, None)
    basis = "the usual post as counted, for no added likes are shown"
    interval = _over_posts(low)
    if added is not None:
        low, high = each * (1 - added.high), each * (1 - added.low)
        each, interval = each * (1 - added.share), "; 80\xa0% interval"
        given = _engagement_words(evidence)
        basis = f"{given} of the usual post less the share of likes that came in a way bought ones do"
    return KeyNumber(
        name="real_engagements", part="engagement", title="Estimated real engagements a post",
        text=_with_interval(each, low, high, numbers),
        amount=each, low=low, high=high, basis=basis + interval,
    )  # fmt: skip


def median_interval(values: Sequence[int], confidence: float = 0.95) -> tuple[float, float] | None:
    """Exact interval of the median by the values' order; None where too few are there.

    >>> median_interval(range(1, 12)), median_interval([1, 2, 3])
    ((2.0, 10.0), None)
    """
    ranked, n = sorted(values), len(values)
    outside = next((k for k in range(n // 2, -1, -1) if 2 * float(bdtr(k, n, 0.5)) <= 1 - confidence), None)
    return None if outside is None else (float(ranked[outside]), float(ranked[n - 1 - outside]))


def _over_posts(low: float | None) -> str:
    return "; too few posts for an interval" if low is None else "; 95\xa0% interval over posts"


def _views(evidence: Evidence | None, numbers: Numbers) -> KeyNumber | None:
    known = [one.views for one in evidence.settled_posts if one.views is not None] if evidence else []
    if len(known) < 5:
        return None
    low, high = median_interval(known) or (None, None)
    return KeyNumber(
        name="views", part="engagement", title="Views of a usual post",
        text=_with_interval(float(median(known)), low, high, numbers),
        amount=float(median(known)), low=low, high=high,
        basis=f"the middle one of {numbers.count(len(known))} posts as counted{_over_posts(low)}",
    )  # fmt: skip


def _comment_quality(verdict: Verdict, numbers: Numbers) -> KeyNumber | None:
    quality = verdict.comments
    if quality is None:
        return None
    kinds = (quality.generic.n, quality.promotion.n, quality.template.n)
    # Older verdicts do not say how many comments are of several kinds: as many as can be
    poor = max(kinds) if quality.any_kind is None else quality.any_kind
    if not quality.read:
        return None
    own = (quality.read - poor) / quality.read
    unsure = quality.any_kind is None and sum(kinds) > max(kinds)
    several = "; one may be of several kinds" if sum(kinds) > poor else ""
    praise, promotion, template = map(numbers.count, kinds)
    return KeyNumber(
        name="comment_quality", part="comments", title="Comments that say something of their own",
        text=f"at most {numbers.share(own)}" if unsure else numbers.share(own), amount=own,
        basis=f"of {numbers.count(quality.read)} read one by one by a model: {praise} praise that would fit"
        f" anywhere, in stock phrases or other words, {promotion} promotion, {template} from"
        f" templates{several}",
    )  # fmt: skip


def _genuine_audience(verdict: Verdict, how_they_came: bool, numbers: Numbers) -> KeyNumber | None:
    audience = verdict.audience
    if audience is None:
        return None
    other = (
        ". The estimate of real followers goes by how they came instead, so the two need not agree"
        if how_they_came
        else ". The estimate of real followers is this share of all"
    )
    low, high = (1 - end for end in reversed(audience.interval))
    return KeyNumber(
        name="genuine_audience", part="audience", title="Genuine share of the audience",
        text=f"{numbers.share(1 - audience.fake_share)} ({numbers.share_range(low, high)})",
        amount=1 - audience.fake_share, low=low, high=high,
        basis=f"{numbers.count(audience.sampled)} sampled followers, judged one by one; 95\xa0% interval. It"
        f" does not say who brought the others{other}",
    )  # fmt: skip


def _with_interval(value: float, low: float | None, high: float | None, numbers: Numbers) -> str:
    shown = numbers.estimate(value)
    if low is None or high is None:
        return shown
    return f"{shown} ({numbers.estimate(low)} to {numbers.estimate(high)})"
