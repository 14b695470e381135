"""Apify's items of X."""

ITEM = {
    "type": "tweet",
    "id": "1",
    "text": "rye",
    "likeCount": "1,505",
    "createdAt": "Tue Oct 20 15:30:00 +0000 2026",
}


def test_a_timeline_its_replies_and_its_followers(imported):
    found = imported("apify-x")
    (document,) = found.documents
    assert [post.get("kind") for post in document["posts"]] == [None, "repost", "reply"]
    assert document["posts"][0]["caption"] == "#rye & oat, baked slowly overnight"
    assert "shares" not in document["posts"][1]
    assert [one["by_creator"] for one in document["comments"]] == [True, False, False]
    assert [one["followers"] for one in document["audience"]] == [12, 0]
    assert not found.leftovers.lines


def test_pages_of_twitterapi_io_are_read_too(imported):
    author = {"userName": "ana", "followers": -1}
    page = {"tweets": [ITEM | {"author": author, "viewCount": [0]}], "status": "success"}
    found = imported("apify-x", {"page.json": page})
    assert found.documents[0]["posts"][0]["likes"] == 1505
    assert "followers" not in found.documents[0]["profile"]
    assert list(found.leftovers.unreadable) == ["items[] (tweets).viewCount"]


def test_an_item_without_an_author_and_a_row_of_no_results_are_counted(imported):
    found = imported("apify-x", {"dataset.json": [ITEM, {"noResults": True}]})
    assert found.leftovers.homeless == {
        "posts without an id or an author": 1,
        "items that are neither tweets nor users": 1,
    }
