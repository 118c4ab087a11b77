"""Conditions put together from rows: what is written, what is read back, and how it is said."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.surveys.conditions import asked_when, evaluate, in_words, parse
from consultations.surveys.conditions.evaluation import Scope
from consultations.surveys.conditions.rows import (
    ALL,
    ANY,
    COUNTED,
    DATED,
    NUMERIC,
    WITHOUT_VALUE,
    WORDS,
    Row,
    Rows,
    can_be_quoted,
    read,
    write,
)
from consultations.surveys.conditions.tokens import STRAIGHT
from consultations.surveys.definition import Choice, Page, Question
from tests.factories.surveys import BARRIERS, FIVE, YES_NO, make_definition

SURVEY = make_definition(
    Question("invests", "single", "Do you invest in training?", choices=YES_NO),
    Question("barriers", "multiple", "What holds you back?", choices=BARRIERS, has_other=True),
    Question("staff", "integer", "How many people work for you?"),
    Question("founded", "date", "When did you start?"),
    Question("confidence", "scale", "How confident are you?", choices=FIVE),
    Question("name", "short_text", "What are you called?"),
    Question("ports", "single", "Ports?", choices=(Choice("1", "Yes, often"), Choice("2", "Never"))),
)

codes = st.from_regex(r"[a-z][a-z0-9_.-]{0,11}", fullmatch=True)
numbers = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.decimals(min_value=-9999, max_value=9999, places=2).map(lambda d: f"{d.normalize():f}"),
).filter(lambda text: text != "-0")
# What word processors make of quotation marks closes a text like the straight ones do.
texts = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
    .map(lambda text: text.translate(STRAIGHT))
    .filter(can_be_quoted)
)
days = st.dates().map(str)


@st.composite
def rows(draw):
    test = draw(st.sampled_from(sorted(WORDS)))
    if test in WITHOUT_VALUE:
        value = ""
    elif test in NUMERIC or test in COUNTED:
        value = draw(numbers)
    else:
        value = draw(days if test in DATED else texts)
    return Row(draw(codes), test, value)


# How fast a busy machine makes examples says nothing about the rule.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows(), max_size=6), st.sampled_from([ALL, ANY]))
def test_what_rows_write_is_read_back_as_the_same_rows(lines, joint):
    condition = Rows(tuple(lines), joint if len(lines) > 1 else ALL)
    text = write(condition)
    assert read(text) == condition
    if lines:
        parse(text)
        assert in_words(text, SURVEY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Rows()),
        ("${invests} = 'yes'", Rows((Row("invests", "is", "yes"),))),
        ("'yes' = ${invests}", Rows((Row("invests", "is", "yes"),))),
        ("5 < ${staff}", Rows((Row("staff", "more", "5"),))),
        ("not(selected(${barriers}, 'none'))", Rows((Row("barriers", "not_ticked", "none"),))),
        ("count-selected(${barriers}) >= 2", Rows((Row("barriers", "count_at_least", "2"),))),
        ("${founded} < date('2019-02-08')", Rows((Row("founded", "before", "2019-02-08"),))),
        ("${staff} > -5", Rows((Row("staff", "more", "-5"),))),
        ("(${a} = '1' or ${b} != '')", Rows((Row("a", "is", "1"), Row("b", "answered")), ANY)),
    ],
)
def test_expressions_that_rows_can_say(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "${a} = 'x' and (${b} = 'y' or ${c} = 'z')",
        "${a} = ${b}",
        "string-length(${a}) > 3",
        "${a} + 1 > 3",
        "not(${a} = 'x')",
        "${a}",
        "true()",
        "selected(${a}, ${b})",
        "if(${a} = 'x', 1, 0)",
        "${a} > '5'",
        "${a} = 'x",
        "${a} > date(${b})",
        "${a} != date('2019-01-01')",
    ],
)
def test_expressions_that_are_too_special_for_rows(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("${invests} = 'yes'", "“Do you invest in training?” is “Yes”"),
        ("${invests} != 'yes'", "“Do you invest in training?” is not “Yes”"),
        ("${invests} != ''", "“Do you invest in training?” is answered"),
        ("${name} = ''", "“What are you called?” is left blank"),
        ("selected(${barriers}, 'other')", "“What holds you back?” includes “Other”"),
        ("not(selected(${barriers}, 'skills'))",
         "“What holds you back?” does not include “Finding people with the right skills”"),
        ("count-selected(${barriers}) > 1", "the number of ticks in “What holds you back?” is more than 1"),
        ("${staff} >= 12000", "“How many people work for you?” is at least 12,000"),
        ("10 < ${staff}", "“How many people work for you?” is more than 10"),
        ("${ports} = 1", "“Ports?” is “Yes, often”"),
        ("${founded} < date('2019-02-08')", "“When did you start?” is before 8 February 2019"),
        ("${founded} <= today()", "“When did you start?” is on or before today"),
        ("${invests} = 'yes' and ${staff} > 5",
         "“Do you invest in training?” is “Yes” and “How many people work for you?” is more than 5"),
        ("${invests} = 'yes' and (${staff} > 5 or ${confidence} = 4)",
         ("“Do you invest in training?” is “Yes” and (“How many people work for you?” is more than 5 or "
         "“How confident are you?” is “4”)")),
        ("not(${staff} > 5)", "it is not so that “How many people work for you?” is more than 5"),
        ("${gone} = 'x'", "“gone” is “x”"),
        ("${staff} * 2 > 10", "(“How many people work for you?” × 2) is more than 10"),
        ("${invests}", "“Do you invest in training?” is answered"),
        ("regex(., '[0-9]+')", "the answer has the form “[0-9]+”"),
        ("string-length(.) <= 10", "the number of characters of the answer is at most 10"),
        ("substr(${name}, 0, 1) = 'A'", "substr(“What are you called?”, 0, 1) is “A”"),
        ("true()", "always"),
        ("${invests} = ", "${invests} ="),
    ],
)  # fmt: skip
def test_conditions_are_said_in_plain_words(text, words):
    assert in_words(text, SURVEY) == words


def test_when_a_question_is_asked_depends_on_its_page_too():
    survey = make_definition(
        pages=(
            Page("a", "A", questions=(Question("invests", "single", "Invest?", choices=YES_NO),)),
            Page("b", "B", relevance="${invests} = 'yes'", questions=(
                Question("much", "integer", "How much?"),
                Question("who", "short_text", "Who?", relevance="${much} > 5"),
            )),
            Page("sites", "Your sites", repeats=True, questions=(Question("town", "short_text", "Town?"),)),
            Page("c", "C", relevance="${sites} > 1", questions=(Question("main", "short_text", "Main site?"),)),
        )
    )  # fmt: skip
    assert [asked_when(survey, code) for code in ("invests", "much", "who", "main")] == [
        "",
        "“Invest?” is “Yes”",
        "“Invest?” is “Yes”, and “How much?” is more than 5",
        "the number of entries of “Your sites” is more than 1",
    ]


@pytest.mark.parametrize(
    ("row", "answers", "holds"),
    [
        (Row("q", "is", "yes"), {"q": "yes"}, True),
        (Row("q", "is_not", "yes"), {}, True),
        (Row("q", "ticked", "a"), {"q": ["b", "a"]}, True),
        (Row("q", "not_ticked", "a"), {"q": ["b"]}, True),
        (Row("q", "answered"), {"q": 0}, True),
        (Row("q", "blank"), {"q": ["a"]}, False),
        (Row("q", "more", "5"), {"q": 5}, False),
        (Row("q", "at_most", "5"), {}, False),
        (Row("q", "before", "2019-02-08"), {"q": "2019-02-07"}, True),
        (Row("q", "on", "2019-02-08"), {"q": "2019-02-08"}, True),
        (Row("q", "until", "2019-02-08"), {"q": "2019-02-08"}, True),
        (Row("q", "contains", "it's"), {"q": "so it's"}, True),
        (Row("q", "count_at_least", "2"), {"q": ["a", "b"]}, True),
    ],
)
def test_rows_mean_what_they_say(row, answers, holds):
    assert bool(evaluate(write(Rows((row,))), Scope(answers))) is holds
