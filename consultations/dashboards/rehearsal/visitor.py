"""Somebody with a browser: fetches pages, fills in the forms that stand on them, follows where they lead.

Standard library and lxml; knows nothing of Django, so that it meets the platform only as people do.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar
from typing import Any, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

T = TypeVar("T")
# Seconds for one answer of the server, and between two looks at a page that has to change.
ANSWER_SECONDS, LOOK_SECONDS = 60, 0.2
CHOSEN = {"radio", "checkbox"}


class Unexpected(Exception):
    """A page was not what this step needs; the message says which page and what it said."""


@dataclass(frozen=True)
class File:
    """A file to upload."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


Values = Mapping[str, Any]


class Page:
    """One answer of the server."""

    def __init__(self, url: str, status: int, headers: Message, body: bytes) -> None:
        self.url, self.status, self.headers, self.body = url, status, headers, body

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def tree(self) -> Any:
        return html.fromstring(self.body.decode("utf-8", "replace"), base_url=self.url)

    @property
    def text(self) -> str:
        """What one reads, spaces made single."""
        tree = self.tree
        for hidden in tree.xpath("//script|//style|//head"):
            hidden.drop_tree()
        return " ".join(tree.text_content().split())

    @property
    def said(self) -> str:
        """What the page complains of: its error summary and its notices; its beginning when it has neither."""
        found = self.tree.xpath("//*[contains(@class, 'error-summary')]|//*[contains(@class, 'notice')]")
        words = " ".join(" ".join(one.text_content().split()) for one in found)
        return words[:600] or self.text[:300]

    def links(self, part: str) -> list[str]:
        """Addresses of the links that hold this text in words or address."""
        found = self.tree.xpath("//a[@href]")
        return [urljoin(self.url, a.get("href")) for a in found if part in a.get("href") or part in a.text_content()]

    def link(self, part: str) -> str:
        """The first of them; raises Unexpected without one."""
        links = self.links(part)
        if not links:
            raise Unexpected(f"{self.path} has no link with “{part}”. It says: {self.said}")
        return links[0]

    def form(self, *having: str) -> Form:
        """The form for posting that has all these fields, or the first one; raises Unexpected without one."""
        for element in self.tree.xpath("//form"):
            form = Form(self, element)
            # The way out stands in the head of every page.
            is_sign_out = "logout" in form.action
            if form.is_post and set(having) <= form.names and not is_sign_out:
                return form
        raise Unexpected(f"{self.path} has no form with {', '.join(having) or 'a button'}. It says: {self.said}")

    def form_to(self, part: str) -> Form:
        """The form for posting whose address holds this text; raises Unexpected without one."""
        for element in self.tree.xpath("//form"):
            form = Form(self, element)
            if form.is_post and part in urlsplit(form.action).path:
                return form
        raise Unexpected(f"{self.path} has no form that leads to “{part}”. It says: {self.said}")


class Form:
    """A form as it stands on a page, with what is filled in already."""

    def __init__(self, page: Page, element: Any) -> None:
        self.page, self.element = page, element
        controls = element.xpath(".//input|.//textarea|.//select|.//button")
        form_id = element.get("id")
        if form_id:
            controls += page.tree.xpath(f"//*[@form='{form_id}']")
        self.controls = [one for one in controls if one.get("name")]

    @property
    def names(self) -> set[str]:
        return {one.get("name") for one in self.controls}

    @property
    def is_post(self) -> bool:
        return (self.element.get("method") or "get").lower() == "post"

    @property
    def action(self) -> str:
        return urljoin(self.page.url, self.element.get("action") or self.page.url)

    def choices(self, name: str) -> list[str]:
        """The values that one can choose for this field."""
        found = []
        for one in self.controls:
            if one.get("name") == name:
                options = one.xpath(".//option/@value") if one.tag == "select" else [one.get("value", "on")]
                found += [str(value) for value in options if value]
        return found

    def label(self, name: str, words: str) -> str:
        """The value of the choice whose label holds these words; raises Unexpected without one."""
        for one in self.controls:
            if one.get("name") != name:
                continue
            for option in one.xpath(".//option") if one.tag == "select" else [one]:
                label = option.text_content() if one.tag == "select" else self._label_of(one)
                if words.casefold() in " ".join(label.split()).casefold():
                    return str(option.get("value"))
        raise Unexpected(f"{self.page.path} offers no “{words}” for “{name}”.")

    def _label_of(self, control: Any) -> str:
        labels = control.xpath("ancestor::label") or self.element.xpath(".//label[@for=$id]", id=control.get("id", ""))
        return " ".join(label.text_content() for label in labels)

    def filled_in(self) -> dict[str, list[Any]]:
        """What the browser would send if nobody touched the form; buttons and files aside."""
        found: dict[str, list[Any]] = {}
        for one in self.controls:
            name, kind = one.get("name"), (one.get("type") or "text").lower()
            if one.tag == "button" or kind in {"submit", "file", "image", "button"} or one.get("disabled") is not None:
                continue
            if one.tag == "select":
                values = one.xpath(".//option[@selected]/@value") or one.xpath(".//option/@value")[:1]
            elif one.tag == "textarea":
                values = [(one.text or "").removeprefix("\n")]
            elif kind in CHOSEN:
                values = [one.get("value", "on")] if one.get("checked") is not None else []
            else:
                values = [one.get("value", "")]
            found.setdefault(name, []).extend(str(value) for value in values)
        return found

    def data(self, values: Values, button: str = "") -> list[tuple[str, Any]]:
        """Name and value pairs to send: what stands there, with `values` over it (a list for several ticks)."""
        sent = self.filled_in()
        unknown = sorted(set(values) - self.names)
        if unknown:
            raise Unexpected(
                f"{self.page.path} has no field {', '.join(unknown)}; it has {', '.join(sorted(self.names))}."
            )
        for name, value in values.items():
            sent[name] = [] if value is None else list(value) if isinstance(value, list) else [value]
        pairs = [(name, value) for name, found in sent.items() for value in found]
        if button:
            name, _, value = button.partition("=")
            pairs.append((name, value))
        return pairs


class SentOn(urllib.request.HTTPRedirectHandler):
    """Sends a form on to where the answer says (307), as browsers do."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if code == 307 and req.data is not None:
            # Not its cookies: those of the answer in between count.
            return urllib.request.Request(newurl, data=req.data, headers=dict(req.headers))  # noqa: S310
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Visitor:
    """One person's browser, with their cookies."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), SentOn())

    def get(self, address: str, *, expect: int = 200) -> Page:
        """The page at this address or path; raises Unexpected for another status than the expected one."""
        return self._ask(urllib.request.Request(self._full(address)), expect)  # noqa: S310 - our own server

    def send(self, form: Form, values: Values | None = None, *, button: str = "", expect: int = 200) -> Page:
        """Send a form, with `values` over what stands in it and the button `name=value` that is pressed."""
        pairs = form.data(values or {}, button)
        if any(isinstance(value, File) for _, value in pairs) or form.element.get("enctype", "").startswith(
            "multipart"
        ):
            content_type, body = _multipart(pairs)
        else:
            content_type, body = "application/x-www-form-urlencoded", urlencode(pairs).encode()
        request = urllib.request.Request(form.action, data=body, headers={"Content-Type": content_type})  # noqa: S310
        request.add_header("Referer", form.page.url)
        return self._ask(request, expect)

    def fill(self, address: str, values: Values, *, button: str = "", expect: int = 200) -> Page:
        """Open a page and send its form with these values; raises Unexpected when the form comes back with errors."""
        page = self.get(address)
        answer = self.send(page.form(*values), values, button=button, expect=expect)
        return accepted(answer)

    def press(self, address: str, *having: str, values: Values | None = None) -> Page:
        """Open a page that asks for a confirmation, and confirm."""
        page = self.get(address)
        return accepted(self.send(page.form(*having), values))

    def _full(self, address: str) -> str:
        return address if address.startswith("http") else self.base_url + address

    def _ask(self, request: urllib.request.Request, expect: int) -> Page:
        try:
            with self.opener.open(request, timeout=ANSWER_SECONDS) as answer:
                page = Page(answer.url, answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            page = Page(error.url or request.full_url, error.code, error.headers, error.read())
        except OSError as error:
            raise Unexpected(f"{request.full_url} does not answer: {error}") from error
        if page.status != expect:
            raise Unexpected(f"{request.get_method()} {page.path} answered {page.status}: {page.said}")
        return page


def accepted(page: Page) -> Page:
    """The page, unless it shows an error summary; then raises Unexpected with what it says."""
    if page.tree.xpath("//*[contains(@class, 'error-summary')]"):
        raise Unexpected(f"{page.path} says: {page.said}")
    return page


def _multipart(pairs: list[tuple[str, Any]]) -> tuple[str, bytes]:
    boundary = uuid.uuid4().hex
    parts: list[bytes] = []
    for name, value in pairs:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, File):
            head += f'; filename="{value.name}"\r\nContent-Type: {value.content_type}'
            parts.append(head.encode() + b"\r\n\r\n" + value.content + b"\r\n")
        else:
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, f"--{boundary}--\r\n".encode()])


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 90) -> T:
    """Look again and again until there is something; raises Unexpected when time is over."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Unexpected(f"{what} did not come within {seconds:.0f} seconds.")
        time.sleep(LOOK_SECONDS)
