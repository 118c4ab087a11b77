"""Sign-off inside an organisation, before a response is sent or after it was sent provisionally."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from consultations.submissions.models.submission import Submission
from engagement.core.models import Addressable, Stamped
from engagement.stakeholders.models import Contact


class Approval(Addressable, Stamped):
    """One request for sign-off, to a named person or to a body that meets on a day, and what came of it.

    It is about one text: `fingerprint` is that of the answers, statement, documents and publishing choice when it was
    asked for, so that an approval goes stale when anything changes afterwards; see `submissions.signoff`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waits for approval")
        APPROVED = "approved", gettext_lazy("Approved")
        RETURNED = "returned", gettext_lazy("Returned with reasons")
        TAKEN_BACK = "taken_back", gettext_lazy("Taken back")

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="approvals")  # a part of it
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # A person, who may stand outside of the organisation …
    approver = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="approvals"
    )  # the name stays when the person is forgotten
    approver_name = models.CharField(max_length=150, blank=True, default="")
    # … or a body that meets: “Cabinet”, on a day.
    body = models.CharField(max_length=150, blank=True, default="")
    meets_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, default="")
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # When the response was sent subject to this approval; None where it waits for it.
    provisional_since = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Of a body: the day of the meeting and where the decision can be found in its minutes.
    decided_on = models.DateField(null=True, blank=True)
    minute_reference = models.CharField(max_length=120, blank=True, default="")
    reasons = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(state="waiting"), name="one_approval_waits_at_a_time"
            ),
            models.CheckConstraint(
                condition=(~Q(approver_name="") & Q(body="", meets_on=None))
                | (Q(approver_name="", approver=None, meets_on__isnull=False) & ~Q(body="")),
                name="approval_by_a_person_or_a_body_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "taken_back"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="decided_approval_says_by_whom_and_when",
            ),
            # Who enters the decision of a body may be who asked for it; a person never approves their own request.
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approver_name="") | ~Q(decided_by=F("requested_by")),
                name="nobody_approves_their_own_response",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "returned"])
                | Q(body="")
                | (Q(decided_on__isnull=False) & ~Q(minute_reference="")),
                name="decision_of_a_body_has_a_day_and_a_minute",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(reasons=""), name="returned_approval_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.submission}: {self.get_state_display()}"

    @property
    def by_whom(self) -> str:
        """The body or the person."""
        return self.body or self.approver_name
