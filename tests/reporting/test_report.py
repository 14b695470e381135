from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pypdf import PdfReader

from accounts.errors import WrongUsage
from accounts.tables import Tables
from reporting.report.contents import ReportCase
from reporting.report.html import render_batch, render_report
from reporting.report.libraries import MissingLibraries, require_libraries
from reporting.report.pdf import batch_pdf, report_pdf
from reporting.report.signing import public_text, read_private_key, read_public_key, sign

Documents = Mapping[str, dict[str, Any]]
ACCUSED = "burst-of-followers"
"""Whose report the fixtures ``case`` and ``pdf`` are."""


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_the_report_says_what_a_lawyer_needs(pdf: bytes, documents: Documents) -> None:
    text, document = text_of(pdf), documents[ACCUSED]
    for needed in (
        "Signals of inflation", "At most 1 in 100 authentic creators",
        "+151,012 followers from 4 to 9 October 2025",
        document["model"]["sha256"], document["verdict_id"], "Zoë Ångström", "A giveaway.", "1 April 2026",
        "What else could explain it", "To contest this", "To check this file", "Not seen: views of its posts",
        "the decision is a person's",
    ):  # fmt: skip
        assert needed in text, needed
    assert not re.search(r"\b(fraud|guilty|cheat|bought by)\b", text, re.IGNORECASE)


def test_two_pages_come_before_the_appendix(pdf: bytes) -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert "Appendix" in pages[2] and len(pages) < 12


def test_the_verdict_is_attached_as_it_was_given(pdf: bytes, case: ReportCase) -> None:
    reader = PdfReader(BytesIO(pdf))
    ((name, contents),) = reader.attachments.items()
    assert name == f"verdict-{json.loads(case.verdict_text)['verdict_id']}.json"
    assert contents == [case.verdict_text.encode()]


def test_it_is_pdf_a_3_and_tagged(pdf: bytes) -> None:
    reader = PdfReader(BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in metadata and 'pdfaid:conformance="A"' in metadata
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    assert root["/OutputIntents"]
    fonts = {key for page in reader.pages for key in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert fonts
    assert reader.metadata is not None and reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.isoformat() == "2026-03-20T23:29:32+00:00"


def test_the_same_verdict_gives_the_same_bytes(pdf: bytes, case: ReportCase) -> None:
    assert report_pdf(case) == pdf


def test_hostile_texts_are_text(hostile: ReportCase, hostile_pdf: bytes) -> None:
    html, text = render_report(hostile), text_of(hostile_pdf)
    assert "<script" not in html and "<b>Ева" not in html and "<i>x" not in html
    assert "\u202e" not in html and "\x1b" not in html
    assert "<bdi>\u2068&lt;b&gt;Ева&lt;/b&gt; [U+202E]xxx" in html
    assert "😀" * 1_000 not in html and "characters)" in html
    assert "<script>alert(1)</script>" in text or "alert" not in text
    assert "<b>Ева</b>" in text


def test_the_page_fetches_nothing(hostile: ReportCase) -> None:
    html = render_report(hostile)
    assert not re.search(r"""(src|href|url\()\s*=?\s*["']?(https?:|//|file:)""", html)
    assert "@import" not in html and "<link" not in html


def test_charts_have_words_and_tables_beside_them(case: ReportCase) -> None:
    html = render_report(case)
    charts = re.findall(r"<svg .*?</svg>", html, flags=re.DOTALL)
    assert len(charts) > 10
    assert all("<title>" in one and "<desc>" in one and "aria-label=" in one for one in charts)
    assert all(" style=" not in one for one in charts)
    assert html.count("<details>") >= 5 and "Followers by day" in html


def test_without_the_evidence_there_is_a_report_too(documents: Documents) -> None:
    html = render_report(ReportCase.of(documents["full-package"]))
    assert "The account's evidence is not at hand" in html and "sampled followers, by type" in html
    assert "Follower counts that reasons and yardsticks name" in html
    assert "Followers over time; numbered bands" not in html and "When it publishes" not in html
    assert "not known: it is not at hand" in html and "nobody has yet" in html


def test_with_the_evidence_nothing_is_drawn_from_cited_rows(case: ReportCase) -> None:
    html = render_report(case)
    assert "Followers over time; numbered bands" in html
    assert "reasons and yardsticks name" not in html and "not at hand" not in html


def test_many_get_a_summary_and_a_page_each(documents: Documents, tables: Tables) -> None:
    names = (ACCUSED, "everyday-creator", "bought-likes")
    cases = [ReportCase.of(documents[name], tables=tables) for name in names]
    content = batch_pdf(cases, title="Spring")
    reader = PdfReader(BytesIO(content))
    assert len(reader.pages) == 4 and len(reader.attachments) == 3
    assert "Spring" in reader.pages[0].extract_text()
    html = render_batch(cases)
    assert html.index("example:bought-likes") < html.index("example:everyday-creator")


def test_a_signature_is_checked_with_the_public_key(pdf: bytes) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    raw = base64.b64encode(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())).decode()
    signature = sign(pdf, read_private_key(pem))
    assert signature == sign(pdf, read_private_key(raw)) and len(signature) == 64
    read_public_key(public_text(key)).verify(signature, pdf)


@pytest.mark.parametrize(
    "text", ["", "short", "-----BEGIN PRIVATE KEY-----\nx", base64.b64encode(b"x" * 31).decode()]
)
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        read_private_key(text)
    assert not text or text not in str(refused.value)


def test_missing_libraries_are_one_sentence() -> None:
    with pytest.raises(
        MissingLibraries, match=r"^Reports need pip install 'assay\[desk\]' \(missing: no_such\)"
    ):
        require_libraries(("json", "no_such"))
