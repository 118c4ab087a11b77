"""What the steps of a rehearsal share: the people with their browsers, the mail, the folder for files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from consultations.dashboards.rehearsal.visitor import Form, Page, Unexpected, Visitor, accepted, wait_for

CODE = re.compile(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b")
MESSAGE = re.compile(r"/mail/([^/?]+)/$")


@dataclass
class Play:
    """One rehearsal. Its consultation and its organisations carry `tag`, so that it meets nothing else."""

    base_url: str
    out: Path
    tag: str
    password: str
    # Where the mail catcher keeps its messages; None when it cannot be read from here.
    mail_folder: Path | None = None
    people: dict[str, Visitor] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    # What one step leaves for the next: addresses of submissions, of the event, of the summary.
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return f"rehearsal-{self.tag}"

    @property
    def title(self) -> str:
        return f"Rehearsal {self.tag}: skills for green jobs"

    @property
    def manage(self) -> str:
        return f"/manage/{self.reference}"

    @property
    def organisations(self) -> list[str]:
        """Their names; the first has two people, the last never answers."""
        return [
            f"{name} {self.tag}"
            for name in ("Rehearsal Castings", "Rehearsal College", "Rehearsal Farms", "Rehearsal Homes")
        ]

    def address(self, name: str) -> str:
        """The mailbox of one of the partners."""
        return f"{name}.{self.tag}@rehearsal.example"

    def keep(self, name: str, content: bytes) -> Path:
        """Put a file into the folder of results."""
        path = self.out / name
        path.write_bytes(content)
        self.files.append(path)
        return path

    # --- signing in -----------------------------------------------------------------------------------------

    def staff(self, email: str) -> Visitor:
        """A member of staff, signed in with the password of the demonstration."""
        if email not in self.people:
            visitor = Visitor(self.base_url)
            page = visitor.get("/accounts/login/")
            accepted(visitor.send(page.form("login", "password"), {"login": email, "password": self.password}))
            if visitor.get("/home/").path != "/home/":
                raise Unexpected(f"{email} could not sign in with the password of the demonstration.")
            self.people[email] = visitor
        return self.people[email]

    def by_code(self, email: str, *, after: str = "") -> Visitor:
        """A partner who asks for a code on the sign-in page and reads it in their mail."""
        visitor = Visitor(self.base_url)
        page = visitor.get(f"/accounts/login/?next={quote(after)}" if after else "/accounts/login/")
        self.enter_code(visitor, page.form_to("/login/code/"), email, {"email": email})
        return visitor

    def make_account(self, email: str, name: str) -> Visitor:
        """Somebody who was not invited themselves makes an account and proves their address."""
        visitor = Visitor(self.base_url)
        page = visitor.get("/accounts/signup/")
        self.enter_code(visitor, page.form("email", "name"), email, {"email": email, "name": name})
        return visitor

    def enter_code(self, visitor: Visitor, form: Form, email: str, values: dict[str, Any]) -> Page:
        """Ask for a code with this form, wait for the message, type it in; the page that follows."""
        seen = set(self.messages_to(email))
        page = accepted(visitor.send(form, values))
        message = self.wait_for_mail(email, "code", besides=seen)
        found = CODE.search(message.text)
        if found is None:
            raise Unexpected(f"The message with the code has none: {message.text[:200]}")
        return accepted(visitor.send(page.form("code"), {"code": found[1]}))

    # --- mail -----------------------------------------------------------------------------------------------

    def messages_to(self, address: str) -> list[str]:
        """Names of the caught messages to this address, the newest first."""
        page = Visitor(self.base_url).get(f"/mail/?to={quote(address)}")
        found = [match[1] for link in page.links("/mail/") if (match := MESSAGE.search(link))]
        return list(dict.fromkeys(found))

    def mail(self, name: str) -> Page:
        return Visitor(self.base_url).get(f"/mail/{name}/")

    def wait_for_mail(self, address: str, words: str, *, besides: set[str] | None = None, seconds: float = 120) -> Page:
        """The message to this address that holds these words; the worker may take until its next look at the outbox."""
        looked: dict[str, bool] = dict.fromkeys(besides or set(), False)

        def look() -> Page | None:
            for name in self.messages_to(address):
                if name not in looked:
                    page = self.mail(name)
                    looked[name] = words.casefold() in page.text.casefold()
                    if looked[name]:
                        return page
            return None

        return wait_for(look, f"A message to {address} with “{words}”", seconds=seconds)

    def mail_with(self, address: str, words: str) -> list[str]:
        """Names of all messages to this address that hold these words."""
        return [name for name in self.messages_to(address) if words.casefold() in self.mail(name).text.casefold()]

    def raw_mail(self, page: Page) -> bytes:
        """The message as it came over the wire, where its folder can be read; otherwise its text."""
        name = page.path.rstrip("/").rpartition("/")[2]
        path = self.mail_folder / f"{name}.eml" if self.mail_folder else None
        return path.read_bytes() if path and path.is_file() else page.text.encode()


def demand(is_so: object, sentence: str) -> None:
    """Raise Unexpected with the sentence unless it is so."""
    if not is_so:
        raise Unexpected(sentence)


# A step: what happens in words, and the function that lets it happen and says what came of it.
Step = tuple[str, Callable[[Play], str]]
