"""Things to read and codes to put on them."""

import hashlib
from typing import Any

import factory
from django.utils import timezone

from consultations.analysis.models import Code, CodeFrame, Coding, Excerpt
from consultations.programme.models import Consultation, ConsultationEvent
from consultations.submissions import tallies
from consultations.submissions.models import Response, Submission, TextAnswer
from consultations.surveys.definition import Choice, Definition, Page, Question
from consultations.surveys.models import Survey, SurveyVersion
from engagement.events.models import Note
from tests.factories.events import EventFactory, NoteFactory
from tests.factories.programme import ConsultationFactory

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
QUESTIONS = (
    Question("grow", "single", "Do you expect to grow?", choices=YES_NO),
    Question(
        "barriers", "multiple", "What holds you back?", choices=(Choice("skills", "Skills"), Choice("cash", "Finance"))
    ),
    Question("people", "integer", "How many people work for you?"),
    Question(
        "rate", "matrix", "How do you rate", choices=YES_NO, rows=(Choice("roads", "Roads"), Choice("rail", "Rail"))
    ),
    Question("why", "long_text", "Why?"),
)


def survey_asking(
    consultation: Consultation, questions: tuple[Question, ...] = QUESTIONS, code: str = "main"
) -> Survey:
    """A live survey with one version that asks these questions on one page."""
    survey = Survey.objects.filter(consultation=consultation, code=code).first() or Survey.objects.create(
        consultation=consultation, code=code, title="Main survey"
    )
    definition = Definition(code=code, title="Main survey", pages=(Page("p1", "Page one", questions=questions),))
    survey.current_version = SurveyVersion.objects.create(
        survey=survey,
        number=survey.versions.count() + 1,
        definition=definition.to_json(),
        sha256=definition.sha256,
        published_at=timezone.now(),
    )
    survey.state = Survey.State.LIVE
    survey.save()
    return survey


def heard(survey: Survey, data: dict[str, Any], **fields: Any) -> Submission:
    """A counted submission with these answers, its long answers ready for coding."""
    number = Submission.objects.count() + 1
    areas = fields.pop("areas", [])
    defaults = {
        "capacity": "organisation" if fields.get("organisation") else "self",
        "state": Submission.State.SUBMITTED,
        "confidentiality": Submission.Confidentiality.NAMED,
        "timing": Submission.Timing.ON_TIME,
        "submitted_at": timezone.now(),
    }
    submission = Submission.objects.create(
        consultation=survey.consultation, reference=f"T-{number:05}", **{**defaults, **fields}
    )
    submission.areas.set(areas)
    response = Response.objects.create(submission=submission, survey=survey, version=survey.current_version, data=data)
    for question in QUESTIONS:
        if question.kind == "long_text" and data.get(question.code):
            said = {"question_code": question.code, "text": data[question.code]}
            TextAnswer.objects.create(submission=submission, response=response, **said)
    if submission.is_counted:
        tallies.count(submission, by=1)
    return submission


def agreed_note(consultation: Consultation, text: str, **fields: Any) -> Note:
    """An agreed note of an event of this consultation."""
    event = fields.pop("event", None) or EventFactory()
    ConsultationEvent.objects.get_or_create(consultation=consultation, event=event)
    return NoteFactory(event=event, text=text, state=Note.State.AGREED, agreed_at=timezone.now(), **fields)


class CodeFrameFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CodeFrame

    consultation = factory.SubFactory(ConsultationFactory)
    state = CodeFrame.State.IN_USE


class CodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Code

    frame = factory.SubFactory(CodeFrameFactory)
    code = factory.Sequence(lambda n: f"code-{n}")
    label = factory.Sequence(lambda n: f"Code {n}")
    order = factory.Sequence(lambda n: n)


def coded(source: TextAnswer | Note, code: Code, coder: Any = None, start: int = 0, end: int | None = None) -> Excerpt:
    """A passage of the source (the whole of it unless told) that carries the code."""
    end = len(source.text) if end is None else end
    excerpt, _ = Excerpt.objects.get_or_create(
        consultation=code.frame.consultation,
        answer=source if isinstance(source, TextAnswer) else None,
        note=source if isinstance(source, Note) else None,
        start=start,
        end=end,
        defaults={
            "text": source.text[start:end],
            "source_sha256": hashlib.sha256(source.text.encode()).hexdigest(),
            "created_by": coder,
        },
    )
    Coding.objects.get_or_create(excerpt=excerpt, code=code, defaults={"coder": coder})
    return excerpt
