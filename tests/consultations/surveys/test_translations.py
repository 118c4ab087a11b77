"""The texts of a survey in another language: reading, saving, files for translators, and the builder's pages."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from consultations.surveys import compiling, lifecycle, translating, translations
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.models import Translation
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import YES_NO, SurveyFactory, make_definition

PAGES = (
    Page(
        "skills",
        "Skills",
        "Tell us about your people.",
        questions=(
            Question("trains", "single", "Do you train?", hint="Any course counts.", choices=YES_NO, list_code="yesno"),
            Question("why", "long_text", "Why do you say ${trains}?"),
            Question("sure", "single", "Are you sure?", choices=YES_NO, list_code="yesno"),
        ),
    ),
    Page("end", "The end", questions=(Question("more", "short_text", "Anything else?"),)),
)
WELSH = {
    "survey:title": "Eich barn",
    "page:skills:title": "Sgiliau",
    "question:trains:label": "Ydych chi’n hyfforddi?",
    "choice:yesno:yes:label": "Ydym",
}


@pytest.fixture
def survey(db):
    made = SurveyFactory(consultation=ConsultationFactory(reference="growing"), code="views", title="Your views")
    definition = make_definition(
        code="views", title="Your views", intro="A few questions.", pages=PAGES, translations={"Welsh (cy)": WELSH}
    )
    compiling.rebuild(made, definition)
    return made


@pytest.fixture
def engagement(survey):
    return AssignmentFactory(consultation=survey.consultation, role="engagement").user


@pytest.fixture
def client_of(signed_in):
    return signed_in


def url(name, *more):
    return reverse(f"surveys:{name}", args=["growing", "views", *more])


# --- reading --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [("cy", "cy"), ("Welsh (cy)", "cy"), ("Cymraeg", "cy"), ("English (en)", "en"), ("en-GB", "en"), ("Somali", "")],
)
def test_a_document_may_name_its_languages_as_it_likes(name, code):
    assert translating.code_of(name) == code


def test_texts_are_translated_and_the_others_are_marked_as_what_they_are():
    definition = make_definition(title="Your views", pages=PAGES, translations={"Welsh (cy)": WELSH})

    welsh = translating.in_language(definition, "cy")

    question = welsh.question("trains")
    assert (welsh.title, welsh.pages[0].title, question.label) == ("Eich barn", "Sgiliau", "Ydych chi’n hyfforddi?")
    assert question.choice_labels == {"yes": "Ydym", "no": "No"}
    assert question.hint.__html__() == '<span lang="en">Any course counts.</span>'
    assert not hasattr(question.label, "lang")
    assert translating.language_of(welsh) == "cy"


def test_a_survey_without_the_language_stays_in_its_own_and_says_so():
    welsh = translating.in_language(make_definition(title="Your views", pages=PAGES), "cy")

    assert translating.language_of(welsh) == "en"
    assert welsh.title.lang == welsh.question("more").label.lang == "en"


def test_in_its_own_language_nothing_is_marked():
    english = translating.in_language(make_definition(pages=PAGES, translations={"cy": WELSH}), "en")

    assert type(english.title) is str
    assert english.question("trains").label == "Do you train?"


def test_a_mark_escapes_what_it_marks():
    assert translating.Foreign("<b>&", "en").__html__() == '<span lang="en">&lt;b&gt;&amp;</span>'


def test_a_list_that_two_questions_use_is_translated_once():
    paths = [one.path for one in translating.texts_of(make_definition(pages=PAGES))]

    assert paths.count("choice:yesno:yes:label") == 1
    assert len(paths) == len(set(paths))


def test_a_page_that_is_cut_has_the_texts_of_the_page_that_it_was(survey):
    # The question that shows an answer of its own page stands on a page by itself, under the same title.
    definition = compiling.draft_of(survey)
    assert [page.code for page in definition.pages] == ["skills", "skills_2", "end"]

    assert [page.title for page in translating.in_language(definition, "cy").pages][:2] == ["Sgiliau", "Sgiliau"]
    assert "page:skills_2:title" not in [one.path for one in translating.texts_of(definition)]


# --- saving ---------------------------------------------------------------------------------------------


def test_what_is_missing_is_counted(survey):
    sheet = translations.sheet(survey, "cy")

    assert (sheet.total, sheet.missing, sheet.outdated) == (12, 8, 0)


def test_a_translation_is_kept_under_the_name_that_the_survey_has_for_the_language(survey):
    assert translations.save(survey, "cy", {"question:more:label": "Unrhyw beth arall?"}) == 1

    assert Translation.objects.get(path="question:more:label").language == "Welsh (cy)"
    assert compiling.draft_of(survey).translations["Welsh (cy)"]["question:more:label"] == "Unrhyw beth arall?"
    assert Entry.objects.get(verb="survey.translated").facts["texts"] == 1


def test_saving_the_same_again_changes_nothing_and_an_empty_one_removes(survey):
    assert translations.save(survey, "cy", {"page:skills:title": "Sgiliau"}) == 0
    assert translations.save(survey, "cy", {"page:skills:title": " "}) == 1
    assert not Translation.objects.filter(path="page:skills:title").exists()


def test_a_text_that_changed_makes_its_translation_one_to_look_at(survey):
    survey.questions.filter(code="trains").update(label="Do you train your people?")

    line = next(line for line in translations.sheet(survey, "cy").lines if line.text.path == "question:trains:label")
    assert (line.state, line.source) == ("outdated", "Do you train?")

    translations.save(survey, "cy", {"question:trains:label": "Ydych chi’n hyfforddi eich pobl?"})
    assert translations.sheet(survey, "cy").outdated == 0


def test_keeping_the_translation_says_that_it_still_fits(survey):
    survey.questions.filter(code="trains").update(label="Do you train at all?")

    assert translations.save(survey, "cy", {"question:trains:label": WELSH["question:trains:label"]}) == 1
    assert translations.sheet(survey, "cy").outdated == 0


def test_marks_of_answers_must_stand_in_the_translation_too(survey):
    with pytest.raises(Refused, match=r"\$\{trains\}"):
        translations.save(survey, "cy", {"question:why:label": "Pam?"})
    assert translations.save(survey, "cy", {"question:why:label": "Pam ydych chi’n dweud ${trains}?"}) == 1


def test_a_path_that_the_draft_does_not_have_is_passed_over(survey):
    assert translations.save(survey, "cy", {"question:gone:label": "Wedi mynd"}) == 0


# --- files ----------------------------------------------------------------------------------------------


def test_a_workbook_and_a_csv_file_read_back_as_they_were_written(survey):
    sheet = translations.sheet(survey, "cy")
    for content, name in ((translations.as_workbook(sheet), "a.xlsx"), (translations.as_csv(sheet).encode(), "a.csv")):
        reading = translations.read(sheet, content, name)
        assert (reading.texts, reading.same, reading.errors, reading.notes) == ({}, 4, [], [])


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="=+-@'\"a ", min_size=1, max_size=12).filter(lambda text: text.strip()))
def test_no_text_is_a_formula_in_a_file_and_none_is_changed_by_it(text):
    line = translations.Line(translating.Text("survey:title", "", "Title", "Your views"), text.strip())
    sheet = translations.Sheet("cy", "Cymraeg", [line])

    page = load_workbook(io.BytesIO(translations.as_workbook(sheet)))["texts"]
    csv = translations.as_csv(sheet)

    assert page.cell(2, 4).data_type == "s"
    assert not re.search(r'(?:^|,)"?[=+\-@]', csv, re.MULTILINE)
    assert translations.read(sheet, csv.encode(), "a.csv").texts == {}


def test_a_file_is_read_with_every_message_and_its_row(survey):
    lines = ["path,text,translation", "survey:title,Your views,Barn", "survey:intro,Other words,Cyflwyniad"]
    lines += ["question:gone:label,Gone,Wedi mynd", "question:why:label,Why do you say ${trains}?,Pam?"]
    lines += ["survey:title,Your views,Barn arall", "page:end:title,The end,"]

    reading = translations.read(translations.sheet(survey, "cy"), "\n".join(lines).encode(), "a.csv")

    assert reading.texts == {"survey:title": "Barn", "survey:intro": "Cyflwyniad"}
    assert (reading.new, reading.changed) == (1, 1)
    assert [number for number, _ in reading.notes] == [3, 4]
    assert [number for number, _ in reading.errors] == [5, 6]
    assert not reading.is_possible


def test_a_file_without_the_columns_is_refused_with_their_names(survey):
    with pytest.raises(Refused, match="“translation”"):
        translations.read(translations.sheet(survey, "cy"), b"path,text\nsurvey:title,x\n", "a.csv")


# --- pages ----------------------------------------------------------------------------------------------


def test_the_languages_page_counts_what_is_missing(survey, engagement, client_of):
    page = client_of(engagement).get(url("languages")).content.decode()

    assert "8 of 12 missing" in page
    assert 'lang="cy">Cymraeg</a>' in page


def test_each_text_stands_beside_its_translation(survey, engagement, client_of):
    page = client_of(engagement).get(url("translate", "cy"), {"page": "skills"}).content.decode()

    assert "<p>Do you train?</p>" in page
    assert "Ydych chi’n hyfforddi?</textarea>" in page
    assert "Anything else?" not in page


def test_saving_a_part_goes_on_to_the_next_and_leaves_what_nobody_touched(survey, engagement, client_of):
    client = client_of(engagement)
    # Meanwhile a colleague translates a text that stands on the same page.
    translations.save(survey, "cy", {"question:sure:label": "Ydych chi’n siŵr?"})
    sent = {
        "page:skills:title": "Medrau",
        "initial-page:skills:title": "Sgiliau",
        "question:sure:label": "",
        "initial-question:sure:label": "",
        "next": "yes",
    }

    answer = client.post(f"{url('translate', 'cy')}?page=skills", sent)

    assert answer["Location"] == f"{url('translate', 'cy')}?page=end"
    kept = compiling.draft_of(survey).translations["Welsh (cy)"]
    assert (kept["page:skills:title"], kept["question:sure:label"]) == ("Medrau", "Ydych chi’n siŵr?")


def test_a_translation_that_still_fits_is_said_to(survey, engagement, client_of):
    survey.questions.filter(code="trains").update(label="Do you train at all?")
    client = client_of(engagement)
    path, text = "question:trains:label", WELSH["question:trains:label"]
    sent = {path: text, f"initial-{path}": text}

    client.post(f"{url('translate', 'cy')}?page=skills", sent)
    assert translations.sheet(survey, "cy").outdated == 1

    client.post(f"{url('translate', 'cy')}?page=skills", {**sent, f"kept:{path}": "on"})
    assert translations.sheet(survey, "cy").outdated == 0


def test_only_what_is_missing_can_be_shown(survey, engagement, client_of):
    page = client_of(engagement).get(url("translate", "cy"), {"show": "missing"}).content.decode()

    assert "<p>Anything else?</p>" in page
    assert "<p>Do you train?</p>" not in page


def test_a_mark_that_was_forgotten_is_said_at_its_field(survey, engagement, client_of):
    sent = {"question:why:label": "Pam?", "initial-question:why:label": ""}
    answer = client_of(engagement).post(f"{url('translate', 'cy')}?page=skills", sent)

    assert answer.status_code == 422
    assert "${trains}" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "fr", "xx"])
def test_a_language_that_it_cannot_be_translated_into_is_no_page(survey, engagement, client_of, language):
    assert client_of(engagement).get(url("translate", language)).status_code == 404


def test_officers_read_and_change_nothing(survey, client_of):
    client = client_of(AssignmentFactory(consultation=survey.consultation, role="officer").user)

    assert "<textarea" not in client.get(url("translate", "cy")).content.decode()
    assert client.post(url("translate", "cy"), {"page:skills:title": "x"}).status_code == 403


@pytest.mark.parametrize(("kind", "start"), [("xlsx", b"PK"), ("csv", b"path,what,text,translation,state")])
def test_files_are_downloaded(survey, engagement, client_of, kind, start):
    answer = client_of(engagement).get(url("translations_file", "cy", kind))

    assert answer.content.startswith(start)
    assert f'filename="growing-views-cy.{kind}"' in answer["Content-Disposition"]


def test_a_file_of_another_kind_is_no_page(survey, engagement, client_of):
    assert client_of(engagement).get(url("translations_file", "cy", "exe")).status_code == 404


def test_a_file_is_shown_before_it_is_taken_over(survey, engagement, client_of):
    client = client_of(engagement)
    upload = SimpleUploadedFile("back.csv", b"path,text,translation\npage:end:title,The end,Y diwedd\n")
    shown = client.post(url("read_translations", "cy"), {"file": upload})

    page = shown.content.decode()
    assert "1 new, 0 changed, 0 the same" in page
    assert "page:end:title" not in compiling.draft_of(survey).translations["Welsh (cy)"]

    plan = re.search(r'name="plan" value="([^"]+)"', page)[1]
    client.post(url("read_translations", "cy"), {"plan": plan})
    assert compiling.draft_of(survey).translations["Welsh (cy)"]["page:end:title"] == "Y diwedd"


def test_a_plan_of_another_language_or_survey_is_not_taken(survey, engagement, client_of):
    answer = client_of(engagement).post(url("read_translations", "cy"), {"plan": "forged"})

    assert answer.status_code == 422


def test_publishing_warns_and_does_not_hinder(survey, engagement, client_of):
    client = client_of(engagement)
    assert "8 of 12 texts are missing" in client.get(url("publish")).content.decode()

    client.post(url("publish"), {})
    survey.refresh_from_db()
    assert survey.current_version.number == 1


def test_what_is_translated_is_read_after_the_next_publishing(survey):
    lifecycle.publish(survey.pk)
    survey.refresh_from_db()
    before = translating.spoken(survey.current_version, "cy")
    translations.save(survey, "cy", {"question:more:label": "Unrhyw beth arall?"})
    version = lifecycle.publish(survey.pk)

    assert before.question("more").label == "Anything else?"
    assert translating.spoken(version, "cy").question("more").label == "Unrhyw beth arall?"
    assert version.change == "wording"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_texts_there_are(
    survey, engagement, client_of, count, django_assert_num_queries
):
    choices = tuple(Choice(f"c{n}", f"Choice {n}") for n in range(count))
    question = Question("q", "single", "One?", choices=choices, list_code="q")
    compiling.rebuild(survey, make_definition(question, code="views"))
    client = client_of(engagement)
    client.get(url("translate", "cy"))

    with django_assert_num_queries(11):
        client.get(url("translate", "cy"))
