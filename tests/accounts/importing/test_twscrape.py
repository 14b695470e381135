"""twscrape: JSON Lines of tweets and of users."""


def test_a_timeline_its_replies_and_its_followers(imported):
    found = imported("twscrape")
    (document,) = found.documents
    assert [post.get("kind") for post in document["posts"]] == [None, "repost", "reply"]
    assert "views" not in document["posts"][1]
    assert [one["by_creator"] for one in document["comments"]] == [True, False, False]
    assert [one["author_id"] for one in document["comments"]] == ["77001", "77003", "77004"]
    first, second = document["audience"]
    assert "created_at" not in first
    assert second["created_at"] == "2019-03-02T10:00:00Z"
    assert not found.leftovers.lines


def test_one_user_alone_is_an_account_and_many_are_nobodys(imported):
    users = [{"username": name, "followersCount": 5, "rawDescription": ""} for name in ("ana", "bo", "cy")]
    found = imported("twscrape", {"user.json": users[0], "users.json": users[1:]})
    assert [one["account_id"] for one in found.documents] == ["ana"]
    assert found.leftovers.homeless == {"users who wrote nothing and follow nobody known": 2}


def test_tweets_without_a_user_are_nobodys(imported):
    tweets = [
        {"id": 1, "rawContent": "rye", "date": "2026-10-20 15:30:00+00:00", "user": user}
        for user in (None, [])
    ]
    found = imported("twscrape", {"tweets.json": [*tweets, None, "odd", {}]})
    assert not found.documents
    assert found.leftovers.homeless["posts without an id or an author"] == 2
