"""Questions that are answered with files: kept, taken away, put back, sent, fetched by those who may, exported."""

import threading
import zipfile
from urllib.parse import unquote

import pytest
from django.db import connection
from django.urls import reverse

from consultations.exports import build
from consultations.exports.models import ExportJob
from consultations.exports.sheets import sheets
from consultations.programme.scanning import TRIAL
from consultations.submissions import actions, files, lifecycle, queries
from consultations.submissions.models import AnswerFile, EvidenceDocument
from consultations.surveys.definition import Page, Question
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.consultations.programme.test_scanning import VIRUS, clamd  # noqa: F401 - the fixture of a false scanner
from tests.factories.accounts import UserFactory
from tests.factories.files import PDF, bomb, docx, jpeg, png, sent
from tests.factories.kinds import sites_page
from tests.factories.programme import AssignmentFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db

PLAN = Question(
    "plan", "file", "Your plan", required=True, settings={"most_files": 3, "file_types": ["document", "picture"]}
)
ONE = Question("map", "file", "A map", settings={"file_types": ["picture"], "most_megabytes": 1})
HOW_MANY = Question("many", "integer", "How many people?")


class Begun:
    """A draft of an organisation in which files are asked for, with a client of one of its people."""

    def __init__(self, signed_in, *questions, pages=None):
        self.organisation = OrganisationFactory()
        asked = None if pages else questions or (PLAN, HOW_MANY)
        self.survey = published_survey(questions=asked, pages=pages)
        self.user = partner(self.organisation)
        self.submission = actions.start(self.survey.consultation, self.user, self.organisation)
        self.client = signed_in(self.user)

    def url(self, name, *args):
        return reverse(f"submissions:{name}", args=[self.submission.public_id, *args])

    def page(self, page="main"):
        return self.url("section", self.survey.code, page)

    def post(self, page="main", **typed):
        self.response = self.client.post(self.page(page), typed)
        return self.response

    @property
    def data(self):
        row = self.submission.responses.first()
        return row.data if row else {}

    def names(self, code="plan"):
        return [item["name"] for item in self.data.get(code) or []]

    def send(self, confidentiality="named"):
        actions.choose_confidentiality(self.submission.pk, confidentiality, reason="It names us.", actor=self.user)
        self.submission = lifecycle.submit(self.submission.pk, actor=self.user)


@pytest.fixture
def begun(signed_in):
    return Begun(signed_in)


def content_of(response):
    content = b"".join(response.streaming_content)
    # Closing the response would close the database of the test as well.
    for close in response._resource_closers:
        close()
    return content


# --- adding and taking away -----------------------------------------------------------------------------


def test_only_pages_that_ask_for_files_send_them(begun, signed_in):
    plain = Begun(signed_in, HOW_MANY)

    assert 'enctype="multipart/form-data"' in begun.client.get(begun.page()).content.decode()
    assert "enctype" not in plain.client.get(plain.page()).content.decode()


def test_files_become_the_answer_and_are_fetched_as_they_came(begun):
    begun.post(**{"plan--add": [sent("plan.pdf"), sent("site map.png", png())], "many": "12"})

    assert begun.response.status_code == 302
    assert begun.names() == ["plan.pdf", "site map.png"]
    assert [item["size"] for item in begun.data["plan"]] == [len(PDF), len(png())]
    row = AnswerFile.objects.get(file_name="plan.pdf")
    assert (row.response.submission, row.question_code, row.entry, row.uploaded_by) == (
        begun.submission, "plan", 0, begun.user,
    )  # fmt: skip
    assert "plan" not in row.file.name
    assert row.content_type == "application/pdf"
    assert len(row.sha256) == 64
    got = begun.client.get(begun.url("own_file", row.public_id))
    assert content_of(got) == PDF
    assert got["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert (got["X-Content-Type-Options"], got["Content-Type"]) == ("nosniff", "application/pdf")


def test_what_was_sent_stays_when_something_else_is_wrong(begun):
    begun.post(**{"plan--add": sent("plan.pdf"), "many": "a few", "revision": "0"})

    page = begun.response.content.decode()
    assert begun.response.status_code == 422
    assert "is not a number" in page
    assert "plan.pdf (" in page
    assert begun.names() == ["plan.pdf"]
    one = begun.data["plan"][0]["id"]
    begun.post(plan=one, many="12", revision=begun.response.context["revision"])
    assert begun.response.status_code == 302
    assert (begun.names(), begun.data["many"], AnswerFile.objects.count()) == (["plan.pdf"], 12, 1)


def test_one_bad_file_harms_no_other_and_is_named(begun):
    begun.post(**{"plan--add": [sent("plan.pdf"), sent("run.exe", b"MZ\x90")], "many": "12"})

    assert begun.response.status_code == 422
    assert "run.exe is of a kind that we do not take." in begun.response.content.decode()
    assert begun.names() == ["plan.pdf"]


@pytest.mark.parametrize("button", [{}, {"later": "1"}])
def test_a_bad_file_is_told_whichever_button_was_pressed(begun, button):
    begun.post(**{"plan--add": sent("empty.pdf", b""), "many": "12", **button})

    assert begun.response.status_code == 422
    assert "empty.pdf is empty." in begun.response.content.decode()


def test_a_required_file_is_asked_for(begun):
    begun.post(many="12")

    assert begun.response.status_code == 422
    assert "Add a file to “Your plan”." in begun.response.content.decode()
    assert begun.post(many="12", later="1").status_code == 302


def test_an_unticked_file_goes_and_comes_back_until_the_response_is_sent(begun):
    begun.post(**{"plan--add": [sent("one.pdf"), sent("two.txt", b"Two.")]})
    first, second = (item["id"] for item in begun.data["plan"])

    begun.post(plan=second, revision="9")
    assert begun.names() == ["two.txt"]
    assert "one.pdf" in begun.client.get(begun.page()).content.decode()
    begun.post(plan=[first, second], revision="9")
    assert begun.names() == ["one.pdf", "two.txt"]
    begun.post(plan=second, revision="9")
    assert AnswerFile.objects.count() == 2


def test_sending_deletes_what_no_answer_names(begun, django_capture_on_commit_callbacks):
    begun.post(**{"plan--add": [sent("one.pdf"), sent("two.txt", b"Two.")]})
    gone, kept = (AnswerFile.objects.get(public_id=item["id"]) for item in begun.data["plan"])
    begun.post(plan=str(kept.public_id), revision="9")

    with django_capture_on_commit_callbacks(execute=True):
        begun.send()

    assert list(AnswerFile.objects.all()) == [kept]
    assert not gone.file.storage.exists(gone.file.name)
    assert kept.file.storage.exists(kept.file.name)
    lifecycle.reopen(begun.submission.pk, actor=begun.user)
    assert begun.names() == ["two.txt"]


def test_an_answer_that_comes_back_from_the_log_names_no_deleted_file(signed_in):
    gate = Question("gate", "integer", "How many plans?")
    asked = Question("plan", "file", "Your plan", relevance="${gate} > 0")
    begun = Begun(signed_in, pages=[Page("first", questions=(gate,)), Page("second", questions=(asked,))])
    begun.post("first", gate="1")
    begun.post("second", **{"plan--add": sent("plan.pdf"), "revision": "9"})
    begun.post("first", gate="0", revision="9")
    begun.send()
    assert AnswerFile.objects.count() == 0

    lifecycle.reopen(begun.submission.pk, actor=begun.user)

    assert begun.data["plan"] is None
    assert begun.client.get(begun.url("check")).status_code == 200


def test_a_new_file_takes_the_place_of_the_only_one(signed_in):
    begun = Begun(signed_in, ONE)
    begun.post(**{"map--add": sent("old.png", png())})
    begun.post(**{"map": begun.data["map"][0]["id"], "map--add": sent("new.png", png(4, 4)), "revision": "9"})

    assert begun.names("map") == ["new.png"]
    assert AnswerFile.objects.count() == 2


def test_more_than_there_is_room_for_is_refused_in_words(begun):
    begun.post(**{"plan--add": [sent(f"{n}.txt", b"%d" % n) for n in range(4)]})

    assert begun.response.status_code == 422
    assert "There is room for 3 files, and these are 4." in begun.response.content.decode()
    assert AnswerFile.objects.count() == 0


def test_the_same_file_again_is_the_one_that_is_there(begun):
    begun.post(**{"plan--add": sent("plan.pdf")})
    begun.post(**{"plan": begun.data["plan"][0]["id"], "plan--add": sent("again.pdf"), "revision": "9"})

    assert begun.names() == ["plan.pdf"]


def test_saving_while_writing_sends_no_files(begun):
    begun.post(**{"plan--add": sent("plan.pdf")})
    one = begun.data["plan"][0]["id"]
    answer = begun.client.post(
        begun.page(),
        {"plan": one, "plan--add": sent("more.pdf", PDF + b"%"), "many": "3", "revision": "9"},
        headers={"X-Requested-With": "fetch"},
    )

    assert answer.status_code == 200
    assert (begun.names(), begun.data["many"], AnswerFile.objects.count()) == (["plan.pdf"], 3, 1)


def test_nobody_can_name_the_file_of_another_response(begun, signed_in):
    other = Begun(signed_in)
    other.post(**{"plan--add": sent("theirs.pdf")})
    theirs = other.data["plan"][0]["id"]

    begun.post(plan=theirs, many="1")

    assert begun.response.status_code == 422
    assert begun.names() == []


def test_files_of_entries_stay_with_their_entry(signed_in):
    photo = Question("photo", "file", "A photograph", settings={"file_types": ["picture"]})
    begun = Begun(signed_in, pages=[sites_page(Question("town", "short_text", "Town"), photo)])
    response = actions.begin_response(begun.submission, begun.survey)
    first, second = (actions.add_entry(response.pk, "sites", actor=begun.user) for _ in range(2))
    for entry, name in ((first, "blyth.png"), (second, "hexham.png")):
        begun.post(f"sites~{entry}", **{"town": name, "photo--add": sent(name, png()), "revision": "9"})

    assert begun.names("sites~1~photo") == ["blyth.png"]
    assert begun.names("sites~2~photo") == ["hexham.png"]
    assert sorted(AnswerFile.objects.values_list("entry", "file_name")) == [(1, "blyth.png"), (2, "hexham.png")]
    page = begun.client.get(begun.page("sites~1")).content.decode()
    assert "blyth.png" in page
    assert "hexham.png" not in page
    begun.send()
    assert AnswerFile.objects.count() == 2


def test_a_sent_response_takes_no_file(begun):
    begun.post(**{"plan--add": sent("plan.pdf")})
    begun.send()
    begun.post(**{"plan--add": sent("late.pdf", PDF + b"%")})

    assert begun.response.status_code == 422
    assert AnswerFile.objects.count() == 1


def test_an_anonymous_response_is_not_asked_for_files(signed_in):
    survey = published_survey(questions=[PLAN, HOW_MANY])
    part = queries.part(survey, None, is_anonymous=True)

    assert [question.code for question in part.path.pages[0].questions] == ["many"]
    assert part.path.missing == []


# --- hostile files --------------------------------------------------------------------------------------

NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Users\\me\\plan.pdf": "plan.pdf",
    "invoice\u202efdp.pdf": "invoice-fdp.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "a-Set-Cookie- x-1.pdf",
    '"><script>.pdf': "script-.pdf",
    "tŷ bach.pdf": "tŷ bach.pdf",
}


@pytest.mark.parametrize(("name", "kept"), NAMES.items())
def test_names_are_made_harmless(begun, name, kept):
    begun.submission.refresh_from_db()
    response = actions.begin_response(begun.submission, begun.survey)
    upload = sent("x.pdf")
    upload._name = name  # as a client that is no browser sends it

    row = actions.add_answer_file(response.pk, "plan", PLAN, upload, actor=begun.user)

    assert row.file_name == kept
    assert ".." not in row.file.name
    assert row.file.name.startswith("evidence/")
    got = begun.client.get(begun.url("own_file", row.public_id))
    assert content_of(got) == PDF
    assert kept in unquote(got["Content-Disposition"])
    assert not set("\r\n\u202e") & set(got["Content-Disposition"])


def test_a_name_of_three_hundred_characters_is_refused_in_words(begun):
    begun.post(**{"plan--add": sent("x" * 296 + ".pdf")})

    assert begun.response.status_code == 422
    assert "is longer than 200 characters" in begun.response.content.decode()


HOSTILE = [
    ("page.html", b"<script>alert(1)</script>", "of a kind that we do not take"),
    ("drawing.svg", b"<svg onload=alert(1)>", "of a kind that we do not take"),
    ("plan.pdf", b"<html><script>alert(1)</script>%PDF-1.4", "not what its name says"),
    ("plan.pdf", b"MZ\x90\x00", "not what its name says"),
    ("photo.png", b"<svg onload=alert(1)>", "not what its name says"),
    ("photo.jpg", png(), "not what its name says"),
    ("photo.webp", b"RIFF\x00\x00\x00\x00WAVE", "not what its name says"),
    ("report.docx", docx(macros=True), "holds macros"),
    ("notes.txt", b"a\x00b", "not what its name says"),
    ("song.mp3", b"ID3\x03", "of a kind that we do not take"),
    ("trial.txt", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + TRIAL + b"!$H+H*", "something harmful"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), HOSTILE)
def test_hostile_files_are_refused_in_words(begun, name, content, sentence):
    begun.post(**{"plan--add": sent(name, content), "many": "1"})

    assert begun.response.status_code == 422
    assert sentence in begun.response.content.decode()
    assert AnswerFile.objects.count() == 0


def test_a_bomb_is_refused_and_a_picture_with_a_package_behind_it_is_only_ever_saved(begun):
    begun.post(**{"plan--add": sent("bomb.docx", bomb()), "many": "1"})
    assert "unpacks to more than 500 megabytes" in begun.response.content.decode()

    begun.post(**{"plan--add": sent("both.png", png() + docx()), "many": "1"})
    row = AnswerFile.objects.get()
    got = begun.client.get(begun.url("own_file", row.public_id))
    assert content_of(got).startswith(png())
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert got["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_too_large_is_refused_in_words(signed_in, settings):
    begun = Begun(signed_in, ONE)
    begun.post(**{"map--add": sent("large.png", png() + b"\0" * 1024 * 1024)})
    assert "large.png is larger than 1 megabytes." in begun.response.content.decode()

    settings.UPLOAD_TOGETHER_MEGABYTES, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0, 0
    begun.post(**{"map--add": sent("map.png", png())})
    assert "map.png was not taken: all files together were larger than" in begun.response.content.decode()
    assert AnswerFile.objects.count() == 0


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

    with django_assert_num_queries(6, exact=False):
        begun.client.get(begun.page())
    with django_assert_num_queries(8, exact=False):
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


def test_a_harmful_file_is_refused_when_it_comes(begun, clamd):  # noqa: F811
    begun.post(**{"plan--add": sent("plan.txt", VIRUS), "many": "1"})

    assert "the virus scanner found something harmful" in begun.response.content.decode()
    with pytest.raises(Refused, match="something harmful"):
        actions.add_document(begun.submission.pk, sent("plan.txt", VIRUS), actor=begun.user)
    assert AnswerFile.objects.count() == EvidenceDocument.objects.count() == 0


def test_what_waits_for_the_scanner_is_given_to_its_sender_only(begun, signed_in, settings, clamd):  # noqa: F811
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


# --- the builder ----------------------------------------------------------------------------------------


def test_a_question_for_files_can_be_published_with_what_its_settings_say(signed_in):
    survey = published_survey(questions=[PLAN])
    user = AssignmentFactory(consultation=survey.consultation).user
    page = survey.pages.create(code="more", title="More")
    address = reverse("surveys:new_question", args=[survey.consultation.reference, survey.code, page.pk, "file"])
    client = signed_in(user)
    assert "Most files" in client.get(address).content.decode()
    typed = {"label": "Your books", "code": "books", "most_files": "2", "file_types": ["document"]}

    assert client.post(address, {**typed, "most_megabytes": "5000"}).status_code == 422
    client.post(address, {**typed, "most_megabytes": "5"})

    question = survey.questions.get(code="books")
    assert question.settings == {"most_files": 2, "file_types": ["document"], "most_megabytes": 5}


# --- two at once ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_file_at_once_add_one(signed_in):
    begun = Begun(signed_in)
    response = actions.begin_response(begun.submission, begun.survey)
    wait = threading.Barrier(2)
    found = []

    def add():
        wait.wait(timeout=10)
        try:
            found.append(actions.add_answer_file(response.pk, "plan", PLAN, sent("plan.pdf"), actor=begun.user).pk)
        finally:
            connection.close()

    both = [threading.Thread(target=add) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=30)

    assert AnswerFile.objects.count() == 1
    assert set(found) == {AnswerFile.objects.get().pk}
