import gzip
import json

import numpy as np
import pytest

from accounts.errors import BadInput
from features.declaration import AUTOMATED
from training.datasets.base import data_folder
from training.datasets.bot_or_not import FILES, RAW, SETS, load_30, load_31

REAL = data_folder()
needs_data = pytest.mark.skipif(
    not all((REAL / file).is_file() for file in FILES.values()),
    reason="needs bot_or_not in ASSAY_DATA: see docs/data.md",
)
ENGAGEMENT = ("engagement_rate", "likes_variation", "comments_per_like", "likes_step")


def user(name, label="human", **changes):
    return {
        "account": name, "posts_total": 9, "username_length": 7, "username_digit_count": 2,
        "description_length": 30, "label": label,
    } | changes  # fmt: skip


def posts(name, count=12, minutes=120):
    return [
        {"account": name, "created_at": f"2024-03-16T{n * minutes // 60:02d}:{n * minutes % 60:02d}:00.000Z",
         "lang": "en", "text": f"this is the post number {n // 2}"}
        for n in range(count)
    ]  # fmt: skip


def made_up(**changes):
    return {
        "lang": "en", "window": ["2024-03-16T00:00:00Z", "2024-03-18T00:00:00Z"],
        "users": [user("aa"), user("bb", "bot")], "posts": posts("aa") + posts("bb", 4),
    } | changes  # fmt: skip


def write(folder, content, session=30):
    (folder / FILES[session]).parent.mkdir(exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / FILES[session]).write_bytes(gzip.compress(text.encode()))
    return folder


def load(folder, **changes):
    return load_30(write(folder, made_up(**changes)), any_content=True)


def test_posts_make_a_rhythm_and_no_engagement(tmp_path):
    found = load(tmp_path)
    assert (found.head, found.levels, found.truth.tolist()) == (AUTOMATED, ["posts12", "none"], [False, True])
    first = found.features.loc["bot_or_not_30:aa"]
    assert first["posts_per_week"] == pytest.approx(84)
    assert first["equal_gap_share"] == 1.0
    assert first["repeated_caption_share"] == 1.0
    assert first[[*ENGAGEMENT]].isna().all()
    assert found.features.loc["bot_or_not_30:bb"].isna().all()


def test_profiles_without_followers_tell_nothing(tmp_path):
    with_digits = load(tmp_path, users=[user("aa", username_digit_count=7), user("bb", "bot")])
    assert np.array_equal(with_digits.features, load(tmp_path).features, equal_nan=True)


def test_how_many_posts_there_are_stands_beside(tmp_path):
    found = load(tmp_path, users=[user("aa", posts_total=40), user("bb", "bot")])
    assert tuple(found.raw.columns) == RAW
    assert found.raw[["posts_total", "posts"]].to_numpy().tolist() == [[40, 12], [9, 4]]
    assert found.raw.loc["bot_or_not_30:bb", "characters"] == len("this is the post number 0")


def test_a_user_without_a_post_in_the_file_cannot_be_judged(tmp_path):
    found = load(tmp_path, users=[user("aa"), user("bb", "bot"), user("cc", "bot", posts_total=80)])
    assert found.groups == ["bot_or_not_30:aa", "bot_or_not_30:bb"]


def test_a_user_of_two_labels_is_left_out(tmp_path):
    found = load(tmp_path, users=[user("aa"), user("aa"), user("bb", "bot"), user("bb")])
    assert found.groups == ["bot_or_not_30:aa"]


def test_the_other_set_has_names_of_its_own(tmp_path):
    found = load_31(write(tmp_path, made_up(), 31), any_content=True)
    assert found.about is SETS[31]
    assert found.groups[0] == "bot_or_not_31:aa"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nonsense", ": must be JSON."),
        ("[]", ": must be an object with window, users and posts."),
        (made_up(window="yesterday"), ": window must be two times with their zone"),
        (made_up(window=["2024-03-18T00:00:00Z", "2024-03-16T00:00:00Z"]), ": window must be two times"),
        (made_up(users=[]), " users: must be a list with something in it."),
        (made_up(users=[user("aa", posts_total=-1)]), " user 1: posts_total must be a whole number >= 0."),
        (made_up(users=[user("aa", "cyborg")]), " user 1: label must be one of bot, human."),
        (made_up(posts=[{"account": "aa", "created_at": "noon"}]), " post 1: text must be a text."),
        (
            made_up(posts=[posts("aa")[0] | {"created_at": "noon"}]),
            " posts row 1: created_at must be a time with its zone.",
        ),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, content, message):
    with pytest.raises(BadInput) as refusal:
        load_30(write(tmp_path, content), any_content=True)
    assert str(refusal.value).startswith(FILES[30] + message)
    assert len(refusal.value.faults) == 1


def test_another_content_is_refused(tmp_path):
    with pytest.raises(BadInput, match="must be the published content"):
        load_30(write(tmp_path, made_up()))


@needs_data
@pytest.mark.parametrize(
    ("load_it", "listed", "bots", "humans"), [(load_30, 275, 54, 209), (load_31, 171, 27, 144)]
)
def test_the_real_files(load_it, listed, bots, humans):
    found = load_it(REAL)
    (file,) = found.about.files
    assert len(json.loads(found.about.read(REAL, file))["users"]) == listed
    assert (found.classes.count("bot"), found.classes.count("human")) == (bots, humans)
    assert (found.raw["posts"] == found.raw["posts_total"]).all()
    seen = [level != "none" for level in found.levels]
    assert sum(seen) > 0.95 * len(found)
