import numpy as np
import pandas as pd
import pytest

from detector.novelty import Novelty, ordinary, spread

BLOCKS = {"profile": ("age", "ratio"), "posts": ("burst", "spread", "share", "noise")}


@pytest.fixture(scope="module")
def world(accounts):
    frame, labels, levels = accounts
    return frame, levels, ~labels.any(axis=1).to_numpy()


@pytest.fixture(scope="module")
def novelty(world):
    return Novelty.fit(*world, BLOCKS, seed=3)


def test_one_authentic_account_in_a_hundred_is_strange(novelty):
    random = np.random.default_rng(5)
    values = random.normal(size=(6_000, 2))
    frame = pd.DataFrame(values, columns=["age", "ratio"])
    fitted = Novelty.fit(frame, ["profile"] * 6_000, [True] * 6_000, {"profile": ("age", "ratio")}, seed=1)
    fresh = pd.DataFrame(random.normal(size=(6_000, 2)), columns=["age", "ratio"])
    share = np.mean([bool(found) for found in fitted.unfamiliar_blocks(fresh, ["profile"] * 6_000)])
    assert share == pytest.approx(0.01, abs=0.005)


def test_the_far_away_is_strange_and_named_by_its_block(world, novelty):
    frame, _, _ = world
    typical = frame.median().to_frame().T
    full = "profile+posts30"
    assert novelty.unfamiliar_blocks(typical, [full]) == [()]
    assert novelty.unfamiliar_blocks(typical.assign(burst=40.0, spread=-90.0), [full]) == [("posts",)]
    both = typical.assign(burst=40.0, spread=-90.0, age=400.0, ratio=-60.0)
    assert novelty.unfamiliar_blocks(both, [full]) == [("profile", "posts")]


def test_an_absent_block_is_never_strange(world, novelty):
    frame, _, _ = world
    wild = frame.median().to_frame().T.assign(burst=40.0, spread=-90.0)
    assert novelty.unfamiliar_blocks(wild, ["profile"]) == [()]
    assert novelty.unfamiliar_blocks(wild, ["none"]) == [()]


def test_an_absent_value_counts_as_typical(world, novelty):
    frame, _, _ = world
    bare = frame.median().to_frame().T
    bare[:] = np.nan
    assert novelty.unfamiliar_blocks(bare, ["profile+posts30"]) == [()]


def test_alone_as_in_any_batch(world, novelty):
    frame, levels, _ = world
    for block, reference in novelty.blocks.items():
        values = frame[list(BLOCKS[block])].to_numpy()
        together = reference.distances(values)
        alone = np.concatenate([reference.distances(values[row : row + 1]) for row in range(300)])
        assert (together[:300] == alone).all()
        assert (reference.distances(values[7:300]) == together[7:300]).all()
    alone = [novelty.unfamiliar_blocks(frame.iloc[[row]], [levels[row]])[0] for row in range(300)]
    assert alone == novelty.unfamiliar_blocks(frame, levels)[:300]


def test_distances_are_those_of_the_formula(world, novelty):
    frame, _, _ = world
    reference = novelty.blocks["profile"]
    values = np.vstack([frame[["age", "ratio"]].to_numpy()[:20], [[1e6, np.nan], [-np.inf, 0.0]]])
    z = np.clip((values - reference.centre.astype(float)) / reference.scale.astype(float), -6, 6)
    z = np.where(np.isnan(z), 0.0, z)
    to_each = np.sqrt(((z[:, None] - reference.accounts[None].astype(float)) ** 2).mean(axis=2))
    np.testing.assert_allclose(reference.distances(values), to_each.min(axis=1), rtol=1e-12)


def test_columns_may_stand_in_any_order(world, novelty):
    frame, levels, _ = world
    assert novelty.unfamiliar_blocks(frame[frame.columns[::-1]], levels) == novelty.unfamiliar_blocks(
        frame, levels
    )


def test_written_and_read_back(world, novelty):
    frame, levels, _ = world
    content = novelty.to_bytes()
    read = Novelty.from_bytes(content)
    assert read.to_bytes() == content
    assert read.unfamiliar_blocks(frame, levels) == novelty.unfamiliar_blocks(frame, levels)
    for block, reference in novelty.blocks.items():
        values = frame[list(BLOCKS[block])].to_numpy()
        assert read.blocks[block].limits == reference.limits
        assert (read.blocks[block].distances(values) == reference.distances(values)).all()


def test_the_same_seed_gives_the_same_bytes(world, novelty):
    assert Novelty.fit(*world, BLOCKS, seed=3).to_bytes() == novelty.to_bytes()
    assert Novelty.fit(*world, BLOCKS, seed=4).to_bytes() != novelty.to_bytes()


def test_limits_follow_the_depth():
    random = np.random.default_rng(6)
    deep, thin = random.normal(size=1_000), random.normal(size=1_000) * 5
    frame = pd.DataFrame({"burst": np.r_[deep, thin], "spread": np.r_[thin, deep]})
    levels = ["posts30"] * 1_000 + ["posts5"] * 1_000
    frame.loc[levels.index("posts5") :, "spread"] *= 5
    reference = Novelty.fit(frame, levels, [True] * 2_000, {"posts": ("burst", "spread")}, seed=1).blocks[
        "posts"
    ]
    assert set(reference.limits) == {"posts", "posts5", "posts30"}
    assert reference.limit("posts5", "posts") > reference.limit("posts30", "posts")
    assert reference.limit("posts12", "posts") == reference.limits["posts"]


def test_nothing_is_strange_where_too_few_accounts_set_a_limit():
    frame = pd.DataFrame({"age": np.arange(60.0)})
    fitted = Novelty.fit(frame, ["profile"] * 60, [True] * 60, {"profile": ("age",)}, seed=1)
    assert fitted.unfamiliar_blocks(pd.DataFrame({"age": [1e9]}), ["profile"]) == [()]


def test_a_copy_of_a_reference_account_sets_no_limit():
    """Each account twice, all but alike: were the twins of reference accounts judged, half would be at 0."""
    random = np.random.default_rng(7)
    values = np.repeat(random.normal(size=(600, 3)), 2, axis=0) + random.normal(size=(1_200, 3)) * 1e-5
    frame = pd.DataFrame(values, columns=["a", "b", "c"], index=np.repeat(np.arange(600), 2))
    fitted = Novelty.fit(frame, ["profile"] * 1_200, [True] * 1_200, {"profile": ("a", "b", "c")}, seed=1)
    reference = fitted.blocks["profile"]
    assert len(reference.accounts) == 300
    distances = reference.distances(values)
    others = distances[distances > 1e-4]
    assert len(others) == 600
    assert reference.limits["profile"] == ordinary(others)


def test_only_authentic_accounts_set_limits():
    random = np.random.default_rng(8)
    authentic = np.arange(2_000) < 1_000
    values = random.normal(size=2_000) * np.where(authentic, 1.0, 50.0)
    frame = pd.DataFrame({"age": values, "ratio": random.normal(size=2_000)})
    levels, blocks = ["profile"] * 2_000, {"profile": ("age", "ratio")}
    one = Novelty.fit(frame, levels, authentic, blocks, seed=1).blocks["profile"]
    judged = one.distances(frame.to_numpy()[authentic])
    assert one.limits["profile"] < np.quantile(judged, 0.999)


def test_a_limit_is_a_float32_and_never_below_the_quantile():
    random = np.random.default_rng(9)
    for _ in range(50):
        distances = random.random(101)
        limit = ordinary(distances)
        assert limit == float(np.float32(limit))
        assert np.quantile(distances, 0.99, method="higher") <= limit <= distances.max() + 1e-6


def test_a_column_without_spread_has_scale_one():
    centre, scale = spread(np.array([[1.0, np.nan, 0.0], [1.0, np.nan, 0.0], [1.0, np.nan, 9.0]] * 3))
    assert centre.tolist() == [1.0, 0.0, 0.0]
    assert scale[:2].tolist() == [1.0, 1.0]
    assert scale[2] > 1


def test_digits_in_a_handle_alone_make_nobody_strange():
    random = np.random.default_rng(9)
    columns = ("username_digit_share", "age", "ratio")
    frame = pd.DataFrame(random.normal(size=(6_000, 3)), columns=columns)
    fitted = Novelty.fit(frame, ["profile"] * 6_000, [True] * 6_000, {"profile": columns}, seed=1)
    person = pd.DataFrame([[5.9, 0.1, 0.0]], columns=columns)
    assert fitted.blocks["profile"].beyond(person.to_numpy(), ["profile"], "profile").all()
    assert fitted.unfamiliar_blocks(person, ["profile"]) == [()]
    assert fitted.unfamiliar_blocks(person.assign(ratio=5.9), ["profile"]) == [("profile",)]
    assert fitted.unfamiliar_blocks(person.assign(username_digit_share=np.nan), ["profile"]) == [()]
