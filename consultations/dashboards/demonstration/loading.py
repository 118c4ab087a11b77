"""Fill an empty database with the demonstration: all happens in order of time, by the product's own functions."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.dashboards.demonstration import papersent, partners
from consultations.dashboards.demonstration.call import REFERENCE, Call
from consultations.dashboards.demonstration.clock import Agenda, at, local
from consultations.dashboards.demonstration.inviting import Inviting
from consultations.dashboards.demonstration.keeping import keep
from consultations.dashboards.demonstration.occasions import Occasions
from consultations.dashboards.demonstration.post import Post
from consultations.dashboards.demonstration.present import OPEN, OpenConsultation, prepare_next
from consultations.dashboards.demonstration.reading import Reading
from consultations.dashboards.demonstration.register import load_register
from consultations.dashboards.demonstration.replies import Replies
from consultations.dashboards.demonstration.staff import STAFF, make_staff
from consultations.dashboards.demonstration.voices import Speech
from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from consultations.surveys import library
from engagement.accounts.models import User
from engagement.events import lifecycle as events
from engagement.stakeholders import actions as stakeholders
from engagement.stakeholders.models import Contact, Membership, Organisation

SEED = 2019
# People who answer, or are asked to answer, for themselves: name and area.
PEOPLE = [
    ("Iris Pandonby", "newcastle"),
    ("Kofi Lanehead", "county-durham"),
    ("Moira Trimdonby", "northumberland"),
    ("Tariq Greenlaw-Hay", "sunderland"),
    ("Joan Sandhoe", "gateshead"),
    ("Marek Ouston", "north-tyneside"),
]


def is_loaded() -> bool:
    return Consultation.objects.filter(reference=REFERENCE).exists()


def is_in_use() -> bool:
    """Whether the database holds somebody's own organisations or consultations."""
    return Consultation.objects.exists() or Organisation.objects.exists()


@transaction.atomic
def load() -> None:
    """All of it, or nothing. The same day gives the same data, public ids and tokens aside."""
    rng = random.Random(SEED)  # noqa: S311 - invents, and guards nothing
    agenda, speech = Agenda(), Speech(rng)
    stakeholders.ensure_classification()
    with at(local(date(2018, 10, 15))):
        staff = make_staff()
    with at(local(date(2018, 10, 22), 11)):
        bodies = load_register(rng, actor=staff.engagement)
        library.add_standard_questions(actor=staff.engagement)
        people = [_person(name, staff.engagement) for name, _ in PEOPLE]
    cast = partners.choose(rng, bodies)
    for contact, (_, area) in list(zip(people, PEOPLE, strict=True))[: partners.PEOPLE_ANSWER]:
        cast.replies.append(partners.people_reply(rng, contact, area))
    call = Call(staff)
    call.plan(agenda)
    post = Post({body.people[0].email for body in cast.bounced})
    Inviting(rng, call, cast, people, post).plan(agenda)
    replies = Replies(rng, speech, staff)
    replies.plan(agenda, call, cast.replies)
    _plan_strays(agenda, call, replies, cast)
    Occasions(rng, speech, call, cast).plan(agenda)
    reading = Reading(rng, speech, staff)
    reading.plan(agenda, call.fresh)
    agenda.add(local(date(2019, 3, 2), 3), lambda: events.purge_due(timezone.now()))
    today = OpenConsultation(rng, staff, replies, [body for body in bodies if body not in cast.bounced], post)
    today.plan(agenda)
    agenda.run()
    today.finish()
    papersent.describe(staff.officer)
    reading.fresh_export(call.fresh())
    prepare_next(staff)
    keep(bodies, staff.engagement)


def _person(name: str, actor: Any) -> Contact:
    address = f"{name.lower().replace(' ', '.')}@post.example"
    return stakeholders.add_contact(actor=actor, name=name, email=address)


def _plan_strays(agenda: Agenda, call: Call, replies: Replies, cast: partners.Cast) -> None:
    """Three e-mails that say again what was sent already, and one that is no answer at all."""
    sent = [reply for reply in cast.replies if reply.channel == "email" and not reply.is_late][:3]
    for number, reply in enumerate(sent):
        agenda.add(
            local(date(2019, 2, 20 + number), 10),
            lambda reply=reply: replies.duplicate(agenda, call, reply),  # type: ignore[misc]
        )
    agenda.add(local(date(2019, 1, 30), 9, 45), lambda: replies.stray(call))


def sign_ins() -> list[tuple[str, str, str]]:
    """One of each kind of user: who they are, their address, and what to look at. Staff first."""
    roles = dict(User.StaffRole.choices)
    found = [(f"{roles[role]}: {name}", email, "with the password below") for email, name, role in STAFF]
    asked = Invitation.objects.filter(
        consultation__reference=OPEN, organisation__isnull=False, state__in=["sent", "opened", "started"]
    ).select_related("contact", "organisation")
    waiting = asked.exclude(state="started").order_by("pk").first()
    begun = asked.filter(state="started").order_by("pk").first()
    for invitation, what in ((waiting, "has an invitation to answer"), (begun, "has begun an answer")):
        if invitation is not None:
            who = f"Partner: {invitation.contact}, {invitation.organisation}"
            found.append((who, invitation.contact.email, f"by a code; {what}"))
    both = (
        Membership.objects.filter(contact__user__isnull=False).select_related("contact").order_by("contact__name", "pk")
    )
    seen: set[int] = set()
    for membership in both:
        if membership.contact_id in seen:
            found.append((f"Partner: {membership.contact}", membership.contact.email, "by a code; speaks for two"))
            break
        seen.add(membership.contact_id)
    person = Contact.objects.filter(user__isnull=False, email__endswith="@post.example").order_by("pk").first()
    if person is not None:
        found.append((f"Individual: {person}", person.email, "by a code; has answered for themselves"))
    return found
