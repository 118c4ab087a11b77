"""Asking for answers, and what becomes of it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.invitations import actions, lifecycle, queries, tasks
from consultations.invitations.models import Invitation
from engagement.accounts.models import User
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage, Suppression, address_hash
from engagement.stakeholders.models import Membership, Organisation
from engagement.stakeholders.queries import Filters, narrowed
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.submissions import submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation():
    return ConsultationFactory()


@pytest.fixture
def actor():
    return UserFactory(engagement=True)


def test_lead_of_each_organisation_is_invited_once(consultation, actor, outbox):
    lead = MembershipFactory(role=Membership.Role.LEAD)
    MembershipFactory(organisation=lead.organisation, role=Membership.Role.APPROVER)
    first_only = MembershipFactory(role=Membership.Role.CONTRIBUTOR)
    organisations = [lead.organisation, first_only.organisation]

    for _ in range(2):
        done = actions.invite(consultation, organisations, actor=actor)
        delivery.drain()
        tasks.keep_time()

    assert sorted(message.to[0].partition("<")[2].strip(">") for message in outbox.messages) == sorted(
        [lead.contact.email, first_only.contact.email]
    )
    assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}
    assert (done.made, [entry.reason for entry in done.left_out]) == ([], ["Invited already (sent)"] * 2)
    assert Entry.objects.filter(verb="consultation.invited").count() == 1


def test_invited_contact_can_sign_in(consultation, actor):
    membership = MembershipFactory()

    actions.invite(consultation, [membership.organisation], actor=actor)

    membership.contact.refresh_from_db()
    assert membership.contact.user == User.objects.get(email=membership.contact.email)


def test_invitation_reads_well_as_plain_text(consultation, actor, outbox, settings):
    membership = MembershipFactory(organisation=OrganisationFactory(name="Smith & Daughters"))
    actions.invite(consultation, [membership.organisation], actor=actor)
    delivery.drain()

    sent = outbox.only()
    assert sent.subject == f"{consultation.title}: what does Smith & Daughters say?"
    assert f"Dear {membership.contact.name}," in sent.body
    assert "We would like to hear from Smith & Daughters." in sent.body
    assert "Smith &amp; Daughters" in sent.alternatives[0].content
    assert len(re.findall(rf"^{settings.SITE_URL}/i/\S+$", sent.body, re.MULTILINE)) == 2
    assert "\n\n\n" not in sent.body
    assert sent.reply_to == [consultation.contact_email]


def test_people_can_be_invited_for_themselves(consultation, actor, outbox):
    person = ContactFactory()

    for _ in range(2):
        actions.invite(consultation, contacts=[person], actor=actor)
    delivery.drain()

    assert Invitation.objects.get().organisation is None
    assert "We would like to hear from you." in outbox.only().body


def test_those_left_out_stand_apart_with_the_reason(consultation):
    sure = MembershipFactory(organisation__name="A sure one")
    InvitationFactory(consultation=consultation, organisation__name="B invited", responded=True)
    OrganisationFactory(name="C without contact")
    MembershipFactory(organisation__name="D opted out", contact__name="Dee", contact__opted_out_at=timezone.now())
    unsubscribed = MembershipFactory(organisation__name="E unsubscribed", contact__name="Eli")
    Suppression.objects.create(
        address_key=address_hash(unsubscribed.contact.email), category="consultation", cause="unsubscribed"
    )
    left = MembershipFactory(organisation__name="F left", until_on=timezone.localdate())

    found = queries.selection(consultation, narrowed(Filters()))

    assert [(entry.organisation.name, entry.contact) for entry in found.candidates] == [("A sure one", sure.contact)]
    assert [(entry.organisation.name, entry.reason) for entry in found.left_out] == [
        ("B invited", "Invited already (responded)"),
        ("C without contact", "No contact in the register"),
        ("D opted out", "Dee wants no invitations"),
        ("E unsubscribed", "Eli: unsubscribed"),
        (left.organisation.name, "No contact in the register"),
    ]


def test_who_answered_without_an_invitation_is_not_asked(consultation, actor):
    member = MembershipFactory()
    submitted(consultation, organisation=member.organisation)

    done = actions.invite(consultation, [member.organisation], actor=actor)

    assert done.made == []
    assert [entry.reason for entry in done.left_out] == ["Has answered without an invitation"]


def test_choosing_costs_the_same_however_many_there_are(consultation, django_assert_num_queries):
    for many in (1, 3):
        for _ in range(many):
            MembershipFactory()
        with django_assert_num_queries(5):
            assert queries.selection(consultation, narrowed(Filters())).candidates


def test_colleague_is_invited_when_the_lead_wants_no_invitations(consultation):
    lead = MembershipFactory(contact__opted_out_at=timezone.now())
    colleague = MembershipFactory(organisation=lead.organisation, role=Membership.Role.VIEWER)

    [candidate] = queries.selection(consultation, narrowed(Filters())).candidates

    assert candidate.contact == colleague.contact


@pytest.mark.parametrize("state", ["draft", "in_review", "paused", "closed", "reported"])
def test_nobody_is_invited_to_what_is_not_there_to_answer(actor, state):
    consultation = ConsultationFactory(state=state)

    with pytest.raises(Refused, match="People are invited once it is scheduled"):
        actions.invite(consultation, [MembershipFactory().organisation], actor=actor)

    assert not OutgoingMessage.objects.exists()


def test_invitation_to_a_scheduled_consultation_waits_for_the_opening(actor, clock, outbox):
    consultation = ConsultationFactory(state="scheduled", opens_at=timezone.now() + timedelta(days=2))
    actions.invite(consultation, [MembershipFactory().organisation], actor=actor)
    delivery.drain()
    assert len(outbox) == 0

    clock.shift(timedelta(days=2, seconds=1))
    delivery.drain()

    assert len(outbox) == 1


def test_cancelled_organisation_can_be_invited_again(consultation, actor, outbox):
    membership = MembershipFactory()
    actions.invite(consultation, [membership.organisation], actor=actor)
    lifecycle.cancel(Invitation.objects.get().pk, actor=actor)
    delivery.drain()
    assert len(outbox) == 0

    actions.invite(consultation, [membership.organisation], actor=actor)
    delivery.drain()

    assert Invitation.objects.get().state == "sent"
    assert len(outbox) == 1


def test_invitation_is_sent_again_at_most_once_a_day(consultation, actor, clock, outbox):
    actions.invite(consultation, [MembershipFactory().organisation], actor=actor)
    delivery.drain()
    invitation = Invitation.objects.get()
    with pytest.raises(Refused, match="Send it again tomorrow"):
        actions.send_again(invitation.pk, actor=actor)

    clock.shift(timedelta(days=1))
    actions.send_again(invitation.pk, actor=actor)
    with pytest.raises(Refused, match="Send it again tomorrow"):
        actions.send_again(invitation.pk, actor=actor)
    delivery.drain()

    assert len(outbox) == 2


def test_address_that_does_not_exist_shows_in_the_ledger(consultation, actor):
    actions.invite(consultation, [MembershipFactory().organisation], actor=actor)
    OutgoingMessage.objects.update(state="failed", reason="550 5.1.1")

    tasks.keep_time()

    assert Invitation.objects.get().state == "bounced"


# --- what submissions tell us ---------------------------------------------------------------------------


def test_answer_of_one_colleague_is_the_answer_of_all(consultation):
    organisation = OrganisationFactory()
    states = ("queued", "sent", "bounced", "opened", "started", "declined", "cancelled")
    for state in states:
        InvitationFactory(consultation=consultation, organisation=organisation, state=state)
    elsewhere = [InvitationFactory(organisation=organisation), InvitationFactory(consultation=consultation)]

    for _ in range(2):
        lifecycle.mark_responded(consultation, organisation=organisation, user=UserFactory())

    found = list(Invitation.objects.filter(organisation=organisation, consultation=consultation).order_by("pk"))
    assert [row.state for row in found] == ["responded"] * 6 + ["cancelled"]
    assert all(row.responded_at for row in found[:-1])
    assert {type(row).objects.get(pk=row.pk).state for row in elsewhere} == {"sent"}


def test_answer_for_oneself_is_found_by_account_or_address(consultation):
    mine = InvitationFactory(consultation=consultation, personal=True, contact__signs_in=True)
    by_address = InvitationFactory(consultation=consultation, personal=True)
    for_others = InvitationFactory(consultation=consultation, contact=mine.contact)

    lifecycle.mark_responded(consultation, user=mine.contact.user)
    lifecycle.mark_responded(consultation, user=UserFactory(email=by_address.contact.email))

    states = [Invitation.objects.get(pk=row.pk).state for row in (mine, by_address, for_others)]
    assert states == ["responded", "responded", "sent"]


def test_answer_taken_back_is_awaited_again(consultation):
    invitation = InvitationFactory(consultation=consultation)
    lifecycle.mark_started(consultation, organisation=invitation.organisation)
    invitation.refresh_from_db()
    assert invitation.state == "started"
    lifecycle.mark_responded(consultation, organisation=invitation.organisation)

    for _ in range(2):
        lifecycle.mark_unanswered(consultation, organisation=invitation.organisation)

    invitation.refresh_from_db()
    assert (invitation.state, invitation.is_outstanding) == ("started", True)


def test_started_does_not_undo_an_answer(consultation):
    invitation = InvitationFactory(consultation=consultation, responded=True)

    lifecycle.mark_started(consultation, organisation=invitation.organisation)

    invitation.refresh_from_db()
    assert invitation.state == "responded"


def test_who_has_answered_has_nothing_to_decline(consultation):
    invitation = InvitationFactory(consultation=consultation, responded=True)

    with pytest.raises(Refused, match="nothing to decline"):
        lifecycle.decline(invitation.pk, reason="")


def test_register_is_left_as_it_is(consultation, actor):
    membership = MembershipFactory()
    before = list(Organisation.objects.values())

    actions.invite(consultation, [membership.organisation], actor=actor)

    assert list(Organisation.objects.values()) == before
