"""What saving a page, reading a response and the page of figures cost as submissions grow, on PostgreSQL.

    .venv/bin/python benchmarks/growth.py [--sizes 1000,30000,300000]

For each size a consultation of its own, in a database of its own, with counted submissions to the same survey. Saving
is what the page of a survey does when its button is pressed; reading is the page on which staff read one response; the
figures are the page of every question with its charts, not split and split by sector, while the changes of ten
responses still wait to be folded in. Milliseconds of wall time, the quickest of several runs, since other work on
the machine only adds to them; the web server is left out. Ratios are of the largest size to the smallest. The last
line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import ground

TIMES = 15
WAITING = 10


def quickest_ms(act: Callable[[], Any], times: int = TIMES) -> float:
    """The quickest of so many runs after one that warms up, in milliseconds of wall time."""
    act()
    return round(ground.best_ms(act, times), 2)


def page(client: Any, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def measured(number: int) -> dict[str, float]:
    """The figures of one size."""
    with ground.database():
        from django.db import connection  # noqa: PLC0415 - the settings come first
        from django.test import Client  # noqa: PLC0415

        from consultations.dashboards.seeding import invented  # noqa: PLC0415
        from consultations.submissions import actions, lifecycle, queries, tallies  # noqa: PLC0415
        from consultations.surveys.definition import load  # noqa: PLC0415
        from engagement.accounts.actions import ensure_user, set_staff_role  # noqa: PLC0415

        began = time.perf_counter()
        consultation = ground.seeded(number)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        seeded = time.perf_counter() - began
        survey = consultation.surveys.get()
        definition = load(survey.current_version)

        chance = random.Random(number)
        sent = []
        for person in range(WAITING):
            user = ensure_user(f"late{person}@growth.example", "Late")
            draft = actions.start(consultation, user, kind=_kind(), areas=[_area()])
            actions.fill(draft, survey, invented(definition, chance), actor=user)
            actions.choose_confidentiality(draft.pk, "named", actor=user)
            draft.refresh_from_db()
            if not lifecycle.lacking(draft, [part for part in queries.parts_of(draft) if part.is_begun]):
                sent.append(lifecycle.submit(draft.pk, actor=user))
        assert sent, "no draft was complete"

        writer = ensure_user("writer@growth.example", "Writer")
        draft = actions.start(consultation, writer, kind=_kind(), areas=[_area()])
        response = actions.begin_response(draft, survey)
        first = definition.pages[0]
        turns = iter(range(1_000_000))

        def save() -> None:
            turn = next(turns)
            answers = {question.code: f"Text number {turn}" for question in first.questions if question.is_answered}
            actions.save_section(response.pk, page_code=first.code, answers=answers, actor=writer)

        staff = set_staff_role(ensure_user("staff@growth.example", "Staff").pk, "administrator", actor=None)
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(staff)
        one = queries.counted(consultation).order_by("pk")[number // 2]
        base = f"/manage/{consultation.reference}"
        found = {
            "save_ms": quickest_ms(save),
            "read_ms": quickest_ms(lambda: page(client, f"{base}/submissions/{one.reference}/")),
            "figures_ms": quickest_ms(lambda: page(client, f"{base}/figures/?survey={survey.code}")),
            "figures_by_sector_ms": quickest_ms(
                lambda: page(client, f"{base}/figures/?survey={survey.code}&split=sector")
            ),
            "overview_ms": quickest_ms(lambda: page(client, f"{base}/figures/"), 5),
            "waiting": len(sent),
            "seed_s": round(seeded, 1),
        }
        began = time.perf_counter()
        tallies.fold(survey.pk)
        found["fold_ms"] = round((time.perf_counter() - began) * 1000, 1)
        return found


def _kind() -> Any:
    from engagement.stakeholders.models import Kind  # noqa: PLC0415

    return Kind.objects.filter(sector__code="individual").order_by("pk").first()


def _area() -> Any:
    from engagement.stakeholders.models import Area  # noqa: PLC0415

    return Area.objects.filter(level="authority").order_by("pk").first()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,30000,300000", help="numbers of submissions, commas between them")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.one:
        print(json.dumps(measured(wanted.one)))
        return
    began, found = time.perf_counter(), {}
    sizes = sorted(int(size) for size in wanted.sizes.split(","))
    for size in sizes:
        ground.say(f"{size:,} submissions ...")
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(size)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stderr)
        found[size] = json.loads(done.stdout.splitlines()[-1])
        ground.say(f"{size:,}: {found[size]}")
    names = ["save_ms", "read_ms", "figures_ms", "figures_by_sector_ms", "overview_ms", "seed_s", "fold_ms"]
    result: dict[str, Any] = {"sizes": sizes}
    for name in names:
        result[name] = {str(size): found[size][name] for size in sizes}
    for name in names[:5]:
        result[f"{name.removesuffix('_ms')}_ratio"] = round(found[sizes[-1]][name] / found[sizes[0]][name], 2)
    result["wall_s"] = round(time.perf_counter() - began, 1)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
