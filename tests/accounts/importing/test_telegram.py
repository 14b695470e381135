"""Telegram's export."""


def message(**values):
    return {"id": 2, "type": "message", "date_unixtime": "1792510200", "text": "rye"} | values


def chat(*messages, kind="public_channel"):
    return {"name": "Bread Lab", "type": kind, "id": 141, "messages": list(messages)}


def test_a_channel(imported):
    found = imported("telegram")
    (document,) = found.documents
    assert document["platform"] == "other"
    assert [post["kind"] for post in document["posts"]] == ["image", "repost", "video"]
    assert document["posts"][0]["likes"] == 15
    assert not document["posts"][1].keys() & {"likes", "views"}
    assert "likes" not in document["posts"][2]
    assert not found.leftovers.lines


def test_groups_and_private_chats_are_nobodys_account(imported):
    everything = {"chats": {"list": [chat(message(), kind="personal_chat"), chat(message())]}}
    found = imported("telegram", {"result.json": everything})
    assert len(found.documents) == 1
    assert found.leftovers.homeless == {"messages of chats that are no channel": 1}


def test_a_time_without_a_zone_is_absent(imported):
    found = imported(
        "telegram", {"result.json": chat(message(date_unixtime=None, date="2026-10-20T15:30:00"))}
    )
    assert "published_at" not in found.documents[0]["posts"][0]


def test_reactions_that_cannot_be_counted_are_absent(imported):
    kinds = (None, {}, [None], [{"emoji": "x"}], [{"count": -1}], [{"count": 2}])
    found = imported(
        "telegram", {"result.json": chat(*(message(id=n, reactions=r) for n, r in enumerate(kinds)))}
    )
    assert [post.get("likes") for post in found.documents[0]["posts"]] == [None] * 5 + [2]


def test_service_messages_are_counted(imported):
    found = imported(
        "telegram", {"result.json": chat(message(type="service", action="pin_message"), message(id=None))}
    )
    assert found.leftovers.homeless == {"service messages, and messages without an id": 2}
