"""4CAT's CSV, by platform."""

TIKTOK = "id,thread_id,author,body,timestamp,tiktok_url,amount_likes,amount_plays"


def test_four_platforms(imported):
    found = imported("4cat")
    instagram, telegram, tiktok, x = found.documents
    assert [one["platform"] for one in found.documents] == ["instagram", "other", "tiktok", "x"]
    assert "likes" not in instagram["posts"][1]
    assert [post["has_location"] for post in instagram["posts"]] == [True, False]
    assert [post.get("kind") for post in telegram["posts"]] == [None, "repost"]
    assert telegram["comments"][0]["post_id"] == "breadlab/5"
    assert tiktok["profile"] == {"followers": 25100, "posts": 412, "username": "breadlab"}
    assert [post.get("views") for post in tiktok["posts"]] == [5300, None]
    assert "shares" not in x["posts"][1]
    assert x["comments"][0]["by_creator"] is False
    assert not found.leftovers.lines


def test_columns_of_earlier_versions(imported):
    found = imported("4cat", {"old.csv": f'{TIKTOK}\n1,1,ana,rye,1792510200,https://a,"1,505",4000'})
    assert found.documents[0]["posts"] == [
        {
            "post_id": "1",
            "published_at": "2026-10-20T15:30:00Z",
            "caption": "rye",
            "likes": 1505,
            "views": 4000,
            "is_repost": False,
        }
    ]


def test_rows_of_nobody_are_counted(imported):
    found = imported("4cat", {"old.csv": f"{TIKTOK}\n1,1,,rye,1792510200,https://a,5,4\n,,ana,rye,,,,"})
    assert found.leftovers.homeless == {"posts without an id or an author": 2}
