"""What is bought shows, and grows with its strength; honest events and programs leave their own traces."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from accounts.simulation.campaigns import Campaign, round_order
from accounts.simulation.commenting import write_comments
from accounts.simulation.curves import leaving, pulse
from accounts.simulation.draft import DAY, Draft
from accounts.simulation.events import EVENTS, befall
from accounts.simulation.making import Depth, draw_draft
from accounts.simulation.parameters import Shape
from accounts.simulation.parameters_for_testing import TEST
from accounts.simulation.parameters_for_training import TRAIN
from accounts.simulation.programs import PROGRAMS, bot_times
from accounts.simulation.schemes import SCHEMES
from accounts.simulation.text import STYLES, Supply, fan_texts, fluent_texts, language, template_texts

FULL = next(export for export in TRAIN.exports if export.name == "instagram full")
DEEP = Depth("daily", 200, 40, 150, 100, best=False, displayed=False)
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
        draft = draw_draft(np.random.default_rng((seed, attempt)), TRAIN, FULL, DEEP, kind)
        if draft.person.followers > 5_000 and len(draft.posts) == 40 and draft.born == 0:
            return draft
    raise AssertionError("no creator of that size")


def bought(scheme: str, strength: float, seed: int = 3) -> tuple[Draft, float]:
    draft = a_creator(seed)
    return draft, SCHEMES[scheme](draft, strength, Campaign("vendor", 1))


@pytest.mark.parametrize("scheme", ["burst", "drip", "auto_refill", "loop_group", "full_package"])
def test_bought_followers_arrive_by_strength(scheme: str) -> None:
    weak, strong = bought(scheme, 0.06), bought(scheme, 3.0)
    assert 0 < weak[0].curve.added.max() < strong[0].curve.added.max()
    assert weak[1] == pytest.approx(0.06, rel=0.5)
    assert strong[1] == pytest.approx(3.0, rel=0.5)
    honest = strong[0].curve.honest()[-1]
    assert strong[0].curve.added.clip(0).sum() > 1.5 * honest


def test_a_burst_raises_the_largest_gain_and_a_drip_hardly_does() -> None:
    burst, drip = bought("burst", 1.0)[0].curve, bought("drip", 1.0)[0].curve
    assert burst.added.max() > 3 * np.abs(burst.net).max()
    assert drip.added.max() < burst.added.max() / 3


@pytest.mark.parametrize(("scheme", "count"), COUNTED.items())
def test_bought_engagement_is_added_by_strength(scheme: str, count: str) -> None:
    weak, strong = bought(scheme, 0.06)[0], bought(scheme, 3.0)[0]
    assert weak.posts.added[count].sum() < strong.posts.added[count].sum()
    assert strong.posts.added[count].sum() > 0.4 * strong.posts.honest[count].sum()
    assert not strong.curve.added.any()


def test_flat_likes_lift_the_floor_and_proportional_ones_do_not() -> None:
    def floor(draft: Draft) -> float:
        likes = draft.posts.total("likes")[draft.posts.added["likes"] > 0]
        return float(likes.min() / np.median(likes))

    seeds = range(8)
    flat = np.median([floor(bought("likes_flat", 3.0, seed)[0]) for seed in seeds])
    proportional = np.median([floor(bought("likes_proportional", 3.0, seed)[0]) for seed in seeds])
    assert flat > proportional + 0.15


def test_random_inflation_takes_many_forms() -> None:
    touched = set()
    for seed in range(12):
        draft = bought("random_inflation", 1.0, seed)[0]
        names = [name for name, values in draft.posts.added.items() if values.any()]
        touched.add((bool(draft.curve.added.any()), *names))
    assert len(touched) >= 6


def test_a_refill_makes_up_for_what_is_lost() -> None:
    refilled = [bought("auto_refill", 1.0, seed)[0].curve.added for seed in range(10)]
    later = [added[int(added.argmax()) + 20 :] for added in refilled]
    assert sum(bool((days > 0).any() and (days < 0).any()) for days in later) >= 3


def test_a_pod_comments_soon_and_always_the_same_people_do() -> None:
    draft = bought("pod", 2.0)[0]
    voice = draft.voices[-1]
    draft.voices = [dataclasses.replace(voice, counts=draft.posts.total("comments"))]
    rows = write_comments(draft, 200)
    under, times = np.concatenate(rows.under), np.concatenate(rows.times)
    writers = np.concatenate(rows.authors)[np.concatenate(rows.creator) == 0]
    assert voice.authors is not None
    assert set(writers.tolist()) <= set(voice.authors.tolist())
    soon = (times - draft.posts.times[under])[np.concatenate(rows.creator) == 0]
    assert np.median(soon) < 2.5 * 3600


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_no_event_leaves_anything_bought_or_below_nothing(event: str) -> None:
    for seed in range(6):
        draft = a_creator(seed)
        befall(draft, event)
        assert draft.curve.honest().min() >= 0
        assert not draft.curve.added.any()
        assert all((values >= 0).all() for values in draft.posts.honest.values())
        assert all(len(values) == len(draft.posts) for values in draft.posts.honest.values())


@pytest.mark.parametrize("event", ["viral_hit", "press_mention", "giveaway", "bot_attack", "migration"])
def test_honest_events_make_jumps_too(event: str) -> None:
    larger = 0
    for seed in range(8):
        before, draft = a_creator(seed).curve.net, a_creator(seed)
        befall(draft, event)
        larger += draft.curve.net.max() > 2 * before.max()
    assert larger >= 3


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_programs_keep_posts_in_order_and_within_the_account(program: str) -> None:
    for seed in range(6):
        draft = a_creator(seed)
        PROGRAMS[program](draft)
        assert (np.diff(draft.posts.times) >= 0).all()
        assert draft.posts.times[0] >= draft.person.created - 1
        assert draft.posts.times[-1] <= draft.now
        assert len(draft.posts.captions) == len(draft.posts)


def test_follow_and_unfollow_goes_up_and_down() -> None:
    swings = []
    for seed in range(6):
        draft = a_creator(seed)
        PROGRAMS["follow_unfollow"](draft)
        steps = np.diff(draft.curve.following)
        swings.append(min(steps.clip(0).sum(), -steps.clip(None, 0).sum()))
    assert np.median(swings) > 200


def test_a_growth_bot_follows_and_tags_for_its_owner_and_leaves_the_posts_alone() -> None:
    for seed in range(6):
        before, draft = a_creator(seed), a_creator(seed)
        PROGRAMS["growth_bot"](draft)
        assert draft.curve.following[-1] >= before.curve.following[-1]
        assert (draft.posts.hashtags >= before.posts.hashtags).all()
        assert (draft.posts.times == before.posts.times).all()
        assert draft.posts.captions == before.posts.captions
        assert not draft.curve.added.any()


def test_promoters_tag_more_than_creators() -> None:
    tags = [np.mean([a_creator(seed, kind).posts.hashtags.mean() for seed in range(12)]) for kind in PEOPLE]
    assert tags[0] > 2 * tags[1]


@pytest.mark.parametrize("rhythm", ["uniform", "regular", "waking", "mimic", "batch"])
def test_a_programs_rhythm_stays_in_its_window(rhythm: str) -> None:
    times = bot_times(np.random.default_rng(0), 60, 1e9, 2 * DAY, rhythm)
    assert len(times) == 60
    assert ((times <= 1e9) & (times >= 1e9 - 2 * DAY - 61)).all()
    assert (times == np.floor(times)).all()


@pytest.mark.parametrize("shape", ["flat", "decay", "long", "bell", "ramp"])
@pytest.mark.parametrize(("days", "at", "length"), [(5, 0, 1), (5, 4, 9), (300, 250, 400), (300, 10, 0)])
def test_a_pulse_adds_up_to_one(shape: Shape, days: int, at: int, length: int) -> None:
    share = pulse(days, at, length, shape)
    assert share.sum() == pytest.approx(1)
    assert (share >= 0).all()
    assert not share[:at].any()


def test_in_the_end_the_stated_share_has_left() -> None:
    arrivals = np.zeros(240)
    arrivals[3] = 1000.0
    gone = leaving(arrivals, 0.3, half_life=10.0)
    assert gone.sum() == pytest.approx(300, rel=0.01)
    assert gone[:4].sum() == 0
    assert gone[4:25].sum() > 200


def test_orders_are_round_and_near_what_was_wanted() -> None:
    for amount in np.geomspace(5, 5e6, 60).tolist():
        size = round_order(amount)
        assert 0.75 < size / amount < 1.35
        assert len(str(int(size)).rstrip("0")) <= 2


@pytest.mark.parametrize("english", [True, False])
@pytest.mark.parametrize("name", TRAIN.languages)
def test_a_vendor_repeats_itself_and_people_do_not(name: str, english: bool) -> None:
    rng, speech, supply = np.random.default_rng(0), language(name, 1), Supply(3, "a", english)
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
            supply = Supply(5, wording, english)
            templates = template_texts(rng, speech, 60, supply)
            fluent = fluent_texts(rng, speech, 60, supply, topic=4)
            written = [text for text in (*templates, *fluent) if any(map(str.isalpha, text))]
            assert all(re.search(words, text.lower()) for text in written)
            assert not [text for text in written if "{" in text or "}" in text]


def test_the_regimes_share_no_numbers_of_substance() -> None:
    assert (TRAIN.tails, TRAIN.gaps, TRAIN.delays) != (TEST.tails, TEST.gaps, TEST.delays)
    assert TRAIN.wording != TEST.wording
    assert TRAIN.vocabulary != TEST.vocabulary
    for name, platform in TRAIN.platforms.items():
        other = TEST.platforms[name]
        same = [
            field
            for field in ("rate_at", "rate_sd", "swing", "daily_growth")
            if getattr(platform, field) == getattr(other, field)
        ]
        assert not same, name
    assert not [name for name in TRAIN.waves if TRAIN.waves[name] == TEST.waves[name]]
    assert set(TRAIN.habits) == set(TEST.habits)
    assert set(TRAIN.profiles) == set(TEST.profiles)
