"""What planning costs: one step to many recipients, the same pass again, and anew after the close has moved.

    .venv/bin/python benchmarks/plans.py [--recipients 10000] [--sqlite]

Recipients are invited organisations of their own. “Again” looks at everybody (once in an hour), “tick” is a pass in
between. The bound is the same messages rendered from their templates one by one, as they were before, without writing.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import timedelta
from typing import Any

import ground

SAMPLE = 300


def register(consultation: Any, number: int) -> None:
    """So many organisations with a contact each, invited ten days ago."""
    from django.utils import timezone  # noqa: PLC0415 - the settings come first

    from consultations.invitations.models import Invitation  # noqa: PLC0415
    from engagement.stakeholders.models import Contact, Kind, Membership, Organisation, Sector  # noqa: PLC0415

    sector = Sector.objects.create(code="trade", name="Trade")
    trade = Kind.objects.create(sector=sector, code="works", name="Works")
    bodies = Organisation.objects.bulk_create(
        [Organisation(name=f"Works {place}", kind=trade) for place in range(number)], batch_size=2000
    )
    people = Contact.objects.bulk_create(
        [Contact(name=f"Person {place}", email=f"person{place}@partner.example") for place in range(number)],
        batch_size=2000,
    )
    pairs = list(zip(bodies, people, strict=True))
    Membership.objects.bulk_create([Membership(organisation=body, contact=one) for body, one in pairs], batch_size=2000)
    Invitation.objects.bulk_create(
        [Invitation(consultation=consultation, organisation=body, contact=one, state="sent") for body, one in pairs],
        batch_size=2000,
    )
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=10))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--sqlite", action="store_true")
    wanted = parser.parse_args()
    with ground.database(postgres=not wanted.sqlite):
        from django.utils import timezone  # noqa: PLC0415 - the settings come first

        from consultations.notices import plan  # noqa: PLC0415
        from consultations.notices.models import PlannedStep  # noqa: PLC0415
        from consultations.programme.models import Consultation  # noqa: PLC0415
        from engagement.messaging import rendering  # noqa: PLC0415
        from engagement.messaging.models import OutgoingMessage  # noqa: PLC0415
        from engagement.plans.steps import Writer  # noqa: PLC0415

        now = timezone.now()
        consultation = Consultation.objects.create(
            reference="many", title="Growing together", state="open", opens_at=now, closes_at=now + timedelta(days=9)
        )
        ground.say(f"Inviting {wanted.recipients:,} organisations ...")
        register(consultation, wanted.recipients)
        step = PlannedStep.objects.create(
            consultation=consultation, kind="closing", anchor="closes", days=-5, local_time=plan.DEFAULT_TIME
        )
        kind, due = plan.PLAN.kind(step), plan.PLAN.due_at(step)
        some = [person for _, person in zip(range(SAMPLE), kind.people(step, due), strict=False)]
        writer = Writer(kind, step, due)
        one_by_one, _ = ground.cpu_of(
            lambda: [rendering.render(kind.template, {"unsubscribe_url": "x", **writer.context(one)}) for one in some]
        )
        timed: dict[str, float] = {}

        def measure(name: str, moment: Any) -> None:
            began = time.perf_counter()
            cpu, written = ground.cpu_of(lambda: plan.write_due(moment))
            wall = time.perf_counter() - began
            timed[name], timed[f"{name}_cpu"] = round(wall, 2), round(cpu, 2)
            ground.say(f"{name}: {wall:.2f} s, {written:,} new")

        measure("plan", now)
        measure("again", now + timedelta(hours=2))
        measure("tick", now + timedelta(hours=2, seconds=15))
        Consultation.objects.update(closes_at=consultation.closes_at + timedelta(days=1), schedule_revision=1)
        measure("moved", now + timedelta(hours=2, seconds=30))
        assert OutgoingMessage.objects.filter(state="planned").count() == wanted.recipients
        bound = one_by_one / SAMPLE * wanted.recipients
        ground.say(f"Rendering one by one would take {bound:.1f} s of CPU alone.")
        print(json.dumps({"recipients": wanted.recipients, "one_by_one_cpu": round(bound, 1), **timed}))


if __name__ == "__main__":
    main()
