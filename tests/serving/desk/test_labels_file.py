"""Decisions as a file of labels, and the way back into those that a detector learns from."""

import csv
import io
import re

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detector.spreadsheet import as_written, may_be_formula
from serving.desk.csv_export import csv_parts, xlsx_parts
from serving.desk.labels_file import labels_csv
from serving.store.human_labels import HumanLabel
from training.own_labels.label_file import read_labels, to_csv

INVISIBLE = "\u200f\u200e\u00ad\u200b\ufeff\t\r\n\0\x1b\u2028"
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20) | st.text(
    [*"=+-@'\",;a1 _x", *INVISIBLE, "\u200d", "\uffff"], min_size=1, max_size=9
)
"""Every id that a document may have, and more often those that a file may alter."""


def label_of(account_id):
    return HumanLabel(account_id, "inflated", "likes", "decision", "2026-11-01T00:00:00Z", 0.9, "Ana")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("labels") / "labels.csv"


@given(ids=st.lists(IDS, min_size=1, max_size=4))
@example(ids=[f"a{char}b" for char in INVISIBLE])
@example(ids=[f"{char}=1" for char in INVISIBLE])
@example(ids=[*INVISIBLE, "a\r\nb", "'", "''=1", "a\t=1", "\ufeff\u200b", "null", "=\u200b"])
def test_any_id_is_the_same_after_an_export_and_an_import(file, ids):
    file.write_bytes(labels_csv(map(label_of, ids)).encode())
    imported = read_labels(file)
    assert imported["account_id"].to_list() == ids
    file.write_bytes(to_csv(imported).encode())
    assert read_labels(file)["account_id"].to_list() == ids


@given(IDS)
@example("a\t=1")
def test_no_id_becomes_a_formula(account_id):
    text = labels_csv([label_of(account_id)])
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert as_written(row["account_id"]) == account_id
    assert row["account_id"][0] == "'" or not may_be_formula(account_id)
    for separator in ",\t":
        cells = [
            cell for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in line
        ]
        assert not [cell for cell in cells if may_be_formula(cell) and cell[0] != "'"]


@given(IDS)
@example("a\x1b_x0041_\uffff\r\n")
def test_the_exports_of_a_list_hold_the_id_as_it_is(account_id):
    row = {"account_id": account_id, "first_reason": "a\u200fb\u200b"}
    text = b"".join(csv_parts(list(row), [row])).decode("utf-8-sig")
    (found,) = csv.DictReader(io.StringIO(text, newline=""))
    assert as_written(found["account_id"]) == account_id
    assert found["first_reason"] == r"a\u200fb\u200b"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_parts(list(row), [row]))))
    cell = book.active.cell(2, 1)
    assert cell.data_type != "f"
    assert as_written(in_excel(cell.value)) == account_id


def in_excel(written):
    """A text of a workbook with its codes (`_x001B_`) read, which openpyxl leaves."""
    return re.sub("_x([0-9a-fA-F]{4})_", lambda found: chr(int(found[1], 16)), written)
