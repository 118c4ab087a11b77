"""Where the demonstration is not loaded, and what it never does on a real site."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consultations.dashboards.demonstration import loading, staff
from engagement.accounts.models import User
from engagement.stakeholders.models import Organisation
from tests.factories.stakeholders import OrganisationFactory

pytestmark = pytest.mark.django_db


def test_on_a_real_site_nobody_gets_the_printed_password(settings):
    settings.MAIL_CATCHER, settings.DEBUG = False, False

    staff.make_staff()

    assert not any(user.has_usable_password() for user in User.objects.all())


def test_a_database_in_use_is_left_alone():
    organisation = OrganisationFactory()

    with pytest.raises(CommandError, match="holds organisations or consultations of its own"):
        call_command("load_demonstration", stdout=StringIO())

    assert list(Organisation.objects.all()) == [organisation]
    assert not loading.is_loaded()
