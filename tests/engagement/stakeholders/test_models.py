import pytest

from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import AreaFactory, ContactFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def test_a_membership_reads_as_who_is_where() -> None:
    membership = MembershipFactory(contact__name="Ada Fell", organisation__name="Tyne Cable Works")
    assert str(membership) == "Ada Fell at Tyne Cable Works"


def test_an_organisation_may_lie_in_several_areas() -> None:
    areas = [AreaFactory(), AreaFactory()]
    assert set(OrganisationFactory(areas=areas).areas.all()) == set(areas)


def test_a_contact_who_signs_in_has_an_account_with_a_verified_address() -> None:
    contact = ContactFactory(signs_in=True)
    assert contact.user.email == contact.email
    assert contact.user.emailaddress_set.get().verified


def test_the_role_of_an_account_comes_with_the_trait() -> None:
    assert UserFactory(officer=True).staff_role == "officer"
