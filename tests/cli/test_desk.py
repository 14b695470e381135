import pytest


def test_an_invitation_is_an_address(run):
    done = run("desk", "invite", "Ana", "--role", "lead", "--address", "https://desk.example/")
    assert done.exit_code == 0
    assert done.stdout.startswith("https://desk.example/invitations/")
    assert run("desk", "members").stdout == "There is no member.\n"


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
