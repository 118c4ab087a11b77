"""What the register holds of organisations and people: consent with its words and moment, preferences, interests."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.stakeholders import queries
from engagement.stakeholders.models import Contact, Interest, Kind, Organisation
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import ContactFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
WORDS = "I agree that you write to me about your consultations."


@pytest.fixture
def client(signed_in):
    return signed_in(UserFactory(engagement=True))


def form_of(contact, **facts):
    return {"name": contact.name, "email": contact.email, "lawful_basis": "public_task", **facts}


def change(client, contact, **facts):
    return client.post(reverse("stakeholders:edit_contact", args=[contact.public_id]), form_of(contact, **facts))


def test_consent_is_kept_with_its_words_and_its_day(client):
    contact = ContactFactory()

    answer = change(client, contact, lawful_basis="consent", basis_wording=WORDS, consented_on="8/2/2019")

    assert answer.status_code == 302
    contact.refresh_from_db()
    assert (contact.basis_wording, timezone.localdate(contact.consented_at).isoformat()) == (WORDS, "2019-02-08")
    page = client.get(reverse("stakeholders:contact", args=[contact.public_id])).content.decode()
    assert f"Consent, given on 8 February 2019: {WORDS}" in page
    changes = queries.history_of(contact).get().facts["changes"]
    assert changes["consented_on"] == [None, "2019-02-08"]
    assert changes["basis_wording"] == ["", WORDS]


def test_consent_without_a_day_is_given_now_and_stays_given_then(client, time_machine):
    contact = ContactFactory()
    time_machine.move_to(datetime(2026, 5, 4, 12, tzinfo=UTC), tick=False)
    change(client, contact, lawful_basis="consent", basis_wording=WORDS)
    time_machine.move_to(datetime(2026, 6, 4, 12, tzinfo=UTC), tick=False)
    change(client, contact, lawful_basis="consent", basis_wording=WORDS, job_title="Director")

    contact.refresh_from_db()
    assert contact.consented_at == datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"lawful_basis": "consent"}, "Write the words that the person agreed to."),
        ({"lawful_basis": "consent", "basis_wording": WORDS, "consented_on": "8/2/2219"}, "This day is still to come."),
        ({"consented_on": "8/2/2019"}, "Choose consent as the reason, or leave this empty."),
        ({"consented_on": "soon"}, "Enter a date like 27 March 2019"),
        ({"interests": ["999999"]}, "999999"),
        ({"preferred_way": "pigeon"}, "pigeon"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(client, facts, words):
    contact = ContactFactory(job_title="Director")

    page = change(client, contact, job_title="Buyer", **facts)

    assert (page.status_code, words in page.content.decode()) == (422, True)
    contact.refresh_from_db()
    assert contact.job_title == "Director"


def test_preferences_and_interests_are_kept_shown_and_recorded(client):
    contact, skills = ContactFactory(), Interest.objects.get(code="people")

    change(client, contact, preferred_way="telephone", interests=[skills.pk], has_opted_out="on")

    page = client.get(reverse("stakeholders:contact", args=[contact.public_id])).content.decode()
    for term, value in (("Likes to be reached by", "Telephone"), ("Interested in", "People")):
        assert term in page
        assert value in page
    changes = queries.history_of(contact).get().facts["changes"]
    assert changes == {"preferred_way": ["", "telephone"], "opted_out": [False, True], "interests": ["", "People"]}
    form = client.get(reverse("stakeholders:edit_contact", args=[contact.public_id])).content.decode()
    assert form.count("checked") == 3


def test_fields_that_the_form_does_not_show_are_not_taken(client):
    contact, other = ContactFactory(), UserFactory(administrator=True)

    change(client, contact, user=other.pk, closed_at="2020-01-01", public_id="x", bounced_at="2020-01-01")

    contact.refresh_from_db()
    assert (contact.user, contact.closed_at, contact.bounced_at) == (None, None, None)


def facts_of(**facts):
    kind = Kind.objects.get(code="chamber")
    return {"name": "Chamber of All", "kind": kind.pk, "size": "", **facts}


def test_a_body_says_whom_it_speaks_for_and_what_else_it_is(client):
    parent, college = OrganisationFactory(name="Federation"), Kind.objects.get(code="college")
    places = Interest.objects.get(code="places")

    client.post(reverse("stakeholders:new"), facts_of(
        is_representative="on", represents="shops of the coast", members_represented="40", parent="Federation",
        other_kinds=[college.pk], interests=[places.pk],
    ))  # fmt: skip

    made = Organisation.objects.get(name="Chamber of All")
    assert (made.represents, made.parent, list(made.other_kinds.all())) == ("shops of the coast", parent, [college])
    page = client.get(reverse("stakeholders:organisation", args=[made.public_id])).content.decode()
    for words in ("Yes, 40 of them: shops of the coast", "Further education college", "Places", "Federation"):
        assert words in page
    edit = client.get(reverse("stakeholders:edit", args=[made.public_id])).content.decode()
    assert f'<option value="{college.pk}" selected>' in edit


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"represents": "shops"}, "Say first that the organisation speaks for its members."),
        ({"other_kinds": ["chamber"]}, "This is its kind already."),
    ],
)
def test_facts_that_contradict_each_other_are_not_taken(client, facts, words):
    if "other_kinds" in facts:
        facts = {"other_kinds": [Kind.objects.get(code="chamber").pk]}

    page = client.post(reverse("stakeholders:new"), facts_of(**facts))

    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert not Organisation.objects.exists()


def test_a_person_of_an_old_release_has_none_of_it_and_is_shown(client):
    contact = ContactFactory()

    assert "Public task" in client.get(reverse("stakeholders:contact", args=[contact.public_id])).content.decode()
    assert Contact.objects.filter(basis_wording="", preferred_way="", closed_at=None).count() == 1
