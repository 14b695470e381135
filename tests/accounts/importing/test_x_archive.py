"""X archive: JavaScript or bare JSON, named or not."""


def wrapped(**values):
    return {
        "tweet": {"id_str": "1", "full_text": "rye", "favorite_count": "5", "retweet_count": "1"} | values
    }


def test_the_archive_of_one_account(imported):
    found = imported("x-archive")
    (document,) = found.documents
    assert document["profile"]["followers"] == 3
    assert document["profile"]["username"] == document["account_id"] == "breadlab"
    assert [post.get("kind") for post in document["posts"]] == [None, "repost", "reply"]
    assert "shares" not in document["posts"][1]
    assert document["comments"][0] == {
        "post_id": "1",
        "text": "and the starter",
        "published_at": "2026-10-20T15:40:00Z",
        "likes": 5,
        "author_id": "breadlab",
        "by_creator": True,
    }
    assert "audience" not in document
    assert not found.leftovers.lines


def test_tweets_alone_are_an_account_without_a_name(imported):
    found = imported("x-archive", {"tweets.json": [wrapped()]})
    assert found.documents[0]["account_id"] == "x-archive"
    assert found.documents[0]["posts"][0]["likes"] == 5


def test_two_folders_are_two_accounts(imported):
    files = {"ana/tweets.json": [wrapped()], "bo/tweets.json": [wrapped(id_str="2")]}
    found = imported("x-archive", files)
    assert {one["account_id"] for one in found.documents} == {"x-archive:ana", "x-archive:bo"}


def test_deleted_tweets_are_no_posts(imported):
    found = imported("x-archive", {"tweets.js": [wrapped(), wrapped(id_str="2", deleted_at="x")]})
    assert len(found.documents[0]["posts"]) == 1
    assert found.leftovers.homeless == {"deleted tweets, and items of no known kind": 1}


def test_tweets_of_before_2019_stand_without_a_wrapper(imported):
    found = imported(
        "x-archive", {"tweet.js": "window.YTD.tweet.part0 = " + str([wrapped()["tweet"]]).replace("'", '"')}
    )
    assert found.documents[0]["posts"][0]["shares"] == 1
