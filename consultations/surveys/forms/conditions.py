"""The form on which a condition is put together: an earlier question, a test, a choice or value; as many as it needs.

Every button posts the whole form, so that rows come and go without scripts. It checks and saves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms

from consultations.surveys.conditions.rows import (
    ALL,
    ANY,
    COUNTED,
    DATED,
    NUMERIC,
    WITHOUT_VALUE,
    WORDS,
    Row,
    Rows,
    can_be_quoted,
    is_number,
    write,
)
from consultations.surveys.definition import Page, Question
from consultations.surveys.inputs import read_day

MOST_ROWS = 20
CHOICE = ("is", "is_not")
TICKS = ("ticked", "not_ticked", "count_at_least", "count_at_most")
TEXT = ("is", "is_not", "contains")
EVER = ("answered", "blank")
NUMBERS = tuple(NUMERIC)
DAYS = tuple(DATED)
# Which tests make sense of which kind; for any other it can only be asked whether it was answered.
TESTS: dict[str, tuple[str, ...]] = {
    "single": CHOICE,
    "yes_no": CHOICE,
    "consent": CHOICE,
    "scale": CHOICE,
    "multiple": TICKS,
    "integer": NUMBERS,
    "decimal": NUMBERS,
    "calculated": (*NUMBERS, *TEXT),
    "hidden": TEXT,
    "date": DAYS,
    "short_text": TEXT,
    "long_text": ("contains",),
    "email": TEXT,
    "phone": TEXT,
    "url": TEXT,
    "time": (),
}
ENTRIES = "entries"
COUNT = "#"  # before a number of ticks among the choices
VALUE_LABELS = {"date": "Day", "integer": "Number", "decimal": "Number", ENTRIES: "Number"}
VALUE_HINTS = {"date": "Such as 8 February 2019.", "integer": "In digits.", "decimal": "In digits."}


def subjects_of(pages: Sequence[Page], known: set[str]) -> dict[str, Question]:
    """What a condition may ask about: the questions of these codes, and how often a page that repeats was filled in."""
    found: dict[str, Question] = {}
    for page in pages:
        for question in page.questions:
            if question.code in known and question.has_value:
                found[question.code] = question
        if page.code in known and page.repeats:
            found[page.code] = Question(page.code, ENTRIES, f"How many: {page.title or page.code}")
    return found


def possible_tests(question: Question) -> tuple[str, ...]:
    """The tests that can be asked about this question, the likeliest first."""
    if question.kind == ENTRIES:
        return NUMBERS
    tests = TESTS.get(question.kind, ())
    if question.kind == "scale" and all(is_number(choice.code) for choice in question.choices):
        tests = (*tests, "at_least", "at_most")
    return (*tests, *EVER)


def fitting(row: Row, question: Question) -> Row:
    """The row as this question is asked about: `= '5'` of a number and `= 5` of a choice mean the same as our own."""
    tests = possible_tests(question)
    if row.test in tests:
        return row
    other = {"is": "equal", "is_not": "unequal", "equal": "is", "unequal": "is_not"}.get(row.test, "")
    if other in tests and (other not in NUMERIC or is_number(row.value)):
        return replace(row, test=other)
    return row


def can_show(condition: Rows | None, subjects: Mapping[str, Question]) -> bool:
    """Whether every row asks something that this form can show."""
    if condition is None or len(condition.rows) > MOST_ROWS:
        return False
    for row in condition.rows:
        question = subjects.get(row.code)
        if question is None or fitting(row, question).test not in possible_tests(question):
            return False
    return True


class _Value(forms.CharField):
    """What an answer is compared with. It is asked for, and some tests need none: see `ConditionForm._check`."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class _Choice(forms.ChoiceField):
    """The same for one of several choices."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


@dataclass
class Line:
    """One row as it is shown."""

    number: int
    question: Question
    test: forms.BoundField
    value: forms.BoundField


class ConditionForm(forms.Form):
    """`subjects` are the questions that come before, by code and in order; `condition` is what the rows show at first.

    What was pressed stands in `do`: “add”, “remove-N” (from 0) or “save”.
    """

    joint = forms.ChoiceField(
        label="It is shown when",
        choices=[(ALL, "all of these are so"), (ANY, "at least one of these is so")],
        widget=forms.RadioSelect,
        initial=ALL,
        error_messages={
            "required": "Choose whether all have to be so or one.",
            "invalid_choice": "Choose one of these.",
        },
    )

    def __init__(
        self, *args: Any, subjects: Mapping[str, Question], condition: Rows | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = subjects
        # A choice that is gone can stay in the condition that was stored; nobody can choose it anew.
        self.stored = {(row.code, row.value) for row in (condition or Rows()).rows if row.test not in COUNTED}
        self.pressed = self.data.get("do", "save") if self.is_bound else ""
        self.rows = self._posted() if self.is_bound else list((condition or Rows()).rows)
        self.rows = [fitting(row, subjects[row.code]) for row in self.rows if row.code in subjects]
        if self.is_bound:
            self._obey()
        else:
            self.fields["joint"].initial = (condition or Rows()).joint
        self.fields["joint"].required = len(self.rows) > 1
        self.fields["add"] = _Choice(
            label="Add a question that it depends on" if not self.rows else "Add another question",
            choices=[("", "Choose a question"), *self._names()],
            error_messages={"invalid_choice": "Choose one of these questions."},
        )
        for number, row in enumerate(self.rows):
            self._add_fields(number, row)

    # --- what was pressed --------------------------------------------------------------------------------

    def _posted(self) -> list[Row]:
        found = []
        for number in range(MOST_ROWS):
            code = self.data.get(f"code-{number}")
            if code is None:
                break
            value = self.data.get(f"value-{number}", "").strip()
            found.append(Row(code, self.data.get(f"test-{number}", ""), value.removeprefix(COUNT)))
        return found

    def _obey(self) -> None:
        name, _, number = self.pressed.partition("-")
        if name == "remove" and number.isdecimal() and len(number) < 3 and int(number) < len(self.rows):
            del self.rows[int(number)]
        added = self.data.get("add", "")
        # A question that was chosen and not added is meant all the same.
        if name in {"add", "save"} and added in self.subjects and len(self.rows) < MOST_ROWS:
            self.rows.append(Row(added, ""))

    @property
    def is_saved(self) -> bool:
        """Whether the condition was to be saved, and is ready: no row was only just added."""
        return self.pressed == "save" and not self.data.get("add")

    # --- fields ------------------------------------------------------------------------------------------

    def _names(self) -> list[tuple[str, str]]:
        return [(code, _short(question.label)) for code, question in self.subjects.items()]

    def _add_fields(self, number: int, row: Row) -> None:
        question = self.subjects[row.code]
        self.fields[f"test-{number}"] = forms.ChoiceField(
            label="The answer",
            choices=[(test, WORDS[test]) for test in possible_tests(question)],
            initial=row.test or possible_tests(question)[0],
            error_messages={"invalid_choice": "Choose one of these tests."},
        )
        self.fields[f"value-{number}"] = self._value_field(question, row)

    def _value_field(self, question: Question, row: Row) -> forms.Field:
        hint = "Not needed for “is answered” and “is left blank”."
        if possible_tests(question) == EVER:
            return forms.CharField(required=False, widget=forms.HiddenInput)
        choices = _choices_of(question)
        if not choices:
            label = VALUE_LABELS.get(question.kind, "Words")
            first = VALUE_HINTS.get(question.kind, "")
            return _Value(label=label, initial=row.value, help_text=f"{first} {hint}".strip(), max_length=300)
        initial = f"{COUNT}{row.value}" if row.test in COUNTED else row.value
        options: list[Any] = [("", "Choose one"), *choices]
        if (row.code, row.value) in self.stored and row.value not in question.choice_labels:
            options.append((row.value, f"{row.value} (no choice any more)"))
        if "count_at_least" in possible_tests(question):
            numbers = [(f"{COUNT}{n}", str(n)) for n in range(1, len(choices) + 1)]
            options = [("", "Choose one"), ("Choices", options[1:]), ("A number of ticks", numbers)]
        return _Choice(
            label="Choice",
            choices=options,
            initial=initial,
            help_text=hint,
            error_messages={"invalid_choice": "Choose one of these."},
        )

    @property
    def lines(self) -> list[Line]:
        """The rows as they are shown, each with its two fields."""
        return [
            Line(number, self.subjects[row.code], self[f"test-{number}"], self[f"value-{number}"])
            for number, row in enumerate(self.rows)
        ]

    def again(self) -> ConditionForm:
        """The same rows without complaints: what is shown after a row was added or removed."""
        return ConditionForm(subjects=self.subjects, condition=Rows(tuple(self.rows), self.data.get("joint") or ALL))

    # --- results -----------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number, row in enumerate(self.rows):
            name = f"value-{number}"
            if name in cleaned and f"test-{number}" in cleaned:
                self._check(name, replace(row, test=cleaned[f"test-{number}"]), str(cleaned[name]).strip())
        return cleaned

    def _check(self, name: str, row: Row, value: str) -> None:
        label = _short(self.subjects[row.code].label)
        is_count = value.startswith(COUNT)
        if row.test in WITHOUT_VALUE:
            self.cleaned_data[name] = ""
        elif not value:
            self.add_error(name, f"Say what the answer to “{label}” is compared with.")
        elif row.test in COUNTED:
            if not is_count:
                self.add_error(name, f"Choose a number of ticks for “{label}”.")
        elif row.test in NUMERIC:
            number = _number(value)
            self.cleaned_data[name] = number
            if not number:
                self.add_error(name, f"Write a number in digits for “{label}”, such as 12 or 12.5.")
        elif row.test in DATED:
            self._check_day(name, value)
        elif is_count and row.test in {"ticked", "not_ticked"}:
            self.add_error(name, f"Choose one of the choices of “{label}”, not a number of ticks.")
        elif not can_be_quoted(value):
            self.add_error(name, "Use one kind of quotation marks only: ' or \".")

    def _check_day(self, name: str, value: str) -> None:
        try:
            self.cleaned_data[name] = read_day(value).isoformat()
        except ValueError:
            self.add_error(name, f"“{value[:40]}” is not a day that can be read. Write it like 8 February 2019.")

    def condition(self) -> Rows:
        """The rows as they were filled in."""
        rows = tuple(
            Row(
                row.code,
                self.cleaned_data[f"test-{number}"],
                str(self.cleaned_data[f"value-{number}"]).removeprefix(COUNT),
            )
            for number, row in enumerate(self.rows)
        )
        joint = self.cleaned_data.get("joint") or ALL
        return Rows(rows, joint if len(rows) > 1 else ALL)

    def expression(self) -> str:
        """The condition as it is stored; "" without rows."""
        return write(self.condition())


class ExpressionForm(forms.Form):
    """A condition as text, for what rows cannot say."""

    expression = forms.CharField(
        label="Shown when",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="Leave it empty to show it to everybody. For example ${invests} = 'yes' or selected(${barriers}, "
        "'skills').",
    )


def _choices_of(question: Question) -> list[tuple[str, str]]:
    if question.kind not in {"single", "multiple", "scale", "yes_no", "consent"}:
        return []
    return [(code, _short(label)) for code, label in question.choice_labels.items()]


def _number(text: str) -> str:
    """A number as rows write it: “1,200.50” is “1200.5”; "" for anything else."""
    text = text.replace(",", "").replace(" ", "")
    if not is_number(text):
        return ""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, part = digits.partition(".")
    part = part.rstrip("0")
    return f"{sign}{whole.lstrip('0') or '0'}{'.' if part else ''}{part}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 90 else f"{text[:89].rstrip()}…"
