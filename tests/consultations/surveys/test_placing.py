"""Questions that come from elsewhere: the library, other surveys, copies of surveys, and what was deleted."""

from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.surveys import actions, compiling, copying, library, lifecycle, placing, removals
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.models import LibraryQuestion, Picture, Removal, Survey, Translation
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.problems import problems_in
from consultations.surveys.standard import QUESTIONS
from engagement.core.errors import Refused
from engagement.stakeholders.models import Area
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory
from tests.factories.surveys import YES_NO, SurveyFactory, make_definition, sample_pages

pytestmark = pytest.mark.django_db

WELSH = {
    "question:barriers:label": "Beth sy’n eich dal yn ôl?",
    "choice:barriers:skills:label": "Dod o hyd i bobl",
    "page:growth:title": "Twf",
}


@pytest.fixture
def survey():
    return drafted(ConsultationFactory(), "views")


def drafted(consultation, code, pages=None):
    survey = SurveyFactory(consultation=consultation, code=code, title="Your views")
    document = make_definition(
        code=code, title="Your views", pages=pages or named_lists(sample_pages()), translations={"cy": WELSH}
    )
    compiling.rebuild(survey, document)
    survey.refresh_from_db()
    return survey


def named_lists(pages):
    """The sample with lists that go by their question, as drafts have them."""
    return tuple(
        replace(
            page,
            questions=tuple(
                replace(
                    one,
                    list_code=one.code if one.choices else "",
                    row_list_code=f"{one.code}_rows" if one.rows else "",
                )
                for one in page.questions
            ),
        )
        for page in pages
    )


def row_of(survey, code):
    return QuestionRow.objects.select_related("page__survey", "survey__consultation").get(survey=survey, code=code)


def sha(survey):
    return compiling.draft_of(survey).sha256


# --- deleting and putting back ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", [one.code for page in sample_pages() for one in page.questions])
def test_a_question_that_was_deleted_comes_back_as_it_was(survey, code):
    before = sha(survey)
    removals.delete_question(row_of(survey, code))
    assert sha(survey) != before
    _, notes = removals.put_back(Removal.objects.get())
    assert (sha(survey), notes, Removal.objects.count()) == (before, [], 0)


@pytest.mark.parametrize("code", ["growth", "numbers", "training"])
def test_a_page_that_was_deleted_comes_back_as_it_was(survey, code):
    before = sha(survey)
    removals.delete_page(survey.pages.get(code=code))
    assert code not in [page.code for page in compiling.draft_of(survey).pages]
    assert not Translation.objects.filter(path__startswith=f"page:{code}:").exists()
    removals.put_back(Removal.objects.get())
    assert sha(survey) == before


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(st.sampled_from(["invests", "barriers", "assets", "staff", "page growth", "page numbers"]), unique=True)
)
def test_whatever_was_deleted_comes_back_in_the_opposite_order(gone):
    survey = drafted(ConsultationFactory(), "views")
    before = sha(survey)
    for name in gone:
        kind, _, code = name.rpartition(" ")
        if kind and survey.pages.filter(code=code).exists():
            removals.delete_page(survey.pages.get(code=code))
        elif not kind and survey.questions.filter(code=code).exists():
            removals.delete_question(row_of(survey, code))
    for removal in Removal.objects.filter(survey=survey).order_by("-pk"):
        removals.put_back(removal)
    assert sha(survey) == before


def test_a_question_whose_page_is_gone_comes_back_with_its_page(survey):
    removals.delete_question(row_of(survey, "staff"))
    removals.delete_page(survey.pages.get(code="numbers"))
    removals.put_back(Removal.objects.get(what="question"))
    page = compiling.draft_of(survey).page("numbers")
    assert (page.title, [one.code for one in page.questions]) == ("Your organisation in numbers", ["staff"])


def test_what_is_put_back_into_another_draft_says_what_it_lost(survey):
    question = row_of(survey, "turnover")
    question.relevance = "${staff} > 5"
    question.save()
    removals.delete_question(question)
    actions.delete_question(row_of(survey, "staff"))
    actions.save_question(survey.pages.get(code="growth"), {"code": "turnover", "kind": "date", "label": "Another"})
    back, notes = removals.put_back(Removal.objects.get())
    assert (back.code, back.relevance) == ("turnover_2", "")
    assert notes == [
        "The code “turnover” is taken in this survey, so it has the code “turnover_2”.",
        "It looked at questions that this survey does not ask, so nothing is set for when it is shown.",
    ]


def test_publishing_makes_the_deletion_final(survey):
    removals.delete_question(row_of(survey, "staff"))
    lifecycle.publish(survey.pk)
    assert not Removal.objects.exists()


# --- the library -----------------------------------------------------------------------------------------


def test_a_question_goes_through_the_library_with_everything_it_has(survey):
    question = row_of(survey, "barriers")
    question.theme = ThemeFactory(consultation=survey.consultation)
    question.settings = {"most_choices": 2}
    question.relevance = "${invests} = 'yes'"
    question.save()
    item = library.save(question, topic="Growth")
    other = drafted(ConsultationFactory(), "other", pages=(Page("one", "One"),))
    Translation.objects.filter(survey=other).delete()
    placed = library.take(item, other.pages.get())

    assert placed.notes == []
    original, copy = (compiling.draft_of(one).question("barriers") for one in (survey, other))
    assert copy == replace(original, theme="", relevance="")
    assert compiling.draft_of(other).translations == {
        "cy": {path: text for path, text in WELSH.items() if not path.startswith("page:")}
    }


def test_a_code_stands_for_one_question_of_the_library(survey):
    first = library.save(row_of(survey, "invests"), topic="Growth")
    assert library.save(row_of(survey, "invests"), topic="Money") == first
    first.refresh_from_db()
    assert first.topic == "Money"
    question = row_of(survey, "invests")
    question.label = "Do you pay for training?"
    question.save()
    with pytest.raises(Refused, match="The library has another question under the code “invests”"):
        library.save(question, topic="")


def test_a_question_taken_twice_keeps_its_first_code_for_the_first(survey):
    item = library.save(row_of(survey, "invests"), topic="")
    page = survey.pages.get(code="numbers")
    placed = library.take(item, page)
    assert placed.question.code == "invests_2"
    # The same choices stand in one list.
    assert placed.question.choice_list == row_of(survey, "invests").choice_list
    assert not problems_in(compiling.draft_of(survey))


def test_a_rule_that_names_its_own_question_follows_the_new_code(survey):
    question = row_of(survey, "staff")
    question.constraint = "${staff} < 100"
    question.save()
    placed = library.take_from(question, survey.pages.get(code="numbers"))
    assert placed.question.constraint == "${staff_2} < 100"


def test_the_standard_questions_come_once_and_can_all_be_published():
    assert library.add_standard_questions() == len(QUESTIONS) + 1
    assert library.add_standard_questions() == 0
    survey = drafted(ConsultationFactory(), "all", pages=(Page("one", "One"),))
    Translation.objects.all().delete()
    for item in LibraryQuestion.objects.all():
        assert library.take(item, survey.pages.get()).notes == []
    assert problems_in(compiling.draft_of(survey)) == []
    areas = compiling.draft_of(survey).question("areas")
    places = Area.objects.filter(level="authority").order_by("name").values_list("code", flat=True)
    assert [choice.code for choice in areas.choices] == [*places, "everywhere"]


# --- copies ----------------------------------------------------------------------------------------------


def test_a_copy_of_a_survey_has_everything_in_another_consultation_too(survey):
    theme = ThemeFactory(consultation=survey.consultation, code="skills")
    here, there = ThemeFactory(consultation=survey.consultation, code="land"), ConsultationFactory()
    ThemeFactory(consultation=there, code="skills")
    for code, of in (("invests", theme), ("staff", here)):
        question = row_of(survey, code)
        question.theme = of
        question.save()
    question = row_of(survey, "barriers_text")
    question.relevance = "selected(${barriers}, 'skills')"
    question.save()
    survey.import_notes = {"survey": {"note": "kept"}}
    survey.save()
    copy, notes = copying.copy_survey(survey, there, title="Your views again")

    assert notes == ["This consultation has no theme “land”, so what belonged to it has none."]
    assert (copy.code, copy.state, copy.current_version, copy.import_notes) == (
        "views", "draft", None, survey.import_notes,
    )  # fmt: skip
    before, after = compiling.draft_of(survey), compiling.draft_of(copy)
    unthemed = tuple(
        replace(page, questions=tuple(replace(q, theme="") if q.code == "staff" else q for q in page.questions))
        for page in before.pages
    )
    assert replace(after, title=before.title) == replace(before, pages=unthemed)
    # The page that the document cuts in two is still one page of the draft.
    assert [page.code for page in copy.pages.order_by("order")] == ["growth", "numbers", "training"]
    assert copying.copy_survey(survey, survey.consultation, title="Here")[0].code == "views-2"


def test_conditions_within_a_copied_page_look_at_the_copies(survey):
    for code, text in (("barriers", "${invests} = 'yes'"), ("barriers_text", "${ barriers } != ''")):
        question = row_of(survey, code)
        question.relevance, question.label = text, f"{question.label} (${{invests}})"
        question.save()
    page = copying.copy_page(survey.pages.get(code="growth"))
    assert [(one.code, one.relevance) for one in page.questions.order_by("order")] == [
        ("read_first_2", ""),
        ("invests_2", ""),
        ("barriers_2", "${invests_2} = 'yes'"),
        ("barriers_text_2", "${barriers_2} != ''"),
    ]
    assert row_of(survey, "barriers_2").label == "What holds you back? (${invests_2})"
    assert [one.code for one in survey.pages.order_by("order")] == ["growth", page.code, "numbers", "training"]
    assert problems_in(compiling.draft_of(survey)) == []


def test_copies_of_questions_and_pages_are_translated_too(survey):
    copy = copying.copy_question(row_of(survey, "barriers"))
    texts = compiling.draft_of(survey).translations["cy"]
    assert texts["question:barriers_2:label"] == WELSH["question:barriers:label"]
    assert texts[f"choice:{copy.choice_list.code}:skills:label"] == "Dod o hyd i bobl"


def test_a_translation_that_has_to_be_looked_at_again_still_has_to_wherever_it_goes(survey):
    stale = Translation.objects.filter(survey=survey, path="question:barriers:label")
    stale.update(source="What held you back?")
    removals.delete_question(row_of(survey, "barriers"))
    removals.put_back(Removal.objects.get())
    assert stale.get().source == "What held you back?"
    copying.copy_question(row_of(survey, "barriers"))
    copy, _ = copying.copy_survey(survey, survey.consultation, title="Again")
    assert set(
        Translation.objects.filter(path__in=["question:barriers:label", "question:barriers_2:label"]).values_list(
            "survey", "path", "source"
        )
    ) == {
        (one.pk, path, "What held you back?")
        for one in (survey, copy)
        for path in ("question:barriers:label", "question:barriers_2:label")
    }


def test_a_picture_goes_along_as_a_copy_of_its_own(survey, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(
        survey=survey, file_name="map.png", content_type="image/png", size=3, sha256="a" * 64, width=2, height=1
    )
    picture.file.save("map.png", ContentFile(b"png"), save=False)
    picture.save()
    page = survey.pages.get(code="growth")
    facts = {"code": "map", "kind": "image", "label": "A map", "settings": {"picture": str(picture.public_id)}}
    actions.save_question(page, facts)
    copy, _ = copying.copy_survey(survey, survey.consultation, title="Again")
    other = drafted(ConsultationFactory(), "other")
    library.take_from(row_of(survey, "map"), other.pages.get(code="growth"))
    library.take_from(row_of(survey, "map"), other.pages.get(code="growth"))
    for one, number in ((survey, 1), (copy, 1), (other, 1)):
        own = Picture.objects.get(survey=one)
        assert (tmp_path / own.file.name).read_bytes() == b"png"
        assert row_of(one, "map").settings["picture"] == str(own.public_id)
        assert Picture.objects.filter(survey=one).count() == number
    removals.delete_question(row_of(survey, "map"))
    back, _ = removals.put_back(Removal.objects.get())
    assert back.settings["picture"] == str(picture.public_id)


# --- the pages -------------------------------------------------------------------------------------------


@pytest.fixture
def user(survey):
    return AssignmentFactory(consultation=survey.consultation, role="engagement").user


@pytest.fixture
def staff(user, signed_in):
    return signed_in(user)


def at(name, survey, *args):
    return reverse(f"surveys:{name}", args=[survey.consultation.reference, survey.code, *args])


def test_a_question_is_deleted_and_put_back_by_buttons(survey, staff):
    before, question = sha(survey), row_of(survey, "staff")
    answer = staff.post(at("delete_question", survey, question.pk))
    assert answer["Location"] == f"{at('edit', survey)}#deleted"
    address = at("put_back", survey, Removal.objects.get().pk)
    assert address in staff.get(at("edit", survey)).content.decode()
    answer = staff.post(address)
    assert answer["Location"] == f"{at('edit', survey)}#question-{row_of(survey, 'staff').pk}"
    assert sha(survey) == before
    assert staff.post(address).status_code == 404
    staff.post(at("delete_page", survey, survey.pages.get(code="growth").pk))
    staff.post(at("put_back", survey, Removal.objects.get().pk))
    assert sha(survey) == before


def test_what_depends_on_a_question_is_told_before_it_is_deleted(survey, staff):
    address = at("delete_question", survey, row_of(survey, "invests").pk)
    text = staff.get(address).content.decode()
    assert "Correct afterwards what depends on it, or the survey cannot be published: “Training”." in text
    assert "depends" not in staff.get(at("delete_question", survey, row_of(survey, "staff").pk)).content.decode()
    page = survey.pages.get(code="growth")
    assert "cannot be published: “Training”." in staff.get(at("delete_page", survey, page.pk)).content.decode()
    training = survey.pages.get(code="training")
    assert "depends" not in staff.get(at("delete_page", survey, training.pk)).content.decode()


def test_a_question_is_found_and_taken_by_buttons(survey, staff, user):
    library.add_standard_questions()
    page = survey.pages.get(code="numbers")
    address = at("library", survey, page.pk)
    assert "How many people work for your organisation?" in staff.get(address).content.decode()
    found = staff.get(f"{address}?q=people+organisation").context["found"]
    assert [one["code"] for one in found] == ["size"]
    answer = staff.post(f"{address}?q=people", {"take": found[0]["value"]})
    assert answer["Location"] == f"{at('edit', survey)}#question-{row_of(survey, 'size').pk}"
    assert "Nothing found" in staff.get(f"{address}?q=xylophone").content.decode()

    other = drafted(ConsultationFactory(), "other")
    assert staff.get(f"{address}?where=elsewhere").context["found"] == []
    value = f"question-{row_of(other, 'provider').pk}"
    assert staff.post(address, {"take": value}).status_code == 422
    AssignmentFactory(consultation=other.consultation, user=user, role="engagement")
    assert value in [one["value"] for one in staff.get(f"{address}?where=elsewhere").context["found"]]
    staff.post(address, {"take": value})
    assert row_of(survey, "provider_2").label == "Who trains your people?"


@pytest.mark.parametrize("value", ["", "library-", "library-x", "library-99999999", "question-0", "nonsense-1"])
def test_what_is_not_there_is_said(survey, staff, value):
    answer = staff.post(at("library", survey, survey.pages.first().pk), {"take": value})
    assert answer.status_code == 422
    assert "This question is not there any more. Choose another." in answer.content.decode()


def test_the_standard_questions_are_offered_where_they_are_missing(survey, staff):
    address = at("library", survey, survey.pages.first().pk)
    assert "Add the standard questions" in staff.get(address).content.decode()
    staff.post(address, {"standard": "yes"})
    assert LibraryQuestion.objects.count() == len(QUESTIONS) + 1
    assert "Add the standard questions" not in staff.get(address).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_looking_into_the_library_costs_the_same(count, survey, staff, django_assert_num_queries):
    for number in range(count):
        LibraryQuestion.objects.create(
            code=f"q{number}",
            kind="date",
            label="When?",
            document={"code": f"q{number}", "kind": "date", "label": "When?"},
        )
    with django_assert_num_queries(9):
        page = staff.get(at("library", survey, survey.pages.first().pk))
    assert len(page.context["found"]) == count


def test_a_question_is_saved_and_removed_by_buttons(survey, staff, signed_in):
    question = row_of(survey, "invests")
    staff.post(at("save_to_library", survey, question.pk), {"topic": "Growth"})
    item = LibraryQuestion.objects.get()
    assert (item.topic, item.origin) == ("Growth", f"Your views, {survey.consultation.title}")
    address = at("remove_from_library", survey, question.page_id, item.pk)
    colleague = signed_in(AssignmentFactory(consultation=survey.consultation, role="engagement").user)
    assert colleague.post(address).status_code == 403
    assert address not in colleague.get(at("library", survey, question.page_id)).content.decode()
    assert address in staff.get(at("library", survey, question.page_id)).content.decode()
    assert staff.post(address).status_code == 302
    assert not LibraryQuestion.objects.exists()
    assert staff.get(address).status_code == 404


def test_a_survey_is_copied_where_one_runs_a_consultation(survey, staff, user):
    there = AssignmentFactory(user=user, role="engagement").consultation
    foreign = ConsultationFactory()
    page = staff.get(at("copy", survey))
    assert set(page.context["form"].fields["consultation"].queryset) == {survey.consultation, there}
    answer = staff.post(at("copy", survey), {"title": "Again", "consultation": foreign.pk})
    assert answer.status_code == 422
    assert "Choose one of the consultations that you run." in answer.content.decode()
    answer = staff.post(at("copy", survey), {"title": "Again", "consultation": there.pk})
    copy = Survey.objects.get(consultation=there)
    assert answer["Location"] == at("edit", copy)
    assert copy.title == "Again"


def test_focus_stays_on_what_was_moved(survey, staff):
    def pressed(name, row):
        return staff.post(at(name, survey, row.pk))["Location"].partition("#")[2]

    question, page = row_of(survey, "barriers"), survey.pages.get(code="numbers")
    assert pressed("question_up", question) == f"question-{question.pk}-up"
    assert f'id="question-{question.pk}-up"' in staff.get(at("edit", survey)).content.decode()
    assert pressed("page_up", page) == f"page-{page.pk}"
    assert pressed("page_down", page) == f"page-{page.pk}-down"
    assert f'id="page-{page.pk}-down"' in staff.get(at("edit", survey)).content.decode()
    assert pressed("page_down", page) == f"page-{page.pk}"
    assert pressed("copy_page", page) == f"page-{survey.pages.order_by('-order').first().pk}"


def test_who_may(survey, staff, signed_in):
    officer = signed_in(AssignmentFactory(consultation=survey.consultation, role="officer").user)
    stranger, administrator = signed_in(UserFactory(engagement=True)), signed_in(UserFactory(administrator=True))
    question = row_of(survey, "staff")
    item = library.save(row_of(survey, "invests"), topic="")
    for address in (
        at("library", survey, question.page_id),
        at("save_to_library", survey, question.pk),
        at("copy", survey),
    ):
        assert [one.get(address).status_code for one in (staff, administrator, officer, stranger)] == [
            200,
            200,
            403,
            404,
        ]
    assert administrator.get(at("remove_from_library", survey, question.page_id, item.pk)).status_code == 200
    kept = removals.delete_question(question)
    assert [one.post(at("put_back", survey, kept.pk)).status_code for one in (officer, stranger)] == [403, 404]


def test_a_list_of_the_same_code_with_other_choices_is_left_alone(survey):
    other = drafted(
        ConsultationFactory(), "other",
        pages=(Page("one", "One", questions=(
            Question("trains", "single", "Train?", choices=(*YES_NO, Choice("soon", "Soon")), list_code="invests"),
        )),),
    )  # fmt: skip
    Translation.objects.filter(survey=other).delete()
    placed = library.take_from(row_of(other, "trains"), survey.pages.get(code="numbers"))
    assert placed.question.choice_list.code == "invests_2"
    definition = compiling.draft_of(survey)
    assert [len(definition.question(code).choices) for code in ("invests", "trains")] == [2, 3]
    assert placing.texts_of(survey, [definition.question("invests")]) == {}
