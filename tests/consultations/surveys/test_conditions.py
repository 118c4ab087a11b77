# ruff: noqa: E501 - tables of cases read best one to a line
"""The expressions of conditions, after the table of values that every evaluator must give."""

import json
import math
import time
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.surveys import conditions
from consultations.surveys.conditions import ExpressionError, Scope
from consultations.surveys.conditions.functions import FUNCTIONS
from consultations.surveys.conditions.patterns import PatternError, compiled

TABLE = json.loads((Path(__file__).parent / "expressions.json").read_text(encoding="utf-8"))


def scope(**facts):
    return Scope(
        TABLE["answers"],
        label=lambda question, choice: f"label of {choice}",
        now=datetime.fromisoformat(TABLE["now"]),
        **facts,
    )


@pytest.mark.parametrize(("text", "expected"), TABLE["values"])
def test_what_an_expression_comes_to(text, expected):
    value = conditions.evaluate(text, scope())
    if expected == "nan":
        assert math.isnan(value)
    else:
        assert value == expected
        assert isinstance(value, bool) == isinstance(expected, bool)


@pytest.mark.parametrize(("text", "position", "words"), TABLE["mistakes"])
def test_a_mistake_names_its_character(text, position, words):
    with pytest.raises(ExpressionError) as mistake:
        conditions.parse(text)
    assert words in mistake.value.message
    assert mistake.value.position == position


def test_a_dot_is_this_answer():
    assert conditions.holds(". >= 3 and . < 10", scope(this=5))
    assert not conditions.holds(". >= 3", scope(this=None))


def test_bare_names_are_columns_of_the_choice_where_they_are_allowed():
    columns = {"name": "durham", "area": "south"}
    assert conditions.holds("area = 'south'", scope(columns=columns), allow_columns=True)
    assert not conditions.holds("county = 'x'", scope(columns=columns), allow_columns=True)


def test_an_empty_condition_holds_and_a_broken_one_does_not():
    assert conditions.holds("", scope())
    assert not conditions.holds("1 +", scope())


def test_references_are_told_once_and_in_order():
    assert conditions.references("${b} = 1 or ${a} > ${ b }") == ["b", "a"]


def test_problems_tell_later_questions_from_unknown_ones():
    found = conditions.problems_of("${a} = 1 and ${later} = 2 and ${no} = 3", known={"a"}, all_codes={"a", "later"})
    assert [position for _, position in found] == [14, 31]
    assert "comes later" in found[0][0]
    assert "no question with that code" in found[1][0]


@pytest.mark.parametrize(
    "text",
    [
        "1" + "+1" * 1990,
        "(" * 61 + "1" + ")" * 61,
        "concat(" + "1," * 2100 + "1)",
        "1 or " * 999 + "1",
        "- " * 1900 + "1",
        "x" * 4001,
    ],
)
def test_limits_are_kept_and_deep_trees_do_no_harm(text):
    refusal = refusal_of(text)
    assert refusal is None or refusal.position > 0


def refusal_of(text):
    """What is wrong with the text, or None when it could be evaluated."""
    try:
        conditions.evaluate(text, scope(), allow_columns=True)
    except ExpressionError as error:
        return error
    return None


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "((a?){30})a{30}", "a{1000}"])
def test_no_pattern_takes_for_ever(pattern):
    start = time.process_time()
    compiled(pattern).matches("a" * 2000 + "!")
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "pattern", ["a" * 501, "(a{1000}){1000}", "a{2,1}", "[b-a]", "[a", "a**+?*|(", "(?P<x>a)", "\\b", "*"]
)
def test_patterns_that_are_not_known_are_refused(pattern):
    with pytest.raises(PatternError):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^[0-9]{5}$", "12345", True), ("[^a-c]+", "xyz", True), ("[^a-c]+", "xaz", False), ("a|bc|", "", True),
        ("(?:ab)*c?", "ababc", True), ("\\w+@\\w+\\.org", "me@here.org", True), ("[\\d\\-]+", "1-2", True), ("[]a]+", "]a", True),
        ("a{2,}", "a", False), ("a{2,}", "aaa", True), ("a{,2}", "aa", True), ("x*?y+", "xxy", True), ("a{x}", "a{x}", True),
        ("\\u00e9+", "éé", True), (".", "\n", False), ("a^b", "ab", False),
    ],
)  # fmt: skip
def test_what_patterns_describe(pattern, text, expected):
    assert compiled(pattern).matches(text) is expected


values = st.one_of(
    st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2), st.dates().map(str), st.just("1e308"),
)  # fmt: skip
NAMES = sorted(name for name, function in FUNCTIONS.items() if name not in {"regex", "jr:choice-name"})


@given(st.sampled_from(NAMES), st.lists(values, min_size=5, max_size=5))
def test_no_function_raises_for_what_people_answer(name, given_values):
    function = FUNCTIONS[name]
    for count in range(function.least, min(function.most, 5) + 1):
        answers = {f"q{n}": value for n, value in enumerate(given_values)}
        call = f"{name}({', '.join(f'${{q{n}}}' for n in range(count))})"
        for text in (call, f"{call} > 1", f"{call} = ${{q0}}", f"{call} * ${{q1}} mod ${{q2}} - 1"):
            conditions.evaluate(text, Scope(answers))


@given(st.text(alphabet="()${}abc'\"=<>!+-*., 019/[]orandivmod", max_size=40))
def test_any_text_is_read_or_refused(text):
    refusal = refusal_of(text)
    assert refusal is None or (refusal.position >= 1 and refusal.message.endswith("."))
