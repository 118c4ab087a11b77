"""Reminders that wait to be sent, when a partner's own close has moved; named in settings.OWN_CLOSE_ACTS."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from consultations.invitations import deadlines
from consultations.invitations.emails import remind_rule
from consultations.invitations.models import Invitation, PartnerExtension
from consultations.notices.kinds import invited
from consultations.notices.models import PlannedStep
from consultations.notices.plan import PLAN
from consultations.programme.models import Consultation
from engagement.messaging.models import OutgoingMessage
from engagement.plans import planner
from engagement.plans.steps import Writer


def correct(consultation: Consultation) -> int:
    """Let the reminders to partners who have, or had, time of their own name the moment that holds now; returns how
    many were written anew. What is being sent stays as it is: the news of more time is under way beside it."""
    messages = OutgoingMessage.objects.filter(
        rule=remind_rule(consultation.pk), state=OutgoingMessage.State.PLANNED, about_key__in=_concerned(consultation)
    )
    found = list(messages.order_by("pk"))
    rows = deadlines.with_own_close(Invitation.objects.select_related("contact__user", "organisation"))
    invitations = rows.in_bulk([int(message.about_key) for message in found])
    steps = PlannedStep.objects.select_related("consultation").in_bulk({planner.step_key(one) for one in found})
    writers: dict[int, Writer] = {}
    for message in found:
        step = steps.get(int(planner.step_key(message)))
        invitation = invitations.get(int(message.about_key))
        # A step that has changed makes its messages anew by itself.
        if step is None or invitation is None or step.occurrence != message.occurrence or message.due_at is None:
            continue
        writer = writers.setdefault(step.pk, Writer(PLAN.kind(step), step, message.due_at))
        fresh = writer.draft(invited.as_person(invitation, step.consultation))
        messages.filter(pk=message.pk).update(
            subject=fresh.subject,
            text_body=fresh.text_body,
            html_body=fresh.html_body,
            updated_at=timezone.now(),
        )
    return len(found)


def _concerned(consultation: Consultation) -> list[str]:
    given = PartnerExtension.objects.filter(consultation=consultation)
    of_organisation = Exists(given.filter(organisation=OuterRef("organisation")))
    of_person = Q(organisation=None) & Exists(given.filter(contact=OuterRef("contact")))
    rows = Invitation.objects.filter(of_organisation | of_person, consultation=consultation)
    return [str(key) for key in rows.values_list("pk", flat=True)]
