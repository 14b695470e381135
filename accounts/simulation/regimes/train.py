"""The regime to train on; the source of each number stands beside it and in docs/simulator.md."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from accounts.simulation.parameters import (
    Display,
    Export,
    Platform,
    Profile,
    Regime,
    Spread,
    UsernameStyle,
    Wave,
)

__all__ = ["TRAIN", "TRAIN_MANY"]

# Likes per post over followers, Instagram: small accounts measured on 558 organic ones
# (150-1,000 followers: 5.4 / 14.7 / 31.8 %), above them the published tiers 8 / 4 / 2.4 / 1.7 %.
INSTAGRAM: Final = Platform(
    driver="likes",
    rate_at=((1.0, -0.26), (2.0, -0.34), (2.7, -0.41), (3.0, -0.62), (3.3, -0.88), (3.7, -1.16), (4.7, -1.46),
    (6.3, -1.63), (8.0, -2.0)),
    rate_sd=0.10,  # with the rest .28 around size, 420 organic accounts
    rate_per_gap=0.25,  # Spearman of engagement with posts a week -.38, the same accounts
    post_spread=Spread(0.18, 0.10),  # with the trend: CV of likes .53 (5-95 %: .23-1.05)
    likes_per_view=Spread(0.09, 0.25),
    comments_per_like=Spread(0.024, 0.30),  # 5-95 %: .006-.069
    shares_per_like=Spread(0.02, 0.4),
    saves_per_like=Spread(0.04, 0.4),
    like_spread=0.10,
    like_trend=(1.7, 0.95),  # the newest third of posts earns 2.7 times the oldest's likes (1.04-9.7)
    growth_power=0.25,
    hit_share=0.005,
    steadiness=0.18,  # Spearman of engagement with the CV of likes -.76
    display=Display(10_000, 100),
    comment_shape=Spread(1.25, 0.25),  # CV of comments 1.5 (.8-2.8), Spearman with likes .32
    gap_days=Spread(11.0, 0.45),  # 5-95 %: 1.6-48 days for small accounts
    gap_sd=Spread(1.1, 0.10),  # burstiness .18
    sd_per_gap=0.15,  # burstiness .06 at five posts a week, 27 accounts of press and politics
    hour_concentration=Spread(1.15, 0.20),  # hour concentration .53 (.29-.83)
    scheduled_share=0.10,
    daily_growth=Spread(0.00030, 0.45),
    significant_figures=0,
    following_cap=7500,
    comment_hours=Spread(5.0, 0.3),
    usual_quiet_share=(0.19, 0.045),
)  # fmt: skip

# TIDES, ICWSM 2024: lifetime likes per video over followers, 5/50/95 % by tier.
TIKTOK: Final = Platform(
    driver="views",
    rate_at=((1.0, 1.2), (3.0, 0.35), (4.5, -0.02), (5.4, -0.32), (6.0, -0.40), (8.0, -0.5)),
    rate_sd=0.36,  # with likes per view and unequal posts .5
    post_spread=Spread(0.80, 0.12),
    likes_per_view=Spread(0.075, 0.22),
    comments_per_like=Spread(0.018, 0.35),
    shares_per_like=Spread(0.03, 0.45),
    saves_per_like=Spread(0.06, 0.4),
    comment_shape=Spread(2.0, 0.2),
    gap_days=Spread(2.5, 0.45),
    gap_sd=Spread(0.80, 0.17),  # burstiness of five to eleven posts -.09 (-.45-.25), 81 accounts
    hour_concentration=Spread(1.3, 0.22),
    scheduled_share=0.14,
    daily_growth=Spread(0.00045, 0.50),
    significant_figures=0,
    following_cap=10000,
    like_trend=(0.1, 0.4),
    hit_share=0.06,
    comment_hours=Spread(6.0, 0.35),
    usual_quiet_share=(0.25, 0.05),
)  # fmt: skip

# 227 real channels: views/subscribers .27 (.02-2.1), likes/views .030 (.006-.058),
# comments/likes .07 (.014-.22), CV of views 1.2 (.5-2.8), hour concentration .79.
YOUTUBE: Final = Platform(
    driver="views",
    rate_at=((1.0, 0.8), (3.0, -0.2), (4.0, -0.8), (4.7, -1.07), (5.5, -1.15), (6.5, -1.2), (8.0, -1.4)),
    rate_sd=0.51,  # real channels around their size: engagement .6
    rate_per_gap=0.3,  # Spearman of engagement with posts a week -.32, 67 channels
    post_spread=Spread(0.72, 0.15),
    likes_per_view=Spread(0.030, 0.24),
    comments_per_like=Spread(0.07, 0.35),
    shares_per_like=None,
    saves_per_like=None,
    like_spread=0.32,
    comment_shape=Spread(3.6, 0.30),
    gap_days=Spread(1.7, 0.50),
    gap_sd=Spread(0.64, 0.22),  # burstiness of 20 posts -.03 (5-95 %: -.47-.45), 67 channels
    hour_concentration=Spread(4.2, 0.40),
    scheduled_share=0.60,  # share of videos on minute 00: median .17, 95 % .67
    daily_growth=Spread(0.00028, 0.48),  # days without a change: 93-96 %
    significant_figures=3,
    following_cap=2000,
    leave_factor=0.4,
    display=Display(1_000, 10),
    like_trend=(-0.6, 0.35),
    hit_share=0.08,
    comment_hours=Spread(14.0, 0.3),
    usual_quiet_share=(0.18, 0.03),
)  # fmt: skip

# PlayerSells open data, n = 152,291: interactions over followers by tier; views over followers.
X: Final = Platform(
    driver="views",
    rate_at=((1.0, 0.1), (2.7, -0.56), (3.5, -0.94), (4.5, -1.28), (5.5, -1.48), (6.5, -1.92), (8.0, -2.2)),
    rate_sd=0.30,  # with likes per view .42
    post_spread=Spread(0.85, 0.12),
    likes_per_view=Spread(0.017, 0.30),
    comments_per_like=Spread(0.08, 0.35),
    shares_per_like=Spread(0.13, 0.35),
    saves_per_like=Spread(0.05, 0.4),
    comment_shape=Spread(1.4, 0.25),
    gap_days=Spread(0.35, 0.60),
    gap_sd=Spread(1.35, 0.10),
    hour_concentration=Spread(1.0, 0.25),
    scheduled_share=0.12,
    daily_growth=Spread(0.00022, 0.50),
    significant_figures=0,
    following_cap=5000,
    comment_hours=Spread(0.9, 0.35),
    usual_quiet_share=(0.28, 0.045),
)  # fmt: skip

TWITCH: Final = Platform(
    driver="views",
    rate_at=((1.0, 0.6), (3.0, -0.3), (5.0, -0.9), (7.0, -1.3)),
    rate_sd=0.40,
    post_spread=Spread(0.6, 0.15),
    likes_per_view=None,
    comments_per_like=Spread(0.02, 0.3),
    shares_per_like=None,
    saves_per_like=None,
    comment_shape=Spread(2.0, 0.2),
    gap_days=Spread(1.8, 0.35),
    gap_sd=Spread(0.8, 0.15),
    hour_concentration=Spread(3.5, 0.25),
    scheduled_share=0.15,
    daily_growth=Spread(0.00040, 0.55),  # VTubers: .34-.51 % in 28 days
    significant_figures=0,
    following_cap=2000,
    usual_quiet_share=(0.22, 0.03),
)  # fmt: skip

# GitHub has stars only: a follower history by month (StarScout: organic and suspected curves).
GITHUB: Final = Platform(
    driver="likes",
    rate_at=((1.0, -1.0), (8.0, -3.0)),
    rate_sd=0.4,
    post_spread=Spread(0.8, 0.15),
    likes_per_view=None,
    comments_per_like=Spread(0.1, 0.3),
    shares_per_like=None,
    saves_per_like=None,
    comment_shape=Spread(1.0, 0.2),
    gap_days=Spread(20.0, 0.4),
    gap_sd=Spread(1.2, 0.12),
    hour_concentration=Spread(1.0, 0.2),
    scheduled_share=0.0,
    daily_growth=Spread(0.00045, 0.45),  # stars and followers: .35-.62 % in 28 days
    significant_figures=0,
    following_cap=50000,
    leave_factor=0.04,
)  # fmt: skip

# Telegram-like: reach falls with size (PlayerSells: views/subscribers 27 / 14 / 10 / 6 / 3 %).
OTHER: Final = Platform(
    driver="views",
    rate_at=((1.0, 0.1), (3.4, -0.56), (4.0, -0.85), (4.7, -1.02), (5.4, -1.23), (6.5, -1.51)),
    rate_sd=0.38,
    post_spread=Spread(0.4, 0.15),
    likes_per_view=Spread(0.015, 0.35),
    comments_per_like=Spread(0.1, 0.4),
    shares_per_like=Spread(0.4, 0.4),
    saves_per_like=None,
    comment_shape=Spread(1.5, 0.2),
    gap_days=Spread(0.8, 0.4),
    gap_sd=Spread(1.0, 0.12),
    hour_concentration=Spread(1.5, 0.25),
    scheduled_share=0.12,
    daily_growth=Spread(0.00035, 0.50),
    significant_figures=0,
    following_cap=5000,
    comment_hours=Spread(3.0, 0.4),
    usual_quiet_share=(0.25, 0.04),
)  # fmt: skip

DEEP: Final = {"daily": 0.69, "short": 0.08, "weekly": 0.07, "gaps": 0.12, "monthly": 0.04}
SHORT: Final = {"daily": 0.35, "short": 0.50, "weekly": 0.05, "gaps": 0.06, "monthly": 0.04}
MONTHLY: Final = {"monthly": 1.0}

ALL: Final = ("posts", "comments", "history", "audience")
NAMES: Final = frozenset({"username", "full_name", "bio"})
DERIVED: Final = frozenset({"username_length", "username_digits", "full_name_words", "bio_length"})
NO_TEXT: Final = frozenset({"caption", "posts.kind", "shares", "saves", "is_sponsored", "views"})

EXPORTS: Final = (
    Export("instagram full", "instagram", 0.19, ALL, DEEP, DERIVED,
           {"likes": 0.06, "comments": 0.06, "saves": 0.6, "shares": 0.6, "views": 0.2, "created_at": 0.8,
            "is_business": 0.2,
            "external_url": 0.15, "has_location": 0.3, "comments.likes": 0.2, "history.following": 0.15,
            "history.posts": 0.3, "audience.bio": 0.4, "audience.created_at": 0.9, "audience.posts": 0.1}),
    Export("instagram scraped", "instagram", 0.06, ("posts", "comments", "audience"), DEEP, DERIVED,
           {"likes": 0.08, "saves": 1.0, "shares": 1.0, "created_at": 1.0, "comments.likes": 0.5,
           "has_location": 0.5,
            "by_creator": 0.3, "audience.bio": 0.6, "audience.created_at": 1.0, "audience.full_name": 0.3},
            abbreviated_odds=0.6),
    Export("instagram research", "instagram", 0.06, ("posts",), DEEP, NAMES | NO_TEXT,
           {"comments": 0.08, "created_at": 1.0, "is_verified": 0.7, "is_business": 0.7,
           "full_name_words": 0.6, "has_picture": 0.5}),
    Export("instagram profiles", "instagram", 0.105, (), DEEP, NAMES,
           {"created_at": 1.0, "is_verified": 0.6, "is_business": 0.6, "full_name_words": 0.5,
           "external_url": 0.5,
            "is_private": 0.4, "username_length": 0.3, "username_digits": 0.3}, abbreviated_odds=0.4),
    Export("tiktok full", "tiktok", 0.125, ALL, DEEP, DERIVED,
           {"comments": 0.04, "saves": 0.3, "created_at": 0.7, "is_business": 0.5, "author_id": 0.15,
            "by_creator": 0.3,
            "has_location": 0.9, "history.posts": 0.4, "history.following": 0.3, "audience.created_at": 0.9},
            abbreviated_odds=0.35),
    Export("youtube channel", "youtube", 0.08, ("posts", "history"), SHORT, NAMES | DERIVED | frozenset({
               "following", "saves", "shares", "hashtags", "has_location", "history.following", "is_private",
               "has_picture", "is_business", "external_url"}),
           {"likes": 0.08, "comments": 0.05, "is_verified": 0.7, "caption": 0.5, "is_sponsored": 0.8,
           "created_at": 0.3}, best_posts_odds=0.8, abbreviated_odds=0.15),
    Export("youtube full", "youtube", 0.11, ("posts", "comments", "history"), DEEP, DERIVED | frozenset({
               "following", "saves", "shares", "has_location", "history.following", "is_private",
               "is_business"}),
           {"likes": 0.08, "comments": 0.04, "is_verified": 0.5, "author_id": 0.06, "hashtags": 0.5,
           "username": 0.3}, best_posts_odds=0.45, abbreviated_odds=0.15),
    Export("x window", "x", 0.05, ("posts",), DEEP, NAMES | frozenset({
               "likes", "comments", "shares", "saves", "views", "hashtags", "has_location", "is_sponsored",
               "posts.kind",
               "followers", "following", "created_at", "is_private", "is_business", "external_url",
               "is_verified",
               "full_name_words", "has_picture"}),
           {"caption": 0.1, "posts": 0.2}, window=True),
    Export("x full", "x", 0.08, ALL, DEEP, DERIVED | frozenset({"is_business", "saves"}),
           {"comments": 0.04, "views": 0.4, "has_location": 0.8, "author_id": 0.1, "history.posts": 0.3},
           abbreviated_odds=0.25),
    Export("x profiles", "x", 0.045, (), DEEP, NAMES,
           {"has_picture": 0.4, "external_url": 0.3, "is_verified": 0.6, "is_private": 0.5,
           "full_name_words": 0.6}, abbreviated_odds=0.3),
    Export("github stars", "github", 0.05, ("history",), MONTHLY, NAMES | DERIVED | frozenset({
               "followers", "following", "posts", "created_at", "is_private", "is_business", "external_url",
               "is_verified", "has_picture", "history.following", "history.posts"}), {}),
    Export("github profile", "github", 0.02, ("history",), MONTHLY, DERIVED | frozenset({
               "is_private", "is_business", "history.following", "history.posts"}), {"external_url": 0.3}),
    Export("twitch", "twitch", 0.025, ("posts", "history"), DEEP, DERIVED | frozenset({
               "following", "likes", "comments", "saves", "shares", "hashtags", "has_location",
               "history.following",
               "is_private", "is_business"}), {"history.posts": 0.6}),
    Export("other", "other", 0.025, ("posts", "history"), DEEP, DERIVED | frozenset({
               "following", "saves", "history.following", "is_private", "is_business", "has_location"}),
           {"likes": 0.5, "comments": 0.5, "created_at": 0.4}, abbreviated_odds=0.4),
)  # fmt: skip

# Medians and spreads of small accounts: real, purchased and inactive ones in five public sets
# (instafake, Cresci 2015, Purba 2020, Kaggle, Gilani 2017), widened so that no set is a special case.
MADE_UP: Final[UsernameStyle] = {
    "run": 9.0,
    "words": (0.15, 0.60, 0.19, 0.06),
}  # Kaggle's fakes: one word, many digits

PROFILES: Final = {
    "small_person": Profile(Spread(320, 0.36), Spread(420, 0.34), Spread(32, 0.65), 0.08, 0.985, 0.45,
    0.60, 0.16, Spread(1800, 0.25)),
    "lurker": Profile(Spread(35, 0.55), Spread(170, 0.50), Spread(2, 0.6), 0.60, 0.80, 0.45, 0.30, 0.28,
    Spread(1500, 0.35)),
    "newcomer": Profile(Spread(40, 0.50), Spread(110, 0.45), Spread(3, 0.4), 0.40, 0.88, 0.35, 0.40, 0.30,
    Spread(40, 0.40)),
    "mass_follower": Profile(Spread(600, 0.55), Spread(2600, 0.30), Spread(60, 0.6), 0.04, 0.985, 0.15,
    0.75, 0.16, Spread(1700, 0.25)),
    "active": Profile(Spread(110, 0.65), Spread(260, 0.50), Spread(700, 0.75), 0.02, 0.95, 0.10, 0.80,
    0.15, Spread(1500, 0.30)),
    # Active fakes and spammers of Purba 2020: 433 / 351 followers, 1,950 / 1,800 followed, 60 / 51 posts.
    "bot_account": Profile(
        Spread(300, 0.62), Spread(1700, 0.42), Spread(90, 0.65), 0.02, 0.95, 0.05, 0.60, 0.33, Spread(800,
        0.4)),
    "mass_fake": Profile(
        Spread(70, 0.60), Spread(3300, 0.32), Spread(2, 0.7), 0.27, 0.70, 0.12, 0.25, 0.50, Spread(500,
        0.45), **MADE_UP),
    "empty_fake": Profile(
        Spread(18, 0.60), Spread(260, 0.75), Spread(1, 0.5), 0.62, 0.35, 0.25, 0.10, 0.62, Spread(300, 0.50),
        **MADE_UP),
    "active_fake": Profile(
        Spread(300, 0.45), Spread(1500, 0.42), Spread(55, 0.55), 0.01, 0.98, 0.06, 0.55, 0.22, Spread(800,
        0.35)),
    "dressed_fake": Profile(
        Spread(60, 0.65), Spread(900, 0.50), Spread(14, 0.5), 0.05, 0.97, 0.08, 0.70, 0.35, Spread(600,
        0.45), **MADE_UP),
    # Sold by the thousand: "12 followers, follows 4,800, no post, no picture, user48213".
    "hollow_fake": Profile(
        Spread(12, 0.45), Spread(4300, 0.22), Spread(1, 0.3), 0.96, 0.04, 0.05, 0.03, 1.0, Spread(400, 0.45),
        run=9.0, words=(0.75, 0.22, 0.03, 0.0), numbered=0.7),
    "newborn_fake": Profile(
        Spread(15, 0.35), Spread(320, 0.40), Spread(30, 0.45), 0.10, 0.85, 0.05, 0.65, 0.25, Spread(35,
        0.50), **MADE_UP),
}  # fmt: skip

ANY: Final = ("flat", "decay", "long", "bell", "ramp")

# Sizes are against the account's own followers. Mostly small, since real curves seldom jump: GitHub,
# Twitch and YouTube (docs/simulator.md, "How often honest accounts jump").
WAVES: Final = {
    "viral_hit": Wave((-2.7, 0.1), (0.0, 1.3), (0.02, 0.25), (1.2, 1.7), ("decay", "long"), 2.4),
    "press_mention": Wave((-2.8, -0.3), (0.0, 0.9), (0.0, 0.3), (1.3, 1.8), ("decay", "decay", "long"), 2.0),
    "giveaway": Wave((-2.6, -0.2), (0.0, 0.95), (0.1, 0.65), (0.5, 1.4), ANY, 1.8),
    "loop_giveaway": Wave((-2.3, 0.0), (0.0, 0.75), (0.2, 0.8), (0.5, 1.5), ("flat", "bell"), 2.2),
    "bot_attack": Wave((-2.4, 0.3), (0.0, 0.75), (0.3, 1.0), (0.1, 1.3), ("flat",), 2.8),
    "paid_ads": Wave((-2.6, -0.3), (0.6, 1.65), (0.02, 0.3), (1.2, 1.7), ("flat",), 1.8),
    "collaboration": Wave((-2.8, -0.4), (0.0, 0.6), (0.05, 0.2), (1.2, 1.6), ("decay",), 1.8),
    "random_event": Wave((-2.9, 0.2), (0.0, 1.8), (0.0, 0.9), (0.2, 1.8), ANY, 3.2),
}

# The waves of TRAIN_MANY: the same events, with wide sizes, large ones as frequent as small.
LARGE_WAVES: Final = {
    "viral_hit": Wave((-1.6, 0.6), (0.0, 1.3), (0.02, 0.25), (1.2, 1.7), ("decay", "long")),
    "press_mention": Wave((-1.7, 0.3), (0.0, 0.9), (0.0, 0.3), (1.3, 1.8), ("decay", "decay", "long")),
    "giveaway": Wave((-1.7, 0.1), (0.0, 0.95), (0.1, 0.65), (0.5, 1.4), ANY),
    "loop_giveaway": Wave((-1.2, 0.5), (0.0, 0.75), (0.2, 0.8), (0.5, 1.5), ("flat", "bell")),
    "bot_attack": Wave((-1.4, 0.5), (0.0, 0.75), (0.3, 1.0), (0.1, 1.3), ("flat",)),
    # Ads bring at most a few thousand a day (Popular Pays) and stop when the budget does.
    "paid_ads": Wave((-1.7, -0.1), (0.6, 1.65), (0.02, 0.3), (1.2, 1.7), ("flat",)),
    "collaboration": Wave((-2.0, -0.2), (0.0, 0.6), (0.05, 0.2), (1.2, 1.6), ("decay",)),
    "random_event": Wave((-2.0, 0.5), (0.0, 1.8), (0.0, 0.9), (0.2, 1.8), ANY),
}

HABITS: Final = {
    "viral_lift": (0.7, 2.3),
    "entries_comments": (0.6, 2.0),  # tag-a-friend entries over a usual post's comments
    "storm_comments": (0.8, 2.2),
    "event_comment_hours": (0.6, 1.3),
    "purge_share": (-2.2, -0.7),  # the purge of 2014 took 7.6 % on average from the hundred largest
    "burst_days": (0.0, 0.95),  # orders are delivered in hours to a few days
    "drip_days": (7, 60),
    "drip_unevenness": (-2.0, -0.5),
    "over_delivery": (1.0, 1.08),
    "loss_half_life": (0.5, 1.6),  # 500 stars over a week, 75 % gone after a month (Dagster 2023)
    "refill_daily_loss": (-2.3, -1.0),
    "refill_below": (0.95, 0.95),  # vendors refill over 5 % drop, for 30-365 days
    "shell_order": (1.8, 3.3),  # suspected campaigns on GitHub: 105-690 stars in the largest month
    "shop_order": (2.0, 4.8),  # orders of followers by shell accounts, except of stars
    "early_half_life": (2.3, 3.6),  # days; a year and more: chosen
    "bought_rate": (-2.6, -1.0),  # likes that look right under so many followers: chosen
    "boost_hours": (-0.3, 1.2),  # vendors' terms: from half an hour to a day
    "flat_unevenness": (-2.5, -0.9),
    "proportional_unevenness": (0.05, 0.4),
    "view_unevenness": (-2.0, -0.5),
    "bought_comment_hours": (-1.0, 1.4),
    "pod_members": (20, 200),  # Weerasinghe et al. 2020; CreatorScore: first hour
    "pod_hours": (-0.7, 0.0),
    "follow_cycle_days": (3, 22),
    "follows_a_day": (1.0, 2.5),
    "followed_back": (0.05, 0.3),
}

TRAIN: Final = Regime(
    name="train",
    seed_number=1,
    tails="normal",
    gaps="lognormal",
    delays="lognormal",
    mixture=MappingProxyType({"authentic": 0.50, "inflated": 0.27, "automated": 0.16, "both": 0.07}),
    people=MappingProxyType({
        "creator": 0.50, "everyday": 0.25, "brand": 0.05, "promoter": 0.05, "dormant": 0.04, "seasonal": 0.05,
        "unloved": 0.02, "celebrity": 0.02, "community": 0.02,
    }),
    small_people=MappingProxyType({
        "small_person": 0.28, "lurker": 0.32, "newcomer": 0.16, "mass_follower": 0.15, "active": 0.09,
    }),
    small_share=MappingProxyType({"deep": 0.30, "instagram profiles": 0.80, "x profiles": 0.80}),
    events=MappingProxyType({
        "viral_hit": 0.12, "press_mention": 0.10, "giveaway": 0.12, "loop_giveaway": 0.08, "purge": 0.08,
        "bot_attack": 0.08,
        "paid_ads": 0.11, "collaboration": 0.11, "comment_storm": 0.08, "deleted_posts": 0.06,
        "migration": 0.01,
        "follow_churn": 0.05,
    }),
    event_share=0.14,
    random_event_share=0.07,
    event_share_of_inflated=0.10,
    random_event_share_of_inflated=0.06,
    inflated=MappingProxyType({
        "burst": 0.13, "drip": 0.10, "auto_refill": 0.06, "likes_flat": 0.08, "likes_proportional": 0.07,
        "views": 0.06,
        "comments_templates": 0.06, "comments_fluent": 0.06, "pod": 0.07, "loop_group": 0.05,
        "full_package": 0.08,
        "random_inflation": 0.20,
    }),
    automated=MappingProxyType({
        "content_bot": 0.23, "repost_bot": 0.12, "comment_bot": 0.12, "follow_unfollow": 0.17,
        "growth_bot": 0.12, "fake_follower": 0.524,
    }),
    fakes=MappingProxyType({
        "mass_fake": 0.23, "empty_fake": 0.21, "dressed_fake": 0.22, "newborn_fake": 0.15,
        "active_fake": 0.06, "hollow_fake": 0.13,
    }),
    waves=MappingProxyType(WAVES),
    habits=MappingProxyType(HABITS),
    phrase_set="a",
    strength=(0.05, 150.0),
    engagement_strength=(0.05, 60.0),
    early_share=0.40,
    unanswered_share=0.30,
    large_wave_share=0.03,
    ignored_share=0.08,
    young_share=0.08,
    repeating_share=0.12,
    chorus_share=0.08,
    campaign_block=200,
    platforms=MappingProxyType({
        "instagram": INSTAGRAM, "tiktok": TIKTOK, "youtube": YOUTUBE, "x": X, "twitch": TWITCH,
        "github": GITHUB, "other": OTHER,
    }),
    exports=EXPORTS,
    languages=MappingProxyType({
        "en": 0.30, "es": 0.11, "pt": 0.09, "id": 0.08, "hi": 0.07, "ar": 0.07, "ru": 0.06, "fr": 0.06,
        "tr": 0.06, "de": 0.05,
        "ja": 0.05,
    }),
    english_vendor_share=0.5,
    sizes=MappingProxyType({
        "creator": (1.8, 7.2), "brand": (2.3, 7.0), "celebrity": (5.2, 7.9), "community": (2.5, 6.3),
        "dormant": (2.0, 6.3),
        "promoter": (2.2, 5.2), "seasonal": (2.2, 6.5), "unloved": (2.0, 6.0), "shell": (0.5, 1.9),
    }),
    everyday=Spread(340, 0.33),  # organic small accounts, 5-95 %: 88-970 followers
    everyday_posts=Spread(42, 0.38),
    everyday_following=Spread(410, 0.32),  # the same accounts: 91-980 followed
    mutual_share=0.6,  # followers over following: 5-95 % .6-1.9 for 500 organic accounts
    following=Spread(410, 0.55),
    age_days=Spread(1500, 0.28),
    profiles=MappingProxyType(PROFILES),
    comment_spread=0.80,
    comment_orders=MappingProxyType({"any": 0.7, "oldest": 0.15, "newest": 0.15}),
    vocabulary_seed=20_251,
    fan_styles=MappingProxyType({
        "plain": 4.0, "praise": 2.0, "emoji": 1.4, "mention": 0.6, "question": 0.6, "long": 0.7,
    }),
    retention_beta=(6.0, 2.0),  # four of five there after four weeks; another test: a quarter
    as_of=("2025-09-01", "2026-06-30"),
)  # fmt: skip

# With many hard kinds of honest people and many honest events of all sizes, to test each of them.
TRAIN_MANY: Final = replace(
    TRAIN,
    people=MappingProxyType(
        {
            "unloved": 0.07,
            "creator": 0.34,
            "everyday": 0.22,
            "brand": 0.07,
            "celebrity": 0.05,
            "community": 0.07,
            "promoter": 0.07,
            "dormant": 0.05,
            "seasonal": 0.06,
        }
    ),
    events=MappingProxyType(
        {
            "viral_hit": 0.12,
            "press_mention": 0.10,
            "giveaway": 0.12,
            "loop_giveaway": 0.08,
            "purge": 0.08,
            "bot_attack": 0.08,
            "paid_ads": 0.10,
            "collaboration": 0.09,
            "comment_storm": 0.08,
            "deleted_posts": 0.05,
            "migration": 0.05,
            "follow_churn": 0.05,
        }
    ),
    event_share=0.34,
    random_event_share=0.30,
    event_share_of_inflated=0.15,
    random_event_share_of_inflated=0.25,
    waves=MappingProxyType(LARGE_WAVES),
    large_wave_share=0.3,
    ignored_share=0.35,
)
