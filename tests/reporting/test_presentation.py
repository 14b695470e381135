from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.errors import BadInput, WrongUsage
from accounts.tables import Tables
from detector.abstention import ABSTENTIONS
from detector.yardsticks import YARDSTICKS
from reporting.evidence import Evidence
from reporting.growth import growth_picture
from reporting.parts import PARTS, YARDSTICK_TITLES
from reporting.presentation import present
from reporting.wording import LABEL_SENTENCES

Documents = Mapping[str, dict[str, Any]]
NAMES = (
    "everyday-creator",
    "purge-victim",
    "burst-of-followers",
    "bought-likes",
    "full-package",
    "content-bot",
)


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_there_with_and_without_the_evidence(
    name: str, documents: Documents, tables: Tables
) -> None:
    for given in (tables, None):
        shown = present(documents[name], given)
        assert [part.name for part in shown.parts] == list(PARTS)
        assert shown.label_sentence.startswith(LABEL_SENTENCES[shown.label])
        assert len(shown.reasons) <= len(documents[name]["reasons"])
        assert bool(shown.reasons) == bool(documents[name]["reasons"])
        assert all(one.sentence[0].isupper() or not one.sentence[0].isalpha() for one in shown.reasons)
        assert (shown.growth is not None) == (given is not None)


def test_the_thresholds_and_the_place_are_on_one_scale(documents: Documents) -> None:
    for document in documents.values():
        scale = present(document).scale
        assert scale.flagged_below == pytest.approx(100 * (1 - document["guarantee"]["threshold"]))
        accused = document["label"] in ("inflated", "automated")
        assert scale.signal_place is not None and scale.flagged_below is not None
        assert (scale.signal_place < scale.flagged_below) is accused
        assert scale.cleared_from is not None
        if document["label"] == "authentic":
            assert scale.score is not None and scale.score >= round(scale.cleared_from)


def test_an_accusation_says_which_yardsticks_agree_with_it(documents: Documents) -> None:
    """Posts in two groups are about likes, and say nothing of how followers came."""
    document = documents["burst-of-followers"]
    signals = [one | {"over": one["name"] == "followers_flow"} for one in document["signals"]]
    burst = present(document | {"signals": signals})
    assert burst.agreement.startswith("With what the account is flagged for agree: ")
    assert "fastest ten days" in burst.agreement and "posts in two groups" not in burst.agreement
    outside = [one for one in documents["burst-of-followers"]["yardsticks"] if one["outcome"] == "far out"]
    assert {"jump", "posts_in_two_groups"} <= {one["name"] for one in outside}
    alone = documents["burst-of-followers"] | {"yardsticks": outside[-1:]}
    alone["yardsticks"][0]["signal"] = "rhythm"
    assert present(alone).agreement.startswith("No yardstick")
    assert not present(documents["everyday-creator"]).agreement


def test_a_place_that_clears_others_says_why_it_does_not(documents: Documents) -> None:
    high = documents["everyday-creator"] | {"label": "insufficient", "authenticity_score": 98}
    limited = present(high).scale.limited
    assert limited.startswith("It stands where accounts are cleared, and is not: ")
    unlike = high | {"evidence": high["evidence"] | {"strange": ["posts"]}}
    assert "unlike the accounts that the model knows" in present(unlike).scale.limited
    low = high | {"suspicion": 0.6, "authenticity_score": 40}
    assert not present(low).scale.limited


def test_where_no_kind_of_evidence_is_absent_a_verdict_asks_for_newer_evidence(documents: Documents) -> None:
    everyday = documents["everyday-creator"]
    low = everyday | {"label": "insufficient", "suspicion": 0.6, "authenticity_score": 40}
    for block, asked in ((None, "newer evidence of the same kinds"), ("posts", "posts")):
        wanted = low | {"evidence": low["evidence"] | {"send_next": block}}
        assert present(wanted).label_sentence.endswith(f"; what would help most: {asked}.")


def test_who_is_below_the_line_and_not_flagged_is_told_why(documents: Documents) -> None:
    silent = next(one for one in ABSTENTIONS if one.signal == "rhythm").sentence
    accused = documents["follow-unfollow"]
    held = accused | {"label": "review", "labels_over_threshold": [], "caveats": [silent]}
    assert present(accused).scale.limited == ""
    assert present(held).scale.limited == f"It is below the line and not flagged. {silent}"
    finding = {
        "check": "x", "field": "posts", "rows": 1, "sentence": "Two counts.", "left_out": [],
        "contradiction": True, "bars_clearing": True,
    }  # fmt: skip
    torn = held | {"evidence": held["evidence"] | {"findings": [finding]}}
    assert "not flagged, because parts of the evidence contradict" in present(torn).scale.limited


@pytest.mark.parametrize("known", [True, False])
def test_no_part_is_usual_while_a_reason_says_otherwise(
    documents: Documents, tables: Tables, known: bool
) -> None:
    for document in documents.values():
        shown = present(document, tables if known else None)
        for reason in (one for one in shown.reasons if one.outside):
            part = shown.part(reason.part)
            assert part.state != "in" or reason.sentence in {one.sentence for one in part.reasons}
            assert part.headline != "Nothing unusual.", (document["account_id"], part.name)


def test_a_part_is_unusual_where_its_number_moved_another_parts_signal(documents: Documents) -> None:
    shown = present(documents["follow-unfollow"])
    growth = shown.part("growth")
    assert growth.state == "out" and "followed and unfollowed" in growth.headline
    assert not any(one.name == "rhythm" for one in growth.signals)


def test_the_promise_is_in_words_that_a_person_knows(documents: Documents) -> None:
    promise = present(documents["burst-of-followers"]).promise
    assert promise.sentence.startswith(
        "At most 1 in 100 authentic creators would be flagged on this evidence"
    )
    assert "simulated" in promise.sentence and "simulated" in promise.limits[0]


def test_a_jump_is_a_sentence_with_days_and_pace(documents: Documents, tables: Tables) -> None:
    sentences = [one.sentence for one in present(documents["burst-of-followers"], tables).reasons]
    assert (
        "56 of 80 sampled followers follow at least twenty times as many accounts as follow them."
        in sentences
    )
    (jump,) = (one for one in sentences if one.startswith("+151,012 followers from 4 to 9 October 2025"))
    assert "a day before" in jump
    bare = [one.sentence for one in present(documents["burst-of-followers"]).reasons]
    assert "+151,012 followers from 4 to 9 October 2025." in bare


def test_estimates_carry_their_intervals(documents: Documents, tables: Tables) -> None:
    shown = present(documents["burst-of-followers"], tables)
    real = shown.number("real_followers")
    (added,) = shown.added
    assert real is not None and real.low is not None and real.high is not None
    assert real.amount == pytest.approx(177_719 * (1 - added.share))
    assert real.low < real.amount < real.high
    document = documents["burst-of-followers"] | {"signals": [], "audience": None, "yardsticks": []}
    assert present(document).number("real_followers") is None
    assert present(document).number("engagement_rate") is None


def test_the_same_numbers_are_read_from_the_document_alone(documents: Documents, tables: Tables) -> None:
    name = "burst-of-followers"
    with_evidence, without = (present(documents[name], given) for given in (tables, None))
    for one in ("real_followers", "engagement_rate"):
        a, b = with_evidence.number(one), without.number(one)
        assert a is not None and b is not None and a.amount == pytest.approx(b.amount, rel=0.01)


def test_absent_blocks_are_not_seen_and_never_unusual(tables: Tables, documents: Documents) -> None:
    document = json.loads(json.dumps(documents["everyday-creator"]))
    document["evidence"]["blocks"]["comments"] = {"present": False, "n": 0}
    document["signals"] = [one for one in document["signals"] if one["name"] != "comments"]
    document["yardsticks"] = [one for one in document["yardsticks"] if one["signal"] != "comments"]
    document["evidence"]["send_next"] = "comments"
    shown = present(document)
    part = shown.part("comments")
    assert part.state == "not seen" and part.missing
    assert shown.send_next is not None and shown.send_next.ways[0].source == "instagram-graph"


def test_numbers_follow_the_locale(documents: Documents, tables: Tables) -> None:
    sentences = " ".join(
        one.sentence for one in present(documents["burst-of-followers"], tables, "de").reasons
    )
    assert "+151.012" in sentences and "Okt" in sentences


def test_what_is_no_verdict_or_no_locale_is_refused(documents: Documents) -> None:
    with pytest.raises(BadInput, match=r"^schema must be 1"):
        present({"schema": 7})
    with pytest.raises(BadInput, match=r"^label does not belong"):
        present(documents["everyday-creator"] | {"label": "guilty"})
    with pytest.raises(WrongUsage, match="is no locale"):
        present(documents["everyday-creator"], locale="xx_??")


def test_documents_of_before_and_after_are_read(documents: Documents) -> None:
    older = json.loads(json.dumps(documents["everyday-creator"])) | {"some_day": 1}
    del older["guarantee"]["clears_at_or_below"], older["guarantee"]["reviews_above"]
    assert present(older).scale.cleared_from is None


def test_every_yardstick_has_a_title() -> None:
    assert {one.name for one in YARDSTICKS} == set(YARDSTICK_TITLES)


def test_every_figure_of_a_yardstick_can_be_drawn(documents: Documents) -> None:
    for document in documents.values():
        for part in present(document).parts:
            for one in part.yardsticks:
                assert one.figure is not None and one.usual_figures is not None, (
                    one.name,
                    one.value,
                    one.usual,
                )


def test_jumps_are_found_on_any_grid() -> None:
    account = {"account_id": "a", "platform": "x", "as_of": None}
    days = [date(2026, 1, 4) + timedelta(7 * week) for week in range(30)]
    counts = [1_000 + 10 * week + (9_000 if week > 15 else 0) for week in range(30)]
    rows = [
        {"account_id": "a", "date": day, "followers": count} for day, count in zip(days, counts, strict=True)
    ]

    evidence = Evidence.of(Tables.of(accounts=[account], history=rows), "a")
    assert evidence is not None
    picture = growth_picture(evidence)
    assert picture is not None
    (jump,) = picture.jumps
    assert jump.gained == 9_010 and not jump.posts_known and jump.before == pytest.approx(10 / 7)


def test_what_is_explained_is_no_part_of_another_jump() -> None:
    account = {"account_id": "a", "platform": "x", "as_of": None}
    days = [date(2026, 1, 1) + timedelta(at) for at in range(60)]
    counts = [1_000 + 10 * at + 5_000 * (at >= 30) + 700 * (at >= 31) + 800 * (at >= 33) for at in range(60)]
    rows = [
        {"account_id": "a", "date": day, "followers": count} for day, count in zip(days, counts, strict=True)
    ]
    press = {"account_id": "a", "kind": "press", "who": "Jo", "from": days[30], "to": days[30]}
    evidence = Evidence.of(Tables.of(accounts=[account], history=rows, annotations=[press]), "a")
    assert evidence is not None
    picture = growth_picture(evidence)
    assert picture is not None
    found = [(one.start, one.end, one.gained, one.explained) for one in picture.jumps]
    assert found == [
        (days[29], days[30], 5_010, True),
        (days[30], days[31], 710, False),
        (days[32], days[33], 810, False),
    ]
    named = growth_picture(evidence, [(days[28], days[35])])
    assert named is not None
    (window,) = (one for one in named.jumps if one.start == days[28])
    assert (window.gained, window.explained, window.kept) == (1_560, False, None)
