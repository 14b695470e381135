import csv

import numpy as np
import pytest

from accounts.errors import BadInput
from training.datasets.base import data_folder
from training.datasets.comment_texts import (
    SCAMSPOT,
    SCAMSPOT_FILE,
    VIDEOS,
    LabelledComments,
    scamspot,
    youtube_spam,
)

FOLDER = data_folder()
needs_data = pytest.mark.skipif(
    not (FOLDER / SCAMSPOT_FILE).is_file() or not (FOLDER / VIDEOS["Psy"]).is_file(),
    reason="needs youtube_spam and scamspot in ASSAY_DATA: see docs/data.md",
)
DATE = "2015-05-28T21:39:52"


def write(folder, file, header, rows):
    (folder / file).parent.mkdir(exist_ok=True)
    with (folder / file).open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])


def spam(folder, **videos):
    for video, file in VIDEOS.items():
        rows = videos.get(video, [[f"author of {video}", DATE, f"about {video}", 0]])
        write(folder, file, ["AUTHOR", "DATE", "CONTENT", "CLASS"], rows)
    return youtube_spam(folder, any_content=True)


def scams(folder, *rows):
    write(folder, SCAMSPOT_FILE, ["scam", "msg"], rows)
    return scamspot(folder, any_content=True)


def test_comments_are_grouped_by_video(tmp_path):
    found = spam(tmp_path, Psy=[["a", DATE, "subscribe", 1], ["b", DATE, "Nice", 0]])
    assert found.texts == ["subscribe", "Nice", "about KatyPerry", "about LMFAO"]
    assert found.truth.tolist() == [True, False, False, False]
    assert found.groups == ["youtube_spam:Psy"] * 2 + ["youtube_spam:KatyPerry", "youtube_spam:LMFAO"]
    assert found.held_out.tolist() == [False, False, False, True]


def test_an_author_or_a_text_of_an_earlier_video_is_left_out(tmp_path):
    found = spam(
        tmp_path,
        Psy=[["a", DATE, "one", 1], ["a", DATE, "two", 1], ["b", DATE, "two", 1]],
        KatyPerry=[["a", DATE, "three", 1], ["c", DATE, "one", 1], ["c", DATE, "four", 1]],
        LMFAO=[["d", DATE, "two\ufeff", 1], ["d", DATE, "five", 0]],
    )
    assert found.texts == ["one", "two", "two", "four", "five"]


def test_a_text_is_what_a_reader_saw(tmp_path):
    coded = 'I&#39;m <a href="http://x.y">2:19</a><br />&lt;3 a < b\ufeff'
    assert spam(tmp_path, Psy=[["a", DATE, coded, 0]]).texts[0] == "I'm 2:19\n<3 a < b"


def test_a_missing_date_takes_nothing_away_and_tells_nothing(tmp_path):
    assert spam(tmp_path, Psy=[["a", "", "one", 1], ["b", DATE, "two", 0]]).texts[:2] == ["one", "two"]


def test_comments_of_one_campaign_share_a_group(tmp_path):
    found = scams(
        tmp_path,
        [1, "thanks to @ana_trades i am rich"],
        [0, "nice post"],
        [1, "message @ana_trades or @bob_fx"],
        [1, "write to @bob_fx now"],
        [1, "i never thought that trading would pay ask anybody"],
        [1, "ｉ never thought that trading would end so well"],
        [1, "i never thought that trading could be easy"],
        [0, "i never thought"],
        [1, "see https://www.coins.io/a"],
        [1, "or http://coins.io"],
    )
    firsts = [int(group.removeprefix("scamspot:")) for group in found.groups]
    assert firsts == [1, 2, 1, 1, 5, 5, 7, 8, 9, 9]
    alike = scams(tmp_path, [1, "a b c d e f one"], [1, "A b, c d e f two"], [1, "x a b c d e f"])
    assert alike.groups == ["scamspot:1", "scamspot:1", "scamspot:3"]


def test_a_text_that_is_called_both_is_neither(tmp_path):
    found = scams(tmp_path, [1, "#coin"], [0, "fine"], [0, "#coin"], [1, "pay me"], [1, "pay me"])
    assert found.texts == ["fine", "pay me"]
    assert found.truth.tolist() == [False, True]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ([2, "x"], 'row 1: scam must be 0 or 1. Got "2".'),
        (["", "x"], "row 1: scam must be known."),
        ([1, ""], "row 1: msg must be known."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, row, sentence):
    with pytest.raises(BadInput) as refusal:
        scams(tmp_path, row)
    assert str(refusal.value) == f"{SCAMSPOT_FILE} {sentence}"


def test_another_content_and_a_missing_file_are_refused(tmp_path):
    spam(tmp_path)
    with pytest.raises(BadInput, match="must be the published content"):
        youtube_spam(tmp_path)
    with pytest.raises(BadInput, match=f"^{SCAMSPOT_FILE}: must be in ASSAY_DATA"):
        scamspot(tmp_path)


def test_every_comment_has_one_of_everything():
    with pytest.raises(ValueError, match="one value of everything"):
        LabelledComments(SCAMSPOT, ["a", "b"], np.array([True]), ["g", "g"])


@needs_data
def test_the_real_files():
    videos, finance = youtube_spam(FOLDER), scamspot(FOLDER)
    # 350, 350 and 438 rows, seven of them by authors or of texts from an earlier video.
    assert (len(videos), int(videos.truth.sum())) == (1138 - 7, 580)
    # 3,230 rows, nine texts called both.
    assert (len(finance), int(finance.truth.sum())) == (3230 - 18, 1148 - 9)
    assert len(set(finance.groups)) == 2520
