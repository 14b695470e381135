"""Instagram's own interfaces: GraphQL, the app's feeds, and instagrapi's models."""

import pytest

MEDIA = {
    "pk": "3100000000000000003", "id": "3100000000000000003_178", "code": "CCC", "taken_at": 1791300600,
    "media_type": 1, "user": {"pk": "178", "username": "bread.lab"}, "like_count": 90, "comment_count": 2,
}  # fmt: skip
NODE = {
    "id": "1", "shortcode": "AAA", "taken_at_timestamp": 1792510200,
    "owner": {"id": "178", "username": "bread.lab"},
    "edge_media_to_caption": {"edges": []}, "edge_media_preview_like": {"count": 120},
    "edge_media_to_comment": {"count": 4},
}  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [
        MEDIA,
        [MEDIA],
        {"items": [MEDIA]},
        {"items": [{"media": MEDIA}]},
        {"data": {"xdt_api__v1__feed__user_timeline_graphql_connection": {"edges": [{"node": MEDIA}]}}},
        {"graphql": {"shortcode_media": NODE}},
        {"data": {"xdt_shortcode_media": NODE}},
        {"data": {"user": {"edge_owner_to_timeline_media": {"edges": [{"node": NODE}]}}}},
    ],
)
def test_a_medium_is_found_wherever_an_answer_has_it(imported, page):
    (document,) = imported(None, {"a.json": page}).documents
    assert document["account_id"] == "bread.lab"
    (post,) = document["posts"]
    assert (post["post_id"], post["likes"], post["comments"]) in {("CCC", 90, 2), ("AAA", 120, 4)}


@pytest.mark.parametrize(
    "hidden",
    [{"like_count": -1}, {"like_count": 3, "like_and_view_counts_disabled": True}, {"like_count": None}],
)
def test_hidden_likes_are_absent(imported, hidden):
    (document,) = imported("instagram-web", {"a.json": MEDIA | hidden}).documents
    assert "likes" not in document["posts"][0]


def test_views_of_a_picture_are_none_and_those_of_a_reel_count(imported):
    reel = MEDIA | {"code": "R", "media_type": 2, "product_type": "clips", "play_count": 0}
    reel |= {"like_count": 0, "comment_count": 0}
    (document,) = imported("instagram-web", {"a.json": [MEDIA | {"view_count": 0}, reel]}).documents
    picture, film = document["posts"]
    assert ("views" in picture, film["views"], film["kind"]) == (False, 0, "reel")


def test_media_without_their_owners_name_are_the_users_around_or_of_that_number(imported):
    user = {"pk": "178", "username": "bread.lab", "follower_count": 9}
    numbered = NODE | {"owner": {"id": "178"}}
    edges = {"count": 1, "edges": [{"node": numbered | {"shortcode": "BBB"}}]}
    around = user | {"edge_followed_by": {"count": 9}, "edge_owner_to_timeline_media": edges}
    for answers in ({"1.json": user, "2.json": numbered}, {"1.json": {"data": {"user": around}}}):
        (document,) = imported("instagram-web", answers).documents
        assert (document["account_id"], len(document["posts"])) == ("bread.lab", 1)


@pytest.mark.parametrize("name", ["comments_CCC.json", "3100000000000000003.json", "a.json"])
def test_comments_belong_to_the_post_that_a_number_or_the_file_names(imported, name):
    said = {
        "pk": "1",
        "text": "Rye",
        "user": {"username": "someone"},
        "created_at": 1791300700,
        "content_type": "c",
    }
    found = imported("instagram-web", {"feed.json": MEDIA, name: {"comments": [said]}})
    known = name != "a.json"
    assert ("comments" in found.documents[0]) is known
    assert found.leftovers.homeless == ({} if known else {"comments under unknown posts": 1})
    numbered = said | {"media_id": "3100000000000000003"}
    assert "comments" in imported("instagram-web", {"feed.json": MEDIA, "a.json": [numbered]}).documents[0]


def test_several_users_are_accounts_and_those_without_counts_are_not(imported):
    users = [
        {"pk": str(at), "username": f"user{at}", "full_name": "A", "follower_count": at} for at in range(3)
    ]
    found = imported("instagram-web", {"a.json": [*users, {"pk": "9", "username": "x", "full_name": "X"}]})
    assert [one["profile"]["followers"] for one in found.documents] == [0, 1, 2]
    assert found.leftovers.homeless == {"users of whom nothing is counted": 1}


def test_media_of_the_graph_interface_stand_alone_too(imported):
    media = {"id": "1", "timestamp": "2026-10-20T15:30:00+0000", "media_type": "IMAGE", "comments_count": 4}
    named = {"data": [media | {"username": "bread.lab"}], "paging": {}}
    (document,) = imported(None, {"a.json": named}).documents
    assert (document["account_id"], document["posts"][0]["comments"]) == ("bread.lab", 4)
    found = imported("instagram-graph", {"a.json": {"data": [media]}})
    assert found.leftovers.homeless == {"media of an account that neither they nor their file's name say": 1}
