"""The pages on which staff build surveys: who may, what they do, what they cost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.surveys import actions, compiling, lifecycle, xlsform
from consultations.surveys.definition import Choice, Question
from consultations.surveys.models import Page, Survey
from consultations.surveys.models import Question as QuestionRow
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import SurveyFactory, make_definition, published_survey, sample_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation():
    return ConsultationFactory()


@pytest.fixture
def staff(consultation, signed_in):
    return signed_in(AssignmentFactory(consultation=consultation, role="engagement").user)


@pytest.fixture
def officer(consultation, signed_in):
    return signed_in(AssignmentFactory(consultation=consultation, role="officer").user)


@pytest.fixture
def survey(consultation):
    survey = SurveyFactory(consultation=consultation, code="views", title="Your views")
    compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=sample_pages()))
    return survey


def at(name, survey, *args):
    return reverse(f"surveys:{name}", args=[survey.consultation.reference, survey.code, *args])


def code_of(survey, code):
    return QuestionRow.objects.get(survey=survey, code=code)


# --- who may ---------------------------------------------------------------------------------------------


def test_who_may_read_and_who_may_change(survey, staff, officer, signed_in):
    partner, stranger = signed_in(UserFactory()), signed_in(UserFactory(engagement=True))
    administrator = signed_in(UserFactory(administrator=True))
    page, question = survey.pages.first(), code_of(survey, "invests")
    reading = [
        reverse("surveys:list", args=[survey.consultation.reference]),
        at("edit", survey), at("preview", survey), at("versions", survey), at("export_xlsform", survey),
    ]  # fmt: skip
    changing = [
        reverse("surveys:new", args=[survey.consultation.reference]),
        reverse("surveys:import", args=[survey.consultation.reference]),
        at("facts", survey), at("delete", survey), at("publish", survey), at("new_page", survey),
        at("page", survey, page.pk), at("delete_page", survey, page.pk), at("choose_kind", survey, page.pk),
        at("new_question", survey, page.pk, "date"), at("question", survey, question.pk),
        at("delete_question", survey, question.pk),
    ]  # fmt: skip
    pressing = [
        at("page_up", survey, page.pk), at("copy_page", survey, page.pk), at("question_down", survey, question.pk),
        at("copy_question", survey, question.pk),
    ]  # fmt: skip
    changing += [at("go_live", survey), at("close", survey)]
    for address in reading:
        assert [c.get(address).status_code for c in (staff, officer, administrator, stranger, partner)] == [
            200, 200, 200, 404, 404,
        ], address  # fmt: skip
    for address in changing:
        assert [c.get(address).status_code for c in (staff, officer, administrator, stranger, partner)] == [
            200, 403, 200, 404, 404,
        ], address  # fmt: skip
    for address in pressing:
        assert [c.post(address).status_code for c in (officer, stranger, partner)] == [403, 404, 404], address
        # What one press could not undo is asked about first.
        asks_first = address in {at("go_live", survey), at("close", survey)}
        assert staff.get(address).status_code == (200 if asks_first else 405)
    assert QuestionRow.objects.count() == 10


def test_a_question_of_another_survey_is_not_found(survey, staff, consultation):
    other = SurveyFactory(consultation=consultation)
    assert staff.get(at("question", other, code_of(survey, "invests").pk)).status_code == 404
    assert staff.get(at("new_question", survey, survey.pages.first().pk, "hologram")).status_code == 404


# --- lists -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_surveys(count, consultation, staff, django_assert_num_queries):
    for _ in range(count):
        published_survey(consultation)
    with django_assert_num_queries(6):
        page = staff.get(reverse("surveys:list", args=[consultation.reference]))
    assert page.content.count(b'<th scope="row">') == count


def test_an_empty_list_says_what_to_do(consultation, staff, officer):
    address = reverse("surveys:list", args=[consultation.reference])
    assert b"New survey" in staff.get(address).content
    assert b"New survey" not in officer.get(address).content


def test_a_whole_survey_costs_the_same_however_many_questions(survey, staff, consultation, django_assert_num_queries):
    few = SurveyFactory(consultation=consultation)
    grid = Question("x", "matrix", "X", choices=(Choice("a", "A"),), rows=(Choice("r", "R"),))
    compiling.rebuild(few, make_definition(grid, code=few.code))
    staff.get(at("edit", few))
    for one in (few, survey):
        with django_assert_num_queries(13):
            page = staff.get(at("edit", one))
        assert page.content.count(b'<tr id="question-') == one.questions.count()


# --- building --------------------------------------------------------------------------------------------


def test_a_survey_is_built_in_the_browser_from_nothing(consultation, staff):
    staff.post(reverse("surveys:new", args=[consultation.reference]), {"title": "Skills and work"})
    survey = Survey.objects.get()
    assert survey.code == "skills-and-work"
    staff.post(at("new_page", survey), {"title": "About you"})
    page = Page.objects.get()
    offered = staff.get(at("choose_kind", survey, page.pk)).content.decode()
    assert f'href="{at("new_question", survey, page.pk, "multiple")}"' in offered
    answer = staff.post(
        at("new_question", survey, page.pk, "multiple"),
        {
            "label": "What holds you back?",
            "choices": "skills | Finding people\nGetting money\nnone | None of these | alone",
            "has_other": "on",
            "most_choices": "2",
        },
    )
    assert answer.status_code == 302
    question = compiling.draft_of(survey).question("what_holds_you_back")
    assert (question.kind, question.has_other, question.settings) == ("multiple", True, {"most_choices": 2})
    assert question.choices == (
        Choice("skills", "Finding people"),
        Choice("getting_money", "Getting money"),
        Choice("none", "None of these", is_exclusive=True),
    )
    staff.post(at("publish", survey), {"live": "yes"})
    survey.refresh_from_db()
    assert (survey.state, survey.current_version.number) == ("live", 1)


def test_every_bad_line_of_a_list_is_told_at_once(survey, staff):
    page = survey.pages.first()
    answer = staff.post(
        at("new_question", survey, page.pk, "single"), {"label": "Q", "choices": "a | A\na | B\n| C\ntwo words | D"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    for sentence in (
        "Line 2: the code “a” stands already in line 1.",
        "Line 3: write a code",
        "Line 4: the code “two words”",
    ):
        assert sentence in text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("label", "", "Write what is asked."),
        ("code", "1st", "A code begins with a letter"),
        ("code", "invests", "The code “invests” belongs to another question"),
        ("constraint", "foo(.)", "The function “foo()” is not one that Soundings knows."),
        ("most", "x", "Write a number in digits."),
    ],
)
def test_what_a_question_lacks_is_said_in_a_sentence(survey, staff, field, value, sentence):
    page = survey.pages.first()
    answer = staff.post(at("new_question", survey, page.pk, "integer"), {"label": "Q", field: value})
    assert answer.status_code == 422
    assert sentence in answer.content.decode().replace("&quot;", '"')
    assert QuestionRow.objects.count() == 10


def test_remarks_on_the_wording_stand_beside_the_question_and_forbid_nothing(survey, staff):
    text = staff.get(at("edit", survey)).content.decode()
    assert "remark" not in text
    question = code_of(survey, "confidence")
    staff.post(at("question", survey, question.pk), {"label": "Is it clear and useful?", "choices": "1\n2\n3\n4\n5"})
    remark = "“clear and useful” may be two questions, and there is one answer for both."
    text = staff.get(at("edit", survey)).content.decode()
    assert f"Wording: {remark}" in text
    assert "There is 1 remark on the wording" in text
    assert remark in staff.get(at("question", survey, question.pk)).content.decode()
    staff.post(at("publish", survey), {"live": "yes"})
    survey.refresh_from_db()
    assert survey.state == "live"


def test_saving_a_question_unchanged_changes_nothing(survey, staff):
    before = compiling.draft_of(survey)
    for question in survey.questions.all():
        page = staff.get(at("question", survey, question.pk))
        data = {
            name: value
            for name, value in page.context["form"].initial.items()
            if value not in (None, "") and value is not False
        }
        data = {name: value for name, value in data.items() if name in page.context["form"].fields}
        assert staff.post(at("question", survey, question.pk), data).status_code == 302
    assert compiling.draft_of(survey) == before


def test_questions_move_over_pages_and_are_copied_and_deleted(survey, staff):
    def order():
        pages = Page.objects.filter(survey=survey).order_by("order")
        return [[q.code for q in page.questions.order_by("order")] for page in pages]

    staff.post(at("question_up", survey, code_of(survey, "barriers").pk))
    assert order()[0] == ["read_first", "barriers", "invests", "barriers_text"]
    staff.post(at("question_down", survey, code_of(survey, "barriers_text").pk))
    assert order()[1][0] == "barriers_text"
    staff.post(at("copy_question", survey, code_of(survey, "barriers").pk))
    assert order()[0] == ["read_first", "barriers", "barriers_2", "invests"]
    staff.post(at("delete_question", survey, code_of(survey, "barriers").pk))
    assert order()[0] == ["read_first", "barriers_2", "invests"]
    staff.post(at("page_down", survey, survey.pages.first().pk))
    assert [page.code for page in survey.pages.order_by("order")] == ["numbers", "growth", "training"]


def test_a_published_survey_is_not_deleted(survey, staff):
    lifecycle.publish(survey.pk)
    answer = staff.post(at("delete", survey))
    assert answer.status_code == 422
    assert "cannot be deleted" in answer.content.decode()
    other = SurveyFactory(consultation=survey.consultation)
    assert staff.post(at("delete", other)).status_code == 302
    assert list(Survey.objects.all()) == [survey]


def test_the_publish_page_says_what_changes_and_what_that_means(survey, staff):
    lifecycle.publish(survey.pk)
    actions.delete_question(code_of(survey, "turnover"))
    text = staff.get(at("publish", survey)).content.decode()
    assert "The question “What was your turnover, in million pounds?” goes." in text
    assert "Nothing is deleted either way" in text
    answer = staff.post(at("publish", survey))
    assert answer.status_code == 422
    assert "Choose what becomes of responses that people are writing now." in answer.content.decode()
    assert survey.versions.count() == 1
    staff.post(at("publish", survey), {"drafts": "stay"})
    version = survey.versions.order_by("-number").first()
    assert (version.change, version.drafts) == ("narrowing", "stay")


def test_responses_in_progress_may_be_let_go_on_later_but_not_back(survey, staff, officer):
    lifecycle.publish(survey.pk)
    actions.delete_question(code_of(survey, "turnover"))
    lifecycle.publish(survey.pk, drafts="stay")
    address = at("let_drafts_move", survey, 2)
    assert address in staff.get(at("versions", survey)).content.decode()
    assert address not in officer.get(at("versions", survey)).content.decode()
    assert officer.post(address).status_code == 403
    assert staff.get(at("let_drafts_move", survey, 9)).status_code == 404
    for _ in range(2):
        assert staff.post(address)["Location"] == at("versions", survey)
        assert survey.versions.get(number=2).drafts == "move"
    assert address not in staff.get(at("versions", survey)).content.decode()
    with pytest.raises(Refused, match="no such version"):
        lifecycle.let_drafts_move(survey.pk, 9)


def test_a_change_that_takes_nothing_away_asks_nothing(survey, staff):
    lifecycle.publish(survey.pk)
    actions.change_survey(survey, title="Another title", intro="", theme=None)
    assert "What becomes of responses" not in staff.get(at("publish", survey)).content.decode()
    staff.post(at("publish", survey))
    assert survey.versions.get(number=2).drafts == "move"


def test_a_new_condition_is_said_in_words(survey, staff):
    lifecycle.publish(survey.pk)
    question = code_of(survey, "turnover")
    question.relevance = "${invests} = 'yes' and not(selected(${barriers}, 'none'))"
    question.save()
    text = staff.get(at("publish", survey)).content.decode()
    assert (
        "“What was your turnover, in million pounds?” is shown under another condition: when “Do you invest in "
        "training?” is “Yes” and “What holds you back?” does not include “None of these”." in text
    )


# --- workbooks -------------------------------------------------------------------------------------------

GOOD = b"""| survey |
| | type | name | label | colour |
| | text | who | Who? | red |
| settings |
| | form_id |
| | abc |"""


def test_a_workbook_is_shown_first_and_imported_when_confirmed(consultation, staff):
    address = reverse("surveys:import", args=[consultation.reference])
    page = staff.post(address, {"file": SimpleUploadedFile("form.md", GOOD)})
    assert page.status_code == 200
    assert "This column is kept as a note" in page.content.decode()
    assert not Survey.objects.exists()
    answer = staff.post(address, {"plan": page.context["plan"]})
    survey = Survey.objects.get()
    assert answer["Location"] == at("edit", survey)
    assert survey.import_notes == {"columns": {"colour": {"2": "red"}}}

    again = staff.post(address, {"file": SimpleUploadedFile("form.md", GOOD)})
    assert "Nothing changes" in again.content.decode()


def test_a_wrong_workbook_is_refused_with_its_rows(consultation, staff):
    address = reverse("surveys:import", args=[consultation.reference])
    bad = GOOD.replace(b"| text |", b"| caseid |")
    page = staff.post(address, {"file": SimpleUploadedFile("form.md", bad)})
    assert page.status_code == 422
    assert "The type “caseid” is not known." in page.content.decode()
    assert staff.post(address, {"plan": "tampered"}).status_code == 422
    assert staff.post(address, {}).status_code == 422
    assert not Survey.objects.exists()


def test_an_exported_workbook_reads_back(survey, officer):
    answer = officer.get(at("export_xlsform", survey))
    assert 'filename="' in answer["Content-Disposition"]
    imported = xlsform.read(answer.content, "x.xlsx")
    assert actions.import_effect(survey.consultation, imported)[0] == "same"
