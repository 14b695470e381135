"""The demo's shortlist of forty creators, cleared on the desk's pages by keyboard alone, and what was true.

``python -m benchmarks.desk.clearing`` writes results/clearing.json beside it. No person takes part: a stated
rule stands in for the analyst. It confirms what is flagged and what is cleared, asks for data where there is
not enough to clear, and opens the page of whatever is for a person to review: there it overturns nothing.
It asks for data where the page says that the account is unlike those learned from, and where no part is
unusual; else it says what the account is by the parts that are. Minutes are the
browser's own, and those that reading takes at 230 words a minute (Brysbaert 2019: 238 for silent reading of
English): all words of the queue's rows, and of the pages that were opened down to the reasons.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from accounts.document import to_documents
from accounts.simulation import simulate
from benchmarks.desk.looks import WAIT_MS, signed_in
from benchmarks.desk.screenshots import NOBODIES, assay, service
from serving.desk.new_entries import shown_name

RESULTS: Final = Path(__file__).with_name("results") / "clearing.json"
CREATORS: Final = 40
WORDS_A_MINUTE: Final = 230
NAMES: Final = {
    "Signals of inflation": "flagged", "Signals of automation": "flagged", "No signs found": "cleared",
    "For a person to review": "review", "Not enough to clear": "insufficient",
}  # fmt: skip
KEYS: Final = {"flagged": "c", "cleared": "c", "insufficient": "n"}
UNLIKE: Final = "unlike those of the accounts learned from"
UNUSUAL: Final = ".part-out, .part-far-out"


def truths(folder: Path) -> tuple[Path, dict[str, str]]:
    """The shortlist of `make desk` as a file, and what each account is, by the name that the queue shows."""
    population = simulate(CREATORS, seed=7, without=NOBODIES)
    documents = list(to_documents(population.tables))
    path = folder / "shortlist.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in documents), encoding="utf-8")
    fakes = {
        row["account_id"]: bool(row["inflated"] or row["automated"])
        for row in population.labels.iter_rows(named=True)
    }
    return path, {shown_name(one): "fake" if fakes[one["account_id"]] else "honest" for one in documents}


def decide(page: Page, key: str, reason: str) -> None:
    """Open the dialog of the row that has the focus by its key, write the reason, and save, by keyboard."""
    page.keyboard.press(key)
    page.wait_for_selector("#decide-dialog[open]")
    page.keyboard.type(reason)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#decide-dialog:not([open])", state="attached")
    page.wait_for_selector("tr.current .state-confirmed, tr.current .state-needs-data")


def words_of(text: str) -> int:
    """How many words a reader meets."""
    return len(text.split())


def look(page: Page, queue: str) -> tuple[bool, int]:
    """Open the creator that has the focus, and go back: whether a part accuses it, and the words read."""
    page.keyboard.press("Enter")
    page.wait_for_selector("#reasons")
    unusual = (
        page.locator(UNUSUAL).count() > 0 and UNLIKE not in page.locator("section.card").first.inner_text()
    )
    words = sum(
        words_of(page.locator(part).first.inner_text()) for part in ("section.card", "#parts", "#reasons")
    )
    page.keyboard.press("u")
    page.wait_for_url(f"{queue}#*")
    page.wait_for_selector("tr.current")
    return unusual, words


def clear(page: Page, queue: str) -> dict[str, Any]:
    """Go through all rows once; the decisions by name, and the words that were read."""
    page.goto(queue)
    words = words_of(page.inner_text("#queue tbody"))
    decided: dict[str, tuple[str, str]] = {}
    for place in range(CREATORS):
        row = page.locator("#queue tbody tr").nth(place)
        name = row.locator("a.creator").inner_text()
        label = NAMES[row.locator(".label").inner_text().strip()]
        row.locator("a.creator").focus()
        said = {"flagged": "fake", "cleared": "honest", "insufficient": "asked for data"}.get(label)
        key = KEYS.get(label, "c")
        if said is None:
            unusual, read = look(page, queue)
            words += read
            said, key = ("fake", "c") if unusual else ("asked for data", "n")
        decide(page, key, "By the reasons on the page.")
        decided[name] = (label, said)
    return {"decided": decided, "words": words}


def measure(page: Page, address: str, path: Path, truth: dict[str, str]) -> dict[str, Any]:
    """Drop the file, screen it, clear the list, and compare with what was true."""
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{address}/screen")
    page.set_input_files("#files", str(path))
    page.click("#drop-form button")
    page.wait_for_url("**/screen/*")
    page.click("form.start button")
    page.wait_for_selector("h1:text-is('Screened')")
    page.click("text=To the list")
    page.wait_for_url("**/lists/*")
    start = time.monotonic()
    found = clear(page, page.url)
    seconds = time.monotonic() - start
    table = Counter((label, said, truth[name]) for name, (label, said) in found["decided"].items())
    final = {key: count for key, count in table.items() if key[1] != "asked for data"}
    agree = sum(count for (_, said, true), count in final.items() if said == true)
    return {
        "creators": CREATORS,
        "fakes": sum(one == "fake" for one in truth.values()),
        "decided": sum(final.values()),
        "decisions_that_agree_with_the_truth": agree,
        "honest_called_fake": sum(
            count for (_, said, true), count in final.items() if (said, true) == ("fake", "honest")
        ),
        "fakes_called_honest": sum(
            count for (_, said, true), count in final.items() if (said, true) == ("honest", "fake")
        ),
        "by_label_decision_and_truth": [[*key, count] for key, count in sorted(table.items())],
        "words_read": found["words"],
        "minutes": {
            "browser_and_service": round(seconds / 60, 1),
            "reading": round(found["words"] / WORDS_A_MINUTE, 1),
        },
    }


def main() -> None:
    """Measure, print, and write the figures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("This needs Chromium: apt-get install chromium.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"
        path, truth = truths(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with service(home) as address:
            invite = ("desk", "invite", "Lee", "--role", "lead", "--address", address)
            context = signed_in(browser, assay(home, *invite))
            figures = measure(context.new_page(), address, path, truth)
            context.close()
        browser.close()
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
