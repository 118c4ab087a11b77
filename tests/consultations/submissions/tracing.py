"""People who answer anonymously in a known order, and the search for what tells who said what, or in which order."""

from __future__ import annotations

import io
import random
import zipfile
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from consultations.submissions import (
    flood,
    links,
)
from consultations.surveys.definition import Choice, Question
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import AreaFactory, ContactFactory, KindFactory, SectorFactory
from tests.factories.surveys import published_survey
from tests.plugins.client import StrictClient

# With nine, chance lines a column up once in 360,000 times.
PEOPLE = 9
# Tables of the register, of the question and of the site, to which everybody's rows lead: no way from one person to
# one response goes through them.
HUBS = {
    "programme_consultation", "surveys_survey", "surveys_surveyversion", "stakeholders_area", "stakeholders_kind",
    "stakeholders_sector", "django_content_type", "submissions_tally", "auth_permission",
}  # fmt: skip
# By number, and not in the order of the alphabet.
NAMES = ("mara", "eve", "zoe", "ada", "lia", "tom", "ben", "ivy", "kit")
CHOICES = tuple(Choice(f"choice{n}", f"Choice {n}") for n in range(PEOPLE))


def growing():
    """A consultation that takes anonymous responses, with a choice for each person and a long text."""
    found = ConsultationFactory(
        reference="growing",
        title="Growing together",
        takes_anonymous=True,
        opens_at=timezone.now() - timedelta(days=40),
    )
    questions = (
        Question("first", "single", "Which comes first?", required=True, choices=CHOICES),
        Question("why", "long_text", "Why?"),
    )
    published_survey(found, questions, code="views", title="Your views")
    return found


def url(name, *args):
    return reverse(f"submissions:{name}", args=args)


def start(client, consultation, **facts):
    at = timezone.now().timestamp() - 10
    return client.post(
        url("start_anonymous", consultation.reference), {"stamp": flood.stamp(consultation, at=at), **facts}
    )


def send(client, consultation, number, **facts):
    """One person's way through the pages, to the page that shows the response once."""
    address = start(client, consultation, **facts).url
    public_id = address.rstrip("/").split("/")[-2]
    said = {"first": f"choice{number}", "why": said_by(number), "revision": "0"}
    assert client.post(url("section", public_id, "views", "main"), said).status_code == 302
    client.post(url("statement", public_id), {"statement": f"Statement {said_by(number)}", "revision": "0"})
    client.post(url("confidentiality", public_id), {"confidentiality": "unnamed", "seen": ""})
    return client.post(url("submit", public_id)), public_id


def address_of(number):
    return f"{NAMES[number]}@fell.example"


def said_by(number):
    return f"zq{number}z it is the buses that end too early"


class Crowd:
    """Nine people with accounts and invitations, who answer in an order that is not that of their accounts, their
    contacts, their invitations or their signing in."""

    def __init__(self, consultation):
        chance = random.Random(7)
        order = lambda: chance.sample(range(PEOPLE), PEOPLE)  # noqa: E731
        self.kind = KindFactory(sector=SectorFactory(code="individual", name="Individuals"), name="Resident")
        self.area = AreaFactory(name="Tyneside")
        self.people: dict[int, Any] = {}
        for number in order():
            self.people[number] = UserFactory(email=address_of(number), name=f"{NAMES[number].title()} Fell")
        contacts = {
            number: ContactFactory(user=self.people[number], email=self.people[number].email) for number in order()
        }
        for number in order():
            InvitationFactory(consultation=consultation, organisation=None, contact=contacts[number])
        self.clients = {number: StrictClient() for number in order()}
        for number in order():
            self.clients[number].force_login(self.people[number])
        self.tokens, self.drafts = [], []

    def answer(self, consultation):
        """Each in turn, 0 first."""
        for number in range(PEOPLE):
            client = self.clients[number]
            page, draft = send(client, consultation, number, kind=self.kind.code, areas=[self.area.code])
            assert page.status_code == 200, page.content.decode()
            self.tokens.append(client.cookies[links.cookie_name()].value)
            self.drafts.append(draft)


# --- the search -----------------------------------------------------------------------------------------


def rows_of_everything():
    """(table, key) -> {column: value} of every row of every table, whether it has a model or not."""
    keys = {model._meta.db_table: model._meta.pk.column for model in apps.get_models(include_auto_created=True)}
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for place, values in enumerate(cursor.fetchall()):
                row = dict(zip(names, values, strict=True))
                found[table, row.get(keys.get(table, ""), place)] = row
    return found


def relations():
    """table -> {column: the table that it leads to}."""
    found = defaultdict(dict)
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.remote_field is not None:
                found[model._meta.db_table][field.column] = field.remote_field.model._meta.db_table
    return found


def names_of(rows):
    """Text that names a row wherever it is quoted -> the row: keys, public ids, references, addresses."""
    found = {}
    for place, row in rows.items():
        table, key = place
        for column in ("public_id", "reference", "email", "session_key", "link_key"):
            if table not in HUBS and row.get(column):
                found[plain(column, row[column])] = place
        if table.startswith("submissions_") and isinstance(key, int) and key < 0:
            found[str(key)] = place
        # The record of acts names things by their model and key.
        model = {"submissions_submission": "submissions.submission", "accounts_user": "accounts.user"}.get(table)
        if model:
            found[f"{model} {key}"] = place
    return found


def plain(column, value):
    return str(value).replace("-", "") if column == "public_id" else str(value)


def ties_of(rows):
    """Row -> the rows that it names by a foreign key or by a text, and those that name it so."""
    leads, names, found = relations(), names_of(rows), defaultdict(set)
    for place, row in rows.items():
        table = place[0]
        if table in HUBS:
            continue
        targets = {(leads[table].get(column), value) for column, value in row.items()}
        targets = {target for target in targets if target in rows and target[0] not in HUBS}
        texts = [plain(column, value) for column, value in row.items() if isinstance(value, str | dict | list)]
        texts += [plain(column, value) for column, value in row.items() if column.endswith(("_key", "public_id"))]
        texts.append(f"{row.get('subject_kind')} {row.get('subject_key')}")
        targets |= {target for name, target in names.items() if any(said(name, text) for text in texts)}
        for target in targets - {place}:
            found[place].add(target)
            found[target].add(place)
    return found


def said(name, text):
    return name == text if " " in name else name in text


def told_by(rows):
    """(“person” or “response”, number) -> every row that can be reached from those that are about them."""
    ties, found = ties_of(rows), {}
    for number in range(PEOPLE):
        for kind, starts in (("person", person_rows(rows, number)), ("response", response_rows(rows, number))):
            seen, waiting = set(starts), list(starts)
            while waiting:
                new = ties[waiting.pop()] - seen
                seen |= new
                waiting += new
            found[kind, number] = seen
    return found


def person_rows(rows, number):
    return [place for place, row in rows.items() if row.get("email") == address_of(number)]


def response_rows(rows, number):
    return [
        place
        for place, row in rows.items()
        if place[0].startswith("submissions_") and place[0] not in HUBS and f"zq{number}z" in str(row)
    ]


def direct_links(rows):
    told = told_by(rows)
    return [(number, place) for number in range(PEOPLE) for place in told["person", number] & told["response", number]]


def columns_in_order(rows):
    """(person or response, table, column) of every column that lists them in the order in which they answered, up or
    down."""
    told = told_by(rows)
    found = []
    for kind in ("person", "response"):
        values = defaultdict(dict)
        for number in range(PEOPLE):
            for table, key in told[kind, number]:
                for column, value in rows[table, key].items():
                    values[table, column].setdefault(number, []).append(value)
                values[table, "its key"].setdefault(number, []).append(key)
        for (table, column), of in values.items():
            if len(of) < PEOPLE:
                continue
            for choose in (min, max):
                try:
                    listed = [choose(value for value in of[number] if value is not None) for number in range(PEOPLE)]
                    up = all(one < other for one, other in pairwise(listed))
                    down = all(one > other for one, other in pairwise(listed))
                except (TypeError, ValueError):
                    continue
                if (up or down) and not any(f"zq{number}z" in str(listed[number]) for number in range(PEOPLE)):
                    found.append((kind, table, column))
    return found


def without_what_was_said(found):
    """What people said is theirs: “zq0z” comes before “zq1z” in any order of rows."""
    return sorted({one for one in found if one[2] not in {"data", "text", "statement"}})


def places_in_order():
    """On PostgreSQL, the tables whose rows lie in the order of answering, or whose transactions are numbered in it."""
    found = []
    if connection.vendor != "postgresql":
        return found
    for table, column in (
        ("submissions_submission", "statement"), ("submissions_response", "data"), ("submissions_textanswer", "text"),
        ("submissions_tally", "choice_code"),
    ):  # fmt: skip
        for system in ("ctid", "xmin::text::bigint"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {column}::text, {system} FROM {table} ORDER BY {system}, {column}::text")
                rows = cursor.fetchall()
            marks = [
                (number, at)
                for text, at in rows
                for number in range(PEOPLE)
                if f"zq{number}z" in text or text == f"choice{number}"
            ]
            numbers = list(dict.fromkeys(number for number, _ in marks))
            if len({at for _, at in marks}) > 1 and numbers in (list(range(PEOPLE)), list(range(PEOPLE))[::-1]):
                found.append((table, system))
    return found


def read_all(content):
    """The texts of an export, whether it is one file or an archive."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [content.decode("utf-8-sig")]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
