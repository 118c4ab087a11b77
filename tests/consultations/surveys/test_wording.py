"""The plain-English checks: what they remark, and that they leave good questions alone."""

from pathlib import Path

import pytest

from consultations.dashboards import demonstration
from consultations.surveys import xlsform
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.plainwords import JARGON, LEADING, NEGATIVES
from consultations.surveys.standard import QUESTIONS
from consultations.surveys.wording import (
    LEAST_WORDS,
    age_of,
    explained_in,
    is_english,
    reading_age,
    remarks_in,
    remarks_on,
    syllables_in,
)
from tests.factories.surveys import BARRIERS, FIVE, YES_NO, make_definition, sample_pages

QUESTIONNAIRES = Path(demonstration.__file__).parent / "questionnaires"
SYLLABLES = """
a 1 the 1 of 1 people 2 training 2 business 2 employer 3 organisation 5 community 4 productivity 5 strategy 3 would 1
area 3 areas 3 used 1 wanted 2 little 2 table 2 tables 2 apprentice 3 apprentices 4 vacancies 3 evidence 3 whole 1
create 2 idea 3 ideas 3 being 2 science 2 social 2 nation 2 region 2 regional 3 university 5 universities 5
infrastructure 4
investment 3 energy 3 hours 1 house 1 houses 2 places 2 changes 2 served 1 needed 2 decided 3 cities 2 answer 2 question
2 questions 2 transport 2 broadband 2 innovation 4 research 2 finance 2 support 2 grow 1 growing 2 doing 2 trying 2 made
1 machine 2 government 3 local 2 national 3 quality 3 barrier 3 barriers 3 skill 1 skills 1 work 1 worked 1 working 2
tourism 4 museum 3 video 3 radio 3 quiet 2 real 1 really 2
""".split()


def checks(question, explained=frozenset()):
    return [remark.check for remark in remarks_on(question, explained)]


def asked(label, kind="single", **facts):
    return Question("q", kind, label, choices=facts.pop("choices", YES_NO), **facts)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (asked("Was the course clear and useful?"), ["double"]),
        (asked("How cheap and reliable are buses?", "scale", choices=FIVE), ["double"]),
        (asked("Do you have apprentices? Do you want some?"), ["double"]),
        (asked("Would you agree that wages are too low?"), ["leading"]),
        (asked("How much do you like our successful scheme?"), ["leading", "leading"]),
        (asked("Surely buses should run later?"), ["leading"]),
        (asked("Should we not build the bridge?"), ["negative"]),
        (asked("Don’t you think so?"), ["leading", "negative"]),
        (asked("How well?", "matrix", rows=(Choice("a", "Trains are never late"),)), ["negative"]),
        (asked("How could we utilise land?", "long_text", choices=()), ["jargon"]),
        (asked("What do stakeholders want going forward?", "long_text", choices=()), ["jargon", "jargon"]),
        (asked("Do you know the NECA scheme?"), ["short_form"]),
        (asked("Which?", choices=(Choice("a", "Ask DfT"),)), []),
        (asked("Which?", choices=(Choice("a", "Ask the ESFA"),)), ["short_form"]),
        (asked("Which?", choices=(Choice("a", "word " * 21),)), ["choices"]),
        (asked("Which?", "multiple", choices=tuple(Choice(f"c{n}", f"C {n}") for n in range(16))), ["choices"]),
        (asked("Tell us " + "about it " * 13, "long_text", choices=()), ["length"]),
        (
            asked(
                "Considering infrastructural interdependencies, organisational transformation initiatives.",
                "long_text",
                choices=(),
                hint="Characterise comprehensively the institutional accountability considerations. Differentiate "
                "organisational transformation. Elaborate multidisciplinary collaboration opportunities. Contextualise "
                "methodological considerations. Identify complementary accountability. Summarise intergovernmental "
                "administrative responsibilities. Corroborate participatory methodologies.",
            ),
            ["reading"],
        ),
    ],
)
def test_what_a_careful_colleague_would_remark(question, expected):
    assert checks(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        asked("Do you do research and development?"),
        asked("Do you invest in training or not?"),
        asked("Is it a not-for-profit organisation?"),
        asked("Which skills and tools do you lack?", "multiple"),
        asked("What helps, and what does not?", "long_text", choices=()),
        asked("Have you worked with the NHS since 2016?"),
        asked("HOW MANY PEOPLE?"),
        asked("Is it on the A19?"),
        asked("Do you know “${name}”?"),
        asked("Has your place become better or worse to live and work in?"),
        Question("n", "note", "Read the summary before you answer."),
        asked("How robustly built is it?"),
    ],
)
def test_good_questions_are_left_alone(question):
    assert checks(question) == []


def test_a_short_form_may_be_explained_anywhere_in_the_survey():
    survey = make_definition(
        pages=(
            Page("a", "A", intro="We ask small and medium firms (SMEs).", questions=(asked("Are you an SME?"),)),
            Page("b", "B", questions=(Question("r", "single", "Do you work with SMEs and LEPs?", choices=YES_NO),)),
        )
    )
    assert {"SME", "SMEs"} <= explained_in(survey)
    found = remarks_in(survey)
    assert {code: [one.text for one in remarks if one.check == "short_form"] for code, remarks in found.items()} == {
        "r": ["“LEPs” is not explained. Write it out the first time, with the short form behind it."]
    }


def test_the_questionnaires_of_the_demonstration_pass_nearly_in_silence():
    """False alarms make people stop reading: at most one remark in ten questions, and none on most surveys."""
    questions = remarks = silent = 0
    files = sorted(QUESTIONNAIRES.glob("*.xlsx"))
    for path in files:
        definition = xlsform.read(path.read_bytes(), path.name).definition
        assert is_english(definition.language)
        found = remarks_in(definition)
        questions += sum(question.is_answered for question in definition.questions())
        remarks += sum(len(one) for one in found.values())
        silent += not found
    assert questions > 20
    assert remarks <= questions / 20, remarks
    assert silent >= len(files) - 1


def test_our_own_standard_questions_and_samples_pass_in_silence():
    assert [remark for _, question in QUESTIONS for remark in remarks_on(question)] == []
    assert remarks_in(make_definition(pages=sample_pages())) == {}
    assert remarks_on(Question("b", "multiple", "What holds you back?", choices=BARRIERS)) == []


def test_syllables_are_counted_nearly_as_they_are_spoken():
    pairs = list(zip(SYLLABLES[::2], map(int, SYLLABLES[1::2]), strict=True))
    wrong = [(word, spoken, syllables_in(word)) for word, spoken in pairs if syllables_in(word) != spoken]
    assert len(wrong) <= len(pairs) * 0.05, wrong
    assert all(abs(spoken - counted) <= 1 for _, spoken, counted in wrong), wrong


@pytest.mark.parametrize(
    ("text", "youngest", "oldest"),
    [
        ("The cat sat on the mat. The dog ran to the park. It was a hot day. " * 3, 5, 6),
        ("We want to know what stops people here from finding good work. Tell us what you see. " * 3, 5, 8),
        (
            "Notwithstanding considerable methodological heterogeneity, institutional stakeholders demonstrated "
            "comprehensive organisational accountability throughout multidisciplinary consultations. " * 3,
            30,
            30,
        ),
    ],
)
def test_the_reading_age_grows_with_words_and_sentences(text, youngest, oldest):
    assert youngest <= reading_age([text]) <= oldest


def test_few_words_have_no_reading_age_and_other_languages_no_remarks():
    assert reading_age(["Do you?"]) is None
    assert reading_age(["word " * LEAST_WORDS]) is not None
    assert age_of(make_definition(pages=sample_pages())) is None
    assert age_of(make_definition(asked("Is the bus late? " * 30))) is not None
    survey = make_definition(asked("Oni ddylem ni utilise?"), language="cy")
    assert (remarks_in(survey), age_of(survey)) == ({}, None)


def test_every_listed_word_can_be_found():
    for words in (*JARGON, *LEADING):
        assert any(f"“{words}”" in one.text for one in remarks_on(asked(f"Is {words} here?"))), words
    for words in NEGATIVES:
        assert "negative" in checks(asked(f"Is it {words} so?")), words
