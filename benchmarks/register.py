"""What a register of 10,000 organisations and 25,000 people costs: import, search, segments, the page of one partner.

    .venv/bin/python benchmarks/register.py [--organisations 10000] [--contacts 25000] [--bad 137] [--sqlite]

The file is made here, with so many bad rows among the good ones, and goes in through the same doors as from the page:
read, previewed with every bad row and its reasons, imported. Pages are asked for through the whole stack of the site in
one process, warm, by a member of staff: the middle of nine by the clock, and
what one took of processors (`cpu`), which a busy machine does not change. `import_bound_s` is the same rows copied into
three bare tables, `preview_bound_ms` the rows alone that a preview looks at. The last line is JSON.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import ground

TIMES = 9
HEAD = (
    "organisation", "kind", "areas", "size", "website", "contact name", "contact e-mail", "job title", "phone", "role",
)  # fmt: skip
PLACES = ("Tyne", "Wear", "Tees", "Coquet", "Wansbeck", "Aln", "Derwent", "Team", "Pont", "Blyth", "Rede", "Allen")
FIRST = ("Ada", "Tom", "Una", "Zoe", "Iris", "Neil", "Priya", "Owen", "Ruth", "Samir", "Daljit", "Greta", "Hal", "Mo")
LAST = ("Fell", "Ridley", "Hall", "Corvane", "Haltwick", "Denwick", "Pandon", "Alder", "Milburn", "Swinhoe", "Yarrow")
WORKS = ("Works", "Castings", "College", "Trust", "Software", "Farms", "Logistics", "Care", "Studios", "Energy")


def file_of(organisations: int, contacts: int, bad: int, words: Any) -> bytes:
    """A CSV file with one row for each contact; every so many rows is a bad one in one of four ways."""
    chance = random.Random(1)
    kinds, areas = list(words.kind_names), list(words.area_names)
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD)
    writer.writeheader()
    every = max(1, contacts // max(1, bad))
    left = bad
    for number in range(contacts):
        place = number % organisations
        name = f"{PLACES[place % 12]} {PLACES[place // 12 % 12]} {WORKS[place // 144 % 10]} {place:05}"
        row = {
            "organisation": name,
            "contact name": f"{chance.choice(FIRST)} {chance.choice(LAST)}{number % 997:03}",
            "contact e-mail": f"person{number}@{place:05}.partners.example",
            "job title": "Director" if number % 3 else "",
            "phone": f"0191 {number:07}",
            "role": ("lead", "approver", "contributor", "viewer")[number % 4],
        }
        if number < organisations:
            row |= {
                "kind": chance.choice(kinds),
                "areas": "; ".join(sorted({chance.choice(areas) for _ in range(1 + number % 2)})),
                "size": ("micro", "small", "medium", "large", "")[number % 5],
                "website": f"https://{place:05}.partners.example",
            }
        writer.writerow(row)
        if left and number % every == every - 1:
            left -= 1
            writer.writerow({**row, **_fault(left, number)})
    return out.getvalue().encode()


def _fault(left: int, number: int) -> dict[str, str]:
    """What is wrong with a bad row, beside the person who stands in the row before."""
    other = {"contact e-mail": f"other{number}@partners.example", "contact name": f"Other {number}"}
    return [
        {**other, "contact e-mail": "nowhere"},
        {**other, "kind": "Zeppelin"},
        {**other, "areas": "Atlantis"},
        {},
    ][left % 4]


def remembered(consultations: int) -> None:
    """What partners did before: invitations and responses of half of them, and an event for a tenth."""
    from django.utils import timezone  # noqa: PLC0415 - the settings come first

    from consultations.invitations.models import Invitation  # noqa: PLC0415
    from consultations.programme.models import Consultation  # noqa: PLC0415
    from consultations.submissions.models import Submission  # noqa: PLC0415
    from engagement.events.models import Attendance, Event, Registration  # noqa: PLC0415
    from engagement.stakeholders.models import Membership  # noqa: PLC0415

    now = timezone.now()
    held = list(Membership.objects.order_by("organisation_id", "pk").values_list("organisation_id", "contact_id"))
    first = dict(reversed(held))
    for number in range(consultations):
        over = now - timedelta(days=30 * (number + 1))
        consultation = Consultation.objects.create(
            reference=f"c{number}", title=f"Consultation {number}", purpose="x", closes_at=over, state="closed"
        )
        asked = [(one, who) for one, who in first.items() if one % 4 <= number]
        Invitation.objects.bulk_create([
            Invitation(consultation=consultation, organisation_id=one, contact_id=who, state="sent",
                       sent_at=over - timedelta(days=40))
            for one, who in asked
        ], batch_size=2000)  # fmt: skip
        Submission.objects.bulk_create([
            Submission(consultation=consultation, organisation_id=one, reference=f"{number}-{one}", state="submitted",
                       submitted_at=over, confidentiality="named", timing="on_time")
            for one, _ in asked if one % 3
        ], batch_size=2000)  # fmt: skip
    event = Event.objects.create(title="Summit", slug="summit", starts_at=now - timedelta(days=9),
                                 ends_at=now - timedelta(days=8), capacity=10_000, state="held")  # fmt: skip
    places = Registration.objects.bulk_create([
        Registration(event=event, organisation_id=one, contact_id=who, name="x", email_key=str(who), state="confirmed",
                     confirmed_at=now)
        for one, who in first.items() if one % 10 == 0
    ], batch_size=2000)  # fmt: skip
    Attendance.objects.bulk_create([Attendance(registration=one, status="attended") for one in places], batch_size=2000)


def warm_ms(act: Callable[[], Any]) -> tuple[float, float]:
    """The middle of several warm runs by the clock, and what one of them took of processors, the database's included.

    Both in milliseconds. On a machine with nothing else to do the two are the same.
    """
    act()
    found = []
    worked = work_s()
    for _ in range(TIMES):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(found), 1), round((work_s() - worked) * 1000 / TIMES, 1)


def work_s() -> float:
    """Seconds of processor that this process and its server in the database have used."""
    from django.db import connection  # noqa: PLC0415 - the settings come first

    found = time.process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
        found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def copied(content: bytes) -> float:
    """Seconds to put the same rows into three bare tables, by the quickest door of the database."""
    from django.db import connection, transaction  # noqa: PLC0415 - the settings come first

    rows = list(csv.DictReader(io.StringIO(content.decode())))
    tables = {
        "bare_organisation": {(row["organisation"], row["kind"], row["website"]) for row in rows if row["kind"]},
        "bare_contact": {(row["contact e-mail"], row["contact name"], row["phone"]) for row in rows},
        "bare_membership": {(row["organisation"], row["contact e-mail"], row["role"]) for row in rows},
    }
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, values in tables.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (a text, b text, c text)")
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for value in values:
                        copy.write_row(value)
            else:
                cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s, %s)", list(values))
    return time.perf_counter() - began


def looked_at() -> None:
    """The rows that the numbers of a segment stand on, read and thrown away."""
    from django.db import connection  # noqa: PLC0415 - the settings come first

    with connection.cursor() as cursor:
        for query in (
            "SELECT id, kind_id, size, is_representative FROM stakeholders_organisation",
            "SELECT organisation_id, area_id FROM stakeholders_organisation_areas",
            "SELECT organisation_id, contact_id, role FROM stakeholders_membership",
        ):
            cursor.execute(query)
            cursor.fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--contacts", type=int, default=25_000)
    parser.add_argument("--bad", type=int, default=137)
    parser.add_argument("--sqlite", action="store_true")
    wanted = parser.parse_args()
    with ground.database(postgres=not wanted.sqlite):
        print(json.dumps(measured(wanted)))


def measured(wanted: argparse.Namespace) -> dict[str, Any]:
    """Every figure, by name."""
    from django.db import connection  # noqa: PLC0415 - the settings come first
    from django.test import Client, override_settings  # noqa: PLC0415

    from engagement.accounts.models import User  # noqa: PLC0415
    from engagement.stakeholders import actions, importing, plan  # noqa: PLC0415
    from engagement.stakeholders.models import Contact, Organisation  # noqa: PLC0415

    actions.ensure_classification()
    staff = User.objects.create_user(email="priya@benchmark.example", password="x", staff_role="engagement")
    content = file_of(wanted.organisations, wanted.contacts, wanted.bad, plan.vocabulary())

    began, worked = time.perf_counter(), work_s()
    staged = actions.stage_import(content, "partners.csv", actor=staff)
    staged_s = time.perf_counter() - began
    problems = len(staged.problems)
    assert problems == wanted.bad, f"{problems} bad rows were found"
    assert all(row["reasons"] for row in staged.problems)
    actions.request_import(staged.pk, only_good_rows=True)
    importing.run(staged.pk)
    import_s, import_cpu_s = time.perf_counter() - began, work_s() - worked
    ground.say(f"import: {staged_s:.1f} s to check, {import_s:.1f} s in all")
    counts = (Organisation.objects.count(), Contact.objects.count())
    assert counts == (wanted.organisations, wanted.contacts), counts
    bound_s = copied(content)
    remembered(3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    client = Client(raise_request_exception=True)
    client.force_login(staff)
    partner = Organisation.objects.order_by("pk")[wanted.organisations // 2]
    pages = {
        "list": "/register/",
        "search_name": "/register/?q=Coquet+Wansbeck",
        "search_address": "/register/?q=person4321@",
        "search_filtered": "/register/?q=works&sector=education&area=gateshead&order=-people",
        "search_misspelt": "/register/?q=Coqeut+Wansbekc+Castigns",
        "people": "/register/people/?q=Ridley0",
        "preview_all": "/register/segments/new/",
        "preview_narrow": "/register/segments/new/?chosen=1&sectors=business&areas=gateshead&areas=sunderland"
        "&sizes=small&roles=lead&behaviour=silent&months=12",
        "partner": f"/register/{partner.public_id}/",
        "history": f"/register/{partner.public_id}/history/",
        "twice": "/register/people/twice/",
    }
    figures: dict[str, Any] = {}
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        for name, address in pages.items():

            def ask(address: str = address) -> None:
                assert client.get(address).status_code == 200, address

            figures[f"{name}_ms"], figures[f"{name}_cpu_ms"] = warm_ms(ask)
            ground.say(f"{name}: {figures[f'{name}_ms']} ms, {figures[f'{name}_cpu_ms']} of work")
    return {
        "database": connection.vendor,
        "organisations": counts[0],
        "contacts": counts[1],
        "bad_rows": problems,
        "check_s": round(staged_s, 1),
        "import_s": round(import_s, 1),
        "import_cpu_s": round(import_cpu_s, 1),
        "import_bound_s": round(bound_s, 2),
        **figures,
        "preview_bound_ms": warm_ms(looked_at)[1],
        "peak_mb": round(ground.peak_mb()),
    }


if __name__ == "__main__":
    main()
