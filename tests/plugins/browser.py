"""A real Chromium through Playwright, pages on a live server, and the accessibility check."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """The browser of this machine: CHROMIUM in the environment, else on the PATH, else Playwright's own."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`open_page(path, user=None, width=1280, js=True)` -> a Playwright page on the live server.

    `user` is signed in without the form. At the end the test fails on script errors and on anything that the
    content security policy refused; answers such as 404 and 422 are no errors here.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def listen(message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def make(path: str = "/", *, user: Any = None, width: int = 1280, height: int = 900, js: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            java_script_enabled=js,
            accept_downloads=True,
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails with a list of what stands in the way of people who use the page differently."""

    def check(page: Page) -> None:
        result = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"], "selectors": False})
        problems = [
            f"{problem['id']} ({problem['impact']}): {node['html'][:200]}"
            for problem in result.response["violations"]
            for node in problem["nodes"]
        ]
        assert not problems, f"{page.url}\n" + "\n".join(problems)

    return check


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """`fits(page)` fails when the page can be scrolled sideways."""

    def check(page: Page) -> None:
        # A click may have begun to open the next page.
        page.wait_for_load_state()
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= seen, f"{page.url} is {wide} pixels wide in a window of {seen}"

    return check
