"""Front page, homes, overview and search, as their readers meet them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.invitations.models import Invitation, PartnerExtension
from consultations.summaries.models import Summary
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.messaging import MessageFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory
from tests.factories.stakeholders import ContactFactory, OrganisationFactory
from tests.factories.submissions import SubmissionFactory, partner
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db


def sent(consultation, **facts):
    facts = {"state": "submitted", "confidentiality": "named", "timing": "on_time", **facts}
    return SubmissionFactory(consultation=consultation, submitted_at=timezone.now(), **facts)


def text_of(page):
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_the_front_page_shows_what_is_open_then_events_then_what_came_of_it(client, django_assert_num_queries, many):
    for number in range(many):
        ConsultationFactory(title=f"Open {number}")
        ConsultationFactory(title=f"Closed {number}", closed=True)
        ConsultationFactory(title=f"Draft {number}", draft=True)
        EventFactory(title=f"Event {number}")
        EventFactory(title=f"Hidden event {number}", state="draft")

    with django_assert_num_queries(4):
        page = client.get(reverse("dashboards:front"))

    text = text_of(page)
    assert text.index("Open 0") < text.index("Event 0") < text.index("Closed 0")
    assert text.count('<article class="entry">') == 3 * many
    assert "Draft" not in text
    assert "Hidden" not in text


def test_the_front_page_says_when_nothing_is_open(client):
    assert "Nothing is open at the moment." in text_of(client.get(reverse("dashboards:front")))


@pytest.mark.parametrize("name", ["accessibility", "privacy"])
def test_the_statements_are_open_to_all_and_name_the_keeper(client, settings, name):
    text = text_of(client.get(reverse(f"dashboards:{name}")))

    assert settings.ORGANISATION_NAME in text
    assert settings.CONTACT_EMAIL in text


def test_home_is_the_staff_s_and_partners_are_led_to_their_page(signed_in, client):
    assert client.get(reverse("dashboards:home")).status_code == 302
    assert signed_in(UserFactory()).get(reverse("dashboards:home"))["Location"] == reverse("dashboards:my_page")
    staff = text_of(signed_in(UserFactory(engagement=True)).get(reverse("dashboards:home")))
    assert "What needs you today?" in staff


def test_home_lists_the_errands_and_the_consultations(signed_in):
    it = AssignmentFactory(consultation=ConsultationFactory(title="Skills")).consultation
    sent(it)

    text = text_of(signed_in(it.assignments.get().user).get(reverse("dashboards:home")))

    assert "Accept 1 submission" in text
    assert f"{reverse('submissions:list', args=[it.reference])}?state=submitted" in text
    assert reverse("dashboards:overview", args=[it.reference]) in text


def my_page(signed_in, user):
    return text_of(signed_in(user).get(reverse("dashboards:my_page")))


def test_my_page_shows_what_waits_by_deadline_with_those_who_ask(signed_in):
    body = OrganisationFactory(name="Tyne Tool Works")
    user = partner(body)
    late = ConsultationFactory(title="Later", closes_at=timezone.now() + timedelta(days=30))
    ConsultationFactory(title="Sooner", closes_at=timezone.now() + timedelta(days=3))
    ConsultationFactory(title="By invitation", access="invited")
    Invitation.objects.create(consultation=late, contact=user.contact, organisation=body, state="sent")

    text = my_page(signed_in, user)

    assert text.index("Sooner") < text.index("Later")
    assert "You are asked for Tyne Tool Works." in text
    assert "By invitation" not in text


def test_my_page_knows_drafts_receipts_bookings_and_what_became_of_it(signed_in):
    body = OrganisationFactory()
    user, stranger = partner(body), partner(OrganisationFactory())
    draft = SubmissionFactory(consultation=ConsultationFactory(title="Begun"), organisation=body)
    done = sent(ConsultationFactory(title="Over", closed=True, state="reported"), organisation=body)
    Summary.objects.create(
        consultation=done.consultation, title="What we heard", state="published", published_at=timezone.now()
    )
    RegistrationFactory(event=EventFactory(title="Round table"), email=user.email.upper())

    text, other = my_page(signed_in, user), my_page(signed_in, stranger)

    for words in (
        "Begun",
        reverse("submissions:tasks", args=[draft.public_id]),
        reverse("submissions:receipt", args=[done.public_id]),
        "What we heard",
        "Round table",
    ):
        assert words in text, words
    for words in (str(draft.public_id), done.reference, "What we heard", "Round table"):
        assert words not in other, words


def given(consultation, days, **partner):
    return PartnerExtension.objects.create(
        consultation=consultation, closes_at=timezone.now() + timedelta(days=days), reason="Their board.", **partner
    )


def test_my_page_lists_what_is_closed_for_others_and_until_when_one_may_answer(signed_in):
    body, board = OrganisationFactory(name="Tyne Tool Works"), OrganisationFactory()
    user, stranger = partner(body), partner(OrganisationFactory())
    closed = ConsultationFactory(title="Closed for others", closed=True)
    alone = ConsultationFactory(title="For myself", closed=True, access="invited")
    open_still = ConsultationFactory(title="Open to all", closes_at=timezone.now() + timedelta(days=3))
    begun = SubmissionFactory(consultation=ConsultationFactory(title="Begun late", closed=True), organisation=body)
    given(closed, 2, organisation=body)
    given(alone, 6, contact=user.contact)
    given(open_still, 8, contact=user.contact)
    given(begun.consultation, 9, organisation=body)
    given(ConsultationFactory(title="Too late", closed=True), -1, organisation=body)
    given(ConsultationFactory(title="Ended", closed=True), 2, organisation=body, ended_at=timezone.now())
    given(ConsultationFactory(title="Of another", closed=True), 2, organisation=board)
    given(ConsultationFactory(title="Reported", closed=True, state="reported"), 2, organisation=body)

    text, other = my_page(signed_in, user), my_page(signed_in, stranger)

    places = [text.index(words) for words in ("Closed for others", "For myself", "Open to all", "Begun late")]
    assert places == sorted(places)
    for words in ("2 days left", "6 days left", "8 days left", "9 days left", "You are asked for Tyne Tool Works."):
        assert words.casefold() in text.casefold(), words
    assert text.count("Begun late") == other.count("Open to all")
    for words in ("Too late", "Ended", "Of another", "Reported"):
        assert words not in text
    assert "Closed for others" not in other
    assert "3 days left" in other


def test_what_my_page_lists_as_closed_for_others_can_be_answered(signed_in):
    body = OrganisationFactory()
    consultation = published_survey(ConsultationFactory(closed=True)).consultation
    given(consultation, 2, organisation=body)
    client = signed_in(partner(body))
    respond = reverse("submissions:respond", args=[consultation.reference])
    assert respond in text_of(client.get(reverse("dashboards:my_page")))
    assert client.get(respond).status_code == 200


@pytest.mark.parametrize("many", [1, 3])
def test_my_page_costs_the_same_however_much_there_is(signed_in, django_assert_num_queries, many):
    body = OrganisationFactory()
    user = partner(body)
    for _ in range(many):
        SubmissionFactory(organisation=body)
        sent(ConsultationFactory(), organisation=body)
        invitation = {"contact": user.contact, "organisation": body, "state": "sent"}
        Invitation.objects.create(consultation=ConsultationFactory(), **invitation)
        RegistrationFactory(email=user.email)
        given(ConsultationFactory(closed=True), 2, organisation=body)
    client = signed_in(user)

    with django_assert_num_queries(13):
        page = client.get(reverse("dashboards:my_page"))

    assert len(page.context["page"].drafts) == many


@pytest.fixture
def it():
    return AssignmentFactory(consultation=ConsultationFactory(title="Skills")).consultation


def overview(consultation):
    return reverse("dashboards:overview", args=[consultation.reference])


def test_the_overview_exists_for_those_who_work_on_it(signed_in, it):
    people = {
        it.assignments.get().user: 200,
        UserFactory(administrator=True): 200,
        UserFactory(engagement=True): 404,
        UserFactory(): 404,
    }

    assert {who: signed_in(who).get(overview(it)).status_code for who in people} == people


def test_the_overview_tells_whom_we_hear_and_what_goes_out_next(signed_in, it):
    heard, silent = OrganisationFactory(), OrganisationFactory()
    for body in (heard, silent):
        Invitation.objects.create(consultation=it, contact=ContactFactory(), organisation=body)
    sent(it, organisation=heard)
    ThemeFactory(consultation=it, name="Clean growth")
    due = timezone.now() + timedelta(days=2)
    MessageFactory.create_batch(3, scope=it.reference, subject="Three days left", due_at=due)
    MessageFactory(scope=it.reference, sent=True, category="consultation")

    text = text_of(signed_in(it.assignments.get().user).get(overview(it)))

    for words in (
        "Sector by area",
        "Clean growth",
        "of 2",
        "Organisations that answered in writing",
        "1 message sent",
        "Three days left",
        "3 people",
        reverse("invitations:invite", args=[it.reference]),
    ):
        assert words in text, words


def test_an_empty_overview_says_so(signed_in, it):
    text = text_of(signed_in(it.assignments.get().user).get(overview(it)))

    assert "Nobody has answered yet, and no invitation has left." in text
    assert "No message is planned." in text


@pytest.fixture
def found(signed_in):
    def ask(user, words):
        page = signed_in(user).get(reverse("dashboards:search"), {"q": words})
        return {group.title: [hit.title for hit in group.hits] for group in page.context["groups"]}

    return ask


def test_search_finds_only_what_the_person_may_see(found, it):
    it.title = "Tyne skills"
    it.save()
    ConsultationFactory(title="Tyne, not mine", draft=True)
    body, other = OrganisationFactory(name="Tyne Tool Works"), OrganisationFactory(name="Tyne Bakery")
    mine, theirs = sent(it, organisation=body), sent(it, organisation=other)
    SubmissionFactory(consultation=it, organisation=OrganisationFactory(name="Tyne Drafts"))
    EventFactory(title="Tyne summit")
    EventFactory(title="Tyne draft", state="draft")

    staff, outsider = found(it.assignments.get().user, "tyne"), found(partner(body), "tyne")

    assert staff == {
        "Consultations": ["Tyne skills"],
        "Organisations": ["Tyne Bakery", "Tyne Drafts", "Tyne Tool Works"],
        "Submissions": [f"{theirs.reference} – Tyne Bakery", f"{mine.reference} – Tyne Tool Works"],
        "Events": ["Tyne draft", "Tyne summit"],
    }
    assert outsider == {
        "Consultations": ["Tyne skills"],
        "Organisations": ["Tyne Tool Works"],
        "Submissions": [f"{mine.reference} – Tyne Tool Works"],
        "Events": ["Tyne summit"],
    }


def test_what_a_partner_finds_can_be_opened(signed_in):
    organisation = OrganisationFactory(name="Tyne Tool Works")
    client = signed_in(partner(organisation))

    page = client.get(reverse("dashboards:search"), {"q": "Tyne Tool"})

    hits = [hit.url for group in page.context["groups"] for hit in group.hits]
    assert [client.get(url).status_code for url in hits] == [200]


def test_search_without_hits_says_what_it_looks_for(signed_in):
    page = signed_in(UserFactory(engagement=True)).get(reverse("dashboards:search"), {"q": "nothing such"})

    assert "Search looks for names, titles and references" in text_of(page)
