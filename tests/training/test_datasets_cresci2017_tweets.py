import gzip
from datetime import datetime, timedelta

import numpy as np
import pytest

from accounts.errors import BadInput
from features.declaration import AUTOMATED
from training.datasets.base import data_folder
from training.datasets.cresci2017_tweets import CLOCK, ENGAGEMENT, FILE, KINDS, load

REAL = data_folder()
needs_data = pytest.mark.skipif(
    not (REAL / FILE).is_file(), reason=f"needs {FILE} in ASSAY_DATA: see docs/data.md"
)
TWEET = dict.fromkeys(KINDS, "0.0") | {"is_reply": "False", "is_retweet": "False"}
GENUINE = ("genuine_accounts", "genuine")
SPAMBOT = ("social_spambots_1", "spambot")


def tweets(name, kind=GENUINE, *, count=20, hours=25.0, retweets=()):
    subset, label = kind
    begin = datetime(2014, 3, 1, 9)
    return [
        TWEET | {
            "user_id": name, "subset": subset, "ground_truth_class": label,
            "timestamp_parsed": f"{begin + timedelta(hours=hours * n)}+00:00",
            "favorite_count": 900.0 if n in retweets else 1 + n % 4,
            "is_retweet": n in retweets,
        }
        for n in range(count)
    ]  # fmt: skip


LATEST = tweets("zz", count=10, hours=2000)  # so that all others' tweets have settled


def load_rows(folder, *users, columns=tuple(KINDS), **how):
    (folder / FILE).parent.mkdir(exist_ok=True)
    rows = [row for user in (*users, LATEST) for row in user]
    lines = [columns, *([row[name] for name in columns] for row in rows)]
    text = "\n".join(",".join(map(str, line)) for line in lines)
    (folder / FILE).write_bytes(gzip.compress(text.encode()))
    return load(folder, any_content=True, **how)


def test_the_clock_and_nothing_of_the_gaps(tmp_path):
    found = load_rows(tmp_path, tweets("aa", count=24), tweets("bb", SPAMBOT, count=24, hours=24))
    assert (found.head, found.truth.tolist()) == (AUTOMATED, [False, True, False])
    assert set(found.features.columns[found.features.notna().any()]) == set(CLOCK)
    around, same = found.features.loc["cresci2017_tweets:aa"], found.features.loc["cresci2017_tweets:bb"]
    assert (around["quiet_hours_share"], same["quiet_hours_share"]) == (0.25, 0.0)
    assert same["hour_concentration"] == pytest.approx(1.0)
    assert found.levels[:2] == ["posts12", "posts12"]


def test_retweets_keep_the_hours_and_lose_the_likes(tmp_path):
    plain = load_rows(tmp_path, tweets("aa"), engagement=True)
    retweeting = load_rows(tmp_path, tweets("aa", retweets=(3, 7, 11, 15, 19)), engagement=True)
    mine = "cresci2017_tweets:aa"
    assert plain.features.loc[mine, [*CLOCK]].equals(retweeting.features.loc[mine, [*CLOCK]])
    assert set(plain.features.loc[mine].dropna().index) == {*CLOCK, *ENGAGEMENT}
    assert plain.raw.loc[mine, "favorite_count"] == 2.5
    assert retweeting.raw.loc[mine, "favorite_count"] == 2.0
    own = np.array([1, 2, 3] * 5)
    assert retweeting.features.loc[mine, "likes_variation"] == pytest.approx(own.std(ddof=1) / own.mean())


def test_likes_are_compared_only_where_they_were_counted_alike(tmp_path):
    users = [
        tweets("aa"), tweets("bb", ("fake_followers", "fake_follower")),
        tweets("cc", ("traditional_spambots_1", "spambot")), tweets("dd", SPAMBOT),
    ]  # fmt: skip
    clock = load_rows(tmp_path, *users)
    assert clock.classes[:4] == ["genuine", "fake_follower", "spambot", "spambot"]
    assert "favorite_count" not in clock.raw
    likes = load_rows(tmp_path, *users, engagement=True)
    assert likes.groups[:2] == ["cresci2017_tweets:aa", "cresci2017_tweets:dd"]


def test_users_with_under_ten_tweets_are_left_out(tmp_path):
    found = load_rows(tmp_path, tweets("aa", count=9), tweets("bb", SPAMBOT, count=10))
    assert found.groups == ["cresci2017_tweets:bb", "cresci2017_tweets:zz"]


def test_a_user_of_two_labels_is_left_out(tmp_path):
    found = load_rows(tmp_path, tweets("aa"), tweets("bb"), tweets("bb", SPAMBOT))
    assert found.groups == ["cresci2017_tweets:aa", "cresci2017_tweets:zz"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"timestamp_parsed": "2014-03-01"}, "timestamp_parsed must be a time with its zone."),
        ({"subset": "others"}, "subset must be one of genuine_accounts,"),
        ({"favorite_count": "-1"}, "favorite_count must be a whole number >= 0."),
        ({"is_retweet": "1"}, "is_retweet must be True or False."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, change, message):
    with pytest.raises(BadInput) as refusal:
        load_rows(tmp_path, [tweets("aa")[0] | change])
    assert str(refusal.value).startswith(f"{FILE} row 1: {message}")


def test_another_column_or_content_is_refused(tmp_path):
    with pytest.raises(BadInput, match="is_retweet must be a column of it"):
        load_rows(tmp_path, tweets("aa"), columns=tuple(KINDS)[:-1])
    with pytest.raises(BadInput, match="must be the published content"):
        load(tmp_path)


@needs_data
def test_the_real_file():
    found = load(REAL)
    counts = [found.classes.count(name) for name in ("genuine", "fake_follower", "spambot")]
    assert (len(found), found.raw["tweets"].sum(), counts) == (2614, 122_001, [1006, 72, 1536])
    assert found.raw["tweets"].min() == 10
