"""One person who stands in the register twice: found, put together with all that hangs on them, taken apart."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.stakeholders import actions, contactmerging, importing, moving, queries, sameperson, segments
from engagement.stakeholders.models import Contact, ContactMerge, Interaction, Interest, Membership
from engagement.stakeholders.sameperson import Person
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def person(pk, name, phone="", *organisations):
    return Person(pk, name, phone, frozenset(organisations))


def test_a_name_alone_says_little():
    rows = [
        person(1, "Ada Fell", "", 7),
        person(2, "Ada Fel", "", 7),
        person(3, "Fell, Ada", "+44 191 498 0001"),
        person(4, "Ada Fell", "0191 4980001"),
        person(5, "Tom Ridley", "", 8),
        person(6, "Tom Ridley", "", 9),
        person(7, "Zoe Hall", "", 7),
        person(8, "Una", "", 8),
        person(9, "Una", "", 9),
    ]

    found = {(pair.first, pair.second): pair.why for pair in sameperson.pairs(rows)}

    assert found == {
        (1, 2): "Nearly the same name in the same organisation",
        (3, 4): "Nearly the same name and the same telephone number",
        (5, 6): "The same name, which nobody else has",
    }
    assert (5, 6) not in {(pair.first, pair.second) for pair in sameperson.pairs(rows, {(5, 6)})}


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12), st.sets(st.integers(0, 2))), max_size=10))
@settings(max_examples=40, deadline=None)
def test_no_name_or_number_breaks_the_comparison(rows):
    people = [person(number, name, phone, *held) for number, (name, phone, held) in enumerate(rows)]

    assert all(pair.first < pair.second for pair in sameperson.pairs(people))


@pytest.fixture
def two():
    kept = ContactFactory(name="Ada Fell", email="ada@tyne.example")
    merged = ContactFactory(name="Ada Fell", email="a.fell@tyne.example", phone="0191 498 0000", signs_in=True)
    return kept, merged


@pytest.fixture
def staff():
    return UserFactory(engagement=True)


def state():
    """Everything of the people and what hangs on them, as far as merging touches it."""
    people = list(Contact.objects.order_by("pk").values(
        "pk", "phone", "job_title", "preferred_way", "user_id", "opted_out_at", "closed_at", "email"))  # fmt: skip
    rows = {
        relation.related_model._meta.label + relation.field.name: sorted(
            relation.related_model._base_manager.values_list("pk", relation.field.name)
        )
        for relation in moving.pointing(Contact)
    }
    return people, rows, list(Membership.objects.order_by("pk").values("pk", "until_on", "role"))


def test_everything_comes_along_and_goes_back(two, staff):
    kept, merged = two
    held = MembershipFactory(contact=merged)
    rows = [held, InvitationFactory(contact=merged, organisation=held.organisation, member=False),
            RegistrationFactory(event=EventFactory(), contact=merged),
            Interaction.objects.create(organisation=held.organisation, contact=merged, way="call", on="2026-01-05",
                                       text="Hello.")]  # fmt: skip
    merged.interests.add(Interest.objects.get(code="people"))
    before, account = state(), merged.user

    row = contactmerging.merge(kept.pk, merged.pk, actor=staff)

    for one in rows:
        one.refresh_from_db()
        assert one.contact_id == kept.pk, one
    kept.refresh_from_db()
    assert (kept.user, kept.phone, [one.code for one in kept.interests.all()]) == (account, "0191 498 0000", ["people"])
    assert queries.contact_of(account) == kept
    assert [entry.verb for entry in queries.history_of(kept)] == ["contact.merged"]

    for _ in range(2):
        contactmerging.undo(row.pk, actor=staff)

    assert state() == before
    assert Entry.objects.filter(verb="contact.merge_undone").count() == 1


def test_a_role_that_both_have_is_kept_once_and_comes_back(two):
    kept, merged = two
    organisation = OrganisationFactory()
    MembershipFactory(contact=kept, organisation=organisation, role="viewer")
    MembershipFactory(contact=merged, organisation=organisation, role="lead")
    before = state()

    row = contactmerging.merge(kept.pk, merged.pk)

    assert [(held.contact, held.role) for held in Membership.objects.current()] == [(kept, "viewer")]
    assert list(segments.contacts({})) == [kept]
    contactmerging.undo(row.pk)
    assert state() == before


def test_who_opted_out_at_either_address_is_opted_out(two):
    kept, merged = two
    Contact.objects.filter(pk=merged.pk).update(opted_out_at=timezone.now())
    before = state()

    row = contactmerging.merge(kept.pk, merged.pk)

    kept.refresh_from_db()
    assert kept.opted_out_at is not None
    contactmerging.undo(row.pk)
    assert state() == before


def test_nobody_is_put_together_with_two_or_with_two_accounts(two):
    kept, merged = two
    third = ContactFactory(signs_in=True)

    with pytest.raises(Refused, match="Both sign in"):
        contactmerging.merge(third.pk, merged.pk)
    contactmerging.merge(kept.pk, merged.pk)
    with pytest.raises(Refused, match="was put together with another entry already"):
        contactmerging.merge(ContactFactory().pk, merged.pk)
    assert ContactMerge.objects.count() == 1


def test_after_thirty_days_it_stays(two, time_machine):
    row = contactmerging.merge(*[one.pk for one in two])
    time_machine.move_to(timezone.now() + timedelta(days=31), tick=False)

    with pytest.raises(Refused, match="more than 30 days ago"):
        contactmerging.undo(row.pk)


def test_the_old_address_finds_the_kept_entry_wherever_it_is_used(two):
    kept, _ = two
    merged = ContactFactory(name="Ada Fell", email="old@tyne.example")
    contactmerging.merge(kept.pk, merged.pk)
    user = UserFactory(email="somebody@else.example")
    EmailAddress.objects.create(user=user, email="old@tyne.example", verified=True)

    assert queries.contact_of(user) == kept
    held = actions.add_member(OrganisationFactory().pk, actor=None, name="Ada Fell", email=merged.email, role="lead")
    assert held.contact == kept
    # The kept entry belongs to an account now; the old address alone opens it for nobody else.
    actions.link_contact(user)
    kept.refresh_from_db()
    stranger = UserFactory()
    EmailAddress.objects.filter(email="old@tyne.example").update(user=stranger)
    assert kept.user == user
    assert queries.contact_of(stranger) is None


def test_a_file_with_the_old_address_means_the_kept_entry(two, staff):
    kept, _ = two
    merged = ContactFactory(name="Ada Fell", email="old@tyne.example")
    contactmerging.merge(kept.pk, merged.pk)
    content = b"organisation,kind,contact name,contact e-mail,role\nTyne Works,Charity,Ada Fell,old@tyne.example,lead\n"

    staged = actions.stage_import(content, "x.csv", actor=staff)
    actions.request_import(staged.pk)
    importing.run(staged.pk)

    assert [(held.contact, held.role) for held in Membership.objects.all()] == [(kept, "lead")]


def address(name, *them):
    return reverse(f"stakeholders:{name}", args=[one.public_id for one in them])


def test_pages_lead_from_a_pair_to_one_entry_and_back(two, staff, signed_in):
    kept, merged = two
    client = signed_in(staff)

    assert "The same name, which nobody else has" in client.get(address("same_people")).content.decode()
    found = client.post(address("same_person", kept), {"other": merged.email})
    assert found["Location"] == address("merge_people", kept, merged)
    assert "Messages go to ada@tyne.example only." in client.get(found["Location"]).content.decode()
    client.post(found["Location"])

    page = client.get(address("contact", merged)).content.decode()
    assert "This entry is part of" in page
    assert "a.fell@tyne.example" not in client.get(address("people")).content.decode()
    client.post(address("undo_contact_merge", ContactMerge.objects.get()))
    assert "a.fell@tyne.example" in client.get(address("people")).content.decode()


def test_two_are_told_apart_for_good(two, staff, signed_in):
    client = signed_in(staff)

    for _ in range(2):
        client.post(address("tell_people_apart", *two))

    assert "Nobody seems to stand there twice" in client.get(address("same_people")).content.decode()
    assert Entry.objects.filter(verb="contact.told_apart").count() == 1


@pytest.mark.parametrize(("typed", "words"), [("", "Write the address"), ("nobody@x.example", "nobody else with this")])
def test_an_address_that_is_nobody_gets_a_sentence(two, staff, signed_in, typed, words):
    page = signed_in(staff).post(address("same_person", two[0]), {"other": typed})

    assert (page.status_code, words in page.content.decode()) == (422, True)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_pairs_costs_the_same(staff, signed_in, django_assert_num_queries, number):
    for n in range(number):
        for _ in range(2):
            MembershipFactory(contact__name=f"Ada Fell {n}{n}{n}{n}")
    client = signed_in(staff)

    with django_assert_num_queries(8):
        page = client.get(address("same_people")).content.decode()

    assert page.count("<tr>") == 1 + number
