import pytest
from django.db import DatabaseError, IntegrityError, transaction

from consultations.surveys import compiling, lifecycle, queries
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.models import Survey, SurveyVersion
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.surveys import SurveyFactory, make_definition, published_survey, sample_pages

pytestmark = pytest.mark.django_db


def drafted(*questions, survey=None, pages=None):
    survey = survey or SurveyFactory()
    compiling.rebuild(survey, make_definition(*questions, pages=pages, code=survey.code, title=survey.title))
    return survey


def test_publishing_freezes_the_draft_and_says_who_did_it():
    survey, actor = drafted(), UserFactory(engagement=True)

    version = lifecycle.publish(survey.pk, actor=actor)

    survey.refresh_from_db()
    assert (version.number, version.change, survey.state, survey.current_version) == (1, "first", "ready", version)
    assert version.definition == compiling.draft_of(survey).to_json()
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor, entry.facts["sha256"]) == ("survey.published", actor, version.sha256)


def test_publishing_twice_makes_one_version():
    survey = drafted()
    first = lifecycle.publish(survey.pk)
    assert lifecycle.publish(survey.pk) == first
    assert SurveyVersion.objects.count() == 1


def test_a_survey_that_cannot_be_published_names_every_problem():
    survey = drafted(
        Question("a", "short_text", "A", relevance="${b} = 1"),
        Question("b", "integer", "B", constraint=". >"),
        Question("c", "short_text", "C", relevance="${nothing} = 'x'"),
    )
    with pytest.raises(Refused) as refusal:
        lifecycle.publish(survey.pk)
    assert "“a”, “shown when”, character 1: It refers to “b”, which comes later." in refusal.value.message
    assert "“b”, “accepted when”, character 4: It breaks off" in refusal.value.message
    assert "“c”, “shown when”, character 1: It refers to “nothing”" in refusal.value.message
    assert not SurveyVersion.objects.exists()


def test_an_empty_survey_is_not_published():
    with pytest.raises(Refused, match="no question yet"):
        lifecycle.publish(SurveyFactory().pk)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (Question("a", "short_text", "Other words"), "wording"),
        (Question("a", "short_text", "A", required=True), "narrowing"),
        (Question("a", "short_text", "A", constraint=". != 'x'"), "narrowing"),
    ],
)
def test_each_version_says_what_kind_of_change_it_is(after, expected):
    survey = drafted(Question("a", "short_text", "A"))
    lifecycle.publish(survey.pk)
    drafted(after, survey=survey)
    assert lifecycle.publish(survey.pk).change == expected


def test_a_new_question_is_an_addition():
    survey = drafted(Question("a", "short_text", "A"))
    lifecycle.publish(survey.pk)
    drafted(Question("a", "short_text", "A"), Question("b", "short_text", "B"), survey=survey)
    version = lifecycle.publish(survey.pk)
    assert (version.number, version.change) == (2, "additive")


def test_a_code_is_never_used_again_for_another_kind():
    survey = drafted(Question("a", "short_text", "A"), Question("b", "short_text", "B"))
    lifecycle.publish(survey.pk)
    drafted(Question("b", "short_text", "B"), survey=survey)
    lifecycle.publish(survey.pk)
    drafted(Question("a", "integer", "A"), Question("b", "short_text", "B"), survey=survey)
    with pytest.raises(Refused, match="The code “a” was used for another kind of question before"):
        lifecycle.publish(survey.pk)


def test_a_published_version_cannot_be_changed_by_the_model_or_behind_its_back():
    version = published_survey().current_version
    with pytest.raises(Refused):
        version.save()
    for change in ({"definition": {}}, {"sha256": "0" * 64}):
        with pytest.raises((IntegrityError, DatabaseError), match="cannot be changed"), transaction.atomic():
            SurveyVersion.objects.filter(pk=version.pk).update(**change)


def test_a_survey_goes_live_and_closes_once():
    survey = drafted()
    with pytest.raises(Refused, match="Publish the survey"):
        lifecycle.go_live(survey.pk)
    lifecycle.publish(survey.pk)
    for _ in range(2):
        assert lifecycle.go_live(survey.pk).state == Survey.State.LIVE
    assert list(queries.live_surveys(survey.consultation)) == [survey]
    for _ in range(2):
        assert lifecycle.close(survey.pk).state == Survey.State.CLOSED
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "survey.published",
        "survey.put_live",
        "survey.closed",
    ]


def test_why_a_consultation_is_not_ready():
    survey = SurveyFactory()
    assert queries.why_not_ready(survey.consultation) == "No survey has been published. Publish one and put it live."
    drafted(survey=survey)
    lifecycle.publish(survey.pk)
    assert queries.why_not_ready(survey.consultation) == "No survey is live. Put one live on its page."
    lifecycle.go_live(survey.pk)
    assert queries.why_not_ready(survey.consultation) == ""


def test_a_follow_up_on_the_same_page_moves_to_the_next():
    survey = drafted(
        Question("a", "single", "A", choices=(Choice("yes", "Yes"), Choice("no", "No"))),
        Question("b", "short_text", "B", relevance="${a} = 'yes'"),
        Question("c", "short_text", "C"),
    )
    pages = compiling.draft_of(survey).pages
    assert [(page.code, [question.code for question in page.questions]) for page in pages] == [
        ("main", ["a"]),
        ("main_2", ["b", "c"]),
    ]


def test_compiling_costs_the_same_however_many_questions(django_assert_num_queries):
    few, many = drafted(Question("a", "short_text", "A")), drafted(pages=sample_pages())
    for survey in (few, many):
        survey = Survey.objects.select_related("theme").get(pk=survey.pk)
        count = 3 if survey.pk == few.pk else 7
        with django_assert_num_queries(count):
            compiling.draft_of(survey)
    assert QuestionRow.objects.filter(survey=few).count() == 1


def test_pages_are_kept_in_their_order():
    survey = drafted(
        pages=[Page("z", questions=(Question("a", "note", "A"),)), Page("b", questions=(Question("c", "date", "C"),))]
    )
    assert [page.code for page in compiling.draft_of(survey).pages] == ["z", "b"]
