"""Sets of partners: who belongs, and the definition in words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from engagement.events.models import Attendance
from engagement.stakeholders import segments
from engagement.stakeholders.models import Interest, Membership, Organisation
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import (
    AreaFactory,
    ContactFactory,
    KindFactory,
    MembershipFactory,
    OrganisationFactory,
    SectorFactory,
)
from tests.factories.submissions import SubmissionFactory

pytestmark = pytest.mark.django_db


def named(definition):
    return sorted(segments.organisations(definition).values_list("name", flat=True))


def people(definition):
    return sorted(segments.contacts(definition).values_list("name", flat=True))


@pytest.fixture
def partners():
    """Four organisations of three kinds, three areas and three sizes, one of them closed."""
    chamber = KindFactory(name="Chamber", code="a-chamber", sector=SectorFactory(name="Business", code="business"))
    digital = KindFactory(name="Software", code="a-software", sector=chamber.sector)
    college = KindFactory(name="College", code="a-college", sector=SectorFactory(name="Education", code="education"))
    gateshead, sunderland = (AreaFactory(name=name, code=f"a-{name.lower()}") for name in ("Hill", "Shore"))
    return {
        "chamber": OrganisationFactory(name="Chamber of All", kind=chamber, areas=[gateshead], size="small",
                                       is_representative=True),
        "software": OrganisationFactory(name="Loop Ltd", kind=digital, areas=[gateshead, sunderland], size="micro"),
        "college": OrganisationFactory(name="Shore College", kind=college, areas=[sunderland]),
        "closed": OrganisationFactory(name="Gone Ltd", kind=digital, areas=[gateshead], closed_at=timezone.now()),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({}, ["Chamber of All", "Loop Ltd", "Shore College"]),
        ({"sectors": ["business"]}, ["Chamber of All", "Loop Ltd"]),
        ({"kinds": ["a-college"]}, ["Shore College"]),
        ({"sectors": ["business"], "kinds": ["a-chamber"]}, ["Chamber of All"]),
        ({"sectors": ["business", "education"], "kinds": ["a-chamber"]}, ["Chamber of All", "Shore College"]),
        ({"areas": ["a-hill", "a-shore"]}, ["Chamber of All", "Loop Ltd", "Shore College"]),
        ({"areas": ["a-shore"], "sectors": ["business"]}, ["Loop Ltd"]),
        ({"sizes": ["unknown", "micro"]}, ["Loop Ltd", "Shore College"]),
        ({"representative": True}, ["Chamber of All"]),
        ({"areas": ["atlantis"]}, []),
        ({"behaviour": ["sang"]}, []),
    ],
)
def test_values_of_one_part_stand_beside_each_other_and_parts_narrow_one_another(partners, definition, expected):
    assert named(definition) == expected


def test_another_kind_of_an_organisation_counts_too(partners):
    partners["college"].other_kinds.add(partners["software"].kind)

    assert named({"kinds": ["a-software"]}) == ["Loop Ltd", "Shore College"]


def test_only_people_who_may_be_written_to_belong(partners):
    now, today = timezone.now(), timezone.localdate()
    loop = partners["software"]
    MembershipFactory(organisation=loop, contact__name="Ada")
    MembershipFactory(organisation=loop, contact__name="Opted out", contact__opted_out_at=now)
    MembershipFactory(organisation=loop, contact__name="Bounced", contact__bounced_at=now)
    MembershipFactory(organisation=loop, contact__name="Has left", until_on=today)
    MembershipFactory(organisation=loop, contact__name="Comes tomorrow", since_on=today + timedelta(days=1))
    MembershipFactory(organisation=partners["closed"], contact__name="Of a closed one")
    MembershipFactory(organisation=partners["college"], contact__name="Elsewhere")

    assert people({"sectors": ["business"]}) == ["Ada"]


def test_somebody_in_two_organisations_is_one_person(partners):
    ada = ContactFactory(name="Ada")
    for one in ("chamber", "software"):
        MembershipFactory(organisation=partners[one], contact=ada)

    assert people({"sectors": ["business"]}) == ["Ada"]
    assert segments.memberships({"sectors": ["business"]}).count() == 2


def test_a_role_narrows_the_people_and_leaves_out_organisations_without_it(partners):
    MembershipFactory(organisation=partners["software"], contact__name="Ada", role=Membership.Role.LEAD)
    MembershipFactory(organisation=partners["software"], contact__name="Tom", role=Membership.Role.VIEWER)
    MembershipFactory(organisation=partners["college"], contact__name="Una", role=Membership.Role.VIEWER)

    assert named({"roles": ["lead"]}) == ["Loop Ltd"]
    assert people({"roles": ["lead"]}) == ["Ada"]


def test_an_interest_of_the_organisation_is_that_of_all_its_people_and_one_of_a_person_only_theirs(partners):
    skills = Interest.objects.get(code="people")
    partners["chamber"].interests.add(skills)
    MembershipFactory(organisation=partners["chamber"], contact__name="Ada")
    una = MembershipFactory(organisation=partners["college"], contact__name="Una")
    una.contact.interests.add(skills)
    MembershipFactory(organisation=partners["college"], contact__name="Tom")
    MembershipFactory(organisation=partners["software"], contact__name="Zoe")

    assert named({"interests": ["people"]}) == ["Chamber of All", "Shore College"]
    assert people({"interests": ["people"]}) == ["Ada", "Una"]


def test_who_was_invited_and_did_not_answer_is_known_once_the_consultation_is_over(partners):
    over = ConsultationFactory(state="closed", closes_at=timezone.now() - timedelta(days=1))
    open_ = ConsultationFactory(state="open", closes_at=timezone.now() + timedelta(days=9))
    for one, consultation, state in (
        ("software", over, "opened"), ("college", over, "responded"), ("chamber", open_, "sent"),
    ):  # fmt: skip
        now = timezone.now()
        InvitationFactory(
            consultation=consultation,
            organisation=partners[one],
            state=state,
            sent_at=now - timedelta(days=30),
            responded_at=now if state == "responded" else None,
        )

    assert named({"behaviour": ["silent"]}) == ["Loop Ltd"]
    assert named({"behaviour": ["asked"]}) == ["Chamber of All", "Loop Ltd", "Shore College"]
    assert named({"behaviour": ["not_asked"]}) == []


def test_who_answered_long_ago_did_not_answer_lately(partners):
    long_ago = timezone.now() - timedelta(days=400)
    sent = {"state": "submitted", "confidentiality": "named", "timing": "on_time"}
    SubmissionFactory(organisation=partners["software"], submitted_at=long_ago, **sent)
    SubmissionFactory(organisation=partners["college"], submitted_at=timezone.now(), is_test=True, **sent)
    SubmissionFactory(organisation=partners["college"], state="in_progress")

    assert named({"behaviour": ["answered"]}) == ["Loop Ltd"]
    assert named({"behaviour": ["answered"], "months": 12}) == []
    assert named({"behaviour": ["not_answered"], "months": 12}) == ["Chamber of All", "Loop Ltd", "Shore College"]
    assert named({"behaviour": ["not_answered"]}) == ["Chamber of All", "Shore College"]


def test_who_came_to_an_event_and_who_booked_and_stayed_away(partners):
    event = EventFactory()
    for one, status in (("software", "attended"), ("college", "absent"), ("chamber", "excused")):
        place = RegistrationFactory(event=event, organisation=partners[one])
        Attendance.objects.create(registration=place, status=status)

    assert named({"behaviour": ["came"]}) == ["Loop Ltd"]
    assert named({"behaviour": ["stayed_away"]}) == ["Shore College"]
    assert named({"behaviour": ["not_came"]}) == ["Chamber of All", "Shore College"]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({}, "All organisations in use"),
        ({"sectors": ["business"]}, "Organisations (Business)"),
        (
            {"sectors": ["business", "education"], "kinds": ["a-chamber"], "areas": ["a-hill", "a-shore"]},
            "Organisations (Education or Chamber) in Hill or Shore",
        ),
        (
            {"sizes": ["small", "medium"], "interests": ["people"], "behaviour": ["silent", "came"], "months": 12},
            (
                "Small or medium organisations interested in People that left an invitation unanswered and came to an "
                "event, in the last 12 months"
            ),
        ),
        ({"representative": True, "roles": ["lead", "approver"]},
         "Organisations that speak for their members; only leads and approvers"),
        ({"behaviour": ["sang"], "areas": ["atlantis"]}, "Organisations in atlantis that “sang” (not known)"),
    ],
)  # fmt: skip
def test_a_definition_reads_as_a_phrase(partners, definition, expected):
    assert segments.words(definition) == expected


def test_what_is_stored_says_only_what_it_means():
    read = segments.Definition.read({"areas": ["a", "a"], "months": 0, "colour": "red", "sizes": None})

    assert read.stored() == {"areas": ["a"]}
    assert segments.Definition.read(read.stored()) == read


def test_nobody_of_a_closed_organisation_belongs(partners):
    Organisation.objects.update(closed_at=timezone.now())

    assert named({}) == []
