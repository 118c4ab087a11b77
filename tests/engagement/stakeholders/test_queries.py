from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from engagement.stakeholders import actions, queries, rules
from engagement.stakeholders.models import Area, Kind, Sector
from engagement.stakeholders.queries import Filters
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import (
    AreaFactory,
    ContactFactory,
    KindFactory,
    MembershipFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db


def test_the_classification_has_five_sectors_and_seven_authorities_and_loads_once() -> None:
    actions.ensure_classification()

    assert actions.ensure_classification() == 0
    assert list(Sector.objects.values_list("code", flat=True)) == [
        "business", "education", "public", "voluntary", "individual",
    ]  # fmt: skip
    authorities = Area.objects.filter(level=Area.Level.AUTHORITY)
    assert {area.ons_code for area in authorities} == {
        "E06000047", "E06000057", "E08000021", "E08000022", "E08000023", "E08000024", "E08000037",
    }  # fmt: skip
    assert {area.name for area in Area.objects.get(code="north-of-tyne-ca").parts.all()} == {
        "Newcastle", "North Tyneside", "Northumberland",
    }  # fmt: skip


def test_loading_corrects_a_name_and_keeps_what_an_installation_added() -> None:
    actions.ensure_classification()
    Kind.objects.filter(code="university").update(name="Universities")
    own = KindFactory(name="Lifeboat station")

    assert actions.ensure_classification() == 1
    assert Kind.objects.get(code="university").name == "University"
    assert Kind.objects.filter(pk=own.pk).exists()


def test_a_person_acts_for_the_organisations_of_today() -> None:
    today = timezone.localdate()
    contact = ContactFactory(signs_in=True)
    present = MembershipFactory(contact=contact, since_on=today).organisation
    MembershipFactory(contact=contact, until_on=today)
    MembershipFactory(contact=contact, since_on=today + timedelta(days=1))
    MembershipFactory(contact=contact, organisation__closed_at=timezone.now())

    assert list(queries.organisations_of(contact.user)) == [present]
    assert [held.organisation for held in queries.memberships_of(contact.user)] == [present]


def test_the_contact_of_an_account_is_found_by_a_proven_address_only() -> None:
    contact = ContactFactory(email="Ada@Partners.example")
    proven = UserFactory(email="ada@partners.example")
    stranger = UserFactory(email="tom@partners.example", verified=False)
    ContactFactory(email="tom@partners.example")

    assert queries.contact_of(proven) == contact
    assert queries.contact_of(stranger) is None
    assert queries.contact_of(AnonymousUser()) is None


def test_a_contact_that_is_tied_to_another_account_is_not_taken_over() -> None:
    contact = ContactFactory(signs_in=True, email="ada@partners.example")
    owner = contact.user
    owner.emailaddress_set.update(email="ada.new@partners.example")
    type(owner).objects.filter(pk=owner.pk).update(email="ada.new@partners.example")

    assert queries.contact_of(UserFactory(email="ada@partners.example")) is None
    assert queries.contact_of(owner) == contact


def test_linking_ties_the_entry_to_the_account_once() -> None:
    contact = ContactFactory(email="ada@partners.example")
    user = UserFactory(email="ada@partners.example")

    for _ in range(2):
        assert actions.link_contact(user) == contact
    contact.refresh_from_db()
    assert contact.user == user
    assert [entry.verb for entry in queries.history_of(contact)] == ["contact.linked"]


def test_somebody_unknown_who_signed_in_gets_an_entry_of_their_own() -> None:
    user = UserFactory(name="Ada Fell")

    contact = actions.own_contact(user)

    assert (contact.name, contact.email, contact.user) == ("Ada Fell", user.email, user)
    assert actions.own_contact(user) == contact


def test_partners_see_their_own_organisations_and_staff_see_all() -> None:
    contact = ContactFactory(signs_in=True)
    own, other = MembershipFactory(contact=contact).organisation, OrganisationFactory()

    assert set(queries.visible_to(contact.user)) == {own}
    assert set(queries.visible_to(UserFactory(officer=True))) == {own, other}
    assert set(queries.visible_to(UserFactory(officer=True, is_active=False))) == set()
    assert set(queries.visible_to(AnonymousUser())) == set()


@pytest.mark.parametrize(("role", "expected"), [("lead", True), ("approver", False), ("viewer", False)])
def test_only_the_lead_leads(role: str, expected: bool) -> None:
    held = MembershipFactory(role=role, contact__signs_in=True)

    assert rules.leads(held.contact.user, held.organisation) is expected
    assert rules.acts_for(held.contact.user, held.organisation) is True
    assert rules.acts_for(held.contact.user, OrganisationFactory()) is False


def test_search_finds_by_name_trading_name_person_and_address() -> None:
    wanted = OrganisationFactory(name="Tyne Castings Ltd", trading_names="Wearcast")
    MembershipFactory(organisation=wanted, contact__name="Ada Fell", contact__email="ada@tyne-castings.example")
    OrganisationFactory(name="Elsewhere")

    for text in ("castings", "wearcast", "ada fell", "ADA@tyne"):
        assert list(queries.register(Filters(text=text))) == [wanted], text
    assert list(queries.register(Filters(text="nobody"))) == []


def test_filters_narrow_and_count_beside_their_values() -> None:
    first, second = AreaFactory(), AreaFactory()
    kind = KindFactory()
    both = OrganisationFactory(kind=kind, areas=[first, second], size="micro")
    OrganisationFactory(kind=kind, areas=[second])
    OrganisationFactory(closed_at=timezone.now(), kind=kind)

    assert list(queries.register(Filters(area=first.code, kind=kind.code, sector=kind.sector.code))) == [both]
    facets = queries.facets(Filters(area=first.code))
    assert facets.areas[first.code] == (first.name, 1)
    assert facets.areas[second.code] == (second.name, 2)
    assert facets.kinds == {kind.code: (kind.name, 1)}
    assert facets.sizes["micro"][1] == 1
    assert facets.sizes["unknown"][1] == 0
