"""Pages of invitations."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.invitations import actions, links
from consultations.invitations.models import Invitation
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation():
    return ConsultationFactory(reference="lis")


@pytest.fixture
def staff(staff_of, consultation):
    return staff_of(consultation)


def page(name, *arguments):
    return reverse(f"invitations:{name}", args=["lis", *arguments])


def confirmed(shown):
    return {"confirmed": "on", "who": shown.context["who"], "words": shown.context["words"]}


# --- the ledger -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 3])
def test_ledger_costs_the_same_however_many_are_invited(staff, consultation, django_assert_num_queries, many):
    for _ in range(many):
        actions.invite(consultation, [MembershipFactory().organisation], actor=UserFactory())
    delivery.drain()

    with django_assert_num_queries(12):
        shown = staff.get(page("ledger"))

    assert len(shown.context["rows"]) == len(shown.context["last"]) == many
    assert shown.content.decode().count('data-label="Last message"><a') == many


def test_ledger_begins_with_those_who_have_not_answered(staff, consultation):
    for name, facts in (
        ("A answered", {"responded": True}),
        ("B bounced", {"state": "bounced"}),
        ("C silent", {}),
        ("D no view", {"declined": True}),
        ("E started", {"started": True}),
    ):
        InvitationFactory(consultation=consultation, organisation__name=name, **facts)
    InvitationFactory(organisation__name="Elsewhere")

    shown = staff.get(page("ledger"))

    names = [row.organisation.name for row in shown.context["rows"]]
    assert names == ["C silent", "E started", "B bounced", "A answered", "D no view"]
    assert "of 5 invited" in shown.content.decode()


def test_ledger_can_be_narrowed(staff, consultation):
    one = InvitationFactory(consultation=consultation, responded=True)
    two = InvitationFactory(consultation=consultation)
    sector = two.organisation.kind.sector

    for query, wanted in (
        ("state=responded", [one]),
        ("state=outstanding", [two]),
        (f"q={two.contact.name}", [two]),
        ("area=nowhere", [two, one]),
        (f"sector={sector.code}&state=outstanding", [two]),
    ):
        assert list(staff.get(f"{page('ledger')}?{query}").context["rows"]) == wanted, query


def test_empty_ledger_says_what_to_do_next(staff):
    assert "Choose organisations of the register" in staff.get(page("ledger")).content.decode()


@pytest.mark.parametrize(("role", "status"), [("engagement", 200), ("officer", 403)])
def test_officers_read_and_engagement_staff_invite(staff_of, consultation, role, status):
    client = staff_of(consultation, role)

    assert client.get(page("ledger")).status_code == 200
    for address in (page("invite"), page("invite_list")):
        assert client.get(address).status_code == status
    assert client.post(page("invite_check"), {"confirmed": "on"}).status_code in ({403} if status == 403 else {422})


def test_consultation_of_others_does_not_exist(staff_of, consultation):
    client = staff_of(ConsultationFactory())

    for name in ("ledger", "invite", "invite_list", "send_many_again", "cancel_many"):
        assert client.get(page(name)).status_code == 404


def test_invitation_of_another_consultation_does_not_exist(staff):
    foreign = InvitationFactory()

    for name in ("invitation", "send_again", "cancel", "note"):
        assert staff.get(page(name, foreign.public_id)).status_code == 404


def test_invitation_page_shows_every_message(staff, consultation):
    actions.invite(consultation, [MembershipFactory().organisation], actor=UserFactory())
    delivery.drain()

    shown = staff.get(page("invitation", Invitation.objects.get().public_id)).content.decode()

    assert OutgoingMessage.objects.get().subject in shown


def test_cancelling_asks_first_and_works_once(staff, consultation):
    invitation = InvitationFactory(consultation=consultation)
    address = page("cancel", invitation.public_id)

    assert "Cancel the invitation of" in staff.get(address).content.decode()
    for _ in range(2):
        assert staff.post(address).status_code == 302

    invitation.refresh_from_db()
    assert invitation.state == "cancelled"


def test_refusal_comes_back_as_a_sentence(staff, consultation):
    invitation = InvitationFactory(consultation=consultation, responded=True)

    shown = staff.post(page("send_again", invitation.public_id))

    assert shown.status_code == 422
    assert "This invitation is “Responded”, so it is not sent again." in shown.content.decode()


# --- inviting -------------------------------------------------------------------------------------------


def test_preview_shows_exactly_who_and_what_and_sends_nothing(staff):
    member, other = MembershipFactory(), MembershipFactory()

    shown = staff.post(page("invite_check"), {"organisations": [member.organisation.pk]})

    text = shown.content.decode()
    assert "Invite 1 organisation?" in text
    assert member.contact.email in text
    assert other.contact.email not in text
    assert f"Dear {member.contact.name}," in text
    assert not Invitation.objects.exists()
    assert not OutgoingMessage.objects.exists()


def test_confirming_invites_whom_the_preview_showed_even_twice(staff, outbox):
    member = MembershipFactory()

    shown = staff.post(page("invite_check"), {"organisations": [member.organisation.pk]})
    for _ in range(2):
        staff.post(page("invite_check"), confirmed(shown))
    delivery.drain()

    assert Invitation.objects.count() == 1
    assert len(outbox) == 1


def test_everybody_who_fits_is_taken_from_the_filter(staff):
    fits, other = MembershipFactory(), MembershipFactory()
    sector = fits.organisation.kind.sector.code

    shown = staff.post(page("invite_check"), {"everyone": "on", "sector": sector})

    assert [entry.contact for entry in shown.context["selection"].candidates] == [fits.contact]
    assert other.organisation.kind.sector.code != sector


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({}, "Tick at least one organisation, or choose everybody who fits."),
        ({"organisations": ["999999"]}, "One of the organisations is no longer in the register."),
        ({"organisations": ["x"]}, "One of the organisations is no longer in the register."),
    ],
)
def test_choice_that_cannot_be_gets_a_sentence(staff, posted, sentence):
    MembershipFactory()

    shown = staff.post(page("invite_check"), posted)

    assert shown.status_code == 422
    assert sentence in shown.content.decode()


def test_filters_stand_in_the_address(staff):
    fits = MembershipFactory()
    MembershipFactory()
    kind = fits.organisation.kind

    shown = staff.get(f"{page('invite')}?sector={kind.sector.code}&kind={kind.code}")

    assert [entry.organisation for entry in shown.context["candidates"]] == [fits.organisation]


def test_closed_consultation_says_why_nobody_can_be_invited(staff_of):
    client = staff_of(ConsultationFactory(reference="lis", closed=True))
    member = MembershipFactory()

    assert "This consultation is “Closed”." in client.get(page("invite")).content.decode()
    shown = client.post(page("invite_check"), {"organisations": [member.organisation.pk]})
    assert "Nobody can be invited now" in shown.content.decode()
    shown = client.post(page("invite_check"), confirmed(shown))

    assert shown.status_code == 422
    assert not Invitation.objects.exists()


# --- the link -------------------------------------------------------------------------------------------


def link(invitation, name="follow"):
    address = links.follow_url(invitation) if name == "follow" else links.decline_url(invitation)
    return address.removeprefix("http://127.0.0.1:8000")


def test_scanner_that_reads_the_links_changes_nothing(client, consultation):
    invitation = InvitationFactory(consultation=consultation)

    for name in ("follow", "decline"):
        shown = client.get(link(invitation, name))
        assert shown.status_code == 200
        assert consultation.title in shown.content.decode()

    invitation.refresh_from_db()
    assert invitation.state == "sent"


def test_link_identifies_and_never_signs_in(client, consultation):
    invitation = InvitationFactory(consultation=consultation, contact__signs_in=True)

    shown = client.post(link(invitation))

    invitation.refresh_from_db()
    assert invitation.state == "opened"
    assert "_auth_user_id" not in client.session
    assert f'name="email" value="{invitation.contact.email}"' in shown.content.decode()


def test_code_is_asked_for_with_the_address_at_hand(consultation, outbox):
    invitation = InvitationFactory(consultation=consultation, contact__signs_in=True)
    client = Client()
    onward = reverse("submissions:respond", args=["lis"])

    answer = client.post(link(invitation), {"email": invitation.contact.email, "next": onward}, follow=True)
    delivery.drain()

    assert [status for _, status in answer.redirect_chain] == [307, 302]
    assert answer.redirect_chain[-1][0].endswith(f"?next={onward}".replace("/", "%2F"))
    assert "_auth_user_id" not in client.session
    invitation.refresh_from_db()
    assert invitation.state == "opened"
    assert outbox.only().to == [invitation.contact.email] or invitation.contact.email in outbox.only().to[0]


def test_somebody_signed_in_goes_straight_on(signed_in, consultation):
    invitation = InvitationFactory(consultation=consultation, contact__signs_in=True)

    answer = signed_in(invitation.contact.user).post(link(invitation))

    assert answer.url == reverse("submissions:respond", args=["lis"])


def test_no_view_is_noted_with_its_reason_and_can_be_taken_back(client, consultation):
    invitation = InvitationFactory(consultation=consultation)
    for _ in range(2):
        client.post(link(invitation, "decline"), {"reason": "Not our field."})

    invitation.refresh_from_db()
    assert (invitation.state, invitation.declined_reason) == ("declined", "Not our field.")
    assert "We have noted that you have no view" in client.get(link(invitation, "decline")).content.decode()
    assert "you can still answer" in client.get(link(invitation)).content.decode()


@pytest.mark.parametrize("state", ["scheduled", "paused", "closed"])
def test_link_to_what_takes_no_answers_says_so(client, state):
    consultation = ConsultationFactory(state=state, opens_at=timezone.now() - timedelta(days=1))

    shown = client.get(link(InvitationFactory(consultation=consultation))).content.decode()

    assert "Respond</button>" not in shown


def test_false_link_and_cancelled_invitation_lead_nowhere(client, consultation):
    assert client.get(reverse("invitations:follow", args=["false:link"])).status_code == 404
    assert client.get(link(InvitationFactory(consultation=consultation, state="cancelled"))).status_code == 404
    draft = InvitationFactory(consultation=ConsultationFactory(draft=True))
    assert client.get(link(draft)).status_code == 404


@pytest.mark.parametrize(("state", "boxes"), [("scheduled", 1), ("open", 1), ("draft", 0), ("closed", 0)])
def test_organisations_can_be_ticked_only_while_they_can_be_invited(staff, consultation, state, boxes):
    organisation = MembershipFactory().organisation
    consultation.state = state
    consultation.save()

    shown = staff.get(page("invite")).content.decode()

    assert organisation.name in shown
    assert shown.count('type="checkbox"') == shown.count('name="organisations"') == boxes
    assert ("Nobody can be invited now" in shown, "See who gets what" in shown) == (not boxes, bool(boxes))
