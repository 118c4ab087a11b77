"""The questions that the library of a site has from the start: asked alike everywhere, answers can be compared.

The bands of size are those of UK business statistics (micro below 10 people, small below 50, medium below 250). Groups
of age follow the ten-year bands that UK surveys use. Whoever asks about age or disability needs a purpose for it, so
these hold personal data and offer not to say.
"""

from __future__ import annotations

from collections.abc import Iterable

from consultations.surveys.definition import Choice, Question

VIEWS, ABOUT = "Views", "About you and your organisation"
NOT_SAY = Choice("not_say", "I would rather not say", is_exclusive=True)


def _choices(*labels: tuple[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label) for code, label in labels)


AGREEMENT = _choices(
    ("strongly_agree", "Strongly agree"),
    ("agree", "Agree"),
    ("neither", "Neither agree nor disagree"),
    ("disagree", "Disagree"),
    ("strongly_disagree", "Strongly disagree"),
)
SUPPORT = _choices(
    ("strongly_support", "Strongly support"),
    ("support", "Support"),
    ("neither", "Neither support nor oppose"),
    ("oppose", "Oppose"),
    ("strongly_oppose", "Strongly oppose"),
)
IMPORTANCE = _choices(
    ("essential", "Essential"),
    ("very", "Very important"),
    ("fairly", "Fairly important"),
    ("slightly", "Slightly important"),
    ("not", "Not important"),
)
SATISFACTION = _choices(
    ("very_satisfied", "Very satisfied"),
    ("satisfied", "Satisfied"),
    ("neither", "Neither satisfied nor dissatisfied"),
    ("dissatisfied", "Dissatisfied"),
    ("very_dissatisfied", "Very dissatisfied"),
)
OFTEN = _choices(
    ("weekly", "Every week"),
    ("monthly", "Every month"),
    ("yearly", "A few times a year"),
    ("less", "Less often"),
    ("never", "Never"),
)
YES_NO = _choices(("yes", "Yes"), ("no", "No"))
SIZE = _choices(
    ("1_9", "1 to 9"), ("10_49", "10 to 49"), ("50_249", "50 to 249"), ("250_more", "250 or more"), ("none", "Nobody")
)
SECTOR = _choices(
    ("business", "Business"),
    ("education", "Education or training"),
    ("community", "Community, voluntary or social enterprise"),
    ("public", "Public service"),
)
AGE = _choices(
    ("under_16", "Under 16"),
    ("16_24", "16 to 24"),
    ("25_34", "25 to 34"),
    ("35_44", "35 to 44"),
    ("45_54", "45 to 54"),
    ("55_64", "55 to 64"),
    ("65_74", "65 to 74"),
    ("75_more", "75 or over"),
)

# (topic, question) pairs.
QUESTIONS: tuple[tuple[str, Question], ...] = (
    (VIEWS, Question(
        "agreement", "single", "How far do you agree with this proposal?", choices=AGREEMENT, list_code="agreement",
    )),
    (VIEWS, Question(
        "support", "single", "Do you support this proposal or oppose it?", choices=SUPPORT, list_code="support",
    )),
    (VIEWS, Question(
        "reasons", "long_text", "What are your reasons?", hint="Tell us what you see in your own work or your area.",
        settings={"word_limit": 500},
    )),
    (VIEWS, Question(
        "importance", "single", "How important is this for you?", choices=IMPORTANCE, list_code="importance",
    )),
    (VIEWS, Question(
        "satisfaction", "single", "How satisfied are you with it as it is now?", choices=SATISFACTION,
        list_code="satisfaction",
    )),
    (VIEWS, Question("how_often", "single", "How often do you use it?", choices=OFTEN, list_code="how_often")),
    (VIEWS, Question(
        "one_change", "long_text", "Which one change would help you most?", settings={"word_limit": 300},
    )),
    (VIEWS, Question(
        "anything_else", "long_text", "Is there anything else that you want to tell us?",
        settings={"word_limit": 500},
    )),
    (ABOUT, Question(
        "sector", "single", "What kind of organisation are you answering for?", choices=SECTOR, has_other=True,
        list_code="sector",
    )),
    (ABOUT, Question(
        "size", "single", "How many people work for your organisation?",
        hint="Count everybody who is paid, full-time or part-time.", choices=SIZE, list_code="size",
    )),
    (ABOUT, Question("role", "short_text", "What is your role there?", personal=True)),
    (ABOUT, Question("founded_on", "integer", "In which year did your organisation begin?",
                     settings={"least": 1000, "most": 2100})),
    (ABOUT, Question(
        "age", "single", "How old are you?", choices=(*AGE, NOT_SAY), list_code="age", personal=True,
    )),
    (ABOUT, Question(
        "disability", "single", "Do you have a health condition or disability that has lasted a year or more?",
        choices=(*YES_NO, NOT_SAY), list_code="disability", personal=True,
    )),
    (ABOUT, Question(
        "may_contact", "single", "May we write to you about your answers?", choices=YES_NO, list_code="may_contact",
        personal=True,
    )),
)  # fmt: skip


def areas_question(areas: Iterable[tuple[str, str]]) -> Question | None:
    """“Which areas…?” with the areas of this site, as (code, name) pairs; None for a site that has none."""
    choices = _choices(*areas)
    if not choices:
        return None
    everywhere = Choice("everywhere", "All of these areas", is_exclusive=True)
    return Question(
        "areas",
        "multiple",
        "Which areas do you work in?",
        hint="Tick every area that your answers are about.",
        choices=(*choices, everywhere),
        list_code="areas",
        required=True,
    )
