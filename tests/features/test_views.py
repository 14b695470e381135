"""Views: what they keep, what they leave out, and the columns that features and reasons read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from accounts.tables import Tables
from features import views
from features.catalogue import CATALOGUE, by_name
from features.derive import derive
from features.views import View, Views
from features.views.base import Column, ViewRows

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
ALL = [view for view in vars(views).values() if isinstance(view, View)]
Row = dict[str, object]


def ago(**span: float) -> datetime:
    return AS_OF - timedelta(**span)


def of(**parts: list[Row]) -> Views:
    """The views of one account ``a`` with these rows."""
    keyed = {name: [{"account_id": "a", **row} for row in rows] for name, rows in parts.items()}
    profile = {"account_id": "a", "platform": "instagram", "as_of": AS_OF, "followers": 100}
    return Views(Tables.of(accounts=[profile], **keyed))


def some_posts(*more: Row) -> list[Row]:
    return [
        {"post_id": f"p{i}", "published_at": ago(days=10 + i), "likes": 10, "comments": 1} for i in range(6)
    ] + list(more)


def some_comments(*more: Row) -> list[Row]:
    rows = [
        {"post_id": "p0", "author_id": f"u{i}", "text": f"text {i}", "published_at": ago(days=9)}
        for i in range(15)
    ]
    return rows + list(more)


def some_counts(*followers: int | None, first: date = date(2026, 9, 1)) -> list[Row]:
    return [{"date": first + timedelta(days=i), "followers": n} for i, n in enumerate(followers)]


@pytest.mark.parametrize("view", ALL, ids=lambda view: view.name)
def test_a_view_is_sorted_by_account_and_says_what_a_row_is(view: View, tables: Tables) -> None:
    frame = Views(tables)[view]
    assert frame["account"].is_sorted()
    assert frame["account"].dtype == pl.UInt32
    assert (
        "row per" in view.about.lower() or "columns of" in view.about.lower() or "oldest first" in view.about
    )


@pytest.mark.parametrize("view", ALL, ids=lambda view: view.name)
def test_a_view_of_nothing_has_the_same_columns_and_no_rows(view: View, tables: Tables) -> None:
    empty = Views(Tables.of())[view]
    assert empty.is_empty()
    assert empty.columns == Views(tables)[view].columns


@pytest.mark.parametrize("view", ALL, ids=lambda view: view.name)
def test_a_view_does_not_depend_on_the_order_of_rows(view: View, tables: Tables) -> None:
    mixed = tables.map(
        lambda name, frame: frame if name == "accounts" else frame.sample(fraction=1.0, shuffle=True, seed=2)
    )
    assert Views(tables)[view].equals(Views(mixed)[view], null_equal=True)


@pytest.mark.parametrize("view", [view for view in ALL if view.name != "account"], ids=lambda view: view.name)
def test_columns_that_the_docstring_names_exist(view: View, tables: Tables) -> None:
    named = set(re.findall(r"``([a-z_]+)``", view.about))
    elsewhere = {"days", "weeks", "months", "timeline"}
    if view.name in ("weeks", "months"):
        elsewhere |= {"hit_near", "unexplained"}
    if view.name == "observed":
        elsewhere |= {"as_of"}
    assert named - elsewhere <= set(Views(tables)[view].columns)


def test_a_view_is_built_once() -> None:
    built = of(posts=some_posts())
    assert built[views.posts] is built[views.posts]


def test_posts_under_48_hours_have_not_settled() -> None:
    fresh = {"post_id": "fresh", "published_at": ago(hours=47, minutes=59), "likes": 0}
    just = {"post_id": "just", "published_at": ago(hours=48), "likes": 0}
    undated = {"post_id": "undated", "likes": 0}
    built = of(posts=some_posts(fresh, just, undated))
    assert set(built[views.posts]["post_id"]) == {*(f"p{i}" for i in range(6)), "just", "undated"}
    assert set(built[views.timeline]["post_id"]) == {*(f"p{i}" for i in range(6)), "just", "fresh"}


def test_undated_posts_come_first_and_have_no_gap() -> None:
    built = of(posts=some_posts({"post_id": "undated", "likes": 0}))
    assert built[views.posts]["post_id"][0] == "undated"
    assert built[views.timeline]["gap_hours"].to_list() == [None, *[24.0] * 5]
    assert built[views.timeline]["next_gap_hours"].to_list() == [*[24.0] * 5, None]


def test_ranks_share_ties_and_skip_what_is_hidden() -> None:
    rows = some_posts()
    for row, likes, comments in zip(rows, (5, 7, 7, None, 1, 9), (1, None, 3, 3, 0, 2), strict=True):
        row["likes"], row["comments"] = likes, comments
    frame = of(posts=rows)[views.posts].sort("post_id")
    assert frame["likes_standing"].to_list() == [-0.5, 0.25, 0.25, None, -1.0, 1.0]
    assert frame["likes_rank"].to_list() == [2.0, None, 3.0, None, 1.0, 4.0]
    assert frame["comments_rank"].to_list() == [2.0, None, 4.0, None, 1.0, 3.0]


def test_captions_are_compared_without_case_and_white_space() -> None:
    rows = some_posts()
    for row, caption in zip(rows, ("Sun", " sun ", "rain", "", None, "SUN"), strict=True):
        row["caption"] = caption
    assert of(posts=rows)[views.timeline].sort("post_id")["caption_copies"].to_list() == [
        3,
        3,
        1,
        None,
        None,
        3,
    ]


def test_hours_count_every_dated_post() -> None:
    frame = of(posts=some_posts({"post_id": "late", "published_at": ago(hours=1)}))[views.hours]
    assert frame.height == 24
    assert dict(frame.filter(pl.col("posts") > 0).select("hour_of_day", "posts").iter_rows()) == {0: 6, 23: 1}
    assert frame.filter(pl.col("hour_of_day") == 19)["next_six"].item() == 7


def test_a_comment_whose_post_was_not_supplied_is_kept() -> None:
    stray = {"post_id": "elsewhere", "author_id": "x", "text": "hello", "published_at": ago(days=1)}
    nowhere = {"author_id": "y", "text": "hello", "published_at": ago(days=1)}
    frame = of(posts=some_posts(), comments=some_comments(stray, nowhere))[views.comments]
    assert frame.height == 17
    assert frame.filter(pl.col("text") == "hello")["minutes"].to_list() == [None, None]
    assert frame.filter(pl.col("text") != "hello")["minutes"].to_list() == [1440.0] * 15


def test_comments_do_not_need_posts() -> None:
    frame = of(comments=some_comments())[views.comments]
    assert frame["minutes"].to_list() == [None] * 15


def test_a_clock_that_runs_backwards_gives_no_minutes() -> None:
    early = {"post_id": "p0", "author_id": "x", "text": "hello", "published_at": ago(days=11)}
    frame = of(posts=some_posts(), comments=some_comments(early))[views.comments]
    assert frame.filter(pl.col("text") == "hello")["minutes"].item() is None


def test_undated_comments_come_first_and_are_kept() -> None:
    frame = of(posts=some_posts(), comments=some_comments({"post_id": "p0", "text": "when?"}))[views.comments]
    assert frame["text"][0] == "when?"
    assert frame["minutes"][0] is None


def test_who_wrote_a_comment_is_a_fan_unless_it_is_said_to_be_the_creator() -> None:
    more = [
        {"text": "c", "by_creator": True, "likes": 3},
        {"text": "f", "by_creator": False, "likes": 4},
        {"text": "n", "likes": 5},
    ]
    frame = (
        of(comments=some_comments(*more))[views.comments]
        .filter(pl.col("text").str.len_chars() == 1)
        .sort("text")
    )
    assert frame["by_fan"].to_list() == [False, True, True]
    assert frame["fan_likes"].to_list() == [None, 4, 5]


def test_the_sample_of_texts_is_capped_and_even() -> None:
    many = [{"text": f"text {i}", "published_at": ago(minutes=1000 - i)} for i in range(1000)]
    sampled = of(comments=many)[views.wording]["text"].to_list()
    assert sampled == [f"text {10 * i}" for i in range(100)]


def test_texts_count_copies_authors_and_those_unknown() -> None:
    more = [{"text": "So  nice!", "author_id": a} for a in ("u1", "u1", "u2", None)]
    frame = of(comments=some_comments(*more))[views.texts]
    row = frame.filter(pl.col("words") == "so  nice").row(0, named=True)
    assert (row["copies"], row["authors"], row["known"]) == (4, 2, 3)
    assert frame["drawn"].sum() == pytest.approx(15 * 15 / 19 + 1 - 1 / 3876)


def test_authors_count_their_posts_once_each() -> None:
    more = [{"post_id": post, "author_id": "regular", "text": "hi"} for post in ("p0", "p1", "p1", None)]
    row = (
        of(comments=some_comments(*more))[views.authors]
        .filter(pl.col("author_id") == "regular")
        .row(0, named=True)
    )
    assert (row["comments"], row["posts"], row["posts_sampled"]) == (4, 2, 2)


def test_pairs_compare_distinct_words() -> None:
    frame = of(comments=[{"text": "so so nice"}, {"text": "nice lake"}] * 8)[views.pairs]
    assert frame.height == 16
    for row in frame.iter_rows(named=True):
        assert row["jaccard"] == (1.0 if row["text"] == row["other"] else pytest.approx(1 / 3))


def test_gains_are_not_taken_across_more_than_two_steps() -> None:
    rows = some_counts(*range(100, 130))
    history = [row for i, row in enumerate(rows) if i not in (5, 10, 11)]
    frame = of(history=history)[views.days]
    gaps = dict(frame.select("gap_days", "gained").drop_nulls("gap_days").unique().iter_rows())
    assert gaps == {1.0: 1.0, 2.0: 2.0, 3.0: None}


def test_counts_without_a_number_or_a_date_are_left_out() -> None:
    rows = some_counts(*range(100, 120), None)
    assert of(history=[*rows, {"followers": 5}])[views.counts].height == 20


def test_of_several_counts_of_a_day_the_largest_stands() -> None:
    rows = some_counts(*range(100, 120))
    again = [{**row, "followers": int(str(row["followers"])) - 50} for row in rows]
    assert of(history=rows + again)[views.counts]["followers"].to_list() == list(range(100, 120))


def test_each_grid_takes_the_last_count_of_its_period() -> None:
    frame = of(history=some_counts(*range(1000, 1200), first=date(2026, 1, 5)))  # a Monday
    assert frame[views.weeks]["followers"].to_list()[:2] == [1006, 1013]
    assert frame[views.months]["date"].to_list()[:2] == [date(2026, 1, 31), date(2026, 2, 28)]
    assert frame[views.weeks]["gained"].to_list()[1] == 7.0


def test_a_coarse_history_is_on_no_finer_grid() -> None:
    weekly = [{"date": date(2026, 1, 5) + timedelta(days=7 * i), "followers": 100 + i} for i in range(30)]
    built = of(history=weekly)
    assert built[views.days].is_empty()
    assert built[views.weeks].height == 30
    assert built[views.months].height == 7


def test_youtube_rounds_to_three_figures() -> None:
    rows = [{"account_id": "a", **row} for row in some_counts(*[12_300] * 20)]
    profile = {"account_id": "a", "platform": "youtube", "as_of": AS_OF}
    assert set(Views(Tables.of(accounts=[profile], history=rows))[views.counts]["unit"]) == {100.0}


def hits_near(*published: int, hit: int) -> list[bool | None]:
    """Whether a hit is near each of 20 days from 1 September, by the days of posts and the hit's own."""
    first = datetime(2026, 9, 1, 12, tzinfo=UTC)
    rows: list[Row] = [
        {"post_id": f"p{i}", "published_at": first + timedelta(days=day), "likes": 100 if day == hit else 10}
        for i, day in enumerate(published)
    ]
    return of(posts=rows, history=some_counts(*range(100, 120)))[views.days]["hit_near"].to_list()


def test_a_hit_explains_growth_from_two_days_before_to_a_week_after() -> None:
    near = hits_near(-20, -19, -18, -17, 6, hit=6)
    assert [day for day, is_near in enumerate(near) if is_near] == list(range(4, 14))


def test_the_latest_hit_does_not_hide_an_earlier_one() -> None:
    first = datetime(2026, 9, 1, tzinfo=UTC)
    rows: list[Row] = [
        {
            "post_id": f"p{day}",
            "published_at": first + timedelta(days=day),
            "likes": 100 if day in (0, 10) else 10,
        }
        for day in (-9, -8, -7, -6, 0, 10)
    ]
    near = of(posts=rows, history=some_counts(*range(100, 120)))[views.days]["hit_near"].to_list()
    assert [day for day, is_near in enumerate(near) if not is_near] == [18, 19]


def test_before_the_first_post_nothing_is_known_of_hits() -> None:
    near = hits_near(5, 6, 7, 8, 9, hit=99)
    assert near == [None] * 5 + [False] * 15


def test_without_posts_nothing_is_known_of_hits() -> None:
    assert of(history=some_counts(*range(100, 120)))[views.days]["hit_near"].to_list() == [None] * 20


def test_the_audience_knows_age_and_digits_from_either_form() -> None:
    rows = [{"username": "ana12", "created_at": ago(days=10), "followers": i} for i in range(29)]
    given = {"username_length": 4, "username_digits": 1, "followers": 99, "following": 999}
    frame = of(audience=[*rows, given])[views.followers]
    assert frame["digit_share"].to_list() == [0.4] * 29 + [0.25]
    assert frame["age_days"].to_list() == [10.0] * 29 + [None]
    assert frame["follow_ratio"].to_list()[-1] == pytest.approx(1.0)


def test_rows_of_unknown_accounts_are_left_out() -> None:
    rows = [{"account_id": name, **row} for name in ("a", "ghost") for row in some_posts()]
    profile = {"account_id": "a", "platform": "x", "as_of": AS_OF}
    assert Views(Tables.of(accounts=[profile], posts=rows))[views.posts].height == 6


def test_everything_twice_is_still_read(tables: Tables) -> None:
    """Repeated rows are what somebody sent: nothing breaks or multiplies, and order still does not matter."""
    twice = tables.map(lambda name, frame: frame if name == "accounts" else pl.concat([frame, frame]))
    built = Views(twice)
    assert (built[views.comments].group_by("account").len()["len"] % 2 == 0).all()
    assert built[views.counts].equals(Views(tables)[views.counts])
    mixed = twice.map(
        lambda name, frame: frame if name == "accounts" else frame.sample(fraction=1.0, shuffle=True, seed=4)
    )
    one, other = derive(twice), derive(mixed)
    assert one.equals(other)
    assert one.shape == (len(tables), len(CATALOGUE))


@pytest.mark.parametrize(
    "rows",
    [
        {"posts": [{}] * 5},
        {"posts": [{"published_at": datetime(2026, 1, 1, tzinfo=UTC)}] * 8},
        {"comments": [{"published_at": datetime(2026, 1, 1, tzinfo=UTC)}] * 20},
        {"audience": [{"followers": 3}] * 40},
    ],
    ids=["empty posts", "posts at one time", "comments at one time", "equal followers"],
)
def test_rows_that_nothing_tells_apart_are_derived(rows: dict[str, list[dict[str, object]]]) -> None:
    account = {"account_id": "a", "platform": "x", "as_of": datetime(2026, 3, 1, tzinfo=UTC), "followers": 9}
    parts = {name: [{"account_id": "a", **row} for row in given] for name, given in rows.items()}
    assert derive(Tables.of(accounts=[account], **parts)).shape == (1, len(CATALOGUE))


DECLARED = [(view, name) for view in ALL if view.name != "account" for name in view.columns]


@pytest.mark.parametrize(("view", "name"), DECLARED, ids=[f"{view.name}-{name}" for view, name in DECLARED])
def test_a_column_is_documented_with_an_example_and_the_same_alone(
    view: View, name: str, tables: Tables
) -> None:
    about = view.columns[name].__doc__ or ""
    assert f'column_of("{view.name if view is not views.steps else "days"}", "{name}"' in about
    alone, whole = Views(tables).frame(view, [name]), Views(tables)[view]
    assert alone[name].equals(whole[name], null_equal=True)
    assert not set(view.columns) - {name} & set(alone.columns)


def test_only_columns_that_are_asked_for_are_worked_out(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(rows: ViewRows) -> Column:
        raise LookupError

    monkeypatch.setitem(views.posts.columns, "groups", refused)
    assert derive(tables, [by_name("likes_gini")])["likes_gini"].notna().any()
    with pytest.raises(LookupError):
        derive(tables, [by_name("likes_two_groups")])
