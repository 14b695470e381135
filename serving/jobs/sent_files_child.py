"""The process that reads the files of a request, in limited memory: whatever they are, no other waits.

``python -m serving.jobs.sent_files_child FOLDER`` reads a :class:`~serving.jobs.sent_files.ReadingOrder` from
standard input as JSON, and prints how it ended as a JSON object.
"""

from __future__ import annotations

import sys
from pathlib import Path

from serving.jobs.child_outcome import run_child
from serving.jobs.sent_files import ReadingOrder, SentFiles, read_sent

if __name__ == "__main__":
    run_child(lambda order: read_sent(SentFiles(Path(sys.argv[1])), ReadingOrder(**order)))
