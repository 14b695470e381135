"""Reports of stored verdicts: as HTML and PDF, with decisions, signed where there is a key."""

import base64
import json
from hashlib import sha256
from io import BytesIO

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr
from pypdf import PdfReader

from serving.app.application import make_app

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
RAW = KEY.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


@pytest.fixture
def app(on_sqlite, loaded):
    application = make_app(on_sqlite.model_copy(update={"no_auth": True}))
    yield application
    application.state.store_access.close()


@pytest.fixture
def client(app, calling):
    with calling(app) as one:
        yield one


@pytest.fixture
def verdict(client, documents):
    text = client.post("/v1/verdicts?explain=all", content=documents[0]).text
    return text, f"/v1/verdicts/{json.loads(text)['verdict_id']}"


def test_the_html_has_the_verdict_and_the_decision(client, verdict):
    text, place = verdict
    decision = {"outcome": "overturned", "by": "Jane <Doe>", "reason": "A giveaway."}
    assert client.post(f"{place}/decisions", json=decision).status_code == 201
    answer = client.get(f"{place}/report.html")
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "script" not in policy and "unsafe" not in policy
    styles = answer.text.partition("<style>")[2].partition("</style>")[0]
    assert f"'sha256-{base64.b64encode(sha256(styles.encode()).digest()).decode()}'" in policy
    assert json.loads(text)["model"]["sha256"] in answer.text and "Jane &lt;Doe&gt;" in answer.text


def test_the_pdf_carries_the_verdict_and_is_signed(client, app, verdict):
    text, place = verdict
    assert client.get(f"{place}/report.pdf.sig").status_code == 404
    app.state.settings = app.state.settings.model_copy(
        update={"report_key": SecretStr(base64.b64encode(RAW).decode())}
    )
    answer, signature = client.get(f"{place}/report.pdf"), client.get(f"{place}/report.pdf.sig")
    assert answer.status_code == signature.status_code == 200, (answer.text[:300], signature.text[:300])
    ((attached,),) = PdfReader(BytesIO(answer.content)).attachments.values()
    assert attached.decode() == text
    KEY.public_key().verify(signature.content, answer.content)
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(signature.content, answer.content + b" ")


def test_evidence_that_is_sent_is_drawn_whole_and_stays_nowhere(client, app, verdict, documents):
    place = f"{verdict[1]}/report.html"
    cited = client.get(place).text
    answer = client.post(place, content=documents[0])
    assert answer.status_code == 200, answer.text[:300]
    assert "Posts, oldest first" in answer.text and "Posts, oldest first" not in cited
    assert answer.text.count("<svg") > cited.count("<svg")
    assert client.get(place).text == cited
    tables = app.state.store_access.store.database
    with tables.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from evidence").scalar() == 0


def test_the_signature_of_a_report_on_sent_evidence_fits_it(client, app, verdict, documents):
    app.state.settings = app.state.settings.model_copy(
        update={"report_key": SecretStr(base64.b64encode(RAW).decode())}
    )
    answers = [client.post(f"{verdict[1]}/report.{end}", content=documents[0]) for end in ("pdf", "pdf.sig")]
    KEY.public_key().verify(answers[1].content, answers[0].content)


def test_another_document_than_the_verdict_s_makes_no_report(client, verdict, documents):
    for content in (documents[1], documents[0].replace(b'"followers": ', b'"followers": 1', 1)):
        answer = client.post(f"{verdict[1]}/report.html", content=content)
        assert answer.status_code == 409 and answer.json()["code"] == "other-evidence", answer.text[:300]
    assert client.post(f"{verdict[1]}/report.html", content=b"{}").status_code == 422
    assert client.post(f"{verdict[1]}/report.html", content=b"").status_code == 422


def test_numbers_are_in_the_reader_s_locale(client, verdict):
    assert "UTC" in client.get(f"{verdict[1]}/report.html?locale=de").text
    for query in ("locale=xx_YY", "locale=", "locale=de_DE@euro", "locale=de&locale=fr", "language=de"):
        answer = client.get(f"{verdict[1]}/report.html?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter"), query


def test_a_verdict_that_never_was_has_no_report(client):
    for end in ("html", "pdf", "pdf.sig"):
        assert client.get(f"/v1/verdicts/{'0' * 32}/report.{end}").status_code == 404
