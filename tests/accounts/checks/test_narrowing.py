"""What rules accounts out at once never rules out one in which the close look would find something."""

import numpy as np
import polars as pl
import pytest

from accounts.checks.placeholder_texts import PLACEHOLDERS, _is_placeholder, _may_be_placeholder
from accounts.checks.views_of_posts import _split_at, _with_leaps


def rated(seed):
    """Accounts whose likes a view leap, or not, by much or little, of one kind of post or two."""
    rng = np.random.default_rng(seed)
    frames = []
    for name in range(60):
        posts = int(rng.integers(6, 30))
        leap = rng.choice([0.0, 0.6, 1.0, 2.0]) * (np.arange(posts) >= rng.integers(3, posts - 2))
        kind = rng.integers(1, 3, posts)
        rate = leap * rng.choice([-1, 1]) + kind * rng.choice([0.0, 3.0]) + rng.normal(0, 0.2, posts).round(1)
        frames.append(pl.DataFrame({"account_id": [f"a{name:02}"] * posts, "kind": kind, "rate": rate}))
    return pl.concat(frames)


def test_every_clean_split_is_looked_at():
    posts = rated(1)
    split = [
        name for (name,), part in posts.group_by("account_id", maintain_order=True)
        if _split_at(part["rate"].to_numpy(), part["kind"].to_numpy()) is not None
    ]  # fmt: skip
    looked_at = set(_with_leaps(posts)["account_id"].to_list())
    assert 10 < len(split) < 50
    assert set(split) <= looked_at
    assert len(looked_at) < 50


SPELLINGS = ("{}", " [{}] ", "({}).", "--{}--", "{{{}}}", "*{}*")
SENTENCES = ("This comment was deleted by its author.", "this video is unavailable", "THIS POST WAS REMOVED")


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title, str.capitalize])
def test_every_placeholder_is_looked_at(spell):
    texts = [around.format(spell(word)) for word in sorted(PLACEHOLDERS) for around in SPELLINGS]
    frame = pl.DataFrame({"text": [*texts, *SENTENCES, "-", " -- ", "—", "banana bread", "", None]})
    found = frame.filter(_is_placeholder("text"))
    assert found.height > len(PLACEHOLDERS)
    assert found.filter(_may_be_placeholder("text")).height == found.height
    assert frame.filter(_may_be_placeholder("text")).filter(text="banana bread").is_empty()
