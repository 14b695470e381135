"""What an audience does with each post: views, likes, comments, shares, saves."""

from __future__ import annotations

import numpy as np

from accounts.simulation.draft import COUNTS, HOUR, Draft, Posts
from accounts.simulation.follower_curves import followers_at
from accounts.simulation.parameters import Floats
from accounts.simulation.text import captions, language

__all__ = ["HASHTAGS_OF", "USUAL_HASHTAGS", "draw_counts", "posts_without_counts"]

USUAL_HASHTAGS = 0.8  # hashtags on a post
HASHTAG_FACTORS = {"tiktok": 3.0}  # times as many hashtags as elsewhere
FIXED_HASHTAG_SHARES = {
    "tiktok": 0.6,
    "youtube": 0.35,
}  # share of people with the same few; TikTok videos: 2, give or take .5
HASHTAGS_OF = {"promoter": 5.0}

KINDS = {"instagram": ("image", "image", "carousel", "reel"), "tiktok": ("video",), "youtube": ("video",
"video", "short"),
         "x": ("text", "text", "image", "video"), "twitch": ("stream",), "github": ("release",),
         "other": ("text", "image")}  # fmt: skip
CAPTION_WORDS = {
    "instagram": 12.0,
    "tiktok": 7.0,
    "youtube": 7.0,
    "x": 14.0,
    "twitch": 6.0,
    "github": 4.0,
    "other": 25.0,
}


def posts_without_counts(
    draft_platform: str, rng: np.random.Generator, times: Floats, tagging: float = USUAL_HASHTAGS
) -> Posts:
    """Posts with their outside, and nothing counted yet; ``tagging`` hashtags on each or so."""
    count = len(times)
    kinds = KINDS[draft_platform]
    busy = rng.random()
    tagging *= HASHTAG_FACTORS.get(draft_platform, 1.0) * 10 ** rng.normal(0.0, 0.55)
    return Posts(
        times=times,
        honest_counts={name: np.zeros(count) for name in COUNTS},
        added_counts={name: np.zeros(count) for name in COUNTS},
        hashtags=_hashtags(rng, count, tagging, FIXED_HASHTAG_SHARES.get(draft_platform, 0.4)),
        sponsored=(rng.random(count) < 0.12 * busy).astype(np.float64),
        located=(rng.random(count) < rng.beta(1.6, 2.6)).astype(np.float64),
        kinds=[kinds[at] for at in rng.integers(0, len(kinds), count).tolist()],
        captions=[],
    )


def _hashtags(rng: np.random.Generator, count: int, tagging: float, habitual: float) -> Floats:
    """Hashtags on each post: as many as it takes, or for a share of people the same few every time."""
    loose = rng.poisson(tagging * rng.gamma(0.7, 1.4, count))
    usual = np.round(10 ** rng.normal(0.4, 0.3))
    spread = rng.choice([0.0, 0.5, 0.8]) + usual * rng.choice([0.0, 0.3, 0.6])
    fixed = np.round(usual + spread * rng.standard_normal(count))
    return np.clip(fixed if rng.random() < habitual else loose, 0, 30).astype(np.float64)


def _kind_effects(draft: Draft, spread: float) -> Floats:
    """How much better or worse this account's posts of each kind do, in logarithms."""
    own = {kind: spread * float(draft.rng.standard_normal()) for kind in dict.fromkeys(draft.posts.kinds)}
    return np.array([own[kind] for kind in draft.posts.kinds])


def _post_quality(draft: Draft, count: int) -> Floats:
    """How well each post goes, in logarithms: moods that last, chance, and rare hits."""
    rng, person = draft.rng, draft.person
    lasting = rng.uniform(0.1, 0.6)
    white = draft.regime.noise(rng, count)
    mood = np.convolve(draft.regime.noise(rng, count), 0.8 ** np.arange(min(count, 15)))[:count] * 0.6
    hits = (rng.random(count) < draft.platform.hit_share) * rng.exponential(1.0, count)
    return np.asarray(
        person.post_spread * (np.sqrt(1 - lasting) * white + np.sqrt(lasting) * mood)
        + hits * (0.3 + 0.7 * person.post_spread)
    )


def _settled_share(draft: Draft, times: Floats) -> Floats:
    """Share of its final counts that a post has reached; most arrives in the first two days."""
    hours = np.maximum(draft.now - times, 60.0) / HOUR
    slow = {"likes": 0.03, "views": 0.25}[draft.driver]
    return np.asarray((1 - slow) * (1 - np.exp(-hours / 14.0)) + slow * (1 - np.exp(-hours / 700.0)))


def _distance_from_last(draft: Draft) -> Floats:
    """How far back each post is, from 0 for the last to 1 for the first ever, or the first of its stage.

    A stage is the last 120 posts of an account with 1,000 followers, and longer for larger ones. Those who
    posted more have come further: likes rise from post to post, and not from year to year.
    """
    count, person = len(draft.posts), draft.person
    stage = min(person.total_posts, 120.0 * max(person.followers / 1_000.0, 1.0) ** 0.5)
    further = (np.clip(person.total_posts, 10.0, 400.0) / 45.0) ** 0.4
    return np.asarray((np.arange(count)[::-1] / max(stage, count, 1.0)) ** 0.6 * further)


def draw_counts(draft: Draft) -> None:
    """Fill in the honest counts of every post."""
    rng, person, posts = draft.rng, draft.person, draft.posts
    count = len(posts)
    if count == 0:
        return
    drift = rng.normal(*draft.platform.like_trend) * _distance_from_last(draft)
    crowd = followers_at(draft, posts.times)
    reach = person.rate * crowd * np.exp(_post_quality(draft, count) - person.post_spread**2 / 2 - drift)
    _draw_counts(draft, reach * _settled_share(draft, posts.times))
    speech = language(person.language, draft.regime.vocabulary_seed)
    words = CAPTION_WORDS[draft.export.platform] * 10 ** rng.normal(0.0, 0.2)
    posts.captions = captions(rng, speech, count, person.topic, words)


def _draw_counts(draft: Draft, reach: Floats) -> None:
    """Turn expected reach into whole counts; posts differ in how far they are liked and discussed."""
    rng, person, honest = draft.rng, draft.person, draft.posts.honest_counts
    watched = draft.driver == "views"
    unequal = draft.platform.like_spread * 10 ** rng.normal(0, 0.2)
    own = np.exp(
        unequal * draft.regime.noise(rng, len(reach)) + _kind_effects(draft, draft.platform.like_spread)
    )
    liked = draft.platform.likes_per_view is not None
    likes = reach * own * (person.likes_per_view if watched else 1.0)
    seen = reach if watched else likes / max(person.likes_per_view, 0.02)
    basis = likes if liked or not watched else reach * 0.05
    uneven = rng.gamma(person.comment_shape, 1.0 / person.comment_shape, len(reach))
    means = (likes, basis * person.comments_per_like * uneven, seen, basis * person.shares_per_like * own,
             basis * person.saves_per_like * own)  # fmt: skip
    drawn = rng.poisson(np.minimum(np.array(means), 1e10)).astype(np.float64)
    drawn[0] = np.minimum(drawn[0], drawn[2])
    honest.update(zip(COUNTS, drawn, strict=True))
