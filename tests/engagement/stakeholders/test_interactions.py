"""Calls, meetings and letters, and what was promised."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.stakeholders import actions
from engagement.stakeholders.models import Interaction
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation():
    return OrganisationFactory(name="Hexmere Tools")


@pytest.fixture
def client_(signed_in):
    return signed_in(UserFactory(engagement=True))


def at(name, organisation, *rows):
    return reverse(f"stakeholders:{name}", args=[organisation.public_id, *(row.public_id for row in rows)])


def test_a_call_is_noted_corrected_and_followed_up(client_, organisation):
    member = MembershipFactory(organisation=organisation)
    today = timezone.localdate()
    typed = {
        "way": "call", "on": today.isoformat(), "contact": member.contact.pk, "text": "They want the slides.",
        "follow_up_on": (today - timedelta(days=1)).isoformat(),
    }  # fmt: skip
    assert client_.post(at("record", organisation), typed).status_code == 302
    note = Interaction.objects.get()
    page = client_.get(at("organisation", organisation)).content.decode()
    assert "They want the slides." in page
    assert f"Call with {member.contact.name}" in page

    client_.post(at("change_note", organisation, note), {**typed, "text": "They want the slides and the minutes."})
    entry = Entry.objects.get(verb="interaction.changed")
    assert entry.facts["changes"]["text"][0] == "They want the slides."

    promised = client_.get(reverse("stakeholders:follow_ups")).content.decode()
    assert "Overdue" in promised
    client_.post(at("follow_up", organisation, note))
    client_.post(at("follow_up", organisation, note))
    assert "Nothing is promised" in client_.get(reverse("stakeholders:follow_ups")).content.decode()
    assert Entry.objects.filter(verb="interaction.followed_up").count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"way": ""}, "Say what it was."),
        ({"on": ""}, "Say on which day it was."),
        ({"on": "someday"}, "Enter a date like"),
        ({"on": "2999-01-01"}, "still to come"),
        ({"text": ""}, "Write what was said."),
        ({"contact": "999999"}, "Choose somebody of this organisation."),
    ],
)
def test_what_is_wrong_is_said(client_, organisation, change, sentence):
    typed = {"way": "call", "on": "2026-01-05", "text": "x", **change}
    answer = client_.post(at("record", organisation), typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Interaction.objects.exists()


def test_somebody_of_another_organisation_cannot_be_named(client_, organisation):
    stranger = MembershipFactory().contact
    typed = {"way": "call", "on": "2026-01-05", "text": "x", "contact": stranger.pk}
    assert client_.post(at("record", organisation), typed).status_code == 422


def test_nothing_promised_cannot_be_done(organisation):
    note = actions.record_interaction(organisation, actor=None, way="call", on="2026-01-05", text="x")
    with pytest.raises(Refused, match="Nothing was promised"):
        actions.follow_up(note.pk, actor=None)


def test_partners_never_see_notes(signed_in, organisation):
    member = MembershipFactory(organisation=organisation)
    actions.record_interaction(organisation, actor=None, way="call", on="2026-01-05", text="Only for staff")
    for url in (at("organisation", organisation), reverse("stakeholders:follow_ups")):
        assert signed_in(member.contact.user or UserFactory()).get(url).status_code in {403, 404}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_promises_costs_the_same(signed_in, django_assert_num_queries, rows):
    for _ in range(rows):
        actions.record_interaction(
            OrganisationFactory(), actor=UserFactory(), way="call", on="2026-01-05", text="x",
            follow_up_on=timezone.localdate(),
        )  # fmt: skip
    client = signed_in(UserFactory(officer=True))
    with django_assert_num_queries(4):
        page = client.get(reverse("stakeholders:follow_ups"))
    assert page.content.count(b"<tr>") == rows + 1
