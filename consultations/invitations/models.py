"""Whom we asked, what became of it, and the plan for asking again."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultations.programme.models import Consultation
from engagement.core.models import Addressable, Stamped, Stateful
from engagement.stakeholders.models import Contact, Organisation


class Invitation(Addressable, Stamped, Stateful):
    """We ask one contact to answer one consultation, usually for an organisation. A link in it identifies; it never
    signs anybody in. Any submission of the organisation makes all its invitations responded."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent"
        BOUNCED = "bounced", "Bounced"
        OPENED = "opened", "Opened"
        STARTED = "started", "Started"
        RESPONDED = "responded", "Responded"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"

    # Every state in which an answer is still awaited, and every state in which somebody might still be reached.
    OUTSTANDING: ClassVar[tuple[str, ...]] = ("queued", "sent", "opened", "started")
    UNANSWERED: ClassVar[tuple[str, ...]] = (*OUTSTANDING, "bounced")
    MOVES: ClassVar[dict[str, set[str]]] = {
        "queued": {"sent", "opened", "started", "responded", "declined", "bounced", "cancelled"},
        "sent": {"opened", "started", "responded", "declined", "bounced", "cancelled"},
        "bounced": {"queued", "opened", "started", "responded", "cancelled"},
        "opened": {"started", "responded", "declined", "cancelled"},
        "started": {"responded", "declined", "cancelled"},
        "responded": {"started"},  # the submission was withdrawn or reopened
        "declined": {"opened", "started", "responded"},
        "cancelled": {"queued"},
    }

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="invitations")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.TextField(blank=True, default="")
    bounced_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "contact", "organisation"], name="contact_invited_once_for_each_hat"
            ),
            models.UniqueConstraint(
                fields=["consultation", "contact"], condition=Q(organisation=None), name="person_invited_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="responded") | Q(responded_at__isnull=False),
                name="responded_invitation_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["consultation", "state", "id"], name="invitation_ledger")]

    def __str__(self) -> str:
        return f"{self.contact} for {self.organisation or 'themselves'}"

    @property
    def since(self) -> datetime:
        """The moment at which the present state began."""
        return getattr(self, f"{self.state}_at", None) or self.created_at

    @property
    def is_outstanding(self) -> bool:
        """Whether an answer is still awaited."""
        return self.state in self.OUTSTANDING


class ReminderPlan(Addressable, Stamped):
    """One step of the plan: so many days before the close, at this local time, to those who have not answered."""

    class Audience(models.TextChoices):
        NOT_SUBMITTED = "not_submitted", "Everyone invited who has not answered"
        NOT_STARTED = "not_started", "Those who have not started"
        STARTED = "started", "Those who started and have not sent"

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="reminder_plans"
    )  # a part of it
    days_before_close = models.PositiveSmallIntegerField()
    local_time = models.TimeField()
    audience = models.CharField(max_length=14, choices=Audience.choices, default=Audience.NOT_SUBMITTED)
    message = models.TextField("what to add", blank=True, default="")
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Goes up with each change of the step, so that what was written for the step as it was is not sent.
    revision = models.PositiveSmallIntegerField(default=0)
    # When the rows of this step were written, for the present schedule revision of the consultation.
    planned_at = models.DateTimeField(null=True, blank=True)
    planned_revision = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-days_before_close", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "days_before_close", "audience"], name="step_planned_once"),
            models.CheckConstraint(condition=Q(days_before_close__lte=365), name="step_within_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.days_before_close} days before the close"

    @property
    def occurrence(self) -> str:
        """What makes a reminder of this step one and the same: the step as it is, and the close as it is."""
        return f"{self.pk}.{self.revision}:{self.consultation.schedule_revision}"
