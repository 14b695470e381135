"""The vetting desk: pages at ``/`` on which analysts screen creators, and file the evidence.

Server-rendered (Jinja2), moved by htmx and a few small scripts of our own, without a build step. Every
answer has a Content-Security-Policy that allows no inline script and no inline style, and nothing from
elsewhere. Importing this package imports none of the libraries of the extra ``desk``;
:mod:`serving.desk.routes` does.

How a page is added
-------------------
1. **Route.** In a module of the page's own, declare ``NAME_PAGES``: for each path its methods, and for each
   method the scope that it needs and the endpoint, as ``LIST_PAGES`` in :mod:`serving.desk.lists` does; add
   it to ``PAGES`` in :mod:`serving.desk.routes` (to ``PUBLIC``, without scopes, where no session is needed,
   such as behind a link with a secret). :mod:`serving.desk.pages` then sees to session, right, CSRF token,
   error pages and headers. ``session_of(request).caller`` has tenant, actor (for the audit log) and scopes;
   ``session_of(request).name`` is what people read. Forms: ``await field(request, "name")``. After a
   change: ``return redirect(request, "/where")``, which serves browsers and htmx. A refusal is an
   ``AssayError`` with one sentence: it becomes a page, or a notice at the top where htmx asked.
2. **Store.** What reads is a function of a ``Connection``, called by ``await store_access(request).read(f,
   ...)``; what writes is a function of the ``Store``, called by ``.run(f, ...)``, and appends its event to
   the audit log in the same transaction. The tenant is an argument of every one of them.
3. **Template.** ``templates/name.html`` extends ``base.html`` and fills ``title`` and ``main``; ``render(
   request, "name.html", **context)`` makes the page. Everything is escaped; texts of strangers go through
   ``|isolate``, which isolates their direction and shortens them (``|plainly`` in attributes). Numbers and
   times are written by what ``formatters`` gives, in the reader's locale; absent is an en dash. Each form
   has ``{{ m.csrf_field(csrf) }}``; htmx sends the token by itself. Macros for labels, states and the scale
   are in ``macros.html``. No ``style=`` and no ``on...=``: the policy forbids them.
4. **Style.** ``static/desk.css`` by its custom properties (``--ink``, ``--line``, ``--accused`` ...), so that
   light, dark and print follow. Behaviour goes into a small file in ``static/``, loaded by ``{% block
   scripts %}``, and the page works without it where that is possible.
5. **Test.** ``tests/serving/desk/`` asks the page in this process (see ``desk`` in its conftest);
   ``tests/desk/`` opens it in Chromium: add its path to the pages that axe-core looks at, and to
   ``docs/desk`` by ``make desk-screenshots``.
"""
