"""Opening a consultation puts its published surveys live; closing it closes none of them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.programme import lifecycle
from consultations.programme.models import Consultation
from consultations.surveys import lifecycle as surveys
from consultations.surveys.models import Survey
from engagement.audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.surveys import SurveyFactory, published_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


@pytest.fixture
def it():
    """Announced to open in an hour, with a survey of each kind."""
    opens = timezone.now() + timedelta(hours=1)
    it = ConsultationFactory(
        reference="lis", state="scheduled", opens_at=opens, closes_at=opens + timedelta(days=20),
        purpose="To find out.", decision_owner="The board", privacy_notice="We keep it."
    )  # fmt: skip
    for code in ("ready", "closed", "live"):
        published_survey(it, code=code, title=f"The {code} one", state=code)
    SurveyFactory(consultation=it, code="draft", title="The draft one")
    return it


def states(it):
    return dict(Survey.objects.filter(consultation=it).values_list("code", "state"))


def put_live():
    return [(entry.subject_label, entry.actor) for entry in Entry.objects.filter(verb="survey.put_live")]


def test_the_clock_puts_what_is_ready_live_once(it):
    moment = it.opens_at + timedelta(seconds=5)

    done = [lifecycle.keep_time(moment) for _ in range(2)]

    assert done == [(1, 0), (0, 0)]
    assert states(it) == {"ready": "live", "closed": "closed", "live": "live", "draft": "draft"}
    assert put_live() == [("The ready one", None)]


def test_opening_by_hand_does_the_same_and_says_who(it, administrator):
    lifecycle.open_now(it.pk, actor=administrator)

    assert states(it)["ready"] == "live"
    assert put_live() == [("The ready one", administrator)]


@pytest.mark.parametrize("name", ["programme:lifecycle", "programme:move"])
def test_the_pages_say_so_beforehand(it, administrator, signed_in, name):
    page = signed_in(administrator).get(reverse(name, args=["lis", *(["open"] if name.endswith("move") else [])]))

    said = page.content.decode()
    assert "This survey goes live the moment it opens: “The ready one”." in said
    assert "This survey is not published, so nobody can answer it: “The draft one”." in said
    assert "The closed one" not in said


def test_closing_leaves_the_surveys_to_those_who_are_late(it, administrator):
    lifecycle.open_now(it.pk, actor=administrator)

    lifecycle.keep_time(it.closes_at + timedelta(seconds=5))

    assert Consultation.objects.get().state == "closed"
    assert states(it)["ready"] == "live"


def test_a_survey_that_cannot_go_live_leaves_the_consultation_as_it_was(it, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(surveys, "go_live", fails)

    with pytest.raises(RuntimeError):
        lifecycle.keep_time(it.opens_at + timedelta(seconds=5))

    assert Consultation.objects.get().state == "scheduled"
