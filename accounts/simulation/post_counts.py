"""The honest counts of each post: views, likes, comments, shares, saves; and its hashtags and captions."""

from __future__ import annotations

import numpy as np

from accounts.simulation.draft import COUNTS, HOUR, Draft, Posts
from accounts.simulation.follower_curves import followers_at
from accounts.simulation.parameters import Floats
from accounts.simulation.text import captions, language, repeat_lines

__all__ = ["HASHTAGS_OF", "USUAL_HASHTAGS", "draw_counts", "posts_without_counts"]

USUAL_HASHTAGS = 0.8  # hashtags on a post
HASHTAG_FACTORS = {"tiktok": 3.0}  # times as many hashtags as elsewhere
FIXED_HASHTAG_SHARES = {
    "tiktok": 0.6,
    "youtube": 0.35,
}  # share of people with the same few; TikTok videos: 2, give or take .5
HASHTAGS_OF = {"promoter": 5.0}

KINDS = {
    "instagram": ("image", "image", "carousel", "reel"),
    "tiktok": ("video",),
    "youtube": ("video", "video", "short"),
    "x": ("text", "text", "image", "video"),
    "twitch": ("stream",),
    "github": ("release",),
    "other": ("text", "image"),
}
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
    """Draw posts without counts or captions: kinds, hashtags (about ``tagging`` each), sponsored, located.

    >>> posts = posts_without_counts("x", np.random.default_rng(0), np.array([0.0, 60.0]))
    >>> len(posts), posts.total("likes").tolist()
    (2, [0.0, 0.0])
    """
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
    """Draw hashtags per post: varying, or, with probability ``habitual``, a nearly fixed number."""
    loose = rng.poisson(tagging * rng.gamma(0.7, 1.4, count))
    usual = np.round(10 ** rng.normal(0.4, 0.3))
    spread = rng.choice([0.0, 0.5, 0.8]) + usual * rng.choice([0.0, 0.3, 0.6])
    fixed = np.round(usual + spread * rng.standard_normal(count))
    return np.clip(fixed if rng.random() < habitual else loose, 0, 30).astype(np.float64)


def _kind_effects(draft: Draft, spread: float) -> Floats:
    """A factor for each kind of post of this account, in natural logarithms, per post."""
    own = {kind: spread * float(draft.rng.standard_normal()) for kind in dict.fromkeys(draft.posts.kinds)}
    return np.array([own[kind] for kind in draft.posts.kinds])


def _post_quality(draft: Draft, count: int) -> Floats:
    """Noise of each post's reach, in natural logarithms: autocorrelated, independent, and rare hits."""
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
    """The share of its final counts that each post has reached; most arrives within two days."""
    hours = np.maximum(draft.now - times, 60.0) / HOUR
    slow = {"likes": 0.03, "views": 0.25}[draft.driver]
    return np.asarray((1 - slow) * (1 - np.exp(-hours / 14.0)) + slow * (1 - np.exp(-hours / 700.0)))


def _distance_from_last(draft: Draft) -> Floats:
    """The distance of each post from the last one: 0 for the last, 1 for the first of the current stage.

    A stage is the last 120 posts of an account with 1,000 followers, and longer for larger ones. It is
    scaled by the posts in all, because likes rise from post to post, and not from year to year.
    """
    count, person = len(draft.posts), draft.person
    stage = min(person.total_posts, 120.0 * max(person.followers / 1_000.0, 1.0) ** 0.5)
    further = (np.clip(person.total_posts, 10.0, 400.0) / 45.0) ** 0.4
    return np.asarray((np.arange(count)[::-1] / max(stage, count, 1.0)) ** 0.6 * further)


def draw_counts(draft: Draft) -> None:
    """Draw the honest counts and the captions of every post of a draft."""
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
    if rng.random() < draft.regime.repeating_share:
        stock = posts.captions[: int(rng.geometric(0.5))]
        posts.captions = repeat_lines(rng, posts.captions, stock, rng.beta(0.7, 1.3))


def _draw_counts(draft: Draft, reach: Floats) -> None:
    """Draw whole counts from expected reach; likes and comments vary between posts of equal reach."""
    rng, person, honest = draft.rng, draft.person, draft.posts.honest_counts
    watched = draft.driver == "views"
    unequal = draft.platform.like_spread * 10 ** rng.normal(0, 0.2)
    own = np.exp(
        unequal * draft.regime.noise(rng, len(reach)) + _kind_effects(draft, draft.platform.like_spread)
    )
    likes_are_public = draft.platform.likes_per_view is not None
    likes = reach * own * (person.likes_per_view if watched else 1.0)
    views = reach if watched else likes / max(person.likes_per_view, 0.02)
    basis = likes if likes_are_public or not watched else reach * 0.05
    uneven = rng.gamma(person.comment_shape, 1.0 / person.comment_shape, len(reach))
    comments = basis * person.comments_per_like * uneven
    shares, saves = basis * person.shares_per_like * own, basis * person.saves_per_like * own
    means = (likes, comments, views, shares, saves)
    counts = rng.poisson(np.minimum(np.array(means), 1e10)).astype(np.float64)
    counts[0] = np.minimum(counts[0], counts[2])
    honest.update(zip(COUNTS, counts, strict=True))
