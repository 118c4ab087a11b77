"""What passed between us and one organisation, and how often it was asked lately."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.events.models import Invitee
from engagement.stakeholders.dealings import asked_lately, dealings_with
from engagement.stakeholders.models import Interaction
from tests.factories.accounts import UserFactory
from tests.factories.events import AttendanceFactory, EventFactory, NoteFactory, RegistrationFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import SubmissionFactory, submitted
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db
SECRET = "Two of our ovens will close."


@pytest.fixture
def tyne():
    return OrganisationFactory(name="Tyne Works")


@pytest.fixture
def consultation():
    return ConsultationFactory(title="Growing together")


@pytest.fixture
def staff(consultation):
    return AssignmentFactory(consultation=consultation).user


def page_of(client, organisation, **query):
    return client.get(reverse("stakeholders:dealings", args=[organisation.public_id]), query).content.decode()


def whats(organisation, user):
    return [(one.side, one.what, one.about) for one in dealings_with(organisation, user)]


def test_everything_stands_in_one_list_the_latest_first(tyne, consultation, staff):
    now = timezone.now()
    InvitationFactory(consultation=consultation, organisation=tyne, contact__name="Ada", state="declined",
                      declined_reason="Not our field", sent_at=now - timedelta(days=9), declined_at=now)  # fmt: skip
    event = EventFactory(title="Round table", starts_at=now - timedelta(days=5), ends_at=now - timedelta(days=4))
    AttendanceFactory(registration=RegistrationFactory(event=event, organisation=tyne, name="Tom"))
    Interaction.objects.create(
        organisation=tyne, way="call", on=timezone.localdate() - timedelta(days=7), text="Asks about buses."
    )

    Invitee.objects.create(event=event, organisation=tyne, name="Una", email="una@x.example", email_key="x",
                           sent_at=now - timedelta(days=6))  # fmt: skip

    found = dealings_with(tyne, staff)

    assert [(one.side, one.what, one.about, one.lines) for one in found] == [
        ("told", "Tom: came", "Round table", ()),
        ("asked", "Invited Una to an event", "Round table", ("No answer yet",)),
        ("told", "Call", "", ("Asks about buses.",)),
        ("asked", "Invited Ada", "Growing together", ("Declined: Not our field",)),
    ]


def test_what_they_sent_is_there_with_its_words_and_a_draft_is_not(tyne, consultation, staff):
    SubmissionFactory(consultation=ConsultationFactory(), organisation=tyne, statement="Unfinished thoughts.")
    sent = submitted(consultation, organisation=tyne, statement="Buses end too early.")

    (found,) = dealings_with(tyne, staff)

    assert found.what == f"Response {sent.reference}, online: submitted"
    assert found.lines[0] == "Buses end too early."
    assert "We turned away two contracts this year for want of people." in found.lines[1]


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"confidentiality": "unnamed"}, True),
        ({"confidentiality": "withheld"}, False),
        ({"stricter": {"*": {"": "withheld"}}}, False),
    ],
)
def test_what_is_not_to_be_published_is_not_repeated(tyne, consultation, staff, facts, shown):
    survey = published_survey(consultation)
    if "stricter" in facts:
        facts = {"stricter": {survey.code: facts["stricter"]["*"]}}
    submitted(consultation, survey, organisation=tyne, statement=SECRET, **facts)

    (found,) = dealings_with(tyne, staff)

    assert any(SECRET in line for line in found.lines) is shown
    assert any("not to be published" in line for line in found.lines) is not shown


def test_an_answer_stricter_than_the_response_is_not_repeated(tyne, consultation, staff):
    survey = published_survey(consultation)
    submitted(consultation, survey, organisation=tyne, stricter={survey.code: {"barriers_text": "withheld"}})

    (found,) = dealings_with(tyne, staff)

    assert not any("turned away" in line for line in found.lines)
    assert "Open the response to read it." in found.lines[-1]


def test_what_belongs_to_consultations_of_others_is_left_out(tyne, consultation, staff, signed_in):
    InvitationFactory(consultation=consultation, organisation=tyne)
    submitted(consultation, organisation=tyne, statement=SECRET)
    other = AssignmentFactory().user

    assert len(dealings_with(tyne, staff)) == 2
    assert dealings_with(tyne, other) == []
    page = page_of(signed_in(other), tyne)
    assert "Growing together" not in page
    assert SECRET not in page
    # How often it was asked is a number, and the same for everybody.
    assert "Asked 1 time in the last 90 days." in page


def test_points_name_it_only_where_they_may(tyne, staff):
    event = EventFactory(over=True)
    for text, facts in (
        ("We may say so.", {"is_attributable": True, "state": "agreed", "agreed_at": timezone.now()}),
        ("Said in confidence.", {"is_attributable": False, "state": "agreed", "agreed_at": timezone.now()}),
        ("Only jotted down.", {"is_attributable": True, "state": "draft"}),
    ):
        NoteFactory(event=event, text=text, **facts).organisations.add(tyne)

    assert [one.lines for one in dealings_with(tyne, staff)] == [("We may say so.",)]


def test_each_consultation_asks_once_and_long_ago_is_not_lately(tyne, consultation):
    for days in (1, 2):
        InvitationFactory(consultation=consultation, organisation=tyne, sent_at=timezone.now() - timedelta(days=days))
    InvitationFactory(organisation=tyne, sent_at=timezone.now() - timedelta(days=91))
    InvitationFactory(organisation=tyne, sent_at=None, state="queued")
    fair, other = EventFactory(), EventFactory()
    for number, event in enumerate((fair, fair, other)):
        Invitee.objects.create(
            event=event,
            organisation=tyne,
            name="Una",
            email="una@x.example",
            email_key=str(number),
            sent_at=timezone.now(),
        )

    assert asked_lately([tyne.pk, OrganisationFactory().pk]) == {tyne.pk: 1 + 2}


@pytest.mark.parametrize(("times", "is_often"), [(3, False), (4, True)])
def test_asking_often_is_pointed_out(tyne, staff, signed_in, times, is_often):
    for _ in range(times):
        InvitationFactory(organisation=tyne)
    client = signed_in(staff)

    for page in (
        page_of(client, tyne),
        client.get(reverse("stakeholders:organisation", args=[tyne.public_id])).content.decode(),
    ):
        assert f"Asked {times} times in the last 90 days" in page
        assert ("Think twice before asking again." in page) is is_often


def test_one_side_can_be_looked_at(tyne, consultation, staff, signed_in):
    InvitationFactory(consultation=consultation, organisation=tyne, contact__name="Ada")
    Interaction.objects.create(organisation=tyne, way="call", on=timezone.localdate(), text="Asks about buses.")
    client = signed_in(staff)

    asked, told = page_of(client, tyne, show="asked"), page_of(client, tyne, show="told")

    assert ("Invited Ada" in asked, "Asks about buses." in asked) == (True, False)
    assert ("Invited Ada" in told, "Asks about buses." in told) == (False, True)
    assert "What we asked them (1)" in told
    assert "Nothing that you may see here yet." in page_of(client, tyne, show="secrets")


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_much_passed(tyne, staff, signed_in, django_assert_num_queries, number):
    for _ in range(number):
        consultation = ConsultationFactory()
        AssignmentFactory(consultation=consultation, user=staff)
        InvitationFactory(consultation=consultation, organisation=tyne)
        submitted(consultation, organisation=tyne, statement="Buses.")
        AttendanceFactory(registration=RegistrationFactory(event=EventFactory(), organisation=tyne))
        NoteFactory(event=EventFactory(), is_attributable=True, state="circulated").organisations.add(tyne)
    client = signed_in(staff)
    page_of(client, tyne)

    with django_assert_num_queries(13):
        page = page_of(client, tyne)

    assert page.count("<tr>") == 1 + 4 * number


def test_partners_do_not_reach_it(tyne, signed_in):
    assert signed_in(UserFactory()).get(reverse("stakeholders:dealings", args=[tyne.public_id])).status_code == 404
