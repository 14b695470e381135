"""The demo's shortlist of forty creators, cleared on the desk's pages by keyboard alone, and what was true.

``python -m benchmarks.desk.clearing`` writes results/clearing.json beside it. Two readers clear it, each on
a desk of its own. ``rule`` confirms what is flagged and what is cleared, asks for data where there is not
enough to clear, and opens the page of whatever is for a person to review: there it overturns nothing, asks
for data where the page says that the account is unlike those learned from, and where no part is unusual;
else it says what the account is by the parts that are. ``reader`` does what decisions.json says: what one
of those who build the desk decided, from its pages alone and before any comparison with what is true, and
which pages were opened for it; of all others the rule holds. No analyst takes part, and nobody is timed.
Minutes are estimated: all words of the queue's rows, and of the pages that were opened down to the reasons,
at 230 a minute (Brysbaert 2019: 238 for silent reading of English), and .28 seconds for each key and letter
(Card, Moran and Newell 1980, an average typist); none for thinking. The browser's and the service's own
time is measured.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from playwright.sync_api import Locator, Page, sync_playwright

from accounts.document import to_documents
from accounts.simulation import simulate
from benchmarks.desk.looks import WAIT_MS, signed_in
from benchmarks.desk.screenshots import NOBODIES, assay, service
from serving.desk.shown_names import shown_name

RESULTS: Final = Path(__file__).with_name("results") / "clearing.json"
DECISIONS: Final = Path(__file__).with_name("decisions.json")
CREATORS: Final = 40
WORDS_A_MINUTE: Final = 230
SECONDS_A_KEY: Final = 0.28
NAMES: Final = {
    "Signals of inflation": "flagged", "Signals of automation": "flagged", "No signs found": "cleared",
    "For a person to review": "review", "Not enough to clear": "insufficient",
}  # fmt: skip
UNLIKE: Final = "unlike those of the accounts learned from"
UNUSUAL: Final = ".part-out, .part-far-out"
TOO_LITTLE: Final = "Too little was seen."
DECIDED: Final = "tr.current .state-confirmed, tr.current .state-overturned, tr.current .state-needs-data"


class Decision(NamedTuple):
    """What a reader decides: the desk's key for it, what that says of the account, and the reason's words.

    Without a reason that which the desk suggests stands, or else that there is too little.
    """

    key: str
    says: str
    reason: str


@dataclass
class Effort:
    """What a reader did so far: keys pressed, letters typed, words met, pages opened."""

    page: Page
    keys: int = 0
    letters: int = 0
    words: int = 0
    opened: int = 0
    decided: dict[str, tuple[str, str]] = field(default_factory=dict)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, words: str) -> None:
        """Type words."""
        self.page.keyboard.type(words)
        self.letters += len(words)

    def read(self, *parts: Locator) -> None:
        """Meet the words of some parts of a page."""
        self.words += sum(len(part.inner_text().split()) for part in parts)


BY_LABEL: Final = {
    "flagged": Decision("c", "fake", "By the reasons on the page."),
    "cleared": Decision("c", "honest", "No part that was seen speaks against it."),
    "insufficient": Decision("n", "asked for data", ""),
}


def by_page(page: Page) -> Decision:
    """What the rule decides from a creator's page."""
    accused = page.locator(UNUSUAL).count() > 0
    unlike = UNLIKE in page.locator("section.card").first.inner_text()
    if accused and not unlike:
        return Decision("c", "fake", "By its unusual parts.")
    return Decision("n", "asked for data", "More posts.")


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


def clear(page: Page, queue: str, recorded: Mapping[str, Mapping[str, Any]]) -> Effort:
    """Go through all rows once."""
    page.goto(queue)
    effort = Effort(page)
    effort.read(page.locator("#queue tbody"))
    page.locator("#queue a.creator").first.focus()
    for place in range(CREATORS):
        if place:
            effort.press("j")
        row = page.locator("#queue tbody tr").nth(place)
        name, label = row.locator("a.creator").inner_text(), NAMES[row.locator(".label").inner_text().strip()]
        decision, opens = recorded_or_ruled(name, label, recorded)
        if opens:
            effort.press("Enter")
            page.wait_for_selector("#reasons")
            effort.opened += 1
            effort.read(*(page.locator(part).first for part in ("section.card", "#parts", "#reasons")))
            decision = decision or by_page(page)
        assert decision is not None
        decide(effort, decision, "#reason" if opens else "#decide-reason")
        if opens:
            page.wait_for_selector("#decision .log")
            effort.press("u")
            page.wait_for_url(f"{queue}#*")
        page.wait_for_selector(DECIDED)
        effort.decided[name] = (label, decision.says)
    return effort


def recorded_or_ruled(
    name: str, label: str, recorded: Mapping[str, Mapping[str, Any]]
) -> tuple[Decision | None, bool]:
    """What was decided about a creator, and whether its page was opened for it."""
    known = recorded.get(name)
    if known is None:
        return BY_LABEL.get(label), label not in BY_LABEL
    if known["label"] != label:
        sys.exit(f"{name} has another label than in {DECISIONS.name}: read its pages, and decide again.")
    says = {"n": "asked for data"}.get(known["key"], "honest" if known.get("what") == "authentic" else "fake")
    return Decision(known["key"], says, known["reason"]), known.get("opened", False)


def decide(effort: Effort, decision: Decision, field_of_reason: str) -> None:
    """Choose by a key, write the reason where it is not suggested, and save."""
    effort.press(decision.key)
    effort.page.wait_for_selector(f"{field_of_reason}:focus")
    suggested = effort.page.input_value(field_of_reason)
    effort.write(decision.reason or ("" if suggested else TOO_LITTLE))
    effort.press("Tab", "Enter")
    effort.page.wait_for_selector("#decide-dialog:not([open]), #decision .log", state="attached")


def compare_with_truth(effort: Effort, truth: Mapping[str, str], seconds: float) -> dict[str, Any]:
    """A reader's decisions beside what is true, and what they cost."""
    table = Counter((label, said, truth[name]) for name, (label, said) in effort.decided.items())
    final = {key: count for key, count in table.items() if key[1] != "asked for data"}
    presses = effort.keys + effort.letters
    return {
        "decided": sum(final.values()),
        "decisions_that_agree_with_the_truth": sum(
            count for (_, said, true), count in final.items() if said == true
        ),
        "honest_called_fake": sum(
            count for (_, said, true), count in final.items() if (said, true) == ("fake", "honest")
        ),
        "fakes_called_honest": sum(
            count for (_, said, true), count in final.items() if (said, true) == ("honest", "fake")
        ),
        "by_label_decision_and_truth": [[*key, count] for key, count in sorted(table.items())],
        "pages_opened": effort.opened,
        "keys": effort.keys,
        "letters_of_reasons": effort.letters,
        "words_read": effort.words,
        "minutes": {
            "browser_and_service": round(seconds / 60, 1),
            "reading_estimated": round(effort.words / WORDS_A_MINUTE, 1),
            "keys_and_letters_estimated": round(presses * SECONDS_A_KEY / 60, 1),
        },
    }


def measure(
    page: Page, address: str, path: Path, truth: Mapping[str, str], recorded: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
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
    effort = clear(page, page.url, recorded)
    return compare_with_truth(effort, truth, time.monotonic() - start)


def main() -> None:
    """Measure, print, and write the figures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("This needs Chromium: apt-get install chromium.")
    readers = {"rule": {}, "reader": json.loads(DECISIONS.read_text(encoding="utf-8"))}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path, truth = truths(Path(folder))
        figures: dict[str, Any] = {
            "creators": CREATORS, "fakes": sum(one == "fake" for one in truth.values()),
        }  # fmt: skip
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, recorded in readers.items():
            home = Path(folder) / name
            with service(home) as address:
                invite = ("desk", "invite", "Lee", "--role", "lead", "--address", address)
                context = signed_in(browser, assay(home, *invite))
                figures[name] = measure(context.new_page(), address, path, truth, recorded)
                context.close()
        browser.close()
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
