import gzip
import hashlib

import pytest

from accounts.errors import BadInput
from accounts.tables import Tables
from training.datasets.base import PublicSet, data_folder, development, hold_out, is_held_out

PLAIN, PACKED = "set/plain.csv", "set/packed.csv.gz"
CONTENT = b"name,count\na,1\nb,\n"
PACKED_CONTENT = gzip.compress(CONTENT, mtime=0)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
SET = PublicSet("set", {PLAIN: DIGEST, PACKED: DIGEST}, "made up", "none", "nowhere")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / PLAIN).write_bytes(CONTENT)
    (tmp_path / PACKED).write_bytes(PACKED_CONTENT)
    return tmp_path


def test_the_folder_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_DATA", str(tmp_path))
    assert data_folder() == tmp_path


def test_unset_or_empty_it_is_data_in_the_root(monkeypatch):
    monkeypatch.delenv("ASSAY_DATA", raising=False)
    assert (data_folder().parent / "pyproject.toml").is_file()
    assert data_folder() == data_folder({"ASSAY_DATA": ""})


def test_a_packed_file_is_known_by_what_is_in_it(folder):
    (folder / PACKED).write_bytes(gzip.compress(CONTENT, compresslevel=1, mtime=5))
    assert SET.read(folder, PACKED) == SET.read(folder, PLAIN) == CONTENT


def test_a_changed_file_is_refused_unless_asked_for(folder):
    (folder / PLAIN).write_bytes(CONTENT + b"c,2\n")
    with pytest.raises(
        BadInput, match=r"^set/plain.csv: must be the published content, sha256 \w{12}…. Got \w{12}….$"
    ):
        SET.read(folder, PLAIN)
    assert SET.read(folder, PLAIN, any_content=True).endswith(b"c,2\n")


@pytest.mark.parametrize("any_content", [False, True])
def test_a_missing_file_is_named(tmp_path, any_content):
    with pytest.raises(
        BadInput, match=r"^set/plain.csv: must be in ASSAY_DATA. It is missing; see docs/data.md.$"
    ):
        SET.read(tmp_path, PLAIN, any_content=any_content)


@pytest.mark.parametrize(
    "damaged",
    [CONTENT, PACKED_CONTENT[:-12], PACKED_CONTENT[:12] + b"\x00" * 9],
    ids=["not packed", "cut short", "overwritten"],
)
def test_a_damaged_gzip_file_is_refused(folder, damaged):
    (folder / PACKED).write_bytes(damaged)
    with pytest.raises(BadInput, match=r"^set/packed.csv.gz: must be a readable gzip file.$"):
        SET.read(folder, PACKED)


def test_a_table_has_exactly_its_columns(folder):
    assert SET.table(folder, PLAIN, ("name", "count"))["count"].to_list() == ["1", None]
    with pytest.raises(BadInput, match=r"^set/plain.csv: likes must be a column of it. It is missing.$"):
        SET.table(folder, PLAIN, ("name", "count", "likes"))
    with pytest.raises(BadInput, match=r"^set/plain.csv: count is not a column of this set.$"):
        SET.table(folder, PLAIN, ("name",))


@pytest.mark.parametrize("content", [b"", b"name,count\na,1,2,3\n", b"name,count\n\xff\xfe,1\n"])
def test_no_table_is_refused(folder, content):
    (folder / PLAIN).write_bytes(content)
    with pytest.raises(BadInput, match=r"^set/plain.csv: "):
        SET.table(folder, PLAIN, ("name", "count"), any_content=True)


def test_three_in_ten_are_sealed_and_every_account_is_on_one_side():
    tables = Tables.of(accounts=[{"account_id": f"a{number}", "platform": "x"} for number in range(4000)])
    shut, open_ = hold_out(tables), development(tables)
    assert len(shut) + len(open_) == 4000
    assert not set(shut.accounts["account_id"]) & set(open_.accounts["account_id"])
    assert 0.27 < len(shut) / 4000 < 0.33
    assert all(map(is_held_out, shut.accounts["account_id"]))
