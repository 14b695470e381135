"""A folder read piece by piece holds what the same folder read whole does."""

import gc

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from accounts.population import LABELS, Population, write_population
from accounts.schema import TABLES
from accounts.simulation import simulate_chunks
from accounts.stored_population import StoredPopulation, open_population, stored_for_now


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Fifty accounts in row groups of twelve."""
    place = tmp_path_factory.mktemp("stored") / "population"
    write_population(simulate_chunks(50, 6, size=12), place)
    return place


@pytest.fixture
def in_folder(folder):
    found = open_population(folder, 50)
    assert isinstance(found, StoredPopulation)
    return found


@pytest.fixture
def in_memory(folder):
    return Population.read(folder)


def same(found, wanted):
    assert_frame_equal(found.labels, wanted.labels)
    for name in TABLES:
        assert_frame_equal(found.tables[name], wanted.tables[name])


def test_pieces_are_those_of_the_population_in_memory(in_folder, in_memory):
    """Also where a piece ends amid a row group, and where some accounts are left out."""
    odd = np.arange(50) % 3 != 1
    for some, wanted in (
        (in_folder, in_memory),
        (in_folder.pick(odd), in_memory.pick(odd)),
        (in_folder.pick(~odd), in_memory.pick(~odd)),
    ):
        assert len(some) == len(wanted)
        for size in (1, 7, 12, 30, 100):
            pieces = list(some.pieces(size))
            assert [len(piece) for piece in pieces] == [len(piece) for piece in wanted.pieces(size)]
            for piece, by_memory in zip(pieces, wanted.pieces(size), strict=True):
                same(piece, by_memory)
        same(some.load(), wanted)


def test_one_that_is_picked_twice_holds_what_both_picks_leave(in_folder, in_memory):
    first, second = np.arange(50) > 20, np.arange(29) % 2 == 0
    same(in_folder.pick(first).pick(second).load(), in_memory.pick(first).pick(second))
    assert list(in_folder.pick(np.zeros(50, dtype=bool)).pieces(5)) == []


def test_columns_and_slices_are_those_of_the_tables(in_folder, in_memory):
    for name in TABLES:
        assert_frame_equal(pl.concat(in_folder.slices(name)), in_memory.tables[name])
    names = ["author_id", "by_creator"]
    assert_frame_equal(in_folder.columns("comments", names), in_memory.columns("comments", names))
    assert_frame_equal(pl.concat(in_folder.slices("comments", names)), in_memory.columns("comments", names))


def test_a_small_folder_is_read_whole(folder, in_memory):
    found = open_population(folder, 51)
    assert isinstance(found, Population)
    same(found, in_memory)


@pytest.mark.parametrize("table", ["accounts", "comments"])
def test_row_groups_that_divide_an_account_are_no_pieces(folder, in_memory, tmp_path, table):
    in_memory.write(tmp_path / "population")
    for name, frame in in_memory.frames.items():
        frame.write_parquet(tmp_path / "population" / f"{name}.parquet", row_group_size=1 + frame.height // 3)
    if table == "accounts":
        path = tmp_path / "population" / "accounts.parquet"
        pl.read_parquet(path).write_parquet(path, row_group_size=7)
    found = open_population(tmp_path / "population", 50)
    assert isinstance(found, Population)
    same(found, in_memory)


def test_a_folder_of_an_older_version_lacks_tables_and_columns_and_gets_them(folder, in_memory, tmp_path):
    write_population(in_memory.pieces(20), tmp_path / "population")
    (tmp_path / "population" / "observed.parquet").unlink()
    for name, lost in (("posts", "views_kind"), ("labels", "added_views")):
        path = tmp_path / "population" / f"{name}.parquet"
        groups = [in_memory.labels[at : at + 20]["account_id"].implode() for at in (0, 20, 40)]
        rewrite(path, pl.read_parquet(path).drop(lost), groups)
    found = open_population(tmp_path / "population", 50)
    assert isinstance(found, StoredPopulation)
    assert found.labels["added_views"].null_count() == 50
    (piece,) = found.pieces(50)
    assert piece.tables.observed.equals(in_memory.tables.observed)
    assert piece.tables.posts["views_kind"].null_count() == in_memory.tables.posts.height
    assert_frame_equal(piece.tables.comments, in_memory.tables.comments)


def rewrite(path, frame, groups):
    import pyarrow.parquet as pq

    schema = frame.to_arrow().schema
    with pq.ParquetWriter(path, schema) as file:
        for ids in groups:
            file.write_table(frame.filter(pl.col("account_id").is_in(ids)).to_arrow())


def test_a_temporary_one_goes_with_who_looks_at_it(in_memory):
    in_folder = stored_for_now(in_memory.pieces(20))
    place = in_folder.folder.parent
    same(in_folder.load(), in_memory)
    assert place.is_dir()
    del in_folder
    gc.collect()
    assert not place.exists()


def test_nothing_is_left_of_a_temporary_one_that_could_not_be_written(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken():
        yield from simulate_chunks(3, 1)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        stored_for_now(broken())
    assert not list(tmp_path.iterdir())


def test_labels_keep_their_types(in_folder):
    assert in_folder.labels.schema == pl.Schema(LABELS)
