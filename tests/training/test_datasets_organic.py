"""Every organic set: as the schema has it, with what its README says of its licence."""

import pytest

from accounts.document import to_documents
from accounts.errors import BadInput
from accounts.reading import read_documents
from training.datasets.base import data_folder, development, hold_out, owner_of
from training.datasets.organic import ORGANIC

REAL = data_folder()
TRAINS = {
    "github_followers_top", "github_followers_spain", "github_stars", "youtube_trending", "x_two_presidents",
}  # fmt: skip
# accounts, posts, days
SIZES = {
    "github_followers_top": (786, 0, 119_322), "github_followers_spain": (126, 0, 10_336),
    "github_stars": (2_690, 0, 130_231), "vtuber_tw_twitch": (855, 0, 60_645),
    "vtuber_tw_youtube": (1_478, 0, 104_983), "youtube_channels": (102, 1_851, 2_141),
    "youtube_trending": (4_526, 82_841, 0), "instafake_posts": (692, 57_237, 0),
    "influencers_br": (48, 7_177, 0), "tiktok_vn": (120, 832, 0), "tiktok_profiles": (503, 0, 0),
    "x_vaccine_posts": (174, 1_743, 0), "x_two_presidents": (29, 5_648, 0),
}  # fmt: skip


def test_only_sets_whose_licence_allows_it_train():
    assert {name for name, one in ORGANIC.items() if one.about.use == "trains"} == TRAINS
    assert set(SIZES) == set(ORGANIC)


@pytest.fixture(scope="module", params=ORGANIC)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def real_tables(name):
    """One set after the other, which the tests of it share."""
    about = ORGANIC[name].about
    if not all((REAL / file).is_file() for file in about.files):
        pytest.skip(f"needs {about.name} in ASSAY_DATA: see docs/data.md")
    return ORGANIC[name].load(REAL)


def test_a_real_set_obeys_the_schema(name, real_tables):
    tables = real_tables
    assert (len(tables), tables.posts.height, tables.history.height) == SIZES[name]
    assert tables.accounts["account_id"].is_unique().all()
    some = tables.select(tables.accounts["account_id"].gather_every(max(len(tables) // 25, 1)))
    chunk = read_documents(to_documents(some))
    assert not chunk.faults
    assert chunk.tables.accounts.equals(some.accounts)


def test_no_account_is_on_both_sides_of_the_seal(real_tables):
    open_ones, shut = (
        {owner_of(account) for account in part(real_tables).accounts["account_id"]}
        for part in (development, hold_out)
    )
    assert not open_ones & shut
    assert open_ones


def test_an_absent_set_is_named(name, tmp_path):
    with pytest.raises(BadInput, match="must be in ASSAY_DATA"):
        ORGANIC[name].load(tmp_path)
