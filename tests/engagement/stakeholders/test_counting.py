"""The numbers beside the choices agree with what the database finds, whatever is in the register and chosen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagement.events.models import Attendance
from engagement.stakeholders import segments
from engagement.stakeholders.choices import groups
from engagement.stakeholders.counting import Count, Picture
from engagement.stakeholders.criteria import criteria
from engagement.stakeholders.models import Area, Contact, Interest, Kind, Membership, Organisation
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.stakeholders import (
    AreaFactory,
    ContactFactory,
    KindFactory,
    MembershipFactory,
    OrganisationFactory,
)

KINDS = ("chamber", "digital", "college", "charity")
AREAS = ("gateshead", "sunderland")
INTERESTS = ("people", "places")
ROLES = tuple(Membership.Role.values)
LISTS = {
    "sectors": ("business", "education", "voluntary", "nowhere"),
    "kinds": (*KINDS, "nothing"),
    "areas": (*AREAS, "atlantis"),
    "sizes": ("small", "unknown"),
    "interests": INTERESTS,
    "roles": ROLES,
    "behaviour": ("came", "not_came", "sang"),
}

some = {name: st.lists(st.sampled_from(values), max_size=2, unique=True) for name, values in LISTS.items()}
definitions = st.fixed_dictionaries(
    {}, optional={**some, "months": st.sampled_from([1, 12]), "representative": st.booleans()}
)
organisations = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from([None, *KINDS]),
        st.sets(st.sampled_from(AREAS)),
        st.sampled_from(["", "small"]),
        st.booleans(),
        st.sets(st.sampled_from(INTERESTS)),
        st.sampled_from([None, 10, 400]),
    ),
    max_size=4,
)
# Which organisation, which of four people, as what.
seats = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(ROLES)), max_size=7)


def fill(rows, held, keen):
    """A register like that: two of the four people are the same in every case."""
    event = EventFactory()
    made = []
    for kind, other, areas, size, speaks, interests, came in rows:
        one = OrganisationFactory(kind=Kind.objects.get(code=kind), size=size, is_representative=speaks,
                                  areas=list(Area.objects.filter(code__in=areas)))  # fmt: skip
        one.interests.set(Interest.objects.filter(code__in=interests))
        one.other_kinds.set(Kind.objects.filter(code=other))
        if came is not None:
            old = event if came < 30 else EventFactory(starts_at=timezone.now() - timedelta(days=came),
                                                       ends_at=timezone.now() - timedelta(days=came - 1))  # fmt: skip
            Attendance.objects.create(registration=RegistrationFactory(event=old, organisation=one), status="attended")
        made.append(one)
    people = [ContactFactory() for _ in range(3)] + [ContactFactory(opted_out_at=timezone.now())]
    people[0].interests.set(Interest.objects.filter(code__in=keen))
    for which, who, role in held:
        if which < len(made):
            Membership.objects.get_or_create(organisation=made[which], contact=people[who], defaults={"role": role})


def counted(definition):
    return Count(segments.organisations(definition).count(), segments.contacts(definition).count())


@pytest.mark.django_db(transaction=False)
@given(organisations, seats, st.sets(st.sampled_from(INTERESTS)), definitions)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_number_is_what_the_choice_would_find(db, rows, held, keen, definition):
    Membership.objects.all().delete()
    Attendance.objects.all().delete()
    Organisation.objects.update(closed_at=timezone.now())
    Contact.objects.update(opted_out_at=timezone.now())
    fill(rows, held, keen)

    board = Picture().board(definition)

    assert board.total == counted(definition) == Picture().count(definition)
    for part in ("areas", "sizes", "interests", "roles"):
        for value in LISTS[part]:
            assert board.of(part, value) == counted({**definition, part: [value]}), (part, value)
    for part, other in (("sectors", "kinds"), ("kinds", "sectors")):
        for value in LISTS[part]:
            assert board.of(part, value) == counted({**definition, part: [value], other: []}), (part, value)
    for value in criteria():
        chosen = [*definition.get("behaviour", []), value]
        assert board.of("behaviour", value) == counted({**definition, "behaviour": chosen}), value
    assert board.of("representative", "yes") == counted({**definition, "representative": True})


@pytest.mark.django_db
def test_organisations_with_nobody_to_write_to_are_said():
    MembershipFactory()
    MembershipFactory(contact__bounced_at=timezone.now())
    OrganisationFactory()

    board = Picture().board({})

    assert (board.total, board.without_people) == (Count(3, 1), 2)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_the_picture_costs_the_same_at_any_size(django_assert_num_queries, number):
    for _ in range(number):
        MembershipFactory(organisation__areas=[AreaFactory()], organisation__kind=KindFactory())

    with django_assert_num_queries(7 + len({one.found for one in criteria().values()})):
        board = Picture().board({})

    assert board.total == Count(number, number)


@pytest.mark.django_db
def test_a_kind_that_nobody_is_of_is_shown_only_while_it_is_chosen():
    OrganisationFactory(kind=Kind.objects.get(code="chamber"))
    names = segments.Names.read()

    def kinds(definition):
        found = groups(segments.Definition.read(definition), Picture().board(definition), names)
        return {kind.value for sector in found[0].choices for kind in sector.parts}

    assert kinds({}) == {"chamber"}
    assert kinds({"kinds": ["college"]}) == {"chamber", "college"}
