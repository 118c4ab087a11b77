"""A survey in the reader's language, wherever it is shown, and what is kept of that."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from consultations.exports import sheets
from consultations.submissions import queries
from consultations.submissions.answers import as_text
from consultations.submissions.models import Response
from consultations.surveys import translating
from consultations.surveys.definition import Page, Question
from consultations.surveys.inputs import read_clock, read_day
from consultations.surveys.path import walk
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.submissions import SubmissionFactory, partner, submitted
from tests.factories.surveys import YES_NO, SurveyFactory, make_definition, publish_version

PAGES = (
    Page(
        "views",
        "Views",
        questions=(
            Question("fair", "single", "Is it fair?", required=True, choices=YES_NO, has_other=True, list_code="fair"),
            Question("since", "date", "Since when?"),
        ),
    ),
)
WELSH = {
    "survey:title": "Eich barn",
    "page:views:title": "Barn",
    "question:fair:label": "A yw’n deg?",
    "choice:fair:yes:label": "Ydy",
}


@pytest.fixture
def survey(db):
    made = SurveyFactory(consultation=ConsultationFactory(reference="growing"), code="views", title="Your views")
    publish_version(made, make_definition(pages=PAGES, title="Your views", translations={"Cymraeg": WELSH}))
    made.state = "live"
    made.save()
    return made


@pytest.fixture
def draft(survey):
    return SubmissionFactory(consultation=survey.consultation)


@pytest.fixture
def welsh(draft, signed_in):
    user = partner(draft.organisation)
    user.language = "cy"
    user.save()
    return signed_in(user)


def section(draft):
    return reverse("submissions:section", args=[draft.public_id, "views", "views"])


def test_the_task_list_and_the_page_are_in_welsh_with_a_mark_on_what_is_not(draft, welsh):
    assert "Eich barn" in welsh.get(reverse("submissions:tasks", args=[draft.public_id])).content.decode()

    page = welsh.get(section(draft)).content.decode()
    assert "<title>Barn – " in page
    assert "A yw’n deg?" in page
    assert '<span lang="en">Since when?</span>' in page
    assert '<span lang="en">No</span>' in page
    assert ">Arall</label>" in page
    assert "Er enghraifft 8 Chwefror 2019" in page


def test_hints_notes_and_legends_say_their_language_too(draft, welsh):
    bare = SurveyFactory(consultation=draft.consultation, code="bare")
    questions = (
        Question("n", "note", "Read <this> first."),
        Question("q", "short_text", "What?", hint="A word & no more."),
        Question("m", "matrix", "How?", required=True, choices=YES_NO, rows=YES_NO, list_code="a", row_list_code="b"),
    )
    publish_version(bare, make_definition(*questions))
    bare.state = "live"
    bare.save()

    page = welsh.get(reverse("submissions:section", args=[draft.public_id, "bare", "main"])).content.decode()

    assert '<div class="prose" lang="en"><p>Read &lt;this&gt; first.</p></div>' in page
    assert '<span lang="en">A word &amp; no more.</span>' in page
    assert '<span lang="en">How?</span>' in page


def test_what_is_wrong_is_said_in_welsh(draft, welsh):
    page = welsh.post(section(draft), {"since": "rywbryd", "revision": "0"}).content.decode()

    assert "Dewiswch ateb i “A yw’n deg?”." in page
    assert "Ni ellir darllen “rywbryd” fel diwrnod." in page


def test_a_response_keeps_the_language_it_was_last_answered_in(draft, welsh, signed_in):
    welsh.post(section(draft), {"fair": "yes", "since": "8 Chwefror 2019", "revision": "0"})
    response = Response.objects.get()
    assert (response.language, response.data["since"]) == ("cy", "2019-02-08")

    colleague = signed_in(partner(draft.organisation))
    colleague.post(section(draft), {"fair": "no", "revision": str(response.revision)})
    response.refresh_from_db()
    assert (response.language, response.data["fair"]) == ("en", "no")


def test_a_survey_without_welsh_is_answered_in_its_own_language(draft, welsh):
    bare = SurveyFactory(consultation=draft.consultation, code="bare")
    publish_version(bare, make_definition(Question("q", "short_text", "What?")))
    bare.state = "live"
    bare.save()

    welsh.post(reverse("submissions:section", args=[draft.public_id, "bare", "main"]), {"q": "Dim", "revision": "0"})

    assert Response.objects.get(survey=bare).language == "en"


def test_staff_read_what_was_sent_as_the_survey_was_written(survey, signed_in):
    sent = submitted(survey=survey, answers={"fair": "yes"})
    staff = AssignmentFactory(consultation=survey.consultation, role="officer").user
    staff.language = "cy"
    staff.save()

    page = signed_in(staff).get(reverse("submissions:detail", args=["growing", sent.reference])).content.decode()

    assert "Is it fair?" in page
    assert "A yw’n deg?" not in page


def test_a_copy_of_the_answers_is_in_the_language_of_the_message(survey):
    sent = submitted(survey=survey, answers={"fair": "yes"})

    with translation.override("cy"):
        text = as_text(queries.parts_of(sent))

    assert "Eich barn\n=========" in text
    assert "A yw’n deg?\nYdy" in text
    assert "<span" not in text


@pytest.mark.parametrize(("kind", "label"), [("yes_no", "Ie"), ("consent", "Rwy’n cadarnhau hyn")])
def test_choices_that_are_ours_are_in_the_readers_language(db, kind, label):
    choices = {"yes_no": YES_NO, "consent": ()}[kind]
    survey = SurveyFactory()
    if kind == "consent":
        from_kind = make_definition(Question("q", kind, "Agreed?", choices=translating.KINDS[kind].fixed))
    else:
        from_kind = make_definition(Question("q", kind, "Agreed?", choices=choices))
    publish_version(survey, from_kind)

    question = translating.spoken(survey.current_version, "cy").question("q")

    assert label in question.choice_labels.values()
    assert "Yes" not in translating.spoken(survey.current_version, "cy").question("q").choice_labels.values()


def test_the_language_of_one_reader_is_never_that_of_the_next(survey):
    with translation.override("cy"):
        first = translating.spoken(survey.current_version).question("fair").choice_labels
    second = translating.spoken(survey.current_version, "en").question("fair").choice_labels

    assert (first["other"], second["other"]) == ("Arall", "Other")


def test_the_way_through_is_the_same_in_every_language():
    condition = "jr:choice-name(${fair}, '${fair}') = 'Yes'"
    pages = (*PAGES, Page("more", "More", relevance=condition, questions=(Question("m", "short_text", "More?"),)))
    definition = make_definition(pages=pages, translations={"cy": WELSH})

    for read in (definition, translating.in_language(definition, "cy"), definition.in_language("cy")):
        assert [step.code for step in walk(read, {"fair": "yes"}).pages] == ["views", "more"]
        assert [step.code for step in walk(read, {"fair": "no"}).pages] == ["views"]


def test_the_export_says_in_which_language(survey):
    sent = submitted(survey=survey, answers={"fair": "yes"})
    Response.objects.filter(submission=sent).update(language="cy")
    columns = sheets._columns(survey, profile="pseudonymous", labels=False)

    for profile, told in (("pseudonymous", True), ("full", True), ("public", False)):
        sheet = sheets._responses(survey.consultation, survey, columns, profile=profile, labels=False)
        rows = [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows()]
        assert [row.get("language") for row in rows] == (["cy"] if told and rows else [None] * len(rows))


@pytest.mark.parametrize(
    "text", ["8 Chwefror 2019", "8 chwefror 2019", "dydd Gwener 8 Chwefror 2019", "8 February 2019"]
)
def test_days_are_read_as_people_write_them_in_either_language(text):
    assert read_day(text) == date(2019, 2, 8)


@pytest.mark.parametrize(
    ("text", "clock"), [("9.30yb", "09:30"), ("2 y.h.", "14:00"), ("canol dydd", "12:00"), ("9.30am", "09:30")]
)
def test_times_are_read_in_either_language(text, clock):
    assert read_clock(text) == clock


def test_an_account_without_a_choice_reads_english(draft, signed_in):
    page = signed_in(partner(draft.organisation)).get(section(draft)).content.decode()

    assert "Is it fair?" in page
    assert 'lang="en"' not in page
    assert UserFactory().language == ""
