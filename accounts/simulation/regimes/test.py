"""The regime to test on: other sources, distributions and phrases than the regime to train on."""

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

__all__ = ["TEST", "TEST_MANY"]

# Vendors' tiers instead of measured accounts: nano 3-5 %, micro 2-3.5, mid 1.5-2.5, macro 1-1.8, mega .7-1.2
# (untapper), with very small accounts at the 8 % of Markerly and more among friends.
INSTAGRAM: Final = Platform(
    driver="likes",
    rate_at=((1.0, -0.32), (2.3, -0.42), (2.8, -0.66), (3.4, -1.01), (4.3, -1.36), (5.3, -1.58), (6.0, -1.71),
    (8.0, -1.86)),
    rate_sd=0.19,
    post_spread=Spread(0.23, 0.12),
    likes_per_view=Spread(0.06, 0.35),
    comments_per_like=Spread(0.019, 0.34),  # 1 per 100 for very large ones (HypeAuditor), 2.4 for small
    shares_per_like=Spread(0.035, 0.5),
    saves_per_like=Spread(0.025, 0.5),
    like_spread=0.20,
    like_trend=(1.3, 0.8),
    growth_power=0.3,
    steadiness=0.14,
    display=Display(10_000, 100),
    comment_shape=Spread(1.0, 0.30),
    gap_days=Spread(6.0, 0.55),
    gap_sd=Spread(0.95, 0.14),
    hour_concentration=Spread(1.4, 0.28),
    scheduled_share=0.10,
    daily_growth=Spread(0.00024, 0.50),
    significant_figures=0,
    following_cap=7500,
    comment_hours=Spread(7.0, 0.3),
    usual_quiet_share=(0.22, 0.035),
)  # fmt: skip

# (likes+comments+shares)/views 5.6 / 4.3 / 3.1 / 1.9 / 1.2 % from small to large (calculatecreator).
TIKTOK: Final = Platform(
    driver="views",
    rate_at=((1.0, 0.9), (3.3, 0.50), (4.3, 0.10), (5.0, -0.20), (6.2, -0.30), (8.0, -0.65)),
    rate_sd=0.32,
    post_spread=Spread(0.90, 0.16),
    likes_per_view=Spread(0.050, 0.24),
    comments_per_like=Spread(0.012, 0.42),
    shares_per_like=Spread(0.05, 0.55),
    saves_per_like=Spread(0.09, 0.5),
    comment_shape=Spread(1.5, 0.3),
    gap_days=Spread(1.7, 0.5),
    gap_sd=Spread(1.15, 0.14),
    hour_concentration=Spread(1.0, 0.3),
    scheduled_share=0.14,
    daily_growth=Spread(0.00060, 0.45),
    significant_figures=0,
    following_cap=10000,
    like_trend=(0.15, 0.35),
    hit_share=0.04,
    comment_hours=Spread(8.0, 0.4),
    usual_quiet_share=(0.23, 0.06),
)  # fmt: skip

# Likes/views 4 %, comments/views .5 % (Tubular); (likes+comments)/subscribers 1.5 / .5 / .4 / .28 %.
YOUTUBE: Final = Platform(
    driver="views",
    rate_at=((1.0, 0.7), (3.3, -0.38), (4.2, -0.83), (5.2, -1.03), (6.2, -1.25), (8.0, -1.45)),
    rate_sd=0.50,
    post_spread=Spread(0.80, 0.16),
    likes_per_view=Spread(0.037, 0.28),
    comments_per_like=Spread(0.095, 0.38),
    shares_per_like=None,
    saves_per_like=None,
    like_spread=0.29,
    comment_shape=Spread(2.0, 0.3),
    gap_days=Spread(2.4, 0.45),
    gap_sd=Spread(0.85, 0.2),
    hour_concentration=Spread(2.6, 0.45),
    scheduled_share=0.45,
    daily_growth=Spread(0.00030, 0.42),
    significant_figures=3,
    following_cap=2000,
    display=Display(1_000, 10),
    leave_factor=0.55,
    like_trend=(-0.45, 0.4),
    hit_share=0.05,
    comment_hours=Spread(20.0, 0.3),
    usual_quiet_share=(0.16, 0.04),
)  # fmt: skip

# PlayerSells open data, quartiles by tier.
X: Final = Platform(
    driver="views",
    rate_at=((1.0, -0.1), (3.0, -0.75), (4.0, -1.10), (5.0, -1.38), (6.0, -1.70), (7.5, -2.1)),
    rate_sd=0.24,
    post_spread=Spread(1.0, 0.16),
    likes_per_view=Spread(0.022, 0.35),
    comments_per_like=Spread(0.11, 0.4),
    shares_per_like=Spread(0.18, 0.4),
    saves_per_like=Spread(0.03, 0.5),
    comment_shape=Spread(1.1, 0.3),
    gap_days=Spread(0.25, 0.7),
    gap_sd=Spread(1.2, 0.15),
    hour_concentration=Spread(0.85, 0.35),
    scheduled_share=0.10,
    daily_growth=Spread(0.00018, 0.60),
    significant_figures=0,
    following_cap=5000,
    comment_hours=Spread(0.7, 0.35),
    usual_quiet_share=(0.30, 0.035),
)  # fmt: skip

TWITCH: Final = Platform(
    driver="views",
    rate_at=((1.0, 0.4), (4.0, -0.7), (7.0, -1.5)),
    rate_sd=0.45,
    post_spread=Spread(0.7, 0.2),
    likes_per_view=None,
    comments_per_like=Spread(0.03, 0.4),
    shares_per_like=None,
    saves_per_like=None,
    comment_shape=Spread(1.5, 0.3),
    gap_days=Spread(2.4, 0.3),
    gap_sd=Spread(0.7, 0.2),
    hour_concentration=Spread(2.5, 0.35),
    scheduled_share=0.25,
    daily_growth=Spread(0.00050, 0.50),
    significant_figures=0,
    following_cap=2000,
    usual_quiet_share=(0.20, 0.04),
)  # fmt: skip

GITHUB: Final = Platform(
    driver="likes",
    rate_at=((1.0, -1.2), (8.0, -3.2)),
    rate_sd=0.5,
    post_spread=Spread(0.7, 0.2),
    likes_per_view=None,
    comments_per_like=Spread(0.1, 0.3),
    shares_per_like=None,
    saves_per_like=None,
    comment_shape=Spread(1.0, 0.2),
    gap_days=Spread(30.0, 0.4),
    gap_sd=Spread(1.1, 0.2),
    hour_concentration=Spread(0.8, 0.3),
    scheduled_share=0.0,
    daily_growth=Spread(0.00038, 0.50),
    significant_figures=0,
    following_cap=50000,
    leave_factor=0.07,
)  # fmt: skip

OTHER: Final = Platform(
    driver="views",
    rate_at=((1.0, -0.1), (3.7, -0.70), (4.5, -0.95), (5.5, -1.30), (6.5, -1.6)),
    rate_sd=0.35,
    post_spread=Spread(0.5, 0.2),
    likes_per_view=Spread(0.02, 0.45),
    comments_per_like=Spread(0.07, 0.5),
    shares_per_like=Spread(0.3, 0.5),
    saves_per_like=None,
    comment_shape=Spread(1.2, 0.3),
    gap_days=Spread(0.5, 0.5),
    gap_sd=Spread(0.9, 0.2),
    hour_concentration=Spread(1.1, 0.35),
    scheduled_share=0.2,
    daily_growth=Spread(0.00028, 0.55),
    significant_figures=0,
    following_cap=5000,
    comment_hours=Spread(4.0, 0.45),
    usual_quiet_share=(0.22, 0.05),
)  # fmt: skip

DEEP: Final = {"daily": 0.60, "short": 0.14, "weekly": 0.10, "gaps": 0.10, "monthly": 0.06}
SHORT: Final = {"daily": 0.25, "short": 0.62, "weekly": 0.04, "gaps": 0.05, "monthly": 0.04}
MONTHLY: Final = {"monthly": 1.0}
ALL: Final = ("posts", "comments", "history", "audience")
TEXTS: Final = frozenset({"username", "full_name", "bio"})
LENGTHS: Final = frozenset({"username_length", "username_digits", "full_name_words", "bio_length"})

EXPORTS: Final = (
    Export("instagram full", "instagram", 0.18, ALL, DEEP, LENGTHS,
           {"likes": 0.10, "saves": 0.4, "shares": 0.4, "views": 0.3, "created_at": 0.9, "has_location": 0.4,
            "is_sponsored": 0.3, "comments.likes": 0.3, "history.following": 0.3, "history.posts": 0.4,
            "audience.bio": 0.6, "audience.created_at": 1.0, "audience.following": 0.05},
           abbreviated_odds=0.1),
    Export("instagram bulk", "instagram", 0.08, ("posts", "history"), DEEP, TEXTS,
           {"saves": 1.0, "shares": 1.0, "caption": 0.5, "is_business": 0.4, "created_at": 1.0},
            abbreviated_odds=0.5),
    Export("instagram research", "instagram", 0.06, ("posts",), DEEP, TEXTS | frozenset({
               "caption", "posts.kind", "shares", "saves", "is_sponsored", "views"}),
           {"created_at": 1.0, "is_verified": 0.5, "is_business": 0.5, "has_picture": 0.6}),
    Export("instagram profiles", "instagram", 0.11, (), DEEP, TEXTS,
           {"created_at": 1.0, "is_verified": 0.5, "is_business": 0.5, "is_private": 0.3,
           "username_digits": 0.2}, abbreviated_odds=0.5),
    Export("tiktok full", "tiktok", 0.12, ALL, DEEP, LENGTHS,
           {"saves": 0.4, "created_at": 0.9, "author_id": 0.3, "has_location": 1.0, "history.posts": 0.5},
            abbreviated_odds=0.5),
    Export("youtube channel", "youtube", 0.09, ("posts", "history"), SHORT, TEXTS | LENGTHS | frozenset({
               "following", "saves", "shares", "hashtags", "has_location", "history.following", "is_private",
               "has_picture", "is_business", "external_url", "is_sponsored"}),
           {"likes": 0.12, "comments": 0.07, "is_verified": 0.9, "caption": 0.6,
           "history.posts": 0.2}, best_posts_odds=0.7, abbreviated_odds=0.25),
    Export("youtube full", "youtube", 0.10, ("posts", "comments", "history"), DEEP, LENGTHS | frozenset({
               "following", "saves", "shares", "has_location", "history.following", "is_private",
               "is_business"}),
           {"likes": 0.10, "comments": 0.03, "author_id": 0.05, "full_name": 0.3}, best_posts_odds=0.5,
            abbreviated_odds=0.1),
    Export("x window", "x", 0.06, ("posts",), DEEP, TEXTS | frozenset({
               "likes", "comments", "shares", "saves", "views", "hashtags", "has_location", "is_sponsored",
               "posts.kind",
               "followers", "following", "created_at", "is_private", "is_business", "external_url",
               "is_verified",
               "full_name_words", "has_picture"}), {"caption": 0.2}, window=True),
    Export("x full", "x", 0.08, ALL, DEEP, LENGTHS | frozenset({"is_business", "saves", "has_location"}),
           {"views": 0.6, "author_id": 0.05, "history.posts": 0.5, "audience.posts": 0.3},
           abbreviated_odds=0.4),
    Export("x profiles", "x", 0.04, (), DEEP, TEXTS, {"has_picture": 0.5, "is_verified": 0.5,
    "is_private": 0.6}, abbreviated_odds=0.4),
    Export("github stars", "github", 0.05, ("history",), MONTHLY, TEXTS | LENGTHS | frozenset({
               "followers", "following", "posts", "created_at", "is_private", "is_business", "external_url",
               "is_verified", "has_picture", "history.following", "history.posts"}), {}),
    Export("twitch", "twitch", 0.02, ("posts", "history"), DEEP, LENGTHS | frozenset({
               "following", "likes", "comments", "saves", "shares", "hashtags", "has_location",
               "history.following",
               "is_private", "is_business"}), {}),
    Export("other", "other", 0.02, ("posts", "history"), DEEP, LENGTHS | frozenset({
               "following", "saves", "history.following", "is_private", "is_business", "has_location"}),
           {"likes": 0.7, "comments": 0.3}, abbreviated_odds=0.3),
)  # fmt: skip

MADE_UP: Final[UsernameStyle] = {"run": 8.0, "words": (0.22, 0.52, 0.22, 0.04)}

PROFILES: Final = {
    "small_person": Profile(
        Spread(260, 0.42), Spread(360, 0.40), Spread(24, 0.75), 0.12, 0.97, 0.38, 0.55, 0.20, Spread(1500,
        0.3)),
    "lurker": Profile(
        Spread(22, 0.65), Spread(120, 0.60), Spread(2, 0.7), 0.68, 0.72, 0.50, 0.25, 0.33, Spread(1300, 0.4)),
    "newcomer": Profile(
        Spread(28, 0.60), Spread(80, 0.55), Spread(4, 0.5), 0.35, 0.82, 0.30, 0.35, 0.35, Spread(30, 0.45)),
    "mass_follower": Profile(
        Spread(900, 0.60), Spread(2900, 0.27), Spread(90, 0.7), 0.03, 0.97, 0.10, 0.80, 0.20, Spread(1400,
        0.3)),
    "active": Profile(
        Spread(160, 0.75), Spread(320, 0.55), Spread(1000, 0.65), 0.01, 0.93, 0.08, 0.85, 0.18,
        Spread(1800, 0.3)),
    "bot_account": Profile(
        Spread(220, 0.70), Spread(1300, 0.50), Spread(130, 0.60), 0.01, 0.93, 0.06, 0.65, 0.38, Spread(600,
        0.45)),
    "mass_fake": Profile(
        Spread(45, 0.70), Spread(2800, 0.40), Spread(3, 0.8), 0.24, 0.65, 0.15, 0.20, 0.55, Spread(420, 0.5),
        **MADE_UP),
    "empty_fake": Profile(
        Spread(10, 0.70), Spread(300, 0.65), Spread(1, 0.5), 0.66, 0.40, 0.18, 0.08, 0.55, Spread(250, 0.6),
        **MADE_UP),
    "active_fake": Profile(
        Spread(250, 0.55), Spread(1200, 0.50), Spread(70, 0.60), 0.02, 0.95, 0.08, 0.60, 0.28, Spread(700,
        0.4)),
    "dressed_fake": Profile(
        Spread(90, 0.60), Spread(1200, 0.45), Spread(11, 0.6), 0.06, 0.95, 0.10, 0.62, 0.38, Spread(500,
        0.5), **MADE_UP),
    "hollow_fake": Profile(
        Spread(8, 0.55), Spread(3600, 0.30), Spread(2, 0.4), 0.92, 0.08, 0.10, 0.02, 1.0, Spread(300, 0.55),
        run=8.0, words=(0.60, 0.36, 0.04, 0.0), numbered=0.6),
    "newborn_fake": Profile(
        Spread(12, 0.45), Spread(250, 0.50), Spread(20, 0.55), 0.15, 0.80, 0.06, 0.55, 0.30, Spread(25, 0.5),
        **MADE_UP),
}  # fmt: skip

ANY: Final = ("flat", "decay", "long", "bell", "ramp")

# Mostly small: see docs/simulator.md, "How often honest accounts jump".
WAVES: Final = {
    "viral_hit": Wave((-2.4, 0.0), (0.2, 1.1), (0.05, 0.35), (1.0, 1.8), ("long", "ramp"), 3.2),
    "press_mention": Wave((-2.5, -0.2), (0.0, 1.1), (0.05, 0.2), (1.0, 1.6), ("decay", "bell"), 2.2),
    "giveaway": Wave((-2.4, -0.15), (0.2, 1.1), (0.15, 0.75), (0.3, 1.2), ("ramp", "flat", "bell"), 2.4),
    "loop_giveaway": Wave((-2.1, -0.15), (0.1, 0.9), (0.3, 0.85), (0.3, 1.3), ("flat", "ramp", "decay"), 2.0),
    "bot_attack": Wave((-2.5, 0.4), (0.0, 1.0), (0.2, 1.0), (0.0, 1.5), ("flat", "bell"), 3.2),
    "paid_ads": Wave((-2.4, -0.2), (0.4, 1.8), (0.05, 0.4), (1.0, 1.6), ("flat", "ramp"), 2.2),
    "collaboration": Wave((-2.6, -0.3), (0.0, 0.8), (0.0, 0.3), (1.0, 1.7), ("decay", "bell"), 2.0),
    "random_event": Wave((-2.7, 0.05), (0.0, 1.6), (0.0, 0.8), (0.3, 1.7), ANY, 3.6),
}

# The waves of TEST_MANY: the same events, with wide sizes, large ones as frequent as small.
LARGE_WAVES: Final = {
    "viral_hit": Wave((-1.3, 0.8), (0.2, 1.1), (0.05, 0.35), (1.0, 1.8), ("long", "ramp")),
    "press_mention": Wave((-1.5, 0.1), (0.0, 1.1), (0.05, 0.2), (1.0, 1.6), ("decay", "bell")),
    "giveaway": Wave((-1.5, 0.3), (0.2, 1.1), (0.15, 0.75), (0.3, 1.2), ("ramp", "flat", "bell")),
    "loop_giveaway": Wave((-1.0, 0.3), (0.1, 0.9), (0.3, 0.85), (0.3, 1.3), ("flat", "ramp", "decay")),
    "bot_attack": Wave((-1.6, 0.7), (0.0, 1.0), (0.2, 1.0), (0.0, 1.5), ("flat", "bell")),
    "paid_ads": Wave((-1.5, 0.1), (0.4, 1.8), (0.05, 0.4), (1.0, 1.6), ("flat", "ramp")),
    "collaboration": Wave((-1.8, 0.0), (0.0, 0.8), (0.0, 0.3), (1.0, 1.7), ("decay", "bell")),
    "random_event": Wave((-1.8, 0.4), (0.0, 1.6), (0.0, 0.8), (0.3, 1.7), ANY),
}

HABITS: Final = {
    "viral_lift": (0.9, 2.0),
    "entries_comments": (0.8, 1.8),
    "storm_comments": (1.0, 2.0),
    "event_comment_hours": (0.3, 1.5),
    "purge_share": (-1.9, -0.8),
    "burst_days": (0.0, 1.05),
    "drip_days": (5, 75),
    "drip_unevenness": (-1.6, -0.3),
    "over_delivery": (0.98, 1.15),
    "loss_half_life": (0.7, 1.4),  # four of five still there after four weeks (NATO StratCom 2019)
    "refill_daily_loss": (-2.1, -1.2),
    "refill_below": (0.93, 0.93),
    "shell_order": (1.6, 3.1),
    "shop_order": (1.8, 5.0),
    "early_half_life": (2.0, 3.4),
    "bought_rate": (-2.4, -1.2),
    "boost_hours": (-0.5, 1.0),
    "flat_unevenness": (-2.0, -0.7),
    "proportional_unevenness": (0.1, 0.6),
    "view_unevenness": (-1.7, -0.4),
    "bought_comment_hours": (-0.7, 1.7),
    "pod_members": (15, 120),
    "pod_hours": (-0.5, 0.3),
    "follow_cycle_days": (2, 15),
    "follows_a_day": (1.3, 2.4),
    "followed_back": (0.08, 0.25),
}

TEST: Final = Regime(
    name="test",
    seed_number=2,
    tails="logistic",
    gaps="weibull",
    delays="lomax",
    mixture=MappingProxyType({"authentic": 0.52, "inflated": 0.26, "automated": 0.15, "both": 0.07}),
    people=MappingProxyType({
        "creator": 0.46, "everyday": 0.28, "brand": 0.06, "promoter": 0.04, "dormant": 0.05, "seasonal": 0.04,
        "unloved": 0.02, "celebrity": 0.025, "community": 0.025,
    }),
    small_people=MappingProxyType({
        "small_person": 0.28, "lurker": 0.30, "newcomer": 0.16, "mass_follower": 0.15, "active": 0.11,
    }),
    small_share=MappingProxyType({"deep": 0.30, "instagram profiles": 0.75, "x profiles": 0.85}),
    events=MappingProxyType({
        "viral_hit": 0.14, "press_mention": 0.08, "giveaway": 0.14, "loop_giveaway": 0.07, "purge": 0.06,
        "bot_attack": 0.09,
        "paid_ads": 0.13, "collaboration": 0.09, "comment_storm": 0.06, "deleted_posts": 0.07,
        "migration": 0.01,
        "follow_churn": 0.05,
    }),
    event_share=0.13,
    random_event_share=0.08,
    event_share_of_inflated=0.08,
    random_event_share_of_inflated=0.07,
    inflated=MappingProxyType({
        "burst": 0.11, "drip": 0.12, "auto_refill": 0.07, "likes_flat": 0.07, "likes_proportional": 0.09,
        "views": 0.07,
        "comments_templates": 0.07, "comments_fluent": 0.05, "pod": 0.08, "loop_group": 0.06,
        "full_package": 0.06,
        "random_inflation": 0.15,
    }),
    automated=MappingProxyType({
        "content_bot": 0.26, "repost_bot": 0.10, "comment_bot": 0.13, "follow_unfollow": 0.19,
        "growth_bot": 0.11, "fake_follower": 0.382,
    }),
    fakes=MappingProxyType({
        "mass_fake": 0.22, "empty_fake": 0.19, "dressed_fake": 0.26, "newborn_fake": 0.17,
        "active_fake": 0.06, "hollow_fake": 0.10,
    }),
    waves=MappingProxyType(WAVES),
    habits=MappingProxyType(HABITS),
    phrase_set="b",
    strength=(0.05, 150.0),
    engagement_strength=(0.05, 60.0),
    early_share=0.35,
    unanswered_share=0.25,
    large_wave_share=0.03,
    ignored_share=0.06,
    young_share=0.06,
    repeating_share=0.15,
    chorus_share=0.1,
    campaign_block=160,
    platforms=MappingProxyType({
        "instagram": INSTAGRAM, "tiktok": TIKTOK, "youtube": YOUTUBE, "x": X, "twitch": TWITCH,
        "github": GITHUB, "other": OTHER,
    }),
    exports=EXPORTS,
    languages=MappingProxyType({
        "es": 0.16, "en": 0.22, "hi": 0.10, "pt": 0.10, "ar": 0.09, "id": 0.07, "tr": 0.05, "ru": 0.05,
        "fr": 0.05, "ja": 0.06,
        "de": 0.05,
    }),
    english_vendor_share=0.35,
    sizes=MappingProxyType({
        "creator": (2.0, 7.0), "brand": (2.6, 6.8), "celebrity": (5.4, 7.7), "community": (2.3, 6.0),
        "dormant": (2.2, 6.0),
        "promoter": (2.0, 5.5), "seasonal": (2.0, 6.2), "unloved": (2.0, 6.0), "shell": (0.3, 2.0),
    }),
    everyday=Spread(420, 0.40),
    everyday_posts=Spread(55, 0.45),
    everyday_following=Spread(380, 0.38),
    mutual_share=0.45,
    following=Spread(330, 0.65),
    age_days=Spread(1700, 0.25),
    profiles=MappingProxyType(PROFILES),
    comment_spread=0.65,
    comment_orders=MappingProxyType({"any": 0.65, "oldest": 0.2, "newest": 0.15}),
    vocabulary_seed=77_003,
    fan_styles=MappingProxyType({
        "plain": 3.0, "praise": 1.6, "emoji": 2.2, "mention": 0.9, "question": 0.9, "long": 0.5,
    }),
    retention_beta=(5.0, 2.5),
    as_of=("2026-02-01", "2026-10-31"),
)  # fmt: skip

# With many hard kinds of honest people and many honest events of all sizes, to test each of them.
TEST_MANY: Final = replace(
    TEST,
    people=MappingProxyType(
        {
            "unloved": 0.09,
            "creator": 0.29,
            "promoter": 0.06,
            "everyday": 0.25,
            "brand": 0.08,
            "celebrity": 0.06,
            "community": 0.06,
            "dormant": 0.06,
            "seasonal": 0.05,
        }
    ),
    events=MappingProxyType(
        {
            "viral_hit": 0.14,
            "press_mention": 0.08,
            "giveaway": 0.14,
            "loop_giveaway": 0.07,
            "purge": 0.06,
            "bot_attack": 0.09,
            "paid_ads": 0.12,
            "collaboration": 0.07,
            "comment_storm": 0.06,
            "deleted_posts": 0.06,
            "migration": 0.06,
            "follow_churn": 0.05,
        }
    ),
    event_share=0.38,
    random_event_share=0.25,
    event_share_of_inflated=0.20,
    random_event_share_of_inflated=0.20,
    waves=MappingProxyType(LARGE_WAVES),
    large_wave_share=0.3,
    ignored_share=0.35,
)
