"""Which submissions exist for whom."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value

from consultations.programme import queries as programme
from consultations.programme.models import Assignment, Consultation
from consultations.submissions.models import Submission
from engagement.accounts.rules import is_administrator, is_staff_member
from engagement.core.prepared import Given, Prepared
from engagement.stakeholders.models import Membership, Organisation

# What staff may see of a submission that came online: it was sent, whatever became of it then.
SENT = Q(state__in=[*Submission.COUNTED, "duplicate", "rejected"]) | Q(state="withdrawn", submitted_at__isnull=False)
TYPED_IN = Q(
    channel__in=[
        Submission.Channel.EMAIL,
        Submission.Channel.LETTER,
        Submission.Channel.TELEPHONE,
        Submission.Channel.MEETING,
    ]
)


def account_of(person: Any) -> Any:
    """The account to be written down beside an act; None for the site itself and for whoever came by a return link."""
    return person if person is not None and person.is_authenticated else None


def own(user: Any) -> QuerySet[Submission]:
    """A partner's: what they write for themselves, and what their organisations write, by today's memberships.

    Each row carries `held_role` (the role in the organisation; None for one's own) and `held_by`, for the rules.
    """
    if not user.is_authenticated or not user.is_active:
        return Submission.objects.none()
    held = Membership.objects.current().filter(contact__user=user, organisation__closed_at=None)
    if is_staff_member(user):
        # Whoever keeps the register could make themselves anybody's colleague, and staff read no draft.
        held = held.none()
    role = held.filter(organisation=OuterRef("organisation")).values("role")[:1]
    return (
        Submission.objects.filter(
            Q(organisation=None, respondent=user) | Q(organisation__in=held.values("organisation")), is_test=False
        )
        .exclude(TYPED_IN & Q(state__in=Submission.DRAFTS))
        .annotate(held_role=Subquery(role), held_by=Value(user.pk))
    )


def received(user: Any) -> QuerySet[Submission]:
    """What staff see of the consultations that they work on: sent, never a draft by any address, and no test."""
    return Submission.objects.filter(SENT, consultation__in=programme.visible_to(user), is_test=False)


def typed_in(user: Any) -> QuerySet[Submission]:
    """Letters, e-mails and calls that staff of these consultations are typing in or have to check."""
    return Submission.objects.filter(
        TYPED_IN, state__in=Submission.DRAFTS, consultation__in=programme.visible_to(user), is_test=False
    )


def tests(user: Any) -> QuerySet[Submission]:
    """The test submissions of the consultations that this member of staff works on, drafts included: nobody's words."""
    return Submission.objects.filter(is_test=True, consultation__in=programme.visible_to(user))


def readable_by_staff(user: Any) -> QuerySet[Submission]:
    """Received, or being typed in by staff."""
    return received(user) | typed_in(user)


def workable_by(user: Any) -> QuerySet[Submission]:
    """Whose answering pages exist for this person: their own, intake in consultations that they run, and their own
    tests in those that they work on."""
    if not is_staff_member(user):
        return own(user)
    runs = Assignment.objects.filter(user=user, role=Assignment.Role.ENGAGEMENT).values("consultation")
    mine = own(user).values("pk")
    intake = TYPED_IN & Q(state__in=Submission.DRAFTS, is_test=False)
    if not is_administrator(user):
        intake &= Q(consultation__in=runs)
    return Submission.objects.filter(
        Q(pk__in=mine) | intake | Q(pk__in=tests(user).filter(respondent=user).values("pk"))
    )


_BY_PUBLIC_ID: Prepared[Submission] = Prepared(
    lambda: Submission.objects.select_related("consultation", "organisation").filter(
        public_id=Given("public_id", Submission._meta.get_field("public_id"))
    )
)


def workable(user: Any, public_id: Any) -> Submission | None:
    """The one of `workable_by(user)` with this id, with consultation and organisation at hand; None outside of it.

    Every page of every partner begins here, and building the one query of `workable_by` costs more than asking it: so
    the row is read first and the person's part in it after, with two small queries. Tests hold the two together.
    """
    submission = _BY_PUBLIC_ID.first(public_id=public_id)
    if submission is None or not user.is_authenticated or not user.is_active:
        return None
    if submission.is_test:
        # Rare, so asked in full: whoever left the consultation's team leaves their tests behind.
        return submission if tests(user).filter(respondent=user, pk=submission.pk).exists() else None
    if submission.is_draft and submission.is_intake:
        if is_administrator(user):
            return submission
        runs = Assignment.objects.filter(
            user=user, role=Assignment.Role.ENGAGEMENT, consultation=submission.consultation_id
        )
        return submission if is_staff_member(user) and runs.exists() else None
    if submission.organisation is None:
        return submission if submission.respondent_id == user.pk else None
    if submission.organisation.closed_at is not None or is_staff_member(user):
        return None
    held = Membership.objects.current().filter(contact__user=user, organisation=submission.organisation_id)
    role = held.order_by().values_list("role", flat=True).first()
    submission.held_role, submission.held_by = role, user.pk  # type: ignore[attr-defined]
    return submission if role else None


def visible_to(user: Any) -> QuerySet[Submission]:
    """Every submission that exists for this person, as a partner or as staff."""
    if not is_staff_member(user):
        return own(user)
    return Submission.objects.filter(Q(pk__in=own(user).values("pk")) | Q(pk__in=readable_by_staff(user).values("pk")))


def present_of(
    consultation: Consultation, *, organisation: Organisation | None = None, user: Any = None
) -> Submission | None:
    """The one submission of this organisation, or of this person for themselves, that is not set aside."""
    rows = Submission.objects.filter(consultation=consultation, is_test=False).exclude(state__in=Submission.SET_ASIDE)
    if organisation is not None:
        return rows.filter(organisation=organisation).first()
    return rows.filter(organisation=None, respondent=user).first()


def counted(consultation: Consultation) -> QuerySet[Submission]:
    """What stands in figures: sent, not set aside, no test."""
    return Submission.objects.filter(consultation=consultation, state__in=Submission.COUNTED, is_test=False)


def with_people(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    """With organisation, kind, sector and those who sent and entered it: no query per row."""
    return rows.select_related(
        "consultation", "organisation__kind__sector", "kind__sector", "respondent", "submitted_by", "entered_by"
    )


def newest_first(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    return rows.order_by(F("submitted_at").desc(nulls_last=True), "-pk")
