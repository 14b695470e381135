import re
from hashlib import sha256
from pathlib import Path

import serving.desk
from serving.desk.static_files import static_address

FORBIDDEN = r"\sstyle=|\son\w+=|<style|<script(?! src)|javascript:|\|\s*safe"
FOLDER = Path(serving.desk.__file__).parent


def test_htmx_is_the_file_of_the_package():
    notice = (FOLDER / "static/vendor/NOTICE.txt").read_text()
    (script,) = (FOLDER / "static/vendor").glob("*.js")
    assert sha256(script.read_bytes()).hexdigest() in notice
    assert script.name == "htmx-2.0.11.min.js"


def test_a_file_is_kept_for_ever_under_the_address_of_its_content(desk):
    browser = desk.browser()
    answer = browser.get(static_address("desk.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert browser.get("/static/desk.css?v=old").headers["cache-control"] == "no-store"


def test_no_other_file_is_served(desk):
    browser = desk.browser()
    for path in ("../__init__.py", "%2e%2e/__init__.py", "vendor", "vendor/../../pages.py"):
        assert browser.get(f"/static/{path}").status_code == 404


def test_no_template_has_what_the_policy_forbids():
    for path in (FOLDER / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! src)|javascript:|\|\s*safe", text), (
            path.name
        )
        assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text, path.name
