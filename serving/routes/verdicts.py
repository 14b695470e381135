"""The routes of verdicts: made, read, given again, decided about, erased."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from serving.http.authentication import Guarded, caller_of
from serving.http.bodies import Form, read_batch, read_body, read_decision_body
from serving.http.content_negotiation import preferred
from serving.http.idempotency import Answer, once
from serving.http.problems import NotThere
from serving.http.query import Asked
from serving.jobs.erasure import erase_from_files, forbid
from serving.routes.decision_body import read_decision
from serving.routes.dependencies import bench_of, door_of, json_text, written
from serving.store.api_keys import Scope
from serving.store.audit_log import Event, entries_about, note
from serving.store.decisions import decide, decisions_about
from serving.store.verdict_rows import Kept, Made, erase, get

__all__ = ["GUARDED"]


async def verdict(request: Request) -> Response:
    """The verdict on one account."""
    bench = bench_of(request)
    asked = Asked.of(request.query_params)
    body = await read_body(request, bench.limits)

    async def judge() -> Answer:
        made = await bench.one(body, asked, caller_of(request))
        return Answer(made.document.encode(), [made.account_id])

    return told(request, *await once(request, body.data, door_of(request), judge))


async def verdicts(request: Request) -> Response:
    """Verdicts on many accounts."""
    bench = bench_of(request)
    asked, form = Asked.of(request.query_params), Form(preferred(request, list(Form)))
    body = await read_batch(request, bench.limits)

    async def judge() -> Answer:
        answers = await bench.many(body, asked, caller_of(request))
        text = in_lines(answers) if form is Form.LINES else in_a_list(answers)
        refused = [one["account_id"] for one in answers if not isinstance(one, Made)]
        return Answer(
            text, [one.account_id for one in answers if isinstance(one, Made)], list(filter(None, refused))
        )

    forms = f"{body.form} to {form}"
    return told(request, *await once(request, body.data, door_of(request), judge, forms=forms), form=form)


def in_a_list(answers: Iterable[Made | dict[str, Any]]) -> bytes:
    """The answer to a batch."""
    return f'{{"verdicts": [{", ".join(map(text_of, answers))}]}}'.encode()


def in_lines(answers: Iterable[Made | dict[str, Any]]) -> bytes:
    """The same, one in every line."""
    return "".join(f"{text_of(one)}\n" for one in answers).encode()


def text_of(one: Made | dict[str, Any]) -> str:
    """One entry of the answer to a batch."""
    return one.document if isinstance(one, Made) else json.dumps(one)


def told(request: Request, body: bytes, earlier: bool, form: Form = Form.JSON, status: int = 200) -> Response:
    """An answer, which says so if it was given before: then no model spoke now."""
    answer = json_text(body, status, form)
    if earlier:
        answer.headers["Idempotent-Replayed"] = "true"
        request.state.model = None
    return answer


async def one_verdict(request: Request) -> Response:
    """A verdict that was made before, byte for byte."""
    return json_text((await kept(request)).document)


async def replay(request: Request) -> Response:
    """The verdict computed again from the numbers that it rests on."""
    found = await kept(request)
    answer = await bench_of(request).again(found)
    request.state.model = found.model_sha256
    caller = caller_of(request)
    event = Event(
        "verdict.replayed", caller.actor, verdict_id=found.verdict_id, details={"same": answer["same"]}
    )
    await door_of(request).run(note, caller.tenant, event)
    return written(answer)


async def new_decision(request: Request) -> Response:
    """A person's decision about a verdict."""
    body = await read_decision_body(request, request.app.state.settings)
    decision, door, caller = read_decision(body), door_of(request), caller_of(request)
    about = await kept(request)

    async def decide_now() -> Answer:
        made = await door.run(decide, caller.tenant, about.verdict_id, decision, caller.actor)
        if made is None:
            raise no_such(about.verdict_id)
        return Answer(json.dumps(made).encode(), [json.loads(about.document)["account_id"]])

    return told(request, *await once(request, body, door, decide_now), status=201)


async def all_decisions(request: Request) -> Response:
    """What people decided about a verdict."""
    name = (await kept(request)).verdict_id
    found = await door_of(request).read(decisions_about, caller_of(request).tenant, name)
    return written({"decisions": found})


async def audit(request: Request) -> Response:
    """What the log says of a verdict, also after it was erased."""
    name = named(request)
    entries = await door_of(request).read(entries_about, caller_of(request).tenant, name)
    if not entries:
        raise no_such(name)
    return written({"entries": entries})


async def forget(request: Request) -> Response:
    """Remove all that is kept of an account."""
    caller, door = caller_of(request), door_of(request)
    whose = (caller.tenant, request.path_params["account_id"], caller.actor)
    own = await door.run(forbid, *whose)  # first: then no job adds a verdict afterwards
    count = await door.run(erase, *whose)
    lines = await door.beside(erase_from_files, door.settings, own, whose[1])
    return written(count | {"job_lines": lines})


async def kept(request: Request) -> Kept:
    """The caller's verdict that a path names."""
    name = named(request)
    found = await door_of(request).read(get, caller_of(request).tenant, name)
    if found is None:
        raise no_such(name)
    request.state.model = found.model_sha256
    return found


def named(request: Request) -> str:
    """The verdict that a path names, if it is a name of one."""
    name = str(request.path_params["verdict_id"])
    if not NAMES.fullmatch(name):
        raise no_such(name)
    return name


def no_such(verdict_id: str) -> NotThere:
    """The same whether it never was, was erased, or is somebody else's."""
    return NotThere(f"There is no verdict {verdict_id}.")


NAMES: Final = re.compile("[0-9a-f]{32}")
ONE: Final = "/v1/verdicts/{verdict_id}"

GUARDED: Final[dict[str, Guarded]] = {
    "/v1/verdicts": {"POST": (Scope.SCORE, verdict)},
    "/v1/verdicts/batch": {"POST": (Scope.SCORE, verdicts)},
    ONE: {"GET": (Scope.READ, one_verdict)},
    f"{ONE}/replay": {"POST": (Scope.READ, replay)},
    f"{ONE}/decisions": {"GET": (Scope.READ, all_decisions), "POST": (Scope.DECIDE, new_decision)},
    f"{ONE}/audit": {"GET": (Scope.READ, audit)},
    # A path may be part of an account's id, as in the address of a page.
    "/v1/subjects/{account_id:path}": {"DELETE": (Scope.ADMIN, forget)},
}
