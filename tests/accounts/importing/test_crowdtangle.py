"""CrowdTangle's CSV."""

HEAD = "Account,User Name,Followers at Posting,Post Created,Type,Likes,Comments,Views,URL,Description"


def test_instagram_and_facebook(imported):
    found = imported("crowdtangle")
    facebook, instagram = found.documents
    assert (facebook["platform"], instagram["platform"]) == ("other", "instagram")
    assert facebook["posts"][0]["likes"] == 123
    assert [post["likes"] for post in instagram["posts"]] == [1505, 240, 78]
    assert [post.get("views") for post in instagram["posts"]] == [None, 4000, None]
    assert [post["published_at"] for post in instagram["posts"]][:2] == [
        "2024-03-02T18:19:06Z",
        "2024-03-13T12:32:54Z",
    ]
    assert [post["is_sponsored"] for post in instagram["posts"]] == [False, True, False]
    assert instagram["history"] == [
        {"date": "2024-03-02", "followers": 25000},
        {"date": "2024-03-13", "followers": 25040},
    ]
    assert instagram["profile"]["followers"] == 25040
    assert not found.leftovers.lines


def test_a_video_that_nobody_saw_keeps_its_zero(imported):
    row = "Ana,ana,5,2024-03-02 13:19:06 EST,Video,0,0,0,https://a/1,x"
    found = imported(
        "crowdtangle", {"posts.csv": f"{HEAD}\n{row}\n{row.replace('Video', 'Photo').replace('/1', '/2')}"}
    )
    assert [post.get("views") for post in found.documents[0]["posts"]] == [0, None]


def test_a_total_row_and_a_zone_that_is_not_known_are_counted(imported):
    rows = "Total,,,,,99,9,0,,\nAna,ana,5,2024-03-02 13:19:06 XYZ,Photo,5,1,0,https://a/1,x"
    found = imported("crowdtangle", {"posts.csv": f"{HEAD}\n{rows}"})
    assert "published_at" not in found.documents[0]["posts"][0]
    assert "history" not in found.documents[0]
    assert found.leftovers.homeless == {"posts without an address or an owner": 1}
