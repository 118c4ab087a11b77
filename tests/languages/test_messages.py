"""Messages come in the language of the person who gets them, never in that of the person who caused them."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from consultations.invitations import actions
from consultations.invitations.actions import inviting
from consultations.invitations.models import Invitation
from engagement.events import plan as events_plan
from engagement.events.models import EventStep, Registration
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.plans import planner
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def invited(language):
    body = OrganisationFactory(name="Gwaith Tyne")
    contact = ContactFactory(name="Ada Fell", email="ada@tyne-works.example", signs_in=True)
    contact.user.language = language
    contact.user.save()
    MembershipFactory(organisation=body, contact=contact)
    actions.invite(ConsultationFactory(title="Growing together"), [body], actor=None)
    return OutgoingMessage.objects.get(about_kind="invitations.invitation")


def test_an_invitation_is_in_the_language_that_the_account_chose():
    message = invited("cy")

    assert message.subject == "Growing together: beth y mae Gwaith Tyne yn ei ddweud?"
    assert "Annwyl Ada Fell," in message.text_body
    assert '<html lang="cy">' in message.html_body


@pytest.mark.parametrize("language", ["", "fr", "en-gb"])
def test_without_a_choice_it_is_in_english_whoever_sends_it(language):
    with translation.override("cy"):
        message = invited(language)

    assert message.subject == "Growing together: what does Gwaith Tyne say?"
    assert '<html lang="en-gb">' in message.html_body


def test_inviting_many_asks_for_their_languages_at_once(django_assert_max_num_queries):
    bodies = []
    for _ in range(6):
        body = OrganisationFactory()
        MembershipFactory(organisation=body, contact=ContactFactory(signs_in=True))
        bodies.append(body)
    consultation = ConsultationFactory()
    actions.invite(consultation, bodies[:3], actor=None)
    rows = list(Invitation.objects.select_related("consultation", "contact", "organisation"))

    with django_assert_max_num_queries(8):
        inviting.write_to(consultation, rows)


def test_a_booking_keeps_its_language_for_the_messages_to_come(client):
    event = EventFactory()
    client.get(reverse("accounts:language", args=["cy"]))
    sent = {"name": "Ada Fell", "email": "ada@tyne-works.example", "consent": "on"}
    client.post(reverse("events:book", args=[event.slug]), sent)

    registration = Registration.objects.get()
    assert registration.language == "cy"
    assert OutgoingMessage.objects.get().subject.startswith("Mae lle gennych: ")

    # Two days before, the clock of the site sends it and nobody reads in any language.
    Registration.objects.update(confirmed_at=timezone.now() - timedelta(days=30))
    step = EventStep.objects.create(event=event, kind="reminder", anchor="starts", days=-2, local_time=time(9))
    planner.write_due(events_plan.PLAN, [step], event.starts_at - timedelta(days=4))
    reminder = OutgoingMessage.objects.get(rule=f"events.reminder:{event.pk}")
    assert "Annwyl Ada Fell," in reminder.text_body
    assert "Pryd: Dydd " in reminder.text_body


def test_a_name_in_a_message_is_text_in_every_language():
    user = UserFactory(name="<b>Ada</b>", language="cy")
    message = outbox.prepare(
        "accounts/email/second_step_removed",
        to=user.email,
        rule="x",
        occurrence="1",
        recipient="1",
        context={"name": user.name, "security_url": "https://x.example/"},
        language="cy",
    )

    assert "Annwyl &lt;b&gt;Ada&lt;/b&gt;," in message.html_body
    assert "Annwyl <b>Ada</b>," in message.text_body
