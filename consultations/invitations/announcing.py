"""Telling everybody of an extension: what waits to be sent says the new moment, what was sent is followed by news.

The clock does it within seconds of the extension, in batches: interrupted, it goes on where it stopped, since each
person gets one message for each extension, and the row that says it is done is written last.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.module_loading import import_string

from consultations.invitations import emails, lifecycle
from consultations.invitations.models import ExtensionNotice, Invitation, PartnerExtension
from consultations.programme.models import Consultation, StateChange
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage

State = Invitation.State
BATCH = 200
# Those to whom the news says something: they were reached, or have answered and may change it. Who has no view, or
# passed it on, is left in peace; who waits in the queue gets the new moment in the invitation itself.
TOLD = (State.SENT, State.DELIVERED, State.OPENED, State.STARTED, State.RESPONDED)
RUNNING = (Consultation.State.SCHEDULED, Consultation.State.OPEN, Consultation.State.PAUSED)


def tell(now: datetime | None = None) -> int:
    """Tell of every extension that nobody was told of yet; returns how many messages were asked for."""
    now = now or timezone.now()
    told = ExtensionNotice.objects.filter(change=OuterRef("pk"))
    changes = StateChange.objects.filter(
        ~Exists(told), what="extended", closes_after__gt=now, consultation__state__in=RUNNING
    )
    return sum(_tell(change, now) for change in changes.select_related("consultation").order_by("pk"))


def _tell(change: StateChange, now: datetime) -> int:
    consultation = change.consultation
    asked = 0
    if change.closes_after == consultation.closes_at:
        lifecycle.revive(consultation, now)
        _correct_what_waits(consultation)
        rows = (
            Invitation.objects.filter(consultation=consultation, state__in=TOLD, created_at__lt=change.at)
            .filter(contact__opted_out_at=None, contact__bounced_at=None)
            .select_related("contact__user", "organisation", "consultation")
        )
        asked = _ask(change, rows.order_by("pk").iterator(chunk_size=BATCH))
        # Submissions stand above this app, so the settings name the function.
        asked += _ask(change, import_string(settings.DRAFT_HOLDERS)(consultation))
    ExtensionNotice.objects.get_or_create(change=change, defaults={"messages": asked})
    return asked


def _ask(change: StateChange, people: Iterable[Invitation | emails.Writer]) -> int:
    asked, batch = 0, []
    for one in people:
        batch.append(emails.extended_draft(change, one))
        if len(batch) == BATCH:
            outbox.queue_all(batch)
            asked, batch = asked + len(batch), []
    if batch:
        outbox.queue_all(batch)
    return asked + len(batch)


def _correct_what_waits(consultation: Consultation) -> None:
    """Invitations that wait to be sent say the new moment, and may be sent until then."""
    waiting = OutgoingMessage.objects.filter(
        rule=emails.invite_rule(consultation.pk), state=OutgoingMessage.State.PLANNED
    )
    messages = {int(message.about_key): message.pk for message in waiting.only("pk", "about_key")}
    rows = Invitation.objects.filter(pk__in=list(messages)).select_related(
        "consultation", "contact__user", "organisation", "delegated_from__contact"
    )
    for row in rows.order_by("pk").iterator(chunk_size=BATCH):
        fresh = emails.invitation_draft(row)
        with transaction.atomic():
            OutgoingMessage.objects.filter(pk=messages[row.pk], state=OutgoingMessage.State.PLANNED).update(
                subject=fresh.subject,
                text_body=fresh.text_body,
                html_body=fresh.html_body,
                expires_at=fresh.expires_at,
                updated_at=timezone.now(),
            )


# --- the last question ----------------------------------------------------------------------------------


def why_not(message: OutgoingMessage) -> str:
    """Why the news of an extension is not wanted any more, as a sentence for staff; empty while it is."""
    change = StateChange.objects.filter(pk=message.occurrence).select_related("consultation").first()
    if change is None:
        return "The extension does not exist any more."
    if change.closes_after != change.consultation.closes_at:
        return "The closing time has moved again since."
    if change.consultation.state not in RUNNING:
        state = change.consultation.get_state_display()
        return f"The consultation is “{state}”, so nobody is asked to answer it."
    if message.about_key:
        stands = Invitation.objects.filter(pk=message.about_key, state__in=(*TOLD, State.EXPIRED)).exists()
        return "" if stands else "This person does not answer any more."
    return ""


def why_no_more_time(message: OutgoingMessage) -> str:
    """The same for the news of more time for one partner."""
    extension = PartnerExtension.objects.filter(pk=message.occurrence).first()
    if extension is None or extension.ended_at is not None:
        return "The extension of this partner has ended since."
    return ""
