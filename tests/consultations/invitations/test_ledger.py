"""What became of each invitation, when and why; acts on many of them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.invitations import actions, lifecycle, tasks
from consultations.invitations.models import Invitation
from engagement.audit.models import Entry
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation():
    return ConsultationFactory(reference="lis")


@pytest.fixture
def staff(staff_of, consultation):
    return staff_of(consultation)


def page(name, *arguments):
    return reverse(f"invitations:{name}", args=["lis", *arguments])


def history(invitation):
    return list(invitation.changes.values_list("state", "cause"))


def message_to(invitation, **facts):
    return OutgoingMessage(
        rule=f"invitations.invite:{invitation.consultation_id}",
        recipient=str(invitation.contact_id),
        to_email=invitation.contact.email,
        about_kind="invitations.invitation",
        about_key=str(invitation.pk),
        sent_at=timezone.now(),
        **facts,
    )


# --- states, moments, causes ----------------------------------------------------------------------------


def test_every_state_has_its_moment_and_its_cause(consultation, clock):
    lead, colleague = MembershipFactory(role="lead"), UserFactory()
    MembershipFactory(organisation=lead.organisation, contact__user=colleague)
    actor = UserFactory()
    actions.invite(consultation, [lead.organisation], actor=actor)
    invitation = Invitation.objects.get()
    moments = [timezone.now()]
    for happens in (
        delivery.drain,
        lambda: lifecycle.message_event(message_to(invitation), "delivered"),
        lambda: lifecycle.open_link(invitation.pk),
        lambda: lifecycle.mark_started(consultation, lead.organisation, colleague),
        lambda: lifecycle.mark_responded(consultation, lead.organisation, colleague),
        lambda: lifecycle.mark_unanswered(consultation, lead.organisation, colleague),
    ):
        clock.shift(timedelta(hours=1))
        moments.append(timezone.now())
        for _ in range(2):
            happens()

    assert history(invitation) == [
        ("queued", "invited"),
        ("sent", "taken"),
        ("delivered", "arrived"),
        ("opened", "followed"),
        ("started", "colleague_began"),
        ("responded", "answered"),
        ("started", "taken_back"),
    ]
    assert list(invitation.changes.values_list("at", flat=True)) == moments
    assert list(invitation.changes.values_list("actor", flat=True)) == [
        actor.pk, None, None, None, colleague.pk, colleague.pk, None,
    ]  # fmt: skip
    invitation.refresh_from_db()
    assert (invitation.since, invitation.delivered_at, invitation.opened_at) == (moments[-1], moments[2], moments[3])


def test_one_who_begins_is_told_from_a_colleague_of_theirs(consultation):
    own = InvitationFactory(consultation=consultation, contact__user=UserFactory())
    other = InvitationFactory(consultation=consultation, organisation=own.organisation)

    lifecycle.mark_started(consultation, own.organisation, own.contact.user)

    assert [history(own), history(other)] == [[("started", "begun")], [("started", "colleague_began")]]


def test_who_passed_it_on_or_had_no_view_stands_there_again_when_the_answer_is_withdrawn(consultation):
    declined = InvitationFactory(consultation=consultation)
    lifecycle.decline(declined.pk, reason="")
    said_at = Invitation.objects.get(pk=declined.pk).declined_at

    lifecycle.mark_responded(consultation, declined.organisation)
    lifecycle.mark_unanswered(consultation, declined.organisation)

    declined.refresh_from_db()
    assert (declined.state, declined.declined_at) == ("declined", said_at)


EVENTS = st.lists(st.sampled_from(["sent", "delivered", "bounced", "opened", "declined", "nonsense"]), max_size=7)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_reports_of_the_mail_may_come_twice_late_and_in_any_order(consultation, events):
    """What somebody did themselves is never undone by a report; history and state agree."""
    invitation = InvitationFactory(consultation=consultation, state="queued", sent_at=None)
    did = ""
    for event in events:
        if event == "opened":
            lifecycle.open_link(invitation.pk)
        elif event == "declined":
            lifecycle.decline(invitation.pk, reason="")
        else:
            before = Invitation.objects.get(pk=invitation.pk).state
            lifecycle.message_event(message_to(invitation, reason="550 no such mailbox"), event)
            if before in {"opened", "declined"}:
                assert Invitation.objects.get(pk=invitation.pk).state == before
        did = Invitation.objects.get(pk=invitation.pk).state

    steps = [state for state, _ in history(invitation)]
    assert (steps[-1] if steps else "queued") == (did or "queued")
    assert all(one != other for one, other in pairwise(["queued", *steps]))
    assert all(other in Invitation.MOVES[one] for one, other in pairwise(["queued", *steps]))


def test_report_about_something_else_changes_nothing(consultation):
    invitation = InvitationFactory(consultation=consultation)
    message = message_to(invitation)
    message.about_kind = "events.registration"

    lifecycle.message_event(message, "bounced")

    assert history(invitation) == []


# --- the clock ------------------------------------------------------------------------------------------


def test_what_was_not_begun_expires_at_the_promised_moment_and_stands_again_when_there_is_more_time(
    consultation, clock
):
    opened = InvitationFactory(consultation=consultation, state="opened", opened_at=timezone.now())
    sent = InvitationFactory(consultation=consultation)
    started = InvitationFactory(consultation=consultation, started=True)
    promised = consultation.closes_at
    clock.move_to(promised + timedelta(hours=3))

    for _ in range(2):
        tasks.keep_time()

    states = {row.pk: row.state for row in Invitation.objects.all()}
    assert states == {opened.pk: "expired", sent.pk: "expired", started.pk: "started"}
    sent.refresh_from_db()
    assert (sent.expired_at, sent.since) == (promised, promised)

    consultation.closes_at = timezone.now() + timedelta(days=3)
    consultation.save()
    assert (lifecycle.revive(consultation), lifecycle.revive(consultation)) == (2, 0)
    assert [Invitation.objects.get(pk=one.pk).state for one in (opened, sent)] == ["opened", "sent"]


# --- the page -------------------------------------------------------------------------------------------


def test_ledger_can_be_sorted_and_narrowed_to_one_organisation(staff, consultation, clock):
    first = InvitationFactory(consultation=consultation, organisation__name="B", contact__name="Zoe")
    InvitationFactory(consultation=consultation, organisation=first.organisation, contact__name="Yan")
    clock.shift(timedelta(hours=1))
    InvitationFactory(consultation=consultation, organisation__name="A", contact__name="Xena", responded=True)

    for query, wanted in (
        ("", ["Yan", "Zoe", "Xena"]),
        ("order=organisation", ["Xena", "Yan", "Zoe"]),
        ("order=contact", ["Xena", "Yan", "Zoe"]),
        ("order=oldest", ["Zoe", "Yan", "Xena"]),
        ("order=latest", ["Xena", "Yan", "Zoe"]),
        ("order=;drop", ["Yan", "Zoe", "Xena"]),
        (f"of={first.organisation.public_id}", ["Yan", "Zoe"]),
        ("of=nonsense", ["Yan", "Zoe", "Xena"]),
        ("state=sent&order=contact", ["Yan", "Zoe"]),
    ):
        shown = staff.get(f"{page('ledger')}?{query}")
        assert [row.contact.name for row in shown.context["rows"]] == wanted, query
    whole = staff.get(page("ledger")).content.decode()
    assert "All 2 invitations" in whole
    assert "Sent (2)" in whole


def test_ledger_says_that_a_colleague_began_and_who(staff, consultation):
    invitation = InvitationFactory(consultation=consultation)
    lifecycle.mark_started(consultation, invitation.organisation, UserFactory(name="Ben Okafor"))

    assert "A colleague began the answer: Ben Okafor" in staff.get(page("ledger")).content.decode()


# --- one act on many ------------------------------------------------------------------------------------


def chosen(shown, **more):
    return {"shown": shown.context["shown"], "words": shown.context["words"], "confirmed": "on", **more}


def test_many_are_sent_again_exactly_as_the_preview_showed(staff_of, consultation, clock, outbox):
    for _ in range(2):
        actions.invite(consultation, [MembershipFactory().organisation], actor=UserFactory())
    delivery.drain()
    InvitationFactory(consultation=consultation, responded=True)
    clock.shift(timedelta(days=1))
    staff = staff_of(consultation)

    shown = staff.post(page("send_many_again"), {"everyone": "on", "state": ""})

    assert len(shown.context["chosen"].ready) == 2
    assert [reason for _, reason in shown.context["chosen"].left_out] == [
        "This invitation is “Responded”, so it is not sent again."
    ]
    assert len(outbox) == 2
    for _ in range(2):
        staff.post(page("send_many_again"), chosen(shown))
        delivery.drain()
    assert len(outbox) == 4
    assert Entry.objects.filter(verb="invitation.sent_again").count() == 2


def test_reader_is_told_when_an_address_changed_between_preview_and_sending(staff, consultation, outbox):
    invitation = InvitationFactory(consultation=consultation, contact__name="Ana Li")
    shown = staff.post(page("send_many_again"), {"invitations": [str(invitation.public_id)]})
    invitation.contact.email = "new@example.com"
    invitation.contact.save()

    again = staff.post(page("send_many_again"), chosen(shown))

    assert again.status_code == 422
    assert "The address of Ana Li has changed since you looked. Nothing was sent." in again.content.decode()
    assert "new@example.com" in again.content.decode()
    delivery.drain()
    assert len(outbox) == 0


def test_many_are_cancelled_after_a_question(staff, consultation):
    rows = [InvitationFactory(consultation=consultation) for _ in range(2)]
    InvitationFactory()
    shown = staff.post(page("cancel_many"), {"invitations": [str(row.public_id) for row in rows]})
    assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}

    staff.post(page("cancel_many"), chosen(shown))

    assert Invitation.objects.filter(state="cancelled").count() == 2


@pytest.mark.parametrize("name", ["send_many_again", "cancel_many"])
@pytest.mark.parametrize("posted", [{}, {"invitations": ["1 or 1=1"]}, {"confirmed": "on", "shown": "x:y"}])
def test_choice_of_none_gets_a_sentence(staff, consultation, name, posted):
    InvitationFactory(consultation=consultation)

    answer = staff.post(page(name), posted, follow=True)

    text = answer.content.decode()
    assert "Tick at least one invitation" in text or "The form was incomplete" in text
    assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize("many", [1, 3])
def test_preview_costs_the_same_however_many_are_chosen(staff, consultation, django_assert_num_queries, many):
    for _ in range(many):
        InvitationFactory(consultation=consultation, organisation=OrganisationFactory())

    with django_assert_num_queries(12):
        staff.post(page("send_many_again"), {"everyone": "on"})


def test_note_is_kept_with_the_invitation(staff_of, consultation):
    invitation = InvitationFactory(consultation=consultation)
    officer = staff_of(consultation, "officer")

    assert officer.post(page("note", invitation.public_id), {"text": " "}).status_code == 422
    officer.post(page("note", invitation.public_id), {"text": "Rang on Monday."})

    assert "Rang on Monday." in officer.get(page("invitation", invitation.public_id)).content.decode()
    assert history(invitation) == [("sent", "note")]
    assert Entry.objects.filter(verb="invitation.noted").count() == 1
