"""Screening with the starter: spoiled evidence never accuses where the whole does not, nor clears falsely."""

import copy
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from accounts.reading import read_documents
from detector.bundle import load, starter_path
from detector.labels import Explain, Label
from detector.screening import Detector

AS_OF = datetime(2026, 11, 1, 14, 37, 12, tzinfo=UTC)
ACCUSED = {Label.INFLATED, Label.AUTOMATED}
WORDS = [
    "rye",
    "oat",
    "seeds",
    "crust",
    "oven",
    "salt",
    "water",
    "rest",
    "dough",
    "flour",
    "crumb",
    "warm",
    "loaf",
    "slice",
    "butter",
    "stone",
]


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def sentence(rng, words):
    return " ".join(rng.choice(WORDS, words))


def creator():
    """A baker with followers, posts at human hours, comments, a history and a sample of followers."""
    rng = np.random.default_rng(7)
    posts = []
    for at in range(40):
        hour = float(np.clip(rng.normal(18, 2.5), 7, 23.5))
        day = (AS_OF - timedelta(days=4 + int(at * 3.4 + rng.integers(0, 3)))).replace(
            hour=0, minute=0, second=0
        )
        likes = int(420 * rng.lognormal(0, 0.55))
        posts.append({
            "post_id": f"p{at}", "published_at": iso(day + timedelta(hours=hour)), "likes": likes,
            "comments": int(likes * 0.03 * rng.lognormal(0, 0.8)) + 1,
            "views": int(likes * 11 * rng.lognormal(0, 0.3)), "kind": "reel",
            "caption": sentence(rng, int(rng.integers(4, 25))), "hashtags": int(rng.integers(0, 6)),
        })  # fmt: skip
    comments = [
        {
            "post_id": f"p{at % 12}", "author_id": f"u{int(300 * rng.power(0.7))}",
            "likes": int(rng.integers(0, 3)),
            "text": sentence(rng, int(rng.integers(1, 14))), "by_creator": bool(rng.random() < 0.08),
            "published_at": iso(datetime.fromisoformat(posts[at % 12]["published_at"])
                                + timedelta(minutes=float(min(rng.lognormal(5, 1.8), 4_000)))),
        }
        for at in range(90)
    ]  # fmt: skip
    for post in posts:
        post["comments"] += sum(one["post_id"] == post["post_id"] for one in comments)
    grown = np.cumsum(rng.poisson(9, 120))
    history = [
        {"date": str(date(2026, 11, 1) - timedelta(days=119 - at)), "followers": 11_000 + int(count)}
        for at, count in enumerate(grown)
    ]
    return {
        "schema": 1, "account_id": "bread", "platform": "instagram", "as_of": iso(AS_OF),
        "profile": {
            "followers": 11_000 + int(grown[-1]), "following": 640, "posts": 512, "username": "breadlab",
            "full_name": "Bread Lab", "bio": "Bread, slowly", "has_picture": True,
            "created_at": "2019-05-04T10:11:12Z",
        },
        "posts": posts, "comments": comments, "history": history,
    }  # fmt: skip


def on_posts(**change):
    return lambda doc: [
        post.update({name: value(at, post) for name, value in change.items()})
        for at, post in enumerate(doc["posts"])
    ]


def on_comments(**change):
    return lambda doc: [
        one.update({name: value(at, one) for name, value in change.items()})
        for at, one in enumerate(doc["comments"])
    ]


def ago(unit):
    def rough(_, row):
        age = AS_OF - datetime.fromisoformat(row["published_at"])
        return iso(AS_OF - unit * (age // unit))

    return rough


def again(**change):
    def append(doc):
        doc["posts"] += [
            post | {"post_id": f"again-{post['post_id']}"} | change
            for post in copy.deepcopy(doc["posts"][::2])
        ]

    return append


def profile(**change):
    return lambda doc: doc["profile"].update(change)


def misread(value):
    def change(doc):
        for at in range(5, 120, 23):
            doc["history"][at]["followers"] = value

    return change


def total(doc):
    sums = {name: sum(post[name] for post in doc["posts"]) for name in ("likes", "comments", "views")}
    doc["posts"].append({"post_id": "Total"} | sums)


def followers_alone(doc):
    doc["profile"] = {"followers": doc["profile"]["followers"]}
    doc.update(posts=[], comments=[], history=[])


def broken(_, post):
    return f"{post['caption']} café".encode().decode("latin-1")


SPOILED = {
    "hidden likes": on_posts(likes=lambda at, post: 3 if at % 6 else post["likes"]),
    "hidden likes on all": on_posts(likes=lambda *_: 2),
    "likes not collected": on_posts(likes=lambda at, post: 0 if at < 20 else post["likes"]),
    "months ago": on_posts(published_at=ago(timedelta(days=30))),
    "days ago": on_posts(published_at=ago(timedelta(days=1))),
    "midnights": on_posts(published_at=lambda _, post: post["published_at"][:10] + "T00:00:00Z"),
    "whole hours": on_posts(published_at=lambda _, post: post["published_at"][:13] + ":00:00Z"),
    "collection": on_posts(published_at=lambda *_: iso(AS_OF)),
    "milliseconds": on_posts(published_at=lambda at, _: iso(datetime(1970, 1, 21, 17, at, 3))),
    "two lists": again(kind="reel"),
    "carousels": again(),
    "captions nan": on_posts(caption=lambda at, post: "nan" if at % 3 else post["caption"]),
    "captions None": on_posts(caption=lambda *_: "None"),
    "reposts": on_posts(
        caption=lambda at, post: f"RT @somebody: {post['caption']}" if at % 2 else post["caption"],
        likes=lambda at, post: 0 if at % 2 else post["likes"],
        shares=lambda at, _: 2_000 + 977 * at if at % 2 else None,
    ),
    "views not counted": on_posts(views=lambda at, post: 0 if at % 2 else post["views"]),
    "views counted otherwise": on_posts(views=lambda at, post: int(post["views"] * (2.4 if at < 20 else 1))),
    "no followers": profile(followers=0),
    "a thousandth": profile(followers=12),
    "comments days ago": on_comments(published_at=ago(timedelta(days=1))),
    "comments deleted": on_comments(
        text=lambda at, one: "Ce commentaire a été supprimé" if at % 3 == 0 else one["text"]
    ),
    "days of 0": misread(0),
    "another's days": misread(981_000),
    "a total": total,
    "broken encoding": on_posts(caption=broken),
    "captions cut": on_posts(caption=lambda _, post: post["caption"][:40]),
    "followers alone": followers_alone,
    "few posts published": profile(posts=3),
}
CONTRADICTING = {"no followers", "a thousandth", "few posts published"}


@pytest.fixture(scope="module")
def labels():
    """The label of the whole document and of each spoiled one, all judged at once."""
    documents = {"whole": creator()}
    for name, spoil in SPOILED.items():
        documents[name] = creator()
        spoil(documents[name])
    for name, document in documents.items():
        document["account_id"] = name
    chunk = read_documents(list(documents.values()))
    assert not chunk.faults
    verdicts = Detector(load(starter_path())).screen(chunk.tables, explain=Explain.NONE)
    return {verdict.account_id: verdict.label for verdict in verdicts}


def test_the_whole_is_not_accused(labels):
    assert labels["whole"] not in ACCUSED


@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_evidence_accuses_nobody(labels, name):
    assert labels[name] not in ACCUSED


@pytest.mark.parametrize("name", sorted(CONTRADICTING | {"followers alone", "collection", "milliseconds"}))
def test_what_contradicts_itself_or_shows_nothing_clears_nobody(labels, name):
    assert labels[name] is not Label.AUTHENTIC
