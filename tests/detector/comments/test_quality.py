"""An account's comments: shares with intervals, and what of them came as bought comments come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from accounts.tables import Tables
from detector.comments.model import shipped
from detector.comments.quality import CommentQuality, classified_comments, comment_quality, quality_of
from detector.threshold import clopper_pearson
from detector.verdict_schema import of_class
from features.views import Views

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
OWN = "my sister has the same dog and he snores all night, number"
Row = dict[str, object]


def comment(**given: object) -> Row:
    base: Row = {
        "account": 0, "post_id": "p", "author_id": None, "author_row": 0, "words": "", "published_at": None,
        "is_promotion": False, "is_generic": True, "is_template": False,
    }  # fmt: skip
    return base | given


def came(*rows: Row) -> tuple[int, int, int, int]:
    found = quality_of(pl.DataFrame(rows, schema_overrides={"author_id": pl.String()}))[0].bought_like
    return found.same_authors, found.same_texts, found.same_minutes, found.n


def at(seconds: float) -> datetime:
    return AS_OF + timedelta(seconds=seconds)


def test_shares_are_of_what_was_read_with_an_exact_interval() -> None:
    rows = [comment(words=str(n), is_generic=n < 3, is_promotion=n == 9) for n in range(10)]
    found = quality_of(pl.DataFrame(rows))[0]
    assert (found.read, found.generic.n, found.promotion.n, found.template.n) == (10, 3, 1, 0)
    assert (found.generic.share, found.generic.interval) == (0.3, clopper_pearson(3, 10))


def test_what_is_not_of_any_kind_never_came_like_bought_comments() -> None:
    rows = [comment(author_id="a", words="same", published_at=at(1), is_generic=False)] * 3
    assert came(*rows) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"author_id": "a", "author_row": 1}, {"author_id": "a", "author_row": 1}, (2, 0, 0, 0)),
        ({"author_id": None, "author_row": 1}, {"author_id": None, "author_row": 1}, (0, 0, 0, 0)),
        ({"words": "one"}, {"words": "one"}, (0, 2, 0, 0)),
        ({"published_at": at(1)}, {"published_at": at(40)}, (0, 0, 2, 0)),
        ({"published_at": at(1)}, {"published_at": at(61)}, (0, 0, 0, 0)),
        ({"published_at": at(1)}, {"published_at": at(1), "post_id": "q"}, (0, 0, 0, 0)),
        ({"published_at": at(1), "post_id": None}, {"published_at": at(1), "post_id": None}, (0, 0, 0, 0)),
        ({"words": "one", "published_at": at(1)}, {"words": "one", "published_at": at(2)}, (0, 2, 2, 2)),
        ({"words": "one"}, {"words": "one", "account": 1}, (0, 0, 0, 0)),
    ],
)
def test_what_counts_as_the_same(first: Row, second: Row, found: tuple[int, ...]) -> None:
    rows = [comment(**({"words": f"{number}"} | given)) for number, given in enumerate((first, second))]
    assert came(*rows) == found


def accounts(**texts: list[str]) -> Views:
    profiles = [{"account_id": name, "platform": "instagram", "as_of": AS_OF} for name in texts]
    rows = [
        {
            "account_id": name, "post_id": "p", "author_id": f"{name}{n}", "text": text,
            "published_at": at(-60 * n - 60),
        }
        for name, lines in texts.items()
        for n, text in enumerate(lines)
    ]  # fmt: skip
    return Views(Tables.of(accounts=profiles, comments=rows))


def test_accounts_are_judged_by_their_position_and_only_with_enough_comments() -> None:
    own = [f"{OWN} {n}" for n in range(20)]
    views = accounts(few=own[:3], honest=own, advertised=own[:10] + ["check out my channel please"] * 10)
    found = comment_quality(views, shipped())
    assert list(found) == [1, 2]
    assert (found[1].read, found[1].promotion.n, found[1].bought_like.n) == (20, 0, 0)
    assert (found[2].promotion.n, found[2].bought_like.same_texts, found[2].bought_like.n) == (10, 10, 0)


def test_an_account_has_the_same_quality_alone_and_in_a_batch() -> None:
    own, praise = [f"{OWN} {n}" for n in range(20)], ["nice pic"] * 20
    together = comment_quality(accounts(a=own, b=praise), shipped())
    assert comment_quality(accounts(b=praise), shipped())[0] == together[1]


def test_the_rows_show_which_comments_count() -> None:
    shown = classified_comments(accounts(a=["nice pic"] * 15 + [OWN]), shipped())
    assert shown.filter("is_generic")["text"].unique().to_list() == ["nice pic"]
    assert shown["p_generic"].is_between(0, 1).all()


def test_no_accounts_have_no_quality() -> None:
    assert comment_quality(accounts(a=[]), shipped()) == {}


def test_it_can_be_written_and_has_a_schema() -> None:
    found = comment_quality(accounts(a=["nice pic"] * 20), shipped())[0]
    assert found.to_dict()["generic"]["n"] == 20
    assert set(of_class(CommentQuality)["properties"]) == set(found.to_dict())
