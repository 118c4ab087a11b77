"""Messages as rows: the row is the promise, whatever happens to the process that sends it."""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped, Stateful


def address_hash(address: str) -> str:
    """The key of an e-mail address: equal for the same mailbox whatever its capitals."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def new_identity() -> str:
    """A name that nothing else has."""
    return secrets.token_hex(16)


class OutgoingMessage(Addressable, Stamped, Stateful):
    """One message to one person. `(rule, occurrence, recipient)` and `(rule, occurrence, address)` are unique:

    asking twice for the same message makes one row, and two contacts who share a mailbox get one message.
    States and their meaning follow the outbox design: *claimed* is provably unsent, *sending* is undecided
    until its result is stored, *uncertain* left the machine or not and is never sent again by itself.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Due"
        CLAIMED = "claimed", "Being prepared"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        SKIPPED = "skipped", "Not sent"
        FAILED = "failed", "Failed"
        UNCERTAIN = "uncertain", "Uncertain"
        EXPIRED = "expired", "Too late to send"
        HELD = "held", "Held back"

    class Category(models.TextChoices):
        """Transactional messages are always sent; the others obey what people chose."""

        TRANSACTIONAL = "transactional", gettext_lazy("About something you did")
        CONSULTATION = "consultation", gettext_lazy("Invitations and reminders")
        EVENT = "event", gettext_lazy("Events")
        NEWS = "news", gettext_lazy("What came of it")

    MOVES: ClassVar[dict[str, set[str]]] = {
        "planned": {"claimed", "skipped", "expired", "held"},
        "claimed": {"planned", "sending", "skipped", "expired", "failed"},
        "sending": {"sent", "planned", "failed", "uncertain"},
        "uncertain": {"sent", "planned", "failed"},
        "held": {"planned", "skipped"},
        "failed": {"planned"},
        # It came back.
        "sent": {"failed"},
    }

    class Policy(models.TextChoices):
        """What becomes of it when nobody can tell whether it arrived."""

        HOLD = "hold", "It waits for staff"
        # With the same Message-ID, for what is worse missed than read twice.
        RESEND_ONCE = "resend_once", "It is sent once more"

    # States that want a person's eye.
    PROBLEMS: ClassVar[tuple[str, ...]] = ("failed", "uncertain", "held", "expired")

    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    category = models.CharField(max_length=16, choices=Category.choices, default=Category.TRANSACTIONAL)
    # Identity: which rule, for which occasion, to whom. See the class.
    rule = models.CharField(max_length=120)
    occurrence = models.CharField(max_length=120)
    recipient = models.CharField(max_length=120)
    address_key = models.CharField(max_length=64)
    # The message as it will leave, rendered when it was asked for.
    to_email = models.EmailField()
    to_name = models.CharField(max_length=200, blank=True, default="")
    reply_to = models.EmailField(blank=True, default="")
    subject = models.CharField(max_length=250)
    text_body = models.TextField()
    html_body = models.TextField(blank=True, default="")
    # An iCalendar file and its METHOD, for messages that carry one.
    calendar = models.TextField(blank=True, default="")
    calendar_method = models.CharField(max_length=10, blank=True, default="")
    calendar_uid = models.CharField(max_length=200, blank=True, default="")
    # What the message is about, as text, for pages that list it: ("invitations.invitation", key), scope = reference.
    about_kind = models.CharField(max_length=80, blank=True, default="")
    about_key = models.CharField(max_length=40, blank=True, default="")
    scope = models.CharField(max_length=40, blank=True, default="")
    # Name in settings.MESSAGE_CHECKS of the question asked again at the moment of sending.
    check_name = models.CharField(max_length=60, blank=True, default="")
    on_uncertain = models.CharField(max_length=12, choices=Policy.choices, default=Policy.HOLD)
    # When it was sent once more because its first fate was uncertain.
    resent_at = models.DateTimeField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(default=5)
    due_at = models.DateTimeField()
    # Not tried again before; set when the mail server said "later".
    retry_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # Who holds it until when (claimed, sending), how often it was tried, and what came of it.
    owner = models.CharField(max_length=64, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    # When its text was deleted; that it was sent, to whom and when, stays.
    text_deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "occurrence", "recipient"], name="message_once_per_recipient"),
            models.UniqueConstraint(fields=["rule", "occurrence", "address_key"], name="message_once_per_address"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_message_has_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "failed"]) | ~Q(reason=""), name="unsent_message_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(resent_at=None) | Q(on_uncertain="resend_once"),
                name="only_some_messages_are_resent",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "priority", "due_at", "id"], name="message_queue"),
            models.Index(fields=["scope", "-created_at"], name="message_by_scope"),
            models.Index(fields=["about_kind", "about_key"], name="message_by_subject"),
            models.Index(fields=["address_key", "sent_at"], name="message_by_mailbox"),
            models.Index(fields=["calendar_uid"], condition=~Q(calendar_uid=""), name="message_by_calendar"),
        ]
        verbose_name = "message"

    def __str__(self) -> str:
        return f"{self.subject} to {self.to_email}"

    @property
    def tag(self) -> str:
        """The word that colours the state on pages."""
        return {"held": "paused", "uncertain": "warning", "expired": "missed", "claimed": "sending"}.get(
            self.state, self.state
        )

    @property
    def is_secret(self) -> bool:
        """Whether the text is for its reader alone: it lets them in, or repeats what they answered in confidence."""
        return self.rule.startswith(("accounts.", "submissions."))


class Suppression(Stamped):
    """An address that gets no mail, or none of one category (empty category: none at all), and why."""

    class Cause(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        BOUNCED = "bounced", "The address does not exist"
        FAILING = "failing", "Messages came back three times in two weeks"
        COMPLAINED = "complained", "Marked as spam"
        STAFF = "staff", "Stopped by staff"

    address_key = models.CharField(max_length=64)
    category = models.CharField(max_length=16, choices=OutgoingMessage.Category.choices, blank=True, default="")
    cause = models.CharField(max_length=16, choices=Cause.choices)
    # What the mail server said, for staff.
    reason = models.CharField(max_length=300, blank=True, default="")

    # The causes that speak of an address to put right, and not of what its holder wants.
    FAULTY: ClassVar[tuple[str, ...]] = ("bounced", "failing", "complained", "staff")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_key", "category"], name="address_suppressed_once_per_category")
        ]


class Report(models.Model):
    """What was reported about a message after it had left: by the mail provider, or by a message that came back.

    Unique by its source, since providers tell twice and a mailbox may be read again.
    """

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "Delivered"
        OPENED = "opened", "Opened"
        BOUNCED = "bounced", "Came back for good"
        SOFT = "soft", "Came back for now"
        COMPLAINED = "complained", "Marked as spam"

    message = models.ForeignKey(
        OutgoingMessage, null=True, on_delete=models.CASCADE, related_name="reports"
    )  # its own history; None where only the mailbox is known
    address_key = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    text = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["address_key", "kind", "at"], name="report_by_mailbox")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}. {self.text}".strip()


class Step(models.Model):
    """Something that happened to a message besides leaving at once: put off, uncertain, an act of staff.

    Without a message: an act on one mailbox (`address_key`), or on all sending.
    """

    message = models.ForeignKey(
        OutgoingMessage, null=True, on_delete=models.CASCADE, related_name="steps"
    )  # its own history
    address_key = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)
    text = models.CharField(max_length=300)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text


class Line(models.Model):
    """A way for mail, out ("mail") or back ("bounces"): when it was last looked at, how often it failed in a row, until
    when nobody tries, and whether all sending was stopped."""

    name = models.CharField(max_length=20, primary_key=True)
    # Tells this database from every other one, and one life of it from the next.
    identity = models.CharField(max_length=32, default=new_identity)
    looked_at = models.DateTimeField(null=True, blank=True)
    # How often it was looked at; a number that went down tells that an older copy of the database was put back.
    looks = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stopped_at=None) | ~Q(stopped_why=""), name="stopped_line_has_a_reason")
        ]

    def __str__(self) -> str:
        return self.name
