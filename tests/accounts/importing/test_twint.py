"""twint: tweets and users that people kept."""

import json

import pytest

TWEET = {
    "id": 5, "conversation_id": "5", "created_at": "2020-03-02 13:19:06 EST", "username": "breadlab",
    "user_id": 771, "tweet": "Rye", "likes_count": 120, "replies_count": 4, "retweets_count": 2,
    "retweet": False, "hashtags": ["rye"],
}  # fmt: skip


def test_the_account_is_a_name_and_no_number(imported):
    lines = "\n".join(json.dumps(TWEET | {"id": at, "conversation_id": str(at)}) for at in (5, 6))
    (document,) = imported(None, {"a.json": lines}).documents
    assert (document["account_id"], document["platform"], len(document["posts"])) == ("breadlab", "x", 2)


@pytest.mark.parametrize(
    ("facts", "time"),
    [
        ({}, "2020-03-02T18:19:06Z"),
        ({"created_at": 1583173146000}, "2020-03-02T18:19:06Z"),
        (
            {
                "date": "2020-03-02",
                "time": "23:49:06",
                "timezone": "+0530",
                "created_at": "in India Standard Time",
            },
            "2020-03-02T18:19:06Z",
        ),
        ({"created_at": "2020-03-02 13:19:06 Mars Time"}, None),
    ],
)
def test_times_are_in_the_zone_beside_them(imported, facts, time):
    found = imported("twint", {"a.json": TWEET | facts})
    assert found.documents[0]["posts"][0].get("published_at") == time
    assert bool(found.leftovers.unreadable) is (time is None)
