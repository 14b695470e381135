"""Parquet whose footer lies: it states what it is made to, and can be read all the same."""

import io

import pyarrow.parquet as pq

from benchmarks.attack.sizes import STATED_BYTES, with_false_size


def test_a_footer_states_another_size_and_the_rows_are_there():
    content = with_false_size(rows=30, characters=2_000)
    file = pq.ParquetFile(io.BytesIO(content))
    group = file.metadata.row_group(0)
    stated = (group.total_byte_size, group.column(0).total_uncompressed_size)
    assert stated == (STATED_BYTES, STATED_BYTES)
    assert file.read()["document"].length() == 30
