"""The challenger beside the champion: never in the way, stored for comparison, erased with the account."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from cli.app import app as command_line
from detector.bundle import save
from detector.levels import LevelTable
from detector.screening import Detector
from serving.app.application import make_app
from serving.screening import shadow as shadow_module
from serving.store.shadow_rows import newest_challenger, shadow_pairs
from training.recalibrate import with_thresholds


@pytest.fixture(scope="module")
def challenger(detector):
    """A detector that accuses nobody."""
    rows = {row.level: replace(row, accuse_above=1.0) for row in detector.bundle.levels}
    return Detector(with_thresholds(detector.bundle, LevelTable(rows)))


@pytest.fixture
def app(on_sqlite, loaded, challenger):
    application = make_app(
        on_sqlite.model_copy(update={"no_auth": True, "shadow": True, "shadow_waiting": 2})
    )
    application.state.shadow.detector = challenger
    yield application
    application.state.store_access.close()


@pytest.fixture
def client(app, calling):
    with calling(app) as one:
        yield one


def judge_all(shadow):
    """What the challenger's thread does, in this one."""
    while not shadow.waiting.empty():
        shadow.judge_next(shadow.waiting.get())


def pairs_of(app, challenger):
    with app.state.store_access.opened().database.reading() as connection:
        return shadow_pairs(connection, "default", challenger.bundle.sha256)


def test_both_verdicts_are_stored_and_go_with_the_account(client, app, challenger, documents, monkeypatch):
    single = client.post("/v1/verdicts", content=documents[0]).json()
    client.post("/v1/verdicts/batch", content=b"[" + b",".join(documents[1:]) + b"]")
    assert pairs_of(app, challenger) == []  # nothing is judged on a request's path
    judge_all(app.state.shadow)
    pairs = pairs_of(app, challenger)
    assert len(pairs) == len(documents)
    (own,) = [one for one in pairs if one.verdict_id == single["verdict_id"]]
    assert (own.label, own.suspicion) == (single["label"], single["suspicion"])
    assert own.challenger_suspicion == own.suspicion  # its thresholds differ alone
    assert all(one.challenger_label not in {"inflated", "automated"} for one in pairs)
    monkeypatch.setenv("ASSAY_HOME", str(app.state.settings.home))
    monkeypatch.setenv("COLUMNS", "150")
    shown = CliRunner().invoke(command_line, ["compare", "--shadow"])
    assert shown.exit_code == 0, shown.output
    same = sum(one.label == one.challenger_label for one in pairs)
    assert f"Of {len(pairs)} accounts {same} got the same label" in shown.stdout
    client.delete(f"/v1/subjects/{single['account_id']}")
    assert single["verdict_id"] not in {one.verdict_id for one in pairs_of(app, challenger)}


def test_what_finds_no_room_is_left_out_and_counted(client, app, challenger, documents):
    for document in documents[:4]:
        assert client.post("/v1/verdicts", content=document).status_code == 200
    assert app.state.shadow.waiting.qsize() == 2
    assert 'assay_shadow_total{outcome="dropped"} 2.0' in client.get("/metrics").text
    app.state.shadow.waiting_bytes = 64 * 2**20  # large documents
    app.state.shadow.waiting.get()
    client.post("/v1/verdicts", content=documents[4])
    assert app.state.shadow.waiting.qsize() == 1


def test_an_account_that_was_erased_before_the_challenger_came_to_it_stays_erased(
    client, app, challenger, documents
):
    client.post("/v1/verdicts", content=documents[0])
    client.delete(f"/v1/subjects/{json.loads(documents[0])['account_id']}")
    judge_all(app.state.shadow)
    assert pairs_of(app, challenger) == []


def test_a_challenger_that_fails_fails_alone(client, app, challenger, documents, monkeypatch):
    monkeypatch.setattr(app.state.shadow, "detector", object())
    answer = client.post("/v1/verdicts", content=documents[0])
    assert answer.status_code == 200
    judge_all(app.state.shadow)
    assert 'assay_shadow_total{outcome="failed"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize("error", [ValueError("of an odd kind"), OSError("gone")])
def test_a_challenger_that_does_not_load_is_said_once_and_another_is_taken_up(
    app, detector, error, monkeypatch
):
    shadow, logged, failing = app.state.shadow, [], [error]
    monkeypatch.setattr(shadow_module, "log_event", lambda name, **_: logged.append(name))

    def load(*_):
        if failing:
            raise failing[0]
        return detector

    monkeypatch.setattr(shadow_module, "load_in_child_first", load)
    shadow.models.make_champion(detector.bundle.sha256)
    for _ in range(3):
        shadow.look()
    assert (logged, shadow.detector) == (["challenger_refused"], None)
    shadow.models.pointer.write_bytes(b"{")
    for _ in range(3):
        shadow.look()
    assert logged == ["challenger_refused"] * 2
    failing.clear()
    shadow.models.make_champion(detector.bundle.sha256)
    shadow.look()
    assert (logged[-1], shadow.detector) == ("challenger_taken_up", detector)


@pytest.mark.parametrize("mended", ["named anew", "off and on", "its files"])
def test_a_challenger_that_was_refused_is_tried_again_once_it_may_be_another_case(
    app, detector, mended, monkeypatch
):
    shadow, tried, failing = app.state.shadow, [], [OSError("gone")]

    def load(*_):
        tried.append(True)
        if failing:
            raise failing[0]
        return detector

    monkeypatch.setattr(shadow_module, "load_in_child_first", load)
    sha256 = detector.bundle.sha256
    folder = shadow.models.add(detector.bundle)
    shadow.models.make_champion(sha256)
    for _ in range(3):
        shadow.look()
    assert (len(tried), shadow.detector) == (1, None)
    failing.clear()
    shadow.look()
    assert len(tried) == 1  # the same files under the same pointer
    if mended == "its files":
        (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes() + b" ")
    else:
        if mended == "off and on":
            shadow.models.pointer.unlink()
            shadow.look()
        shadow.models.make_champion(sha256)
    shadow.look()
    assert (len(tried), shadow.detector) == (2, detector)


def test_it_is_off_unless_it_is_set(on_sqlite, loaded):
    app = make_app(on_sqlite)
    assert not app.state.shadow.enabled
    assert app.state.screening.shadow is None
    app.state.store_access.close()


def test_the_command_names_a_challenger_that_the_service_takes_up(app, detector, tmp_path, monkeypatch):
    shadow = app.state.shadow
    shadow.look()
    assert shadow.detector is None  # none is named
    save(detector.bundle, tmp_path / "bundle")
    monkeypatch.setenv("ASSAY_HOME", str(app.state.settings.home))
    runner = CliRunner()
    named = runner.invoke(command_line, ["model", "shadow", str(tmp_path / "bundle")])
    assert named.exit_code == 0, named.output
    shadow.look()
    assert shadow.detector.bundle.sha256 == detector.bundle.sha256
    assert runner.invoke(command_line, ["model", "shadow", "--off"]).exit_code == 0
    shadow.look()
    assert shadow.detector is None
    none = runner.invoke(command_line, ["compare", "--shadow"])
    assert none.exit_code == 2
    assert "No challenger has judged live requests of default" in none.stderr
    with app.state.store_access.opened().database.reading() as connection:
        assert newest_challenger(connection, "default") is None
