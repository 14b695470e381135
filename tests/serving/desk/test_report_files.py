"""The report of a creator, from the button on their page."""

from io import BytesIO

from pypdf import PdfReader
from sqlalchemy import delete, func, select

from serving.store.tables import verdicts

JUMP = {
    "kind": "giveaway", "from": "2025-11-05", "to": "2025-11-21", "note": "A raffle <b>.", "who": "Ana",
    "when": "2026-02-01T10:00:00Z",
}  # fmt: skip


def text_of(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_the_button_gives_the_report_with_charts_decision_and_annotation(desk, creators_of):
    page = creators_of(desk).page(annotations=[JUMP])
    ana = desk.member()
    assert f'href="{page}/report.pdf"' in ana.get(page).text
    html = ana.get(f"{page}/report.html")
    assert html.status_code == 200 and "attachment" in html.headers["content-disposition"]
    assert (
        "Followers over time" in html.text and "giveaway" in html.text and "A raffle &lt;b&gt;." in html.text
    )
    answer = ana.get(f"{page}/report.pdf")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    assert "The promise was not measured on explained histories" in text_of(answer.content)


def test_another_tenant_s_creator_has_no_report(desk, creators_of):
    page = creators_of(desk).page(tenant="other")
    ana = desk.member()
    for end in ("pdf", "html"):
        assert ana.get(f"{page}/report.{end}").status_code == 404


def test_a_list_has_a_summary_and_a_page_for_each(desk, creators_of):
    creators = creators_of(desk)
    list_id, _ = creators.put([creators.documents[name] for name in ("auto-refill", "giveaway")])
    ana = desk.member()
    assert f'href="/lists/{list_id}/report.pdf"' in ana.get(f"/lists/{list_id}").text
    answer = ana.get(f"/lists/{list_id}/report.pdf")
    assert answer.status_code == 200, answer.text[:500]
    pages = PdfReader(BytesIO(answer.content)).pages
    assert len(pages) == 3 and "Spring campaign" in pages[0].extract_text()
    assert ana.get(f"/lists/{list_id}/report.pdf?label=automated").status_code == 400
    with desk.store.database.writing() as connection:
        oldest = select(func.min(verdicts.c.verdict_id)).scalar_subquery()
        connection.execute(delete(verdicts).where(verdicts.c.verdict_id == oldest))
    answer = ana.get(f"/lists/{list_id}/report.pdf")
    assert answer.status_code == 400 and "A report would leave out 1 creators" in answer.text
