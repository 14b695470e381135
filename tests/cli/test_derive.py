import pandas as pd
import pyarrow.parquet as pq
import pytest

from features.catalogue import CATALOGUE, catalogue_digest
from features.derive import derive
from features.outside import drop_features, files_in_use


def test_the_file_holds_what_derive_gives(run, folder, population, tmp_path):
    out = tmp_path / "features.parquet"
    assert run("derive", folder, "--out", out).exit_code == 0
    table = pq.read_table(out)
    assert table.column_names == ["account_id", *(feature.name for feature in CATALOGUE)]
    assert table.schema.metadata[b"catalogue"] == catalogue_digest().encode()
    expected = derive(population.tables)
    found = pd.DataFrame(
        {name: table[name].to_numpy() for name in table.column_names[1:]},
        columns=pd.Index(table.column_names[1:], dtype=object),
        index=pd.Index(table["account_id"].to_pylist(), name="account_id", dtype=object),
    )
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_absent_is_null(run, folder, population, tmp_path):
    out = tmp_path / "features.parquet"
    run("derive", folder, "--out", out)
    absent = int(derive(population.tables).isna().sum().sum())
    assert absent > 0
    assert sum(column.null_count for column in pq.read_table(out).columns) == absent


OUTSIDE = """
import polars as pl

from features.declaration import INFLATED, feature
from features.views import account

FAMILY = "profile"


@feature(
    account, unit="accounts", speaks_to=INFLATED, sentence="{value}", source="ours", blocks=("profile",)
)
def contacts() -> pl.Expr:
    \"\"\"Followers and followed accounts.\"\"\"
    return pl.col("followers") + pl.col("following")
"""


@pytest.fixture
def outside_file(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(OUTSIDE)
    yield file
    drop_features(files_in_use())


def test_features_from_outside_stand_behind_the_others(run, folder, population, tmp_path, outside_file):
    out = tmp_path / "features.parquet"
    assert run("derive", folder, "--out", out, "--features", outside_file).exit_code == 0
    table, accounts = pq.read_table(out), population.tables.accounts
    assert table.column_names[-1] == "contacts" and table.num_columns == len(CATALOGUE) + 1
    expected = (accounts["followers"] + accounts["following"]).to_list()
    assert table["contacts"].to_pylist() == expected and any(expected)


def test_a_bad_account_leaves_no_file(run, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"account_id": "a"}')
    assert run("derive", bad, "--out", tmp_path / "features.parquet").exit_code == 3
    assert list(tmp_path.iterdir()) == [bad]
