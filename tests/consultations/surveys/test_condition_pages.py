"""The pages on which conditions are put together: buttons that post, no expression to write."""

from datetime import date

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.surveys import compiling
from consultations.surveys.conditions.rows import ALL, ANY, WITHOUT_VALUE, Row, Rows, read, write
from consultations.surveys.definition import Page, Question
from consultations.surveys.forms.conditions import COUNT, ConditionForm, can_show, fitting, possible_tests, subjects_of
from consultations.surveys.models import Question as QuestionRow
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import BARRIERS, FIVE, YES_NO, SurveyFactory, make_definition, sample_pages

ASKED = (
    Question("invests", "single", "Do you invest?", choices=YES_NO),
    Question("barriers", "multiple", "What holds you back?", choices=BARRIERS, has_other=True),
    Question("staff", "integer", "How many people?"),
    Question("founded", "date", "When did you start?"),
    Question("confidence", "scale", "How confident?", choices=FIVE),
    Question("name", "short_text", "Name?"),
    Question("more", "long_text", "More?"),
    Question("assets", "matrix", "Which?", choices=YES_NO, rows=BARRIERS),
)
SUBJECTS = subjects_of([Page("main", questions=(*ASKED, Question("read", "note", "Read.")))], {q.code for q in ASKED})


def posted(condition, **more):
    """What a browser sends of a form that shows these rows."""
    form = ConditionForm(subjects=SUBJECTS, condition=condition)
    data = {"do": "save", "joint": condition.joint, "add": ""}
    for line in form.lines:
        data[f"code-{line.number}"] = line.question.code
        data[f"test-{line.number}"] = line.test.value()
        data[f"value-{line.number}"] = line.value.value() or ""
    return {**data, **more}


@st.composite
def rows(draw):
    question = SUBJECTS[draw(st.sampled_from(sorted(SUBJECTS)))]
    test = draw(st.sampled_from(possible_tests(question)))
    if test in WITHOUT_VALUE:
        value = ""
    elif test.startswith("count"):
        value = str(draw(st.integers(1, 5)))
    elif question.kind == "integer":
        value = str(draw(st.integers(-999, 10**6)))
    elif question.kind == "date":
        value = str(draw(st.dates(min_value=date(1900, 1, 1))))
    elif question.choices:
        value = draw(st.sampled_from(sorted(question.choice_labels)))
    else:
        value = draw(st.from_regex(r"[A-Za-z][A-Za-z' ]{0,20}[a-z]", fullmatch=True))
    return Row(question.code, test, value)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows(), min_size=1, max_size=5), st.sampled_from([ALL, ANY]))
def test_what_the_form_shows_it_saves_again(lines, joint):
    condition = Rows(tuple(lines), joint if len(lines) > 1 else ALL)
    assert can_show(read(write(condition)), SUBJECTS)
    form = ConditionForm(posted(read(write(condition))), subjects=SUBJECTS)
    assert form.is_valid(), form.errors
    assert form.expression() == write(condition)


@pytest.mark.parametrize(
    ("code", "test", "value", "sentence"),
    [
        ("staff", "more", "many", "Write a number in digits for “How many people?”, such as 12 or 12.5."),
        ("staff", "more", "", "Say what the answer to “How many people?” is compared with."),
        ("staff", "ticked", "1", "Choose one of these tests."),
        ("founded", "before", "soon", "“soon” is not a day that can be read. Write it like 8 February 2019."),
        ("invests", "is", "perhaps", "Choose one of these."),
        ("barriers", "ticked", f"{COUNT}2", "Choose one of the choices of “What holds you back?”, not a number of"),
        ("barriers", "count_at_least", "skills", "Choose a number of ticks for “What holds you back?”."),
        ("name", "is", "'\"", "Use one kind of quotation marks only: ' or \"."),
    ],
)
def test_what_a_row_lacks_is_said_in_a_sentence(code, test, value, sentence):
    form = ConditionForm({"do": "save", "code-0": code, "test-0": test, "value-0": value}, subjects=SUBJECTS)
    assert not form.is_valid()
    assert sentence in " ".join(str(text) for texts in form.errors.values() for text in texts)


@pytest.mark.parametrize(
    ("code", "test", "value", "expression"),
    [
        ("staff", "at_least", "1,200.50", "${staff} >= 1200.5"),
        ("founded", "before", "8 February 2019", "${founded} < date('2019-02-08')"),
        ("name", "contains", "it's", 'contains(${name}, "it\'s")'),
    ],
)
def test_values_are_taken_as_people_write_them(code, test, value, expression):
    form = ConditionForm({"do": "save", "code-0": code, "test-0": test, "value-0": value}, subjects=SUBJECTS)
    assert form.is_valid()
    assert form.expression() == expression


def test_ways_of_others_to_say_the_same_are_shown_in_ours():
    assert fitting(Row("staff", "is", "5"), SUBJECTS["staff"]) == Row("staff", "equal", "5")
    assert fitting(Row("confidence", "equal", "4"), SUBJECTS["confidence"]) == Row("confidence", "is", "4")
    assert not can_show(read("${staff} = 'many'"), SUBJECTS)
    assert not can_show(read("${gone} = 'x'"), SUBJECTS)
    assert not can_show(None, SUBJECTS)


# --- the pages -------------------------------------------------------------------------------------------


@pytest.fixture
def survey(db):
    survey = SurveyFactory(consultation=ConsultationFactory(), code="views", title="Your views")
    compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=sample_pages()))
    return survey


@pytest.fixture
def staff(survey, signed_in):
    return signed_in(AssignmentFactory(consultation=survey.consultation, role="engagement").user)


def at(name, survey, *args):
    return reverse(f"surveys:{name}", args=[survey.consultation.reference, survey.code, *args])


def row_of(survey, code):
    return QuestionRow.objects.get(survey=survey, code=code)


def test_a_condition_is_put_together_by_buttons(survey, staff):
    question = row_of(survey, "turnover")
    address = at("question_condition", survey, question.pk)
    page = staff.get(address)
    assert "Now: shown to everybody." in page.content.decode()
    assert [code for code, _ in page.context["form"].fields["add"].choices] == [
        "", "invests", "barriers", "barriers_text", "staff",
    ]  # fmt: skip

    page = staff.post(address, {"do": "add", "add": "invests", "joint": "all"})
    assert page.status_code == 200
    page = staff.post(
        address, {"do": "add", "add": "staff", "joint": "all", "code-0": "invests", "test-0": "is", "value-0": "yes"}
    )
    form = page.context["form"]
    assert [(line.question.code, line.test.value(), line.value.value()) for line in form.lines] == [
        ("invests", "is", "yes"),
        ("staff", "equal", ""),
    ]
    rows = {"code-0": "invests", "test-0": "is", "value-0": "yes", "code-1": "staff", "test-1": "more", "joint": "any"}
    page = staff.post(address, {**rows, "do": "save", "add": "", "value-1": ""})
    assert page.status_code == 422
    question.refresh_from_db()
    assert question.relevance == ""

    answer = staff.post(address, {**rows, "do": "save", "add": "", "value-1": "10"})
    assert answer["Location"] == f"{at('edit', survey)}#question-{question.pk}"
    question.refresh_from_db()
    assert question.relevance == "${invests} = 'yes' or ${staff} > 10"
    text = staff.get(at("edit", survey)).content.decode()
    words = "“Do you invest in training?” is “Yes” or “How many people work for you?” is more than 10"
    assert f"Saved: shown when {words}." in text
    assert f"Shown when {words}" in text

    page = staff.post(address, {**rows, "do": "remove-0", "add": "", "value-1": "10"})
    assert [line.question.code for line in page.context["form"].lines] == ["staff"]
    staff.post(address, {"do": "save", "add": "", "joint": "all"})
    question.refresh_from_db()
    assert question.relevance == ""


def test_a_row_that_was_chosen_and_not_added_is_not_lost(survey, staff):
    address = at("question_condition", survey, row_of(survey, "turnover").pk)
    page = staff.post(address, {"do": "save", "add": "staff", "joint": "all"})
    assert page.status_code == 200
    assert [line.question.code for line in page.context["form"].lines] == ["staff"]


def test_a_page_depends_on_earlier_pages_only(survey, staff):
    page = survey.pages.get(code="numbers")
    address = at("page_condition", survey, page.pk)
    assert "staff" not in dict(staff.get(address).context["form"].fields["add"].choices)
    staff.post(address, {"do": "save", "add": "", "code-0": "barriers", "test-0": "count_at_least", "value-0": "#2"})
    page.refresh_from_db()
    assert page.relevance == "count-selected(${barriers}) >= 2"
    first = survey.pages.get(code="growth")
    assert "Nothing is asked before it" in staff.get(at("page_condition", survey, first.pk)).content.decode()


def test_what_is_too_special_is_shown_as_text_and_said_plainly(survey, staff):
    question = row_of(survey, "turnover")
    question.relevance = "string-length(${barriers_text}) > 10"
    question.save()
    address = at("question_condition", survey, question.pk)
    text = staff.get(address).content.decode()
    assert "This condition is too special for the form with rows" in text
    assert "shown when the number of characters of “Tell us more” is more than 10." in text
    answer = staff.post(address, {"expression": "${later} = 1"})
    assert answer.status_code == 422
    assert "there is no question with that code" in answer.content.decode()
    assert staff.post(address, {"expression": "${staff} mod 2 = 0"}).status_code == 302
    question.refresh_from_db()
    assert question.relevance == "${staff} mod 2 = 0"
    assert staff.get(f"{address}?as=rows").context["form"].lines == []


@pytest.mark.parametrize(
    "data",
    [
        {"do": "remove-99", "code-0": "invests"},
        {"do": "remove-x", "code-0": "nonsense", "test-0": "?", "value-0": "?"},
        {"do": "add", "add": "nonsense"},
        {"do": "save", "code-0": "provider", "test-0": "is", "value-0": "x"},
        {"do": "save", "code-0": "invests"},
        {"do": "save", "joint": "never", "code-0": "invests", "test-0": "is", "value-0": "yes"},
    ],
)
def test_what_no_browser_sends_changes_nothing_that_is_wrong(survey, staff, data):
    question = row_of(survey, "turnover")
    answer = staff.post(at("question_condition", survey, question.pk), data)
    assert answer.status_code in {200, 302, 422}
    question.refresh_from_db()
    assert "nonsense" not in question.relevance
    assert "provider" not in question.relevance


def test_who_may(survey, staff, signed_in):
    officer = signed_in(AssignmentFactory(consultation=survey.consultation, role="officer").user)
    stranger = signed_in(AssignmentFactory(role="engagement").user)
    for address in (
        at("question_condition", survey, row_of(survey, "staff").pk),
        at("page_condition", survey, survey.pages.get(code="training").pk),
    ):
        assert [client.get(address).status_code for client in (staff, officer, stranger)] == [200, 403, 404]
        assert [client.post(address, {"do": "save"}).status_code for client in (officer, stranger)] == [403, 404]
