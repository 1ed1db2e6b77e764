"""Debian's Chromium by Playwright, and what a person does with the page."""

import contextlib
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@contextlib.contextmanager
def chromium():
    """A browser; the test is skipped where none is installed."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("needs Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        try:
            yield browser
        finally:
            browser.close()


def choose(page, files):
    """Chooses files by the button's own input, or drops those of a folder."""
    page.set_input_files("#files", [str(file) for file in files])


def drop(page, names):
    """Drops small files by name, as an element of the page is given them."""
    page.evaluate(
        """(names) => {
            const transfer = new DataTransfer();
            for (const name of names) transfer.items.add(new File(["x"], name));
            const how = { dataTransfer: transfer, bubbles: true, cancelable: true };
            document.getElementById("drop").dispatchEvent(new DragEvent("drop", how));
        }""",
        names,
    )


def violations(page):
    """What axe-core finds wrong with the page as it stands."""
    found = Axe().run(page).response["violations"]
    return {one["id"]: [node["html"][:200] for node in one["nodes"]] for one in found}
