import pytest

from accounts.reading import read_document
from detector.comments.model import shipped
from reporting.comment_listing import CommentListing
from reporting.evidence import Evidence

ACCOUNT = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
HOSTILE = "<script>alert(1)</script> \u202egnp =cmd()"


def listing(*comments):
    rows = [{"post_id": post, "author_id": who, "text": text} for post, who, text in comments]
    evidence = Evidence.of(read_document(ACCOUNT | {"comments": rows}), "a")
    return CommentListing(evidence, shipped())


def groups(found):
    return {one.kind: one for one in found.groups}


def test_one_text_in_other_letters_is_one_text():
    found = listing(
        ("p", "u1", "Nice pic!"), ("q", "u2", "nice pic"), ("p", "u3", "NICE PIC!!"), ("p", "u4", "hm")
    )
    (text,) = found.texts
    assert (text.text, text.comments, text.people, text.posts) == ("Nice pic!", 3, 3, 2)
    assert text.share == pytest.approx(0.75)
    count, rows = found.comments("same_text", text.key)
    assert count == 3
    assert all("this text 3 times" in row.marks for row in rows)


def test_people_who_return_are_numbered_and_never_named():
    found = listing(*((post, who, f"{post} by {who}!") for who in ("secret1", "secret2") for post in "pqr"))
    assert groups(found)["same_people"].people == 2
    _, rows = found.comments("same_people")
    assert [row.person for row in rows] == [1, 1, 1, 2, 2, 2]
    assert not any("secret" in str(vars(row) | {"text": ""}) for row in rows)


def test_emoji_and_promotion_are_groups():
    found = listing(
        ("p", None, "🔥🔥"), ("p", None, "dm me for promo, link in my bio"), ("p", None, "good soup")
    )
    assert groups(found)["emoji_only"].comments == 1
    assert groups(found)["promotion"].comments == 1
    assert groups(found)["emoji_only"].people == 0


def test_a_page_is_a_part_of_the_group():
    found = listing(*(("p", f"u{at}", "so good") for at in range(130)))
    count, rows = found.comments("same_text", start=100, limit=50)
    assert (count, len(rows)) == (130, 30)
    assert found.comments("same_text", key="no such text") == (0, [])


def test_no_comments_have_no_groups():
    found = listing()
    assert (found.total, found.groups, found.texts, found.comments("promotion")) == (0, [], [], (0, []))


def test_hostile_texts_come_back_as_they_were():
    found = listing(*(("p", f"u{at}", HOSTILE) for at in range(3)), ("p", "x", "🔥" * 25_000))
    assert found.texts[0].text == HOSTILE
    assert found.comments("emoji_only")[1][0].text == "🔥" * 25_000


def test_the_creators_own_comments_are_left_out():
    rows = [{"post_id": "p", "text": "thanks!", "by_creator": True}] * 5
    evidence = Evidence.of(read_document(ACCOUNT | {"comments": rows}), "a")
    assert CommentListing(evidence, shipped()).total == 0
