"""The simulator keeps its word: same accounts always, valid, broad, and honest about what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from weakref import ReferenceType, ref

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from accounts.errors import WrongUsage
from accounts.population import Population, write_population
from accounts.schema import BEGINNINGS, EVIDENCE, TABLES, UNIQUE, columns
from accounts.simulation import hard_negatives, kinds, simulate, simulate_chunks
from accounts.simulation.honest_events import EVENTS
from accounts.simulation.simulator import REGIMES, RegimeName

ACCOUNTS = 1_600


@pytest.fixture(scope="module")
def population() -> Population:
    return simulate(ACCOUNTS, seed=5)


@pytest.fixture(scope="module")
def by_regime(population: Population) -> dict[RegimeName, Population]:
    """The population, and one of the same seed by the regime that tests."""
    return {"train": population, "test": simulate(ACCOUNTS, 5, regime="test")}


@pytest.fixture(scope="module")
def many() -> dict[RegimeName, pl.DataFrame]:
    """Labels of accounts with many honest events, by regime."""
    return {name: simulate(ACCOUNTS, 5, regime=name, events="many").labels for name in REGIMES}


def same(left: Population, right: Population) -> None:
    for name in TABLES:
        assert_frame_equal(left.tables[name], right.tables[name])
    assert_frame_equal(left.labels, right.labels)


def parts(labels: pl.DataFrame) -> set[str]:
    """Every single scheme, also those that stand joined."""
    return set(labels["scheme"].drop_nulls().str.split("+").explode())


def test_an_account_is_the_same_in_any_chunk_and_any_total(population: Population) -> None:
    few = population.labels["account_id"].head(70).to_list()
    same(
        Population.concat(list(simulate_chunks(70, seed=5, size=23))),
        Population(population.tables.select(few), population.labels.head(70)),
    )


def test_another_seed_or_regime_gives_other_accounts() -> None:
    first, seed, regime = simulate(20, 1), simulate(20, 2), simulate(20, 1, regime="test")
    assert first.tables.posts["published_at"].to_list() != seed.tables.posts["published_at"].to_list()
    assert first.tables.posts["published_at"].to_list() != regime.tables.posts["published_at"].to_list()
    assert not set(first.labels["account_id"]) & set(regime.labels["account_id"])


def test_chunks_hold_at_most_their_size() -> None:
    assert [len(piece) for piece in simulate_chunks(25, 1, size=10)] == [10, 10, 5]
    assert [len(piece) for piece in simulate_chunks(501, 1)] == [500, 1]
    assert len(simulate(0, 1)) == 0


@pytest.mark.parametrize("table", EVIDENCE)
def test_every_table_obeys_the_schema(population: Population, table: str) -> None:
    frame = population.tables[table]
    assert dict(frame.schema) == columns(table)
    assert frame.height > 1_000
    now = population.tables.accounts.select("account_id", now="as_of")
    dated = frame.join(now, on="account_id", maintain_order="left")
    for name, field in TABLES[table].items():
        values = frame[name].drop_nulls()
        assert not (field.required and len(values) < frame.height)
        if field.kind == "count":
            assert ((values >= 0) & (values <= 10**15)).all()
        if field.kind == "identifier":
            assert values.str.len_chars().is_between(1, 256).all()
        if field.past:
            ends = pl.col("now").dt.date() if field.kind == "date" else pl.col("now")
            assert dated.filter(pl.col(name) > ends).is_empty()


@pytest.mark.parametrize(("table", "key"), UNIQUE.items())
def test_keys_are_unique_in_an_account(population: Population, table: str, key: str) -> None:
    assert not population.tables[table].select("account_id", key).is_duplicated().any()


def test_comments_stand_under_posts_and_come_after_them(population: Population) -> None:
    posts = population.tables.posts.select("account_id", "post_id", born="published_at")
    joined = population.tables.comments.join(posts, on=["account_id", "post_id"], how="left")
    assert joined["born"].null_count() == 0
    assert (joined["published_at"] >= joined["born"]).all()


def test_labels_name_every_account_once_in_order(population: Population) -> None:
    assert population.labels["account_id"].to_list() == population.tables.accounts["account_id"].to_list()
    bought = population.labels.filter("inflated")
    assert bought["strength"].is_between(0.05, 150.0).all()
    assert bought["campaign"].null_count() == bought["scheme"].null_count() == 0
    rest = population.labels.filter(~pl.col("inflated"))
    assert rest["strength"].null_count() == rest["campaign"].null_count() == rest.height


ADDED = ("added_followers", "added_likes", "added_views", "added_comments", "added_followers_shown")


def test_labels_say_what_was_added_to_which_count(population: Population) -> None:
    labels = population.labels
    amounts = labels.select(ADDED)
    assert amounts.null_count().sum_horizontal().item() == 0
    assert (amounts.to_numpy() >= 0).all()
    assert not labels.filter(~pl.col("inflated")).select(ADDED).to_numpy().any()
    assert (labels["added_followers_shown"] <= labels["added_followers"]).all()
    likes = labels.filter(pl.col("scheme") == "likes_flat")
    assert likes["added_followers"].sum() == 0
    touched = likes.select(pl.max_horizontal("added_likes", "added_views") > 0).to_series()
    assert touched.mean() > 0.8


def test_what_was_added_within_the_history_needs_one(population: Population) -> None:
    shown = population.labels.filter(pl.col("added_followers_shown") > 0)
    assert shown.height > 20
    assert set(shown["account_id"]) <= set(population.tables.history["account_id"])


def test_labels_of_an_older_file_are_read_with_nulls(tmp_path: Path) -> None:
    simulate(6, 3).write(tmp_path / "old")
    file = tmp_path / "old" / "labels.parquet"
    pl.read_parquet(file).drop(ADDED).write_parquet(file)
    assert Population.read(tmp_path / "old").labels.select(ADDED).null_count().row(0) == (6,) * len(ADDED)


@pytest.mark.parametrize("regime", ["train", "test"])
def test_shares_and_kinds_with_many_events(regime: RegimeName, many: dict[RegimeName, pl.DataFrame]) -> None:
    labels = many[regime]
    numbers = REGIMES[regime]
    honest = ~labels["inflated"] & ~labels["automated"]
    assert honest.mean() == pytest.approx(0.5, abs=0.06)
    assert hard_negatives(labels).sum() >= 0.4 * honest.sum()
    assert (labels["inflated"] & labels["automated"]).any()
    assert set(numbers.inflated) | set(numbers.automated) == parts(labels)
    assert set(EVENTS) == set(labels["event"].drop_nulls())
    people = {*numbers.people, *numbers.small_people, *numbers.fakes, "shell", "bot_account"}
    assert people == set(labels["person"])


@pytest.mark.parametrize("regime", ["train", "test"])
def test_honest_events_and_hard_people_are_rare_by_nature(
    regime: RegimeName, many: dict[RegimeName, pl.DataFrame], by_regime: dict[RegimeName, Population]
) -> None:
    labels = by_regime[regime].labels
    honest = labels.filter(~pl.col("inflated") & ~pl.col("automated"))
    assert honest["event"].is_not_null().mean() == pytest.approx(0.21, abs=0.04)
    for kind in ("celebrity", "unloved", "community"):
        assert (honest["person"] == kind).mean() < 0.04
    assert many[regime]["event"].is_not_null().mean() > 2 * labels["event"].is_not_null().mean()
    assert many[regime]["account_id"].to_list() == labels["account_id"].to_list()


def test_follow_and_unfollow_is_automation_and_not_inflation(population: Population) -> None:
    alone = population.labels.filter(pl.col("scheme") == "follow_unfollow")
    assert alone["automated"].all()
    assert not alone["inflated"].any()


def test_without_leaves_kinds_out_and_the_others_in(population: Population) -> None:
    def kind_names(labels: pl.DataFrame) -> set[str]:
        return parts(labels) | set(labels["event"].drop_nulls()) | set(labels["person"])

    left_out = {"giveaway", "celebrity", "lurker", "pod", "content_bot", "mass_fake", "random_event"}
    assert left_out <= kind_names(population.labels)
    found = kind_names(simulate(400, 5, without=left_out).labels)
    assert not left_out & found
    assert {"newcomer", "mass_follower"} <= found


def test_a_campaign_joins_accounts_of_one_scheme_and_lends_them_its_commenters(
    population: Population,
) -> None:
    labels = population.labels.filter(pl.col("scheme").str.contains("pod|comments_"))
    sizes = labels.group_by("campaign").len()
    assert sizes["len"].max() >= 2
    known = population.tables.comments.drop_nulls("author_id")
    authors = known.join(labels, on="account_id").group_by("author_id")
    shared = authors.agg(pl.col("account_id").n_unique(), pl.col("campaign").n_unique())
    assert shared.filter(pl.col("account_id") > 1).height > 10
    assert (shared["campaign"] == 1).all()


def test_channels_show_three_figures(population: Population) -> None:
    channels = population.tables.accounts.filter(pl.col("platform") == "youtube").select("account_id")
    counts = population.tables.history.join(channels, on="account_id")["followers"].cast(pl.String)
    assert (counts.str.strip_chars_end("0").str.len_chars() <= 3).all()


def test_texts_are_varied_and_of_several_scripts(population: Population) -> None:
    texts = population.tables.comments.select("account_id", "text").drop_nulls()
    assert texts["text"].n_unique() > 0.5 * texts.height
    for script in (
        r"\p{Cyrillic}",
        r"\p{Arabic}",
        r"\p{Devanagari}",
        r"\p{Hiragana}",
        r"^\p{Extended_Pictographic}",
    ):
        assert texts["text"].str.contains(script).mean() > 0.01


def test_a_population_is_written_once_and_read_back(tmp_path: Path) -> None:
    small = simulate(12, 3)
    small.write(tmp_path / "new" / "population")
    same(Population.read(tmp_path / "new" / "population"), small)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["population"]
    with pytest.raises(WrongUsage, match="new or empty folder"):
        small.write(tmp_path / "new" / "population")
    with pytest.raises(WrongUsage, match="Missing: accounts"):
        Population.read(tmp_path / "new")


def test_pieces_are_written_as_they_come_and_only_one_is_held(tmp_path: Path) -> None:
    alive: list[ReferenceType[Population]] = []

    def watched() -> Iterator[Population]:
        for piece in simulate_chunks(40, 3, size=8):
            alive.append(ref(piece))
            assert sum(other() is not None for other in alive) <= 2  # itself and the one written last
            yield piece

    write_population(watched(), tmp_path / "population")
    assert len(alive) == 5
    same(Population.read(tmp_path / "population"), simulate(40, 3))


def test_pieces_that_break_off_leave_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Population]:
        yield simulate(3, 3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_population(broken(), tmp_path / "population")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"regime": "real"}, "regime must be"),
        ({"events": "few"}, "events must be"),
        ({"without": {"pot"}}, "Got pot"),
        ({"accounts": -1}, ">= 0"),
    ],
)
def test_a_wrong_request_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(WrongUsage, match=sentence):
        simulate(**{"accounts": 1, "seed": 1, **wrong})  # type: ignore[arg-type]


def test_kinds_lists_what_may_be_left_out() -> None:
    assert len(kinds()) == len(set(kinds())) > 40


@pytest.mark.parametrize("regime", REGIMES)
def test_nobody_came_before_their_platform_opened(
    regime: RegimeName, by_regime: dict[RegimeName, Population]
) -> None:
    accounts = by_regime[regime].tables.accounts.drop_nulls("created_at")
    beginnings = accounts["platform"].replace_strict(dict(BEGINNINGS))
    assert accounts.height > ACCOUNTS / 4
    assert accounts.filter(pl.col("created_at") < beginnings).is_empty()
