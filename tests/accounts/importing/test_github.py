"""GitHub API: stars by day, and when nothing is known of any."""


def repository(stars, name="ana/starter"):
    return {"full_name": name, "stargazers_count": stars}


def stars(*days):
    return [{"starred_at": f"2026-10-{day:02}T10:00:00Z", "user": {"login": "u"}} for day in days]


def test_a_repository_and_a_user(imported):
    found = imported("github")
    repo, user = sorted(found.documents, key=lambda one: one["account_id"], reverse=True)
    assert [day["followers"] for day in repo["history"]] == [2, 2, 2, 3, 5]
    assert "audience" not in repo
    assert [one.get("followers") for one in user["audience"]] == [12, None]
    assert not found.leftovers.lines


def test_stars_of_half_a_list_tell_no_day(imported):
    found = imported("github", {"repo.json": repository(50), "stars.json": stars(1, 2, 3)})
    assert "history" not in found.documents[0]
    assert found.leftovers.homeless == {"stars of a list that is not whole": 3}


def test_stars_belong_to_the_repository_that_the_file_names(imported):
    repos = [repository(1), repository(2, "ana/levain")]
    found = imported("github", {"repos.json": repos, "levain.json": stars(1, 2), "stars.json": stars(1)})
    starter, levain = found.documents
    assert "history" not in starter
    assert levain["history"][-1] == {"date": "2026-10-02", "followers": 2}
    assert found.leftovers.homeless == {"stars of no known repository": 1}


def test_stars_without_a_time_count_from_the_first_day(imported):
    found = imported(
        "github", {"repo.json": repository(3), "stars.json": [*stars(2, 3), {"starred_at": None}]}
    )
    assert [day["followers"] for day in found.documents[0]["history"]] == [2, 3]
