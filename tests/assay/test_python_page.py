"""Every example of docs/python.md gives what the page says."""

import doctest
import re
from pathlib import Path

import pytest

import assay

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "python.md"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder that looks like the checkout, to write into; a home without a champion."""
    for name in ("accounts", "detector"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))


@pytest.mark.usefixtures("checkout")
def test_the_examples_run():
    examples = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S))
    page = doctest.DocTestParser().get_doctest(examples, {}, PAGE.name, str(PAGE), 0)
    output = []
    failed, tried = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(page, out=output.append)
    assert not failed, "".join(output)
    assert tried > 10


def test_every_function_is_shown():
    text = PAGE.read_text()
    assert all(f"assay.{name}(" in text for name in assay.__all__)
