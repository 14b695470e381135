"""X API v2: who is an account, what is a post, and what a comment."""

METRICS = {"like_count": 1, "reply_count": 0, "retweet_count": 0, "quote_count": 0}


def tweet(number, author=None, **more):
    return {"id": number, "text": "rye", "author_id": author, "edit_history_tweet_ids": [number]} | more


def replied(number, author, parent, root):
    return tweet(
        number, author, conversation_id=root, referenced_tweets=[{"type": "replied_to", "id": parent}]
    )


def test_a_timeline_its_replies_and_its_followers(imported):
    found = imported("x-api")
    (document,) = found.documents
    posts = {post["post_id"]: post for post in document["posts"]}
    assert {name: post.get("kind") for name, post in posts.items()} == {
        "9001": None,
        "9002": "repost",
        "9003": "reply",
        "9005": None,
    }
    assert not posts["9002"].keys() & {"likes", "comments", "views", "shares", "saves"}
    assert posts["9002"]["published_at"] == "2026-10-19T15:30:00Z"
    assert "views" not in posts["9005"]
    assert [one["by_creator"] for one in document["comments"]] == [True, False, False]
    assert {one["post_id"] for one in document["comments"]} == {"9001"}
    assert [one["followers"] for one in document["audience"]] == [12, 0]
    assert document["profile"]["full_name"] == "Bread & Co"
    assert not found.leftovers.lines


def test_replies_without_their_post_are_nobodys(imported):
    page = {"data": [replied("2", "5", "1", "1"), replied("3", "6", "2", "1"), tweet("9", "7"), tweet("10")]}
    found = imported("x-api", {"search.json": page})
    assert [one["account_id"] for one in found.documents] == ["7"]
    assert found.leftovers.homeless == {
        "replies under unknown posts": 2,
        "posts without an id or an author": 1,
    }


def test_who_wrote_all_of_a_page_is_an_account_even_where_all_are_replies(imported):
    found = imported("x-api", {"timeline.json": {"data": [replied("2", "5", "1", "1")]}})
    assert found.documents[0]["posts"] == [
        {"post_id": "2", "caption": "rye", "kind": "reply", "is_repost": False}
    ]


def test_a_page_of_users_that_does_not_say_that_they_follow_is_no_audience(imported):
    users = [{"id": str(n), "name": "n", "username": f"n{n}"} for n in (1, 2)]
    pages = {"user.json": {"data": users[0]}, "followed.json": {"data": users, "meta": {}}}
    found = imported("x-api", pages)
    assert "audience" not in found.documents[0]
    assert found.leftovers.homeless == {"users who wrote nothing and follow nobody known": 1}


def test_flattened_tweets_hold_their_author(imported):
    author = {"id": "5", "name": "B", "username": "breadlab", "public_metrics": {"followers_count": 12}}
    found = imported("x-api", {"flat.jsonl": tweet("1", "5", public_metrics=METRICS) | {"author": author}})
    assert found.documents[0]["account_id"] == "breadlab"
    assert found.documents[0]["profile"]["followers"] == 12


def test_pages_of_nulls_and_odd_values_are_no_traceback(imported):
    odd = {
        "data": [None, 5, tweet(None, []), tweet("1", "7", public_metrics=[], referenced_tweets={"type": 1})]
    }
    found = imported("x-api", {"odd.json": [odd, {"data": None}, {"includes": {"users": [None]}}]})
    assert [post["post_id"] for post in found.documents[0]["posts"]] == ["1"]
