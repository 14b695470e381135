"""Accounts to try features on: simulated ones, and rough ones with holes, ties and repeats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeAlias

import numpy as np

from accounts.simulation import simulate
from accounts.simulation.observations import observe_posts
from accounts.tables import Tables

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
PLATFORMS = ("instagram", "tiktok", "youtube", "x", "twitch", "github", "other")
SAID = (
    "Nice pic!!",
    "nice pic",
    "🔥🔥🔥",
    "@ana @bo",
    "what a lovely day at the lake",
    "What a lovely day at the lake!",
    "check my page",
    "https://example.org now",
    "where is this?",
    "so so good",
    "...",
    "",
    "¡Qué bonito!",
    "a  b",
    "nan",
    "[Deleted]",
    "ｎｉｃｅ pic",
    "真漂亮啊",
    "see you all there then",
)
Row: TypeAlias = dict[str, object]

__all__ = ["late_poster", "rough_accounts", "sample_accounts", "small_beginner"]


class Rough:
    """Made-up rows of one account, with anything absent now and then."""

    def __init__(self, number: int, seed: int) -> None:
        self.rng = np.random.default_rng([seed, number])
        self.name = f"rough-{number}"

    def maybe(self, value: object, absent: float = 0.15) -> object:
        return None if self.rng.random() < absent else value

    def count(self, high: int, absent: float = 0.15) -> object:
        return self.maybe(int(self.rng.integers(0, high)), absent)

    def text(self, absent: float = 0.1) -> object:
        chosen = str(self.rng.choice(SAID))
        return self.maybe(
            chosen if self.rng.random() < 0.7 else f"{chosen} {self.rng.integers(0, 9)}", absent
        )

    def time(self, days: float, absent: float = 0.1) -> object:
        return self.maybe(AS_OF - timedelta(seconds=int(self.rng.uniform(0, days * 86_400))), absent)

    def many(self, *sizes: int) -> range:
        return range(int(self.rng.choice(sizes)))

    def flag(self, true: float, absent: float = 0.2) -> object:
        return self.maybe(bool(self.rng.random() < true), absent)

    def profile(self) -> Row:
        return {
            "account_id": self.name,
            "platform": str(self.rng.choice((*PLATFORMS, "x", "x"))),
            "as_of": AS_OF,
            "followers": self.maybe(int(10 ** self.rng.uniform(0, 6.3))),
            "following": self.count(4_000),
            "posts": self.count(900),
            "username": self.maybe(f"ana{self.rng.integers(0, 9_999)}"),
            "full_name": self.maybe("Ana de Armas"),
            "bio": self.maybe("Hello" * int(self.rng.integers(0, 3))),
            "has_picture": self.flag(0.7),
            "external_url": self.maybe("x.org", 0.5),
            "created_at": self.time(3_000),
        }

    def posts(self) -> list[Row]:
        return [
            {
                "account_id": self.name,
                "post_id": f"p{n}",
                "published_at": self.time(40),
                "likes": self.count(40),
                "comments": self.count(9),
                "views": self.count(60, 0.3),
                "saves": self.count(5, 0.3),
                "shares": self.count(50, 0.2),
                "kind": self.maybe(str(self.rng.choice(["reel", "image"]))),
                "caption": self.text(0.3),
                "hashtags": self.count(6),
                "is_sponsored": self.flag(0.3),
            }
            for n in self.many(0, 4, 5, 8, 12, 25, 45)
        ]

    def comments(self) -> list[Row]:
        posts = int(self.rng.choice([8, 30]))
        return [
            {
                "account_id": self.name,
                "post_id": self.maybe(f"p{self.rng.integers(0, posts)}"),
                "author_id": self.maybe(f"u{self.rng.integers(0, 12)}"),
                "text": self.text(),
                "published_at": self.time(40),
                "likes": self.count(3),
                "by_creator": self.flag(0.1),
            }
            for _ in self.many(0, 14, 15, 20, 60, 260)
        ]

    def history(self) -> list[Row]:
        step = int(self.rng.choice([1, 1, 1, 7, 30]))
        day, followers, following, rows = AS_OF.date() - timedelta(days=130 * step), 1_000.0, 300, []
        for _ in self.many(0, 4, 12, 40, 120):
            day += timedelta(days=int(self.rng.choice([1, 1, 1, 1, 2, 3])) * step)
            followers += float(
                self.rng.choice([0, 3, 3, -2, 10, 40, 900], p=[0.2, 0.2, 0.2, 0.2, 0.1, 0.07, 0.03])
            )
            following += int(self.rng.integers(-20, 21))
            rows.append(
                {
                    "account_id": self.name,
                    "date": day,
                    "followers": self.maybe(int(max(followers, 0)), 0.05),
                    "following": self.maybe(max(following, 0)),
                }
            )
        return rows

    def observed(self) -> list[Row]:
        return [
            {
                "account_id": self.name,
                "post_id": self.maybe(f"p{self.rng.integers(0, 12)}", 0.05),
                "observed_at": self.time(40, 0.05),
                "likes": self.count(40),
                "views": self.count(60, 0.3),
                "comments": self.count(9),
            }
            for _ in self.many(0, 40, 150)
        ]

    def audience(self) -> list[Row]:
        return [
            {
                "account_id": self.name,
                "followers": self.count(90, 0.02),
                "following": self.count(3_000, 0.02),
                "posts": self.count(5, 0.02),
                "has_picture": self.flag(0.6, 0.02),
                "created_at": self.time(3_000, 0.02),
                "username_length": self.maybe(8, 0.02),
                "username_digits": self.count(9, 0.02),
            }
            for _ in self.many(0, 29, 30, 36, 60)
        ]


def rough_accounts(accounts: int, seed: int) -> Tables:
    """Made-up accounts with values absent at random, ties and repeats; the same for one seed."""
    several = [Rough(number, seed) for number in range(accounts)]
    return Tables.of(
        accounts=[one.profile() for one in several],
        **{
            part: [row for one in several for row in getattr(one, part)()]
            for part in ("posts", "comments", "history", "audience", "observed")
        },
    )


def small_beginner() -> Tables:
    """Tenfold at first from 4 to 40 followers, later threefold from 400: which is the burst turns on size."""
    followers = [4] * 10 + [40] * 10 + [400] * 10 + [800, 1_200] + [1_200] * 10
    first = AS_OF.date() - timedelta(days=len(followers))
    history = [
        {"account_id": "small", "date": first + timedelta(days=day), "followers": count}
        for day, count in enumerate(followers)
        if not 17 <= day < 20  # a gap: nobody saw the rise from 40 to 400
    ]
    account = {"account_id": "small", "platform": "other", "as_of": AS_OF}
    return Tables.of(accounts=[account], history=history)


def late_poster() -> Tables:
    """A jump eight days after a successful post of late evening: seven hours later it is a week after it."""
    first, days = AS_OF - timedelta(days=90), range(60)
    history = [
        {
            "account_id": "late",
            "date": (first + timedelta(days=day)).date(),
            "followers": 1_000 + 500 * (day >= 30),
        }
        for day in days
    ]
    posts = [
        {
            "account_id": "late",
            "published_at": first.replace(hour=22) + timedelta(days=day),
            "likes": 100 if day == 22 else 10,
        }
        for day in days
    ]
    account = {"account_id": "late", "platform": "other", "as_of": AS_OF}
    return Tables.of(accounts=[account], posts=posts, history=history)


@cache
def sample_accounts() -> Tables:
    """Accounts enough that every feature of the catalogue is present in several, and absent in some."""
    made_up = (rough_accounts(64, seed=5), small_beginner(), late_poster())
    simulated = Tables.concat([simulate(120, seed=31).tables, simulate(60, seed=12).tables])
    seen = observe_posts(simulated, seed=7, delivered=0.3)
    return Tables.concat([seen, *made_up])
