import pandas as pd
import pyarrow.parquet as pq

from features.catalogue import CATALOGUE, catalogue_digest
from features.derive import derive


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


def test_a_bad_account_leaves_no_file(run, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"account_id": "a"}')
    assert run("derive", bad, "--out", tmp_path / "features.parquet").exit_code == 3
    assert list(tmp_path.iterdir()) == [bad]
