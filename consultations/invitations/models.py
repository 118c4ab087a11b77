"""Whom we asked, what became of it, and who has more time than others."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from consultations.programme.models import Consultation, StateChange
from engagement.core.models import Addressable, Stamped, Stateful
from engagement.stakeholders.models import Contact, Membership, Organisation


class Invitation(Addressable, Stamped, Stateful):
    """We ask one contact to answer one consultation, usually for an organisation. A link in it identifies; it never
    signs anybody in. Any submission of the organisation makes all its invitations responded."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Bounced"
        OPENED = "opened", "Opened"
        STARTED = "started", "Started"
        RESPONDED = "responded", "Responded"
        DECLINED = "declined", "Declined"
        DELEGATED = "delegated", "Delegated"
        EXPIRED = "expired", "Expired"
        CANCELLED = "cancelled", "Cancelled"

    # Asked and not begun; every state in which an answer is still awaited; and every state in which somebody might
    # still be reached.
    NOT_STARTED: ClassVar[tuple[str, ...]] = ("queued", "sent", "delivered", "opened")
    OUTSTANDING: ClassVar[tuple[str, ...]] = (*NOT_STARTED, "started")
    UNANSWERED: ClassVar[tuple[str, ...]] = (*OUTSTANDING, "bounced")
    MOVES: ClassVar[dict[str, set[str]]] = {
        "queued": {
            "sent", "delivered", "opened", "started", "responded", "declined", "delegated", "bounced", "expired",
            "cancelled",
        },
        "sent": {
            "delivered", "opened", "started", "responded", "declined", "delegated", "bounced", "expired", "cancelled",
        },
        "delivered": {"opened", "started", "responded", "declined", "delegated", "bounced", "expired", "cancelled"},
        "bounced": {"queued", "opened", "started", "responded", "declined", "delegated", "cancelled"},
        "opened": {"started", "responded", "declined", "delegated", "expired", "cancelled"},
        "started": {"responded", "declined", "delegated", "cancelled"},
        # The submission was withdrawn or reopened: it waits again, or stands as it stood before.
        "responded": {"started", "declined", "delegated"},
        "declined": {"opened", "started", "responded"},
        "delegated": {"opened", "started", "responded"},
        # The close was moved: it stands again as it stood before. A draft begun in time may still be sent, late.
        "expired": {"queued", "sent", "delivered", "opened", "started", "responded"},
        "cancelled": {"queued"},
    }  # fmt: skip

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="invitations")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # The moment at which the present state began.
    since = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # The invitation of the colleague who passed it on, and the place in the organisation that came with it. Both may
    # go before this row does: invitations are deleted in batches, memberships move when entries are put together.
    delegated_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="delegated_to"
    )
    given_membership = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.TextField(blank=True, default="")
    bounced_at = models.DateTimeField(null=True, blank=True)
    delegated_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
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
            models.CheckConstraint(
                condition=~Q(state="delegated") | Q(delegated_at__isnull=False),
                name="delegated_invitation_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="expired") | Q(expired_at__isnull=False), name="expired_invitation_has_a_moment"
            ),
        ]
        indexes = [models.Index(fields=["consultation", "state", "id"], name="invitation_ledger")]

    def __str__(self) -> str:
        return f"{self.contact} for {self.organisation or 'themselves'}"

    @property
    def is_outstanding(self) -> bool:
        """Whether an answer is still awaited."""
        return self.state in self.OUTSTANDING


class InvitationChange(models.Model):
    """What happened to an invitation, when, why and by whom; a note of staff is one too. Rows are only added."""

    class Cause(models.TextChoices):
        INVITED = "invited", "Invited"
        INVITED_AGAIN = "invited_again", "Invited again"
        SENT_AGAIN = "sent_again", "Sent again"
        TAKEN = "taken", "The mail server took the message"
        ARRIVED = "arrived", "The message arrived"
        CAME_BACK = "came_back", "The message came back"
        FOLLOWED = "followed", "Followed the link and went on"
        BEGUN = "begun", "Began an answer"
        COLLEAGUE_BEGAN = "colleague_began", "A colleague began the answer"
        ANSWERED = "answered", "An answer came in"
        TAKEN_BACK = "taken_back", "The answer was withdrawn, set aside or opened again"
        NO_VIEW = "no_view", "Said that they have no view"
        CHANGED_MIND = "changed_mind", "Wants to answer after all"
        PASSED_ON = "passed_on", "Passed it on to a colleague"
        PASSED_TO = "passed_to", "A colleague passed it on to them"
        PASS_ENDED = "pass_ended", "Took it back from the colleague"
        CLOSED = "closed", "The closing time passed"
        EXTENDED = "extended", "There is more time"
        CANCELLED = "cancelled", "Cancelled"
        NOTE = "note", "Note"

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="changes")  # its own history
    at = models.DateTimeField(default=timezone.now)
    # The state from then on; for a note the state that it was written in.
    state = models.CharField(max_length=10, choices=Invitation.State.choices)
    cause = models.CharField(max_length=16, choices=Cause.choices)
    text = models.TextField(blank=True, default="")
    # The colleague, where it was passed on.
    passed_to = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(cause="note") | ~Q(text=""), name="note_on_an_invitation_says_something"
            )
        ]

    def __str__(self) -> str:
        return self.get_cause_display()


class ExtensionNotice(models.Model):
    """That everybody invited, and everybody who is writing, was told of an extension. The row is the promise that it
    is done once; the clock makes it."""

    change = models.OneToOneField(StateChange, on_delete=models.CASCADE, related_name="+")  # a fact about it
    at = models.DateTimeField(auto_now_add=True)
    # How many messages were asked for.
    messages = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.change_id)


class PartnerExtension(Addressable, Stamped):
    """One organisation, or one person for themselves, may answer until later than everybody else, and why.

    It is known to them and to staff. The later of this and the general close counts; giving another one ends it.
    """

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="partner_extensions"
    )  # a part of it
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="extensions"
    )
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="extensions")
    closes_at = models.DateTimeField()
    reason = models.TextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-closes_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation=None, contact__isnull=False) | Q(organisation__isnull=False, contact=None),
                name="extension_is_for_one_partner",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_of_a_partner_has_a_reason"),
            models.UniqueConstraint(
                fields=["consultation", "organisation"],
                condition=Q(ended_at=None),
                name="organisation_has_one_extension",
            ),
            models.UniqueConstraint(
                fields=["consultation", "contact"], condition=Q(ended_at=None), name="person_has_one_extension"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation or self.contact)
