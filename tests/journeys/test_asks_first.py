"""What cannot be undone asks first: opening the page changes nothing, only its button does, and it leads back."""

import pytest
from django.urls import reverse

from consultations.analysis.models import Code, CodeFrame
from consultations.exports import actions as exports
from consultations.exports.models import ExportJob
from consultations.programme.models import Assignment, Theme
from consultations.summaries.models import Finding, Summary
from consultations.surveys.models import Survey
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def it():
    """A consultation that is not open yet, with what the acts below are done to."""
    it = ConsultationFactory(reference="lis", draft=True)
    ThemeFactory(consultation=it, code="skills", name="Skills")
    published_survey(it, code="views", title="Your views")
    CodeFactory(frame=CodeFrameFactory(consultation=it), code="late", label="Late buses")
    return it


def summary_of(it, state):
    found = Summary.objects.create(consultation=it, version=1, title="What we heard", state=state)
    Finding.objects.create(summary=found, order=1, kind="heading", text="Buses stop early.")
    return found


def publish_summary(it, administrator):
    summary = summary_of(it, "approved")
    summary.approved_by = administrator
    summary.save()
    return (
        reverse("summaries:publish", args=["lis", 1]),
        lambda: Summary.objects.get().state == "published",
        ["Publish “What we heard”?", "It cannot be taken back"],
    )


def remove_statement(it, administrator):
    summary = summary_of(it, "draft")
    return (
        reverse("summaries:remove_finding", args=["lis", 1, summary.findings.get().public_id]),
        lambda: not Finding.objects.exists(),
        ["Remove “Buses stop early.”?"],
    )


def freeze_frame(it, administrator):
    return (
        reverse("analysis:freeze_frame", args=["lis"]),
        lambda: CodeFrame.objects.get().state == "frozen",
        ["Freeze the code frame?", "only with a reason"],
    )


def retire_code(it, administrator):
    return (
        reverse("analysis:retire_code", args=["lis", "late"]),
        lambda: not Code.objects.filter(retired_at=None).exists(),
        ["Take “Late buses” out of use?"],
    )


def remove_theme(it, administrator):
    return (
        reverse("programme:remove_theme", args=["lis", "skills"]),
        lambda: not Theme.objects.exists(),
        ["Remove the theme “Skills”?"],
    )


def take_off(it, administrator):
    row = AssignmentFactory(consultation=it, role="officer", user=UserFactory(name="Dilys Fenn", officer=True))
    return (
        reverse("programme:end_assignment", args=["lis", row.pk]),
        lambda: not Assignment.objects.filter(pk=row.pk).exists(),
        ["Take Dilys Fenn off as officer?"],
    )


def close_survey(it, administrator):
    return (
        reverse("surveys:close", args=["lis", "views"]),
        lambda: Survey.objects.get().state == "closed",
        ["Close “Your views”?", "not even from people who have begun"],
    )


def put_live(it, administrator):
    Survey.objects.update(state="ready")
    return (
        reverse("surveys:go_live", args=["lis", "views"]),
        lambda: Survey.objects.get().state == "live",
        ["Put “Your views” live?"],
    )


def full_export(it):
    officer = UserFactory(officer=True, name="Dilys Fenn")
    AssignmentFactory(consultation=it, role="officer", user=officer)
    return exports.request_export(
        it, profile="full", file_format="csv", labels=True, reason="To check the counts", actor=officer
    )


def allow_export(it, administrator):
    job = full_export(it)
    return (
        reverse("exports:approve", args=["lis", job.public_id]),
        lambda: ExportJob.objects.get().approved_by_id == administrator.pk,
        ["Allow Dilys Fenn the “", "with names and addresses in it"],
    )


def call_off_export(it, administrator):
    job = full_export(it)
    return (
        reverse("exports:cancel", args=["lis", job.public_id]),
        lambda: ExportJob.objects.get().state == "cancelled",
        ["Call off the “"],
    )


ACTS = (
    publish_summary,
    remove_statement,
    freeze_frame,
    retire_code,
    remove_theme,
    take_off,
    close_survey,
    put_live,
    allow_export,
    call_off_export,
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_opening_asks_and_only_the_button_acts(act, it, signed_in):
    administrator = UserFactory(administrator=True)
    address, is_done, words = act(it, administrator)
    client = signed_in(administrator)

    page = client.get(address)

    assert page.status_code == 200
    assert not is_done()
    assert [said for said in words if said not in page.content.decode()] == []
    assert "Go back" in page.content.decode()

    answer = client.post(address)

    assert is_done()
    assert answer.status_code in (302, 303)
    assert answer.headers["Location"] == page.context["back"]
