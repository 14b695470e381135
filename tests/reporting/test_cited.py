"""What can be drawn from a verdict alone is what its rows hold, and is true of the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from accounts.tables import Tables
from reporting.cited import cited_growth, cited_posts
from reporting.document import read_verdict
from reporting.evidence import Evidence
from reporting.presentation import present

Documents = Mapping[str, dict[str, Any]]
NAMES = (
    "burst-of-followers",
    "auto-refill",
    "purge-victim",
    "full-package",
    "scheduling-brand",
    "bought-likes",
)


@pytest.mark.parametrize("name", NAMES)
def test_every_cited_count_is_the_accounts_own(documents: Documents, tables: Tables, name: str) -> None:
    verdict = read_verdict(documents[name])
    evidence = Evidence.of(tables, verdict.account_id)
    assert evidence is not None
    known = {point.day: point.followers for point in evidence.history}
    growth = cited_growth(verdict)
    for point in growth.points if growth else ():
        assert known[point.day] == point.followers
    posts = {(post.published_at, post.likes, post.comments, post.views) for post in evidence.posts}
    cited = cited_posts(verdict)
    for post in cited.posts if cited else ():
        cited_counts = (post.likes, post.comments, post.views)
        assert any(
            when == post.published_at
            and all(one in (None, own) for one, own in zip(cited_counts, counts, strict=True))
            for when, *counts in posts
        )
    assert growth or cited


def test_points_are_apart_and_no_jump_is_claimed(documents: Documents) -> None:
    shown = present(documents["burst-of-followers"])
    assert shown.growth is None and shown.cited_growth is not None
    assert all(len(run) == 1 for run in shown.cited_growth.runs) and not shown.cited_growth.jumps


def test_rows_that_hold_no_count_are_passed_over(documents: Documents) -> None:
    rows = [
        {"date": "2026-01-01", "followers": 10}, {"date": "soon", "followers": 11},
        {"date": "2026-01-02", "followers": None}, {"date": "2026-01-03", "followers": -1},
        {"published_at": "2026-01-01T00:00:00Z", "post_id": "p1", "likes": 3},
        {"published_at": "2026-01-01T00:00:00Z", "likes": True},
    ]  # fmt: skip
    document = documents["burst-of-followers"]
    (first, *_) = document["reasons"]
    alone = document | {"reasons": [first | {"rows": rows}], "counter_reasons": [], "yardsticks": []}
    verdict = read_verdict(alone)
    assert cited_growth(verdict) is None and cited_posts(verdict) is None


def test_a_reason_is_drawn_among_its_peers_where_its_range_is_of_its_own_number(documents: Documents) -> None:
    from reporting import charts

    shown = present(documents["bought-likes"])
    drawn = [one for one in (*shown.reasons, *shown.in_favour) if one.measured]
    assert drawn
    for one in drawn:
        assert one.measured is not None
        chart = charts.measured_chart(one.measured)
        assert one.measured.value_text in chart and one.measured.typical_text in one.usual
        assert ("outside." in chart) == one.outside and ("<circle" in chart) != one.outside
