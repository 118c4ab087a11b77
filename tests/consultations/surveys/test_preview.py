"""Looking at a survey as any respondent: the same pages, the reasons, every page at once, nothing stored."""

import json

import pytest
from django.urls import reverse

from consultations.submissions import actions as writing
from consultations.surveys import compiling, previewing
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.forms import PageForm
from consultations.surveys.path import walk
from engagement.audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import AreaFactory, KindFactory
from tests.factories.surveys import (
    SAMPLE_ANSWERS,
    YES_NO,
    SurveyFactory,
    make_definition,
    publish_version,
    published_survey,
    sample_pages,
)

pytestmark = pytest.mark.django_db

SITES = Page(
    "sites",
    "Your sites",
    repeats=True,
    entry_name="site",
    least_entries=1,
    most_entries=2,
    questions=(Question("town", "short_text", "In which town?", required=True),),
)


@pytest.fixture
def survey():
    survey = SurveyFactory(consultation=ConsultationFactory(reference="lis"), code="views", title="Your views")
    compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=sample_pages()))
    return survey


@pytest.fixture
def staff(survey, signed_in):
    return signed_in(AssignmentFactory(consultation=survey.consultation, role="officer").user)


def address(survey):
    return reverse("surveys:preview", args=[survey.consultation.reference, survey.code])


def press(client, survey, page, go="next", answers=None, status=200, **typed):
    """Send the form of a page with a button; the context of what comes back."""
    carried = answers if isinstance(answers, str) else json.dumps(answers or {})
    shown = client.post(address(survey), {"preview-page": page, "preview-carried": carried, "preview-go": go, **typed})
    assert shown.status_code == status, shown.content.decode()
    return shown.context_data


def test_it_is_walked_like_a_survey_and_keeps_nothing(survey, staff):
    before = Entry.objects.count()
    first = staff.get(address(survey)).context_data
    assert first["step"].code == "growth"
    press(staff, survey, "growth", status=422)
    second = press(staff, survey, "growth", invests="no")
    assert second["step"].code == "numbers"
    end = press(staff, survey, "numbers", answers=second["carried"], staff="1,200")

    assert (end["here"], end["step"]) == ("/check", None)
    rows = [row[:2] for section in end["sections"] for row in section["rows"]]
    assert ("Do you invest in training?", "No") in rows
    assert ("How many people work for you?", "1200") in rows
    assert Entry.objects.count() == before


def test_the_page_holds_the_very_fields_of_the_respondents_page(staff, signed_in):
    survey = published_survey(ConsultationFactory(reference="live"), code="views")
    user = AssignmentFactory(consultation=survey.consultation).user
    client = signed_in(user)
    test = writing.start_test(survey.consultation, user)
    definition = make_definition(pages=sample_pages())
    for page in ("growth", "numbers"):
        real = client.get(reverse("submissions:section", args=[test.public_id, "views", page])).content.decode()
        shown = client.post(
            address(survey),
            {"preview-page": "/tasks", "preview-go": f"page:{page}", "preview-version": "1", "preview-carried": "{}"},
        ).content.decode()
        step = walk(definition, {}).step(page)
        for name in PageForm(step=step).fields:
            assert f'name="{name}"' in shown
        start, end = "<h1>", '<div class="acts">'
        of_real, of_shown = (text[text.index(start) : text.index(end)] for text in (real, shown))
        fields = of_real[of_real.index("<form") :].partition('name="revision"')[2].partition(">")[2]
        assert " ".join(fields.split()) in " ".join(of_shown.split())


def test_every_page_says_why_it_is_shown_or_not(survey, staff):
    shown = staff.get(address(survey)).content.decode()
    assert "Not shown, because it needs that “Do you invest in training?” is “Yes”." in shown

    outline = press(staff, survey, "growth", invests="yes")["outline"]
    assert [(page.code, page.is_shown) for page in outline] == [("growth", True), ("numbers", True), ("training", True)]
    assert outline[2].reason == "Shown, because “Do you invest in training?” is “Yes”."


def test_a_page_off_the_path_can_be_looked_at_all_the_same(survey, staff):
    shown = press(staff, survey, "growth", go="page:training", invests="no")
    assert (shown["step"].code, shown["explained"].is_shown) == ("training", False)
    assert json.loads(shown["carried"])["invests"] == "no"
    # Its required question does not hold anybody up, since no respondent is asked.
    assert press(staff, survey, "training", answers=shown["carried"])["here"] == "/check"


def test_questions_and_choices_with_conditions_have_remarks():
    definition = make_definition(
        pages=[
            Page("one", questions=(Question("place", "single", "Where?", choices=YES_NO),)),
            Page(
                "two",
                questions=(
                    Question("why", "short_text", "Why?", relevance="${place} = 'yes'"),
                    Question(
                        "which", "single", "Which?",
                        choices=(Choice("a", "A", attributes={"of": "yes"}), Choice("b", "B")),
                        settings={"choice_filter": "of = ${place}"},
                    ),
                ),
            ),
        ]
    )  # fmt: skip
    remarks = {one.label: one.text for one in previewing.outline(walk(definition, {"place": "yes"}))[1].remarks}
    assert remarks == {
        "Why?": "Shown, because “Where?” is “Yes”.",
        "Which?": "1 of its 2 choices are left out by earlier answers.",
    }
    [hidden] = [one for one in previewing.outline(walk(definition, {}))[1].remarks if one.label == "Why?"]
    assert hidden.text == "Not shown, because it needs that “Where?” is “Yes”."


def test_jumping_takes_along_what_was_typed(survey, staff):
    shown = press(staff, survey, "growth", go="page:numbers", invests="yes", barriers_text="Buses.")
    assert shown["step"].code == "numbers"
    back = press(staff, survey, "numbers", go="back", answers=shown["carried"], staff="not a number")
    assert back["step"].code == "growth"
    assert json.loads(back["carried"]) == {"invests": "yes", "barriers_text": "Buses."} | {
        key: None for key in json.loads(back["carried"]) if key not in {"invests", "barriers_text"}
    }


def test_the_parts_have_the_states_that_a_respondent_sees(survey, staff):
    shown = press(staff, survey, "/check", go="tasks", answers={"invests": "yes", "barriers": ["skills"]})
    assert [(task["code"], task["state"]) for task in shown["tasks"]] == [
        ("growth", "completed"),
        ("numbers", "not_started"),
        ("training", "not_started"),
    ]
    check = press(staff, survey, "/tasks", go="check", answers={"invests": "yes"})
    assert check["lacking"] == ["“Training” has something that needs an answer before it can be sent."]


def test_version_language_and_respondent_are_chosen(staff, signed_in):
    survey = published_survey(ConsultationFactory(reference="two"), code="views")
    definition = make_definition(
        Question("grow", "single", "Will you grow?", choices=YES_NO, list_code="yesno"),
        translations={"cy": {"question:grow:label": "A fyddwch chi'n tyfu?", "choice:yesno:yes:label": "Bydd"}},
    )
    publish_version(survey, definition, change="narrowing")
    kind, area = KindFactory(name="A college"), AreaFactory(name="Durham")
    client = signed_in(AssignmentFactory(consultation=survey.consultation).user)
    shown = client.post(
        address(survey),
        {
            "preview-page": "main", "preview-go": "stay", "preview-carried": '{"grow": "yes"}', "preview-version": "2",
            "preview-language": "cy", "preview-who": "members", "preview-kind": kind.code, "preview-area": area.code,
        },
    )  # fmt: skip
    text = shown.content.decode()

    assert "A fyddwch chi&#x27;n tyfu?" in text
    assert "Bydd" in text
    assert (
        shown.context_data["respondent"]["words"]
        == f"An organisation, for its members, A college ({kind.sector.name}), Durham"
    )
    assert "Do you invest in training?" in client.get(f"{address(survey)}?version=1").content.decode()
    for wrong in ("?version=9", "?version=x", "?version=99999999", "?version=-1"):
        assert client.get(address(survey) + wrong).status_code == 404


def test_what_a_link_brings_is_typed(survey, staff):
    pages = (
        Page("one", questions=(Question("source", "hidden", "Source"), Question("why", "short_text", "Why?"))),
        Page("two", "Readers", relevance="${source} = 'news'", questions=(Question("x", "short_text", "X?"),)),
    )  # fmt: skip
    compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=pages))
    assert press(staff, survey, "one", why="So")["here"] == "/check"
    assert press(staff, survey, "one", why="So", **{"preview-link-source": "news"})["here"] == "two"


def test_entries_are_added_filled_in_and_removed(survey, staff):
    compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=(SITES,)))
    assert press(staff, survey, "sites", status=422)["lacks"] == "Add at least 1."
    one = press(staff, survey, "sites", go="add")
    assert one["step"].entry == 1
    back = press(staff, survey, one["here"], answers=one["carried"], town="Hexham")
    assert [entry["lines"] for entry in back["entries"]] == [["Hexham"]]
    two = press(staff, survey, "sites", go="add", answers=back["carried"])
    full = press(staff, survey, two["here"], go="page:sites", answers=two["carried"], town="Blyth")
    assert not full["step"].may_add
    assert press(staff, survey, "sites", go="add", answers=full["carried"])["step"].is_list
    left = press(staff, survey, "sites", go="remove:1", answers=full["carried"])
    assert [entry["lines"] for entry in left["entries"]] == [["Blyth"]]
    assert press(staff, survey, "sites", answers=left["carried"])["here"] == "/check"


@pytest.mark.parametrize("carried", ["", "nonsense", "[]", '{"barriers": 5, "assets": "x", "invests": ["yes"]}'])
@pytest.mark.parametrize("page", ["growth", "elsewhere", "/tasks", "sites~9", "~", ""])
def test_it_survives_what_browsers_may_send(survey, staff, carried, page):
    for go in ("next", "remove:x", "page:nowhere", "page:", "add", "back", "stay", "check", "other"):
        shown = staff.post(
            address(survey),
            {
                "preview-page": page, "preview-carried": carried, "preview-go": go,
                "preview-who": "nobody", "preview-kind": "x", "preview-language": "zz",
            },
        )  # fmt: skip
        assert shown.status_code in {200, 422}


def test_a_survey_without_pages_says_so(staff, survey):
    empty = SurveyFactory(consultation=survey.consultation, code="empty")
    assert "No page of this survey applies." in staff.get(address(empty)).content.decode()


def test_it_exists_for_those_who_work_on_the_consultation(survey, signed_in):
    assert signed_in(UserFactory(officer=True)).get(address(survey)).status_code == 404
    assert signed_in(UserFactory()).post(address(survey)).status_code == 404


def test_the_sample_answers_lead_to_a_check_page_without_gaps(survey, staff):
    end = press(staff, survey, "/tasks", go="check", answers=SAMPLE_ANSWERS)
    assert end["lacking"] == []
