"""A hidden question takes its value from the link by which somebody came."""

import pytest
from django.urls import reverse

from consultations.submissions.models import Submission
from consultations.surveys.definition import Question
from engagement.stakeholders.models import Kind
from tests.factories.stakeholders import AreaFactory, OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db
QUESTIONS = (
    Question("source", "hidden", "Where from", settings={"default": "site"}),
    Question("view", "short_text", "Your view"),
)


def test_an_organisation_brings_what_its_link_says(signed_in):
    organisation, survey = OrganisationFactory(), published_survey(questions=QUESTIONS)
    client = signed_in(partner(organisation))
    address = reverse("submissions:respond", args=[survey.consultation.reference])
    client.post(f"{address}?source=newsletter&view=not+this&other=x", {"hat": str(organisation.public_id)})
    response = Submission.objects.get().responses.get()
    assert response.data == {"source": "newsletter"}


def test_a_person_brings_it_past_the_page_about_them(signed_in):
    survey = published_survey(questions=QUESTIONS)
    kind, area = Kind.objects.get(code="individual"), AreaFactory()
    survey.consultation.areas.add(area)
    client = signed_in(partner())
    address = reverse("submissions:respond", args=[survey.consultation.reference])
    onward = client.post(f"{address}?source=newsletter", {"hat": "self"}).url
    client.post(onward, {"kind": kind.code, "areas": [area.code]})
    assert Submission.objects.get().responses.get().data == {"source": "newsletter"}


@pytest.mark.parametrize("query", ["", "?source=", "?source=" + "x" * 201, "?other=1"])
def test_without_a_fit_value_the_default_stands(signed_in, query):
    organisation, survey = OrganisationFactory(), published_survey(questions=QUESTIONS)
    client = signed_in(partner(organisation))
    address = reverse("submissions:respond", args=[survey.consultation.reference])
    client.post(f"{address}{query}", {"hat": str(organisation.public_id)})
    assert not Submission.objects.get().responses.exists()
