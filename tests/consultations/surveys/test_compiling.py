"""A document made into draft rows and compiled again is the same document."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consultations.surveys import compiling
from consultations.surveys.definition import Choice, Definition, Page, Question
from tests.factories.definitions import definitions as documents_of_every_kind
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(
    lambda text: text.strip().replace("$", "") or "x"
)
codes = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@st.composite
def choices(draw):
    names = draw(st.lists(codes, min_size=1, max_size=4, unique=True))
    return tuple(
        Choice(name, draw(words), draw(st.booleans()), draw(st.dictionaries(codes, words, max_size=1)))
        for name in names
    )


@st.composite
def definitions(draw):
    names = iter(draw(st.lists(codes, min_size=8, max_size=8, unique=True)))
    lists = {f"list_{n}": draw(choices()) for n in range(3)}
    earlier: list[str] = []
    pages = []
    for number in range(draw(st.integers(1, 3))):
        relevance = f"${{{draw(st.sampled_from(earlier))}}} != ''" if earlier and draw(st.booleans()) else ""
        questions = [draw(question(next(names), lists, earlier)) for _ in range(draw(st.integers(1, 2)))]
        earlier += [one.code for one in questions]
        pages.append(Page(f"page_{number}", draw(words), draw(words), relevance, tuple(questions)))
    translations = {"cy": {"survey:title": draw(words), f"question:{earlier[0]}:label": draw(words)}}
    return Definition(
        "survey", draw(words), draw(words), "", "en", tuple(pages), draw(st.sampled_from([translations, {}]))
    )


@st.composite
def question(draw, code, lists, earlier):
    kind = draw(
        st.sampled_from(
            ["short_text", "long_text", "integer", "decimal", "date", "single", "multiple", "scale", "matrix", "note"]
        )
    )
    chosen = draw(st.sampled_from(sorted(lists))) if kind in {"single", "multiple", "scale", "matrix"} else ""
    rows = draw(st.sampled_from(sorted(lists))) if kind == "matrix" else ""
    return Question(
        code=code,
        kind=kind,
        label=draw(words),
        hint=draw(words),
        guidance=draw(words),
        required=draw(st.booleans()),
        required_message=draw(words),
        relevance=f"selected(${{{earlier[-1]}}}, 'a')" if earlier and draw(st.booleans()) else "",
        constraint=draw(st.sampled_from(["", "string-length(.) < 5"])),
        constraint_message=draw(words),
        choices=lists[chosen] if chosen else (),
        rows=lists[rows] if rows else (),
        has_other=draw(st.booleans()),
        settings=draw(st.dictionaries(st.sampled_from(["least", "most", "rows"]), st.integers(0, 9))),
        personal=draw(st.booleans()),
        list_code=chosen,
        row_list_code=rows,
    )


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(document=definitions())
def test_rebuilding_and_compiling_gives_the_same_document(document):
    survey = SurveyFactory()
    compiling.rebuild(survey, document)
    once = compiling.draft_of(survey)
    assert list(once.questions()) == list(document.questions())

    again = SurveyFactory()
    again.code = survey.code
    compiling.rebuild(again, once)
    assert compiling.draft_of(again) == once
    assert compiling.draft_of(again).sha256 == once.sha256


@settings(
    max_examples=25,
    deadline=None,
    # Documents are large: making a failing one smaller takes longer than reading what differs.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(document=documents_of_every_kind())
def test_every_kind_entries_and_translations_survive_the_draft(document):
    document = replace(document, pages=tuple(compiling.split_pages(document.pages)))
    survey = SurveyFactory()
    compiling.rebuild(survey, document)
    assert compiling.draft_of(survey).sha256 == replace(document, code=survey.code).sha256


@given(document=st.one_of(definitions(), documents_of_every_kind()))
@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_document_survives_json(document):
    again = Definition.from_json(document.to_json())
    assert again == document
    assert again.canonical == document.canonical
