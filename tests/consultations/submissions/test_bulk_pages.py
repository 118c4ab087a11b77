"""Many papers at once: the pages from the template to the import."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.submissions.bulk import checking, reading
from consultations.submissions.models import BulkEntry, Submission
from consultations.surveys.definition import load
from engagement.core import tasks as core_tasks
from tests.consultations.submissions.papers import letter, version_of, workbook
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import (
    published_survey,
)

pytestmark = pytest.mark.django_db
CELLS = {
    "invests": "yes", "barriers": "skills; other", "barriers__other_text": "Broadband", "staff": 120, "turnover": 12.5,
    "founded": "1998-04-01", "confidence": "4", "assets__ports": "yes", "assets__universities": "no",
    "barriers_text": "We turned away two contracts this year for want of people.", "provider": "Tyne College",
}  # fmt: skip


@pytest.fixture
def survey():
    return published_survey(ConsultationFactory(reference="lis"), code="views")


@pytest.fixture
def typist(survey):
    return AssignmentFactory(consultation=survey.consultation).user


# --- the pages ---------------------------------------------------------------------------------------------


def page(survey, name="bulk", *args):
    return reverse(f"submissions:{name}", args=[survey.consultation.reference, *args])


def upload(content, name="papers.xlsx"):
    return {"survey": "views", "file": SimpleUploadedFile(name, content)}


def test_the_whole_way_through_the_pages(signed_in, survey, typist):
    client = signed_in(typist)
    assert page(survey) in client.get(page(survey, "list")).content.decode()
    offered = client.get(page(survey)).content.decode()
    assert page(survey, "bulk_template", "views") in offered
    assert "up to 2000 in one file" in offered
    fetched = client.get(page(survey, "bulk_template", "views"))
    assert 'filename="lis-views-v1-papers.xlsx"' in fetched["Content-Disposition"]
    assert (
        client.get(page(survey, "bulk_template", "views") + "?format=csv")
        .content.decode("utf-8-sig")
        .startswith("reference,")
    )

    shown = client.post(page(survey), upload(workbook(version_of(survey), [letter(1, **CELLS), letter(2)])))
    assert shown.status_code == 200
    assert Submission.objects.count() == 0
    assert "Import 2 responses" in shown.content.decode()
    for _ in range(2):
        done = client.post(page(survey), {"plan": shown.context_data["plan"]})
    entry = BulkEntry.objects.get()
    assert done.headers["Location"] == page(survey, "bulk_entry", entry.public_id)
    waits = client.get(done.headers["Location"]).text
    assert "Look again" in waits
    assert "Submissions" in waits
    for _ in range(2):
        core_tasks.sweep_work()
    assert Submission.objects.filter(state="awaiting_approval").count() == 2
    assert "2 responses typed in." in client.get(done.headers["Location"]).text
    again = client.post(page(survey), {"plan": shown.context_data["plan"]})
    core_tasks.sweep_work()
    assert "2 were here already" in client.get(again.headers["Location"]).text
    assert (
        "there is nothing to import"
        in client.post(page(survey), upload(workbook(version_of(survey), [letter(1, **CELLS)]))).content.decode()
    )


def test_what_is_wrong_is_shown_and_nothing_is_made(signed_in, survey, typist):
    client = signed_in(typist)
    shown = client.post(
        page(survey), upload(workbook(version_of(survey), [letter(1, staff="many"), letter(2, channel="x")]))
    )
    text = shown.content.decode()

    assert shown.status_code == 422
    assert "2 places must be corrected first." in text
    assert "is not a number" in text
    assert 'name="plan"' not in text
    for data in ({}, {"survey": "views"}, {"plan": "tampered"}, upload(b"nonsense", "x.xlsx")):
        assert client.post(page(survey), data).status_code == 422
    assert Submission.objects.count() == 0


def test_a_check_belongs_to_its_consultation(signed_in, survey, typist):
    other = published_survey(ConsultationFactory(reference="other"), code="views")
    AssignmentFactory(consultation=other.consultation, user=typist)
    client = signed_in(typist)
    plan = client.post(page(survey), upload(workbook(version_of(survey), [letter(1)]))).context_data["plan"]
    assert client.post(page(other), {"plan": plan}).status_code == 422
    assert Submission.objects.count() == 0


def test_nothing_can_be_typed_in_before_the_consultation_opens(signed_in):
    survey = published_survey(ConsultationFactory(draft=True), code="views")
    client = signed_in(AssignmentFactory(consultation=survey.consultation).user)
    assert "so nothing can be typed in for it" in client.get(page(survey)).content.decode()
    assert client.post(page(survey), upload(workbook(version_of(survey), [letter(1)]))).status_code == 422


def test_officers_do_not_type_in(signed_in, survey):
    officer = signed_in(AssignmentFactory(consultation=survey.consultation, role="officer").user)
    assert officer.get(page(survey)).status_code == 403
    assert officer.get(page(survey, "bulk_template", "views")).status_code == 403


def test_reading_a_file_costs_the_same_for_one_row_and_for_three(survey, django_assert_num_queries):
    for number in (1, 3):
        content = workbook(version_of(survey), [letter(n, **CELLS) for n in range(1, number + 1)])
        version = version_of(survey)
        definition = load(version)
        with django_assert_num_queries(8):
            checking.check(reading.read(content, "p.xlsx", version, definition), survey.consultation, definition)
