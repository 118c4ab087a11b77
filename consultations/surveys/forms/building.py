"""Forms that build a survey: its facts, its pages and its questions. They check and save nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError

from consultations.programme.models import Consultation, Theme
from consultations.surveys.choicelines import BadLines, lines_of, read_lines
from consultations.surveys.compiling import CODE, LONGEST_CODE
from consultations.surveys.conditions import problems_of
from consultations.surveys.definition import CHOOSING, Choice
from consultations.surveys.models import Page, Question

Kind = Question.Kind
MOST_UPLOAD = 5 * 1024 * 1024
CONDITION_HINT = (
    "Leave empty to show it to everybody. For example ${invests} = 'yes' or selected(${barriers}, 'skills')."
)
CHOICES_HINT = (
    "One on each line: a code, “|” and the wording, such as “skills | Finding people”. Add “| alone” to one that "
    "excludes the others. A line without “|” gets a code made of its wording. "
    "A code never changes once answers came in."
)
# What only some questions need, and which kinds have it.
EXTRAS: dict[str, tuple[str, ...]] = {
    Kind.SHORT_TEXT: (),
    Kind.LONG_TEXT: ("word_limit", "rows"),
    Kind.INTEGER: ("least", "most"),
    Kind.DECIMAL: ("least", "most"),
    Kind.DATE: (),
    Kind.SINGLE: (),
    Kind.MULTIPLE: ("least_choices", "most_choices"),
    Kind.SCALE: ("low_label", "high_label"),
    Kind.MATRIX: (),
    Kind.NOTE: (),
}
COLUMNS = (
    "label", "hint", "guidance", "is_required", "required_message", "relevance", "constraint", "constraint_message",
    "has_other", "theme", "is_personal",
)  # fmt: skip


def area(label: str, hint: str = "", *, rows: int = 3, missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(missing),
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


def line(label: str, hint: str = "", *, longest: int = 300, missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=longest, required=bool(missing), error_messages={"required": missing}
    )


def whole(label: str, hint: str = "", *, least: int = 0, most: int = 100_000) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=least,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Write a whole number in digits, or leave it empty."},
    )


class PlainForm(forms.Form):
    """A button and nothing to fill in."""


class SurveyForm(forms.Form):
    """What a survey is called."""

    title = line("Title", longest=200, missing="Give the survey a title.")
    intro = area("Introduction", "Shown before the first question: what the survey is about, how long it takes.")
    theme = forms.ModelChoiceField(
        label="Theme",
        queryset=Theme.objects.none(),
        required=False,
        empty_label="No single theme",
        help_text="What its questions speak to, unless a question says otherwise.",
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = Theme.objects.filter(consultation=consultation)  # type: ignore[attr-defined]


def sentences_on(text: str, known: set[str], every: set[str]) -> list[str]:
    """What is wrong with a condition, as sentences with the character."""
    if not text.strip():
        return []
    return [f"Character {at}: {message}" for message, at in problems_of(text.strip(), known=known, all_codes=every)]


class PageForm(forms.Form):
    """The heading of a page. `known` are the codes of questions on earlier pages; `every` those of the whole survey."""

    title = line("Heading", "What its questions have in common.", longest=200)
    intro = area("Text before the questions")
    relevance = area("Shown when", CONDITION_HINT, rows=2)

    def __init__(self, *args: Any, known: set[str], every: set[str], **kwargs: Any) -> None:
        self.known, self.every = known, every
        super().__init__(*args, **kwargs)

    def clean_relevance(self) -> str:
        text = self.cleaned_data["relevance"].strip()
        if problems := sentences_on(text, self.known, self.every):
            raise ValidationError(problems)
        return text


class KindForm(forms.Form):
    """Which kind of question to add."""

    kind = forms.ChoiceField(
        label="What kind of question?",
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind of question.", "invalid_choice": "Choose one of these kinds."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].widget.hints = {  # type: ignore[attr-defined]
            Kind.SHORT_TEXT: "A name or a few words",
            Kind.LONG_TEXT: "Views and reasons; these answers are coded",
            Kind.SINGLE: "One of a list, with “Other” if you like",
            Kind.MULTIPLE: "Any of a list, with limits if you like",
            Kind.SCALE: "From low to high, such as 1 to 5",
            Kind.MATRIX: "The same choices for several statements",
            Kind.NOTE: "Nothing to answer",
        }


class QuestionForm(forms.Form):
    """One question of a given kind; the fields that the kind does not have are left out.

    `question` is None for a new one. `known` are the codes of questions before it, `every` those of the survey.
    """

    label = area("Question", rows=2, missing="Write what is asked.")
    code = forms.CharField(
        label="Code",
        required=False,
        max_length=60,
        help_text="One word that stands for the question in exports and conditions, such as “barriers”. It is made of "
        "the question when you leave it empty, and cannot be changed later.",
    )
    hint = area("Hint", "Shown below the question.", rows=2)
    choices = area("Choices", CHOICES_HINT, rows=7, missing="Write at least one choice.")
    statements = area(
        "Statements", "One on each line, as for choices: each is answered by itself.", rows=5,
        missing="Write at least one statement.",
    )  # fmt: skip
    has_other = forms.BooleanField(label="Offer “Other”, with a place to say what", required=False)
    is_required = forms.BooleanField(label="It must be answered", required=False)
    least = forms.FloatField(label="Least", required=False, error_messages={"invalid": "Write a number in digits."})
    most = forms.FloatField(label="Most", required=False, error_messages={"invalid": "Write a number in digits."})
    word_limit = whole("Most words", "Leave empty for no limit.", least=1, most=20_000)
    rows = whole("Lines of the text box", "8 when empty.", least=2, most=40)
    least_choices = whole("Least number of choices", least=1, most=100)
    most_choices = whole("Most number of choices", least=1, most=100)
    low_label = line("What the first choice means", "For example “not at all”.", longest=80)
    high_label = line("What the last choice means", "For example “very much”.", longest=80)
    guidance = area("Longer guidance", "Behind a link that opens it.")
    relevance = area("Shown when", CONDITION_HINT, rows=2)
    constraint = area("Accepted when", "“.” stands for the answer. For example string-length(.) <= 10.", rows=2)
    constraint_message = line("What to say when it is not accepted")
    required_message = line("What to say when it is left blank")
    theme = forms.ModelChoiceField(
        label="Theme", queryset=Theme.objects.none(), required=False, empty_label="The theme of the survey"
    )
    is_personal = forms.BooleanField(
        label="Answers hold personal data", required=False, help_text="Left out of what is published."
    )

    def __init__(
        self,
        *args: Any,
        kind: str,
        page: Page,
        question: Question | None,
        known: set[str],
        every: set[str],
        **kwargs: Any,
    ) -> None:
        self.kind, self.known, self.every, self.question = kind, known, every, question
        super().__init__(*args, **kwargs)
        for name in self._not_of(kind):
            del self.fields[name]
        if kind == Kind.NOTE:
            self.fields["label"].label = "Text"
            self.fields["label"].error_messages["required"] = "Write the text."
        if "theme" in self.fields:
            self.fields["theme"].queryset = Theme.objects.filter(  # type: ignore[attr-defined]
                consultation_id=page.survey.consultation_id
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self._layout()

    def _not_of(self, kind: str) -> Iterable[str]:
        unwanted = {name for names in EXTRAS.values() for name in names} - set(EXTRAS[kind])
        if kind not in CHOOSING:
            unwanted.add("choices")
        if kind != Kind.MATRIX:
            unwanted.add("statements")
        if kind not in {Kind.SINGLE, Kind.MULTIPLE}:
            unwanted.add("has_other")
        if kind == Kind.NOTE:
            unwanted |= set(COLUMNS) - {"label", "hint", "relevance"}
        if kind == Kind.MATRIX:
            unwanted |= {"constraint", "constraint_message"}
        if self.question is not None:
            unwanted.add("code")
        return unwanted & set(self.fields)

    def _layout(self) -> Layout:
        seldom = [
            "guidance",
            "relevance",
            "constraint",
            "constraint_message",
            "required_message",
            "theme",
            "is_personal",
        ]
        first = [name for name in self.fields if name not in seldom]
        inside = [name for name in seldom if name in self.fields]
        if not inside:
            return Layout(*first)
        is_open = any(self[name].value() for name in inside) or self.is_bound
        opening = f"<details{' open' if is_open else ''}><summary>Conditions, guidance and more</summary>"
        return Layout(*first, HTML(opening), *inside, HTML("</details>"))

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        if not code:
            return ""
        if not CODE.fullmatch(code) or len(code) > LONGEST_CODE or code.endswith("__other"):
            raise ValidationError("A code begins with a letter and has letters, digits, “_”, “-” and “.” only.")
        if code in self.every:
            raise ValidationError(f"The code “{code}” belongs to another question of this survey. Choose another.")
        return code

    def clean_choices(self) -> list[Choice]:
        return self._lines("choices")

    def clean_statements(self) -> list[Choice]:
        return self._lines("statements", must_be_names=True)

    def _lines(self, name: str, *, must_be_names: bool = False) -> list[Choice]:
        try:
            return read_lines(self.cleaned_data[name], must_be_names=must_be_names)
        except BadLines as bad:
            raise ValidationError(bad.sentences) from bad

    def clean_relevance(self) -> str:
        return self._expression("relevance", self.known)

    def clean_constraint(self) -> str:
        return self._expression("constraint", self.known | ({self.question.code} if self.question else set()))

    def _expression(self, name: str, known: set[str]) -> str:
        text = self.cleaned_data[name].strip()
        if problems := sentences_on(text, known, self.every):
            raise ValidationError(problems)
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for low, high in (("least", "most"), ("least_choices", "most_choices")):
            least, most = cleaned.get(low), cleaned.get(high)
            if least is not None and most is not None and least > most:
                self.add_error(high, "The most must not be less than the least.")
        if cleaned.get("has_other") and any(choice.code == "other" for choice in cleaned.get("choices", ())):
            self.add_error(
                "choices", "The code “other” belongs to the choice “Other” that you offer. Use another code."
            )
        return cleaned

    # --- results ----------------------------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """The columns to set on the question, its settings included."""
        facts: dict[str, Any] = {name: self.cleaned_data[name] for name in COLUMNS if name in self.fields}
        settings = dict(self.question.settings) if self.question else {}
        for name in EXTRAS[self.kind]:
            value = self.cleaned_data.get(name)
            settings.pop(name, None)
            if value not in (None, ""):
                settings[name] = int(value) if isinstance(value, float) and value.is_integer() else value
        return {**facts, "settings": settings}

    @staticmethod
    def initial_of(question: Question) -> dict[str, Any]:
        """What the form shows of a question that exists."""
        initial = {name: getattr(question, name) for name in COLUMNS}
        initial.update(question.settings)
        for name, choice_list in (("choices", question.choice_list), ("statements", question.row_list)):
            if choice_list is not None:
                initial[name] = lines_of(
                    Choice(row.code, row.label, row.is_exclusive) for row in choice_list.choices.order_by("order", "pk")
                )
        return initial


class WorkbookForm(forms.Form):
    """A questionnaire to import."""

    file = forms.FileField(
        label="Workbook",
        help_text="An XLSForm: .xlsx or .xls with the sheets “survey” and “choices”. You see what it gives before "
        "anything is changed.",
        error_messages={"required": "Choose a workbook.", "empty": "The file is empty. Choose the workbook."},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.md"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_UPLOAD:
            raise ValidationError("The workbook is larger than 5 MB. Remove pictures and sheets that are not needed.")
        return upload
