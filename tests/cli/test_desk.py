import pytest

from detector.bundle import load, starter_path


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
