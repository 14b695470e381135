"""Meta Content Library."""


def test_instagram_as_csv_and_facebook_as_json(imported):
    found = imported("meta-content-library")
    facebook, instagram = found.documents
    assert (facebook["account_id"], instagram["account_id"]) == ("100077", "bread.lab")
    assert facebook["posts"][0]["likes"] == 122
    assert [post["kind"] for post in instagram["posts"]] == ["image", "reel"]
    assert [post.get("views") for post in instagram["posts"]] == [5300, None]
    assert instagram["posts"][1]["published_at"] == "2026-10-13T15:30:00Z"
    assert not found.leftovers.lines


def test_posts_of_nobody_are_counted(imported):
    row = {"id": "1", "creation_time": "2026-10-13", "post_owner": {}, "statistics": None}
    found = imported("meta-content-library", {"posts.json": [row, row | {"post_owner": [], "id": None}]})
    assert found.leftovers.homeless == {"posts without an id or an owner": 2}
