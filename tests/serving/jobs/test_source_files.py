"""Files of other programs over the service: recognised, judged, and what is refused said row by row."""

import io
import json
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import anyio
import openpyxl
import psutil
import pytest

from serving.app.openapi_schemas import TABLES
from serving.app.problem_page import problem_rows
from serving.jobs import counting_writer, sent_files
from serving.routes import source_files

ONE_DATABASE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
CREATORS = (
    b"handle,platform,followers,following,posts,as of\n"
    b"ana,instagram,1200,300,40,2026-10-03\nbo,tiktok,x,1,2,2026-10-03\n"
)
VIDEO = {
    "id": "v1",
    "kind": "youtube#video",
    "snippet": {"channelId": "UC42", "publishedAt": "2026-10-01T10:00:00Z", "title": "Rye"},
    "statistics": {"viewCount": "5300", "likeCount": "120", "commentCount": "4"},
}
PAGE = json.dumps({"kind": "youtube#videoListResponse", "items": [VIDEO]}).encode()
CHANNEL = {
    "kind": "youtube#channel", "id": "UC42", "snippet": {"title": "Bread Lab"},
    "statistics": {"subscriberCount": "25100", "videoCount": "412"},
}  # fmt: skip
CHANNELS = json.dumps({"kind": "youtube#channelListResponse", "items": [CHANNEL]}).encode()
OWN = (
    b'{"account_id": "own-1", "platform": "x", "as_of": "2026-10-03T00:00:00Z", "profile": {"followers": 9}}'
)
BAD = b'{"account_id": "own", "platform": "myspace", "as_of": "2026-10-03T00:00:00Z"}\n'


def workbook():
    book = openpyxl.Workbook()
    for row in CREATORS.decode().splitlines():
        book.active.append(row.split(","))
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@ONE_DATABASE
@pytest.mark.parametrize(
    ("media_type", "content", "names"),
    [
        ("text/csv; charset=utf-8", CREATORS, ["ana", "bo"]),
        ("text/tab-separated-values", CREATORS.replace(b",", b"\t"), ["ana", "bo"]),
        (XLSX, workbook(), ["ana", "bo"]),
        ("application/json", PAGE, ["UC42"]),
        ("application/x-ndjson", PAGE + b"\n" + CHANNELS, ["UC42"]),
    ],
)
def test_one_file_is_recognised_by_what_it_holds(client, media_type, content, names):
    answer = client.post("/v1/verdicts/batch", content=content, headers={"Content-Type": media_type})
    assert answer.status_code == 200, answer.text
    assert [one["account_id"] for one in answer.json()["verdicts"]] == names
    assert list(answer.json()["understood"]["files"].values()) in (["spreadsheet"], ["youtube-api"])
    if media_type == XLSX:
        again = client.post("/v1/verdicts/batch", content=content, headers={"Content-Type": media_type})
        assert again.json()["verdicts"] == answer.json()["verdicts"]


@ONE_DATABASE
def test_pages_of_one_export_come_as_a_form_and_faults_row_by_row(client):
    files = [
        ("files", ("pages/videos.json", PAGE)),
        ("files", ("pages/channels.json", CHANNELS)),
        ("files", ("own.jsonl", BAD)),
        ("files", ("packed.zip", b"PK\x03\x04")),
    ]
    headers = {"Accept": "application/x-ndjson"}
    answer = client.post("/v1/verdicts/batch", files=files, headers=headers)
    *entries, last = map(json.loads, answer.text.splitlines())
    by_name = {entry["account_id"]: entry for entry in entries}
    assert by_name["UC42"]["platform"] == "youtube"
    assert "platform" in by_name["own"]["problem"]["detail"]
    rules = {fault["place"]: fault["rule"] for fault in last["understood"]["faults"]}
    assert rules["packed.zip"] == "must be unpacked first."
    assert any(place.startswith("own.jsonl") for place in rules)
    assert last["understood"]["files"]["videos.json"] == "youtube-api"


def test_a_form_that_comes_again_gets_the_first_answer(client):
    sent = [client.post("/v1/verdicts/batch", files={"files": ("c.csv", CREATORS)},
                        headers={"Idempotency-Key": "twice"}) for _ in range(2)]  # fmt: skip
    assert sent[1].headers["Idempotent-Replayed"] == "true"
    assert sent[0].content == sent[1].content


@ONE_DATABASE
@pytest.mark.parametrize(
    ("files", "status", "sentence"),
    [
        ({"files": ("a.zip", b"PK")}, 422, "must be unpacked first"),
        ({"files": ("a.json", b"[" + b"1," * 2_400 + b"1]")}, 422, "must consist of objects of few fields"),
        (
            {"files": ("a.json", ('["\u0122",' + "1," * 2_400 + "1]").encode("utf-16"))},
            422,
            "must consist of objects of few fields",
        ),
        ({"files": ("a.json", b'{"a": [' + b"{}," * 20_000 + b"{}]}")}, 422, "with something in them"),
        ({"files": ("accounts.parquet", b"PAR1")}, 422, "Parquet comes as the body of a job"),
        ({"files": ("own.jsonl", BAD * 120)}, 422, "must have at most 100 faults in all. Got"),
        ({"files": ("a.csv", b"a," * 16_384 + b"b\n")}, 422, "must have at most 16,384 columns"),
        ({"files": ("a.csv", b"colour,size\nred,3\n")}, 422, "must come from a known source"),
        ({"files": ("a.csv", CREATORS * 900)}, 413, "at most"),
    ],
)
def test_what_holds_no_account_is_refused(start, files, status, sentence, monkeypatch):
    monkeypatch.setattr(sent_files, "MOST_FAULTS", 100)
    client = start(desk_upload_bytes=70_000)
    for path in ("/v1/verdicts/batch", "/v1/jobs"):
        answer = client.post(path, files=files)
        assert answer.status_code in (status, 400), answer.text
        assert sentence in answer.text


PART = b'--x\r\nContent-Disposition: form-data; name="files"; filename="c.csv"\r\n\r\na\r\n'


@ONE_DATABASE
@pytest.mark.parametrize("path", ["/v1/verdicts/batch", "/v1/jobs"])
@pytest.mark.parametrize(("content_type", "content", "code"), [
    ("multipart/form-data; boundary=x", b"--y" + PART, "damaged-form"),
    ("multipart/form-data", PART, "damaged-form"),
    ("multipart/form-data; boundary=x", PART.replace(b'; name="files"', b""), "damaged-form"),
    ("multipart/form-data; boundary=x", PART * 1_001 + b"--x--", "body-too-large"),
])  # fmt: skip
def test_what_is_no_form_of_files_is_a_kind_of_problem_that_is_listed(
    client, path, content_type, content, code
):
    answer = client.post(path, content=content, headers={"Content-Type": content_type})
    assert (answer.json()["code"], answer.status_code) in {
        (kind, status) for kind, status, _ in problem_rows()
    }
    assert answer.json()["code"] == code


def form_of(*files):
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="files"; %s\r\n\r\n%s\r\n' % (named, content)
        for named, content in files
    ]
    return b"".join(parts) + b"--x--\r\n"


ONE, TWO = (b'filename="one.csv"', CREATORS), (b'filename="two.jsonl"', OWN)


@ONE_DATABASE
@pytest.mark.parametrize("path", ["/v1/verdicts/batch", "/v1/jobs"])
@pytest.mark.parametrize("cut", [4, 8, 30, len(OWN) + 20])
def test_a_form_that_breaks_off_is_none_however_much_of_it_is_whole(client, path, cut):
    whole, headers = form_of(ONE, TWO), {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post(path, content=whole, headers=headers).status_code in (200, 202)
    assert client.post(path, content=whole + b"an epilogue", headers=headers).status_code in (200, 202)
    answer = client.post(path, content=whole[:-cut], headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "damaged-form")
    assert "breaks off" in answer.json()["detail"]


@ONE_DATABASE
@pytest.mark.parametrize("named", [b'filename=""', b"filename*=UTF-8''two.csv", b"size=1"])
def test_what_is_no_file_of_a_form_is_left_out_in_no_silence(client, named):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/verdicts/batch", content=form_of(ONE, (named, OWN)), headers=headers)
    assert answer.status_code == 422
    assert 'each with its filename. Got none in "files".' in answer.json()["detail"]
    nothing = client.post("/v1/verdicts/batch", content=form_of(ONE, (named, b"")), headers=headers)
    assert nothing.status_code == 200


@ONE_DATABASE
def test_files_that_take_long_keep_no_batch_waiting(client, documents, monkeypatch):
    begun, over = threading.Event(), threading.Event()

    def read_slowly(files, order):
        begun.set()
        assert over.wait(60)
        sent_files.read_sent(files, order)

    monkeypatch.setattr(source_files, "read_sent", read_slowly)
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(client.post, "/v1/verdicts/batch", files={"files": ("c.csv", CREATORS)})
        assert begun.wait(60)
        answer = client.post("/v1/verdicts/batch", content=b"[" + documents[0] + b"]")
        assert (answer.status_code, sent.done()) == (200, False)
        over.set()
        assert len(sent.result().json()["verdicts"]) == 2


def test_a_job_takes_files_and_says_what_it_understood(client, worker):
    files = [("files", ("creators.csv", CREATORS)), ("files", ("own.jsonl", BAD))]
    answer = client.post("/v1/jobs", files=files)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert (job["input"]["form"], job["accounts"]["total"]) == ("files", 2)
    assert {fault["account_id"] for fault in job["understood"]["faults"]} == {"own"}
    worker().step()
    results = client.get(f"/v1/jobs/{job['job_id']}/results", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line)["account_id"] for line in results.text.splitlines()] == ["ana", "bo"]


def test_what_was_observed_joins_a_job_that_asks(client, documents, worker):
    document = json.loads(documents[0])
    document.pop("history", None)
    earlier = document | {"as_of": "2025-01-05T00:00:00Z", "profile": {"followers": 77}, "posts": []}
    earlier = {name: earlier[name] for name in ("account_id", "platform", "as_of", "profile")}
    assert client.post("/v1/observations", json=earlier).status_code == 200
    counted = {}
    for asks in ("false", "true"):
        answer = client.post(
            f"/v1/jobs?with_observed={asks}",
            content=json.dumps(document),
            headers={"Content-Type": "application/x-ndjson"},
        ).json()
        assert answer["with_observed"] == (asks == "true")
        worker().step()
        (line,) = client.get(f"/v1/jobs/{answer['job_id']}/results?format=ndjson").text.splitlines()
        sources = json.loads(line)["evidence"]["sources"]
        counted[asks] = [one["source"] for one in sources if one["table"] == "history"]
    assert counted == {"false": [], "true": ["observed (account document)"]}
    assert client.post("/v1/jobs?with_observed=yes", content=b"{}").status_code == 400


def test_a_job_takes_a_list_of_documents_as_other_routes_do(client, documents):
    whole = b"[" + b",".join([*documents[:2], BAD]) + b"]"
    created = client.post("/v1/jobs", content=whole, headers={"Content-Type": "application/json"})
    assert created.status_code == 202, created.text
    assert created.json()["accounts"]["total"] == 2
    assert created.json()["understood"]["files"] == {"body.json": "assay"}
    (fault,) = created.json()["understood"]["faults"]
    assert (fault["account_id"], fault["field"], fault["place"]) == ("own", "platform", "body.json[2]")


@ONE_DATABASE
@pytest.mark.parametrize("media_type", TABLES)
def test_the_examples_of_tables_are_understood(client, media_type):
    """What the interface's description shows as a body."""
    headers = {"Content-Type": media_type}
    answer = client.post("/v1/verdicts/batch", content=TABLES[media_type].encode(), headers=headers)
    assert [one["account_id"] for one in answer.json()["verdicts"]] == ["ana"], answer.text
    assert answer.json()["understood"]["faults"] == []


MIXED = [
    ("files", ("a.jsonl", b"\n".join([OWN, BAD.strip(), OWN.replace(b"own-1", b"own-2")]))),
    ("files", ("b.jsonl", OWN)),
    ("files", ("c.csv", CREATORS)),
    ("files", ("d.zip", b"PK")),
]


def entries_in(answer):
    """Every entry's account with its label or the codes of its faults, and what was understood."""
    assert answer.status_code == 200, answer.text
    entries = [
        (one["account_id"], one.get("label") or one["problem"]["errors"]) for one in answer.json()["verdicts"]
    ]
    return entries, answer.json()["understood"]


@ONE_DATABASE
def test_files_are_read_apart_as_they_are_in_a_thread(client, monkeypatch):
    in_thread = entries_in(client.post("/v1/verdicts/batch", files=MIXED))
    monkeypatch.setattr(sent_files, "SMALL_BYTES", 0)
    monkeypatch.setattr(source_files, "read_sent", None)
    apart = entries_in(client.post("/v1/verdicts/batch", files=MIXED))
    assert apart == in_thread
    assert [name for name, _ in apart[0]] == ["own-1", "own", "own-2", "own-1", "ana", "bo"]


@ONE_DATABASE
def test_a_table_of_too_many_accounts_is_refused_before_it_is_read_to_its_end(client, monkeypatch):
    """The last row could not be read at all."""
    rows = b"".join(b"a%06d,x,9\n" % number for number in range(30_000))
    table = b"handle,platform,followers\n" + rows + b'"' + b"x" * 200_000
    for small in (sent_files.SMALL_BYTES, 2**30):
        monkeypatch.setattr(sent_files, "SMALL_BYTES", small)
        answer = client.post("/v1/verdicts/batch", content=table, headers={"Content-Type": "text/csv"})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
        assert answer.json()["errors"][0]["rule"] == "must hold at most 1,000 accounts in all. Got more."
        assert answer.json()["setting"] == "most_accounts"


@ONE_DATABASE
def test_documents_of_files_are_no_larger_than_a_batch_may_be(start):
    client = start(largest_batch_bytes=2**16)
    many = b"\n".join(OWN.replace(b"own-1", b"own-%d" % number) for number in range(900))
    answer = client.post("/v1/verdicts/batch", files={"files": ("own.jsonl", many)})
    assert answer.status_code == 422, answer.text[:2_000]
    assert answer.json()["detail"] == "The body must be at most 65,536 bytes long as account documents."


def test_json_of_no_source_is_refused_as_documents_are_and_answered_once(client, monkeypatch):
    monkeypatch.setattr(sent_files, "SMALL_BYTES", 0)
    unknown = json.dumps([{"colour": "red", "size": 3}]).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": "unknown"}
    answers = [client.post("/v1/verdicts/batch", content=unknown, headers=headers) for _ in range(2)]
    assert answers[0].json()["verdicts"][0]["problem"]["errors"]
    assert "understood" not in answers[0].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    page = client.post("/v1/verdicts/batch", content=PAGE, headers=headers | {"Idempotency-Key": "page"})
    assert page.json()["understood"]["files"] == {"body.json": "youtube-api"}


@ONE_DATABASE
def test_a_disk_without_room_for_the_documents_is_said(client, monkeypatch):
    monkeypatch.setattr(counting_writer, "RESERVED_BYTES", 2**62)
    answer = client.post("/v1/verdicts/batch", files=MIXED)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")


@ONE_DATABASE
def test_files_that_take_too_long_to_read_are_refused_by_a_kind_of_their_own(start, monkeypatch):
    monkeypatch.setattr(sent_files, "SMALL_BYTES", 0)
    client = start(desk_reading_seconds=0.01)
    for path in ("/v1/verdicts/batch", "/v1/jobs"):
        answer = client.post(path, files={"files": ("c.csv", CREATORS)})
        assert (answer.status_code, answer.json()["code"]) == (422, "files-too-heavy")
        assert "more than 0.01 seconds to read" in answer.json()["detail"]


def reading_process():
    """The process that reads files, as soon as it has begun."""
    while True:
        for child in psutil.Process().children():
            with suppress(psutil.Error):
                if "serving.jobs.sent_files_child" in child.cmdline() and "sh" not in child.cmdline():
                    return child


@ONE_DATABASE
@pytest.mark.parametrize("path", ["/v1/verdicts/batch", "/v1/jobs"])
def test_who_is_told_to_end_reads_to_the_end(client, path, monkeypatch):
    monkeypatch.setattr(sent_files, "SMALL_BYTES", 0)
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(client.post, path, files={"files": ("c.csv", CREATORS)})
        child = reading_process()
        for ending in (signal.SIGTERM, signal.SIGINT):
            child.send_signal(ending)
        assert sent.result().status_code in (200, 202), sent.result().text


@ONE_DATABASE
def test_a_reading_that_was_killed_may_be_tried_again(client, monkeypatch):
    monkeypatch.setattr(sent_files, "SMALL_BYTES", 0)
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(client.post, "/v1/verdicts/batch", files={"files": ("c.csv", CREATORS)})
        reading_process().kill()
        answer = sent.result()
    assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable")
    assert answer.headers["retry-after"] == "60" and "from outside" in answer.json()["detail"]


@ONE_DATABASE
def test_files_of_a_client_that_has_gone_are_read_no_further(client, monkeypatch):
    """Whoever has sent a form is gone once it has come; its files would take until the end of the test."""

    async def for_ever(request, *_):
        begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    begun, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(sent_files, "SMALL_BYTES", 0)
    monkeypatch.setattr(source_files, "read_apart", for_ever)
    body = form_of(ONE)
    scope = {
        "type": "http", "method": "POST", "path": "/v1/jobs", "raw_path": b"/v1/jobs", "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1"), (b"content-length", str(len(body)).encode()),
            (b"content-type", b"multipart/form-data; boundary=x"),
        ],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive():
        if (message := next(messages, None)) is not None:
            return message
        await anyio.to_thread.run_sync(begun.wait)
        return {"type": "http.disconnect"}

    async def send(_):
        return None

    client.portal.call(client.app, scope, receive, send)
    assert ended.is_set()
    assert client.get("/v1/jobs").json()["jobs"] == []


@ONE_DATABASE
def test_a_folder_for_temporary_files_that_is_gone_is_said(client, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    answer = client.post("/v1/verdicts/batch", files=MIXED)
    assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable")
    assert answer.headers["retry-after"] == "60"
    assert "temporary_folder_missing" in caplog.messages


@ONE_DATABASE
def test_a_folder_of_jobs_that_is_a_file_is_said(client, documents, small, caplog):
    small.jobs_path.parent.mkdir(exist_ok=True)
    small.jobs_path.write_text("no folder")
    answer = client.post("/v1/jobs", content=documents[0], headers={"Content-Type": "application/x-ndjson"})
    assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable"), answer.text
    assert "folder_unusable" in caplog.messages
