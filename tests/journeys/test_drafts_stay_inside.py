"""What an organisation has not sent, and what its people say to each other, is read by nobody of the staff: by no
address, no search and no file, whatever part they have, and also when they stand in the register beside it."""

import contextlib
import io
import zipfile

import pytest
from django.urls import reverse

from consultations.exports import actions as exports
from consultations.exports import build
from consultations.exports.models import ExportJob
from consultations.submissions import actions, lifecycle, queries
from consultations.submissions.models import AnswerFile, EvidenceDocument, Submission
from engagement.stakeholders.models import Contact, Membership
from tests.factories.submissions import partner
from tests.journeys.test_who_may import Sample, addresses
from tests.plugins import undefined

pytestmark = pytest.mark.django_db

DRAFT = "Zweiglein"  # in everything that is not sent
# Pages whose sample is a file without rows.
SKIPPED = {"stakeholders:preview"}
STAFF = ("administrator", "engagement", "officer", "other engagement", "other officer")


@pytest.fixture
def it():
    sample = Sample()
    sample.draft = Submission.objects.get(organisation__name="Tyne Works")
    survey = sample.draft.responses.get().survey
    lead = sample.people["lead"]
    answers = {"invests": "yes", "barriers_text": f"{DRAFT} one"}
    actions.save_section(sample.draft.responses.get().pk, page_code="growth", answers=answers, actor=lead)
    actions.save_statement(sample.draft.pk, f"{DRAFT} two", actor=lead)
    actions.comment(sample.draft.pk, text=f"{DRAFT} three", actor=lead)
    EvidenceDocument.objects.filter(submission=sample.draft).update(title=f"{DRAFT} four", file_name=f"{DRAFT}.txt")
    AnswerFile.objects.filter(response__submission=sample.draft).update(file_name=f"{DRAFT}-five.txt")
    sample.draft.approvals.update(note=f"{DRAFT} six")
    sample.survey = survey
    # What is said inside stays inside also when the response was sent.
    sent = Submission.objects.get(organisation__name="Wear Works")
    actions.comment(sent.pk, text=f"{DRAFT} seven", actor=sample.people["sender"])
    for who in ("engagement", "administrator"):
        user = sample.people[who]
        contact = Contact.objects.create(name=user.name, email=user.email, user=user)
        for organisation in (sample.draft.organisation, sent.organisation):
            Membership.objects.create(contact=contact, organisation=organisation, role="lead")
    return sample


def paths_of(sample):
    """Every address of ours, with what stands in the sample; those that take an id once more with the draft's."""
    draft = sample.draft
    document, file = draft.evidence.get(), AnswerFile.objects.get(response__submission=draft)
    of_draft = {"submission": draft.reference, "document": document.public_id, "file": file.public_id}
    comment = draft.comments.first()
    found = {}
    for name, parts, defaults in addresses():
        with contextlib.suppress(KeyError):  # an address without parts in the sample fails in test_who_may
            found[sample.address(name, parts, defaults)] = name
        app = name.partition(":")[0]
        if app == "submissions" and parts:
            known = {"reference": "growing", **sample.by_app[app], **sample.by_name.get(name, {}), **of_draft}
            for one in (document, file):
                known |= {"public_id": draft.public_id, "comment": comment.public_id, "document": one.public_id}
                with contextlib.suppress(KeyError):
                    found[reverse(name, kwargs={part: known[part] for part in parts if part not in defaults})] = name
    return found


def body_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("who", STAFF)
def test_no_address_shows_staff_what_is_not_sent(it, signed_in, who):
    client = signed_in(it.people[who])
    client.raise_request_exception = False
    paths = paths_of(it)
    assert len(paths) > 200
    if who.startswith("other"):
        # They work elsewhere: what concerns this consultation and this organisation is enough.
        paths = {path: name for path, name in paths.items() if name.split(":")[0] in {"submissions", "exports"}}
    told = []
    for path, name in paths.items():
        if name in SKIPPED:
            continue
        if DRAFT.encode() in body_of(client.get(path)):
            told.append(name)
    undefined.take()  # what a page leaves undefined is for the tests of that page
    assert told == []


def test_the_walk_would_find_it(it, signed_in):
    """The same addresses as somebody of the organisation: there the words are."""
    client = signed_in(it.people["lead"])
    paths = {path: name for path, name in paths_of(it).items() if name.startswith("submissions:")}
    found = {name for path, name in paths.items() if DRAFT.encode() in body_of(client.get(path))}
    assert {"submissions:check", "submissions:comments", "submissions:history", "submissions:section"} <= found


@pytest.mark.parametrize("who", STAFF)
def test_no_search_and_no_filter_finds_it(it, signed_in, who):
    client = signed_in(it.people[who])
    for path in (
        reverse("dashboards:search"),
        reverse("submissions:list", args=["growing"]),
        reverse("stakeholders:list"),
        reverse("analysis:desk", args=["growing"]),
    ):
        for query in ({"q": DRAFT}, {"text": DRAFT}, {"q": it.draft.reference}, {"text": it.draft.reference}):
            answer = client.get(path, query)
            said = body_of(answer).decode()
            assert f"{DRAFT} " not in said
            assert reverse("submissions:tasks", args=[it.draft.public_id]) not in said


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("profile", ExportJob.Profile.values)
def test_no_file_carries_it(it, profile, file_format):
    officer, consultation = it.people["officer"], it.draft.consultation
    job = exports.request_export(
        consultation, profile=profile, file_format=file_format, actor=officer, reason="For the board"
    )
    ExportJob.objects.filter(pk=job.pk).update(state=ExportJob.State.REQUESTED)
    build.run(job.pk)
    job.refresh_from_db()
    assert job.state == ExportJob.State.READY
    with job.file.open("rb") as stream:
        content = stream.read()
    texts = [content]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts += [archive.read(name) for name in archive.namelist()]
    assert not any(DRAFT.encode() in text or it.draft.reference.encode() in text for text in texts)
    assert any(b"Wear Works" in text for text in texts) or profile != "full"


def test_whoever_keeps_the_register_reads_nothing_by_making_themselves_a_colleague(it, signed_in):
    """Their own part in an organisation opens nothing while they work here; it does when they do not any more."""
    user = it.people["engagement"]
    assert not queries.own(user).filter(organisation__isnull=False).exists()
    assert queries.workable(user, it.draft.public_id) is None
    with pytest.raises(Exception, match="not down as somebody who writes"):
        actions.start(it.draft.consultation, user, it.draft.organisation)
    assert queries.workable(partner(it.draft.organisation), it.draft.public_id) == it.draft


def test_what_was_withdrawn_before_it_was_sent_stays_unread(it, signed_in):
    lifecycle.withdraw(it.draft.pk, actor=it.people["lead"])
    client = signed_in(it.people["officer"])
    detail = reverse("submissions:detail", args=["growing", it.draft.reference])
    assert client.get(detail).status_code == 404
