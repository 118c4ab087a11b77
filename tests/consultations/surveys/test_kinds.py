"""Every kind of question: what is typed becomes an answer, is said, counted and laid out, and nothing else is taken."""

from dataclasses import replace
from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.analysis.instrument import AskedQuestion
from consultations.exports.layout import answer_columns
from consultations.surveys import kinds
from consultations.surveys.definition import Question
from consultations.surveys.forms import PageForm
from consultations.surveys.forms.asking import ASKING
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.path import accepted, walk
from tests.factories.kinds import CASES
from tests.factories.surveys import make_definition

by_kind = pytest.mark.parametrize("case", CASES, ids=str)


def posted(values):
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def form_for(question, values, **facts):
    step = walk(make_definition(question), {}).pages[0]
    return PageForm(posted(values), step=step, **facts)


def test_every_kind_is_known_everywhere():
    names = set(kinds.KINDS)
    assert names == set(QuestionRow.Kind.values)
    assert {name for name, kind in kinds.KINDS.items() if kind.is_answered} == set(ASKING)
    tested = {case.question.kind for case in CASES} | {"date"}
    assert {name for name, kind in kinds.KINDS.items() if kind.is_answered} - tested <= {"file"}
    for name, kind in kinds.KINDS.items():
        question = Question("q", name, "Q")
        assert (question.is_answered, question.has_value) == (kind.is_answered, kind.has_value)


@by_kind
def test_what_is_posted_becomes_the_answer(case):
    form = form_for(case.question, case.posted)
    assert form.is_valid(), form.errors
    assert form.answers()["q"] == case.answer


@by_kind
def test_an_answer_is_shown_again_as_it_was_given(case):
    step = walk(make_definition(case.question), {}).pages[0]
    first = form_for(case.question, case.posted)
    assert first.is_valid()
    shown = PageForm(step=step, answers=first.answers())
    again = {}
    for name, field in shown.fields.items():
        value = shown.initial.get(name)
        if value not in (None, "", []) and value is not False:
            again[name] = [str(v) for v in value] if isinstance(value, list) else field.prepare_value(value)
    again = {name: "on" if value is True else value for name, value in again.items()}
    second = PageForm(posted({k: v if isinstance(v, list) else str(v) for k, v in again.items()}), step=step)
    assert second.is_valid(), second.errors
    assert second.answers() == first.answers()


@by_kind
def test_an_answer_is_kept_by_the_path_and_said_in_words(case):
    form = form_for(case.question, case.posted)
    assert form.is_valid()
    path = walk(make_definition(case.question), form.answers())
    assert path.answers["q"] == case.answer
    assert path.is_complete
    assert path.pages[0].in_words(path.pages[0].questions[0]) == case.said


@by_kind
def test_columns_and_counters(case):
    form = form_for(case.question, case.posted)
    assert form.is_valid()
    data = form.answers()
    asked = AskedQuestion(case.question, "", "", 1, 1, False, frozenset())
    columns = answer_columns(asked, labels=False)
    assert {column.name: column.value(data) for column in columns} == case.cells
    assert all(column.value({}) is None for column in columns)
    assert set(kinds.of(case.question).counted(case.question, case.answer)) == case.counted


@by_kind
def test_a_required_question_left_blank_says_what_is_missing(case):
    question = replace(case.question, required=True)
    form = form_for(question, {})
    assert not form.is_valid()
    assert case.lacks in " ".join(message for messages in form.errors.values() for message in messages)
    assert walk(make_definition(question), {}).missing == [("main", "q")]
    later = form_for(question, {}, require=False)
    assert later.is_valid()
    assert later.answers()["q"] is None


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("email", "amina at example", "is not an e-mail address"),
        ("phone", "call me", "is not a telephone number"),
        ("phone", "123", "is not a telephone number"),
        ("url", "javascript:alert(1)", "is not a web address"),
        ("url", "ftp://example.org", "is not a web address"),
        ("url", "two words", "is not a web address"),
        ("time", "9", "is not a time"),
        ("time", "25:00", "is not a time"),
        ("time", "13pm", "is not a time"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_is_kept(kind, typed, sentence):
    form = form_for(Question("q", kind, "Q"), {"q": typed})
    assert not form.is_valid()
    assert sentence in form.errors["q"][0]
    assert "q" not in form.answers()
    assert form.wrong() == {"q": typed}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"q--skills": "1", "q--finance": "1"}, "has the place 1 already"),
        ({"q--skills": "1", "q--finance": "3"}, "Nothing has the place 2"),
        ({"q--skills": "9"}, "not one of those offered"),
    ],
)
def test_a_ranking_has_every_place_once(values, sentence):
    case = next(case for case in CASES if case.question.kind == "ranking")
    form = form_for(case.question, values)
    assert not form.is_valid()
    assert sentence in str(form.errors)


def test_shares_add_up():
    case = next(case for case in CASES if case.question.kind == "constant_sum")
    form = form_for(case.question, {"q--tyne": "60", "q--blyth": "30"})
    assert not form.is_valid()
    assert "The numbers add up to 90; they must add up to 100." in str(form.errors)
    ten = replace(case.question, settings={"total": 10})
    assert form_for(ten, {"q--tyne": "7.5", "q--blyth": "2.5"}).is_valid()
    assert form_for(ten, {"q--tyne": "10"}).is_valid()
    assert not form_for(case.question, {"q--tyne": "-5", "q--blyth": "105"}).is_valid()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["yes", "tyne", "durham", "skills", "ok"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5) | st.sampled_from(["tyne", "area", "lat", "lon", "y18"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@by_kind
@given(value=anything)
@settings(max_examples=60, deadline=None)
def test_whatever_is_stored_nothing_breaks_and_what_is_accepted_is_accepted_again(case, value):
    question = case.question
    taken = accepted(question, value)
    if taken is None:
        return
    assert accepted(question, taken) == taken
    kind = kinds.of(question)
    assert all(isinstance(line, str) for line in kind.lines(question, taken, str))
    for column in kind.columns(question):
        for cell in (column.read(taken), column.read_words(taken)):
            assert cell is None or isinstance(cell, str | int | float | date)
    for row, choice in kind.counted(question, taken):
        assert [type(row), type(choice)] == [str, str]
    step = walk(make_definition(question), {"q": taken}).pages[0]
    PageForm(step=step, answers={"q": taken}).as_div()


def test_a_default_is_offered_once():
    question = Question("q", "short_text", "Q", settings={"default": "Tyneside"})
    path = walk(make_definition(question), {})
    assert PageForm(step=path.pages[0], left_blank=path.left_blank).initial["q"] == "Tyneside"
    blank = walk(make_definition(question), {"q": None})
    assert PageForm(step=blank.pages[0], left_blank=blank.left_blank).initial["q"] is None


def test_a_calculated_value_follows_from_answers_and_is_shown_in_texts():
    definition = make_definition(
        pages=[
            *make_definition(
                Question("a", "integer", "A"),
                Question("twice", "calculated", "Twice A", settings={"calculation": "${a} * 2"}),
            ).pages,
            replace(
                make_definition(Question("b", "note", "Twice is ${twice}.")).pages[0],
                code="next",
                relevance="${twice} > 6",
            ),
        ]
    )
    path = walk(definition, {"a": 4, "twice": 99})
    assert path.answers == {"a": 4, "twice": 8}
    assert path.pages[1].questions[0].label == "Twice is 8."
    assert [step.code for step in walk(definition, {"a": 3}).pages] == ["main"]
    assert "twice" not in walk(definition, {}).answers


def test_a_hidden_value_has_a_default_and_is_never_asked():
    definition = make_definition(
        Question("source", "hidden", "Where from", settings={"default": "site"}), Question("a", "short_text", "A")
    )
    path = walk(definition, {})
    assert path.answers == {"source": "site"}
    assert list(PageForm(step=path.pages[0]).fields) == ["a"]
    assert walk(definition, {"source": "newsletter"}).answers == {"source": "newsletter"}
