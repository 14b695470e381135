import pytest


def test_settings_are_shown_with_where_they_come_from(run, home, monkeypatch):
    monkeypatch.setenv("ASSAY_DATABASE", "postgresql+psycopg://assay:open-sesame@db/assay")
    home.mkdir()
    (home / "assay.toml").write_text("requests_per_minute = 5\n")
    done = run("config", "show")
    assert done.exit_code == 0
    lines = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert lines["requests_per_minute"][0] == "5"
    assert lines["database"] == ["**********", "ASSAY_DATABASE"]
    assert lines["no_auth"] == ["False", "default"]
    assert "sesame" not in done.stdout


@pytest.mark.parametrize("command", [["config", "show"], ["serve"]], ids=" ".join)
def test_a_wrong_setting_ends_with_2(run, monkeypatch, command):
    monkeypatch.setenv("ASSAY_REQUESTS_PER_MINUTE", "0")
    done = run(*command)
    assert done.exit_code == 2
    assert done.stderr == "ASSAY_REQUESTS_PER_MINUTE must be greater than or equal to 1. Got '0'.\n"
