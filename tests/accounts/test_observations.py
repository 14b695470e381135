"""Observations join what a document brings: days once, the document first, nothing after ``as_of``."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from accounts.observations import Observation, PostCounts, join_observations, observations_of
from accounts.schema import TABLES
from accounts.tables import Tables

AS_OF = datetime(2026, 11, 1, 15, tzinfo=UTC)
IDS = ("a", "b", "unknown")
COUNT = st.none() | st.integers(0, 50)


def moments(days=12):
    return st.integers(-days * 24 * 3, 40).map(lambda thirds: AS_OF + timedelta(minutes=20 * thirds))


POSTS = st.builds(
    PostCounts,
    post_id=st.sampled_from(["p1", "p2", "p3"]),
    published_at=st.none() | st.just(AS_OF - timedelta(days=20)),
    views=COUNT, likes=COUNT, comments=COUNT,
)  # fmt: skip
OBSERVATIONS = st.lists(
    st.builds(
        Observation,
        account_id=st.sampled_from(IDS),
        platform=st.sampled_from(["x", "tiktok"]),
        observed_at=moments(),
        source=st.sampled_from(["feed", "by hand"]),
        followers=COUNT, following=COUNT, posts=COUNT,
        of_posts=st.lists(POSTS, max_size=3, unique_by=lambda post: post.post_id).map(tuple),
    ),
    max_size=12,
    unique_by=lambda one: (one.key, one.observed_at, one.source),
)  # fmt: skip


@st.composite
def accounts(draw):
    history, observed = [], []
    for name in ("a", "b"):
        days = draw(st.lists(st.integers(0, 12), max_size=5, unique=True))
        history += [
            {"account_id": name, "date": AS_OF.date() - timedelta(days=day), "followers": draw(COUNT),
             "following": draw(COUNT), "source": draw(st.none() | st.just("sheet"))}
            for day in days
        ]  # fmt: skip
        times = draw(st.lists(moments().filter(lambda time: time <= AS_OF), max_size=3, unique=True))
        observed += [
            {"account_id": name, "post_id": "p1", "observed_at": time, "likes": draw(COUNT)} for time in times
        ]
    return Tables.of(
        accounts=[
            {"account_id": name, "platform": "x", "as_of": AS_OF, "followers": 9} for name in ("a", "b")
        ],
        posts=[
            {"account_id": name, "post_id": post, "likes": 7} for name in ("a", "b") for post in ("p1", "p2")
        ],
        history=history,
        observed=observed,
    )


def same(left, right):
    return all(left[name].equals(right[name]) for name in TABLES)


@given(accounts(), OBSERVATIONS, st.randoms())
def test_the_order_of_observations_does_not_matter(tables, seen, random):
    other = list(seen)
    random.shuffle(other)
    assert same(join_observations(tables, seen), join_observations(tables, other))


@given(accounts(), OBSERVATIONS)
def test_twice_is_once(tables, seen):
    once = join_observations(tables, seen)
    assert same(once, join_observations(once, seen))
    assert same(once, join_observations(tables, [*seen, *seen]))


@given(accounts(), OBSERVATIONS)
def test_nothing_after_as_of_nothing_of_others_and_no_day_twice(tables, seen):
    joined = join_observations(tables, seen)
    assert (joined.history["date"] <= AS_OF.date()).all()
    assert (joined.observed["observed_at"] <= AS_OF).all()
    assert set(joined.history["account_id"]) | set(joined.observed["account_id"]) <= {"a", "b"}
    assert not joined.history.select("account_id", "date").is_duplicated().any()
    assert not joined.observed.select("account_id", "post_id", "observed_at").is_duplicated().any()
    assert set(joined.observed["post_id"]) <= {"p1", "p2"}


@given(accounts(), OBSERVATIONS)
def test_the_document_wins_and_absent_stays_absent(tables, seen):
    joined = join_observations(tables, seen)
    fitting = [one for one in seen if one.platform == "x" and one.observed_at <= AS_OF]
    own = {(row["account_id"], row["date"]): row for row in tables.history.to_dicts()}
    for row in joined.history.to_dicts():
        key = (row["account_id"], row["date"])
        of_day = [one for one in fitting if (one.account_id, one.observed_at.date()) == key]
        for name in ("followers", "following", "posts"):
            mine = own.get(key, {}).get(name)
            known = sorted((one.observed_at, one.source, getattr(one, name)) for one in of_day
                           if getattr(one, name) is not None)  # fmt: skip
            expected = mine if mine is not None else known[-1][2] if known else None
            assert row[name] == expected
        assert row["date"] in {one.observed_at.date() for one in of_day} or key in own


@given(accounts(), OBSERVATIONS)
def test_accounts_without_observations_stay_as_they_are(tables, seen):
    others = [one for one in seen if one.account_id != "b"]
    joined = join_observations(tables, others)
    assert same(joined.select(["b"]), tables.select(["b"]))
    assert all(joined[name].equals(tables[name]) for name in ("accounts", "posts", "comments", "audience"))


def test_gaps_stay_gaps_and_sources_are_named():
    seen = [Observation("a", "x", AS_OF - timedelta(days=days), "feed", followers=days) for days in (9, 2)]
    history = [{"account_id": "a", "date": date(2026, 10, 30), "followers": 5, "source": "sheet"}]
    account = {"account_id": "a", "platform": "x", "as_of": AS_OF}
    joined = join_observations(Tables.of(accounts=[account], history=history), seen)
    assert joined.history.select("date", "followers", "source").rows() == [
        (date(2026, 10, 23), 9, "observed (feed)"),
        (date(2026, 10, 30), 5, "sheet"),
    ]


def test_an_observation_is_what_a_document_shows():
    account = {"account_id": "a", "platform": "x", "as_of": AS_OF, "followers": 9}
    posts = [
        {"account_id": "a", "post_id": "p1", "views": 0, "published_at": AS_OF - timedelta(days=1)},
        {"account_id": "a", "post_id": "p2"},
        {"account_id": "a", "likes": 4},
    ]
    tables = Tables.of(accounts=[account, account | {"account_id": "b", "followers": None}], posts=posts)
    first, second = observations_of(tables, {"a": "feed", "b": "feed"})
    assert first.of_posts == (PostCounts("p1", AS_OF - timedelta(days=1), views=0),)
    assert (first.followers, first.posts, first.observed_at, first.is_empty) == (9, None, AS_OF, False)
    assert second.is_empty
    at = AS_OF - timedelta(hours=3)
    assert {one.observed_at for one in observations_of(tables, {"a": "f", "b": "f"}, at=at)} == {at}
    assert pl.DataFrame([asdict(first.of_posts[0])])["likes"].to_list() == [None]
