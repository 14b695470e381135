"""Accounts of one stated shape: 30 posts, 600 comments, 180 days and 100 sampled followers each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from accounts.tables import Tables

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
WORDS = (
    "the", "a", "of", "to", "and", "in", "so", "this", "love", "you", "my", "what", "day", "photo",
    "great", "nice", "lake", "home", "coffee", "where", "did", "get", "that", "shirt", "please", "more",
    "again", "see", "when", "next", "trip", "beautiful", "light", "morning", "dinner", "recipe",
    "thanks", "wow", "🔥", "❤️", "😍", "best", "year", "ever"
)  # fmt: skip


def shaped(accounts: int, seed: int = 1, *, posts: int = 30, comments: int = 600, days: int = 180) -> Tables:
    """That many accounts, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    ids = [f"a{n:07d}" for n in range(accounts)]
    followers = np.round(10 ** rng.uniform(3, 5.5, accounts)).astype(int)
    return Tables.of(
        accounts=pl.DataFrame({
            "account_id": ids, "platform": "instagram", "as_of": [AS_OF] * accounts,
            "followers": followers,
            "following": rng.integers(50, 2000, accounts), "posts": rng.integers(50, 900, accounts),
            "username_length": rng.integers(5, 20, accounts), "username_digits": rng.integers(0, 4, accounts),
            "bio_length": rng.integers(0, 150, accounts), "has_picture": True,
        }),
        posts=_posts(rng, ids, followers, posts),
        comments=_comments(rng, ids, posts, comments),
        history=_history(rng, ids, followers, days),
        audience=_audience(rng, ids),
    )  # fmt: skip


def _posts(rng: np.random.Generator, ids: list[str], followers: np.ndarray, each: int) -> pl.DataFrame:
    n = len(ids) * each
    likes = np.repeat(followers * 0.03, each) * rng.lognormal(0, 0.5, n)
    hours = np.tile(np.arange(each) * 60 + 72, len(ids)) + rng.uniform(0, 20, n)
    return pl.DataFrame({
        "account_id": np.repeat(ids, each),
        "post_id": np.tile([f"p{i}" for i in range(each)], len(ids)),
        "published_at": _before(hours * 3600), "likes": likes.astype(int),
        "comments": (likes * 0.02).astype(int),
        "views": (likes * 11).astype(int), "caption": _texts(rng, n), "hashtags": rng.integers(0, 12, n),
    })  # fmt: skip


def _comments(rng: np.random.Generator, ids: list[str], posts: int, each: int) -> pl.DataFrame:
    n = len(ids) * each
    post = rng.integers(0, posts, n)
    hours = post * 60 + 72 - rng.exponential(8, n).clip(0, 70)
    frame = pl.DataFrame({
        "account_id": np.repeat(ids, each), "post_id": [f"p{i}" for i in post],
        "author_id": [f"u{i}" for i in rng.integers(0, 400, n)], "text": _texts(rng, n),
        "published_at": _before(hours * 3600), "likes": rng.poisson(0.3, n),
        "by_creator": rng.random(n) < 0.03,
    })  # fmt: skip
    return frame.sort("account_id", "published_at")


def _history(rng: np.random.Generator, ids: list[str], followers: np.ndarray, days: int) -> pl.DataFrame:
    growth = rng.normal(0.0005, 0.001, (len(ids), days)).cumsum(axis=1)
    count = (followers[:, None] * np.exp(growth - growth[:, -1:])).round().astype(int)
    dates = [AS_OF.date() - timedelta(days=days - 1 - day) for day in range(days)]
    return pl.DataFrame({
        "account_id": np.repeat(ids, days), "date": dates * len(ids), "followers": count.ravel(),
        "following": rng.integers(100, 120, len(ids) * days), "posts": 100,
    })  # fmt: skip


def _audience(rng: np.random.Generator, ids: list[str], each: int = 100) -> pl.DataFrame:
    n = len(ids) * each
    return pl.DataFrame({
        "account_id": np.repeat(ids, each), "followers": rng.integers(0, 2000, n),
        "following": rng.integers(0, 3000, n),
        "posts": rng.integers(0, 300, n), "has_picture": rng.random(n) < 0.9,
        "username_length": rng.integers(5, 20, n), "username_digits": rng.integers(0, 5, n),
        "created_at": _before(rng.uniform(10, 3000, n) * 86_400),
    })  # fmt: skip


def _before(seconds: np.ndarray) -> pl.Series:
    start = np.datetime64(AS_OF.replace(tzinfo=None), "us")
    return pl.Series(start - (seconds * 1e6).astype("timedelta64[us]")).dt.replace_time_zone("UTC")


def _texts(rng: np.random.Generator, n: int) -> list[str]:
    vocabulary = np.array(WORDS)
    drawn = vocabulary[np.minimum(rng.zipf(1.3, (n, 8)) - 1, len(vocabulary) - 1)]
    lengths = rng.integers(1, 9, n)
    return [" ".join(row[:length]) for row, length in zip(drawn, lengths, strict=True)]
