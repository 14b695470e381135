"""Marks that combine, thousands in a row: to normalise them takes time by the square of their number."""

import json
import unicodedata

import pytest

from accounts.errors import BadInput
from accounts.importing import import_paths
from serving.store.members import name_key

MARKS = "a" + "\u0301\u0316" * 20_000
LONGEST = 1_000
POST = {
    "id": "1",
    "shortCode": "a",
    "caption": "c",
    "timestamp": "2026-03-01T00:00:00.000Z",
    "ownerUsername": "a",
}
FILES = {
    "column.csv": f"platform,username,followers,{MARKS}\ninstagram,x,5,1\n",
    "cell.csv": f"platform,username,followers\ninstagram,x,{MARKS}\n",
    "day.csv": f"Date,Views\n{MARKS},5\n",
    "title.csv": f"{MARKS}\nplatform,username,followers\ninstagram,x,5\n",
    "value.json": json.dumps([POST | {"commentsCount": MARKS, "likesCount": MARKS}], ensure_ascii=False),
    "member.json": json.dumps([POST | {MARKS: 1}], ensure_ascii=False),
}


@pytest.fixture
def normalised_lengths(monkeypatch):
    """The lengths of the texts that are normalised."""
    lengths = [0]
    normalize = unicodedata.normalize

    def note_length(form, text):
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", note_length)
    return lengths


@pytest.mark.parametrize("name", FILES)
def test_no_long_text_of_a_file_is_normalised(tmp_path, normalised_lengths, name):
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    try:
        import_paths([tmp_path / name])
    except BadInput as refusal:
        assert MARKS not in str(refusal)
    assert max(normalised_lengths) < LONGEST


def test_no_long_name_is_normalised(normalised_lengths):
    assert name_key(MARKS)
    assert max(normalised_lengths) < LONGEST
