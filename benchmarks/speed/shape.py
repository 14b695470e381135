"""Accounts of one stated shape: 30 posts, 600 comments, 180 days and 100 sampled followers each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from accounts.tables import Tables

__all__ = ["accounts_of_shape"]

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
SYLLABLES = ("ka", "lo", "mi", "ne", "ru", "sa", "to", "vi", "be", "da", "fo", "gi", "pa", "ti", "ma", "el")
EMOJI = ("🔥", "❤️", "😍", "👏", "😂", "🙏")
VOCABULARY = 3_000


def accounts_of_shape(
    accounts: int, seed: int = 1, *, posts: int = 30, comments: int = 600, days: int = 180
) -> Tables:
    """That many accounts, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    ids = [f"a{n:07d}" for n in range(accounts)]
    followers = np.round(10 ** rng.uniform(4.5, 6.5, accounts)).astype(int)
    hours = _hours(rng, accounts, posts)
    written = _comments(rng, ids, hours, comments)
    return Tables.of(
        accounts=pl.DataFrame({
            "account_id": ids, "platform": "instagram", "as_of": [AS_OF] * accounts,
            "followers": followers,
            "following": rng.integers(50, 2000, accounts), "posts": rng.integers(50, 900, accounts),
            "username_length": rng.integers(5, 20, accounts), "username_digits": rng.integers(0, 4, accounts),
            "bio_length": rng.integers(0, 150, accounts), "has_picture": True,
        }),
        posts=_posts(rng, ids, followers, hours, written),
        comments=written,
        history=_history(rng, ids, followers, days),
        audience=_audience(rng, ids),
    )  # fmt: skip


def _hours(rng: np.random.Generator, accounts: int, posts: int) -> np.ndarray:
    """When they posted, in hours before the day: each other day or so, around a time of their own."""
    days = 3 + 2 * np.arange(posts) + rng.integers(0, 2, (accounts, posts))
    return days * 24 - rng.uniform(8, 18, (accounts, 1)) - rng.normal(0, 3, (accounts, posts))


def _posts(
    rng: np.random.Generator, ids: list[str], followers: np.ndarray, hours: np.ndarray, written: pl.DataFrame
) -> pl.DataFrame:
    """Each counts the comments that are given of it, and some more."""
    each, n = hours.shape[1], hours.size
    likes = np.repeat(followers * 0.03 * rng.lognormal(0, 0.4, len(ids)), each) * rng.lognormal(0, 0.6, n)
    views = np.repeat(rng.lognormal(2.6, 0.4, len(ids)), each) * likes * rng.lognormal(0, 0.35, n)
    posts = pl.DataFrame({
        "account_id": np.repeat(ids, each), "post_id": np.tile([f"p{i}" for i in range(each)], len(ids)),
    })  # fmt: skip
    given = posts.join(
        written.group_by("account_id", "post_id").agg(given=pl.len()),
        on=["account_id", "post_id"], how="left", maintain_order="left",
    )["given"].fill_null(0).to_numpy()  # fmt: skip
    return posts.with_columns(pl.DataFrame({
        "published_at": _before(hours.ravel() * 3600), "likes": likes.astype(int),
        "comments": given + (likes * 0.02 * rng.lognormal(0, 1.1, n)).astype(int), "views": views.astype(int),
        "caption": _texts(rng, n), "hashtags": rng.poisson(np.repeat(rng.exponential(1.5, len(ids)), each)),
    }))  # fmt: skip


def _comments(rng: np.random.Generator, ids: list[str], hours: np.ndarray, each: int) -> pl.DataFrame:
    """Most within a day of their post, by a few who come again and many who do not."""
    n = len(ids) * each
    appeal = rng.lognormal(0, 1.1, hours.shape).cumsum(axis=1)
    drawn = rng.random((len(ids), each)) * appeal[:, -1:]
    post = np.concatenate([np.searchsorted(*pair) for pair in zip(appeal, drawn, strict=True)])
    posted = hours[np.repeat(np.arange(len(ids)), each), post]
    written = posted - np.minimum(rng.lognormal(1.8, 1.8, n), 0.9 * posted)
    frame = pl.DataFrame({
        "account_id": np.repeat(ids, each), "post_id": [f"p{i}" for i in post],
        "author_id": [f"u{i}" for i in (1_500 * rng.power(0.6, n)).astype(int)], "text": _texts(rng, n),
        "published_at": _before(written * 3600), "likes": rng.negative_binomial(0.3, 0.4, n),
        "by_creator": rng.random(n) < np.repeat(rng.beta(1, 12, len(ids)), each),
    })  # fmt: skip
    return frame.sort("account_id", "published_at")


def _history(rng: np.random.Generator, ids: list[str], followers: np.ndarray, days: int) -> pl.DataFrame:
    growth = rng.standard_t(3, (len(ids), days)) * 0.0006 + rng.exponential(0.0008, (len(ids), 1))
    level = growth.cumsum(axis=1)
    count = (followers[:, None] * np.exp(level - level[:, -1:])).round().astype(int)
    dates = [AS_OF.date() - timedelta(days=days - 1 - day) for day in range(days)]
    return pl.DataFrame({
        "account_id": np.repeat(ids, days), "date": dates * len(ids), "followers": count.ravel(),
        "following": 100 + rng.binomial(1, 0.1, (len(ids), days)).cumsum(axis=1).ravel(),
        "posts": np.tile(100 + np.arange(days) // 2, len(ids)),
    })  # fmt: skip


def _audience(rng: np.random.Generator, ids: list[str], each: int = 100) -> pl.DataFrame:
    n = len(ids) * each
    return pl.DataFrame({
        "account_id": np.repeat(ids, each), "followers": rng.lognormal(5.5, 1.2, n).astype(int),
        "following": rng.lognormal(5.8, 0.8, n).astype(int),
        "posts": rng.integers(0, 300, n), "has_picture": rng.random(n) < 0.9,
        "username_length": rng.integers(5, 20, n), "username_digits": rng.integers(0, 5, n),
        "created_at": _before(rng.uniform(10, 3000, n) * 86_400),
    })  # fmt: skip


def _before(seconds: np.ndarray) -> pl.Series:
    start = np.datetime64(AS_OF.replace(tzinfo=None), "us")
    return pl.Series(start - (seconds * 1e6).astype("timedelta64[us]")).dt.replace_time_zone("UTC")


def _texts(rng: np.random.Generator, n: int) -> list[str]:
    """Sentences of made-up words by Zipf's law, of very unequal lengths; one in eight is emoji alone."""
    syllables = np.array(SYLLABLES)
    vocabulary = np.array(["".join(rng.choice(syllables, rng.integers(1, 4))) for _ in range(VOCABULARY)])
    lengths = rng.lognormal(1.5, 0.8, n).astype(int).clip(1, 60)
    drawn = vocabulary[(rng.zipf(1.15, lengths.sum()) - 1) % VOCABULARY].tolist()
    ends = lengths.cumsum().tolist()
    texts = [" ".join(drawn[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    for row in np.flatnonzero(rng.random(n) < 0.125).tolist():
        texts[row] = EMOJI[row % len(EMOJI)]
    return texts
