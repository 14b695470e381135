import pytest

from cli.work import desk
from detector.bundle import load, starter_path
from serving.settings import Settings
from serving.store.lists import LONGEST_NAME, ListRemoved, list_lists
from serving.store.store import open_store


def test_an_invitation_is_an_address(run):
    done = run("desk", "invite", "Ana", "--role", "lead", "--address", "https://desk.example/")
    assert done.exit_code == 0
    assert done.stdout.startswith("https://desk.example/invitations/")
    assert run("desk", "members").stdout == "There is no member.\n"


def test_an_invitation_says_where_it_assumes_the_desk(run, monkeypatch):
    done = run("desk", "invite", "Ana")
    assert done.stdout.startswith("http://127.0.0.1:3000/invitations/")
    assert "http://127.0.0.1:3000 is an assumption; --address says" in done.stderr
    done = run("desk", "invite", "Ana", "--address", "http://127.0.0.1:3000")
    assert "assumption" not in done.stderr
    monkeypatch.setenv("ASSAY_PUBLIC_ADDRESS", "https://desk.example:8443")
    done = run("desk", "invite", "Ana")
    assert done.stdout.startswith("https://desk.example:8443/invitations/")
    assert "assumption" not in done.stderr


def test_an_invitation_says_where_there_is_no_desk(run, monkeypatch):
    assert "its desk" not in run("desk", "invite", "Ana").stderr
    monkeypatch.setenv("ASSAY_DESK", "false")
    assert "its desk is switched off" in run("desk", "invite", "Ana").stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Ana", "--role", "boss"), "--role must be analyst or lead."),
        (("Ana", "--tenant", "A B"), "--tenant must be"),
        (("Ana", "--address", "desk"), "--address must begin"),
        ((" ",), "A member's name must be"),
    ],
)
def test_what_cannot_be_meant_is_refused(run, arguments, sentence):
    done = run("desk", "invite", *arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_a_list_that_is_filled_keeps_the_model_of_its_verdicts(run, lines, home):
    done = run("desk", "fill", lines, "--list", "Spring")
    assert done.exit_code == 0
    (kept,) = (home / "models").iterdir()
    assert kept.name == load(starter_path()).sha256


def lists_of_home():
    store = open_store(Settings.read())
    with store.database.reading() as connection:
        found = list_lists(connection, "default")
    store.database.close()
    return [(one.name, one.entries) for one in found]


def end_after_one_piece(monkeypatch, end):
    """Three accounts are screened at a time, and the command ends before the second three."""
    screen, screened = desk.screen_piece, []

    def once(*given):
        if screened:
            raise end
        screened.append(True)
        return screen(*given)

    monkeypatch.setattr(desk, "ACCOUNTS_AT_ONCE", 3)
    monkeypatch.setattr(desk, "screen_piece", once)


@pytest.mark.parametrize(
    ("end", "code"), [(KeyboardInterrupt(), 130), (SystemExit(143), 143), (OSError("gone"), 3)], ids=str
)
def test_a_list_that_was_not_filled_to_its_end_says_so(run, lines, monkeypatch, end, code):
    with monkeypatch.context() as patch:
        end_after_one_piece(patch, end)
        done = run("desk", "fill", lines, "--list", " Spring ")
    assert done.exit_code == code
    assert "The list is not whole, and is called 'Spring (not whole)'" in done.stderr
    assert lists_of_home() == [("Spring (not whole)", 3)]
    again = run("desk", "fill", lines, "--list", "Spring")
    assert (again.exit_code, "whole" in again.stderr) == (0, False)
    assert lists_of_home() == [("Spring", 10), ("Spring (not whole)", 3)]


def test_of_a_list_that_was_removed_meanwhile_nothing_is_said_to_be_there(run, lines, monkeypatch):
    end_after_one_piece(monkeypatch, ListRemoved())
    assert "whole" not in run("desk", "fill", lines, "--list", "Spring").stderr


def test_a_list_may_have_a_name_of_any_length_that_lists_may_have(run, lines):
    assert run("desk", "fill", lines, "--list", "x" * LONGEST_NAME).exit_code == 0
    assert lists_of_home() == [("x" * LONGEST_NAME, 10)]
    assert run("desk", "fill", lines, "--list", "x" * (LONGEST_NAME + 1)).exit_code == 2
