"""Bluesky API."""

POST = {"uri": "at://a/1", "author": {"did": "did:plc:a", "handle": "ana.example"}, "record": {"text": "rye"}}


def test_an_account_its_feed_and_its_followers(imported):
    found = imported("bluesky")
    (document,) = found.documents
    assert [post.get("kind") for post in document["posts"]] == [None, "repost", "reply"]
    assert document["posts"][1]["published_at"] == "2026-10-19T15:30:00Z"
    assert "likes" not in document["posts"][1]
    assert [one["by_creator"] for one in document["comments"]] == [True, False, False]
    first, second = document["audience"]
    assert first["has_picture"]
    assert "has_picture" not in second
    assert not found.leftovers.lines


def test_the_own_post_passed_on_stands_beside_the_post(imported):
    reason = {"by": POST["author"], "indexedAt": "2026-10-20T15:30:00Z"}
    found = imported(
        "bluesky",
        {"feed.json": {"feed": [{"post": POST | {"likeCount": 5}}, {"post": POST, "reason": reason}]}},
    )
    assert [post["post_id"] for post in found.documents[0]["posts"]] == ["at://a/1", "at://a/1#repost"]
    assert found.documents[0]["posts"][0]["likes"] == 5


def test_a_handle_that_is_gone_leaves_the_number(imported):
    author = {"did": "did:plc:a", "handle": "handle.invalid"}
    found = imported("bluesky", {"feed.json": {"feed": [{"post": POST | {"author": author}}]}})
    assert found.documents[0]["account_id"] == "did:plc:a"


def test_feeds_of_nulls_are_no_traceback(imported):
    odd = [
        {"feed": [None, {"post": None}, {"post": {"record": 5, "author": []}}]},
        {"thread": {"replies": [None, {}]}},
    ]
    found = imported("bluesky", {"feed.json": [*odd, {"subject": None, "followers": [{"did": 5}]}]})
    assert not found.documents
