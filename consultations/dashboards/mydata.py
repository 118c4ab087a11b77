"""Everything that the site holds on one person, for themselves: rows about them, and where they are named.

What is about a person is found by what tables are, so that a new table is never forgotten: rows that hold their
address or its fingerprint, rows that point to their entry in the register, their own submissions, what they typed
themselves, and whatever goes when one of these goes. Where a row is somebody else's and only names them, as the one
who did something, it is counted: the rest of it is not theirs to read.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models
from django.db.models import Max, Min, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from consultations.dashboards.actwords import VERBS
from consultations.submissions.models import Comment, ResponseRevision, StatementRevision, Submission, Upload
from engagement.accounts.models import User
from engagement.audit.models import Entry
from engagement.events.models import NoteAmendment
from engagement.messaging.models import address_hash
from engagement.stakeholders.models import Contact

PACKAGES = ("engagement.", "consultations.")
# Words that a person typed, whoever the row belongs to.
TYPED: tuple[type[models.Model], ...] = (ResponseRevision, StatementRevision, Comment, NoteAmendment)
# What opens something, or means nothing to anybody.
SECRET = {"password", "link_key", "session_round", "address_key", "email_key", "form_key", "owner", "lease_until"}
KEYS = ("address_key", "email_key")
MOST_ACTS = 5000
Table = type[models.Model]


def addresses_of(user: User) -> set[str]:
    """The addresses of this account, in small letters. One that was only claimed and never proven is not theirs."""
    own = EmailAddress.objects.filter(user=user)
    claimed = {address.lower() for address in own.filter(verified=False).values_list("email", flat=True)}
    proven = {address.lower() for address in own.filter(verified=True).values_list("email", flat=True)}
    return (proven | {user.email.lower()}) - claimed


def tables() -> list[Table]:
    """Our own tables, and the addresses of accounts."""
    own = [table for table in apps.get_models() if table.__module__.startswith(PACKAGES)]
    return [*own, EmailAddress]


@dataclass(frozen=True)
class Named:
    """That the person is named in rows of somebody else: as what, how often, since and until when."""

    table: str
    role: str
    number: int
    first: datetime | None
    last: datetime | None


def _fields(table: Table, kind: type) -> Iterator[Any]:
    for field in table._meta.concrete_fields:
        if isinstance(field, kind):
            yield field


def _points_to(table: Table, target: Table) -> list[str]:
    return [field.name for field in _fields(table, models.ForeignKey) if field.related_model is target]


@dataclass(frozen=True)
class Person:
    """By what rows about somebody are told: account, proven addresses, their fingerprints, entries in the register."""

    user: User
    addresses: set[str]
    hashes: set[str]
    contacts: set[int]

    @classmethod
    def of(cls, user: User) -> Person:
        addresses = addresses_of(user)
        contacts = Contact.objects.filter(Q(user=user) | Q(email__in=addresses)).values_list("pk", flat=True)
        return cls(user, addresses, {address_hash(address) for address in addresses}, set(contacts))


def about(user: User) -> dict[Table, QuerySet[Any]]:
    """Table -> the rows of it that are about this person, those included that go with them."""
    person = Person.of(user)
    found: dict[Table, set[Any]] = {User: {user.pk}, Contact: set(person.contacts)}
    for table in tables():
        its = _its(table, person) if table not in (User, Entry) else Q()
        if its:
            found.setdefault(table, set()).update(table._default_manager.filter(its).values_list("pk", flat=True))
    _with_parts(found)
    return {table: table._default_manager.filter(pk__in=keys) for table, keys in found.items() if keys}


def _its(table: Table, person: Person) -> Q:
    """What tells the rows of a table that are about this person; an empty Q where nothing could."""
    its = Q()
    for field in _fields(table, models.EmailField):
        for address in person.addresses:
            its |= Q(**{f"{field.name}__iexact": address})
    for field in _fields(table, models.CharField):
        if field.name in KEYS:
            its |= Q(**{f"{field.name}__in": person.hashes})
    for name in _points_to(table, Contact) if person.contacts else ():
        its |= Q(**{f"{name}__in": person.contacts})
    for name in _points_to(table, User) if table in (EmailAddress, *TYPED) else ():
        its |= Q(**{name: person.user})
    if table is Submission:
        # That of an organisation is not one person's, whoever began it.
        its = (Q(respondent=person.user) | its) & Q(organisation=None)
    return its


def _with_parts(found: dict[Table, set[Any]]) -> None:
    """Add the rows that would go with rows found so far, and those that go with these."""
    waiting = [(table, keys) for table, keys in found.items() if keys and table is not User]
    while waiting:
        above, keys = waiting.pop()
        for table in tables():
            if table is Entry:
                continue
            for field in _fields(table, models.ForeignKey):
                if field.related_model is not above or field.remote_field.on_delete is not models.CASCADE:
                    continue
                rows = table._default_manager.filter(**{f"{field.name}__in": keys}).values_list("pk", flat=True)
                new = set(rows) - found.setdefault(table, set())
                if new:
                    found[table] |= new
                    waiting.append((table, new))


def named(user: User) -> list[Named]:
    """Where their account is named as the one who did something, in rows that are not about them."""
    found = []
    for table in tables():
        if table in (User, EmailAddress, Entry) or table in TYPED:
            continue
        moment = "created_at" if any(field.name == "created_at" for field in table._meta.concrete_fields) else ""
        for name in _points_to(table, User):
            rows = table._default_manager.filter(**{name: user})
            summed = {"first": Min(moment), "last": Max(moment)} if moment else {}
            told = rows.aggregate(number=models.Count("pk"), **summed)
            if told["number"]:
                words = str(table._meta.verbose_name_plural)
                role = name.replace("_", " ")
                found.append(Named(words, role, told["number"], told.get("first"), told.get("last")))
    return found


def acts(user: User) -> list[dict[str, Any]]:
    """What they did and what was done to their account, from the record of acts; the newest 5,000."""
    theirs = Q(actor=user) | Q(subject_kind="accounts.user", subject_key=str(user.pk))
    contacts = [str(key) for key in Contact.objects.filter(user=user).values_list("pk", flat=True)]
    theirs |= Q(subject_kind="stakeholders.contact", subject_key__in=contacts)
    rows = Entry.objects.filter(theirs).order_by("-at", "-pk")[:MOST_ACTS]
    return [
        {"at": row.at, "what": VERBS.get(row.verb, row.verb), "to": row.subject_label, "facts": row.facts}
        for row in rows
    ]


def _row(row: models.Model, user: User) -> dict[str, Any]:
    """One row by the names of its columns, without other people."""
    told: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in SECRET:
            continue
        value = getattr(row, field.attname)
        if isinstance(field, models.ForeignKey) and field.related_model is User and value != user.pk:
            continue
        if isinstance(field, models.ForeignKey):
            value = str(getattr(row, field.name)) if value is not None else None
        elif isinstance(field, models.FileField):
            value = str(value)
        elif field.choices and value:
            value = str(getattr(row, f"get_{field.name}_display")())
        if value not in (None, "", [], {}):
            told[str(field.verbose_name)] = value
    return told


def collect(user: User) -> dict[str, Any]:
    """All of it as plain values."""
    groups = [
        {
            "name": str(table._meta.verbose_name_plural),
            "rows": [_row(row, user) for row in rows.select_related(*_followed(table)).order_by("pk")],
        }
        for table, rows in about(user).items()
    ]
    return {
        "made": timezone.now(),
        "account": user.email,
        "held": groups,
        "named": [vars(one) for one in named(user)],
        "acts": acts(user),
    }


def _followed(table: Table) -> list[str]:
    return [field.name for field in _fields(table, models.ForeignKey)]


def _as_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def as_zip(user: User) -> IO[bytes]:
    """A ZIP with the same as JSON, for programs, and as a page, for people; and the files that they sent."""
    told = collect(user)
    out = tempfile.SpooledTemporaryFile(max_size=20 * 1024 * 1024)  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(told, default=_as_text, ensure_ascii=False, indent=1))
        archive.writestr("my-data.html", render_to_string("dashboards/my_data.html", {"told": told}))
        for number, (name, row) in enumerate(_files(user), 1):
            with row.file.open("rb") as content, archive.open(f"files/{number}-{name}", "w") as place:
                while piece := content.read(io.DEFAULT_BUFFER_SIZE * 16):
                    place.write(piece)
    out.seek(0)
    return out


def _files(user: User) -> Iterator[tuple[str, Upload]]:
    for table, rows in about(user).items():
        if issubclass(table, Upload):
            for row in rows.filter(scan__in=[Upload.Scan.OFF, Upload.Scan.CLEAN]).order_by("pk"):
                if row.file and row.file.storage.exists(row.file.name):
                    yield row.file_name, row
