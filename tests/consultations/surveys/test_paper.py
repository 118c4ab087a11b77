"""A survey on paper: every kind has something to fill in, numbers and codes, routing in words, who may see it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.programme.models import Consultation
from consultations.surveys import compiling, kinds, lifecycle, paper
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.routing import routing
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import (
    BARRIERS,
    FIVE,
    YES_NO,
    SurveyFactory,
    make_definition,
    publish_version,
    published_survey,
    sample_pages,
)

ROWS = (Choice("ports", "Ports"), Choice("colleges", "Colleges"))


def question_of(kind, **more):
    """A question of any kind, with lists where it needs them."""
    facts = {"choices": kind.fixed or YES_NO} if kind.has_choices or kind.fixed else {}
    if kind.has_rows:
        facts["rows"] = ROWS
    return Question(f"a_{kind.name}", kind.name, f"Question of {kind.words}", **{**facts, **more})


def only(definition, code):
    return next(one for page in paper.printed(definition).pages for one in page.questions if one.code == code)


# --- what there is to fill in ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.name)
def test_every_kind_that_asks_has_something_to_fill_in(kind):
    question = question_of(kind)
    parts = list(paper.parts_of(question)) if question.is_answered else []

    # Files are attached to the sheet.
    assert bool(parts) is (question.is_answered and not kind.holds_files)
    for part in parts:
        assert part.options or part.rows or part.lines or part.shape in {"day", "number"}, part


def test_values_that_nobody_fills_in_are_not_printed():
    definition = make_definition(
        Question("read", "note", "Read this first."),
        Question("total", "calculated", "Total"),
        Question("source", "hidden", "Source"),
        Question("why", "short_text", "Why?"),
    )
    [page] = paper.printed(definition).pages
    assert [(one.code, one.number) for one in page.questions] == [("read", 0), ("why", 1)]


def test_choices_have_numbers_and_codes_and_scales_only_their_own():
    definition = make_definition(
        Question("barriers", "multiple", "What holds you back?", choices=BARRIERS, has_other=True),
        Question("confidence", "scale", "How confident?", choices=FIVE),
    )
    ticks, other = only(definition, "barriers").parts
    assert [(one.number, one.code) for one in ticks.options] == [
        (1, "skills"), (2, "finance"), (3, "transport"), (4, "none"), (5, "other"),
    ]  # fmt: skip
    assert (other.shape, other.label) == ("lines", "If “Other”, what is it?")
    [scale] = only(definition, "confidence").parts
    assert [(one.number, one.code) for one in scale.options] == [(0, str(n)) for n in range(1, 6)]


def test_a_table_too_wide_for_the_sheet_is_printed_row_by_row():
    wide = tuple(Choice(f"c{n}", f"Column {n}") for n in range(9))
    parts = only(make_definition(Question("m", "matrix", "How?", choices=wide, rows=ROWS)), "m").parts
    assert [(part.shape, part.label, len(part.options)) for part in parts] == [
        ("ticks", "Ports", 9), ("ticks", "Colleges", 9),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"least_choices": 1, "most_choices": 3}, "Tick from 1 to 3 boxes."),
        ({"most_choices": 2}, "Tick up to 2 boxes."),
        ({"least_choices": 2}, "Tick at least 2 boxes."),
        ({}, "Tick all that apply."),
    ],
)
def test_limits_are_said(limits, words):
    definition = make_definition(Question("b", "multiple", "Which?", choices=BARRIERS, settings=limits))
    assert only(definition, "b").how == words


def test_answers_that_a_text_repeats_are_pointed_to():
    definition = make_definition(
        Question("place", "short_text", "Where?"), Question("why", "short_text", "Why is ${place} good? ${gone}")
    )
    assert only(definition, "why").label == "Why is [your answer to question 1] good? […]"


def test_a_page_that_repeats_is_printed_several_times_and_says_how_to_go_on():
    page = Page("sites", "Sites", repeats=True, entry_name="site", questions=(Question("town", "short_text", "Town?"),))
    [printed] = paper.printed(make_definition(pages=[page])).pages
    assert printed.copies == ("Site 1", "Site 2")
    assert printed.more == "Copy this page for each further one (site), and number them."


# --- routing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("${invests} = 'yes'", "you ticked “Yes” at question 1"),
        ("${invests} != 'yes'", "you did not tick “Yes” at question 1"),
        ("selected(${barriers}, 'skills')", "you ticked “Finding people with the right skills” at question 2"),
        ("not(selected(${barriers}, 'none'))", "you did not tick “None of these” at question 2"),
        ("${confidence} = 4", "you ticked “4” at question 7"),
        (
            "${invests} = 'yes' and (${confidence} = 1 or ${confidence} = 2)",
            "you ticked “Yes” at question 1 and (you ticked “1” at question 7 or you ticked “2” at question 7)",
        ),
        ("${staff} > 10", "question 4 is more than 10"),
        ("${invests} = 'yes' and ${staff} >= 5", "question 1 is “Yes” and question 4 is at least 5"),
        ("${founded} = ''", "question 6 is left blank"),
        ("", ""),
        ("this is ( no condition", "this is ( no condition"),
    ],
)
def test_conditions_are_said_with_the_numbers_on_the_paper(expression, words):
    definition = make_definition(pages=sample_pages())
    assert routing(expression, definition, paper.numbers_of(definition)) == words


def test_a_page_with_a_condition_says_where_to_go_on():
    pages = paper.printed(make_definition(pages=sample_pages())).pages
    assert pages[2].routing == (
        "Answer question 9 only if you ticked “Yes” at question 1. If not, you are at the end of the questions."
    )
    more = paper.printed(
        make_definition(pages=[*sample_pages(), Page("end", questions=(Question("z", "integer", "Z?"),))])
    )
    assert more.pages[2].routing.endswith("If not, go on with question 10.")


def test_the_numbers_are_the_same_for_typing_in():
    definition = make_definition(pages=sample_pages())
    labels = {one.code: one.label for one in paper.numbered(definition).questions()}
    numbers = paper.printed(definition).numbers
    assert labels["staff"] == "4. How many people work for you?"
    assert labels["read_first"] == "Read the evidence summary before you answer."
    assert numbers == {
        "invests": 1, "barriers": 2, "barriers_text": 3, "staff": 4, "turnover": 5, "founded": 6, "confidence": 7,
        "assets": 8, "provider": 9,
    }  # fmt: skip


# --- the page ----------------------------------------------------------------------------------------------

database = pytest.mark.django_db


def address(survey, query=""):
    return reverse("surveys:paper", args=[survey.consultation.reference, survey.code]) + query


@database
def test_everybody_prints_a_live_survey(client, settings):
    settings.POSTAL_ADDRESS = ["Wharf House", "2 Quay Lane", "Newcastle"]
    survey = published_survey(ConsultationFactory(reference="lis", title="Growing"), code="views", title="Your views")
    text = client.get(address(survey)).content.decode()

    assert "Wharf House" in text
    assert survey.consultation.privacy_notice in text
    assert "Your views" in text
    assert text.count('class="paper__number">') == 9 + 4 + 1 + 4 + text.count(">A5<") + text.count(">A6<")
    assert '<span class="paper__code">barriers</span>' in text
    assert '<span class="paper__code">transport</span>' in text
    assert "lis / views / version 1" in text
    assert timezone.localtime(survey.consultation.closes_at).strftime("%B %Y") in text


@database
@pytest.mark.parametrize(("state", "of", "status"), [
    ("live", "open", 200), ("closed", "open", 200), ("live", "closed", 200), ("live", "reported", 200),
    ("ready", "open", 404), ("draft", "open", 404), ("live", "draft", 404),
])  # fmt: skip
def test_before_it_is_live_it_is_for_staff_only(client, signed_in, state, of, status):
    consultation = ConsultationFactory()
    survey = published_survey(consultation, state=state)
    Consultation.objects.filter(pk=consultation.pk).update(state=of)
    user = AssignmentFactory(consultation=consultation, role="officer").user
    stranger = AssignmentFactory().user

    assert client.get(address(survey)).status_code == status
    assert signed_in(stranger).get(address(survey)).status_code == status
    assert signed_in(user).get(address(survey)).status_code == 200


@database
def test_versions_are_for_staff(client, signed_in):
    survey = published_survey(ConsultationFactory())
    compiling.rebuild(survey, make_definition(Question("only", "short_text", "The only one?"), code=survey.code))
    staff = signed_in(AssignmentFactory(consultation=survey.consultation).user)

    assert "The only one?" in staff.get(address(survey, "?version=draft")).content.decode()
    assert "The only one?" not in staff.get(address(survey, "?version=1")).content.decode()
    assert "The only one?" not in client.get(address(survey, "?version=draft")).content.decode()
    for wrong in ("?version=7", "?version=x", "?version=999999999"):
        assert staff.get(address(survey, wrong)).status_code == 404
        assert client.get(address(survey, wrong)).status_code == 200
    lifecycle.publish(survey.pk, drafts="stay")
    assert "The only one?" in client.get(address(survey)).content.decode()


@database
def test_another_language_is_printed_when_the_survey_has_it(client):
    survey = published_survey(ConsultationFactory())
    definition = make_definition(
        Question("grow", "single", "Will you grow?", choices=YES_NO, list_code="yesno"),
        translations={"cy": {"question:grow:label": "A fyddwch yn tyfu?"}},
    )
    publish_version(survey, definition)
    assert "A fyddwch yn tyfu?" in client.get(address(survey, "?language=cy")).content.decode()
    assert "Will you grow?" in client.get(address(survey, "?language=xx")).content.decode()
    assert "Will you grow?" in client.get(address(survey)).content.decode()


@database
def test_an_empty_draft_says_so(signed_in):
    survey = SurveyFactory()
    staff = signed_in(AssignmentFactory(consultation=survey.consultation).user)
    assert "This survey has no questions yet." in staff.get(address(survey)).content.decode()


@database
def test_the_papers_of_a_consultation_have_a_page_of_their_own(client, django_assert_num_queries):
    consultation = ConsultationFactory(reference="lis", title="Growing")
    live = published_survey(consultation, title="Your views")
    published_survey(consultation, title="Not live yet", state="ready")
    page = reverse("surveys:papers", args=["lis"])
    text = client.get(page).content.decode()

    assert address(live) in text
    assert "Not live yet" not in text
    assert page in client.get(reverse("programme:consultation", args=["lis"])).content.decode()
    published_survey(consultation)
    published_survey(consultation)
    with django_assert_num_queries(2):
        client.get(page)
    none = ConsultationFactory(reference="none")
    assert (
        "no survey of this consultation"
        in client.get(reverse("surveys:papers", args=[none.reference])).content.decode()
    )
    ConsultationFactory(reference="hidden", draft=True)
    assert client.get(reverse("surveys:papers", args=["hidden"])).status_code == 404
