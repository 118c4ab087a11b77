"""People asked to an event: whom, what they answer, and what staff see against what they wanted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from engagement.core.errors import Refused
from engagement.events import balancing, invitees, lifecycle, queries
from engagement.events.models import Invitee
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Membership, Segment
from tests.factories.accounts import UserFactory
from tests.factories.events import AttendanceFactory, EventFactory
from tests.factories.stakeholders import ContactFactory, KindFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return UserFactory(staff_role="engagement")


def members(kind, number, **contact):
    return [
        MembershipFactory(organisation=OrganisationFactory(kind=kind), contact=ContactFactory(**contact))
        for _ in range(number)
    ]


def want(event, **targets):
    rows = {
        kind.sector_id: {"reserved": 0, "most": None, "target": target, "release_at": None}
        for kind, target in targets.values()
    }
    lifecycle.allocate(event.pk, rows)


def asked():
    rows = OutgoingMessage.objects.filter(rule="events.invited").order_by("pk")
    return list(rows.values_list("to_email", flat=True))


def test_as_many_of_each_sector_are_proposed_as_are_still_wanted(signed_in, staff):
    event, firms, schools = EventFactory(), KindFactory(), KindFactory()
    members(firms, 4)
    members(schools, 1)
    members(firms, 1, opted_out_at=timezone.now())
    want(event, firms=(firms, 2), schools=(schools, 2))
    page, address = signed_in(staff), reverse("events:invite", args=[event.public_id])

    shown = page.get(address)
    assert dict(shown.context["by_sector"]) == {str(firms.sector): 2, str(schools.sector): 1}
    chosen = shown.context["form"].initial["people"]
    assert page.get(address).context["form"].initial["people"] == chosen  # the same lot again
    everybody = page.get(address + "?how_many=all")
    assert len(everybody.context["form"].initial["people"]) == 5
    key = shown.context["form"]["form_key"].value()
    # One of the three is left out by hand; the same form sent twice asks once.
    for _ in range(2):
        assert page.post(address, {"people": chosen[1:], "text": "Do come.", "form_key": key}).status_code == 302

    assert sorted(asked()) == sorted(Membership.objects.get(pk=pk).contact.email for pk in chosen[1:])
    text = OutgoingMessage.objects.first().text_body
    assert ("Do come." in text, "Accept or decline the invitation" in text) == (True, True)
    assert event.waves.get().audience


def test_a_second_wave_comes_from_the_sector_that_is_behind(staff):
    event, firms, schools = EventFactory(), KindFactory(), KindFactory()
    first = [*members(firms, 2), *members(schools, 2)]
    want(event, firms=(firms, 2), schools=(schools, 2))
    lifecycle.invite(event.pk, first, audience="", text="Come", actor=staff)
    for invitee in Invitee.objects.filter(kind=schools):
        lifecycle.decline_invitation(invitee.pk, "Term time")
    members(firms, 3)
    late = members(schools, 3)

    missing = {line.sector_id: line.missing for line in balancing.against_target(event)}
    proposed = balancing.balanced(balancing.candidates(event, {}), missing)

    assert missing == {firms.sector_id: 0, schools.sector_id: 2}
    assert len(proposed) == 2
    assert {one.pk for one in proposed} < {one.pk for one in late}


@given(st.lists(st.integers(0, 3), max_size=40), st.dictionaries(st.integers(0, 3), st.integers(0, 9)))
@hypothesis_settings(max_examples=60, deadline=None)
def test_never_more_are_proposed_than_are_missing_and_never_fewer_than_there_are(sectors, missing):
    people = []
    for pk, sector in enumerate(sectors):
        body = OrganisationFactory.build(kind=KindFactory.build(sector_id=sector, pk=sector))
        people.append(Membership(pk=pk, organisation=body))
    chosen = balancing.balanced(people, missing)
    for sector in range(4):
        number = sum(one.organisation.kind.sector_id == sector for one in chosen)
        assert number == min(sectors.count(sector), missing.get(sector, 0))


def test_accepting_is_a_booking_and_the_invitation_knows_it(client, staff):
    event = EventFactory(by_invitation=True)
    (member,) = members(KindFactory(), 1)
    lifecycle.invite(event.pk, [member], audience="", text="Come", actor=staff)
    invitee = Invitee.objects.get()
    own = reverse("events:invited", args=[invitees.token_of(invitee)])

    shut = reverse("events:book", args=[event.slug])
    data = {"name": "Ada", "email": member.contact.email, "consent": "on", "companions": "0"}
    assert "for people who were invited" in client.get(shut).text
    assert "Use the link in your invitation." in client.post(shut, data).text
    assert not event.registrations.exists()
    book = client.get(own).context["book_url"]
    assert client.get(book).context["form"].initial["email"] == member.contact.email
    for _ in range(2):
        assert client.post(book, data).status_code == 302

    invitee.refresh_from_db()
    assert (invitee.state, invitee.registration.state) == ("accepted", "confirmed")
    assert "You have accepted." in client.get(own).text
    assert event.registrations.count() == 1


def test_declining_gives_a_reason_and_a_substitute_is_asked_once(client, staff):
    event = EventFactory()
    one, other = members(KindFactory(), 2)
    lifecycle.invite(event.pk, [one, other], audience="", text="Come", actor=staff)
    invitee = Invitee.objects.get(contact=one.contact)
    address = reverse("events:decline_invitation", args=[invitees.token_of(invitee)])
    wrong = client.post(address, {"name": "Cleo"})
    assert "Enter the e-mail address of your colleague." in wrong.text
    data = {"reason": "On leave", "name": "Cleo", "email": "cleo@partner.example"}
    for _ in range(2):
        assert client.post(address, data).status_code == 302

    invitee.refresh_from_db()
    cleo = Invitee.objects.get(email="cleo@partner.example")
    assert (invitee.state, invitee.reason, cleo.organisation) == ("declined", "On leave", one.organisation)
    assert asked().count("cleo@partner.example") == 1
    assert f"{invitee.name} cannot come and named you instead." in OutgoingMessage.objects.last().text_body
    # Who was asked already is not asked again, and nobody learns of it.
    second = Invitee.objects.get(contact=other.contact)
    lifecycle.decline_invitation(second.pk, name="Cleo", email="CLEO@partner.example")
    assert asked().count("cleo@partner.example") == 1


def test_only_who_has_not_answered_is_written_to_again_and_once_a_day(staff, time_machine):
    event = EventFactory()
    people = members(KindFactory(), 4)
    lifecycle.invite(event.pk, people, audience="", text="Come", actor=staff)
    accepts, declines, books, silent = Invitee.objects.order_by("pk")
    mine = lifecycle.register(event.pk, name="A", email=accepts.email, is_invited=True)
    lifecycle.accepted(accepts.pk, mine)
    lifecycle.decline_invitation(declines.pk)
    lifecycle.register(event.pk, name="B", email=books.email)
    assert list(queries.unanswered_invitations(event)) == [silent]
    books.refresh_from_db()
    assert books.state == "accepted"  # a booking in another way than by the link is a yes too
    with pytest.raises(Refused, match="was written to today"):
        lifecycle.invite_again(event.pk, actor=staff)

    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert lifecycle.invite_again(event.pk, actor=staff) == 1
    assert asked()[4:] == [silent.email]
    with pytest.raises(Refused):
        lifecycle.invite_again(event.pk, actor=staff)


def test_a_message_is_not_sent_to_who_has_answered_meanwhile(staff):
    event = EventFactory()
    members_ = members(KindFactory(), 2)
    lifecycle.invite(event.pk, members_, audience="", text="Come", actor=staff)
    first, second = Invitee.objects.order_by("pk")
    messages = {one.recipient: one for one in OutgoingMessage.objects.filter(rule="events.invited")}
    lifecycle.decline_invitation(first.pk)
    assert invitees.why_not(messages[str(first.public_id)]) == "The invitation is “declined” by now."
    assert invitees.why_not(messages[str(second.public_id)]) == ""


def test_a_taken_back_invitation_opens_nothing(client, signed_in, staff):
    event = EventFactory(by_invitation=True)
    lifecycle.invite(event.pk, members(KindFactory(), 1), audience="", text="Come", actor=staff)
    invitee = Invitee.objects.get()
    page = signed_in(staff)
    address = reverse("events:take_back", args=[event.public_id, invitee.public_id])
    assert "Take back the invitation of" in page.get(address).text
    assert page.post(address).status_code == 302
    assert client.get(reverse("events:invited", args=[invitees.token_of(invitee)])).status_code == 404
    book = invitees.book_url(invitee)
    assert "for people who were invited" in client.get(book).text


def test_the_page_counts_invited_accepted_and_attended_against_what_was_wanted(signed_in, staff):
    event, firms = EventFactory(), KindFactory()
    want(event, firms=(firms, 5))
    lifecycle.invite(event.pk, members(firms, 3), audience="", text="Come", actor=staff)
    ada, ben, _ = Invitee.objects.order_by("pk")
    for one in (ada, ben):
        booking = lifecycle.register(event.pk, name=one.name, email=one.email)
        lifecycle.accepted(one.pk, booking)
    AttendanceFactory(registration=event.registrations.first())
    lifecycle.register(event.pk, name="Uninvited", email="x@partner.example", kind=firms)
    lifecycle.cancel(booking.pk)

    page = signed_in(staff).get(reverse("events:invitations", args=[event.public_id]))

    (line,) = [line for line in page.context["lines"] if line.sector_id == firms.sector_id]
    counted = (line.target, line.invited, line.accepted, line.declined, line.pending, line.booked, line.attended)
    assert counted == (5, 3, 1, 1, 1, 2, 1)
    assert line.missing == 2


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_costs_the_same_however_many_were_asked(signed_in, staff, django_assert_num_queries, people):
    event = EventFactory()
    lifecycle.invite(event.pk, members(KindFactory(), people), audience="", text="Come", actor=staff)
    page = signed_in(staff)
    with django_assert_num_queries(10):
        page.get(reverse("events:invitations", args=[event.public_id]))


def test_a_segment_of_the_register_says_who_may_be_asked(signed_in, staff):
    event, firms, schools = EventFactory(), KindFactory(), KindFactory()
    members(firms, 2)
    (school,) = members(schools, 1)
    segment = Segment.objects.create(name="Schools", definition={"kinds": [schools.code]})
    address = reverse("events:invite", args=[event.public_id])
    shown = signed_in(staff).get(f"{address}?segment={segment.pk}&how_many=all")
    assert shown.context["form"].initial["people"] == [school.pk]
