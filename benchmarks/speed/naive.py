"""The same features as most people would write them: pandas, one account at a time.

Every block is grouped by account once, and each account's rows are small frames on which the features
are computed with ordinary pandas calls. It covers all families (see ``len(naive_columns())``) and agrees with
``features.derive.derive`` to 1e-9; the benchmark checks that on a sample before it times anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, log, log10, pi, sqrt

import numpy as np
import pandas as pd

from accounts.tables import Tables
from features.peers import PEERS, tier

__all__ = ["derive_naively"]

TYPICAL = {(line.platform, line.tier): line.median for line in PEERS}
STRIPPED = " \t\r\n\u00a0\u200b!\"'#()*+,-./:;<=>?[]^_`{|}~…“”‘’«»¡¿。、！？，।؟،"
LISTS = ("posts", "comments", "history", "audience")
Found = dict[str, float]
NONE = float("nan")


def derive_naively(tables: Tables) -> pd.DataFrame:
    """One row per account, in input order."""
    parts = {name: dict(iter(tables[name].to_pandas().groupby("account_id"))) for name in LISTS}
    empty = {name: tables[name].clear().to_pandas() for name in LISTS}
    rows = {}
    for profile in tables.accounts.to_pandas().to_dict("records"):
        name = profile["account_id"]
        rows[name] = of_account(profile, *(parts[part].get(name, empty[part]) for part in LISTS))
    return pd.DataFrame.from_dict(rows, orient="index")


def naive_columns(tables: Tables) -> list[str]:
    """The features that it computes."""
    return list(derive_naively(tables).columns)


def of_account(
    profile: dict, posts: pd.DataFrame, comments: pd.DataFrame, history: pd.DataFrame, audience: pd.DataFrame
) -> Found:
    """All features of one account."""
    found = of_profile(profile)
    age = profile["as_of"] - posts.published_at
    settled = posts[~(age < pd.Timedelta(hours=48))]
    if len(settled) >= 5:
        found |= of_engagement(settled.sort_values(["published_at", "post_id"], na_position="first"), profile)
        found |= of_posting(posts.dropna(subset="published_at").sort_values("published_at"))
    if len(comments) >= 15:
        found |= of_comments(comments, posts)
    counted = history.dropna(subset=["date", "followers"]).sort_values("date")
    if len(counted) >= 5 and (counted.date.iloc[-1] - counted.date.iloc[0]).days >= 14:
        found |= of_growth(counted)
    if len(audience) >= 30:
        found |= of_audience(audience, profile)
    return found


def over(above: float, below: float) -> float:
    """Quotient, NaN where it is not defined."""
    return above / below if below else NONE


def spread(values: pd.Series, at_least: int = 5) -> float:
    """Interquartile range over median."""
    known = values.dropna()
    if len(known) < at_least:
        return NONE
    return over(known.quantile(0.75) - known.quantile(0.25), known.median())


def variation(values: pd.Series) -> float:
    """Coefficient of variation."""
    return over(values.std(), values.mean()) if values.count() >= 5 else NONE


def middle(values: pd.Series, at_least: int = 5) -> float:
    """Median of at least so many."""
    return values.median() if values.count() >= at_least else NONE


def share(condition: pd.Series, at_least: int = 5) -> float:
    """Share of rows that satisfy it."""
    return condition.mean() if len(condition) >= at_least else NONE


def gini(values: pd.Series, at_least: int) -> float:
    """Unbiased Gini coefficient."""
    known = np.sort(values.dropna().to_numpy(float))
    n = len(known)
    if n < at_least or known.sum() == 0:
        return NONE
    return float(((2 * np.arange(1, n + 1) - n - 1) * known).sum() / ((n - 1) * known.sum()))


def spearman(left: pd.Series, right: pd.Series) -> float:
    """Spearman correlation of at least eight rows."""
    both = left.notna() & right.notna()
    if both.sum() < 8 or left[both].nunique() == 1 or right[both].nunique() == 1:
        return NONE
    return left[both].rank().corr(right[both].rank())


def of_profile(row: dict) -> Found:
    """Ratios and sizes of the profile."""
    followers, following, posts = (
        NONE if pd.isna(row[name]) else float(row[name]) for name in ("followers", "following", "posts")
    )
    caps = {"instagram": 7_500.0, "x": 5_000.0, "tiktok": 10_000.0}
    age = (row["as_of"] - row["created_at"]) / pd.Timedelta(days=1)
    found = {
        "following_ratio": np.log10((following + 1) / (followers + 1)),
        "followers_size": np.log10(followers + 1),
        "following_size": np.log10(following + 1),
        "cap_share": following / caps.get(row["platform"], NONE),
        "posts_size": np.log10(posts + 1),
        "posts_per_follower": np.log10((posts + 1) / (followers + 1)),
        "picture": NONE if pd.isna(row["has_picture"]) else float(row["has_picture"]),
        "account_age": NONE if pd.isna(age) else np.log10(age + 1),
        "lifetime_posts_per_week": NONE if pd.isna(age) else over(7 * posts, age),
    }
    length, digits = row["username_length"], row["username_digits"]
    if isinstance(row["username"], str):
        length = len(row["username"]) if pd.isna(length) else length
        digits = sum(character.isdigit() for character in row["username"]) if pd.isna(digits) else digits
    if not pd.isna(length):
        found["handle_length"] = float(length)
        found["username_digit_share"] = over(float(digits), float(length))
    return found


def of_engagement(posts: pd.DataFrame, profile: dict) -> Found:
    """What posts earn and how it varies."""
    likes, comments, views = (posts[name].astype(float) for name in ("likes", "comments", "views"))
    followers = NONE if pd.isna(profile["followers"]) else float(profile["followers"])
    earned = likes + comments
    rate = middle(earned / followers) if followers else NONE
    distance = log10(rate / typical(profile)) if rate > 0 and typical(profile) > 0 else NONE
    level, both, seen = np.log10(likes + 1), earned.notna(), likes.notna() & views.notna()
    replies = np.log10((comments + 1) / (likes + 1))
    per_view = (likes / views)[views != 0]
    deviation = level - level.median()
    return {
        "engagement_rate": rate,
        "engagement_spread": spread(earned),
        "engagement_above_peers": np.maximum(distance, 0.0),
        "engagement_below_peers": np.maximum(-distance, 0.0),
        "likes_per_view": middle(per_view),
        "likes_per_view_spread": spread(per_view),
        "more_likes_than_views_share": share((likes > views)[seen]),
        "comments_per_like": over(comments[both].sum(), likes[both].sum()) if both.sum() >= 5 else NONE,
        "comments_per_like_spread": replies.std() if both.sum() >= 5 else NONE,
        "views_per_follower": middle(views / followers) if followers else NONE,
        "likes_variation": variation(likes),
        "comments_variation": variation(comments),
        "views_variation": variation(views),
        "likes_gini": gini(likes, 5),
        "comments_gini": gini(comments, 5),
        "likes_comments_spearman": spearman(likes, comments),
        "likes_views_spearman": spearman(likes, views),
        "uncommented_share": share(comments.dropna() == 0),
        "likes_step": (step := newest_over_oldest(likes)),
        "likes_step_without_comments": step - newest_over_oldest(comments),
        "likes_floor": over(likes.quantile(0.1), likes.median()) if likes.count() >= 5 else NONE,
        "likes_outlier": (deviation / (1.4826 * deviation.abs().median() + 0.05)).max()
        if likes.count() >= 5
        else NONE,
    }


def typical(profile: dict) -> float:
    """Typical engagement of the account's peers."""
    if pd.isna(profile["followers"]):
        return NONE
    followers = int(profile["followers"])
    if profile["platform"] == "instagram" and 0 < followers < 1_000:
        return 10 ** (-0.32 - 0.224 * log10(followers))
    return TYPICAL.get((profile["platform"], tier(followers)), NONE)


def newest_over_oldest(values: pd.Series) -> float:
    """Log10 of the newest third's median over the oldest third's."""
    if values.count() < 8:
        return NONE
    rank = np.arange(len(values)) / (len(values) - 1)
    return np.log10(values[rank >= 2 / 3].median() + 1) - np.log10(values[rank <= 1 / 3].median() + 1)


def of_posting(posts: pd.DataFrame) -> Found:
    """The rhythm of dated posts."""
    time = posts.published_at
    gap = (time.diff() / pd.Timedelta(hours=1)).dropna()
    found = {
        "posts_per_week": over(168 * len(gap), gap.sum()) if len(gap) >= 4 else NONE,
        "equal_gap_share": share((gap - gap.median()).abs() <= 0.02 * gap.median()),
        "batch_share": share(gap <= 1 / 60),
        "hour_concentration": concentration(time, 86_400),
        "minute_concentration": concentration(time, 3_600),
        "hashtags_per_post": posts.hashtags.mean() if posts.hashtags.count() >= 5 else NONE,
        "hashtags_deviation": posts.hashtags.std() if posts.hashtags.count() >= 5 else NONE,
    }
    if len(gap) >= 5 and gap.mean():
        n, r = len(gap), gap.std(ddof=0) / gap.mean()
        found["gap_burstiness"] = (sqrt(n + 1) * r - sqrt(n - 1)) / ((sqrt(n + 1) - 2) * r + sqrt(n - 1))
    if len(gap) >= 7 and gap[:-1].nunique() > 1 and gap[1:].nunique() > 1:
        found["gap_memory"] = gap.corr(gap.shift(-1))
    per_hour = time.dt.hour.value_counts().reindex(range(24), fill_value=0)
    if len(posts) >= 10:
        parts = per_hour[per_hour > 0] / len(posts)
        nats = -(parts * np.log(parts)).sum() + (len(parts) - 1) / (2 * len(posts))
        found["hour_entropy"] = nats / log(2)
    if len(posts) >= 20:
        twice = pd.concat([per_hour, per_hour])
        found["quiet_hours_share"] = twice.rolling(6).sum().min() / len(posts)
    caption = posts.caption.str.strip().str.lower()
    caption = caption[caption.fillna("") != ""]
    found["repeated_caption_share"] = share(caption.duplicated(keep=False))
    return found


def concentration(time: pd.Series, seconds: int) -> float:
    """Length of the mean vector of times on a clock."""
    if len(time) < 8:
        return NONE
    within_hour = time.dt.minute * 60 + time.dt.second + time.dt.microsecond / 1e6
    second = within_hour if seconds == 3_600 else within_hour + time.dt.hour * 3_600
    angle = second * (2 * pi / seconds)
    return sqrt(np.cos(angle).mean() ** 2 + np.sin(angle).mean() ** 2)


def of_comments(comments: pd.DataFrame, posts: pd.DataFrame) -> Found:
    """Texts, authors and delays of the comments."""
    keys = ["published_at", "post_id", "author_id", "text", "likes", "by_creator"]
    comments = comments.sort_values(keys, na_position="first")
    creator = comments.by_creator.dropna().astype(bool)
    fans = comments[~comments.by_creator.fillna(False).astype(bool)]
    dates = posts.set_index("post_id").published_at
    delay = ((fans.published_at - fans.post_id.map(dates)) / pd.Timedelta(minutes=1)).dropna()
    delay = delay[delay >= 0]
    liked = fans.likes.dropna()
    found = {
        "creator_reply_share": share(creator, 15),
        "liked_comment_share": share(liked > 0, 15),
        "early_share": share(delay <= 10, 15),
        "first_hour_share": share(delay <= 60, 15),
    }
    if len(delay) >= 15:
        found["delay_spread"] = np.log10(delay.quantile(0.75) + 1) - np.log10(delay.quantile(0.25) + 1)
    return found | of_authors(fans.dropna(subset="author_id")) | of_texts(fans[fans.text.fillna("") != ""])


def of_authors(known: pd.DataFrame) -> Found:
    """Who writes, and under how many posts."""
    size = known.groupby("author_id").size()
    under = known.groupby("author_id").post_id.nunique()
    n, posts = size.sum(), known.post_id.nunique()
    if n < 15:
        return {}
    found = {"author_concentration": (size * (size - 1)).sum() / (n * (n - 1))}
    if posts >= 5:
        found["returning_author_share"] = size[under >= 3].sum() / n
        found["core_author_share"] = size[under * 2 >= posts].sum() / n
    return found


def of_texts(said: pd.DataFrame) -> Found:
    """Diversity and length of an even sample of a hundred texts."""
    row, n = np.arange(len(said)), len(said)
    said = said[(n <= 100) | (row == 0) | (row * 100 // max(n, 1) > (row - 1) * 100 // max(n, 1))]
    if len(said) < 15:
        return {}
    length = said.text.str.len()
    found = {"comment_length": length.median(), "comment_length_spread": spread(length, 15)}
    worded = said[said.text.str.contains(r"\w")]
    if len(worded) < 15:
        return found
    lower = worded.text.str.lower()
    words = lower.str.strip(STRIPPED).where(lambda text: text != "", lower)
    copies, n = words.value_counts(), len(words)
    named = pd.DataFrame({"words": words, "author": worded.author_id}).dropna()
    writers = named.groupby("words").author.transform("nunique")
    phrase = named.words.str.count(" ") >= 2
    return found | {
        "text_diversity": 1 - (copies * (copies - 1)).sum() / (n * (n - 1)),
        "distinct_texts": sum(1 - comb(n - u, 15) / comb(n, 15) for u in copies),
        "shared_text_share": share(phrase & (writers > 1), 15),
    }


def of_growth(counts: pd.DataFrame) -> Found:
    """The curve on each grid that it is fine enough for."""
    date = pd.to_datetime(counts.date)
    rhythm = date.diff().dt.days.median()
    found = {"growth_total": np.log10((counts.followers.iloc[-1] + 1) / (counts.followers.iloc[0] + 1))}
    for suffix, grid, coarsest, period in (
        ("", 1, 2, None),
        ("_weekly", 7, 10, "W-SUN"),
        ("_monthly", 30, 1e5, "M"),
    ):
        kept = counts if period is None else counts.groupby(date.dt.to_period(period)).tail(1)
        if rhythm <= coarsest and len(kept) >= 5:
            found |= {f"{name}{suffix}": value for name, value in on_grid(kept, grid) if declared(name, grid)}
    return found


def declared(name: str, grid: int) -> bool:
    """Whether the catalogue has the feature on this grid."""
    return grid < 30 or name not in ("best_tenth_share", "largest_loss", "drip_spread")


def on_grid(counts: pd.DataFrame, grid: int) -> Iterator[tuple[str, float]]:
    """Features of one grid; platforms that round their counts are not covered."""
    followers, date = counts.followers.astype(float), pd.to_datetime(counts.date)
    gap = date.diff().dt.days
    near = gap <= 2.2 * grid
    gained = followers.diff().where(near)
    if gained.count() < 4:
        return
    growth = (np.log(followers + 1).diff() / gap).where(near)
    deviation = growth - growth.median()
    noise = ((1 / (followers + 1)).median() + 1e-4) / grid
    gain, loss = gained.clip(lower=0), (-gained).clip(lower=0)
    yield "spike_z", log10(max((deviation / (1.4826 * deviation.abs().median() + noise)).max(), 0) + 1)
    yield "spike_share", over(gain.max(), gain.sum())
    yield "spike_size", (growth * gap).max()
    yield "gains_gini", gini(gain, 4)
    yield "rising_share", (gained.dropna() > 0).mean()
    yield "loss_share", over(loss.sum(), loss.sum() + gain.sum())
    yield "largest_loss", (loss / (followers - gained)).max()
    yield "growth_usual", growth.median()
    if gained.count() >= 10:
        best = gain.dropna().sort_values(ascending=False).head((gained.count() + 9) // 10)
        yield "best_tenth_share", over(best.sum(), gain.sum())
    if gain.median() >= 3:
        yield "drip_spread", spread(gain, 4)
    if gained.max() > 0:
        yield from after_peak(followers, date, gained, gain)


def after_peak(
    followers: pd.Series, date: pd.Series, gained: pd.Series, gain: pd.Series
) -> Iterator[tuple[str, float]]:
    """What follows the largest jump."""
    at = gained.idxmax()
    since, peak, before = (date - date[at]).dt.days, gained[at], followers[at] - gained[at]
    later = followers[since.between(25, 40)]
    if len(later):
        yield "spike_kept", min(3.0, max(-1.0, (later.median() - before) / peak))
    if since.max() >= 60:
        yield "tail_after_spike", min(10.0, gain[since.between(31, 92)].sum() / peak)
    following = gain[since > 0].head(2)
    if len(following) == 2 and following.notna().all():
        yield "spike_echo", following.mean() / peak


def of_audience(audience: pd.DataFrame, profile: dict) -> Found:
    """What the sampled followers look like."""
    following, posts = audience.following.dropna(), audience.posts.dropna()
    picture = audience.has_picture.dropna().astype(bool)
    length = audience.username_length.fillna(audience.username.str.len())
    digits = (audience.username_digits.fillna(audience.username.str.count(r"\d")) / length).dropna()
    both = audience[["followers", "following"]].dropna().astype(float)
    ratio = np.log10((both.following + 1) / (both.followers + 1))
    age = np.log10((profile["as_of"] - audience.created_at).dropna() / pd.Timedelta(days=1) + 1)
    return {
        "audience_mass_follower_share": share(following > 1_500, 30),
        "audience_postless_share": share(posts == 0, 30),
        "audience_pictureless_share": share(~picture, 30),
        "audience_digit_name_share": share(digits >= 0.3, 30),
        "audience_lopsided_share": share(both.following + 1 >= 20 * (both.followers + 1), 30),
        "audience_follow_ratio": middle(ratio, 30),
        "audience_age_spread": age.quantile(0.75) - age.quantile(0.25) if len(age) >= 30 else NONE,
    }
