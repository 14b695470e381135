"""Files made in a test, imported as those of one source."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.importing import Imported, import_files, import_paths
from accounts.importing.files import File
from accounts.reading import read_documents

SAMPLES = Path(__file__).parent / "samples"
COLLECTED = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


@pytest.fixture
def imported() -> Callable[..., Imported]:
    """Contents by the names of their files, a text for a table; without any, the sample of the source.

    Without a source each file is recognised by what it holds.
    """

    def run(source: str | None, contents: dict[str, Any] | None = None) -> Imported:
        if contents is None:
            found = import_paths([SAMPLES / str(source)], source, COLLECTED)
        else:
            written = {
                name: one if isinstance(one, str) else json.dumps(one) for name, one in contents.items()
            }
            files = [File(name, one.encode(), COLLECTED) for name, one in written.items()]
            found = import_files(files, source, COLLECTED)
        assert not read_documents(found.documents).faults
        return found

    return run
