"""Accounts are observed, shown, joined and erased from the plain command line."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from serving.settings import Settings
from serving.store.engine import Database, RowsHeld
from serving.store.store import open_store
from serving.store.verdict_rows import erase_account

AS_OF = datetime(2026, 11, 1, 12, tzinfo=UTC)
PUBLISHED = datetime(2026, 10, 2, 8, tzinfo=UTC)


def document(day, **more):
    at = AS_OF - timedelta(days=30 - day)
    posts = [
        {
            "post_id": f"p{number}",
            "published_at": PUBLISHED.isoformat(),
            "likes": 10 * number + day,
            "views": 900,
        }
        for number in range(3)
    ]
    return {
        "account_id": "ana", "platform": "instagram", "as_of": at.isoformat(),
        "profile": {"followers": 1_000 + 7 * day, "following": 80}, "posts": posts if day else [], **more,
    }  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(name, *documents):
        path = tmp_path / name
        path.write_text("".join(json.dumps(one) + "\n" for one in documents))
        return path

    return write


def observe(run, *arguments):
    done = run("observe", *arguments)
    assert done.exit_code == 0, done.output
    return done.stderr.splitlines()[-1]


def observed(run, *arguments):
    return json.loads(run("observed", "ana", "--json", *arguments).stdout)


@pytest.fixture
def month(run, file):
    """Ana, observed on twenty days with a gap."""
    for day in (*range(1, 9), *range(15, 27)):
        observe(run, file(f"{day}.jsonl", document(day)))


def test_the_same_twice_is_once(run, file):
    path = file("one.jsonl", document(3), document(0, account_id="bo", profile=None))
    assert (
        observe(run, path) == "1 observation stored, 0 completed, 0 known before; 1 account without a count."
    )
    assert (
        observe(run, path) == "0 observations stored, 0 completed, 1 known before; 1 account without a count."
    )
    (one,) = observed(run)["observations"]
    assert one == {
        "observed_at": "2026-10-05T12:00:00Z", "source": "account document", "followers": 1_021,
        "following": 80, "posts": None, "posts_seen": 3,
    }  # fmt: skip


def test_a_source_is_recognised_and_named(run, tmp_path):
    path = tmp_path / "instagram.json"
    path.write_text(json.dumps([{
        "inputUrl": "https://www.instagram.com/ana/", "id": "1", "username": "ana", "followersCount": 1_234,
        "followsCount": 80, "postsCount": 41, "latestPosts": [],
    }]))  # fmt: skip
    observe(run, path, "--at", "2026-10-20T10:00:00Z")
    (one,) = observed(run)["observations"]
    assert (one["source"], one["observed_at"], one["followers"]) == (
        "apify-instagram", "2026-10-20T10:00:00Z", 1_234,
    )  # fmt: skip


def test_tenants_stay_apart(run, file):
    observe(run, file("one.jsonl", document(3)), "--tenant", "acme")
    done = run("observed", "ana")
    assert (done.exit_code, done.stderr) == (2, "There is no observation of ana in the tenant default.\n")
    assert observed(run, "--tenant", "acme")["account_id"] == "ana"


def test_the_page_shows_curve_gaps_sources_and_likes_by_hour(run, month, monkeypatch):
    for width in ("80", "120"):
        monkeypatch.setenv("COLUMNS", width)
        shown = run("observed", "ana").stdout
        assert "Observed 20 times, 2026-10-03 to 2026-10-28." in shown
        assert "Sources: account document (20)." in shown
        assert "Gaps: 2026-10-10 to 2026-10-17." in shown
        assert max(map(len, shown.splitlines())) <= int(width)
        (row,) = [line.split() for line in shown.splitlines() if line.startswith("p2")]
        assert row[:2] == ["p2", "2026-10-02"] and row[-1] == "20"


def test_gaps_and_hours_in_json(run, month):
    found = observed(run)
    assert found["gaps"] == [{"from": "2026-10-10", "to": "2026-10-17"}]
    assert len(found["history"]) == 20
    first = found["posts"][-1]["observed"][0]
    assert (first["hours"], first["likes"], first["shares"]) == (28.0, 1, None)


def verdict(run, path, *options):
    done = run("screen", path, "--json", *options)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_verdict_with_observed_is_that_of_the_document_with_the_history_in_it(run, file, month):
    bare = file("now.jsonl", document(30))
    joined = verdict(run, bare, "--with-observed")
    found = observed(run)
    source = "observed (account document)"
    rows = [{"post_id": post["post_id"]} | {name: one[name] for name in ("observed_at", "views", "likes")}
            for post in found["posts"] for one in post["observed"]]  # fmt: skip
    whole = document(
        30,
        history=[
            {name: value for name, value in row.items() if value is not None} for row in found["history"]
        ],
        observed=[row | {"source": source} for row in sorted(rows, key=lambda row: row["post_id"])],
    )
    assert joined == verdict(run, file("whole.jsonl", whole))
    assert joined["evidence"]["sources"] == [
        {"table": "history", "source": source, "rows": 20},
        {"table": "observed", "source": source, "rows": 60},
    ]
    assert joined["evidence"]["blocks"]["history"] == {"present": True, "n": 20}
    assert verdict(run, bare)["evidence"]["blocks"]["history"] == {"present": False, "n": 0}
    assert verdict(run, bare, "--with-observed", "--tenant", "other") == verdict(run, bare)


def test_explain_names_the_sources(run, file, month):
    shown = run("explain", file("now.jsonl", document(30)), "--account", "ana", "--with-observed").stdout
    assert "Follower history from: observed (account document) (20 rows)" in shown


def test_after_erasure_nothing_is_left(run, month, home):
    store = open_store(Settings(home=home))
    assert erase_account(store, "default", "ana", "key:abc")["observations"] == 20
    store.database.close()
    assert run("observed", "ana").exit_code == 2


def test_a_bad_account_stops_it_before_anything_is_stored(run, file):
    bad = file("bad.jsonl", document(3), document(4, profile={"followers": -1}))
    done = run("observe", bad)
    assert done.exit_code == 3
    assert "profile.followers must be a whole number" in done.stderr
    assert run("observed", "ana").exit_code == 2
    keep_going = run("observe", bad, "--keep-going")
    assert (keep_going.exit_code, len(observed(run)["observations"])) == (3, 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["--at", "yesterday"], "--at must be a time, such as 2026-11-01T00:00:00Z. Got yesterday.")],
)
def test_wrong_usage_is_one_sentence(run, file, arguments, sentence):
    done = run("observe", file("one.jsonl", document(3)), *arguments)
    assert (done.exit_code, done.stderr) == (2, f"{sentence}\n")


def test_without_the_extra_it_says_which(run, file, monkeypatch):
    monkeypatch.setitem(sys.modules, "serving.settings", None)
    done = run("observe", file("one.jsonl", document(3)))
    assert done.exit_code == 2
    assert done.stderr.startswith(
        "Observations need what the extra serve installs: pip install 'assay[serve]'"
    )
    assert done.stderr.count("\n") == 1


def test_where_nothing_is_kept_nothing_is_observed(run, file, monkeypatch):
    monkeypatch.setenv("ASSAY_STORE_VERDICTS", "false")
    done = run("observe", file("one.jsonl", document(3)))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "store_verdicts" in done.stderr


def holding(monkeypatch, is_held):
    """Transactions that write find the tenant's row held as long as a function says; the pauses made."""
    pauses, writing = [], Database.writing

    def held(self, *wait):
        if is_held(len(pauses)):
            raise RowsHeld
        return writing(self, *wait)

    monkeypatch.setattr(Database, "writing", held)
    monkeypatch.setattr("cli.observation_store.time.sleep", pauses.append)
    return pauses


def test_observe_waits_for_transactions_that_hold_the_rows(run, file, monkeypatch):
    observe(run, file("1.jsonl", document(1)))
    pauses = holding(monkeypatch, lambda tries: tries < 3)
    assert observe(run, file("2.jsonl", document(2))).startswith("1 observation stored")
    assert pauses == [1.0, 2.0, 4.0]


def test_observe_gives_up_after_minutes_and_says_how_far_it_is(run, file, monkeypatch):
    known = file("1.jsonl", document(1))
    observe(run, known)
    pauses = holding(monkeypatch, lambda _: True)
    done = run("observe", known, file("2.jsonl", document(2)))
    assert done.exit_code == 6
    assert "1 of 2 observations are done with. Run it again" in " ".join(done.stderr.split())
    assert 200 < sum(pauses) < 300
