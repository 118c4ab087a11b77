"""Answers of an archived consultation are kept as long as was promised, and not a day longer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from consultations.analysis.models import Coding, Excerpt, SourceReading
from consultations.dashboards import forgetting, tasks
from consultations.evidence import lifecycle as register
from consultations.evidence.models import EvidenceItem
from consultations.exports.models import ExportJob
from consultations.invitations.models import Invitation
from consultations.programme import lifecycle, retention
from consultations.programme.models import Consultation
from consultations.submissions.models import Response, Submission, TextAnswer
from consultations.summaries.models import Citation, Finding, Summary
from engagement.audit.models import Entry
from engagement.events.models import Note
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, agreed_note, coded, heard, survey_asking
from tests.factories.invitations import InvitationFactory
from tests.factories.messaging import MessageFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.submissions import EvidenceDocumentFactory

pytestmark = pytest.mark.django_db
CLOSED = datetime(2024, 2, 8, 23, 59, 59, tzinfo=UTC)
SECRET = "zq-secret-zq"
PERSONAL = (
    Submission,
    Response,
    EvidenceItem,
    TextAnswer,
    Excerpt,
    Coding,
    SourceReading,
    Citation,
    Invitation,
    OutgoingMessage,
)


def full(reference, **facts):
    """A reported consultation with a little of everything that somebody said; the answer holds SECRET."""
    it = ConsultationFactory(reference=reference, **{"state": "reported", "closed_at": CLOSED, **facts})
    submission = heard(survey_asking(it), {"why": f"Buses stop early, said {SECRET}."})
    document = EvidenceDocumentFactory(submission=submission)
    register.take_in(document)
    answer = TextAnswer.objects.get(submission=submission)
    code = CodeFactory(frame=CodeFrameFactory(consultation=it))
    excerpt = coded(answer, code)
    SourceReading.objects.create(answer=answer)
    coded(agreed_note(it, "Agreed at the table."), code)
    for version, state in enumerate(("published", "draft"), start=1):
        summary = Summary.objects.create(consultation=it, version=version, title="Heard", state=state)
        finding = Finding.objects.create(summary=summary, kind="quotation", text=f"Quoted in {state}")
        Citation.objects.create(finding=finding, excerpt=excerpt)
    InvitationFactory(consultation=it)
    MessageFactory(scope=reference)
    job = ExportJob(
        consultation=it, profile="public", format="csv", state="ready", sha256="0" * 64,
        ready_at=timezone.now(), expires_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    job.file.save("answers.zip", ContentFile(b"x"))
    return it, document.file, job.file


def left(it):
    return {
        "submissions": Submission.objects.filter(consultation=it).count(),
        "messages": OutgoingMessage.objects.filter(scope=it.reference).count(),
        "invitations": Invitation.objects.filter(consultation=it).count(),
    }


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


def test_the_day_before_all_is_there_and_on_the_day_nothing_is(
    administrator, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(CLOSED + timedelta(days=100))
    it, document, export = full("lis", retention_months=24)
    other, *_ = full("other", retention_months=24)
    lifecycle.archive(it.pk, actor=administrator)
    end = datetime(2026, 2, 8, 23, 59, 59, tzinfo=UTC)
    paths = [(file.storage, file.name) for file in (document, export)]

    time_machine.move_to(end - timedelta(days=1))
    tasks.forget()
    assert left(it) == left(other) == {"submissions": 1, "messages": 1, "invitations": 1}

    time_machine.move_to(end + timedelta(seconds=1))
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.forget()

    assert left(it) == {"submissions": 0, "messages": 0, "invitations": 0}
    # Of each, what belongs to the other consultation; and the passage of the note that was agreed.
    assert {model.__name__: model.objects.count() for model in PERSONAL} == {
        "Submission": 1,
        "Response": 1,
        "EvidenceItem": 1,
        "TextAnswer": 1,
        "Excerpt": 3,
        "Coding": 3,
        "SourceReading": 1,
        "Citation": 2,
        "Invitation": 1,
        "OutgoingMessage": 1,
    }
    assert TextAnswer.objects.get().submission.consultation == other
    assert Excerpt.objects.filter(consultation=it, note__isnull=False).count() == 1
    assert [storage.exists(name) for storage, name in paths] == [False, False]
    assert ExportJob.objects.get(consultation=it).state == "expired"
    assert sorted(Finding.objects.filter(summary__consultation=it).values_list("text", flat=True)) == [
        "Quoted in published"
    ]
    assert Note.objects.filter(text="Agreed at the table.").count() == 2
    assert left(other) == {"submissions": 1, "messages": 1, "invitations": 1}
    (entry,) = Entry.objects.filter(verb="consultation.answers_deleted")
    assert (entry.scope, entry.actor, entry.facts) == (
        "lis",
        None,
        {"submissions": 1, "passages": 1, "invitations": 1, "messages": 1, "files": 1},
    )


def test_thirty_days_after_a_late_archiving_are_kept(administrator, time_machine):
    archived = CLOSED + timedelta(days=365 * 5)
    time_machine.move_to(archived)
    it, *_ = full("lis", retention_months=24)
    lifecycle.archive(it.pk, actor=administrator)

    assert forgetting.run(archived + timedelta(days=29)) == 0
    assert forgetting.run(archived + timedelta(days=31)) == 1


@pytest.mark.parametrize("state", ["closed", "analysing", "reported"])
def test_what_is_not_archived_is_never_deleted(state):
    it, *_ = full("lis", state=state)

    assert forgetting.run(CLOSED + timedelta(days=365 * 50)) == 0
    assert left(it)["submissions"] == 1


def test_it_goes_in_batches_and_goes_on_where_it_was_interrupted(administrator, monkeypatch):
    it, *_ = full("lis", retention_months=1)
    survey = it.surveys.get()
    for _ in range(6):
        heard(survey, {"why": "The same."})
    lifecycle.archive(it.pk, actor=administrator)
    monkeypatch.setattr(forgetting, "BATCH", 2)
    delete, rounds = forgetting.STEPS["submissions"], []

    def interrupted(consultation):
        rounds.append(Submission.objects.count())
        if len(rounds) == 3:
            raise OSError("The disk went away")
        return delete(consultation)

    monkeypatch.setitem(forgetting.STEPS, "submissions", interrupted)
    later = timezone.now() + timedelta(days=60)
    with pytest.raises(OSError, match="went away"):
        forgetting.run(later)
    half = Submission.objects.count()

    assert (half, forgetting.run(later), Submission.objects.count()) == (3, 1, 0)
    assert rounds == [7, 5, 3, 3, 1]


@pytest.mark.parametrize(
    ("closed", "months", "end"),
    [
        ((2024, 2, 29, 12), 12, "2025-02-28 12:00 GMT"),
        ((2024, 8, 31, 11), 1, "2024-09-30 12:00 BST"),
        ((2024, 9, 30, 11), 1, "2024-10-30 12:00 GMT"),
        ((2024, 12, 31, 23, 59), 2, "2025-02-28 23:59 GMT"),
    ],
)
def test_months_end_on_a_day_that_there_is_and_at_the_same_local_time(closed, months, end):
    later = timezone.localtime(retention.months_later(datetime(*closed, tzinfo=UTC), months))

    assert f"{later:%Y-%m-%d %H:%M %Z}" == end


def test_the_pages_say_beforehand_what_is_deleted_when_and_afterwards_that_it_was(
    administrator, signed_in, time_machine
):
    time_machine.move_to(CLOSED + timedelta(days=100))
    it, *_ = full("lis", retention_months=24)
    client = signed_in(administrator)
    words = "every response is deleted by itself"

    before = client.get(reverse("programme:move", args=["lis", "archive"])).content.decode()
    assert words in before
    assert "On 8 February 2026 every response" in before

    lifecycle.archive(it.pk, actor=administrator)
    assert words in client.get(reverse("programme:lifecycle", args=["lis"])).content.decode()

    time_machine.move_to(CLOSED + timedelta(days=800))
    tasks.forget()
    client = signed_in(administrator)  # the session of that time is over
    assert "Its answers were deleted on" in client.get(reverse("programme:lifecycle", args=["lis"])).content.decode()
    assert Consultation.objects.get().answers_deleted_at is not None
