"""The page that shows every component keeps to the rules that it shows."""

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("width", [320, 1280])
def test_every_component_in_every_state_is_accessible(open_page, axe, fits, width):
    page = open_page(reverse("dashboards:style"), user=UserFactory(officer=True), width=width)

    axe(page)
    fits(page)


def test_partners_have_no_business_there(signed_in):
    assert signed_in(UserFactory()).get(reverse("dashboards:style")).status_code == 403
