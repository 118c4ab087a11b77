"""Pages of signed-in people stay out of every cache."""

import pytest

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_pages_of_signed_in_people_are_kept_by_nobody(signed_in):
    assert signed_in(UserFactory()).get("/no/such/page/")["Cache-Control"] == "no-store, private"


def test_pages_for_everybody_may_be_kept(client):
    assert "Cache-Control" not in client.get("/no/such/page/")


@pytest.mark.parametrize("address", ["/consultations/?q=a%00b", "/consultations/%00/", "/?%00=1"])
def test_an_address_with_a_nul_is_refused_in_a_sentence(client, address):
    page = client.get(address)

    assert page.status_code == 400
    assert "We could not understand that" in page.content.decode()
