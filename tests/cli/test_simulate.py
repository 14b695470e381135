from accounts.population import Population
from accounts.simulation import simulate


def test_the_folder_is_the_population(run, population, tmp_path):
    out = tmp_path / "population"
    assert run("simulate", "--accounts", len(population), "--seed", 4, "--out", out).exit_code == 0
    found = Population.read(out)
    assert found.labels.equals(population.labels)
    assert found.tables.comments.equals(population.tables.comments)


def test_regime_and_without_are_passed_on(run, tmp_path):
    out = tmp_path / "population"
    options = ["--regime", "test", "--without", "giveaway, comment_bot"]
    wanted = simulate(3, 1, regime="test", without=("giveaway", "comment_bot"))
    assert run("simulate", "--accounts", 3, "--seed", 1, "--out", out, *options).exit_code == 0
    assert Population.read(out).labels.equals(wanted.labels)


def test_many_events_are_passed_on(run, tmp_path):
    out = tmp_path / "population"
    assert run("simulate", "--accounts", 30, "--seed", 1, "--out", out, "--events", "many").exit_code == 0
    assert Population.read(out).labels.equals(simulate(30, 1, events="many").labels)
    assert not Population.read(out).labels.equals(simulate(30, 1).labels)


def test_an_unknown_kind_is_wrong_usage(run, tmp_path):
    out = tmp_path / "new" / "population"
    done = run("simulate", "--accounts", 1, "--out", out, "--without", "nonsense")
    assert done.exit_code == 2
    assert "nonsense" in done.stderr
    assert not out.parent.exists()


def test_nothing_is_overwritten(run, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert run("simulate", "--accounts", 1, "--out", tmp_path).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
