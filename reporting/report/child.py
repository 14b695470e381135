"""A report in a process of its own: ``python -m reporting.report.child``, cases as JSON in, the PDF out.

Laying out a page takes seconds of the processor, and hostile texts may take more: a service stays
responsive, and can end the process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.errors import AssayError
from accounts.reading.documents import read_document
from reporting.report.contents import Annotation, ReportCase, ReportDecision

__all__ = ["case_from_json", "case_to_json", "main"]


def case_to_json(  # noqa: PLR0913
    verdict_text: str,
    *,
    evidence: Mapping[str, Any] | None = None,
    evidence_sha256: str = "",
    decisions: Sequence[Mapping[str, Any]] = (),
    annotations: Sequence[Mapping[str, str]] = (),
    contest: str = "",
) -> dict[str, Any]:
    """A case as the child reads it.

    Parameters
    ----------
    verdict_text
        The stored verdict, byte for byte.
    evidence
        The account document, where it is stored.
    evidence_sha256
        Of the document as it is stored.
    decisions
        As the service stores them.
    annotations
        With the names of :class:`Annotation`; further ones are left out.
    contest
        How the creator can answer.
    """
    return {
        "verdict_text": verdict_text,
        "evidence": evidence,
        "evidence_sha256": evidence_sha256,
        "decisions": list(decisions),
        "annotations": [
            {name: one.get(name, "") for name in ("start", "end", "kind", "note", "by")}
            for one in annotations
        ],
        "contest": contest,
    }


def case_from_json(known: Mapping[str, Any]) -> ReportCase:
    """The inverse of :func:`case_to_json`.

    >>> case_from_json(case_to_json("{}", decisions=[{"outcome": "confirmed", "by": "Jo"}])).decisions
    (ReportDecision(outcome='confirmed', by='Jo', reason='', at='', waits=False, superseded=False),)
    """
    evidence = known["evidence"]
    return ReportCase(
        verdict_text=known["verdict_text"],
        tables=None if evidence is None else read_document(evidence),
        evidence_sha256=known["evidence_sha256"],
        decisions=ReportDecision.of_stored(known["decisions"]),
        annotations=tuple(Annotation(**one) for one in known["annotations"]),
        contest=known["contest"],
    )


def main() -> int:
    """Read ``{"cases": [...], "locale": ..., "title": ...}`` from standard input, and write the PDF.

    With a title it is a summary with a page for each case, without one the report of the first. Returns
    0, or 2 after a sentence on standard error.
    """
    asked = json.load(sys.stdin)
    try:
        from reporting.report.pdf import batch_pdf, report_pdf

        cases, title = [case_from_json(one) for one in asked["cases"]], asked["title"]
        locale = asked["locale"]
        content = batch_pdf(cases, locale, title) if title else report_pdf(cases[0], locale)
    except AssayError as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
