from datetime import timedelta

import pytest
from django.utils import timezone

from engagement.core.errors import Refused
from engagement.stakeholders import actions, queries
from engagement.stakeholders.models import Contact, Membership, Organisation
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import (
    AreaFactory,
    ContactFactory,
    KindFactory,
    MembershipFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db


def test_a_name_is_taken_whatever_its_capitals() -> None:
    OrganisationFactory(name="Tyne Castings Ltd")

    with pytest.raises(Refused, match="already has an organisation of this name") as refused:
        actions.add_organisation(actor=None, name="tyne castings ltd", kind=KindFactory(), areas=[])
    assert refused.value.field == "name"


def test_what_changed_is_on_record_and_no_change_is_not() -> None:
    organisation, actor, area = OrganisationFactory(), UserFactory(engagement=True), AreaFactory(name="Blyth")
    facts = {"name": "Wear Works", "kind": organisation.kind, "size": "small"}
    before = organisation.name

    for _ in range(2):
        actions.change_organisation(organisation.pk, actor=actor, areas=[area], **facts)

    entry = queries.history_of(organisation).get()
    assert (entry.verb, entry.actor) == ("organisation.changed", actor)
    assert entry.facts == {"changes": {"name": [before, "Wear Works"], "size": ["", "small"], "areas": ["", "Blyth"]}}


def test_a_person_leaves_at_once_and_twice_is_once() -> None:
    held = MembershipFactory(contact__signs_in=True)
    user = held.contact.user

    for _ in range(2):
        actions.end_membership(held.pk, actor=None)

    assert not queries.organisations_of(user).exists()
    assert [entry.verb for entry in queries.history_of(held)] == ["membership.ended"]


def test_a_membership_that_has_not_begun_can_be_ended() -> None:
    held = MembershipFactory(since_on=timezone.localdate() + timedelta(days=9))

    assert actions.end_membership(held.pk, actor=None).has_ended


def test_somebody_who_left_comes_back_in_the_new_role() -> None:
    held = MembershipFactory(until_on=timezone.localdate(), role="lead")

    back = actions.add_member(
        held.organisation_id, actor=None, name=held.contact.name, email=held.contact.email.upper(), role="viewer"
    )

    assert back == held
    assert (back.role, back.has_ended, back.since_on) == ("viewer", False, timezone.localdate())
    assert Membership.objects.count() == 1


def test_an_address_of_somebody_else_is_refused_and_nobody_is_added() -> None:
    organisation = OrganisationFactory()
    ContactFactory(name="Ada Fell", email="ada@partners.example")

    with pytest.raises(Refused, match="This address belongs to Ada Fell"):
        actions.add_member(organisation.pk, actor=None, name="Tom Ridley", email="ada@partners.example", role="lead")
    assert not Membership.objects.exists()


def test_a_member_is_not_added_twice() -> None:
    held = MembershipFactory()

    with pytest.raises(Refused, match="is lead here already"):
        actions.add_member(
            held.organisation_id, actor=None, name=held.contact.name, email=held.contact.email, role="viewer"
        )


def test_the_role_of_somebody_who_left_cannot_change() -> None:
    held = MembershipFactory(until_on=timezone.localdate())

    with pytest.raises(Refused, match="has left"):
        actions.change_role(held.pk, "viewer", actor=None)


def test_a_new_address_forgets_that_the_old_one_failed() -> None:
    contact = ContactFactory(bounced_at=timezone.now())

    facts = {"name": contact.name, "email": "NEW@partners.example", "lawful_basis": "consent"}
    changed = actions.change_contact(contact.pk, actor=None, has_opted_out=True, **facts)

    assert changed.bounced_at is None
    assert changed.email == "new@partners.example"
    assert changed.consented_at is not None
    assert changed.opted_out_at is not None
    assert actions.change_contact(contact.pk, actor=None, has_opted_out=False, **facts).opted_out_at is None


def test_closing_and_reopening_an_organisation() -> None:
    held = MembershipFactory(contact__signs_in=True)

    for _ in range(2):
        actions.close_organisation(held.organisation_id, actor=None)
    assert not queries.register().exists()
    assert not queries.organisations_of(held.contact.user).exists()

    actions.reopen_organisation(held.organisation_id, actor=None)
    assert list(queries.register()) == [held.organisation]
    assert [entry.verb for entry in queries.history_of(held.organisation)] == [
        "organisation.reopened",
        "organisation.closed",
    ]


def test_adding_a_contact_keeps_one_per_address() -> None:
    added = actions.add_contact(actor=None, name="Ada Fell", email="Ada@Partners.example")

    with pytest.raises(Refused, match="belongs to Ada Fell"):
        actions.add_contact(actor=None, name="Tom Ridley", email="ada@partners.example")
    assert list(Contact.objects.all()) == [added]
    assert not Organisation.objects.exists()
