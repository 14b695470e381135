"""What is bought shows, and grows with its strength; honest events and programs leave their own traces."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from accounts.simulation.added_amounts import added_amounts
from accounts.simulation.bots import BOTS, bot_times
from accounts.simulation.campaigns import Campaign, round_order, round_package
from accounts.simulation.comment_sample import write_comments
from accounts.simulation.draft import DAY, CommenterGroup, Draft
from accounts.simulation.draw_account import draw_honest_account
from accounts.simulation.export_depth import ExportDepth
from accounts.simulation.follower_curves import arrival_shares, departures
from accounts.simulation.follower_sample import (
    FAKE_FOLLOWERS,
    follower_shares,
    profile_fields,
    profile_rows,
    quiet_share,
)
from accounts.simulation.honest_events import EVENTS, apply_event
from accounts.simulation.parameters import PulseShape
from accounts.simulation.regimes.test import TEST
from accounts.simulation.regimes.train import TRAIN
from accounts.simulation.schemes import SCHEMES
from accounts.simulation.text import (
    STYLES,
    TextSupply,
    fan_texts,
    fluent_texts,
    language,
    template_texts,
    usernames,
)

FULL = next(export for export in TRAIN.exports if export.name == "instagram full")
DEEP = ExportDepth("daily", 200, 40, 150, 100, best_posts=False, abbreviated=False)
PEOPLE = ("promoter", "creator")
COUNTED = {
    "likes_flat": "likes",
    "likes_proportional": "likes",
    "views": "views",
    "comments_templates": "comments",
    "comments_fluent": "comments",
    "pod": "comments",
}


def a_creator(seed: int = 3, kind: str = "creator") -> Draft:
    """A creator of some size with forty posts and two hundred days."""
    for attempt in range(100):
        draft = draw_honest_account(np.random.default_rng((seed, attempt)), TRAIN, FULL, DEEP, kind)
        if draft.person.followers > 5_000 and len(draft.posts) == 40 and draft.first_day == 0:
            return draft
    raise AssertionError("no creator of that size")


def bought(scheme: str, strength: float, seed: int = 3) -> tuple[Draft, float]:
    draft = a_creator(seed)
    return draft, SCHEMES[scheme](draft, strength, Campaign("vendor", 1))


@pytest.mark.parametrize("scheme", ["burst", "drip", "auto_refill", "loop_group", "full_package"])
def test_bought_followers_arrive_by_strength(scheme: str) -> None:
    weak, strong = bought(scheme, 0.06), bought(scheme, 3.0)
    assert 0 < weak[0].curve.bought_gains.max() < strong[0].curve.bought_gains.max()
    assert weak[1] == pytest.approx(0.06, rel=0.5)
    assert strong[1] == pytest.approx(3.0, rel=0.5)
    honest = strong[0].curve.honest_followers()[-1]
    assert strong[0].curve.bought_gains.clip(0).sum() > 1.2 * honest


def test_a_burst_raises_the_largest_gain_and_a_drip_hardly_does() -> None:
    burst, drip = ([bought(way, 1.0, seed)[0].curve for seed in range(5)] for way in ("burst", "drip"))
    largest = [np.median([one.bought_gains.max() for one in curves]) for curves in (burst, drip)]
    assert np.median([one.bought_gains.max() / np.abs(one.honest_gains).max() for one in burst]) > 3
    assert largest[1] < largest[0] / 3


@pytest.mark.parametrize(("scheme", "count"), COUNTED.items())
def test_bought_engagement_is_added_by_strength(scheme: str, count: str) -> None:
    weak, strong = bought(scheme, 0.06)[0], bought(scheme, 3.0)[0]
    assert weak.posts.added_counts[count].sum() < strong.posts.added_counts[count].sum()
    # The members of a pod are few beside the audience of a great account.
    several = [bought(scheme, 3.0, seed)[0].posts for seed in range(5)]
    shares = [posts.added_counts[count].sum() / posts.honest_counts[count].sum() for posts in several]
    assert np.median(shares) > 0.4
    assert not strong.curve.bought_gains.any()


def test_flat_likes_lift_the_floor_and_proportional_ones_do_not() -> None:
    def floor(draft: Draft) -> float:
        likes = draft.posts.total("likes")[draft.posts.added_counts["likes"] > 0]
        return float(likes.min() / np.median(likes))

    seeds = range(8)
    flat = np.median([floor(bought("likes_flat", 3.0, seed)[0]) for seed in seeds])
    proportional = np.median([floor(bought("likes_proportional", 3.0, seed)[0]) for seed in seeds])
    assert flat > proportional + 0.15


def test_random_inflation_takes_many_forms() -> None:
    touched = set()
    for seed in range(12):
        draft = bought("random_inflation", 1.0, seed)[0]
        names = [name for name, values in draft.posts.added_counts.items() if values.any()]
        touched.add((bool(draft.curve.bought_gains.any()), *names))
    assert len(touched) >= 6


def test_a_refill_makes_up_for_what_is_lost() -> None:
    refilled = [bought("auto_refill", 1.0, seed)[0].curve.bought_gains for seed in range(10)]
    later = [added[int(added.argmax()) + 20 :] for added in refilled]
    assert sum(bool((days > 0).any() and (days < 0).any()) for days in later) >= 3


def test_a_pod_comments_soon_and_always_the_same_people_do() -> None:
    draft = bought("pod", 2.0)[0]
    voice = draft.commenter_groups[-1]
    draft.commenter_groups = [dataclasses.replace(voice, counts=draft.posts.total("comments"))]
    rows = write_comments(draft, 200)
    under, times = np.concatenate(rows.post_positions), np.concatenate(rows.times)
    writers = np.concatenate(rows.authors)[np.concatenate(rows.by_creator) == 0]
    assert voice.authors is not None
    assert set(writers.tolist()) <= set(voice.authors.tolist())
    soon = (times - draft.posts.times[under])[np.concatenate(rows.by_creator) == 0]
    assert np.median(soon) < 2.5 * 3600


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_no_event_leaves_anything_bought_or_below_nothing(event: str) -> None:
    for seed in range(6):
        draft = a_creator(seed)
        apply_event(draft, event)
        assert draft.curve.honest_followers().min() >= 0
        assert not draft.curve.bought_gains.any()
        assert all((values >= 0).all() for values in draft.posts.honest_counts.values())
        assert all(len(values) == len(draft.posts) for values in draft.posts.honest_counts.values())


@pytest.mark.parametrize("event", ["viral_hit", "press_mention", "giveaway", "bot_attack", "migration"])
def test_honest_events_make_jumps_too(event: str) -> None:
    larger = 0
    for seed in range(16):
        before, draft = a_creator(seed).curve.honest_gains, a_creator(seed)
        apply_event(draft, event)
        larger += draft.curve.honest_gains.max() > 2 * before.max()
    assert larger >= 5


@pytest.mark.parametrize("program", sorted(BOTS))
def test_programs_keep_posts_in_order_and_within_the_account(program: str) -> None:
    for seed in range(6):
        draft = a_creator(seed)
        BOTS[program](draft)
        assert (np.diff(draft.posts.times) >= 0).all()
        assert draft.posts.times[0] >= draft.person.created - 1
        assert draft.posts.times[-1] <= draft.now
        assert len(draft.posts.captions) == len(draft.posts)


def test_follow_and_unfollow_goes_up_and_down() -> None:
    swings = []
    for seed in range(6):
        draft = a_creator(seed)
        BOTS["follow_unfollow"](draft)
        steps = np.diff(draft.curve.following)
        swings.append(min(steps.clip(0).sum(), -steps.clip(None, 0).sum()))
    assert np.median(swings) > 200


def test_a_growth_bot_follows_and_tags_for_its_owner_and_leaves_the_posts_alone() -> None:
    for seed in range(6):
        before, draft = a_creator(seed), a_creator(seed)
        BOTS["growth_bot"](draft)
        assert draft.curve.following[-1] >= before.curve.following[-1]
        assert (draft.posts.hashtags >= before.posts.hashtags).all()
        assert (draft.posts.times == before.posts.times).all()
        assert draft.posts.captions == before.posts.captions
        assert not draft.curve.bought_gains.any()


def test_promoters_tag_more_than_creators() -> None:
    tags = [np.mean([a_creator(seed, kind).posts.hashtags.mean() for seed in range(40)]) for kind in PEOPLE]
    assert tags[0] > 2 * tags[1]


@pytest.mark.parametrize("rhythm", ["uniform", "regular", "waking", "mimic", "batch"])
def test_a_programs_rhythm_stays_in_its_window(rhythm: str) -> None:
    times = bot_times(np.random.default_rng(0), 60, 1e9, 2 * DAY, rhythm)
    assert len(times) == 60
    assert ((times <= 1e9) & (times >= 1e9 - 2 * DAY - 61)).all()
    assert (times == np.floor(times)).all()


@pytest.mark.parametrize("shape", ["flat", "decay", "long", "bell", "ramp"])
@pytest.mark.parametrize(("days", "at", "length"), [(5, 0, 1), (5, 4, 9), (300, 250, 400), (300, 10, 0)])
def test_a_pulse_adds_up_to_one(shape: PulseShape, days: int, at: int, length: int) -> None:
    share = arrival_shares(days, at, length, shape)
    assert share.sum() == pytest.approx(1)
    assert (share >= 0).all()
    assert not share[:at].any()


def test_in_the_end_the_stated_share_has_left() -> None:
    arrivals = np.zeros(240)
    arrivals[3] = 1000.0
    leavers = departures(arrivals, 0.3, half_life=10.0)
    assert leavers.sum() == pytest.approx(300, rel=0.01)
    assert leavers[:4].sum() == 0
    assert leavers[4:25].sum() > 200


def test_orders_are_round_and_near_what_was_wanted() -> None:
    for amount in np.geomspace(5, 5e6, 60).tolist():
        size = round_order(amount)
        assert 0.75 < size / amount < 1.35
        assert len(str(int(size)).rstrip("0")) <= 2


@pytest.mark.parametrize("english", [True, False])
@pytest.mark.parametrize("name", TRAIN.languages)
def test_a_vendor_repeats_itself_and_people_do_not(name: str, english: bool) -> None:
    rng, speech, supply = np.random.default_rng(0), language(name, 1), TextSupply(3, "a", english)
    people = fan_texts(rng, speech, 200, np.array([1.0, 0, 0, 0, 0, 1.0]), topic=4)
    templates = template_texts(rng, speech, 200, supply)
    fluent = fluent_texts(rng, speech, 200, supply, topic=4)
    assert len(set(templates)) < 0.8 * len(set(people))
    lengths = [np.std([len(text) for text in texts]) for texts in (people, fluent)]
    assert lengths[1] < 0.6 * lengths[0]
    assert len(set(fluent)) > 150
    assert len(STYLES) == len(TRAIN.fan_styles) == len(TEST.fan_styles)


def test_vendors_write_in_the_customers_language_or_in_english_whatever_it_is() -> None:
    speech, rng = language("ru", 1), np.random.default_rng(0)
    for english, words in ((True, r"[a-z]{3}"), (False, r"[а-я]{2}")):
        for wording in ("a", "b"):
            supply = TextSupply(5, wording, english)
            templates = template_texts(rng, speech, 60, supply)
            fluent = fluent_texts(rng, speech, 60, supply, topic=4)
            written = [text for text in (*templates, *fluent) if any(map(str.isalpha, text))]
            assert all(re.search(words, text.lower()) for text in written)
            assert not [text for text in written if "{" in text or "}" in text]


def test_the_regimes_share_no_numbers_of_substance() -> None:
    assert (TRAIN.tails, TRAIN.gaps, TRAIN.delays) != (TEST.tails, TEST.gaps, TEST.delays)
    assert TRAIN.phrase_set != TEST.phrase_set
    assert TRAIN.vocabulary_seed != TEST.vocabulary_seed
    for name, platform in TRAIN.platforms.items():
        other = TEST.platforms[name]
        same = [
            field
            for field in ("rate_at", "rate_sd", "post_spread", "daily_growth")
            if getattr(platform, field) == getattr(other, field)
        ]
        assert not same, name
    assert not [name for name in TRAIN.waves if TRAIN.waves[name] == TEST.waves[name]]
    assert set(TRAIN.habits) == set(TEST.habits)
    assert set(TRAIN.profiles) == set(TEST.profiles)


def test_an_early_order_stands_before_the_curve_and_leaves_it_calm() -> None:
    for scheme in ("burst", "drip", "auto_refill"):
        draft = a_creator()
        draft.delivered_early = True
        SCHEMES[scheme](draft, 10.0, Campaign("vendor", 1))
        honest, shown = draft.curve.honest_followers(), draft.curve.public_followers()
        assert draft.curve.bought_before > 2 * honest[0]
        assert np.diff(shown).max() < 0.1 * shown[0]
        added = added_amounts(draft, np.floor(draft.now / DAY) - np.array([199.0, 0.0]))
        assert added.followers > 2
        assert added.followers_shown < 0.25 * added.followers


def test_likes_are_sold_in_packages_and_sometimes_every_post_has_the_same() -> None:
    equal, round_ones = 0, 0
    for seed in range(40):
        draft = bought("likes_flat", 20.0, seed)[0]
        touched = draft.posts.added_counts["likes"] > 0
        settled = touched & (draft.posts.times < draft.now - DAY)
        equal += len(set(draft.posts.total("likes")[settled].tolist())) == 1
        added = draft.posts.added_counts["likes"][settled]
        round_ones += bool((added == round_package(float(np.median(added)))).all())
    assert equal >= 2
    assert round_ones >= 3


def test_packages_are_those_of_price_lists() -> None:
    assert [round_package(amount) for amount in (1, 120, 300, 480, 800, 2_000, 60_000)] == [
        100, 100, 250, 500, 1_000, 2_500, 50_000
    ]  # fmt: skip


def test_stock_phrases_come_again_and_again_from_few_accounts() -> None:
    styles = set()
    for number in range(12):
        draft = a_creator()
        SCHEMES["comments_templates"](draft, 3.0, Campaign(f"vendor {number}", 1))
        voice = draft.commenter_groups[-1]
        styles.add(voice.style)
        if voice.style == "phrases":
            assert voice.authors is not None
            assert 20 <= len(voice.authors) <= 40
            draft.commenter_groups = [dataclasses.replace(voice, counts=draft.posts.total("comments"))]
            texts = write_comments(draft, 200).texts
            assert len(set(texts)) < 0.5 * len(texts)
    assert styles == {"templates", "phrases"}


def test_a_roll_call_has_nearly_the_same_order_under_every_post() -> None:
    draft = a_creator()
    members = Campaign("pod", 1).authors(40, 41)
    draft.posts.honest_counts["comments"] = np.zeros(len(draft.posts))
    counts = np.full(len(draft.posts), 20.0)
    draft.commenter_groups, draft.reply_share = (
        [CommenterGroup("roll_call", counts, members, (0.4, 0.3), 7)],
        0.0,
    )
    rows = write_comments(draft, 5_000)
    order = {author: at for at, author in enumerate(members.tolist())}
    under, at = (
        np.concatenate(rows.post_positions),
        np.array([order[a] for a in np.concatenate(rows.authors).tolist()]),
    )
    times = np.concatenate(rows.times)
    posts = [np.flatnonzero(under == post) for post in np.unique(under)]
    ranks = [np.corrcoef(times[of], at[of])[0, 1] for of in posts if (np.diff(at[of]) > -20).all()]
    assert np.median(ranks) > 0.95
    assert all(len(set(at[of].tolist())) == len(of) for of in posts)


def test_news_bots_post_by_the_quarter_of_an_hour() -> None:
    window = next(export for export in TRAIN.exports if export.name == "x full")
    depth = dataclasses.replace(DEEP, posts=200)
    gaps = []
    for seed in range(30):
        draft = draw_honest_account(np.random.default_rng(seed), TRAIN, window, depth, "creator")
        BOTS["content_bot"](draft)
        if len(draft.posts) >= 100:
            gaps.append(float(np.median(np.diff(draft.posts.times))))
    assert sum(290 <= gap <= 3_700 and abs(gap % 300 - 150) > 120 for gap in gaps) >= 3


def test_hollow_fakes_have_a_number_for_a_name_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    for regime in (TRAIN, TEST):
        rows = profile_fields(rng, regime, profile_rows(regime, ["hollow_fake"] * 400), 1.7e9)
        names = usernames(rng, 400, rows["digits"], rows["run"], rows["numbered"])
        assert np.mean([re.fullmatch(r"user\d+", name) is not None for name in names]) > 0.5
        assert rows["has_picture"].mean() < 0.15
        assert (rows["posts"] == 0).mean() > 0.85
        assert np.median(rows["following"]) > 2_500


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "x"])
def test_an_honest_audience_has_a_tenth_to_a_half_that_is_quiet_or_odd(platform: str) -> None:
    rng = np.random.default_rng(0)
    for regime in (TRAIN, TEST):
        usual = regime.platforms[platform].usual_quiet_share
        small, large = ([quiet_share(rng, usual, size) for _ in range(400)] for size in (1e3, 1e6))
        assert np.mean(small) < np.mean(large)
        assert np.quantile([*small, *large], 0.1) > 0.1
        assert np.quantile([*small, *large], 0.9) < 0.55


def test_what_is_bought_fills_the_sample_of_the_audience() -> None:
    draft = a_creator()
    honest = follower_shares(draft)
    SCHEMES["burst"](draft, 30.0, Campaign("vendor", 1))
    fakes = [
        sum(shares.get(kind, 0.0) for kind in FAKE_FOLLOWERS) for shares in (honest, follower_shares(draft))
    ]
    assert fakes[0] < 0.3
    assert fakes[1] > 0.85
