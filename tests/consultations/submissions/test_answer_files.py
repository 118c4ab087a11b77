"""Questions that are answered with files: added, taken away, put back, sent; and two people at once."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from consultations.submissions import actions, lifecycle, queries
from consultations.submissions.models import AnswerFile
from consultations.surveys.definition import Page, Question
from tests.consultations.submissions.filing import HOW_MANY, ONE, PLAN, Begun, content_of
from tests.factories.files import PDF, png, sent
from tests.factories.kinds import sites_page
from tests.factories.programme import AssignmentFactory
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(signed_in):
    return Begun(signed_in)


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
