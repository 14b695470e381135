"""The attack on the command line's files: it is listed, and sees what a line did that it should not."""

import pytest

from benchmarks.attack.command_line import Line, attack, outcome_of
from benchmarks.attack.run import ATTACKS


def test_the_attack_is_listed():
    assert ATTACKS["command_line"] is attack


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (Line("echo new > link.jsonl", 0, frozenset({"old.jsonl"})), True),
        (Line("echo new > old.jsonl; exit 3", 3), False),
        (Line("rm pipe && echo new > pipe", 0), False),
        (Line("ln -sf accounts.jsonl link.jsonl", 0), False),
        (Line("echo draft > .old.jsonl-x", 0), False),
        (Line("exit 1", 0), False),
        (Line("echo Traceback >&2; exit 3", 3), False),
        (Line("echo another sentence", 0, says="a sentence"), False),
    ],
)
def test_what_a_line_did_is_seen(tmp_path, line, holds):
    assert outcome_of(tmp_path / "folder", line).holds is holds
