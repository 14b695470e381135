"""assay report: the files that it writes, their signatures, and what it refuses."""

from io import BytesIO

import pytest
from pypdf import PdfReader

KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
OTHER = "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="


@pytest.fixture(scope="module")
def account(population):
    return population.tables.history["account_id"][0]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty folder, in which the command runs."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_report_is_written_signed_and_checked(run, lines, account, tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_REPORT_KEY", KEY)
    out = tmp_path / "report.pdf"
    decided = ("--decision", "confirmed", "--by", "Jane Doe", "--reason", "Nothing explains it.")
    done = run("report", lines, "--account", account, "--out", out, *decided)
    assert done.exit_code == 0, done.stderr
    assert done.stderr.startswith("Signed; the public key is ")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(out.read_bytes())).pages)
    assert "Jane Doe" in text and account in text
    assert run("report", out, "--verify").exit_code == 0
    public = done.stderr.strip().removesuffix(".").rpartition(" ")[2]
    held = run("report", out, "--verify", "--public-key", public)
    assert held.stdout == "report.pdf is as it was when it was signed with this key.\n"
    assert run("report", out, "--verify", "--public-key", OTHER).exit_code == 1
    out.write_bytes(out.read_bytes() + b" ")
    changed = run("report", out, "--verify")
    assert changed.exit_code == 1 and "was changed" in changed.stdout


def test_many_become_one_page_of_html(run, lines, tmp_path):
    out = tmp_path / "list.html"
    assert run("report", lines, "--out", out, "--title", "Spring <1>").exit_code == 0
    html = out.read_text()
    assert "Spring &lt;1&gt;" in html and "Summary, the lowest score first" in html
    assert not list(tmp_path.glob("*.sig"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "--out FILE.pdf or FILE.html says where the report is written."),
        (("--out", "a.txt"), "--out must end in .pdf or .html. Got a.txt."),
        (("--out", "a.pdf", "--by", "Jo"), "--by and --reason belong to --decision confirmed or overturned."),
        (("--out", "a.pdf", "--decision", "no"), "--decision must be confirmed or overturned. Got no."),
        (("--out", "a.pdf", "--decision", "confirmed"), "--decision needs --by NAME and --reason TEXT."),
        (
            ("--out", "a.pdf", "--decision", "confirmed", "--by", "Jo", "--reason", "x"),
            "--decision is about one account: say which with --account ID.",
        ),
        (("--out", "a.html", "--locale", "xx_YY"), "'xx_YY' is no locale, such as en_GB, de or pt-BR."),
    ],
)
def test_half_an_option_is_refused_in_a_sentence(run, lines, elsewhere, options, sentence):
    done = run("report", lines, *options)
    assert (done.exit_code, done.stderr) == (2, f"{sentence}\n")
    assert not list(elsewhere.iterdir())


def test_without_a_signature_there_is_nothing_to_check(run, tmp_path):
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF")
    done = run("report", report, "--verify", "--public-key", OTHER)
    assert done.exit_code == 3 and done.stderr.endswith("report.pdf.sig: is not there.\n")


def test_without_the_libraries_it_says_what_to_install(run, lines, tmp_path, monkeypatch):
    monkeypatch.setattr("reporting.report.libraries.find_spec", lambda name: None)
    done = run("report", lines, "--out", tmp_path / "a.pdf")
    assert done.exit_code == 2
    assert done.stderr == "Reports need pip install 'assay[desk]' (missing: jinja2, weasyprint).\n"
