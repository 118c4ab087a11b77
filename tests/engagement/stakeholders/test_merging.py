"""One organisation that stands in the register twice: found, put together with all that hangs on it, taken apart."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.invitations.models import Invitation, PartnerExtension
from consultations.submissions.models import Submission
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events.models import Apart, Invitee, Registration
from engagement.stakeholders import likeness, merging, moving, queries
from engagement.stakeholders.likeness import Named
from engagement.stakeholders.models import Interaction, Interest, Membership, Merge, Organisation
from engagement.stakeholders.queries import Filters
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, NoteFactory, RegistrationFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import (
    AreaFactory,
    ContactFactory,
    KindFactory,
    MembershipFactory,
    OrganisationFactory,
)
from tests.factories.submissions import SubmissionFactory

# --- likeness -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Norhtumbria Colege", "Northumbria College"),
        ("tyne trader", "Tyne Traders Ltd"),
        ("St Aidans Trust", "St. Aidan’s Charitable Trust"),
        ("aldinby digtal", "Aldinby Digital Forum"),
    ],
)
def test_a_slip_of_the_pen_still_finds(typed, found):
    names = [
        "Northumbria College",
        "Tyne Traders Ltd",
        "St. Aidan’s Charitable Trust",
        "Aldinby Digital Forum",
        "Hexmere",
    ]
    rows = [Named(number, name) for number, name in enumerate(names)]
    assert likeness.near(typed, rows)[0] == names.index(found)


def test_what_is_nothing_like_it_finds_nothing():
    assert likeness.near("zzzz qqqq", [Named(1, "Tyne Traders")]) == []
    assert likeness.near("a", [Named(1, "Tyne Traders")]) == []
    assert likeness.near("blyth works", [Named(1, "Other", "Blyth Works, BW")]) == [1]


def test_pairs_are_alike_by_name_or_by_site_and_told_apart_for_good():
    rows = [
        Named(1, "Tyne Traders Limited", website="https://www.tyne-traders.example"),
        Named(2, "The Tyne Traders Ltd"),
        Named(3, "Traders, Tyne"),
        Named(4, "Something Else", website="http://tyne-traders.example/about"),
        Named(5, "Tyne College", website="https://facebook.com/a"),
        Named(6, "Tees College", website="https://facebook.com/b"),
    ]
    found = {(pair.first, pair.second): pair.why for pair in likeness.pairs(rows)}
    assert set(found) == {(1, 2), (1, 3), (2, 3), (1, 4)}
    assert found[(1, 4)] == "The same website"
    assert {(pair.first, pair.second) for pair in likeness.pairs(rows, {(1, 2)})} == {(1, 3), (2, 3), (1, 4)}


@given(st.lists(st.text(max_size=20), max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_name_breaks_the_comparison(names):
    rows = [Named(number, name, name, name) for number, name in enumerate(names)]
    for pair in likeness.pairs(rows):
        assert pair.first < pair.second
    for name in names:
        likeness.near(name, rows)


# --- merging --------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return UserFactory(engagement=True)


@pytest.fixture
def two():
    kept = OrganisationFactory(name="Tyne Traders", areas=[AreaFactory(name="Durham")])
    merged = OrganisationFactory(
        name="Tyne Traders Ltd", website="https://tyne.example", trading_names="TT", areas=[AreaFactory(name="Tyne")]
    )
    return kept, merged


def hang_everything_on(organisation):
    """A row of every table that points at an organisation."""
    member = MembershipFactory(organisation=organisation)
    invitation = InvitationFactory(organisation=organisation)
    submission = SubmissionFactory(organisation=organisation)
    registration = RegistrationFactory(event=EventFactory(), organisation=organisation)
    note = NoteFactory()
    note.organisations.add(organisation)
    part = OrganisationFactory(parent=organisation)
    organisation.interests.add(Interest.objects.get(code="people"))
    organisation.other_kinds.add(KindFactory())
    talk = Interaction.objects.create(organisation=organisation, way="call", on="2026-01-05", text="Hello.")
    now, event = timezone.now(), EventFactory()
    invitee = Invitee.objects.create(event=event, organisation=organisation, name="Una", email="u@x.example",
                                     email_key="u", sent_at=now)  # fmt: skip
    longer = PartnerExtension.objects.create(
        consultation=ConsultationFactory(), organisation=organisation, closes_at=now, reason="A flood."
    )
    apart = Apart.objects.create(event=event, first=organisation, second=OrganisationFactory())
    hanging = [member, invitation, submission, registration, talk, invitee, longer]
    return [*((one, "organisation_id") for one in hanging), (part, "parent_id"), (apart, "first_id")], note


def test_every_table_that_points_at_an_organisation_is_tried_here():
    pointing = {relation.related_model.__name__ for relation in moving.pointing(Organisation)}
    assert pointing == {
        "Membership", "Invitation", "Submission", "Registration", "Note_organisations", "Organisation", "Interaction",
        "Organisation_interests", "Organisation_other_kinds", "Invitee", "PartnerExtension", "Apart",
    }  # fmt: skip


def test_everything_comes_along_and_goes_back(two, staff):
    kept, merged = two
    rows, note = hang_everything_on(merged)

    row = merging.merge(kept.pk, merged.pk, actor=staff)

    for one, column in rows:
        one.refresh_from_db()
        assert getattr(one, column) == kept.pk, one
    assert list(note.organisations.all()) == [kept]
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.trading_names, kept.website) == ("Tyne Traders Ltd, TT", "https://tyne.example")
    assert {area.name for area in kept.areas.all()} == {"Durham", "Tyne"}
    assert merged.closed_at is not None
    assert row.left == []
    assert Entry.objects.filter(verb="organisation.merged", subject_key=str(kept.pk)).count() == 1

    merging.undo(row.pk, actor=staff)
    merging.undo(row.pk, actor=staff)

    for one, column in rows:
        one.refresh_from_db()
        assert getattr(one, column) == merged.pk, one
    assert list(note.organisations.all()) == [merged]
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.trading_names, kept.website, merged.closed_at) == ("", "", None)
    assert [area.name for area in kept.areas.all()] == ["Durham"]


def test_what_both_have_stays_where_it_is_and_is_listed(two, staff):
    kept, merged = two
    contact, consultation = ContactFactory(), ConsultationFactory()
    for organisation in two:
        InvitationFactory(consultation=consultation, organisation=organisation, contact=contact)
    row = merging.merge(kept.pk, merged.pk, actor=staff)
    assert {label for label, _, _ in row.left} == {"stakeholders.membership", "invitations.invitation"}
    assert [one.contact for one in merging.members_left(row)] == [contact]
    assert Membership.objects.count() == Invitation.objects.count() == 2


def test_two_responses_to_one_consultation_stand_in_the_way(two, staff):
    kept, merged = two
    consultation = ConsultationFactory(title="Skills")
    for organisation in two:
        SubmissionFactory(consultation=consultation, organisation=organisation)
    with pytest.raises(Refused, match="Both have a response to “Skills”"):
        merging.merge(kept.pk, merged.pk, actor=staff)
    assert Merge.objects.count() == 0
    Submission.objects.filter(organisation=merged).update(state="duplicate")
    merging.merge(kept.pk, merged.pk, actor=staff)
    assert Submission.objects.filter(organisation=kept).count() == 2


def test_an_entry_is_merged_once_and_not_with_itself(two, staff):
    kept, merged = two
    with pytest.raises(Refused, match="the same entry"):
        merging.merge(kept.pk, kept.pk, actor=staff)
    merging.merge(kept.pk, merged.pk, actor=staff)
    with pytest.raises(Refused, match="put together with another organisation already"):
        merging.merge(OrganisationFactory().pk, merged.pk, actor=staff)


def test_what_came_after_the_merge_stays_and_thirty_days_are_the_limit(two, staff):
    kept, merged = two
    row = merging.merge(kept.pk, merged.pk, actor=staff)
    later = RegistrationFactory(event=EventFactory(), organisation=kept)
    merging.undo(row.pk, actor=staff)
    later.refresh_from_db()
    assert later.organisation == kept

    row = merging.merge(kept.pk, merged.pk, actor=staff)
    Merge.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=30, minutes=1))
    with pytest.raises(Refused, match="more than 30 days ago"):
        merging.undo(row.pk, actor=staff)
    assert Registration.objects.filter(organisation=merged).count() == 0


def test_a_parent_that_is_merged_into_its_part_leaves_no_circle(two, staff):
    kept, merged = two
    kept.parent = merged
    kept.save()
    merging.merge(kept.pk, merged.pk, actor=staff)
    kept.refresh_from_db()
    assert kept.parent is None


# --- pages ----------------------------------------------------------------------------------------------


def address(name, *rows):
    return reverse(f"stakeholders:{name}", args=[getattr(row, "public_id", row) for row in rows])


def test_staff_find_compare_put_together_and_undo(two, staff, signed_in):
    kept, merged = two
    client = signed_in(staff)
    page = client.get(address("duplicates")).content.decode()
    assert address("merge", kept, merged) in page
    typed = client.post(address("same_as", kept), {"other": "tyne traders ltd"})
    assert typed.status_code == 422
    typed = client.post(address("same_as", kept), {"other": merged.name})
    assert typed.url == address("merge", kept, merged)
    assert "comes to" in client.get(typed.url).content.decode() or "come to" in client.get(typed.url).content.decode()
    done = client.post(typed.url)
    assert done.url == address("organisation", kept)
    row = Merge.objects.get()
    assert address("undo_merge", row) in client.get(address("organisation", merged)).content.decode()
    client.post(address("undo_merge", row))
    merged.refresh_from_db()
    assert merged.closed_at is None

    asked = client.get(address("tell_apart", kept, merged)).content.decode()
    assert f'href="{reverse("stakeholders:duplicates")}"' in asked
    client.post(address("tell_apart", kept, merged))
    assert queries.likely_duplicates() == []


def test_a_search_with_a_slip_proposes_what_comes_close(two, staff, signed_in):
    page = signed_in(staff).get(address("list"), {"q": "Tyne Tradrs"}).content.decode()
    assert "These come close" in page
    assert "Tyne Traders" in page
    assert [one.name for one in queries.near(Filters(text="Tyne Tradrs"))] == ["Tyne Traders", "Tyne Traders Ltd"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_duplicates_costs_the_same(staff, signed_in, django_assert_num_queries, rows):
    for number in range(rows):
        OrganisationFactory(name=f"Number {'abc'[number] * 9} Works")
        OrganisationFactory(name=f"Number {'abc'[number] * 9} Works Ltd")
    client = signed_in(staff)
    with django_assert_num_queries(8):
        page = client.get(address("duplicates"))
    assert page.context["total"] == rows
