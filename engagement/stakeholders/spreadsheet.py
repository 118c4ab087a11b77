"""The register's columns in a spreadsheet: what a row means, and what can be wrong with it.

Nothing here touches the database: the words that the register knows come in as a `Vocabulary`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from engagement.core.errors import Refused
from engagement.core.tabular import SourceRow, read_table
from engagement.stakeholders.models import Contact, Membership, Organisation, RegisterImport

COLUMNS = [
    "organisation", "kind", "areas", "size", "website", "contact name", "contact e-mail", "job title", "phone", "role",
]  # fmt: skip
# Other ways in which people head the same column.
ALIASES = {
    "organization": "organisation", "organisation name": "organisation", "area": "areas", "size band": "size",
    "contact": "contact name", "contact email": "contact e-mail", "e-mail": "contact e-mail", "email": "contact e-mail",
    "telephone": "phone", "web site": "website",
}  # fmt: skip
EXAMPLES = [
    {
        "organisation": "Tyne Castings Ltd", "kind": "Advanced manufacturing and automotive",
        "areas": "Gateshead; South Tyneside", "size": "medium", "website": "https://tyne-castings.example",
        "contact name": "Ada Fell", "contact e-mail": "ada.fell@tyne-castings.example", "job title": "Director",
        "phone": "0191 498 0000", "role": "lead",
    },
    {
        "organisation": "Tyne Castings Ltd", "kind": "", "areas": "", "size": "", "website": "",
        "contact name": "Tom Ridley", "contact e-mail": "tom.ridley@tyne-castings.example", "job title": "Buyer",
        "phone": "", "role": "contributor",
    },
]  # fmt: skip
INDIVIDUAL = "individual"
# Longer words are not compared with the names of the register to find the nearest.
LONGEST_GUESS = 80
_PHONE = re.compile(r"[0-9+()./ \-]*(?:(?:ext|x)\.? ?[0-9]+)?", re.IGNORECASE)


def compared(text: str) -> str:
    """A name as it is compared: capitals and spacing do not matter."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


@dataclass(frozen=True)
class Vocabulary:
    """The words of the register: compared name (or code) -> code, and the names themselves for suggestions.

    A kind whose name stands in two sectors is not in `kinds` by its bare name, only as “sector: kind”.
    """

    kinds: dict[str, str]
    areas: dict[str, str]
    kind_names: tuple[str, ...]
    area_names: tuple[str, ...]


@dataclass
class Line:
    """One row of the file, understood. An empty text means that the file says nothing about it."""

    row: int
    organisation: str = ""
    kind: str = ""
    areas: list[str] = field(default_factory=list)
    size: str = ""
    website: str = ""
    contact: str = ""
    email: str = ""
    job_title: str = ""
    phone: str = ""
    role: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Problem:
    """A row that cannot be imported, with every reason at once, and its cells as they stood."""

    row: int
    reasons: list[str]
    cells: dict[str, str]


def read(content: bytes, file_name: str, vocabulary: Vocabulary) -> tuple[list[Line], list[Problem]]:
    """The good lines and the bad rows of a file, each row looked at by itself.

    Raises Refused with a sentence when the file as a whole cannot be read or has other columns.
    """
    headings, rows = read_table(content, file_name)
    names = _columns(headings)
    if not rows:
        raise Refused("The file has headings but no rows under them.")
    if len(rows) > RegisterImport.LIMIT_ROWS:
        raise Refused(f"The file has more than {RegisterImport.LIMIT_ROWS:,} rows. Split it into smaller files.")
    lines, problems = [], []
    for row in rows:
        cells = {names[heading]: text for heading, text in row.cells.items()}
        line, reasons = understand(SourceRow(row.number, cells), vocabulary)
        if reasons:
            problems.append(Problem(row.number, reasons, cells))
        else:
            lines.append(line)
    return lines, problems


def _columns(headings: list[str]) -> dict[str, str]:
    """Heading as it stands in the file -> our name of the column."""
    names: dict[str, str] = {}
    unknown = []
    for heading in headings:
        if not heading:
            continue
        name = compared(heading).replace("_", " ")
        name = ALIASES.get(name, name)
        if name not in COLUMNS:
            unknown.append(heading)
        elif name in names.values():
            raise Refused(f"Two columns of the file mean “{name}”. Keep one of them.")
        names[heading] = name
    if "organisation" not in names.values():
        raise Refused(
            "The first row has no column “organisation”. The columns of the register are: " + ", ".join(COLUMNS) + "."
        )
    if unknown:
        listed = ", ".join(f"“{heading[:60]}”" for heading in unknown[:10])
        raise Refused(
            f"The register does not know the column {listed}. Take it out, or name it as one of: {', '.join(COLUMNS)}."
            if len(unknown) == 1
            else f"The register does not know the columns {listed}. Take them out, or name them as one of: "
            f"{', '.join(COLUMNS)}."
        )
    return names


def understand(row: SourceRow, vocabulary: Vocabulary) -> tuple[Line, list[str]]:
    """One row by itself: what it says, and every reason why it cannot stand."""
    cells = {name: " ".join(row.cells.get(name, "").split()) for name in COLUMNS}
    line = Line(row=row.number, organisation=cells["organisation"], contact=cells["contact name"])
    reasons: list[str] = []
    if any(_is_unreadable(text) for text in row.cells.values()):
        reasons.append("A cell holds a character that could not be read. Save the file as UTF-8 or as .xlsx.")
    for check in (_kind, _areas, _size, _website, _person, _details, _role, _who):
        reasons += check(line, cells, vocabulary)
    return line, reasons


def _is_unreadable(text: str) -> bool:
    # Nearly every cell is plain, and one question tells.
    if text.isprintable() and "\ufffd" not in text:
        return False
    return any(
        mark == "\ufffd" or (unicodedata.category(mark) in {"Cc", "Cs"} and mark not in "\t\r\n") for mark in text
    )


def _kind(line: Line, cells: dict[str, str], words: Vocabulary) -> list[str]:
    wanted = compared(cells["kind"])
    line.kind = words.kinds.get(wanted, "")
    if not wanted or line.kind:
        return []
    return [f"“{_short(cells['kind'])}” is not a kind in the register.{_nearest(wanted, words.kind_names)}"]


def _areas(line: Line, cells: dict[str, str], words: Vocabulary) -> list[str]:
    reasons = []
    for part in cells["areas"].split(";"):
        wanted = compared(part)
        if not wanted:
            continue
        code = words.areas.get(wanted)
        if code is None:
            reasons.append(
                f"“{_short(part.strip())}” is not an area in the register.{_nearest(wanted, words.area_names)}"
            )
        elif code not in line.areas:
            line.areas.append(code)
    line.areas.sort()
    return reasons


def _size(line: Line, cells: dict[str, str], words: Vocabulary) -> list[str]:
    wanted = compared(cells["size"])
    if not wanted:
        return []
    for value, label in Organisation.Size.choices:
        if value and wanted in {value, compared(str(label))}:
            line.size = value
            return []
    return [f"“{_short(cells['size'])}” is not a size. Write micro, small, medium or large, or leave the cell empty."]


def _website(line: Line, cells: dict[str, str], words: Vocabulary) -> list[str]:
    address = cells["website"]
    if not address:
        return []
    line.website = address if "://" in address else f"https://{address}"
    try:
        URLValidator(schemes=["http", "https"])(line.website)
    except ValidationError:
        return [f"“{_short(address)}” is not the address of a website."]
    return _too_long("website", line.website, Organisation, "website")


def _person(line: Line, cells: dict[str, str], words: Vocabulary) -> list[str]:
    line.email = cells["contact e-mail"].lower()
    reasons = []
    if line.email:
        try:
            validate_email(line.email)
        except ValidationError:
            reasons.append(f"“{_short(cells['contact e-mail'])}” is not an e-mail address.")
        reasons += _too_long("contact e-mail", line.email, Contact, "email")
        if not line.contact:
            reasons.append("The contact has an e-mail address but no name.")
    elif line.contact:
        reasons.append(f"{_short(line.contact)} has no e-mail address.")
    elif cells["job title"] or cells["phone"] or cells["role"]:
        reasons.append("The row has a job title, telephone number or role, but no contact.")
    return reasons + _too_long("contact name", line.contact, Contact, "name")


def _details(line: Line, cells: dict[str, str], words: Vocabulary) -> list[str]:
    line.job_title, line.phone = cells["job title"], cells["phone"]
    reasons = _too_long("job title", line.job_title, Contact, "job_title")
    if line.phone and not (_PHONE.fullmatch(line.phone) and any(mark.isdigit() for mark in line.phone)):
        reasons.append(f"“{_short(line.phone)}” is not a telephone number.")
    return reasons + _too_long("phone", line.phone, Contact, "phone")


def _role(line: Line, cells: dict[str, str], words: Vocabulary) -> list[str]:
    wanted = compared(cells["role"])
    if not wanted or wanted in Membership.Role.values:
        line.role = wanted
        return []
    return [f"“{_short(cells['role'])}” is not a role. Write lead, approver, contributor or viewer."]


def _who(line: Line, cells: dict[str, str], words: Vocabulary) -> list[str]:
    if line.organisation:
        return _too_long("organisation", line.organisation, Organisation, "name")
    if line.kind != INDIVIDUAL:
        return ["The organisation has no name. For a person who answers for themselves, write Individual as the kind."]
    if not (line.email or line.contact):
        return ["The row names neither an organisation nor a person."]
    if line.areas or line.size or line.website or line.role:
        return ["Areas, size, website and role belong to an organisation, and this row has none. Leave them empty."]
    return []


def _too_long(column: str, text: str, model: Any, name: str) -> list[str]:
    most = model._meta.get_field(name).max_length
    return [f"The {column} has {len(text)} characters; at most {most} can be kept."] if len(text) > most else []


@lru_cache(maxsize=2048)
def _nearest(wanted: str, names: tuple[str, ...]) -> str:
    if len(wanted) > LONGEST_GUESS:
        return ""
    by_words = {compared(name): name for name in names}
    found = difflib.get_close_matches(wanted, by_words, n=1, cutoff=0.6)
    return f" The nearest is “{by_words[found[0]]}”." if found else ""


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
