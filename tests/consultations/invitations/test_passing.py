"""What the invited person does besides answering: no view, passing on, and back again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.invitations import actions, lifecycle, links
from consultations.invitations.models import Invitation
from engagement.core.errors import Refused
from engagement.messaging import delivery
from engagement.messaging.models import Suppression, address_hash
from engagement.stakeholders.models import Contact, Membership
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory

pytestmark = pytest.mark.django_db
BEN = {"name": "Ben Okafor", "email": "ben@example.com"}


@pytest.fixture
def consultation():
    return ConsultationFactory(reference="lis")


@pytest.fixture
def invitation(consultation):
    return InvitationFactory(consultation=consultation, contact__user=UserFactory(), contact__name="Ana Li")


def address(invitation, name):
    token = links.follow_url(invitation).rstrip("/").rsplit("/", 1)[-1]
    return reverse(f"invitations:{name}", args=[token])


def state_of(invitation):
    return Invitation.objects.get(pk=invitation.pk).state


# --- passing on -----------------------------------------------------------------------------------------


def test_colleague_gets_an_invitation_and_may_write(signed_in, invitation, outbox):
    person = signed_in(invitation.contact.user)
    for _ in range(2):
        person.post(address(invitation, "pass_on"), BEN)
        delivery.drain()

    assert state_of(invitation) == "delegated"
    passed = Invitation.objects.get(contact__email="ben@example.com")
    assert (passed.organisation, passed.delegated_from, passed.state) == (invitation.organisation, invitation, "sent")
    assert Membership.objects.current().get(contact=passed.contact).role == "contributor"
    message = outbox.only()
    assert message.to == ["Ben Okafor <ben@example.com>"]
    assert "Ana Li passed this invitation on to you." in message.body
    assert "ben@example.com" in person.get(address(invitation, "pass_on")).content.decode()


def test_only_the_invited_person_passes_it_on(client, signed_in, invitation):
    other = MembershipFactory(organisation=invitation.organisation, contact__user=UserFactory())

    asked = client.get(address(invitation, "pass_on"))
    assert "Show that it is you" in asked.content.decode()
    client.post(address(invitation, "pass_on"), BEN)
    assert signed_in(other.contact.user).post(address(invitation, "pass_on"), BEN).status_code == 403

    assert state_of(invitation) == "sent"
    assert not Contact.objects.filter(email="ben@example.com").exists()


def test_taking_it_back_ends_what_came_with_it(signed_in, invitation, outbox):
    person = signed_in(invitation.contact.user)
    person.post(address(invitation, "pass_on"), BEN)
    for _ in range(2):
        person.post(address(invitation, "take_back"))
    delivery.drain()

    assert state_of(invitation) == "opened"
    passed = Invitation.objects.get(contact__email="ben@example.com")
    assert passed.state == "cancelled"
    assert not Membership.objects.current().filter(contact=passed.contact).exists()
    assert len(outbox) == 0

    person.post(address(invitation, "pass_on"), BEN)
    assert (state_of(invitation), state_of(passed)) == ("delegated", "queued")
    assert Membership.objects.current().filter(contact=passed.contact).exists()


def test_colleague_who_has_begun_goes_on_beside_the_one_who_takes_it_back(invitation):
    passed = actions.pass_on(invitation.pk, **BEN, actor=invitation.contact.user)
    passed.contact.refresh_from_db()
    lifecycle.mark_started(invitation.consultation, invitation.organisation, passed.contact.user)
    assert (state_of(invitation), state_of(passed)) == ("delegated", "started")

    assert actions.take_back(invitation.pk, actor=invitation.contact.user) is True

    assert (state_of(invitation), state_of(passed)) == ("opened", "started")
    assert Membership.objects.current().filter(contact=passed.contact).exists()


def test_answer_of_the_colleague_is_the_answer_of_both(invitation):
    passed = actions.pass_on(invitation.pk, **BEN, actor=invitation.contact.user)

    lifecycle.mark_responded(invitation.consultation, invitation.organisation)

    assert (state_of(invitation), state_of(passed)) == ("responded", "responded")


def test_member_keeps_their_place_when_it_is_taken_back(invitation):
    held = MembershipFactory(organisation=invitation.organisation, role="approver")
    actions.pass_on(invitation.pk, name="Whoever", email=held.contact.email.upper(), actor=None)

    actions.take_back(invitation.pk, actor=None)

    assert Membership.objects.current().get(pk=held.pk).role == "approver"


def test_name_in_the_register_is_not_told_to_whoever_knows_the_address(signed_in, invitation):
    known = ContactFactory(name="Priscilla Hidden")
    person = signed_in(invitation.contact.user)

    person.post(address(invitation, "pass_on"), {"name": "Somebody", "email": known.email})

    assert state_of(invitation) == "delegated"
    assert "Priscilla" not in person.get(address(invitation, "pass_on")).content.decode()


def suppress(invitation):
    key = address_hash(BEN["email"])
    Suppression.objects.create(address_key=key, category="", cause=Suppression.Cause.COMPLAINED)


def declined_already(invitation):
    held = MembershipFactory(organisation=invitation.organisation, contact__email=BEN["email"])
    InvitationFactory(
        consultation=invitation.consultation, contact=held.contact, organisation=held.organisation, declined=True,
        member=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "posted", "sentence"),
    [
        (None, {"name": "", "email": "nonsense"}, "name@example.org"),
        (None, {**BEN, "name": "Win at www.example.com"}, "Write the name alone"),
        (None, {**BEN, "name": "See https://example.com"}, "Write the name alone"),
        (suppress, BEN, "We do not write to this address"),
        (declined_already, BEN, "was asked before and does not answer"),
        (lambda it: lifecycle.mark_responded(it.consultation, it.organisation), BEN, "reached us already"),
    ],
)
def test_colleague_who_cannot_be_asked_gets_a_sentence(signed_in, invitation, before, posted, sentence):
    if before:
        before(invitation)
    stood = state_of(invitation)

    answer = signed_in(invitation.contact.user).post(address(invitation, "pass_on"), posted)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert state_of(invitation) == stood
    assert not Membership.objects.filter(contact__email="ben@example.com", role="contributor").exclude(
        contact__invitations__state="declined"
    )


def test_own_address_and_personal_invitations_are_not_passed_on(invitation, consultation):
    with pytest.raises(Refused, match="your own address"):
        actions.pass_on(invitation.pk, name="Me", email=invitation.contact.email.upper(), actor=None)
    personal = InvitationFactory(consultation=consultation, personal=True)
    with pytest.raises(Refused, match="for you alone"):
        actions.pass_on(personal.pk, **BEN, actor=None)


def test_invitation_goes_through_so_many_hands_and_no_more(invitation):
    for _ in range(5):
        actions.pass_on(invitation.pk, **BEN, actor=None)
        actions.take_back(invitation.pk, actor=None)

    with pytest.raises(Refused, match="several times"):
        actions.pass_on(invitation.pk, **BEN, actor=None)


# --- no view --------------------------------------------------------------------------------------------


def test_no_view_can_be_taken_back_by_the_link(client, invitation):
    client.post(address(invitation, "decline"), {"reason": "Not our field."})
    assert state_of(invitation) == "declined"

    for _ in range(2):
        client.post(address(invitation, "change_mind"))

    assert state_of(invitation) == "opened"
    assert list(invitation.changes.values_list("cause", "text")) == [
        ("no_view", "Not our field."),
        ("changed_mind", ""),
    ]


# --- the landing page -----------------------------------------------------------------------------------


def test_colleague_who_began_is_told_on_the_landing_page_without_a_name(client, invitation):
    other = InvitationFactory(consultation=invitation.consultation, organisation=invitation.organisation)
    assert "has already started" not in client.get(address(invitation, "follow")).content.decode()

    lifecycle.mark_started(invitation.consultation, invitation.organisation, UserFactory(name="Ben Okafor"))

    for one in (invitation, other):
        text = client.get(address(one, "follow")).content.decode()
        assert "A colleague has already started this" in text
        assert "Ben Okafor" not in text


def test_landing_page_says_nothing_of_a_colleague_to_the_one_who_began(client, invitation):
    lifecycle.mark_started(invitation.consultation, invitation.organisation, invitation.contact.user)

    assert "has already started" not in client.get(address(invitation, "follow")).content.decode()


# --- links die when they say they do --------------------------------------------------------------------


def test_link_is_over_at_the_close_and_does_nothing_after(client, invitation, clock):
    closes_at = invitation.consultation.closes_at
    clock.move_to(closes_at)
    assert "<button" in client.get(address(invitation, "follow")).content.decode().split("<main", 1)[1]
    clock.move_to(closes_at + timedelta(seconds=1))

    landing = client.get(address(invitation, "follow")).content.decode()
    assert "This link worked until the consultation closed" in landing
    assert address(invitation, "decline") not in landing
    client.post(address(invitation, "follow"))
    refused = client.post(address(invitation, "decline"), {"reason": "x"})
    assert (refused.status_code, state_of(invitation)) == (422, "sent")
    with pytest.raises(Refused, match="worked until"):
        actions.pass_on(invitation.pk, **BEN, actor=None)


def test_no_view_is_not_taken_back_after_the_close(invitation, clock):
    lifecycle.decline(invitation.pk, reason="")
    clock.move_to(invitation.consultation.closes_at + timedelta(seconds=1))

    with pytest.raises(Refused, match="worked until"):
        lifecycle.change_mind(invitation.pk)


@pytest.mark.parametrize("name", ["follow", "decline", "pass_on"])
def test_link_of_somebody_who_left_and_of_a_cancelled_invitation_lead_nowhere(client, invitation, name):
    assert client.get(address(invitation, name)).status_code == 200
    Membership.objects.filter(contact=invitation.contact).update(until_on=timezone.localdate())
    assert client.get(address(invitation, name)).status_code == 404


def test_reading_any_page_of_a_link_changes_nothing_and_signs_nobody_in(invitation):
    scanner = Client()
    for name in ("follow", "decline", "change_mind", "pass_on", "take_back"):
        scanner.get(address(invitation, name))
        scanner.head(address(invitation, name))

    assert state_of(invitation) == "sent"
    assert not invitation.changes.exists()
    assert "_auth_user_id" not in scanner.session
