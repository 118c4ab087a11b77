"""What outsiders find, and what they do not."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from consultations.programme import actions
from consultations.programme.models import Consultation
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, DocumentFactory, ThemeFactory

pytestmark = pytest.mark.django_db


def page_of(it):
    return reverse("programme:consultation", args=[it.reference])


@pytest.mark.parametrize("state", Consultation.State.values)
def test_the_public_knows_of_it_from_the_announcement_to_the_report(client, state):
    it = ConsultationFactory(state=state)

    expected = 200 if state in Consultation.PUBLIC_STATES else 404
    assert client.get(page_of(it)).status_code == expected
    assert client.get(reverse("programme:calendar", args=[it.reference])).status_code == expected


def test_those_who_work_on_a_draft_see_its_page_and_other_staff_do_not(signed_in):
    assignment = AssignmentFactory(consultation=ConsultationFactory(draft=True))
    address = page_of(assignment.consultation)

    page = signed_in(assignment.user).get(address)

    assert "Only you and your colleagues see this page" in page.content.decode()
    assert signed_in(UserFactory(engagement=True)).get(address).status_code == 404
    assert signed_in(UserFactory()).get(address).status_code == 404


def test_an_open_consultation_says_what_until_when_and_leads_to_the_answer(client, time_machine):
    time_machine.move_to(datetime(2019, 1, 30, 12, tzinfo=UTC), tick=False)
    it = ConsultationFactory(closes_at=datetime(2019, 2, 8, 23, 59, 59, tzinfo=UTC), minutes_needed=15)
    theme = ThemeFactory(consultation=it, name="Clean growth")
    event = EventFactory(title="Round table on energy", capacity=30)
    actions.link_event(it, event, themes=[theme], actor=None)
    EventFactory(title="Somebody else’s")

    text = client.get(page_of(it)).content.decode()

    for words in (
        it.purpose,
        "Friday 8 February 2019, 11:59pm (GMT)",
        "9 days left",
        "About 15 minutes",
        "The partnership board",
        "Clean growth",
        "Round table on energy",
        "30 places left",
        it.privacy_notice,
        reverse("submissions:respond", args=[it.reference]),
    ):
        assert words in text, words
    assert "Somebody else’s" not in text


@pytest.mark.parametrize("state", ["scheduled", "paused", "closed", "reported"])
def test_what_is_not_open_offers_no_button_to_respond(client, state):
    it = ConsultationFactory(state=state)

    assert ">Respond<" not in client.get(page_of(it)).content.decode()


def test_the_timeline_tells_the_extension_with_its_reason(client, time_machine):
    time_machine.move_to(datetime(2019, 2, 1, 12, tzinfo=UTC), tick=False)
    it = ConsultationFactory(original_closes_at=datetime(2019, 2, 8, 23, 59, 59, tzinfo=UTC))
    it.changes.create(what="extended", reason="Snow closed the schools.", is_public=True)
    it.changes.create(what="proposed", reason="Between us", is_public=False)

    text = client.get(page_of(it)).content.decode()

    assert "Snow closed the schools." in text
    assert "First announced: Friday 8 February 2019" in text
    assert "Between us" not in text


def test_a_document_is_an_attachment_of_its_consultation_only(client):
    document, other = DocumentFactory(file_name="Prospectus.txt"), ConsultationFactory()
    hidden = DocumentFactory(consultation=ConsultationFactory(draft=True))

    def ask(it, which):
        return client.get(reverse("programme:document", args=[it.reference, which.public_id]))

    answer = ask(document.consultation, document)
    assert answer["Content-Disposition"] == 'attachment; filename="Prospectus.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"Prospectus. What we know about productivity in the region.\n"
    assert ask(other, document).status_code == 404
    assert ask(hidden.consultation, hidden).status_code == 404


def test_the_calendar_entry_moves_with_an_extension(client):
    it = ConsultationFactory(closes_at=datetime(2030, 2, 8, 23, 59, 59, tzinfo=UTC), schedule_revision=2)

    text = client.get(reverse("programme:calendar", args=[it.reference])).content.decode()

    assert "DTEND:20300208T235959Z" in text
    assert "SEQUENCE:2" in text


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_costs_the_same_however_many_there_are(client, django_assert_num_queries, many):
    for state in ("open", "paused", "scheduled", "closed", "draft"):
        ConsultationFactory.create_batch(many, state=state)

    with django_assert_num_queries(4):
        page = client.get(reverse("programme:list"))

    assert page.content.count(b'<article class="entry">') == 4 * many


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_costs_the_same_however_much_it_holds(client, django_assert_num_queries, many):
    it = ConsultationFactory()
    ThemeFactory.create_batch(many, consultation=it)
    DocumentFactory.create_batch(many, consultation=it)
    for _ in range(many):
        actions.link_event(it, EventFactory(), themes=[], actor=None)

    with django_assert_num_queries(5):
        page = client.get(page_of(it))

    assert page.content.count(b'<article class="entry">') == many
