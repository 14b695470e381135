"""The rows of a real account after something was done to its draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from accounts.schema import EVIDENCE, columns
from accounts.simulation.comment_sample import sample_scheme_comments
from accounts.simulation.draft import COUNTS
from accounts.simulation.export import abbreviate_counts, round_to_figures
from accounts.simulation.follower_sample import FAKE_FOLLOWERS, profile_fields, profile_rows
from accounts.simulation.parameters import Display, Floats
from accounts.simulation.text import usernames
from accounts.tables import Tables
from training.real_drafts import Original, WorkingCopy

__all__ = ["rows_after", "tables_of"]

LEAST_LARGE: Final = 3  # counts from which "12.3K" can be told from chance
COMPLETE_SHARE: Final = 0.9  # of all comments, from which a sample was not cut short

Showing: TypeAlias = Callable[[Floats], Floats]


def rows_after(copy: WorkingCopy, account_id: str) -> dict[str, pl.DataFrame]:
    """The account's rows in every table, under another name.

    Parameters
    ----------
    copy
        A working copy that schemes have acted on.
    account_id
        Its name.

    Returns
    -------
    dict of str to pl.DataFrame
        By table; an absent value is absent still, and what nothing was added to is as it was.
    """
    shown = count_display(copy)
    figures = copy.draft.platform.significant_figures
    followers: Showing = (lambda counts: round_to_figures(counts, figures)) if figures else shown
    frames = {
        "accounts": _account(copy, followers, shown),
        "posts": _posts(copy, shown),
        "history": _history(copy, followers, shown),
        "comments": _comments(copy),
        "audience": _audience(copy),
    }
    return {name: frame.with_columns(account_id=pl.lit(account_id)) for name, frame in frames.items()}


def tables_of(rows: Sequence[Mapping[str, pl.DataFrame]]) -> Tables:
    """The rows of many accounts, as :func:`rows_after` gives them, as tables."""
    return Tables(
        **{
            name: pl.concat([one[name] for one in rows]) if rows else pl.DataFrame(schema=columns(name))
            for name in EVIDENCE
        }
    )


def count_display(copy: WorkingCopy) -> Showing:
    """How the account's source gives counts: in full, or, where all large ones stand so, as "12.3K"."""
    display = copy.draft.platform.display
    if _is_displayed(copy.original, display):
        return lambda counts: abbreviate_counts(counts, display)
    return np.round


def _is_displayed(original: Original, display: Display) -> bool:
    series = [original.posts[name] for name in COUNTS] + [original.history["followers"]]
    series.append(pl.Series([original.row[name] for name in ("followers", "following")], dtype=pl.Int64))
    counts = pl.concat([one.cast(pl.Float64).alias("count") for one in series]).drop_nulls().to_numpy()
    large = np.unique(counts[counts >= display.begins])
    return len(large) >= LEAST_LARGE and bool((abbreviate_counts(large, display) == large).all())


def _moved(before: pl.Series, by: Floats, showing: Showing) -> pl.Series:
    """Counts with what came or went; null where they were, and untouched where nothing did."""
    if not (np.abs(by) >= 0.5).any():
        return before
    after = showing(np.maximum(before.fill_null(0).to_numpy().astype(np.float64) + by, 0.0))
    there = before.is_not_null() & pl.Series(np.abs(by) >= 0.5)
    return before.zip_with(~there, pl.Series(before.name, after).cast(before.dtype))


def _account(copy: WorkingCopy, followers: Showing, shown: Showing) -> pl.DataFrame:
    row = pl.DataFrame([dict(copy.original.row)], schema=columns("accounts"))
    following = copy.draft.curve.following[-1:] - copy.following[-1:]
    published = np.array([copy.draft.person.total_posts - copy.total_posts])
    return row.with_columns(
        _moved(row["followers"], copy.gained()[-1:], followers),
        _moved(row["following"], following, shown),
        _moved(row["posts"], published, np.round),
    )


def _history(copy: WorkingCopy, followers: Showing, shown: Showing) -> pl.DataFrame:
    """Days with a follower count, moved; the others have nothing that could be."""
    counted, days = copy.original.history, copy.days
    following = (copy.draft.curve.following - copy.following)[days]
    published = np.full(len(days), copy.draft.person.total_posts - copy.total_posts)
    moved = counted.with_columns(
        _moved(counted["followers"], copy.gained()[days], followers),
        _moved(counted["following"], following, shown),
        _moved(counted["posts"], published, np.round),
    )
    rest = copy.original.parts["history"].filter(pl.col("followers").is_null())
    return pl.concat([moved, rest]).sort("date")


def _posts(copy: WorkingCopy, shown: Showing) -> pl.DataFrame:
    """Dated posts with their counts, times, hashtags and captions; the others as they were."""
    dated, posts = copy.original.posts, copy.draft.posts
    known = copy.original.values
    counts = [_moved(dated[name], posts.total(name) - known[name], shown) for name in COUNTS]
    tags = _moved(dated["hashtags"], posts.hashtags - known["hashtags"], np.round)
    captions = pl.Series("caption", posts.captions, dtype=pl.String)
    times = pl.Series("published_at", np.round(posts.times * 1e6).astype(np.int64)).cast(
        dated["published_at"].dtype
    )
    changed = dated.with_columns(
        *counts, tags, times, dated["caption"].zip_with(dated["caption"].is_null(), captions)
    )
    return pl.concat([changed, copy.original.undated])


def _comments(copy: WorkingCopy) -> pl.DataFrame:
    """A sample of the comments there are now, bought ones among them in their proportion.

    As large as the sample was; where that held nearly all comments, up to twice as large.
    """
    before, draft = copy.original.parts["comments"], copy.draft
    if not before.height or not draft.commenter_groups:
        return before
    in_all = max(float(copy.original.posts["comments"].sum()), float(before.height))
    brought = float(sum(voice.counts.sum() for voice in draft.commenter_groups))
    size = before.height * (2.0 if before.height > COMPLETE_SHARE * in_all else 1.0)
    share = min(size / (in_all + brought), 1.0)
    sampled = pl.Series(draft.rng.random(before.height) < share * in_all / before.height, dtype=pl.Boolean)
    return pl.concat([before.filter(sampled), _bought(copy, share)])


def _bought(copy: WorkingCopy, share: float) -> pl.DataFrame:
    """Rows of that share of the bought comments, with the columns that the account's own have."""
    before, bought = copy.original.parts["comments"], sample_scheme_comments(copy.draft, share)
    if not bought.post_positions:
        return before.clear()
    fields = {
        "post_id": copy.original.posts["post_id"].gather(np.concatenate(bought.post_positions)),
        "author_id": [f"u{author:x}" for author in np.concatenate(bought.authors).tolist()],
        "text": bought.texts,
        "published_at": np.concatenate(bought.times) * 1e6,
        "likes": np.concatenate(bought.likes),
        "by_creator": [False] * len(bought.texts),
    }
    known = {name: values for name, values in fields.items() if not before[name].is_null().all()}
    return _table("comments", len(bought.texts), known)


def _audience(copy: WorkingCopy) -> pl.DataFrame:
    """The sample with as many accounts made to be sold in it as there are among the followers now."""
    before, curve, rng = copy.original.parts["audience"], copy.draft.curve, copy.draft.rng
    sold = max(float(curve.bought_followers()[-1]), 0.0) / max(float(curve.public_followers()[-1]), 1.0)
    replaced = rng.random(before.height) < sold
    count = int(replaced.sum())
    if not count:
        return before
    kinds = rng.choice(list(FAKE_FOLLOWERS), count, p=rng.dirichlet(np.full(len(FAKE_FOLLOWERS), 0.7)))
    fields = profile_fields(
        rng, copy.draft.regime, profile_rows(copy.draft.regime, kinds.tolist()), copy.draft.now
    )
    digits, run, numbered = (fields.pop(name) for name in ("digits", "run", "numbered"))
    names = usernames(rng, count, digits, run, numbered)
    fields["created_at"] = fields["created_at"] * 1e6
    given = {
        **{name: pl.Series(values) for name, values in fields.items()},
        "username": pl.Series(names),
        "username_length": pl.Series([len(name) for name in names]),
        "username_digits": pl.Series([sum(letter.isdigit() for letter in name) for name in names]),
    }
    known = {name: values for name, values in given.items() if not before[name].is_null().all()}
    return pl.concat([before.filter(pl.Series(~replaced)), _table("audience", count, known)])


def _table(name: str, height: int, fields: Mapping[str, object]) -> pl.DataFrame:
    """Rows of a table with some of its columns, the others absent."""
    frame = pl.DataFrame({"account_id": [""] * height, **fields})
    absent = [pl.lit(None, dtype).alias(one) for one, dtype in columns(name).items() if one not in fields]
    typed = frame.with_columns(one for one in absent if one.meta.output_name() != "account_id")
    return typed.select(_cast(pl.col(one), typed.schema[one], dtype) for one, dtype in columns(name).items())


def _cast(column: pl.Expr, has: pl.DataType, wants: pl.DataType) -> pl.Expr:
    """Numbers become times by way of whole microseconds."""
    if wants.is_temporal() and has.is_float():
        return column.cast(pl.Int64).cast(wants)
    return column.cast(wants)
