"""Twitch Helix."""

USER = {"id": "1", "login": "ana", "display_name": "Ana", "broadcaster_type": "", "profile_image_url": None}
NOBODY = "https://static-cdn.jtvnw.net/user-default-pictures-uv/x.png"


def test_a_channel_its_videos_and_its_followers(imported):
    found = imported("twitch")
    (document,) = found.documents
    assert document["profile"]["followers"] == 2510
    assert [(post["kind"], post["views"]) for post in document["posts"]] == [
        ("archive", 551),
        ("highlight", 1262),
    ]
    assert [one["username"] for one in document["audience"]] == ["crumb", "eee"]
    assert not found.leftovers.lines


def test_the_number_of_followers_without_who_they_are(imported):
    page = {"total": 12, "data": [], "pagination": {}}
    found = imported("twitch", {"users.json": {"data": [USER]}, "followers.json": page})
    assert found.documents[0]["profile"]["followers"] == 12
    assert "has_picture" not in found.documents[0]["profile"]


def test_followers_of_one_of_several_channels_are_told_by_the_file(imported):
    users = {"data": [USER, USER | {"login": "bo", "profile_image_url": NOBODY}]}
    page = {"total": 12, "data": [], "pagination": {}}
    found = imported("twitch", {"users.json": users, "bo.json": page, "whose.json": page})
    ana, bo = (one["profile"] for one in found.documents)
    assert (ana.get("followers"), bo["followers"], bo["has_picture"]) == (None, 12, False)
    assert found.leftovers.homeless == {"followers of nobody known": 1}


def test_clips_are_made_by_viewers_and_no_posts(imported):
    found = imported(
        "twitch", {"users.json": {"data": USER}, "clips.json": {"data": [{"id": "c", "creator_id": "9"}]}}
    )
    assert "posts" not in found.documents[0]
    assert found.leftovers.homeless == {"items of Twitch of no known kind": 1}
