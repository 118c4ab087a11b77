"""The tests' own floor holds: what it promises to notice, it notices."""

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import path

from tests.factories.accounts import UserFactory
from tests.plugins import undefined


def page_that_writes(request):
    UserFactory()
    return HttpResponse("read")


def page_with_a_session(request):
    request.session["seen"] = True
    return HttpResponse("read")


for view in (page_that_writes, page_with_a_session):
    view.login_required = False
urlpatterns = [path("writes/", page_that_writes), path("session/", page_with_a_session)]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_the_client_refuses_a_page_that_writes_when_it_is_read(client):
    with pytest.raises(AssertionError, match="Reading /writes/ wrote to the database"):
        client.get("/writes/")


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_the_client_lets_sessions_be_written(client):
    assert client.get("/session/").content == b"read"
    assert Session.objects.count() == 1


def test_undefined_variables_are_noticed_and_shown_as_nothing():
    template = engines["django"].from_string("[{{ nobody.set_this }}]{% if nor_this %}{% endif %}")

    assert template.render({}) == "[]"
    assert [found.split(" in ")[0] for found in undefined.take()] == ["“nobody.set_this”"]
