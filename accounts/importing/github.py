"""GitHub API: users, repositories with their stargazers, and followers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.people import People
from accounts.importing.shape import Shape, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.values import count, day, moment, text

__all__ = ["SOURCE"]

USER: Final = Shape(
    "users[]",
    {
        "followers": ("followers", count),
        "following": ("following", count),
        "username": ("login", text),
        "full_name": ("name", text),
        "bio": ("bio", text),
        "external_url": ("blog", text),
        "created_at": ("created_at", moment),
    },
    ignored=names(
        "id node_id gravatar_id type user_view_type site_admin company location email hireable"
        " twitter_username public_repos public_gists updated_at notification_email private_gists"
        " total_private_repos plan url owned_private_repos disk_usage collaborators"
        " two_factor_authentication suspended_at archived_at description is_verified"
        " has_organization_projects has_repository_projects"
    ),
)
REPOSITORY: Final = Shape(
    "repositories[]",
    {
        "followers": ("stargazers_count", count),
        "full_name": ("full_name", text),
        "bio": ("description", text),
        "external_url": ("homepage", text),
        "created_at": ("created_at", moment),
    },
    ignored=names(
        "id node_id name private owner fork url updated_at pushed_at size language watchers_count"
        " forks_count open_issues_count forks open_issues watchers has_issues has_projects has_downloads"
        " has_wiki has_pages has_discussions archived disabled license allow_forking is_template"
        " web_commit_signoff_required topics visibility default_branch permissions temp_clone_token"
        " organization network_count subscribers_count custom_properties parent source score"
        " security_and_analysis role_name"
    ),
)
STAR: Final = Shape("stargazers[]", {"date": ("starred_at", day)}, ignored=names("user"))
_MOST_LISTED: Final = 40_000
_WHOLE: Final = 0.98


def recognises(file: File) -> bool:
    """Whether a file holds users, repositories or stars with their times."""
    return any(_kind(one) for one in file.head)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Repositories and users, each an account; then followers, and stars by day."""
    people = People("github", USER, _user_of)
    listed: list[tuple[File, Counter[str | None]]] = []
    for file in files:
        stars: Counter[str | None] = Counter()
        for item in file.objects:
            kind = _kind(item)
            if kind == "repository":
                _repository(item, file, drafts)
            elif kind == "user":
                people.listed(name_of(item, "login", "users[]", drafts.leftovers), _bare(item), file, drafts)
            elif kind == "star":
                stars[STAR.read(item, drafts.leftovers).get("date")] += 1
            else:
                drafts.leftovers.without_home("items of GitHub of no known kind")
        listed.append((file, stars))
    people.place(drafts)
    drafts.later(lambda: _stars(listed, drafts))


def _kind(item: Mapping[str, Any]) -> str | None:
    if {"full_name", "stargazers_count"} <= item.keys():
        return "repository"
    if "starred_at" in item:
        return "star"
    return "user" if {"login", "node_id"} <= item.keys() else None


def _bare(item: Mapping[str, Any]) -> dict[str, Any]:
    """An object without the dozens of addresses at which more of it may be asked for."""
    return {name: value for name, value in item.items() if not name.endswith("_url")}


def _repository(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    name = name_of(item, "full_name", "repositories[]", drafts.leftovers)
    if name is None:
        drafts.leftovers.without_home("repositories without a name")
    else:
        drafts.account("github", name, file).describe(REPOSITORY.read(_bare(item), drafts.leftovers))


def _user_of(file: File, drafts: Drafts) -> AccountDraft | None:
    return _only([one for one in drafts.by_id.values() if "/" not in one.account_id], file)


def _repository_of(file: File, drafts: Drafts) -> AccountDraft | None:
    return _only([one for one in drafts.by_id.values() if "/" in one.account_id], file)


def _only(known: Sequence[AccountDraft], file: File) -> AccountDraft | None:
    """The account on GitHub that a list belongs to: whose name stands in the file's name, or the only one."""
    here = [one for one in known if one.platform == "github"]
    named = [one for one in here if one.account_id.rpartition("/")[2].lower() in file.name.lower()]
    found = named or here
    return found[0] if len(found) == 1 else None


def _stars(listed: Sequence[tuple[File, Counter[str | None]]], drafts: Drafts) -> None:
    """Stars of all files to the repositories that these belong to, which they do not name."""
    days: dict[str, Counter[str | None]] = {}
    for file, stars in listed:
        draft = _repository_of(file, drafts) if stars else None
        if draft is not None:
            days.setdefault(draft.account_id, Counter()).update(stars)
            draft.named_in(file)
        elif stars:
            drafts.leftovers.without_home("stars of no known repository", stars.total())
    starred = [drafts.by_id["github", name] for name in days]
    totals = {draft.number: parts.profile.get("followers") for draft, parts in drafts.parts(starred)}
    for draft in starred:
        _history(days[draft.account_id], totals.get(draft.number), draft, drafts)


def _history(stars: Counter[str | None], total: int | None, draft: AccountDraft, drafts: Drafts) -> None:
    """Stars day by day: a day without a new one has the count of the day before.

    Pages come oldest first, so that a list is the whole or its beginning. Less than the whole, unless GitHub
    itself lists no more, may as well be the end: then no count is known of any day.
    """
    found = stars.total()
    days = sorted(dt.date.fromisoformat(one) for one in stars if one is not None)
    if not days or total is None or found < min(total, _MOST_LISTED) * _WHOLE:
        drafts.leftovers.without_home("stars of a list that is not whole", found)
        return
    so_far = stars[None]
    for number in range((days[-1] - days[0]).days + 1):
        date = (days[0] + dt.timedelta(days=number)).isoformat()
        so_far += stars[date]
        draft.add_history(date, {"followers": so_far})


SOURCE: Final = Source(
    name="github",
    title="GitHub API",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers following bio created_at",
        history="followers",
        audience="username",
    ),
    lacks="posts and comments; history of a user's followers; stars that were taken back",
    obtained="GET /repos/OWNER/NAME, /repos/OWNER/NAME/stargazers with Accept:"
    " application/vnd.github.star+json, /users/NAME and /users/NAME/followers, pages as they come;"
    " followers in a file whose name says so, and with several accounts in one folder NAME in the file"
    " names of lists",
    limits="40,000 stargazers a repository; lists of followers have no counts unless each user is fetched",
    seen="docs.github.com/en/rest/activity/starring, /users/followers, /repos/repos",
)
