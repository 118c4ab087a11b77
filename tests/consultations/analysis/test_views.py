"""The desk, the frame and the figures as officers meet them."""

import pytest
from django.urls import reverse

from consultations.analysis import actions
from consultations.analysis.models import Code, CodeFrame, Coding, Excerpt, SourceReading
from consultations.submissions.models import TextAnswer
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, agreed_note, coded, heard, survey_asking
from tests.factories.events import NoteFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return survey_asking(ConsultationFactory(reference="lis"))


@pytest.fixture
def officer(survey):
    return AssignmentFactory(consultation=survey.consultation, role="officer").user


@pytest.fixture
def engagement(survey):
    return AssignmentFactory(consultation=survey.consultation, role="engagement").user


@pytest.fixture
def code(survey):
    return CodeFactory(frame=CodeFrameFactory(consultation=survey.consultation), label="Buses")


def _answer(survey, text="Buses are few. Trains are full. Roads are worn.", **fields):
    heard(survey, {"why": text}, **fields)
    return TextAnswer.objects.latest("pk")


def _text_url(answer):
    return reverse("analysis:text", args=["lis", "answer", answer.pk])


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_however_many_texts_there_are(
    survey, officer, signed_in, django_assert_num_queries, count
):
    for _ in range(count):
        _answer(survey)
        agreed_note(survey.consultation, "No bus after six.")
    client = signed_in(officer)

    with django_assert_num_queries(15):
        page = client.get(reverse("analysis:desk", args=["lis"]))

    assert page.content.count(b'data-label="Text"') == 2 * count


def test_the_desk_shows_agreed_notes_only(survey, officer, signed_in):
    note = agreed_note(survey.consultation, "Agreed point.")
    NoteFactory(event=note.event, text="Still a draft.")

    page = signed_in(officer).get(reverse("analysis:desk", args=["lis"])).content.decode()

    assert "Agreed point." in page
    assert "Still a draft." not in page


def test_filters_stand_in_the_address_and_nonsense_filters_nothing(survey, officer, signed_in):
    _answer(survey, "Buses are few.")
    _answer(survey, "Rents are high.")
    desk = reverse("analysis:desk", args=["lis"])

    found = signed_in(officer).get(desk, {"search": "rents", "question": "main/why"}).content.decode()
    everything = signed_in(officer).get(desk, {"sector": "nonsense", "page": "99"}).content.decode()

    assert ("Rents are high." in found, "Buses are few." in found) == (True, False)
    assert "Rents are high." in everything
    assert "Buses are few." in everything


def test_an_officer_codes_two_neighbouring_sentences_as_one_passage(survey, officer, signed_in, code):
    answer = _answer(survey)

    page = signed_in(officer).post(
        _text_url(answer), {"sentences": ["0", "1"], "codes": [code.pk], "stance": "support"}, follow=True
    )

    excerpt = Excerpt.objects.get()
    assert excerpt.text == "Buses are few. Trains are full."
    assert list(excerpt.codings.values_list("code", "stance", "coder")) == [(code.pk, "support", officer.pk)]
    assert "1 passage coded as “Buses”." in page.content.decode()
    assert Entry.objects.filter(verb="passage.coded", actor=officer, scope="lis").count() == 1


def test_coding_without_a_sentence_or_a_code_says_what_is_missing(survey, officer, signed_in, code):
    page = signed_in(officer).post(_text_url(_answer(survey)), {})

    text = page.content.decode()
    assert page.status_code == 422
    assert "Choose at least one sentence." in text
    assert "Choose at least one code." in text
    assert not Excerpt.objects.exists()


@pytest.mark.parametrize("wrong", [{"sentences": ["77"]}, {"codes": ["999999"]}, {"stance": "shouting"}])
def test_values_that_are_not_on_the_page_change_nothing(survey, officer, signed_in, code, wrong):
    data = {"sentences": ["0"], "codes": [code.pk], **wrong}

    assert signed_in(officer).post(_text_url(_answer(survey)), data).status_code == 422
    assert not Coding.objects.exists()


def test_engagement_staff_read_and_do_not_code(survey, engagement, signed_in, code):
    answer = _answer(survey)
    client = signed_in(engagement)

    assert "Put the codes" not in client.get(_text_url(answer)).content.decode()
    assert client.post(_text_url(answer), {"sentences": ["0"], "codes": [code.pk]}).status_code == 403
    assert not Coding.objects.exists()


def test_a_code_is_taken_off_and_the_empty_passage_goes(survey, officer, signed_in, code):
    answer = _answer(survey)
    coding = coded(answer, code).codings.get()

    signed_in(officer).post(reverse("analysis:remove_coding", args=["lis", coding.pk]))

    assert not Excerpt.objects.exists()


def test_reading_a_text_leads_to_the_next_unread_one(survey, officer, signed_in):
    first, second = _answer(survey, "First."), _answer(survey, "Second.")
    client = signed_in(officer)

    page = client.post(_text_url(first), {"read": "yes"})
    last = client.post(_text_url(second), {"read": "yes"})

    assert page.headers["Location"] == _text_url(second)
    assert last.headers["Location"] == reverse("analysis:desk", args=["lis"])
    assert SourceReading.objects.count() == 2


def test_texts_of_drafts_and_of_other_consultations_do_not_exist_here(survey, officer, signed_in):
    draft = _answer(survey, "Not sent yet.", state="in_progress")
    foreign = _answer(survey_asking(ConsultationFactory()), "Elsewhere.")

    for answer in (draft, foreign):
        assert signed_in(officer).get(_text_url(answer)).status_code == 404
        assert signed_in(officer).post(_text_url(answer), {"read": "yes"}).status_code == 404
    assert not SourceReading.objects.exists()


def test_the_frame_starts_from_the_themes_once(survey, officer, signed_in):
    ThemeFactory(consultation=survey.consultation, name="Skills", code="skills")
    start = reverse("analysis:start_frame", args=["lis"])

    for _ in range(2):
        signed_in(officer).post(start)

    assert list(Code.objects.values_list("label", flat=True)) == ["Skills"]
    assert CodeFrame.objects.count() == 1


def test_a_code_has_two_levels_and_one_label(survey, officer, signed_in, code):
    client, add = signed_in(officer), reverse("analysis:add_code", args=["lis"])

    client.post(add, {"label": "Night buses", "parent": code.pk, "definition": "After six."})
    again = client.post(add, {"label": "night buses", "parent": code.pk})
    child = Code.objects.get(label="Night buses")

    assert child.parent == code
    assert "There is a code “night buses” already." in again.content.decode()
    with pytest.raises(Refused, match="two levels"):
        actions.add_code(code.frame_id, label="Deeper", parent=child, actor=officer)


def test_a_used_code_is_retired_and_stays_on_its_passages(survey, officer, signed_in, code):
    coded(_answer(survey), code)

    signed_in(officer).post(reverse("analysis:retire_code", args=["lis", code.code]))

    code.refresh_from_db()
    assert code.retired_at is not None
    assert code.codings.count() == 1


def test_a_frozen_frame_takes_no_code_and_opens_again_with_a_reason(survey, officer, signed_in, code):
    client, answer = signed_in(officer), _answer(survey)
    client.post(reverse("analysis:freeze_frame", args=["lis"]))

    with pytest.raises(Refused, match="frozen"):
        actions.code_passages(survey.consultation, answer, [(0, 5)], [code], actor=officer)
    assert client.get(reverse("analysis:add_code", args=["lis"])).status_code == 403

    unfreeze = reverse("analysis:unfreeze_frame", args=["lis"])
    assert "Say why." in client.post(unfreeze, {}).content.decode()
    client.post(unfreeze, {"reason": "A letter was found."})
    assert CodeFrame.objects.get().state == "in_use"
    assert Entry.objects.get(verb="code_frame.unfrozen").facts["reason"] == "A letter was found."


@pytest.mark.parametrize("name", ["desk", "frame", "figures"])
@pytest.mark.parametrize(
    ("who", "status"), [("officer", 404), ("administrator", 200), ("partner", 404), ("nobody", 302)]
)
def test_who_may_open_what(survey, client, signed_in, name, who, status):
    people = {
        "officer": lambda: UserFactory(officer=True),
        "administrator": lambda: UserFactory(administrator=True),
        "partner": UserFactory,
    }
    caller = client if who == "nobody" else signed_in(people[who]())

    assert caller.get(reverse(f"analysis:{name}", args=["lis"])).status_code == status


@pytest.mark.parametrize("query", ["", "?survey=main", "?survey=main&split=sector", "?split=area", "?split=nonsense"])
def test_the_figures_page_shows_its_bases(survey, officer, signed_in, code, query):
    heard(survey, {"grow": "yes", "barriers": ["skills"], "people": 4, "rate": {"roads": "yes"}, "why": "Because."})
    coded(TextAnswer.objects.get(), code)

    page = signed_in(officer).get(reverse("analysis:figures", args=["lis"]) + query).content.decode()

    assert "Base: 1 submissions" in page


@pytest.mark.parametrize("path", ["analysis:desk", "analysis:frame", "analysis:figures"])
def test_the_pages_are_accessible_and_fit_a_narrow_screen(survey, officer, code, open_page, axe, fits, path):
    heard(survey, {"grow": "yes", "why": "Buses are few. Trains are full."})
    page = open_page(reverse(path, args=["lis"]), user=officer, width=320)

    axe(page)
    fits(page)


def test_coding_works_in_the_browser_without_scripts(survey, officer, code, open_page, axe, fits):
    answer = _answer(survey)
    page = open_page(_text_url(answer), user=officer, width=320, js=False)
    page.get_by_label("Trains are full.").check()
    page.get_by_role("button", name="Put the codes on the sentences").click()
    assert "Choose at least one code." in page.content()
    page.get_by_label("Buses", exact=True).check()
    page.get_by_role("button", name="Put the codes on the sentences").click()

    assert Excerpt.objects.get().text == "Trains are full."
    fits(page)
