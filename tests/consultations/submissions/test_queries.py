"""Which submissions exist for whom."""

import pytest
from django.utils import timezone

from consultations.submissions import queries
from consultations.submissions.models import Submission
from engagement.stakeholders.models import Membership
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.submissions import SubmissionFactory, partner


@pytest.mark.django_db
def test_the_quick_look_and_the_scope_agree_for_everybody():
    consultation, other = ConsultationFactory(), ConsultationFactory()
    organisation, closed = OrganisationFactory(), OrganisationFactory(closed_at=timezone.now())
    lead, viewer, stranger = partner(organisation), partner(organisation, role="viewer"), partner()
    gone = ContactFactory(signs_in=True)
    MembershipFactory(contact=gone, organisation=organisation, until_on=timezone.localdate())
    of_closed = partner(closed)
    eve = AssignmentFactory(consultation=consultation, user=UserFactory(engagement=True)).user
    olu = AssignmentFactory(consultation=consultation, user=UserFactory(officer=True), role="officer").user
    sent = {"state": "submitted", "submitted_at": timezone.now(), "confidentiality": "named", "timing": "on_time"}
    letter = {"channel": "letter", "respondent": None}
    SubmissionFactory(consultation=consultation, organisation=organisation)
    SubmissionFactory(consultation=other, organisation=organisation, **sent)
    SubmissionFactory(consultation=consultation, organisation=closed)
    SubmissionFactory(consultation=consultation, personal=True, respondent=stranger)
    SubmissionFactory(consultation=consultation, personal=True, respondent=eve)
    SubmissionFactory(consultation=consultation, **letter)
    SubmissionFactory(consultation=other, **letter)
    SubmissionFactory(consultation=ConsultationFactory(), organisation=organisation, **letter)
    SubmissionFactory(consultation=ConsultationFactory(), organisation=organisation, **letter, **sent)
    people = [lead, viewer, stranger, gone.user, of_closed, eve, olu, UserFactory(administrator=True)]

    for user in people:
        scope = set(queries.workable_by(user))
        quick = {row for row in Submission.objects.all() if queries.workable(user, row.public_id)}
        assert quick == scope, user

    assert {len(queries.workable_by(user)) for user in (lead, viewer)} == {3}
    assert queries.workable(lead, Submission.objects.first().public_id).held_role == Membership.Role.LEAD
