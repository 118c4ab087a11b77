"""Who fetches the files of answers, what they tell of their makers, the scanner, and exports."""

import zipfile

import pytest
from django.urls import reverse

from consultations.exports import build
from consultations.exports.models import ExportJob
from consultations.exports.sheets import sheets
from consultations.submissions import actions, files, lifecycle
from consultations.submissions.models import AnswerFile, EvidenceDocument
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.consultations.submissions.filing import Begun, content_of
from tests.factories.accounts import UserFactory
from tests.factories.files import PDF, docx, jpeg, png, sent
from tests.factories.programme import AssignmentFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.plugins.scanner import VIRUS

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(signed_in):
    return Begun(signed_in)


# --- who fetches them -----------------------------------------------------------------------------------


def test_only_its_people_and_staff_of_the_consultation_fetch_a_file(begun, signed_in):
    begun.post(**{"plan--add": sent("plan.pdf")})
    row = AnswerFile.objects.get()
    own, find = begun.url("own_file", row.public_id), reverse("submissions:find_file", args=[row.public_id])
    args = [begun.survey.consultation.reference, begun.submission.reference, row.public_id]
    staffed = reverse("submissions:file", args=args)
    officer = signed_in(AssignmentFactory(consultation=begun.survey.consultation, role="officer").user)
    elsewhere = signed_in(AssignmentFactory(role="officer").user)
    colleague = signed_in(partner(begun.organisation, role="viewer"))
    neighbour = signed_in(partner(OrganisationFactory()))
    individual = signed_in(UserFactory())

    assert officer.get(staffed).status_code == 404  # a draft is nobody's but theirs
    begun.send()
    assert content_of(colleague.get(own)) == PDF
    assert content_of(officer.get(staffed)) == PDF
    assert officer.get(find).url == staffed
    for client in (elsewhere, neighbour, individual):
        assert client.get(own).status_code == 404
        assert client.get(staffed).status_code in {403, 404}
        assert client.get(find).status_code in {403, 404}
    lifecycle.withdraw(begun.submission.pk, actor=begun.user)
    assert officer.get(staffed).status_code == 404


def test_reading_a_withheld_file_as_an_administrator_takes_a_button_and_is_recorded(begun, signed_in):
    begun.post(**{"plan--add": sent("plan.pdf")})
    begun.send("withheld")
    row = AnswerFile.objects.get()
    args = [begun.survey.consultation.reference, begun.submission.reference, row.public_id]
    admin = signed_in(UserFactory(administrator=True))

    assert admin.get(reverse("submissions:file", args=args)).status_code == 302
    assert content_of(admin.post(reverse("submissions:file", args=args))) == PDF
    assert Entry.objects.filter(verb="submission.document_read").count() == 1


def test_pages_show_the_files_with_links(begun, signed_in):
    begun.post(**{"plan--add": sent("plan.pdf"), "many": "1"})
    row = AnswerFile.objects.get()
    link = f'<a href="{begun.url("own_file", row.public_id)}">plan.pdf</a>'
    assert link in begun.client.get(begun.url("check")).content.decode()
    begun.send()
    assert link in begun.client.get(begun.url("receipt")).content.decode()
    officer = signed_in(AssignmentFactory(consultation=begun.survey.consultation, role="officer").user)
    args = [begun.survey.consultation.reference, begun.submission.reference]
    staffed = reverse("submissions:file", args=[*args, row.public_id])
    assert f'<a href="{staffed}">plan.pdf</a>' in officer.get(reverse("submissions:detail", args=args)).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_with_files_costs_the_same_however_many_there_are(begun, django_assert_num_queries, number):
    begun.post(**{"plan--add": [sent(f"{n}.txt", b"%d" % n) for n in range(number)], "many": "1"})
    begun.client.get(begun.url("check"))

    with django_assert_num_queries(8, exact=False):
        begun.client.get(begun.page())
    with django_assert_num_queries(10, exact=False):
        begun.client.get(begun.url("check"))


# --- what files tell of their makers --------------------------------------------------------------------


def test_who_wants_no_name_published_is_told_what_the_files_say(begun):
    begun.post(**{"plan--add": [sent("photo.jpg", jpeg(place=True)), sent("plan.docx", docx(author="Jane"))]})
    page = begun.client.get(begun.url("tasks")).content.decode()
    assert "photo.jpg tells the place where it was taken." in page
    actions.add_document(begun.submission.pk, sent("letter.docx", docx(author="Omar")), actor=begun.user)

    actions.choose_confidentiality(begun.submission.pk, "named", actor=begun.user)
    assert "Your files tell more" not in begun.client.get(begun.url("check")).content.decode()
    actions.choose_confidentiality(begun.submission.pk, "unnamed", actor=begun.user)
    page = begun.client.get(begun.url("check")).content.decode()
    assert "photo.jpg: the place where it was taken" in page
    assert "plan.docx: the names of its authors" in page
    assert "letter.docx: the names of its authors" in page


def test_what_files_tell_is_taken_out_on_request(begun, django_capture_on_commit_callbacks):
    begun.post(**{"plan--add": [sent("photo.jpg", jpeg(place=True)), sent("plan.docx", docx(author="Jane"))]})
    actions.add_document(begun.submission.pk, sent("letter.docx", docx(author="Omar")), actor=begun.user)
    actions.choose_confidentiality(begun.submission.pk, "unnamed", actor=begun.user)
    assert begun.client.get(begun.url("clean_files")).status_code == 200
    old = [row.file.name for row in AnswerFile.objects.all()]
    storage = AnswerFile.objects.first().file.storage

    with django_capture_on_commit_callbacks(execute=True):
        page = begun.client.post(begun.url("clean_files"), follow=True).content.decode()

    assert "Cleaned: letter.docx, photo.jpg, plan.docx." in page
    assert "Your files tell more" not in page
    assert not any(storage.exists(name) for name in old)
    for row in [*AnswerFile.objects.all(), *EvidenceDocument.objects.all()]:
        with row.file.open("rb") as content:
            kept = content.read()
        assert (row.tells, row.size) == ([], len(kept))
        assert b"Jane" not in kept
    assert [item["size"] for item in begun.data["plan"]] == [row.size for row in AnswerFile.objects.order_by("pk")]
    begun.send("unnamed")
    assert begun.client.post(begun.url("clean_files")).status_code in {302, 422}


# --- the scanner ----------------------------------------------------------------------------------------


def test_a_harmful_file_is_refused_when_it_comes(begun, clamd):
    begun.post(**{"plan--add": sent("plan.txt", VIRUS), "many": "1"})

    assert "the virus scanner found something harmful" in begun.response.content.decode()
    with pytest.raises(Refused, match="something harmful"):
        actions.add_document(begun.submission.pk, sent("plan.txt", VIRUS), actor=begun.user)
    assert AnswerFile.objects.count() == EvidenceDocument.objects.count() == 0


def test_what_waits_for_the_scanner_is_given_to_its_sender_only(begun, signed_in, settings, clamd):
    scanner, settings.CLAMD = settings.CLAMD, "tcp://127.0.0.1:1"
    begun.post(**{"plan--add": [sent("good.txt", b"Good."), sent("bad.txt", VIRUS)], "many": "1"})
    good, bad = AnswerFile.objects.order_by("pk")
    assert (good.scan, bad.scan) == ("waiting", "waiting")
    colleague = signed_in(partner(begun.organisation))

    assert content_of(begun.client.get(begun.url("own_file", good.public_id))) == b"Good."
    assert colleague.get(begun.url("own_file", good.public_id)).status_code == 302
    assert files.scan_waiting() == 0
    settings.CLAMD = scanner
    assert files.scan_waiting() == 2
    assert content_of(colleague.get(begun.url("own_file", good.public_id))) == b"Good."
    for client in (colleague, begun.client):
        assert client.get(begun.url("own_file", bad.public_id)).status_code == 302
    assert Entry.objects.filter(verb="file.locked").count() == 1

    actions.choose_confidentiality(begun.submission.pk, "named", actor=begun.user)
    with pytest.raises(Refused, match=r"something harmful in bad\.txt"):
        lifecycle.submit(begun.submission.pk, actor=begun.user)
    begun.post(plan=str(good.public_id), many="1", revision="9")
    begun.send()
    assert files.scan_waiting() == 0


# --- exports --------------------------------------------------------------------------------------------


def table_of(begun, profile):
    table = next(
        one for one in sheets(begun.survey.consultation, profile=profile, labels=False) if one.name == begun.survey.code
    )
    return dict(zip(table.header, next(iter(table.rows())), strict=True))


def test_exports_name_files_only_where_they_name_people(begun, settings):
    begun.post(**{"plan--add": [sent("Jane Smith.pdf"), sent("map.png", png())], "many": "1"})
    begun.send()

    full = table_of(begun, "full")
    assert (full["plan"], full["plan__files"]) == ("Jane Smith.pdf; map.png", 2)
    first = AnswerFile.objects.order_by("pk").first()
    find = reverse("submissions:find_file", args=[first.public_id])
    assert full["plan__links"].splitlines()[0] == settings.SITE_URL + find
    for profile in ("pseudonymous", "public"):
        row = table_of(begun, profile)
        assert row["plan__files"] == 2
        assert "plan" not in row
        assert "plan__links" not in row
        assert "Jane" not in str(row)


@pytest.mark.parametrize(("profile", "many"), [("full", 2), ("pseudonymous", 0), ("public", 0)])
def test_the_files_themselves_are_in_the_full_zip_only(begun, profile, many):
    begun.post(**{"plan--add": [sent("plan.pdf"), sent("map.png", png())], "many": "1"})
    begun.send()
    job = ExportJob.objects.create(
        consultation=begun.survey.consultation, profile=profile, format="csv", reason="To read them."
    )
    build.run(job.pk)
    job.refresh_from_db()

    assert job.state == "ready", job.failure
    with job.file.open() as content, zipfile.ZipFile(content) as archive:
        names = [name for name in archive.namelist() if name.startswith("attachments/")]
        assert len(names) == many
        assert all(name.startswith(f"attachments/{begun.submission.reference}/plan-") for name in names)
        if many:
            assert archive.read(next(name for name in names if name.endswith("plan.pdf"))) == PDF
