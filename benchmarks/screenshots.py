"""Pictures of every page, as the public and as people with an account see it.

    .venv/bin/python benchmarks/screenshots.py --out DIR [--site http://127.0.0.1:8000]
        [--as ruth.abbotson@soundings.example ...] [--also /consultations/one/ ...]
        [--widths 320,768,1280] [--looks light,dark,print] [--only surveys:edit]

The site must be running, and this program needs its settings (the same environment): it signs people in with
sessions which it writes into the database and removes afterwards. It follows links only and presses no button. Without
`--as` it shows the first account of each staff role and the first partner who has a submission.

Files are named `<who>-<page>-<look>-<width>.png`; `print` makes an A4 PDF. A long page
continues in `-2.png` and so on. The index of all is `index.html`.
"""

from __future__ import annotations

import argparse
import html
import os
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engagement.settings")
django.setup()

from django.conf import settings  # noqa: E402 - needs the settings
from django.contrib.auth import get_user_model  # noqa: E402
from django.test import Client  # noqa: E402

from tests.plugins.walk import walk  # noqa: E402

# Longer pages are cut into several pictures.
TALLEST = 3000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--site", default=os.environ.get("SITE_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--as", dest="people", nargs="*", default=None, metavar="ADDRESS")
    parser.add_argument("--also", nargs="*", default=[], metavar="PATH")
    parser.add_argument("--widths", default="320,768,1280")
    parser.add_argument("--looks", default="light,dark,print")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--no-public", action="store_true", help="leave out what is seen without an account")
    return parser.parse_args()


def sign_in(addresses: list[str] | None) -> list[tuple[str, Client]]:
    """(name, client with a session) of each person; the usual selection when there are no addresses."""
    people = get_user_model().objects.filter(is_active=True).order_by("pk")
    if addresses is None:
        chosen = [people.filter(staff_role=role).first() for role in ("administrator", "engagement", "officer")]
        chosen.append(people.filter(staff_role="", submissions__isnull=False).first())
    else:
        chosen = [people.get(email=address) for address in addresses]
    found = []
    for user in filter(None, chosen):
        client = Client()
        client.force_login(user)
        found.append((user.email.partition("@")[0].replace(".", "-"), client))
    return found


def shoot(page: Any, name: str, options: argparse.Namespace) -> list[str]:
    made = []
    for look in options.looks.split(","):
        if look == "print":
            page.emulate_media(color_scheme="light", media="print")
            page.pdf(path=options.out / f"{name}.pdf", format="A4", print_background=False)
            made.append(f"{name}.pdf")
            continue
        page.emulate_media(color_scheme=look, media="screen")
        for width in options.widths.split(","):
            page.set_viewport_size({"width": int(width), "height": 900})
            height = page.evaluate("document.documentElement.scrollHeight")
            for part, top in enumerate(range(0, height, TALLEST), start=1):
                made.append(f"{name}-{look}-{width}{f'-{part}' if part > 1 else ''}.png")
                area = {"x": 0, "y": top, "width": int(width), "height": min(TALLEST, height - top)}
                page.screenshot(path=options.out / made[-1], full_page=True, clip=area)
    page.emulate_media(color_scheme="light", media="screen")
    return made


def main() -> int:
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    people = sign_in(options.people)
    index: list[str] = []
    faults = 0
    with sync_playwright() as playwright:
        executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or None
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        visitors = people if options.no_public else [("public", None), *people]
        for who, client in visitors:
            context = browser.new_context(base_url=options.site, viewport={"width": 1280, "height": 900})
            if client:
                key = client.cookies[settings.SESSION_COOKIE_NAME].value
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": options.site}])
            page = context.new_page()
            page.goto("/")
            starts = ["/home/", *options.also] if client else ["/", *options.also, "/not-here/", "/accounts/login/"]
            for kind, response in walk(page, starts):
                path = urlsplit(page.url).path
                faults += response.status >= 500
                if options.only not in kind:
                    continue
                name = f"{who}-{kind.replace(':', '-')}"
                if path in options.also:
                    name += "-" + path.strip("/").replace("/", "_")[-40:]
                files = shoot(page, name, options)
                title = html.escape(page.title())
                links = " ".join(f'<a href="{file}">{file}</a>' for file in files)
                where = f"<code>{html.escape(path)}</code> {response.status}"
                index.append(f"<dt>{who}: {title} {where}</dt><dd>{links}</dd>")
                print(f"{response.status} {who:24} {kind:40} {path}", flush=True)
            context.close()
        browser.close()
    for _, client in people:
        client.logout()
    (options.out / "index.html").write_text(
        f'<!doctype html><html lang="en"><title>Pages</title><h1>Pages</h1><dl>{"".join(index)}</dl></html>'
    )
    print(f"{len(index)} pages in {options.out}, {faults} answers of 500 or more")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
