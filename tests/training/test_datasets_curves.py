"""Follower curves of public sets: windows, purges, and one account on several rows."""

from datetime import date, timedelta
from functools import partial

import polars as pl
import pytest

from accounts.errors import BadInput
from training.datasets import github_followers_spain, github_followers_top, github_stars, vtuber_tw
from training.datasets.base import is_held_out, owner_of
from training.datasets.curves import curve_tables, windows_of

FIRST = date(2024, 1, 1)


def follower_rows(account, days, followers=100, **more):
    return [
        {"account_id": account, "date": FIRST + timedelta(days=day), "followers": followers + day, **more}
        for day in days
    ]


def write(folder, file, rows):
    (folder / file).parent.mkdir(exist_ok=True)
    pl.DataFrame(rows).write_parquet(folder / file)
    return folder


def test_windows_are_counted_back_from_the_last_count():
    frame = pl.DataFrame(follower_rows("a", range(25)))
    found = windows_of(frame, 10, least_counts=10, most=9)
    spans = found.group_by("account_id", maintain_order=True).agg(
        pl.col("followers").min(), pl.col("date").max()
    )
    assert spans["account_id"].to_list() == ["a#0", "a#1"]
    assert spans["followers"].to_list() == [115, 105]  # the five oldest days make no window
    assert spans["date"].to_list() == [FIRST + timedelta(days=24), FIRST + timedelta(days=14)]


def test_of_many_windows_a_few_are_kept_and_not_the_same_of_everybody():
    frame = pl.DataFrame([row for name in "abcdefgh" for row in follower_rows(name, range(100))])
    found = windows_of(frame, 10, least_counts=10, most=2)["account_id"].unique().to_list()
    assert len(found) == 16
    assert len({name.partition("#")[2] for name in found}) > 2


def test_no_window_is_full_enough():
    assert windows_of(pl.DataFrame(follower_rows("a", range(5))), 10, least_counts=6, most=1).is_empty()


def test_the_profile_has_the_last_counts():
    rows = follower_rows("b", range(3), following=7) + follower_rows("a", [2, 0], following=5)
    tables = curve_tables(pl.DataFrame(rows), "github")
    assert tables.accounts.select("account_id", "platform", "followers", "following").rows() == [
        ("a", "github", 102, 5),
        ("b", "github", 102, 7),
    ]
    assert tables.accounts["as_of"].dt.date().to_list() == [FIRST + timedelta(days=2)] * 2
    assert tables.history.height == 5


def github(days=200, accounts=5, purge=(), following=3):
    return [
        {
            "account": account,
            "date": FIRST + timedelta(days=day),
            "followers": 1000 + day - (50 if day in purge and account else 0),
            "following": following if account else 6000,
        }
        for account in range(accounts)
        for day in range(days)
    ]


def test_github_drops_purges_and_those_who_follow_thousands(tmp_path):
    write(tmp_path, github_followers_top.FILE, github(purge=[100]))
    counts = github_followers_top.follower_counts(tmp_path, any_content=True)
    assert counts["account_id"].unique().sort().to_list() == ["gh:1", "gh:2", "gh:3", "gh:4"]
    assert FIRST + timedelta(days=100) not in counts["date"]
    assert counts.height == 4 * 199


def test_github_windows_are_sealed_with_their_account(tmp_path):
    write(tmp_path, github_followers_top.FILE, github(days=400, accounts=20))
    tables = github_followers_top.load(tmp_path, any_content=True, windows=2)
    names = tables.accounts["account_id"].to_list()
    assert len(names) == 2 * 19
    for name in names:
        assert is_held_out(name) == is_held_out(owner_of(name)) == is_held_out(f"{owner_of(name)}#9")
    assert tables.accounts["platform"].unique().to_list() == ["github"]


def test_the_smallest_of_spain_may_be_left_out(tmp_path):
    rows = [
        {"account": name, "date": FIRST + timedelta(days=day), "followers": followers}
        for name, followers in (("s", 2), ("l", 90))
        for day in (0, 3, 9)
    ]
    write(tmp_path, github_followers_spain.FILE, rows)
    load = partial(github_followers_spain.load, tmp_path, any_content=True)
    assert load().accounts["account_id"].to_list() == ["gh-es:l", "gh-es:s"]
    assert load(least_followers=50).history.height == 3


def test_stars_stand_as_followers(tmp_path):
    rows = [{"repo": "r", "date": FIRST + timedelta(days=7 * week), "stars": 50 + week} for week in range(60)]
    tables = github_stars.load(write(tmp_path, github_stars.FILE, rows), any_content=True)
    assert tables.accounts.select("account_id", "followers").rows() == [("stars:r#0", 109)]
    assert tables.history.height == 52


def vtubers(tmp_path, **columns):
    rows = [
        {"account": "v", "date": str(FIRST + timedelta(days=day)), "yt_subscribers": 1230.0,
         "twitch_followers": None if day % 2 else 77.0} | columns
        for day in range(30)
    ]  # fmt: skip
    return write(tmp_path, vtuber_tw.FILE, rows)


@pytest.mark.parametrize(("platform", "days", "followers"), [("youtube", 30, 1230), ("twitch", 15, 77)])
def test_a_vtuber_is_one_account_on_two_platforms(tmp_path, platform, days, followers):
    tables = vtuber_tw.load(vtubers(tmp_path), platform, any_content=True)
    assert tables.accounts.select("account_id", "platform", "followers").rows() == [
        (f"vtuber:v#{platform}", platform, followers)
    ]
    assert tables.history.height == days
    assert owner_of(tables.accounts["account_id"][0]) == "vtuber:v"


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"date": "yesterday"}, f'{vtuber_tw.FILE}: "date" must hold values of the type Date.'),
        ({"yt_subscribers": -1.0}, f'{vtuber_tw.FILE}: "yt_subscribers" must be >= 0. Got -1.'),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, columns, sentence):
    with pytest.raises(BadInput) as refusal:
        vtuber_tw.load(vtubers(tmp_path, **columns), "youtube", any_content=True)
    assert str(refusal.value).replace('"', "") == sentence.replace('"', "")


def test_what_is_missing_is_named(tmp_path):
    write(tmp_path, vtuber_tw.FILE, [{"account": "v"}])
    with pytest.raises(BadInput, match="must be a column of it"):
        vtuber_tw.load(tmp_path, "youtube", any_content=True)
    (tmp_path / vtuber_tw.FILE).write_text("no parquet")
    with pytest.raises(BadInput, match="must be a Parquet file"):
        vtuber_tw.load(tmp_path, "youtube", any_content=True)
