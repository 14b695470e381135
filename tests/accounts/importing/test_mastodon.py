"""Mastodon API."""


def test_an_account_its_statuses_and_its_followers(imported):
    found = imported("mastodon")
    (document,) = found.documents
    assert document["account_id"] == "breadlab@oven.example"
    assert document["platform"] == "other"
    assert document["profile"]["bio"] == "Loaves & crumbs"
    assert document["posts"][0]["caption"] == "Rye & oat\nslow"
    assert [post.get("kind") for post in document["posts"]] == [None, "repost", "reply"]
    assert "likes" not in document["posts"][1]
    assert [one["by_creator"] for one in document["comments"]] == [True, False, False]
    assert [one["has_picture"] for one in document["audience"]] == [True, False]
    assert not found.leftovers.lines


def test_an_account_whose_address_is_broken_keeps_its_name(imported):
    for url in (None, 5, "http://[", "no address"):
        found = imported("mastodon", {"account.json": {"acct": "ana", "followers_count": 5, "url": url}})
        assert found.documents[0]["account_id"] == "ana"


def test_statuses_of_nobody_and_odd_lists_are_counted(imported):
    status = {"id": "1", "account": None, "content": "<p>rye</p>", "reblogs_count": 1}
    found = imported("mastodon", {"statuses.json": [status, status | {"account": [], "tags": {}}, None]})
    assert not found.documents
    assert found.leftovers.homeless == {"posts without an id or an author": 2}
