"""A list of partners as people have it: lines of names and addresses, or a file with columns for them.

Every line is found in the register or named as not found; nothing is guessed. `resolve` asks a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models.functions import Lower

from consultations.invitations.queries import Pair
from engagement.core import tabular
from engagement.core.errors import Refused
from engagement.stakeholders.models import Contact, Membership, Organisation

MOST_LINES = 5000
# How the columns of a file may be headed, in small letters.
NAMES = ("organisation", "organization", "name", "company")
ADDRESSES = ("email", "e-mail", "address", "e-mail address", "email address")


@dataclass(frozen=True)
class Line:
    """One partner as it was written: the number of its line, and what it says."""

    number: int
    name: str
    email: str


@dataclass(frozen=True)
class Resolved:
    """The partners of a list in the register, and a sentence for each line that is none."""

    organisations: list[int] = field(default_factory=list)
    named: list[Pair] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def lines_of_text(text: str) -> list[Line]:
    """One partner a line: a name, an address, or both with a semicolon or a tab between them, in any order."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in line.replace("\t", ";").split(";") if part.strip()]
        emails = [part.strip("<>") for part in parts if "@" in part]
        names = [part for part in parts if "@" not in part]
        if parts:
            found.append(Line(number, names[0] if names else "", emails[0].lower() if emails else ""))
    return _few_enough(found)


def lines_of_file(content: bytes, file_name: str) -> list[Line]:
    """The rows of a CSV or XLSX file by its columns; raises Refused when it has neither of them."""
    headings, rows = tabular.read_table(content, file_name)
    by_word = {heading.strip().lower(): heading for heading in headings}
    name = next((by_word[word] for word in NAMES if word in by_word), "")
    email = next((by_word[word] for word in ADDRESSES if word in by_word), "")
    if not name and not email:
        raise Refused("The file needs a column “Organisation” or a column “Email”.", field="file")
    found = [
        Line(row.number, row.cells.get(name, "").strip(), row.cells.get(email, "").strip().lower()) for row in rows
    ]
    return _few_enough([line for line in found if line.name or line.email])


def _few_enough(lines: list[Line]) -> list[Line]:
    if len(lines) > MOST_LINES:
        raise Refused(f"The list has {len(lines)} lines. The most is {MOST_LINES}; cut it in pieces.")
    return lines


def resolve(lines: Iterable[Line]) -> Resolved:
    """Find the partners of the lines in the register, each once."""
    rows = list(lines)
    bodies = _bodies({line.name.lower() for line in rows if line.name})
    people = _people({line.email for line in rows if line.email})
    held = _held([contact.pk for contact in people.values()])
    found = Resolved()
    seen: set[tuple[int | None, int | None]] = set()
    for line in rows:
        body, contact = bodies.get(line.name.lower()), people.get(line.email)
        places = held.get(contact.pk, []) if contact else []
        if problem := _problem(line, body, contact, places):
            found.problems.append(f"Line {line.number}: {problem}")
            continue
        if contact is None:
            assert body is not None
            key: tuple[int | None, int | None] = (body.pk, None)
            if key not in seen:
                found.organisations.append(body.pk)
        else:
            place = body or (places[0] if places else None)
            key = (place.pk if place else None, contact.pk)
            if key not in seen:
                found.named.append((contact, place))
        seen.add(key)
    return found


def _problem(line: Line, body: Organisation | None, contact: Contact | None, places: list[Organisation]) -> str:
    """Why the line names nobody whom we could ask, with what to do; empty when it does."""
    if line.name and body is None:
        return f"the register has no organisation “{line.name}”. Write its name as it stands there."
    if line.email and contact is None:
        return f"nobody in the register has the address {line.email}. Add the person to the register first."
    if contact is not None and body is not None and body not in places:
        return f"{contact} is not at {body} according to the register."
    if contact is not None and body is None and len(places) > 1:
        names = " and ".join(str(place) for place in places)
        return f"{contact} is at {names}. Write the organisation behind the address, with a semicolon between."
    return ""


def _bodies(names: set[str]) -> dict[str, Organisation]:
    rows = Organisation.objects.annotate(lower=Lower("name")).filter(lower__in=names)
    return {row.lower: row for row in rows.select_related("kind__sector").order_by("-closed_at", "pk")}


def _people(emails: set[str]) -> dict[str, Contact]:
    rows = Contact.objects.annotate(lower=Lower("email")).filter(lower__in=emails)
    return {row.lower: row for row in rows.order_by("pk")}


def _held(contacts: list[int]) -> dict[int, list[Organisation]]:
    rows = Membership.objects.current().filter(contact__in=contacts).select_related("organisation__kind__sector")
    held: dict[int, list[Organisation]] = {}
    for row in rows.order_by("pk"):
        held.setdefault(row.contact_id, []).append(row.organisation)
    return held
