# ruff: noqa: E501 - tables of cases read best one to a line
"""The form of one page: what people type, and what becomes of it."""

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict

from consultations.surveys.definition import Choice, Question
from consultations.surveys.forms import PageForm
from consultations.surveys.path import walk
from tests.factories.surveys import BARRIERS, FIVE, SAMPLE_ANSWERS, YES_NO, make_definition


def step_of(*questions, page="main", answers=None):
    return walk(make_definition(*questions), answers or {}).step(page)


def typed(step, text="", **facts):
    form = PageForm(QueryDict(text), step=step, **facts)
    form.is_valid()
    return form


def answer_to(question, text):
    form = typed(step_of(question), text)
    return form.errors.get(form.names_of[question.code][0], [None])[0] or form.answers()[question.code]


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (Question("q", "short_text", "Q"), "q=+Amina+", "Amina"),
        (Question("q", "long_text", "Q"), "q=a%0D%0Ab", "a\nb"),
        (Question("q", "long_text", "Q", settings={"word_limit": 2}), "q=a+b+c", "This answer has 3 words; there is room for 2. Shorten it by 1."),
        (Question("q", "integer", "Q"), "q=1%2C200", 1200),
        (Question("q", "integer", "Q"), "q=12.0", 12),
        (Question("q", "integer", "Q"), "q=12.5", "Write a whole number, for example 12."),
        (Question("q", "integer", "Q"), "q=many", "“many” is not a number. Write it in digits, for example 12."),
        (Question("q", "integer", "Q", settings={"least": 1}), "q=0", "Write a number of at least 1."),
        (Question("q", "integer", "Q", settings={"most": 1000}), "q=1001", "Write a number of at most 1,000."),
        (Question("q", "integer", "Q"), "q=" + "9" * 400, "This number is too large. Check how many digits it has."),
        (Question("q", "decimal", "Q"), "q=%C2%A312.50", 12.5),
        (Question("q", "decimal", "Q"), "q=-0.5", -0.5),
        (Question("q", "decimal", "Q"), "q=nan", "“nan” is not a number. Write it in digits, for example 12.5."),
        (Question("q", "date", "Q"), "q=8/2/2019", "2019-02-08"),
        (Question("q", "date", "Q"), "q=8+February+2019", "2019-02-08"),
        (Question("q", "date", "Q"), "q=Friday+8th+feb+19", "2019-02-08"),
        (Question("q", "date", "Q"), "q=February+8,+2019", "2019-02-08"),
        (Question("q", "date", "Q"), "q=2019-02-08", "2019-02-08"),
        (Question("q", "date", "Q"), "q=31/2/2019", "“31/2/2019” is not a day that can be read. Write it like 8 February 2019 or 8/2/2019."),
        (Question("q", "single", "Q", choices=YES_NO), "q=yes", "yes"),
        (Question("q", "single", "Q", choices=YES_NO), "q=maybe", "The choice that was sent is not one of those offered. Choose one of these."),
        (Question("q", "scale", "Q", choices=FIVE), "q=4", "4"),
        (Question("q", "multiple", "Q", choices=BARRIERS), "q=transport&q=skills", ["skills", "transport"]),
        (Question("q", "multiple", "Q", choices=BARRIERS), "q=none&q=skills", "“None of these” cannot be chosen together with another. Choose either it or the others."),
        (Question("q", "multiple", "Q", choices=BARRIERS, settings={"most_choices": 1}), "q=finance&q=skills", "Choose at most 1; you chose 2."),
        (Question("q", "multiple", "Q", choices=BARRIERS, settings={"least_choices": 2}), "q=skills", "Choose at least 2; you chose 1."),
        (Question("q", "multiple", "Q", choices=BARRIERS, settings={"least_choices": 2}), "q=none", ["none"]),
        (Question("q", "matrix", "Q", choices=YES_NO, rows=BARRIERS[:2]), "q--skills=yes", {"skills": "yes"}),
        (Question("q", "integer", "Q", constraint=". mod 2 = 0", constraint_message="Write an even number."), "q=3", "Write an even number."),
        (Question("q", "short_text", "Q", constraint="regex(., '[A-Z]+')"), "q=abc", "This answer does not meet the rule for this question. Check it."),
    ],
)  # fmt: skip
def test_what_becomes_of_what_is_typed(question, text, expected):
    assert answer_to(question, text) == expected


@pytest.mark.parametrize(
    "kind", ["short_text", "long_text", "integer", "decimal", "date", "single", "multiple", "scale", "matrix"]
)
def test_a_blank_answer_is_none_and_is_demanded_only_when_going_on(kind):
    question = Question(
        "q", kind, "Q", required=True, choices=YES_NO, rows=BARRIERS[:1], required_message="Say something."
    )
    step = step_of(question)
    form = typed(step)
    assert [list(errors) for errors in form.errors.values()] == [["Say something."]]
    later = typed(step, require=False)
    assert later.is_valid()
    assert later.answers() == {"q": None}


def test_other_asks_what_it_is():
    step = step_of(Question("q", "multiple", "Q", choices=BARRIERS, has_other=True))
    assert typed(step, "q=other").errors["q__other"] == ["You chose “Other”. Write what it is."]
    assert typed(step, "q=other&q__other=Broadband").answers() == {"q": ["other"], "q__other": "Broadband"}
    assert typed(step, "q=skills&q__other=Broadband").answers() == {"q": ["skills"], "q__other": None}
    assert typed(step, "q=other", require=False).is_valid()


def test_a_rule_may_look_at_an_earlier_answer_of_the_same_page():
    low, high = Question("low", "integer", "Low"), Question("high", "integer", "High", constraint=". > ${low}")
    step = step_of(low, high)
    assert typed(step, "low=5&high=4").errors.keys() == {"high"}
    assert typed(step, "low=5&high=6").is_valid()


def test_what_cannot_be_accepted_is_left_out_and_comes_back_with_its_error():
    step = step_of(
        Question("a", "integer", "A"),
        Question("b", "short_text", "B"),
        Question("c", "multiple", "C", choices=BARRIERS),
    )
    form = typed(step, "a=many&b=fine&c=none&c=skills", require=False)
    assert form.answers() == {"b": "fine"}
    assert form.raw() == {"a": "many", "b": "fine", "c": ["none", "skills"]}
    assert form.wrong() == {"a": "many", "c": ["none", "skills"]}

    again = PageForm(step=step, answers={"a": 4, "b": "fine"}, unfinished=form.wrong())
    assert again.errors.keys() == {"a", "c"}
    assert again["a"].value() == "many"
    assert again["b"].value() == "fine"


def test_the_sample_answers_are_shown_and_come_back_the_same():
    definition = make_definition()
    path = walk(definition, SAMPLE_ANSWERS)
    found = {}
    for step in path.pages:
        shown = PageForm(step=step, answers=SAMPLE_ANSWERS)
        query = QueryDict(mutable=True)
        for name in shown.fields:
            value = shown[name].value()
            query.setlist(name, value if isinstance(value, list) else [] if value is None else [str(value)])
        form = PageForm(query, step=step, answers={})
        assert form.is_valid(), form.errors
        found.update(form.answers())
    assert found == SAMPLE_ANSWERS


def test_texts_of_the_author_are_only_texts():
    evil = "<script>x</script> {{ settings.SECRET_KEY }} {% now 'Y' %}"
    html = render_crispy_form(
        PageForm(
            step=step_of(
                Question("n", "note", evil), Question("a", "short_text", evil, hint=evil, guidance=evil),
                Question("b", "single", evil, choices=(Choice("x", evil),), has_other=True, hint=evil),
                Question("m", "matrix", evil, choices=(Choice("x", evil),), rows=(Choice("r", evil),), hint=evil),
            )
        )
    )  # fmt: skip
    assert "<script>" not in html
    assert "now 'Y'" in html.replace("&#x27;", "'")
    assert "SECRET_KEY" in html


def test_a_long_list_is_a_drop_down_and_words_are_counted():
    many = tuple(Choice(f"c{n}", f"Choice {n}") for n in range(31))
    html = render_crispy_form(
        PageForm(
            step=step_of(
                Question("a", "single", "A", choices=many),
                Question("b", "long_text", "B", settings={"word_limit": 400}),
            )
        )
    )
    assert "<select" in html
    assert 'data-count-words="400"' in html
    assert "Up to 400 words." in html


def test_optional_is_said_and_required_is_not():
    html = render_crispy_form(
        PageForm(step=step_of(Question("a", "short_text", "A"), Question("b", "short_text", "B", required=True)))
    )
    assert html.count("(optional)") == 1
