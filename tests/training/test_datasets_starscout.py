import gzip
from datetime import UTC, date, datetime

import pytest

from accounts.errors import BadInput
from features.declaration import INFLATED
from training.datasets import starscout
from training.datasets.base import data_folder, is_held_out
from training.datasets.starscout import FILE, KINDS, RAW, load

REAL = data_folder()
needs_data = pytest.mark.skipif(
    not (REAL / FILE).is_file(), reason=f"needs {FILE} in ASSAY_DATA: see docs/data.md"
)
SPIKE = (10, 200, 5, 4, 3, 2)
STEADY = (100, 200, 150, 150, 150, 120)
OPEN = [name for name in map("repo{}".format, range(400)) if not is_held_out(f"starscout:{name}")]
SHUT = [name for name in map("repo{}".format, range(400)) if is_held_out(f"starscout:{name}")]


def repo(name, stars, fake=0.0, year=2023):
    """Months from January on; a month of None is not listed."""
    return [
        (name, f"{year + n // 12}-{n % 12 + 1:02d}", count, round(count * fake))
        for n, count in enumerate(stars)
        if count is not None
    ]


def load_rows(folder, *repos, columns=tuple(KINDS), **how):
    (folder / FILE).parent.mkdir(exist_ok=True)
    rows = [columns, *(row for one in repos for row in one)]
    text = "\n".join(",".join(map(str, row)) for row in rows)
    (folder / FILE).write_bytes(gzip.compress(text.encode()))
    return load(folder, any_content=True, **how)


def names(found):
    return [group.removeprefix("starscout:") for group in found.groups]


def test_a_pair_and_its_curves(tmp_path):
    found = load_rows(tmp_path, repo(OPEN[0], SPIKE, fake=0.9), repo(OPEN[1], STEADY, fake=0.02))
    assert (found.head, set(found.levels)) == (INFLATED, {"historymonthly"})
    assert dict(zip(names(found), found.truth.tolist(), strict=True)) == {OPEN[0]: True, OPEN[1]: False}
    spike, steady = (found.features.loc[f"starscout:{name}"] for name in OPEN[:2])
    assert spike["spike_share_monthly"] == pytest.approx(200 / 224)
    assert steady["spike_share_monthly"] == pytest.approx(200 / 870)
    assert spike["spike_echo_monthly"] == pytest.approx(4.5 / 200)


def test_the_sizes_stand_beside(tmp_path):
    found = load_rows(tmp_path, repo(OPEN[0], SPIKE, fake=0.9), repo(OPEN[1], STEADY))
    assert tuple(found.raw.columns) == RAW
    assert found.raw.loc[f"starscout:{OPEN[0]}"].to_list() == [200, 10, 5, 4, 224, 1, 4]


def test_a_month_without_stars_gained_none_and_after_the_last_nothing_is_known(tmp_path):
    rows = [*repo("a", (10, 200, None, 4, 3)), *repo("b", (1,), year=2024)]
    frame = starscout.converted(
        starscout.SET, FILE, starscout.pl.DataFrame([[str(cell) for cell in row] for row in rows],
        schema=[*KINDS], orient="row"), KINDS,
    )  # fmt: skip
    months = starscout._months(frame)
    chosen = starscout._repositories(months).filter(repo="a")
    tables = starscout._tables(chosen, months.filter(repo="a"), months["month"].max())
    assert tables.history.sort("date").select("date", "followers").rows() == [
        (date(2023, 1, 1), 0), (date(2023, 2, 1), 10), (date(2023, 3, 1), 210), (date(2023, 4, 1), 210),
        (date(2023, 5, 1), 214), (date(2023, 6, 1), 217),
    ]  # fmt: skip
    assert tables.accounts["as_of"].to_list() == [datetime(2024, 2, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("stars", "fake"),
    [
        ((10, 99, 50, 50, 50), 0.9),  # no large month
        ((10, 20, 200, 50), 0.9),  # one month after it
        ((10, 200, None, 50), 0.9),  # one month with stars after it
        (SPIKE, 0.3),  # neither
    ],
)
def test_who_is_not_taken(tmp_path, stars, fake):
    partner = repo(OPEN[1], STEADY)
    assert len(load_rows(tmp_path, repo(OPEN[0], SPIKE, fake=0.6), partner)) == 2
    assert len(load_rows(tmp_path, repo(OPEN[0], stars, fake=fake), partner)) == 0


def test_the_month_that_was_cut_short_is_left_out(tmp_path):
    late = repo(OPEN[0], (10, 20, 20, 20, 20, 20, 20, 20, 20, 20, 200, 5, 1), fake=0.9, year=2024)
    assert len(load_rows(tmp_path, late, repo(OPEN[1], STEADY))) == 0


def test_pairs_are_one_to_one_alike_in_size_and_nearest_first(tmp_path):
    repos = [
        repo(OPEN[0], (10, 200, 5, 5), fake=0.9), repo(OPEN[1], (10, 210, 5, 5), fake=0.9),
        repo(OPEN[2], (10, 400, 5, 5), fake=0.9), repo(OPEN[3], (100, 209, 99, 99)),
        repo(OPEN[4], (100, 450, 99, 99)), repo(OPEN[5], (100, 199, 99, 99)),
        repo(OPEN[6], (100, 205, 99, 99)),
    ]  # fmt: skip
    found = load_rows(tmp_path, *repos)
    assert set(names(found)) == {OPEN[0], OPEN[5], OPEN[1], OPEN[3]}
    assert names(load_rows(tmp_path, *reversed(repos))) == names(found)


def test_a_sealed_repository_is_matched_with_a_sealed_one(tmp_path):
    fake, other = repo(OPEN[0], SPIKE, fake=0.9), repo(SHUT[0], STEADY)
    assert len(load_rows(tmp_path, fake, other)) == 0
    found = load_rows(tmp_path, fake, other, repo(SHUT[1], SPIKE, fake=0.9))
    assert set(names(found)) == {SHUT[0], SHUT[1]}
    assert found.held_out.all()


def test_the_same_number_of_stars_may_be_asked_of_both(tmp_path):
    repos = [repo(OPEN[0], SPIKE, fake=0.9), repo(OPEN[1], STEADY), repo(OPEN[2], STEADY, fake=0.9)]
    assert names(load_rows(tmp_path, *repos, least_in_all=500)) == sorted([OPEN[1], OPEN[2]])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("a", "May", 3, 1), "month must be a month such as 2024-05."),
        (("a", "2024-05", -3, 1), "n_stars must be a whole number >= 0."),
        (("", "2024-05", 3, 1), "repo must not be empty."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, row, message):
    with pytest.raises(BadInput) as refusal:
        load_rows(tmp_path, [("a", "2024-05", 3, 1), row])
    assert str(refusal.value).startswith(f"{FILE} row 2: {message}")


def test_another_column_or_content_is_refused(tmp_path):
    with pytest.raises(BadInput, match="n_stars_clustered must be a column of it"):
        load_rows(tmp_path, columns=tuple(KINDS)[:-1])
    with pytest.raises(BadInput, match="must be the published content"):
        load(tmp_path)


@needs_data
def test_the_real_file():
    found = load(REAL)
    assert (len(found), int(found.truth.sum())) == (238, 119)
    for side in (found.pick(found.held_out), found.pick(~found.held_out)):
        suspected, others = (side.raw["largest_month"][side.truth == truth] for truth in (True, False))
        assert abs(suspected.median() / others.median() - 1) < 0.05
        assert len(suspected) == len(others)
