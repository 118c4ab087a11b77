"""The export for analysis of the demonstration, put into the template for papers, gives the same answers again."""

import io

import pytest
from django.core.management import call_command

from consultations.submissions import actions, lifecycle
from consultations.submissions.bulk import checking, reading, template
from consultations.submissions.models import Response, Submission
from consultations.surveys.definition import load
from consultations.surveys.models import Survey
from tests.consultations.exports.reading import built, tables
from tests.consultations.submissions.papers import letter, workbook
from tests.factories.accounts import UserFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.surveys import publish_version, published_survey

BY_POST = ("letter", "email", "telephone", "meeting")


@pytest.mark.django_db
def test_what_came_by_post_in_the_demonstration_can_be_imported_again():
    call_command("load_demonstration", stdout=io.StringIO())
    typist, checker = UserFactory(administrator=True), UserFactory(administrator=True)
    seen = 0
    for survey in Survey.objects.filter(responses__submission__channel__in=BY_POST).distinct().order_by("pk"):
        definition = load(survey.current_version)
        copy = published_survey(ConsultationFactory(), code=survey.code, title=survey.title)
        version = publish_version(copy, definition)
        exported = tables(built(survey, UserFactory(administrator=True)))[survey.code]
        head, lines = exported[0], [dict(zip(exported[0], line, strict=True)) for line in exported[1:]]
        came = [
            line
            for line in lines
            if line["channel"] in BY_POST and line["version"] == str(survey.current_version.number)
        ]
        names = [name for name in head if name in template.names(version)[13:]]
        rows = [
            letter(number, reference=f"S{survey.pk}-{number}", channel=line["channel"])
            | {name: line[name] for name in names if line[name]}
            for number, line in enumerate(came, 1)
        ]
        found = checking.check(
            reading.read(workbook(version, rows), "again.xlsx", version, load(version)),
            copy.consultation,
            load(version),
        )
        assert found.problems == []
        actions.import_papers(copy, found.planned, version=version.number, actor=typist)
        for submission in Submission.objects.filter(consultation=copy.consultation):
            lifecycle.accept_typed_in(submission.pk, actor=checker)

        before = Response.objects.filter(
            survey=survey, submission__channel__in=BY_POST, submission__state__in=Submission.COUNTED,
            version=survey.current_version,
        )  # fmt: skip
        after = Response.objects.filter(survey=copy)
        personal = {question.code for question in definition.questions() if question.personal}
        assert sorted(map(repr, (whole(one.data, personal) for one in after))) == sorted(
            map(repr, (whole(one.data, personal) for one in before))
        )
        seen += len(came)
    assert seen > 5


def whole(data, personal):
    """The answers in a fixed order; personal ones are not in the export for analysis."""
    return {key: data[key] for key in sorted(data) if key.split("__")[0] not in personal and data[key] is not None}
