"""Why a person is asked, and what is not said of parts that nobody saw."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from accounts.tables import Tables
from detector.abstention import ABSTENTIONS
from detector.labels import Label
from reporting.presentation import Presentation, present

Documents = Mapping[str, dict[str, Any]]
TORN = {
    "check": "followers_against_history", "field": "profile.followers", "rows": 1, "left_out": [],
    "sentence": "The profile says 26 followers, its history 26,000 on 2026-10-01.", "contradiction": True,
    "bars_clearing": False,
}  # fmt: skip


def usual(documents: Documents) -> dict[str, Any]:
    """A verdict of an account on which every part is as usual, sent to review."""
    names = (name for name, one in documents.items() if one["label"] == Label.AUTHENTIC)
    for name in names:
        document = copy.deepcopy(documents[name]) | {"label": Label.REVIEW.value, "caveats": []}
        document["evidence"] = document["evidence"] | {"findings": [], "strange": []}
        if all(part.state in ("in", "not seen") for part in present(document).parts):
            return document
    raise AssertionError("no example is usual in every part")


def label_sentence(document: Mapping[str, Any]) -> str:
    return present(document).label_sentence


def test_a_review_without_an_unusual_part_says_what_leads_to_it(documents: Documents) -> None:
    document = usual(documents)
    alone = label_sentence(document)
    assert "the strongest, “" in alone
    assert "authentic accounts" in alone
    strange = document | {"evidence": document["evidence"] | {"strange": ["posts"]}}
    assert "its posts are unlike those" in label_sentence(strange)
    silent = strange | {"caveats": [ABSTENTIONS[0].sentence]}
    assert "accuses nobody on such evidence" in label_sentence(silent)
    torn = silent | {"evidence": document["evidence"] | {"findings": [TORN]}}
    assert "contradicts itself: The profile says 26 followers" in label_sentence(torn)
    assert "for a person because" not in label_sentence(document | {"label": Label.AUTHENTIC.value})


def test_what_is_unlike_all_that_was_learned_from_is_said_also_beside_an_unusual_part(
    documents: Documents,
) -> None:
    name = next(name for name, one in documents.items() if one["label"] == Label.INFLATED.value)
    document = documents[name] | {"label": Label.REVIEW.value, "caveats": []}
    document["evidence"] = document["evidence"] | {"findings": [], "strange": ["history"]}
    worst = next(part for part in present(document).parts if part.state == "far out")
    headline = f"{worst.headline[0].lower()}{worst.headline[1:]}"
    named = f"for a person because {worst.title.lower()} is far from usual: {headline}"
    assert named in label_sentence(document)
    document |= {"suspicion": 0.1, "authenticity_score": 49}
    assert any(part.state in ("out", "far out") for part in present(document).parts)
    assert "because its days of the follower history are unlike those" in label_sentence(document)
    document["evidence"] = document["evidence"] | {"strange": []}
    assert named in label_sentence(document)


def test_a_reason_within_a_sentence_begins_in_small_letters(documents: Documents) -> None:
    begins = set()
    for document in documents.values():
        if document["label"] in (Label.INFLATED, Label.AUTOMATED):
            held = document | {"label": Label.REVIEW.value, "caveats": []}
            held["evidence"] = document["evidence"] | {"findings": [], "strange": []}
            begins.add(label_sentence(held).partition("usual: ")[2][:1])
    assert any(one.isalpha() for one in begins)
    assert not any(one.isupper() for one in begins)


def without_times(tables: Tables) -> Tables:
    posts = tables.posts.with_columns(published_on=tables.posts["published_at"].dt.date(), published_at=None)
    return Tables.concat([tables]).replace(
        {"posts": posts.select(tables.posts.columns).cast(tables.posts.schema)}
    )


def test_posting_is_not_seen_where_no_post_has_a_time(documents: Documents, tables: Tables) -> None:
    name = next(name for name, one in documents.items() if not any(s["over"] for s in one["signals"]))
    whole = present(documents[name], tables).part("posting")
    document = copy.deepcopy(documents[name])
    document["evidence"]["blocks"]["posts"] = {"present": False, "n": 2}
    for shown in (present(document), present(documents[name], without_times(tables))):
        posting = shown.part("posting")
        assert (posting.state, posting.headline) == ("not seen", "Nothing of it was sent, or too little.")
    assert whole.state != "not seen"


def test_two_readings_of_an_audience_say_why_they_differ(documents: Documents) -> None:
    bases = [basis_of(present(one)) for one in documents.values() if one["audience"]]
    assert bases
    for followers, genuine, added in bases:
        assert ("how they came" in genuine) == added
        assert ("another reading" in followers) == added


def basis_of(shown: Presentation) -> tuple[str, str, bool]:
    followers, genuine = shown.number("real_followers"), shown.number("genuine_audience")
    assert genuine is not None
    added = any(one.count == "followers" for one in shown.added)
    return (followers.basis if followers else "another reading" if added else "", genuine.basis, added)
