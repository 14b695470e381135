"""Platforms as people write them, and networks without norms of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accounts.errors import BadInput
from accounts.networks import NETWORKS, network_of, platform_of
from accounts.reading import read, read_document
from accounts.schema import PLATFORMS

KEYS = {"account_id": "a", "as_of": "2026-11-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("written", "platform"),
    [
        ("Instagram", "instagram"), ("INSTAGRAM", "instagram"), ("YouTube", "youtube"),
        ("twitter", "x"), ("X (Twitter)", "x"), ("tik_tok", "tiktok"),
        ("Tik Tok", "tiktok"), ("Twitch", "twitch"), ("GitHub", "github"),
        ("facebook", "other"), ("Threads", "other"), ("LinkedIn", "other"),
        ("Pinterest", "other"), ("snapchat", "other"), ("Reddit", "other"),
        ("kick", "other"), ("Weibo", "other"), ("小红书", "other"), ("douyin", "other"),
        ("Other", "other"), ("VKontakte", "other"), ("telegram", "other"),
        ("https://www.instagram.com/", "instagram"), ("twitch.tv", "twitch"), ("YouTube Shorts", "youtube"),
        ("Instagram Business", "instagram"), ("Facebook Page", "other"), ("インスタグラム", "instagram"),
        ("유튜브", "youtube"), ("ВКонтакте", "other"), ("ニコニコ動画", "other"), ("Blog", "other"),
        ("Naver Blog", "other"), ("AfreecaTV", "other"), ("Odysee", "other"),
    ],
)  # fmt: skip
def test_a_name_in_any_case_is_read_as_a_platform(written: str, platform: str) -> None:
    tables = read_document(KEYS | {"platform": written})
    assert tables.accounts["platform"].to_list() == [platform]


def test_csv_files_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(
        "account_id,platform,as_of\n"
        "a,YouTube,2026-11-01T00:00:00Z\nb,x,2026-11-01T00:00:00Z\nc,Kick,2026-11-01T00:00:00Z\n"
    )
    (chunk,) = read(tmp_path)
    assert chunk.tables.accounts["platform"].to_list() == ["youtube", "x", "other"]


@pytest.mark.parametrize(("written", "meant"), [("instagrm", "instagram"), ("facebok", "facebook")])
def test_a_name_of_no_network_is_refused_with_the_nearest(written: str, meant: str) -> None:
    with pytest.raises(BadInput, match=rf'platform must be one of .*Got "{written}"; did you mean {meant}\?'):
        read_document(KEYS | {"platform": written})


@pytest.mark.parametrize("written", ["", "shoe", "😀", "x" * 5000, "in stagram gram"])
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match="platform must be one of"):
        read_document(KEYS | {"platform": written})


def test_every_network_names_itself_and_one_platform() -> None:
    assert all(network_of(name) == name for name in NETWORKS)
    assert {platform_of(name) for name in (*NETWORKS, "other")} == set(PLATFORMS)


def test_the_schema_takes_every_network() -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/account.schema.json").read_text())
    assert set(NETWORKS) | {"other"} <= set(schema["properties"]["platform"]["enum"])
