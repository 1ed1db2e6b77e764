"""Debian's Chromium by Playwright, and what a person does with the page."""

import contextlib
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WIDE = {"width": 1280, "height": 900}


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


@contextlib.contextmanager
def opened(browser, port, *, size=WIDE, model=None, **options):
    """A page of its own, which must not say or load anything that is not its own.

    `model` is the name and version of the one that is chosen.
    """
    context = browser.new_context(viewport=size, **options)
    page = context.new_page()
    page.set_default_timeout(120_000)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#facts summary, #token-form:not([hidden])")
        if model:
            page.select_option("#model", model)
        yield page
        page.said, page.asked = said, asked
        elsewhere = [url for url in asked if not url.startswith(_own(port))]
        assert not elsewhere
        refusals = re.compile(r"Failed to load resource.* 4\d\d ")
        assert not [text for text in said if not refusals.search(text)]
    finally:
        context.close()


def _own(port):
    return (f"http://127.0.0.1:{port}/", f"blob:http://127.0.0.1:{port}/")


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
