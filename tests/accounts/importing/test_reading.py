"""Files of any kind, wrong encodings, and what an import says."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from accounts.errors import BadInput, WrongUsage
from accounts.importing import import_files, import_paths
from accounts.importing.files import File
from accounts.importing.folders import files_of
from accounts.importing.reading import chunks_of, read_any, understood

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
SAMPLES = Path(__file__).parent / "samples"
VIDEOS = {
    "kind": "youtube#videoListResponse",
    "items": [{"id": "v1", "snippet": {"channelId": "UC1", "publishedAt": "2026-10-20T15:30:00Z"}}],
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_of_any_encoding_is_read(encoding: str) -> None:
    imported = import_files([File("videos.json", json.dumps(VIDEOS).encode(encoding), NOW)])
    assert imported.documents[0]["account_id"] == "UC1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_table_of_any_encoding_and_separator_is_read(encoding: str, mark: str) -> None:
    table = "Abonnés;Créateur;Plateforme\n12;Zoë;Instagram\n".replace(";", mark)
    imported = import_files([File("creators.csv", table.encode(encoding), NOW)])
    assert (imported.documents[0]["account_id"], imported.documents[0]["profile"]["followers"]) == ("Zoë", 12)


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("Аккаунт;Платформа;Подписчики", "cp1251"),
        ("账号;平台;粉丝数", "gb18030"),
        ("アカウント;プラットフォーム;フォロワー", "shift_jis"),
        ("계정;플랫폼;팔로워", "euc_kr"),
        ("Kullanıcı adı;Platform;Takipçi sayısı", "cp1254"),
    ],
)
def test_a_table_in_the_encoding_of_its_script_is_read(header: str, encoding: str) -> None:
    table = f"{header}\nana;Instagram;12\n".encode(encoding)
    (document,) = import_files([File("t.csv", table, NOW)]).documents
    assert (document["platform"], document["profile"]) == ("instagram", {"followers": 12, "username": "ana"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"no json",
        b"\xff\xfe",
        b"\x81\x82",
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b"\x00" * 100,
        b'{"a": 1e}',
    ],
)
def test_a_file_that_is_no_json_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(BadInput, match=r"^videos\.json: (must be JSON|must come from|is empty)"):
        import_files([File("videos.json", content, NOW)])


def test_a_broken_line_is_named() -> None:
    lines = json.dumps(VIDEOS) + "\n\n{broken\n"
    with pytest.raises(BadInput, match=r"^videos\.jsonl line 3: must be JSON"):
        import_files([File("videos.jsonl", lines.encode(), NOW)])


def test_a_program_beside_an_archive_is_no_fault() -> None:
    files = [
        File("a.js", b"function () { return 1 }", NOW),
        File("videos.json", json.dumps(VIDEOS).encode(), NOW),
    ]
    assert import_files(files).sources == {"a.js": None, "videos.json": "youtube-api"}


def test_packed_missing_and_unknown_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(BadInput, match=r"a\.zip: must be unpacked first"):
        list(files_of([tmp_path / "a.zip"]))
    with pytest.raises(BadInput, match="must be a file that can be read"):
        list(files_of([tmp_path / "nowhere.json"]))
    with pytest.raises(BadInput, match=r"must hold a file .* It holds 1 \.zip, to be unpacked first\."):
        import_paths([tmp_path])
    (tmp_path / "nothing").mkdir()
    with pytest.raises(BadInput, match=r"^nothing: must hold a file .* It holds nothing\."):
        import_paths([tmp_path / "nothing"])
    with pytest.raises(WrongUsage, match="did you mean youtube-api"):
        import_files([File("a.json", b"{}", NOW)], "yutube-api")


def test_files_of_other_kinds_are_named(tmp_path: Path) -> None:
    (tmp_path / "videos.json").write_text(json.dumps(VIDEOS))
    for name in ("a.jpg", "b.jpg", "index.html", "LICENCE"):
        (tmp_path / name).write_bytes(b"x")
    sentences = list(understood(import_paths([tmp_path])))
    assert sentences == ["1 file read as youtube-api.", "not opened: 2 .jpg, 1 without a suffix, 1 .html"]
    with pytest.raises(BadInput, match="most exports come as JSON where one asks"):
        import_paths([tmp_path / "index.html"])


def test_one_name_on_two_platforms_is_told_apart() -> None:
    table = b"Handle,Platform,Followers\nana,Instagram,5\nana,TikTok,7\n"
    documents = import_files([File("c.csv", table, NOW)]).documents
    assert [one["account_id"] for one in documents] == ["instagram:ana", "tiktok:ana"]


def test_a_network_without_norms_keeps_its_accounts_apart() -> None:
    table = b"Handle,Platform,Followers\nana,Facebook,5\nana,Threads,7\n"
    documents = import_files([File("c.csv", table, NOW)]).documents
    assert [(one["account_id"], one["platform"]) for one in documents] == [
        ("facebook:ana", "other"),
        ("threads:ana", "other"),
    ]


def test_what_was_understood_is_said() -> None:
    sentences = list(understood(import_paths([SAMPLES / "spreadsheet", SAMPLES / "youtube-api"])))
    assert "5 files read as youtube-api." in sentences
    assert any(
        "Avg. likes (averages, rates and estimates are no evidence)" in sentence for sentence in sentences
    )
    assert "rows of totals: 1 left out" in sentences


def test_screening_takes_files_directly(tmp_path: Path) -> None:
    sentences: list[str] = []
    (chunk,) = read_any(SAMPLES / "youtube-api", note=sentences.append)
    assert chunk.order == ("UCsynthetic",)
    assert sentences == ["5 files read as youtube-api."]
    own = tmp_path / "own.jsonl"
    own.write_text('{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}\n')
    (chunk,) = read_any(own, note=sentences.append)
    assert (chunk.order, len(sentences)) == (("a",), 1)
    with pytest.raises(BadInput, match="does not exist"):
        list(read_any(tmp_path / "nowhere"))


def test_a_faulty_document_names_its_files() -> None:
    imported = import_paths([SAMPLES / "youtube-api"])
    imported.documents[0]["posts"][0]["likes"] = -4
    (chunk,) = chunks_of(imported, keep_going=True)
    assert "youtube-api/channels.json" in str(chunk.faults[0])
    assert "must be a whole number" in str(chunk.faults[0])


def test_a_day_without_a_time_stays_a_day_and_lies_in_no_future() -> None:
    table = b'Content,Video title,Video publish time,Views\nTotal,,,9\nv1,Rye,"Oct 20, 2027",9\n'
    imported = import_files([File("Table data.csv", table, NOW)])
    (document,) = imported.documents
    assert document["posts"] == [
        {"post_id": "v1", "published_on": "2027-10-20", "caption": "Rye", "views": 9}
    ]
    assert document["as_of"] == "2027-10-20T00:00:00Z"
    (chunk,) = chunks_of(imported)
    assert not chunk.faults


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "a.json",
            b'{"error": {"code": 403, "message": "quotaExceeded"}}',
            'interface answered: "quotaExceeded"',
        ),
        ("a.json", b'{"errors": "gone"}', 'interface answered: "gone"'),
        ("a.json", b"[]", "It holds no object, or an empty one."),
        ("a.json", b'{"colour": "red", "size": 3}', 'Its objects have "colour", "size"'),
        ("a.csv", b"p0;12;3\np1;13;4\n", 'Its first line names columns "p0", "12", "3"'),
        ("a.json", b"<html><body>429</body></html>", "It is a web page."),
    ],
)
def test_a_refusal_says_what_the_file_holds(name: str, content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=re.escape(words)):
        import_files([File(name, content, NOW)])


def test_lines_of_json_are_read_under_another_name() -> None:
    written = (json.dumps(VIDEOS) + "\n") * 2
    plain, named = (import_files([File(name, written.encode(), NOW)]) for name in ("a.jsonl", "a.json"))
    assert plain.documents == named.documents
    with pytest.raises(BadInput, match=r"^a\.json line 3: must be JSON"):
        import_files([File("a.json", f"{written}{{broken".encode(), NOW)])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_json_in_any_encoding_of_unicode_is_read(encoding: str) -> None:
    file, plain = (File("a.json", json.dumps(VIDEOS).encode(one), NOW) for one in (encoding, "utf-8"))
    assert import_files([file]).documents == import_files([plain]).documents
