"""The pages of the interface itself, at ``/docs``: from the package, no script, and nothing to fetch."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from serving.app.openapi import openapi
from serving.app.problem_page import problem_rows

__all__ = ["PAGE_ENDPOINTS"]

TEMPLATES: Final = files("serving.app") / "templates"
NAMES: Final = ("page.html", "api.html", "problems.html")


async def read_api_page(_: Request) -> Response:
    """Every route, from the OpenAPI document."""
    return page_response(api_page())


async def read_problem_page(_: Request) -> Response:
    """Every kind of problem, which the ``type`` of a problem document leads to."""
    return page_response(problems_page())


def page_response(page: str) -> Response:
    """A page under a policy that allows its own styles, and nothing else."""
    policy = (
        f"default-src 'none'; style-src '{style_source()}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "max-age=3600",
    }
    return HTMLResponse(page, headers=headers)


@cache
def api_page() -> str:
    """The page of the routes.

    >>> '<h3 id="screenAccount"><code>POST /v1/verdicts</code></h3>' in api_page()
    True
    """
    document = openapi()
    operations = [
        {"path": path, "method": method.upper(), "operation": operation, "scope": scope_of(operation)}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return environment().get_template("api.html").render(document=document, operations=operations)


@cache
def problems_page() -> str:
    """The page of the problems."""
    return environment().get_template("problems.html").render(problems=problem_rows())


def scope_of(operation: dict[str, Any]) -> str:
    """The scope that an operation needs; empty where it needs none, or not everywhere."""
    wanted = [scopes for one in operation.get("security", [{}]) for scopes in one.values()]
    return ", ".join(wanted[0]) if wanted else ""


@cache
def environment() -> Environment:
    """The templates: every value is escaped."""
    sources = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in NAMES}
    found = Environment(
        loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    found.filters |= {"code": with_code, "example": as_example}
    found.globals["style"] = Markup(style())
    return found


@cache
def style() -> str:
    """The styles of all pages."""
    return (TEMPLATES / "page.css").read_text(encoding="utf-8")


def style_source() -> str:
    """The styles as a policy names them."""
    return "sha256-" + base64.b64encode(sha256(style().encode()).digest()).decode()


def with_code(text: str) -> Markup:
    """A text whose parts between backticks are code.

    >>> with_code("`a < b` & c")
    Markup('<code>a &lt; b</code> &amp; c')
    """
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def as_example(value: Any) -> str:
    """An example as it is shown: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


PAGE_ENDPOINTS: Final = {"/docs": read_api_page, "/docs/problems": read_problem_page}
"""The pages that need no key: they say nothing that the package does not."""
