"""Plain tables: rows of totals, names that are no numbers, and platforms by a table's own columns."""

import pytest

HEADER = "Handle,Caption,Date,Likes,Views"
POSTS = ["ana,Rye,2026-10-20,5,50", "ana,Oat,2026-10-21,7,70", "ana,Spelt,2026-10-22,9,90"]


def table(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


@pytest.mark.parametrize("word", ["Samengeteld", "", "Yhteensä", "الكل"])
@pytest.mark.parametrize("first", [True, False])
def test_a_row_of_sums_is_no_post_whatever_it_is_called(imported, word, first):
    total = f"{word},,,21,210"
    found = imported(
        "spreadsheet", {"instagram.csv": table(*([total, *POSTS] if first else [*POSTS, total]))}
    )
    (document,) = found.documents
    assert [post["likes"] for post in document["posts"]] == [5, 7, 9]
    assert found.leftovers.homeless == {"rows of totals": 1}


@pytest.mark.parametrize(
    "row",
    ["ana,,,21,211", "ana,,2026-10-23,21,210", "ana,,,,"],
    ids=["another sum", "a day of its own", "no count"],
)
def test_a_post_that_lacks_much_stays_one(imported, row):
    found = imported("spreadsheet", {"instagram.csv": table(*POSTS, row)})
    assert len(found.documents[0]["posts"]) == 4
    assert not found.leftovers.homeless


def test_creators_without_any_other_fact_are_no_totals(imported):
    rows = table("a,1,10", "b,2,20", "c,3,30", header="Handle,Followers,Posts")
    assert len(imported("spreadsheet", {"instagram.csv": rows}).documents) == 3


def test_an_account_is_named_by_a_name_before_a_number(imported):
    rows = table("771,breadlab,Rye,2026-10-20,5", header="user_id,screen_name,text,created_at,favorite_count")
    assert imported("spreadsheet", {"posts.csv": rows}).documents[0]["account_id"] == "breadlab"
    alone = table("771,Rye,2026-10-20,5", header="user_id,text,created_at,favorite_count")
    assert imported("spreadsheet", {"posts.csv": alone}).documents[0]["account_id"] == "771"


@pytest.mark.parametrize(
    ("header", "platform"),
    [
        ("username,text,createTimeISO,diggCount", "tiktok"),
        ("ownerUsername,caption,timestamp,likesCount", "instagram"),
        ("screen_name,full_text,created_at,retweet_count", "x"),
        ("channelTitle,title,publishedAt,viewCount", "youtube"),
        ("username,caption,date,likes", "other"),
        ("username,tweet,date,diggCount", "other"),
    ],
)
def test_the_platform_follows_from_a_tables_own_columns(imported, header, platform):
    found = imported("spreadsheet", {"posts.csv": table("ana,Rye,2026-10-20,5", header=header)})
    assert found.documents[0]["platform"] == platform


def test_what_a_row_or_the_file_says_comes_before_the_columns(imported):
    rows = table(
        "ana,Rye,2026-10-20,5,https://www.instagram.com/p/AAA", header="username,text,date,diggCount,url"
    )
    assert imported("spreadsheet", {"posts.csv": rows}).documents[0]["platform"] == "instagram"
