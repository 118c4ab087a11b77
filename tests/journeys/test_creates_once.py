"""The same form sent again creates nothing more, and everybody lands on what it created."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.exports.models import ExportJob
from consultations.programme.models import Consultation, Theme
from consultations.summaries.models import Summary
from consultations.surveys.models import Page, Question, Survey
from engagement.core import sentforms, tasks
from engagement.core.models import SentForm
from engagement.stakeholders.models import Contact, Organisation
from tests.factories.accounts import UserFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import KindFactory
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db
KEY = re.compile(r'<input type="hidden" name="form_key" value="([\w-]{22})"')


@pytest.fixture
def it():
    return ConsultationFactory(reference="lis", draft=True)


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


def survey(it):
    return reverse("surveys:new", args=["lis"]), {"title": "Your views", "code": "views"}, Survey


def page(it):
    SurveyFactory(consultation=it, code="views")
    return reverse("surveys:new_page", args=["lis", "views"]), {"title": "First"}, Page


def consultation(it):
    data = {"title": "Skills", "reference": "skills", "kind": "survey", "purpose": "To find out."}
    return reverse("programme:new"), data, Consultation


def theme(it):
    return reverse("programme:new_theme", args=["lis"]), {"name": "Skills", "code": "skills"}, Theme


def summary(it):
    it.state = "analysing"
    it.save()
    return reverse("summaries:request", args=["lis"]), {"title": "What we heard"}, Summary


def export(it):
    return reverse("exports:request", args=["lis"]), {"profile": "public", "format": "csv"}, ExportJob


def organisation(it):
    return reverse("stakeholders:new"), {"name": "Aldin Works", "kind": KindFactory().pk}, Organisation


def contact(it):
    data = {"name": "Ada Alder", "email": "ada@alder.example", "lawful_basis": "public_task"}
    return reverse("stakeholders:new_contact"), data, Contact


@pytest.mark.parametrize(
    "made", [survey, page, consultation, theme, summary, export, organisation, contact], ids=lambda made: made.__name__
)
def test_ten_identical_sendings_make_one(made, it, administrator, signed_in):
    address, data, model = made(it)
    client, before = signed_in(administrator), model.objects.count()
    data["form_key"] = KEY.search(client.get(address).content.decode())[1]

    answers = [client.post(address, data) for _ in range(10)]

    assert [answer.status_code for answer in answers] == [302] * 10
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert model.objects.count() == before + 1
    assert client.get(answers[-1].headers["Location"]).status_code == 200


def test_a_question_that_is_sent_twice_is_asked_once(it, administrator, signed_in):
    found = SurveyFactory(consultation=it, code="views")
    first = Page.objects.create(survey=found, code="first", title="First", order=0)
    client = signed_in(administrator)
    address = reverse("surveys:new_question", args=["lis", "views", first.pk, "short_text"])
    key = KEY.search(client.get(address).content.decode())[1]

    for _ in range(2):
        answer = client.post(address, {"label": "What holds you back?", "form_key": key})
        assert answer.status_code == 302, answer.content.decode()

    assert Question.objects.count() == 1


def test_what_was_changed_or_opened_anew_is_another(it, administrator, signed_in):
    client, address = signed_in(administrator), reverse("surveys:new", args=["lis"])
    key, other = (KEY.search(client.get(address).content.decode())[1] for _ in range(2))

    client.post(address, {"title": "Views", "form_key": key})
    client.post(address, {"title": "Views of schools", "form_key": key})
    client.post(address, {"title": "Views", "form_key": other})
    client.post(address, {"title": "Views"})

    assert sorted(Survey.objects.values_list("title", flat=True)) == ["Views", "Views", "Views", "Views of schools"]


def test_the_key_of_somebody_else_leads_nowhere(it, administrator, signed_in):
    address, data = reverse("surveys:new", args=["lis"]), {"title": "Views", "form_key": "x" * 22}

    signed_in(administrator).post(address, data)
    signed_in(UserFactory(administrator=True)).post(address, data)

    assert Survey.objects.count() == 2


def test_a_form_that_was_refused_can_be_sent_again(it, administrator, signed_in):
    client, address = signed_in(administrator), reverse("programme:new_theme", args=["lis"])
    data = {"name": "Skills", "code": "skills", "form_key": "x" * 22}
    Consultation.objects.update(state="open")
    refused = client.post(address, data)
    Consultation.objects.update(state="draft")

    assert refused.status_code in (403, 422)
    assert client.post(address, data).status_code == 302
    assert Theme.objects.count() == 1


def test_sendings_are_forgotten_after_a_day(administrator):
    SentForm.objects.create(mark="old")
    SentForm.objects.update(at=timezone.now() - sentforms.KEPT - timedelta(minutes=1))
    SentForm.objects.create(mark="new")

    for _ in range(2):
        tasks.tick()

    assert [row.mark for row in SentForm.objects.all()] == ["new"]


@pytest.mark.django_db(transaction=True)
def test_sendings_at_the_same_moment_make_one():
    ConsultationFactory(reference="lis", draft=True)
    administrator, address = UserFactory(administrator=True), reverse("surveys:new", args=["lis"])
    clients = []
    for _ in range(2):
        client = Client()
        client.force_login(administrator)
        clients.append(client)
    barrier, ways = threading.Barrier(2), []

    def send(client):
        try:
            barrier.wait(10)
            ways.append(client.post(address, {"title": "Views", "form_key": "x" * 22}).headers.get("Location"))
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    connection.close()

    made = Survey.objects.get()
    assert ways == [reverse("surveys:edit", args=["lis", made.code])] * 2
