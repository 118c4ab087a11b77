"""A page that is filled in once for each entry: added, changed, removed, put back, counted and exported."""

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.analysis import figures
from consultations.exports.sheets import sheets
from consultations.submissions import actions, lifecycle, queries, tallies
from consultations.submissions.models import Submission, TextAnswer
from consultations.surveys.definition import Page, Question
from consultations.surveys.entries import entry_numbers
from consultations.surveys.path import Status, walk
from consultations.surveys.problems import problems_in
from engagement.core.errors import Refused
from tests.factories.kinds import sites_page
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import YES_NO, make_definition, published_survey

LAST = Page(
    "last", "Anything else", relevance="${sites} > 1", questions=(Question("more", "short_text", "Which is largest?"),)
)
TWO = {
    "sites~1": True, "sites~1~town": "Blyth", "sites~1~jobs": 12, "sites~1~grows": "yes", "sites~1~why": "Wind.",
    "sites~3": True, "sites~3~town": "Hexham", "sites~3~jobs": 30, "sites~3~grows": "no", "sites~3~why": "Not now.",
}  # fmt: skip


# --- the path -------------------------------------------------------------------------------------------


def test_each_entry_is_a_step_of_its_own_with_its_own_answers():
    path = walk(make_definition(pages=[sites_page(), LAST]), TWO)
    listed = path.pages[0]
    assert [(entry.code, entry.title) for entry in listed.entries] == [("sites~1", "Site 1"), ("sites~3", "Site 2")]
    assert [[question.code for question in entry.questions] for entry in listed.entries] == [
        ["town", "jobs", "grows", "why"],
        ["town", "jobs", "grows"],
    ]
    assert path.answers == {key: value for key, value in TWO.items() if key != "sites~3~why"}
    assert path.off_path == ["sites~3~why"]
    assert path.status("sites") == Status.COMPLETED
    assert [step.code for step in path.pages] == ["sites", "last"]


def test_how_many_there_are_can_be_asked_and_what_they_say_cannot():
    assert [step.code for step in walk(make_definition(pages=[sites_page(), LAST]), {"sites~1": True}).pages] == [
        "sites"
    ]
    outside = Page("last", relevance="${town} = 'Blyth'", questions=(Question("more", "short_text", "More"),))
    assert [problem.column for problem in problems_in(make_definition(pages=[sites_page(), outside]))] == ["relevance"]
    assert problems_in(make_definition(pages=[sites_page(), LAST])) == []


def test_what_an_entry_lacks_is_named_with_it_and_too_few_entries_with_the_page():
    definition = make_definition(pages=[sites_page(least_entries=2)])
    assert walk(definition, {}).missing == [("sites", "")]
    path = walk(definition, {"sites~7": True})
    assert path.missing == [("sites~7", "town"), ("sites", "")]
    assert path.status("sites") == Status.IN_PROGRESS
    assert walk(definition, {}).status("sites") == Status.NOT_STARTED


# --- writing --------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun():
    organisation = OrganisationFactory()
    survey = published_survey(pages=[sites_page(most_entries=3), LAST])
    user = partner(organisation)
    return actions.start(survey.consultation, user, organisation), survey, user


def at(submission, survey, page):
    return reverse("submissions:section", args=[submission.public_id, survey.code, page])


def test_sites_are_added_changed_removed_and_put_back_in_the_browser(begun, signed_in):
    submission, survey, user = begun
    client = signed_in(user)
    page = client.get(at(submission, survey, "sites")).content.decode()
    assert "Nothing added yet" in page
    assert "Add: Site" in page

    answer = client.post(at(submission, survey, "sites"), {"add": "1"})
    assert answer.url == at(submission, survey, "sites~1")
    assert client.get(answer.url).context["form"].fields.keys() == {"town", "jobs", "grows"}
    blank = client.post(answer.url, {"jobs": "12"})
    assert blank.status_code == 422
    assert "Write an answer to “In which town?”." in blank.content.decode()

    again = client.post(answer.url, {"town": "Blyth", "jobs": "12", "grows": "yes"})
    assert again.url == answer.url, "an answer brought one more question onto the same page"
    page = client.get(again.url)
    revision = page.context["revision"]
    done = client.post(again.url, {"town": "Blyth", "jobs": "12", "grows": "yes", "why": "Wind.", "revision": revision})
    assert done.url == at(submission, survey, "sites")
    page = client.get(done.url).content.decode()
    assert "Blyth" in page
    assert "Add another: Site" in page

    client.post(done.url, {"remove": "1"})
    gone = client.get(done.url).content.decode()
    assert "Blyth" not in gone
    assert "Put back: Site, number 1" in gone
    client.post(done.url, {"put_back": "1"})
    assert "Blyth" in client.get(done.url).content.decode()

    onward = client.post(done.url, {})
    assert onward.url == reverse("submissions:tasks", args=[submission.public_id])


@pytest.mark.parametrize("number", ["9", "x", "-1", "1" * 30])
def test_an_entry_that_never_was_gets_a_sentence(begun, signed_in, number):
    submission, survey, user = begun
    client = signed_in(user)
    answer = client.post(at(submission, survey, "sites"), {"remove": number})
    assert answer.status_code == 422
    assert "There is no such entry" in answer.content.decode()
    assert client.post(at(submission, survey, f"sites~{number}"), {"town": "x"}).status_code == 404


def test_no_more_are_added_than_there_is_room_for(begun):
    submission, survey, user = begun
    response = actions.begin_response(submission, survey)
    assert [actions.add_entry(response.pk, "sites", actor=user) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(Refused, match="There is room for 3"):
        actions.add_entry(response.pk, "sites", actor=user)
    actions.show_entry(response.pk, "sites", 2, is_there=False, actor=user)
    assert actions.add_entry(response.pk, "sites", actor=user) == 4, "numbers are never given twice"


def test_two_colleagues_write_in_different_entries_at_the_same_time(begun):
    submission, survey, user = begun
    response = actions.begin_response(submission, survey)
    for _ in range(2):
        actions.add_entry(response.pk, "sites", actor=user)
    response.refresh_from_db()
    for number, town in ((1, "Blyth"), (2, "Hexham")):
        actions.save_section(
            response.pk, page_code=f"sites~{number}", answers={f"sites~{number}~town": town},
            revision=response.revision, actor=user,
        )  # fmt: skip
    with pytest.raises(actions.Conflict):
        actions.save_section(
            response.pk, page_code="sites~1", answers={"sites~1~town": "Amble"}, revision=response.revision, actor=user
        )
    response.refresh_from_db()
    assert (response.data["sites~1~town"], response.data["sites~2~town"]) == ("Blyth", "Hexham")


# --- sent -----------------------------------------------------------------------------------------------


@pytest.fixture
def sent(begun):
    submission, survey, user = begun
    actions.fill(submission, survey, {**TWO, "more": "Hexham"}, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user, may_contact=True)
    return lifecycle.submit(submission.pk, actor=user)


def test_texts_of_each_entry_are_coded_and_choices_count_once_for_a_submission(sent):
    assert list(TextAnswer.objects.values_list("question_code", "entry", "text")) == [("why", 1, "Wind.")]
    counted = tallies.counts(sent.responses.get().survey).whole
    assert counted["grows", "", "yes"] == counted["grows", "", "no"] == counted["grows", "", ""] == 1
    assert tallies.differences(sent.responses.get().survey) == {}

    survey = sent.responses.get().survey
    table = figures.question_tables(sent.consultation, survey, "grows")[0]
    assert (table.base, [row.total for row in table.rows]) == (1, [1, 1])
    numbers = figures.question_tables(sent.consultation, survey, "jobs")[0]
    assert "42" in numbers.note


def test_entries_have_a_table_of_their_own_in_exports(sent):
    found = {sheet.name: sheet for sheet in sheets(sent.consultation, profile="full", labels=False)}
    survey = sent.responses.get().survey
    once, entries = found[survey.code], found[f"{survey.code}--sites"]
    assert "town" not in once.header
    rows = [dict(zip(entries.header, row, strict=True)) for row in entries.rows()]
    assert [(row["entry"], row["town"], row["jobs"], row["why"]) for row in rows] == [
        (1, "Blyth", 12, "Wind."),
        (2, "Hexham", 30, None),
    ]
    assert {row["reference"] for row in rows} == {sent.reference}
    book = [dict(zip(found["codebook"].header, row, strict=True)) for row in found["codebook"].rows()]
    assert [row["answered"] for row in book if row["column"] == "town"] == [2]


def test_the_receipt_and_the_check_page_show_every_entry(begun, sent, signed_in):
    client = signed_in(begun[2])
    page = client.get(reverse("submissions:receipt", args=[sent.public_id])).content.decode()
    assert "Your sites: Site 1" in page
    assert "Your sites: Site 2" in page
    assert "Hexham" in page


def test_reopening_brings_back_a_removed_entry(begun):
    submission, survey, user = begun
    response = actions.fill(submission, survey, TWO, actor=user)
    actions.show_entry(response.pk, "sites", 3, is_there=False, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user, may_contact=True)
    lifecycle.submit(submission.pk, actor=user)
    response.refresh_from_db()
    assert entry_numbers("sites", response.data) == [1]
    assert not any(key.startswith("sites~3") for key in response.data)
    lifecycle.reopen(submission.pk, actor=user)
    actions.show_entry(response.pk, "sites", 3, is_there=True, actor=user)
    part = queries.part_of(Submission.objects.get(pk=submission.pk), survey.code)
    assert part.path.answers["sites~3~town"] == "Hexham"


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["add", "remove", "put back", "write"]), st.integers(0, 4), st.text("abc", max_size=3)
        ),
        max_size=25,
    )
)
@settings(max_examples=30, deadline=None)
def test_whatever_is_added_and_removed_no_text_of_an_entry_is_lost(steps):
    """The pure part: a document that is patched as the actions patch it."""
    definition = make_definition(
        pages=[sites_page(Question("town", "short_text", "Town"), Question("grows", "single", "G", choices=YES_NO))]
    )
    data, texts, there, used = {}, {}, set(), 0
    for what, pick, text in steps:
        if what == "add":
            used += 1
            data[f"sites~{used}"] = True
            there.add(used)
        elif used:
            number = pick % used + 1
            if what == "write":
                data[f"sites~{number}~town"] = texts[number] = text
            else:
                data[f"sites~{number}"] = True if what == "put back" else None
                (there.add if what == "put back" else there.discard)(number)
        path = walk(definition, data)
        assert [entry.entry for entry in path.pages[0].entries] == sorted(there)
        for number in there:
            assert path.answers.get(f"sites~{number}~town", "") == texts.get(number, "")
        for number, written in texts.items():
            assert data[f"sites~{number}~town"] == written
