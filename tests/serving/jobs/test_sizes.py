"""No size is believed: what comes to lie on the disk, and in memory, is counted as it comes."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accounts.errors import BadInput
from serving.jobs import counting_writer, job_run
from serving.jobs.counting_writer import CountingWriter, Excess, ExcessError
from serving.jobs.parquet_child import InputDoesNotFit, unpack_parquet
from serving.jobs.tenant_bytes import UploadsUnderWay
from serving.jobs.upload import TenantFull

PARQUET = {"Content-Type": "application/vnd.apache.parquet"}
DOCUMENT = json.dumps(
    {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "profile": {"bio": "b" * 200}}
)
LIMITS = {"most_rows": 2_000_000, "most_bytes": 2**33, "most_ratio": 100, "erased": []}
ONE_DATABASE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def parquet(values, **more):
    sink = io.BytesIO()
    pq.write_table(pa.table({"document": values}), sink, **more)
    return sink.getvalue()


def bomb(rows):
    """One document in a dictionary, named by every row."""
    indices = pa.array([0] * rows, pa.int32())
    return parquet(pa.DictionaryArray.from_arrays(indices, pa.array([DOCUMENT])), compression="zstd")


def with_false_rows(rows, stated):
    """A file whose footer states another number of rows than its row groups have."""
    content = parquet(["{}"] * rows)
    length = int.from_bytes(content[-8:-4], "little")
    pages, footer = content[: -8 - length], content[-8 - length : -8]
    real, false = varint(rows), varint(stated)
    assert len(real) == len(false) and real in footer
    return pages + footer.replace(real, false, 1) + content[-8:]


def varint(number):
    """A number as Thrift's compact protocol writes it: zigzag, seven bits in each byte."""
    number, found = 2 * number, []
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def unpack(tmp_path, content, **limits):
    source, target = tmp_path / "input.parquet", tmp_path / "input.jsonl"
    source.write_bytes(content)
    return unpack_parquet(source, target, LIMITS | limits, lambda: None), target


def refusal(tmp_path, content, **limits):
    with pytest.raises(BadInput) as refused:
        unpack(tmp_path, content, **limits)
    assert [path.name for path in tmp_path.iterdir()] == ["input.parquet"]  # and nothing half written
    return refused.value.faults[0].rule


def test_a_file_is_unpacked_and_counted(tmp_path):
    counted, target = unpack(tmp_path, parquet(["{}", "[]", None]))
    assert target.read_bytes() == b"{}\n[]\nnull\n"
    assert counted == (3, len(target.read_bytes()))


def test_a_small_file_does_not_become_a_large_one(tmp_path):
    content = bomb(1_000_000)
    assert len(content) < 50_000
    assert refusal(tmp_path, content) == "must not become more than 100 times larger when it is unpacked."


def test_rows_are_counted_as_they_are_read(tmp_path):
    content = with_false_rows(20_000, 10_000)
    assert pq.ParquetFile(io.BytesIO(content)).metadata.num_rows == 10_000
    assert refusal(tmp_path, content, most_rows=15_000) == "must hold 1 to 15,000 accounts. It holds more."
    assert refusal(tmp_path, content) == "says that it holds 10,000 accounts, and holds 20,000."


def test_what_needs_more_memory_than_it_may_have_is_refused(tmp_path):
    content = parquet(["x" * 2**27], compression="zstd", use_dictionary=False)
    assert len(content) < 2**20
    rule = refusal(tmp_path, content, memory_bytes=2**25)
    assert rule.startswith("must have row groups that can be read in ")


@pytest.mark.parametrize(
    ("limits", "excess"),
    [
        ({"most_bytes": 9}, "bytes"),
        ({"most_rows": 1}, "rows"),
        ({"packed_bytes": 1, "most_ratio": 5}, "ratio"),
    ],
)
def test_a_writer_writes_nothing_beyond_its_limits(tmp_path, monkeypatch, limits, excess):
    monkeypatch.setattr(counting_writer, "FREE_RATIO_BYTES", 0)
    sink = io.BytesIO()
    writer = CountingWriter(sink, tmp_path, **{"most_bytes": 100} | limits)
    writer.write(b"12345", rows=1)
    with pytest.raises(ExcessError) as error:
        writer.write(b"67890", rows=1)
    assert (error.value.excess, error.value.written, sink.getvalue()) == (Excess(excess), 5, b"12345")


def test_a_writer_leaves_space_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(counting_writer, "RESERVED_BYTES", 2**62)
    with pytest.raises(ExcessError) as error:
        CountingWriter(io.BytesIO(), tmp_path, 100).write(b"1")
    assert (error.value.excess, error.value.written) == (Excess.SPACE, 0)


@ONE_DATABASE
def test_a_job_that_fails_twice_at_its_own_input_has_failed(client, submit, worker, monkeypatch, small):
    def filled(*_):
        raise InputDoesNotFit

    monkeypatch.setattr(job_run, "unpack_parquet", filled)
    job_id = submit(parquet([DOCUMENT]), PARQUET)
    worker().step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert (job["state"], job["stalled"]) == ("queued", str(InputDoesNotFit()))
    worker().step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert (job["state"], job["problem"]["status"]) == ("failed", 507)
    assert not list((small.jobs_path / job_id).glob("*.*"))


@ONE_DATABASE
def test_a_bomb_fails_its_job_once_and_for_all(client, submit, worker):
    job_id = submit(bomb(200_000), PARQUET)
    worker().step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert job["state"] == "failed"
    assert job["problem"]["detail"].startswith("The input must not become more than 100 times larger")


@ONE_DATABASE
def test_a_tenant_has_so_many_bytes_on_the_disk(start, submit, worker, small):
    submit()
    worker().step()
    client = start(tenant_bytes=2_000)
    refused = client.post(
        "/v1/jobs", content=DOCUMENT.encode(), headers={"Content-Type": "application/x-ndjson"}
    )
    assert (refused.status_code, refused.json()["setting"]) == (507, "tenant_bytes")
    assert len(list(small.jobs_path.glob("*/"))) == 1
    waiting = start(tenant_bytes=2**30)
    job = waiting.post(
        "/v1/jobs", content=DOCUMENT.encode(), headers={"Content-Type": "application/x-ndjson"}
    )
    worker(tenant_bytes=2_000).step()
    place = job.headers["location"]
    assert "bytes on the disk" in client.get(place).json()["stalled"]
    for other in client.get("/v1/jobs").json()["jobs"][1:]:
        client.delete(f"/v1/jobs/{other['job_id']}")
    worker("another", tenant_bytes=2_000).step()
    assert client.get(place).json()["state"] == "done"


def test_uploads_of_a_tenant_at_once_take_no_more_than_it_may(small):
    uploads, settings = UploadsUnderWay(), small.model_copy(update={"tenant_bytes": 100})
    with uploads.of("a", 100, settings) as one, uploads.of("a", 100, settings) as other:
        one(60)
        with uploads.of("b", 100, settings) as others:
            others(90)
        with pytest.raises(TenantFull, match="may take 100 bytes"):
            other(41)
    with uploads.of("a", 100, settings) as later:
        later(100)
    assert not uploads.bytes
