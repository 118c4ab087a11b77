"""The register as staff keep it today: calls, promises, interests, consent, segments, and what stands there twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from consultations.dashboards.demonstration.register import Body
from engagement.stakeholders import actions
from engagement.stakeholders.models import Contact, Interest, Membership, Organisation

# Way, days since, what was said, in how many days it is due (None: nothing was promised), whether it is done.
TALKS = (
    ("call", 9, "They asked for the slides of the round table. I said that I would send them.", -2, False),
    (
        "meeting",
        6,
        "The new director wants to know what became of the call for evidence.",
        5,
        False,
    ),
    ("email", 5, "A colleague takes over skills from next month; the address follows.", None, False),
    ("letter", 12, "Thanked us for the visit and asked for two printed copies of the survey.", -4, True),
)

# What a kind asks to hear of.
INTERESTS = {
    "university": ("ideas", "ai-data"),
    "college": ("people",),
    "training-provider": ("people",),
    "advanced-manufacturing": ("ideas", "clean-growth"),
    "energy": ("clean-growth", "infrastructure"),
    "transport-body": ("infrastructure", "future-mobility"),
    "digital": ("ai-data", "ideas"),
    "older-people-group": ("ageing-society",),
    "infrastructure-body": ("places", "people"),
}
SEGMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Small firms south of the Tyne", {
        "sectors": ["business"], "areas": ["gateshead", "south-tyneside", "sunderland"], "sizes": ["micro", "small"],
    }),
    ("Asked before, never heard", {"behaviour": ["silent", "not_answered"]}),
    ("Leads of the voluntary sector in Northumberland", {
        "sectors": ["voluntary"], "areas": ["northumberland"], "roles": ["lead"],
    }),
    ("Skills and work", {"interests": ["people"]}),
)  # fmt: skip
CONSENT = "I agree that you write to me about events and consultations. I can stop this at any time."


def keep(bodies: list[Body], actor: Any) -> None:
    """What staff did with the register lately."""
    _talk(bodies, actor)
    _interests(bodies, actor)
    _people(bodies, actor)
    _twice(bodies, actor)
    for name, definition in SEGMENTS:
        actions.save_segment(name=name, definition=definition, actor=actor)


def _talk(bodies: list[Body], actor: Any) -> None:
    """A few calls and letters with what was promised."""
    today = timezone.localdate()
    rows = [(body, body.row) for body in bodies[20:] if body.row is not None]
    for (body, row), (way, since, text, due, is_done) in zip(rows, TALKS, strict=False):
        note = actions.record_interaction(
            row,
            actor=actor,
            way=way,
            on=today - timedelta(days=since),
            contact=Contact.objects.filter(email__iexact=body.people[0].email).first(),
            text=text,
            follow_up_on=None if due is None else today + timedelta(days=due),
        )
        if is_done:
            actions.follow_up(note.pk, actor=actor)


def _interests(bodies: list[Body], actor: Any) -> None:
    """What some organisations asked to hear of."""
    known = {one.code: one for one in Interest.objects.all()}
    for body in bodies:
        codes = INTERESTS.get(body.kind, ())
        if body.row is not None and codes:
            row = Organisation.objects.get(pk=body.row.pk)
            actions.change_organisation(
                row.pk,
                actor=actor,
                name=row.name,
                areas=list(row.areas.all()),
                interests=[known[code] for code in codes],
            )


def _people(bodies: list[Body], actor: Any) -> None:
    """One who consented, one who likes the telephone, one who has another role now, one who left."""
    held = list(
        Membership.objects.current()
        .filter(organisation__name__in=[body.name for body in bodies[30:60]], contact__user=None, role="contributor")
        .select_related("contact")
        .order_by("pk")[:4]
    )
    facts: tuple[dict[str, Any], ...] = (
        {"lawful_basis": Contact.Basis.CONSENT, "basis_wording": CONSENT},
        {"preferred_way": Contact.Way.TELEPHONE},
    )
    for one, change in zip(held, facts, strict=False):
        actions.change_contact(one.contact_id, actor=actor, has_opted_out=False, email=one.contact.email, **change)
    for one in held[2:3]:
        actions.change_role(one.pk, Membership.Role.APPROVER, actor=actor)
    for one in held[3:4]:
        actions.end_membership(one.pk, actor=actor)


def _twice(bodies: list[Body], actor: Any) -> None:
    """One organisation and one person whom somebody entered a second time."""
    rows = [body.row for body in bodies[20:] if body.row is not None]
    twice = next(row for row in rows if row.kind.sector.code == "business")
    actions.add_organisation(actor=actor, name=f"The {twice.name} Ltd", kind=twice.kind, areas=list(twice.areas.all()))
    body = next(body for body in bodies[25:] if body.row is not None and len(body.people) > 1)
    person, row = body.people[1], body.row
    assert row is not None
    actions.add_member(row.pk, actor=actor, name=person.name, email=f"office.{person.email}", role="viewer")
