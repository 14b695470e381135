"""Pages from templates: one Jinja environment that escapes everything, and what every page knows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from anyio import to_thread
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reporting.first_reason import what_would_help
from serving.desk.cookies import keep_form_secret
from serving.desk.creator_charts import among_peers
from serving.desk.csrf import token_of
from serving.desk.hostile_text import isolate, plainly, sentence
from serving.desk.locales import formatters, reader_locale
from serving.desk.static_files import static_address
from serving.desk.wording import DECISION_WORDS, LABELS, evidence_words, platform_name
from serving.store.sessions import Session

__all__ = ["environment", "error_page", "filled_in", "is_htmx", "render", "session_or_none"]

TEMPLATES: Final = Path(__file__).with_name("templates")


@cache
def environment() -> Environment:
    """The environment of all templates: an unknown name is an error, and every value is escaped."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )  # fmt: skip
    found.filters |= {
        "isolate": isolate,
        "plainly": plainly,
        "sentence": sentence,
        "evidence_words": evidence_words,
        "platform_name": platform_name,
    }
    found.globals |= {
        "static": static_address,
        "labels": LABELS,
        "decision_words": DECISION_WORDS,
        "among_peers": among_peers,
        "what_would_help": what_would_help,
    }
    return found


def is_htmx(request: Request) -> bool:
    """Whether htmx asks for a part of a page, and no browser for the whole of it."""
    return request.headers.get("hx-request") == "true"


def session_or_none(request: Request) -> Session | None:
    """The session of a request, where its page asks for one."""
    return getattr(request.state, "session", None)


class Page(HTMLResponse):
    """A page whose template is filled in later, in a thread: strangers' tables make some of them long.

    Parameters
    ----------
    template
        Its name.
    status
        Of the answer.
    context
        What the template knows.
    """

    def __init__(self, template: str, status: int, context: Mapping[str, Any]) -> None:
        super().__init__("", status)
        self.template, self.context = template, context

    def fill_in(self) -> None:
        """Fill in the template."""
        self.body = environment().get_template(self.template).render(**self.context).encode()
        self.headers["Content-Length"] = str(len(self.body))


async def filled_in(response: Response) -> Response:
    """A response, once its template is filled in where it has one."""
    if isinstance(response, Page) and not response.body:
        await to_thread.run_sync(response.fill_in)
    return response


def render(request: Request, template: str, status: int = 200, /, **context: Any) -> Page:
    """The page of a template, which :func:`filled_in` completes.

    Beside ``context`` a template knows ``session`` (None where nobody signed in), ``csrf`` (the token of its
    forms), ``path``, ``may(scope)``, and what :func:`formatters` gives for the reader's locale.
    """
    locale = reader_locale(request.headers.get("accept-language", ""))
    session = session_or_none(request)
    known = {
        "session": session,
        "csrf": token_of(request),
        "path": request.url.path,
        "may": lambda scope: session is not None and scope in session.caller.scopes,
        **formatters(locale),
    }
    response = Page(template, status, known | context)
    keep_form_secret(request, response)
    return response


def error_page(request: Request, status: int, sentence: str) -> Response:
    """The page that says in a sentence what is wrong; a part of one where htmx asks."""
    title = HTTPStatus(status).phrase
    template = "notice.html" if is_htmx(request) else "error.html"
    page = render(request, template, status, title=title, sentence=sentence)
    page.fill_in()  # a sentence takes no time
    return page
