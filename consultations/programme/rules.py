"""Who may do what in a consultation. The subject of every rule here is a Consultation."""

from typing import Any

from django.core.exceptions import PermissionDenied

from consultations.programme.models import Assignment, Consultation
from engagement.accounts.rules import is_administrator
from engagement.core.access import Rule, rule


def _roles(user: Any, consultation: Consultation) -> set[str]:
    """The person's roles in this consultation, read once for each consultation object."""
    if not user.is_authenticated or not user.is_active or not user.staff_role:
        return set()
    kept: dict[int, set[str]] = consultation.__dict__.setdefault("_roles_of", {})
    if user.pk not in kept:
        # One that was made before the person's role on the staff changed is worth nothing.
        made = Assignment.objects.filter(consultation=consultation, user=user, role=user.staff_role)
        kept[user.pk] = set(made.values_list("role", flat=True))
    return kept[user.pk]


@rule
def works_on(user: Any, consultation: Consultation) -> bool:
    """Assigned staff of either role, and administrators."""
    return is_administrator(user) or bool(_roles(user, consultation))


@rule
def runs(user: Any, consultation: Consultation) -> bool:
    """Engagement staff of this consultation: invitations, events, intake."""
    return is_administrator(user) or Assignment.Role.ENGAGEMENT in _roles(user, consultation)


@rule
def analyses(user: Any, consultation: Consultation) -> bool:
    """Officers of this consultation: coding, figures, summaries, exports."""
    return is_administrator(user) or Assignment.Role.OFFICER in _roles(user, consultation)


@rule
def is_still_being_prepared(user: Any, consultation: Consultation) -> bool:
    """Whether it has not been approved yet."""
    return consultation.state in {Consultation.State.DRAFT, Consultation.State.IN_REVIEW}


# Who may put a consultation before the public, move its closing time or end it.
publishes = is_administrator
# What has been approved by a second person is changed by administrators only.
edits = (runs & is_still_being_prepared) | is_administrator
# Closing the field work belongs to those who read the answers.
begins_analysis = analyses


def demand(question: Rule, user: Any, consultation: Consultation) -> None:
    """Raise PermissionDenied when the rule says no: for a rule that depends on what the address names."""
    if not question(user, consultation):
        raise PermissionDenied
