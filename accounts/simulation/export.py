"""Export a draft as columns: the fields, rounding and gaps of its platform and source."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from accounts.schema import POSTS, PROFILE
from accounts.simulation.comment_sample import write_comments
from accounts.simulation.draft import COUNTS, DAY, Draft
from accounts.simulation.export_depth import ExportDepth
from accounts.simulation.follower_sample import audience_rows, profile_fields, profile_rows
from accounts.simulation.parameters import Display, Floats, Ints
from accounts.simulation.text import language, usernames

__all__ = ["Columns", "abbreviate_counts", "export_account", "round_to_figures", "shown_followers"]

# A column is an array in which NaN is absent, or a list of texts in which None is.
Columns = dict[str, Any]

# The traits of a small account that its profile's parameters set.
_SMALL_TRAITS: Final = (
    "has_picture",
    "is_private",
    "is_verified",
    "bio_length",
    "full_name_words",
    "digits",
    "run",
    "numbered",
)


def round_to_figures(counts: Floats, figures: int) -> Floats:
    """Cut counts down to so many significant figures, as YouTube does; 0 keeps all.

    >>> round_to_figures(np.array([12_345.0, 7.0]), 3).tolist()
    [12300.0, 7.0]
    """
    if figures == 0:
        return np.round(counts)
    unit = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(counts, 1.0))) - figures + 1, 0.0)
    return np.asarray(np.floor(np.round(counts) / unit) * unit)


def abbreviate_counts(counts: Floats, display: Display) -> Floats:
    """Cut counts to what a page shows and a scraper reads: 12,345 becomes 12,300, from "12.3K".

    >>> abbreviate_counts(np.array([9_876.0, 12_345.0, 123_456.0, 1_234_567.0]), Display()).tolist()
    [9876.0, 12300.0, 123400.0, 1200000.0]
    """
    counts = np.round(counts)
    unit = 1000.0 ** np.floor(np.log10(np.maximum(counts, 1.0)) / 3 + 1e-12)
    step = np.where(counts < display.decimal_below * unit, unit / 10, unit)
    return np.asarray(np.where(counts < display.begins, counts, np.floor(counts / step) * step))


def _source_counts(draft: Draft, depth: ExportDepth, counts: Floats) -> Floats:
    """Counts as this account's source returns them: in full, or abbreviated as on the page."""
    return abbreviate_counts(counts, draft.platform.display) if depth.abbreviated else np.round(counts)


def _source_followers(draft: Draft, depth: ExportDepth, counts: Floats) -> Floats:
    """Follower counts as this account's source returns them; some platforms round them for everybody."""
    figures = draft.platform.significant_figures
    return round_to_figures(counts, figures) if figures else _source_counts(draft, depth, counts)


def shown_followers(draft: Draft, depth: ExportDepth) -> float:
    """The follower count in the exported profile."""
    return float(_source_followers(draft, depth, draft.curve.public_followers()[-1:])[0])


def _missing_fields(draft: Draft) -> frozenset[str]:
    """Draw the fields that this export lacks, as ``table.column``, independently of any purchase."""
    export = draft.export
    draws = draft.rng.random(len(export.missing_odds)).tolist()
    names = export.missing_fields | {
        name for (name, odds), u in zip(export.missing_odds.items(), draws, strict=True) if u < odds
    }
    return frozenset(name if "." in name else f"{_table_of_field(name)}.{name}" for name in names)


def _table_of_field(name: str) -> str:
    return "accounts" if name in PROFILE else "posts" if name in POSTS else "comments"


def _draw_words(draft: Draft, length: int, *, whole: bool = False) -> str:
    """Draw text in the person's language: so many characters or, with ``whole``, so many words."""
    speech = language(draft.person.language, draft.regime.vocabulary_seed)
    if whole:
        return speech.joint.join(speech.words[at] for at in draft.rng.integers(30, 400, length).tolist())
    begin = int(draft.rng.integers(0, len(speech.prose) - 200))
    return speech.prose[begin : begin + length]


def _profile_columns(draft: Draft, depth: ExportDepth) -> Columns:
    """Draw the profile, as one value for each column of the accounts table."""
    followers = shown_followers(draft, depth)
    counts = np.array([draft.curve.following[-1], max(np.round(draft.person.total_posts), len(draft.posts))])
    following, posts = _source_counts(draft, depth, counts).tolist()
    traits = _draw_traits(draft, followers) | _draw_traits_of_kind(draft)
    numbered = np.array([traits["numbered"]])
    name = usernames(draft.rng, 1, traits["digits"], traits["run"], numbered)[0]
    bio = _draw_words(draft, int(traits["bio_length"]))
    return {
        **{flag: traits[flag] for flag in ("has_picture", "is_private", "is_business", "is_verified")},
        "followers": followers,
        "following": following,
        "posts": posts,
        "username": name,
        "username_length": float(len(name)),
        "username_digits": float(sum(c.isdigit() for c in name)),
        "full_name": _draw_words(draft, int(traits["full_name_words"]), whole=True),
        "full_name_words": traits["full_name_words"],
        "bio": bio,
        "bio_length": float(len(bio)),
        "created_at": float(np.floor(draft.person.created)),
        "external_url": "https://example.org/" + name if traits["link"] else "",
    }


def _draw_traits(draft: Draft, followers: float) -> dict[str, float]:
    """Draw an ordinary profile: flags, lengths of texts, and the arguments of :func:`text.usernames`."""
    rng = draft.rng
    return {
        "has_picture": float(rng.random() < 0.99),
        "is_private": float(rng.random() < 0.002),
        "is_business": float(rng.random() < 0.35),
        "is_verified": float(rng.random() < _verified_odds(followers)),
        "link": float(rng.random() < 0.45),
        "bio_length": float(np.clip(np.floor(10 ** rng.normal(1.75, 0.35)), 0, 160)),
        "full_name_words": float(1 + rng.binomial(2, 0.4)),
        "digits": 0.14,
        "run": 4.5,
        "numbered": 0.0,
    }


def _draw_traits_of_kind(draft: Draft) -> dict[str, float]:
    """Draw those traits that a kind of person has in another way; empty for most kinds."""
    rng, kind = draft.rng, draft.person.kind
    if kind in draft.regime.profiles:
        fields = profile_fields(rng, draft.regime, profile_rows(draft.regime, [kind]), draft.now)
        small = {name: float(fields[name][0]) for name in _SMALL_TRAITS}
        return small | {"is_business": float(rng.random() < 0.05), "link": float(rng.random() < 0.12)}
    if kind == "promoter":
        return {"bio_length": float(np.floor(min(10 ** rng.normal(1.95, 0.25), 150.0)))}
    if kind != "everyday":
        return {}
    return {
        "is_private": float(rng.random() < 0.4),
        "is_business": float(rng.random() < 0.06),
        "link": float(rng.random() < 0.08),
        "bio_length": float(np.floor(10 ** rng.normal(1.35, 0.4))) * float(rng.random() < 0.62),
    }


def _verified_odds(followers: float) -> float:
    return float(1 / (1 + np.exp(-2.2 * (np.log10(followers + 1) - 5.6))))


def _post_columns(draft: Draft, depth: ExportDepth) -> Columns:
    posts, rng = draft.posts, draft.rng
    columns: Columns = {name: _source_counts(draft, depth, posts.total(name)) for name in COUNTS}
    if draft.export.platform == "instagram":
        reel = np.array([kind == "reel" for kind in posts.kinds], dtype=bool)
        columns["views"] = np.where(reel, np.maximum(columns["views"], columns["likes"]), np.nan)
    if rng.random() < 0.04:
        columns["likes"] = np.where(rng.random(len(posts)) < rng.uniform(0.05, 0.4), np.nan, columns["likes"])
    return columns | {
        "post_id": [f"p{at + 1}" for at in range(len(posts))],
        "published_at": posts.times,
        "caption": posts.captions,
        "hashtags": posts.hashtags,
        "kind": posts.kinds,
        "is_sponsored": posts.sponsored,
        "has_location": posts.located,
    }


def _comment_columns(draft: Draft, depth: ExportDepth) -> Columns:
    rows = write_comments(draft, depth.comments)
    if not rows.post_positions:
        return {}
    under: Ints = np.concatenate(rows.post_positions)
    return {
        "post_id": [f"p{at + 1}" for at in under.tolist()],
        "author_id": [f"u{author:x}" for author in np.concatenate(rows.authors).tolist()],
        "text": rows.texts,
        "published_at": np.concatenate(rows.times),
        "likes": np.concatenate(rows.likes),
        "by_creator": np.concatenate(rows.by_creator),
    }


def _history_days(rng: np.random.Generator, depth: ExportDepth, days: int, today: int) -> Ints:
    """The days of the curve that the history holds; the last one is today or slightly earlier."""
    shown_days = np.arange(max(days - depth.days, 0), days)
    if depth.grid == "weekly":
        return shown_days[::-7][::-1]
    if depth.grid == "monthly":
        date = (np.datetime64("1970-01-01") + (shown_days - days + 1 + today)).astype("datetime64[D]")
        first = date.astype("datetime64[M]").astype("datetime64[D]")
        return np.asarray(shown_days[first == date])
    if depth.grid == "gaps":
        is_counted = rng.random(len(shown_days)) >= rng.uniform(0.03, 0.35)
        hole = int(rng.integers(0, len(shown_days)))
        is_counted[hole : hole + int(rng.integers(0, 25))] = False
        return shown_days[is_counted]
    return shown_days


def _history_columns(draft: Draft, depth: ExportDepth) -> Columns:
    curve, rng = draft.curve, draft.rng
    today = int(draft.now // DAY)
    at = _history_days(rng, depth, curve.days, today)
    dates = at - curve.days + 1 + today
    lived = dates >= draft.person.created // DAY
    if lived.sum() >= 3:
        at, dates = at[lived], dates[lived]
    total = max(float(np.round(draft.person.total_posts)), float(len(draft.posts)))
    later = len(draft.posts) - np.searchsorted(draft.posts.times, (dates + 1) * DAY)
    oldest = draft.posts.times[0] if len(draft.posts) else draft.now
    earlier = np.maximum(oldest - (dates + 1) * DAY, 0.0) / DAY / max(draft.person.gap_days, 0.02)
    return {
        "date": dates.astype(np.float64),
        "followers": _source_followers(draft, depth, curve.public_followers()[at]),
        "following": _source_counts(draft, depth, curve.following[at]),
        "posts": np.maximum(np.floor(total - later - earlier), 0.0),
    }


def export_account(draft: Draft, depth: ExportDepth) -> dict[str, Columns]:
    """Export an account as columns by table; the caller adds ``account_id``, ``platform`` and ``as_of``."""
    missing, blocks = _missing_fields(draft), draft.export.blocks
    named = bool(draft.rng.random() < 0.5)
    tables: dict[str, Columns] = {
        "accounts": {name: [value] for name, value in _profile_columns(draft, depth).items()}
    }
    if "posts" in blocks:
        tables["posts"] = _post_columns(draft, depth)
    if "comments" in blocks:
        tables["comments"] = _comment_columns(draft, depth)
    if "history" in blocks:
        tables["history"] = _history_columns(draft, depth)
    if "audience" in blocks:
        tables["audience"], names = audience_rows(draft, depth.audience, named=named)
        if names is not None:
            tables["audience"]["username"] = names
    return {
        table: {name: values for name, values in columns.items() if f"{table}.{name}" not in missing}
        for table, columns in tables.items()
    }
