"""The creator's side: a page behind a link that expires, with the reasons about them, to answer and explain.

It shows nobody's data but the creator's own: no comment, no commenter, no sampled follower.
"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import wraps
from typing import Any, Final
from weakref import WeakValueDictionary

from anyio import Lock, to_thread
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import BadInput, WrongUsage
from accounts.reading import read_document
from accounts.reading.csv_rows import csv_rows
from detector.verdict import Verdict
from reporting.numbers import Numbers
from reporting.reasons import ReasonText, reason_texts
from serving.desk.casework import annotation_of
from serving.desk.creator import EVENT_NAMES, WORDS
from serving.desk.creator_files import CreatorFile, CreatorFiles, locale_of, read_file
from serving.desk.forms import WrongField, field, read_form
from serving.desk.pages import Endpoint, FormRules, form_rules, redirect
from serving.desk.rendering import render
from serving.desk.sent_forms import DONE, once
from serving.desk.sign_in_limit import SignInLimit
from serving.http.forms import FormLimits
from serving.http.problems import NotFound, ServiceUnavailable
from serving.http.waiting import waiting_for_turn
from serving.routes.dependencies import store_access
from serving.store.access import ASKING_TENANT
from serving.store.contests import Contest, LinkExpired, add_statement, find_contest, statements_of
from serving.store.list_entries import Entry, EntryRemoved, JudgedMeanwhile, get_entry
from serving.store.store import Store

__all__ = ["CONTEST_PAGES", "own_document", "read_facts"]

SECRET: Final = re.compile(r"[\w-]{43}", re.ASCII)
LONGEST_ANSWER: Final = 8_000
LARGEST_FACTS: Final = 100_000
LARGEST_STATEMENT: Final = 2**18
"""Bytes of the form: a file of facts, or the longest answer, each character of which may come as 12 bytes."""

LINE_END: Final = re.compile("\r\n?|\n")
MOST_LINES: Final = 2_000
OTHERS: Final = ("comments", "audience")
"""Parts of the evidence that are other people's data."""

OWN_PARTS: Final = ("growth", "engagement", "posting", "profile")
NO_LINK: Final = "This link does not work: it was not copied whole, or what it showed is no longer stored."
MOST_WAITING: Final = 16
"""Requests that wait for a link's turn."""

TRIALS: Final = 10
"""Links that do not work, and statements, which an address may send a minute."""


def for_creator(handle: Callable[[Request, Contest], Awaitable[Response]]) -> Endpoint:
    """The endpoint behind a link; where the link does not work, a page says so and whom to ask."""

    async def endpoint(request: Request) -> Response:
        try:
            contest = await contest_of(request)
            ASKING_TENANT.set(contest.tenant)
            async with turn_of_link(request, contest):
                return await handle(request, contest)
        except EntryRemoved:
            return no_link_page(request, NotFound(NO_LINK))
        except (NotFound, LinkExpired) as fault:
            return no_link_page(request, fault)

    return endpoint


@asynccontextmanager
async def turn_of_link(request: Request, contest: Contest) -> AsyncIterator[None]:
    """A link's only turn: whoever has it asks without a key, and as often as they like.

    Raises
    ------
    ServiceUnavailable
        If many wait for it, or it does not come in half of the request's time.
    """
    turns = contest_state(request).turns
    lock = turns.setdefault(contest.contest_id, Lock())
    if lock.statistics().tasks_waiting >= MOST_WAITING:
        raise ServiceUnavailable("This page is asked for too often; try again later.", {"Retry-After": "10"})
    with waiting_for_turn("askers for this page"):
        await lock.acquire()
    try:
        yield
    finally:
        lock.release()


def no_link_page(request: Request, fault: NotFound | LinkExpired) -> Response:
    """The page behind a link that does not work."""
    title = "This link has expired" if isinstance(fault, LinkExpired) else "This link does not work"
    return render(request, "contest_no_link.html", fault.status, title=title, sentence=str(fault))


async def show_contest(
    request: Request,
    contest: Contest,
    fault: WrongUsage | JudgedMeanwhile | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page for the creator; where a statement is at fault, with that and the fields of its form.

    What it shows may be another verdict than the page before did.
    """
    files, locale = contest_state(request).files, locale_of(request)
    entry = await store_access(request).read(entry_of, contest)
    file = await store_access(request).look_up(lambda store: files.get(store, entry, locale))
    statements = await store_access(request).read(statements_of, contest.tenant, contest.contest_id)
    pictures = await to_thread.run_sync(lambda: file.pictures)
    return render(
        request, "contest.html", fault.status if fault else 200,
        contest=contest, file=file, shown=file.shown, statements=statements,
        pictures=pictures, events=EVENT_NAMES, own_parts=OWN_PARTS, path_of=request.url.path,
        reasons=[one for one in file.shown.reasons if one.part in OWN_PARTS],
        others=[one for one in file.shown.reasons if one.part not in OWN_PARTS],
        largest_facts=LARGEST_FACTS,
        sent=request.query_params.get("sent") == "1", generic_reason=generic_reason,
        fault=fault, fault_field=fault.name if isinstance(fault, WrongField) else "", typed=typed or {},
        **WORDS,
    )  # fmt: skip


def generic_reason(one: ReasonText, verdict: Verdict, numbers: Numbers) -> str:
    """A reason without the rows behind it, and so without anybody's words, in the reader's locale."""
    own = [replace(reason, rows=()) for reason in verdict.reasons if reason.feature == one.feature]
    return next((text.sentence for text in reason_texts(own, verdict, None, numbers)), "")


async def add_to_contest(request: Request, contest: Contest) -> Response:
    """Take what the creator states, or show the page again with what is wrong and what was typed."""
    limit, address = contest_state(request).limit, f"states:{client_of(request)}"
    limit.check(address)
    limit.failed(address)  # every statement counts: nobody needs more than some in a minute
    try:
        document = await statement_of(request)
        verdict_id = await field(request, "verdict_id")
        await once(request, contest.tenant, add_statement_once, contest, document, verdict_id)
    except (WrongUsage, JudgedMeanwhile) as fault:
        form = (await read_form(request)).items()
        return await show_contest(request, contest, fault, {k: v for k, v in form if isinstance(v, str)})
    return redirect(request, f"{request.url.path}?sent=1")


@wraps(add_statement)
def add_statement_once(store: Store, contest: Contest, document: Mapping[str, Any], verdict_id: str) -> str:
    """Add a statement to a contest."""
    add_statement(store, contest, document, verdict_id)
    return DONE


async def refuse_large_file(request: Request, contest: Contest) -> Response:
    """Show the page again beside a form that is too large to be read: only a file makes one so."""
    return await show_contest(request, contest, too_large_facts())


def too_large_facts() -> WrongField:
    """The refusal of a file of facts that is too large."""
    return WrongField("file", f"A file of facts must have at most {LARGEST_FACTS // 1000} kB.")


async def statement_of(request: Request) -> dict[str, Any]:
    """The statement of a form: an answer, an event, or facts.

    Raises
    ------
    WrongUsage
        If it is empty or too long, or a file is neither text nor CSV; a :class:`WrongField` by its field.
    """
    kind = await field(request, "statement")
    if kind == "answer":
        answer = await field(request, "text")
        if not answer or len(answer) > LONGEST_ANSWER:
            raise WrongField("text", f"The answer must have 1 to {LONGEST_ANSWER:,} characters.")
        return {"kind": "answer", "text": answer}
    if kind == "event":
        return {"kind": "event", "event": await checked_event(request)}
    if kind == "facts":
        given = (await read_form(request)).get("file")
        if not isinstance(given, UploadFile) or not given.filename:
            raise WrongField("file", "Choose a text or CSV file.")
        return {"kind": "facts", **read_facts(given.filename, await given.read(LARGEST_FACTS + 1))}
    raise WrongUsage("Nothing was sent.")


async def checked_event(request: Request) -> dict[str, Any]:
    """An event whose kind and days are as an account document takes them."""
    annotation = await annotation_of(request, "the creator")
    document = {"account_id": "a", "platform": "other", "as_of": "2199-12-31T00:00:00Z"}
    try:
        read_document(document | {"annotations": [annotation]})
    except BadInput as error:
        name = error.faults[0].field.rpartition(".")[2]
        raise WrongField(
            "from" if name == "from" else "to",
            "The days must be dates, such as 2026-10-31, the last not before the first.",
        ) from error
    return {name: value for name, value in annotation.items() if name not in ("who", "when")}


def read_facts(name: str, content: bytes) -> dict[str, Any]:
    r"""A file of facts: text, or the rows of a CSV file.

    >>> read_facts("a.csv", b"day,followers\n2026-10-01,99\n")["rows"]
    [['day', 'followers'], ['2026-10-01', '99']]

    Raises
    ------
    WrongField
        If it is too large, or neither.
    """
    if not name.lower().endswith((".txt", ".csv")):
        raise WrongField("file", "A file of facts must be text (.txt) or CSV (.csv).")
    if len(content) > LARGEST_FACTS:
        raise too_large_facts()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongField("file", "A file of facts must be text in UTF-8.") from error
    if "\0" in text or len(LINE_END.findall(text)) > MOST_LINES:
        raise WrongField("file", f"A file of facts must be text of at most {MOST_LINES:,} lines.")
    short = re.sub(r"[^\w .-]", "_", name)[-100:]
    if name.lower().endswith(".csv"):
        return {"name": short, "rows": rows_of(text)}
    return {"name": short, "text": text}


def rows_of(text: str) -> list[list[str]]:
    r"""The rows of a CSV file, whichever line ends it has.

    >>> rows_of("day,followers\r2026-10-01,99\r")
    [['day', 'followers'], ['2026-10-01', '99']]

    Raises
    ------
    WrongField
        If it is no table.
    """
    try:
        return list(csv_rows(io.StringIO(text, newline=""), "The file"))
    except BadInput as error:
        raise WrongField("file", str(error)) from error


def entry_of(connection: Connection, contest: Contest) -> Entry:
    """The entry of the creator whose contest it is."""
    entry = get_entry(connection, contest.tenant, contest.list_id, contest.entry_id)
    if entry is None:
        raise NotFound(NO_LINK)
    return entry


def creators_own(connection: Connection, entry: Entry, locale: str) -> CreatorFile:
    """The creator's verdict on the creator's own data."""
    try:
        return read_file(connection, entry, locale, own_document)
    except NotFound as error:
        raise NotFound(NO_LINK) from error


def own_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """An account document without what other people wrote or are.

    >>> own_document({"account_id": "a", "comments": [{"text": "hi"}], "audience": []})
    {'account_id': 'a'}
    """
    return {name: value for name, value in document.items() if name not in OTHERS}


async def contest_of(request: Request) -> Contest:
    """The contest whose secret the path holds.

    Raises
    ------
    NotFound
        If there is none; after some in a minute the address must wait.
    LinkExpired
        If its link is no longer open; the same holds.
    """
    limit, address = contest_state(request).limit, f"finds:{client_of(request)}"
    limit.check(address)
    secret = str(request.path_params["secret"])
    found = None
    if SECRET.fullmatch(secret):
        found = await store_access(request).run(find_contest, secret)
    if found is None or not found.is_open:
        limit.failed(address)
        raise NotFound(NO_LINK) if found is None else LinkExpired
    return found


def client_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""


class ContestState:
    """What an application knows of its links.

    Attributes
    ----------
    limit
        Of addresses that ask for links that do not work, or send statements.
    turns
        By contest, of those who ask.
    files
        Of the creators who looked last.
    """

    def __init__(self) -> None:
        self.limit = SignInLimit(TRIALS, what="This page was asked for, or written to,")
        self.turns: WeakValueDictionary[str, Lock] = WeakValueDictionary()
        self.files = CreatorFiles(creators_own)


def contest_state(request: Request) -> ContestState:
    """That of this application."""
    state = request.app.state
    if not hasattr(state, "contests"):
        state.contests = ContestState()
    contests = state.contests
    assert isinstance(contests, ContestState)
    return contests


ADD_TO_CONTEST: Final = for_creator(add_to_contest)
form_rules(
    ADD_TO_CONTEST,
    FormRules(
        lambda _: FormLimits(LARGEST_STATEMENT, files=1), when_too_large=for_creator(refuse_large_file)
    ),
)

CONTEST_PAGES: Final[dict[str, dict[str, Endpoint]]] = {
    "/contests/{secret}": {"GET": for_creator(show_contest), "POST": ADD_TO_CONTEST},
}
