# ruff: noqa: E501
"""Documents: what is taken, what is refused, and in which words."""

import datetime as dt
import json

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from accounts.errors import BadInput
from accounts.reading import read_document, read_documents
from accounts.schema import LISTS, TABLES, columns

KEYS = {"account_id": "yt:UC42", "platform": "youtube", "as_of": "2026-11-01T00:00:00Z"}
FULL = {
    "schema": 1,
    **KEYS,
    "profile": {
        "followers": 25000, "following": 310, "posts": 412, "username": "ana", "full_name": "Ana B", "bio": "",
        "has_picture": True, "is_private": False, "is_verified": False, "is_business": True,
        "external_url": "https://a.example", "created_at": "2019-03-02T00:00:00Z",
    },
    "posts": [
        {"post_id": "p1", "published_at": "2026-10-01T12:00:00+02:00", "likes": 120, "comments": 4, "views": 5300,
         "shares": 2, "saves": 9, "caption": "é 🔥", "hashtags": 3, "kind": "video", "is_sponsored": False,
         "has_location": False},
        {"post_id": "p2", "likes": None},
    ],
    "comments": [
        {"post_id": "p1", "author_id": "u1", "text": "wow", "published_at": "2026-10-01T10:00:00.123456Z",
         "likes": 0, "by_creator": False},
        {"post_id": "elsewhere"},
    ],
    "history": [{"date": "2026-10-31", "followers": 24890, "following": 310, "posts": 411}],
    "audience": [{"followers": 12, "following": 1900, "posts": 0, "has_picture": False, "username": "x"}],
    "annotations": [{"kind": "press", "from": "2026-10-30", "to": "2026-10-31", "who": "Jo"}],
    "observed": [
        {"post_id": "p1", "observed_at": "2026-10-01T11:00:00Z", "views": 900, "likes": 40, "comments": 1,
         "shares": 0, "saves": 2, "source": "apify_instagram"},
        {"post_id": "p1", "observed_at": "2026-10-02T11:00:00Z", "likes": 90},
    ],
}  # fmt: skip


def sentences(document, place=""):
    with pytest.raises(BadInput) as refusal:
        read_document(document, place)
    return [str(fault) for fault in refusal.value.faults]


def test_a_full_document_becomes_tables():
    tables = read_document(json.dumps(FULL).encode())
    assert [tables[table].height for table in TABLES] == [1, 2, 2, 1, 1, 1, 2]
    for table in TABLES:
        assert dict(tables[table].schema) == columns(table)
        assert tables[table]["account_id"].unique().to_list() == ["yt:UC42"]
    assert tables.posts["published_at"][0] == dt.datetime(2026, 10, 1, 10, tzinfo=dt.UTC)
    assert tables.comments["published_at"][0].microsecond == 123456
    assert tables.comments["post_id"].to_list() == ["p1", "elsewhere"]
    assert tables.history["date"].to_list() == [dt.date(2026, 10, 31)]
    assert tables.accounts["bio"].to_list() == [""]


def test_bytes_and_mapping_are_the_same():
    alone, parsed = (
        read_document(FULL),
        read_document(json.dumps(FULL, ensure_ascii=False, indent=1).encode()),
    )
    for table in TABLES:
        assert_frame_equal(alone[table], parsed[table])


def test_the_input_is_untouched():
    before = json.dumps(FULL)
    read_document(FULL)
    assert json.dumps(FULL) == before


@pytest.mark.parametrize(
    "absent", [{}, {"profile": None}, dict.fromkeys(LISTS), {"schema": None}, {"posts": []}]
)
def test_absent_parts_are_no_rows_and_absent_values_null(absent):
    tables = read_document(KEYS | absent)
    assert [tables[table].height for table in TABLES] == [1, 0, 0, 0, 0, 0, 0]
    assert tables.accounts.drop(*KEYS).null_count().sum_horizontal().to_list() == [
        len(TABLES["accounts"]) - 3
    ]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-01T12:00:00Z", "2026-10-01T12:00:00"),
        ("2026-10-01 12:00:00+02:00", "2026-10-01T10:00:00"),
        ("2026-10-01T12:00:00.1234567Z", "2026-10-01T12:00:00.123456"),
        ("2026-10-01T12:00-0130", "2026-10-01T13:30:00"),
        ("1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00"),
    ],
)
def test_times_become_utc(text, utc):
    moment = read_document(KEYS | {"posts": [{"published_at": text}]}).posts["published_at"][0]
    assert moment == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


COUNT = "must be a whole number from 0 to 10^15 or null. Got"
TIME = "must be a time with its zone from 1970 to 2199, such as 2026-11-01T00:00:00Z"
REFUSED = [
    ({"posts": [{}, {}, {}, {"likes": -4}]}, f"posts[3].likes {COUNT} -4."),
    ({"posts": [{"likes": 10**15 + 1}]}, f"posts[0].likes {COUNT} 1000000000000001."),
    ({"posts": [{"likes": 10**30}]}, f"posts[0].likes {COUNT} {10**30}."),
    ({"posts": [{"likes": -(2**63)}]}, f"posts[0].likes {COUNT} {-(2**63)}."),
    ({"posts": [{"likes": True}]}, f"posts[0].likes {COUNT} true."),
    ({"posts": [{"likes": "12"}]}, f'posts[0].likes {COUNT} "12".'),
    ({"posts": [{"likes": 3.0}]}, f"posts[0].likes {COUNT} 3.0."),
    ({"posts": [{"likes": float("nan")}]}, f"posts[0].likes {COUNT} NaN."),
    ({"posts": [{"likes": float("-inf")}]}, f"posts[0].likes {COUNT} -Infinity."),
    ({"posts": [{"likes": [1]}]}, f"posts[0].likes {COUNT} a list."),
    ({"profile": {"followers": {}}}, f"profile.followers {COUNT} an object."),
    ({"profile": {"has_picture": 1}}, "profile.has_picture must be true or false, or null. Got 1."),
    ({"profile": {"has_picture": "true"}}, 'profile.has_picture must be true or false, or null. Got "true".'),
    ({"profile": {"bio": 5}}, "profile.bio must be a text or null. Got 5."),
    ({"profile": {"bio": "\ud800"}}, 'profile.bio must be a text or null. Got "\\ud800".'),
    ({"comments": [{"author_id": ""}]}, 'comments[0].author_id must be a text of 1 to 256 characters or null. Got "".'),
    ({"comments": [{"author_id": 4711}]}, "comments[0].author_id must be a text of 1 to 256 characters or null. Got a number."),
    ({"comments": [{"author_id": "x" * 257}]}, "comments[0].author_id must be a text of 1 to 256 characters or null. Got a text of 257 characters."),
    ({"comments": [{"text": "so nice \ud800"}]}, "comments[0].text must be a text or null. Got a text of 9 characters."),
    ({"posts": [{"published_at": "2026-10-01T12:00:00"}]}, f'posts[0].published_at {TIME}, or null. Got "2026-10-01T12:00:00".'),
    ({"posts": [{"published_at": 1700000000}]}, f"posts[0].published_at {TIME}, or null. Got 1700000000."),
    ({"posts": [{"published_at": "2026-02-30T00:00:00Z"}]}, f'posts[0].published_at {TIME}, or null. Got "2026-02-30T00:00:00Z".'),
    ({"profile": {"created_at": "0001-01-01T00:00:00Z"}}, f'profile.created_at {TIME}, or null. Got "0001-01-01T00:00:00Z".'),
    ({"as_of": "2200-01-01T00:00:00Z"}, f'as_of {TIME}. Got "2200-01-01T00:00:00Z".'),
    ({"as_of": None}, f"as_of {TIME}. Got null."),
    ({"history": [{"date": "31/10/2026"}]}, 'history[0].date must be a date from 1970 to 2199, such as 2026-10-31, or null. Got "31/10/2026".'),
    ({"platform": "myspace"}, 'platform must be one of instagram, tiktok, youtube, x, twitch, github, other. Got "myspace".'),
    ({"account_id": "x" * 257}, f'account_id must be a text of 1 to 256 characters. Got "{"x" * 60}…".'),
    ({"account_id": 5}, "account_id must be a text of 1 to 256 characters. Got 5."),
    ({"account_id": None}, "account_id must be a text of 1 to 256 characters. Got null."),
    ({"schema": 2}, "schema must be 1, or absent. Got 2."),
    ({"schema": True}, "schema must be 1, or absent. Got true."),
    ({"profile": []}, "profile must be an object or null. Got a list."),
    ({"posts": {}}, "posts must be a list or null. Got an object."),
    ({"posts": [{}, 7]}, "posts[1] must be an object. Got 7."),
    ({"folowers": 1}, "folowers is not a field of an account document"),
    ({"profile": {"folowers": 1}}, "profile.folowers is not a field of an account document; did you mean followers?"),
    ({"posts": [{}, {"like": 1}]}, "posts[1].like is not a field of an account document; did you mean likes?"),
    ({"posts": [{"account_id": "b"}]}, "posts[0].account_id is not a field of an account document"),
    ({"audience": [{"is_business": True}]}, "audience[0].is_business is not a field of an account document"),
    ({"a\nb\u202e": 1}, "a\\nb\\u202e is not a field of an account document"),
    ({"posts": [{"published_at": "2026-11-01T00:00:00.000001Z"}]},
     'posts[0].published_at must not lie after as_of. Got "2026-11-01T00:00:00.000001Z".'),
    ({"history": [{"date": "2026-11-02"}]}, 'history[0].date must not lie after as_of. Got "2026-11-02".'),
    ({"posts": [{"post_id": "p"}, {}, {}, {"post_id": "p"}]}, 'posts[3].post_id must be unique in the account. Got "p".'),
    ({"history": [{"date": "2026-10-01"}, {"date": "2026-10-01"}]}, 'history[1].date must be unique in the account. Got "2026-10-01".'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), REFUSED, ids=[sentence[:50] for _, sentence in REFUSED])
def test_a_refusal_names_field_rule_and_value(change, sentence):
    (found,) = sentences(KEYS | change)
    assert found.startswith(sentence)


@pytest.mark.parametrize("name", KEYS)
def test_keys_must_be_there(name):
    (found,) = sentences({key: value for key, value in KEYS.items() if key != name})
    assert found.startswith(f"{name} must be") and found.endswith("It is missing.")


def test_among_several_documents_each_is_said_to_lack_what_it_lacks():
    whole = KEYS | {"annotations": [{"kind": "giveaway"}, {"kind": None}]}
    documents = [
        KEYS,
        {"account_id": "b", "platform": "x"},
        7,
        {"platform": None},
        whole | {"account_id": "c"},
    ]
    found = [str(fault) for fault in read_documents(documents).faults]
    assert [one.rpartition(". ")[0].split(" must")[0] for one in found if one.endswith("It is missing.")] == [
        "accounts[1]: as_of", "accounts[3]: account_id", "accounts[3]: as_of",
        *(f"accounts[4]: annotations[0].{name}" for name in ("from", "to", "who")),
        *(f"accounts[4]: annotations[1].{name}" for name in ("from", "to", "who")),
    ]  # fmt: skip
    assert len([one for one in found if one.endswith("Got null.")]) == 2


def test_the_day_of_as_of_may_have_its_count():
    assert read_document(KEYS | {"history": [{"date": "2026-11-01"}]}).history.height == 1


def test_one_post_id_may_stand_in_two_accounts_and_null_often():
    posts = [{"post_id": "p"}, {"post_id": None}, {"post_id": None}]
    chunk = read_documents([KEYS | {"posts": posts}, KEYS | {"account_id": "b", "posts": posts}])
    assert not chunk.faults and chunk.tables.posts.height == 6


def test_everything_wrong_with_a_document_is_said_at_once():
    found = sentences(
        KEYS | {"platform": "?", "x": 1, "posts": [{"likes": -1}, {"likes": "2", "post_id": 3}]},
        "a.jsonl line 12",
    )
    assert [sentence.split(" must")[0].split(" is not")[0] for sentence in found] == [
        "a.jsonl line 12: x",
        "a.jsonl line 12: platform",
        "a.jsonl line 12: posts[0].likes",
        "a.jsonl line 12: posts[1].post_id",
        "a.jsonl line 12: posts[1].likes",
    ]


def test_past_a_hundred_faults_are_counted():
    found = sentences(KEYS | {"posts": [{"likes": -1}] * 250})
    assert len(found) == 101 and found[-1] == "has more faults."


def test_faults_carry_the_account():
    with pytest.raises(BadInput) as refusal:
        read_document(KEYS | {"posts": 3})
    assert [fault.account_id for fault in refusal.value.faults] == ["yt:UC42"]


BROKEN = [
    (b"", "must be JSON. Column 1: expecting value."),
    (b"[]", "must be a JSON object. Got a list."),
    (b"null", "must be a JSON object. Got null."),
    (b'{"a": 1,\n "b" 2}', "must be JSON. Line 2 column 6: expecting ':' delimiter."),
    (b'{"a": "\xff"}', "must be UTF-8. Byte 8 is not."),
    (b"[" * 100_000, "must be JSON of a sensible depth. It is nested too deeply."),
    (
        b'{"likes": ' + b"9" * 5000 + b"}",
        "must hold numbers of a sensible length. One has thousands of digits.",
    ),
    (json.dumps(KEYS).encode("utf-16"), "must be UTF-8. Byte 1 is not."),
]


@pytest.mark.parametrize(("data", "sentence"), BROKEN, ids=[sentence[:40] for _, sentence in BROKEN])
def test_text_that_is_no_json_is_refused(data, sentence):
    assert sentences(data) == [sentence]


def test_a_field_that_stands_twice_is_refused_by_name():
    data = (
        json.dumps(KEYS | {"posts": [{}, {"likes": 1}]})
        .encode()
        .replace(b'"likes": 1', b'"likes": 1, "likes": 2')
    )
    assert sentences(data) == ["posts[1].likes must stand once. Got it twice."]
    assert sentences(b'{"schema": 1, ' + json.dumps(KEYS | {"schema": 1}).encode()[1:]) == [
        "schema must stand once. Got it twice."
    ]


def test_half_a_surrogate_pair_in_json_is_refused_by_field_and_a_whole_one_taken():
    document = json.dumps(KEYS | {"profile": {"bio": "x"}}).encode()
    assert sentences(document.replace(b'"x"', b'"\\ud83d"'))[0].startswith("profile.bio must be a text")
    tables = read_document(document.replace(b'"x"', b'"\\ud83d\\ude00"'))
    assert tables.accounts["bio"].to_list() == ["😀"]


def test_a_byte_order_mark_is_ignored():
    assert len(read_document(b"\xef\xbb\xbf" + json.dumps(KEYS).encode())) == 1


def test_a_batch_says_which_of_its_documents_are_bad():
    chunk = read_documents(
        [KEYS, KEYS | {"account_id": "b", "posts": 1}, KEYS, "x", KEYS | {"account_id": "c"}]
    )
    assert chunk.tables.accounts["account_id"].to_list() == ["yt:UC42", "c"]
    assert [str(entry) for entry in chunk.order] == [
        "yt:UC42",
        "accounts[1]: posts must be a list or null. Got 1.",
        'accounts[2]: account_id must be unique in the input. Got "yt:UC42".',
        'accounts[3]: must be a JSON object. Got "x".',
        "c",
    ]
    assert chunk.faults == tuple(entry for entry in chunk.order if not isinstance(entry, str))


def test_a_batch_is_its_documents_one_by_one():
    documents = [FULL, KEYS | {"account_id": "b"}, FULL | {"account_id": "c"}]
    together = read_documents(documents).tables
    for table in TABLES:
        assert_frame_equal(together[table], pl.concat([read_document(each)[table] for each in documents]))


def test_an_empty_batch_is_no_account():
    assert len(read_documents([]).tables) == 0


@pytest.mark.parametrize(
    "row", [{"likes": -1}, {"likes": True, "views": "x"}, {"lkes": 1}, 7, {"post_id": "p"}], ids=str
)
def test_any_number_of_faults_is_told_in_a_hundred_and_quickly(row):
    found = sentences(KEYS | {"posts": [row] * 200_000})
    assert len(found) == 101 and found[-1] == "has more faults."


def test_a_list_beyond_the_limit_is_refused():
    assert sentences(KEYS | {"audience": [{}] * 1_000_001}) == [
        "audience must hold at most 1,000,000 rows. Got 1,000,001."
    ]


def test_any_number_of_unknown_or_doubled_fields_is_told_in_a_hundred():
    assert len(sentences(KEYS | {f"x{number}": 1 for number in range(100_000)})) == 101
    pairs = ",".join(f'"x{number}":1' for number in range(50_000))
    assert len(sentences(b"{" + f"{pairs},{pairs}".encode() + b"}")) == 101
