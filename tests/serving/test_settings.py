from pathlib import Path

import pytest

from accounts.errors import WrongUsage
from serving.app.pages import PAGES
from serving.settings import Settings, config_file, origins

SECRET = "postgresql+psycopg://assay:open-sesame@db/assay"
KEY = "k" * 32


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ASSAY_{name.upper()}", raising=False)
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_committed_page_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == PAGES[path](), "run: python -m serving.app.pages --write"


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Settings.model_fields.values())


def test_with_nothing_configured_there_is_a_default_for_everything(home):
    settings = Settings.read()
    assert settings.home == home
    assert settings.database_url == f"sqlite:///{home}/assay.db"
    assert {name for name, origin in origins().items() if origin != "default"} == {"home"}


def test_the_environment_comes_before_the_file(home, monkeypatch):
    (home / "assay.toml").write_text("requests_per_minute = 5\nidempotency_hours = 6\n")
    monkeypatch.setenv("ASSAY_REQUESTS_PER_MINUTE", "7")
    settings = Settings.read()
    assert (settings.requests_per_minute, settings.idempotency_hours) == (7, 6)
    assert origins()["requests_per_minute"] == "ASSAY_REQUESTS_PER_MINUTE"
    assert origins()["idempotency_hours"] == str(home / "assay.toml")


def test_a_file_elsewhere_can_be_named(home, monkeypatch):
    (home / "mine.toml").write_text("no_auth = true\n")
    monkeypatch.setenv("ASSAY_CONFIG", str(home / "mine.toml"))
    assert config_file() == home / "mine.toml"
    assert Settings.read().no_auth


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings.read().no_auth = True


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("REQUESTS_PER_MINUTE", "0", "must be greater than or equal to 1. Got '0'."),
        ("IDEMPOTENCY_HOURS", "long", "must be a whole number. Got 'long'."),
        ("NO_AUTH", "maybe", "must be a valid boolean. Got 'maybe'."),
        ("DATABASE", "mysql://x", "must be postgresql+psycopg://... or sqlite:////absolute/path."),
        ("AUDIT_KEY", "short", "must have at least 32 characters."),
    ],
)
def test_a_wrong_variable_is_named_with_its_rule(monkeypatch, variable, value, sentence):
    monkeypatch.setenv(f"ASSAY_{variable}", value)
    with pytest.raises(WrongUsage) as refused:
        Settings.read()
    assert str(refused.value) == f"ASSAY_{variable} {sentence}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "requests_per_minute = 0",
            "requests_per_minute in {path} must be greater than or equal to 1. Got 0.",
        ),
        ("reqests = 1", "reqests in {path} is no setting of Assay; did you mean log_requests?"),
        ("home = '/tmp'", "home in {path} must be set by ASSAY_HOME instead."),
        ("= 1", "{path} cannot be read as TOML: Invalid statement (at line 1, column 1)."),
    ],
)
def test_what_is_wrong_with_the_file_is_named(home, text, sentence):
    path = home / "assay.toml"
    path.write_text(text)
    with pytest.raises(WrongUsage) as refused:
        Settings.read()
    assert str(refused.value) == sentence.format(path=path)


def test_a_file_that_was_named_must_be_there(monkeypatch):
    monkeypatch.setenv("ASSAY_CONFIG", "/nowhere/a")
    with pytest.raises(WrongUsage, match="ASSAY_CONFIG names /nowhere/a, which does not exist"):
        Settings.read()


def test_a_path_means_the_same_in_every_process(monkeypatch):
    monkeypatch.setenv("ASSAY_MODEL", "mine")
    assert Settings.read().model == Path.cwd() / "mine"


def test_no_secret_is_printed(monkeypatch):
    monkeypatch.setenv("ASSAY_DATABASE", SECRET)
    monkeypatch.setenv("ASSAY_AUDIT_KEY", KEY)
    settings = Settings.read()
    assert settings.database_url == SECRET
    assert "sesame" not in repr(settings)
    assert KEY not in repr(settings)
