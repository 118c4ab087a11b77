"""Forms that build a survey: its facts, its pages and its questions. They check and save nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from consultations.programme.models import Consultation, Document, Theme
from consultations.surveys import kinds, pictures
from consultations.surveys.choicelines import BadLines, lines_of, read_lines
from consultations.surveys.conditions import problems_of
from consultations.surveys.definition import Choice
from consultations.surveys.forms.called import CALLED
from consultations.surveys.kinds.files import MOST_FILES
from consultations.surveys.models import Page, Question
from consultations.surveys.problems import CODE, LONGEST_CODE, RESERVED
from engagement.core import uploads
from engagement.core.errors import Refused

Kind = Question.Kind
MOST_UPLOAD = 5 * 1024 * 1024
CHOICES_HINT = (
    "One on each line: a code, “|” and the wording, such as “skills | Finding people”. Add “| alone” to one that "
    "excludes the others. A line without “|” gets a code made of its wording. "
    "A code never changes once answers came in."
)
# Every limit and look that some kind has; `kinds` says which.
EXTRAS = frozenset(name for kind in kinds.ALL for name in kind.settings)
COLUMNS = (
    "label", "hint", "guidance", "is_required", "required_message", "constraint", "constraint_message",
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
    """The heading of a page, and whether it can be filled in several times."""

    title = line("Heading", "What its questions have in common.", longest=200)
    intro = area("Text before the questions")
    repeats = forms.BooleanField(
        label="It can be filled in several times",
        required=False,
        help_text="Once for each site, course or vacancy: people add as many as they need.",
    )
    entry_name = line(
        "What one of them is called", "For example “site”. Only where it can be filled in several times.", longest=80
    )
    least_entries = whole("Least number of them", least=1, most=100)
    most_entries = whole("Most number of them", least=1, most=500)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("repeats"):
            cleaned |= {"entry_name": "", "least_entries": None, "most_entries": None}
        least, most = cleaned.get("least_entries"), cleaned.get("most_entries")
        if least and most and least > most:
            self.add_error("most_entries", "The most must not be less than the least.")
        return cleaned


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
    total = forms.FloatField(
        label="What the numbers must add up to", required=False, help_text="100 when empty.", min_value=1
    )
    coordinates = forms.BooleanField(label="Ask for coordinates too", required=False)
    calculation = area(
        "Calculation",
        "An expression of earlier answers, such as ${staff} * 2 or concat(${town}, ', ', ${county}).",
        rows=2,
        missing="Write how the value follows from earlier answers.",
    )
    default = line("Value when the link brings none")
    comment = forms.BooleanField(label="Offer a place for a comment", required=False)
    most_files = whole("Most files", "1 when empty.", least=1, most=MOST_FILES)
    file_types = forms.MultipleChoiceField(
        label="What kinds of file?",
        choices=[(name, f"{name.capitalize()}s: {words}") for name, words in uploads.GROUP_WORDS.items()],
        required=False,
        help_text="All of these when none is ticked.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from these."},
    )
    most_megabytes = whole("Largest size of one file, in megabytes", least=1, most=1_000)
    picture = forms.FileField(
        label="Picture", help_text="PNG, JPEG or WebP. Place and camera are taken out of it.", required=False,
        max_length=200, widget=forms.FileInput(attrs={"accept": ",".join(uploads.GROUPS["picture"])}),
    )  # fmt: skip
    paper = forms.ModelChoiceField(
        label="Or a picture among the documents of the consultation",
        queryset=Document.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label="None of them",
    )
    low_label = line("What the first choice means", "For example “not at all”.", longest=80)
    high_label = line("What the last choice means", "For example “very much”.", longest=80)
    guidance = area("Longer guidance", "Behind a link that opens it.")
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
        self.of = kinds.KINDS[kind]
        super().__init__(*args, **kwargs)
        for name in self._not_of(kind):
            del self.fields[name]
        if "choices" in self.fields and not self.of.needs_choices:
            self.fields["choices"].required = False
        for name, (words, hint, missing) in CALLED.get(kind, {}).items():
            field = self.fields[name]
            field.label = words
            field.help_text = field.help_text if hint is None else hint
            if missing:
                field.error_messages["required"] = missing
        if kind == Kind.IMAGE:
            pictures = [uploads.TYPES[suffix] for suffix in uploads.GROUPS["picture"]]
            self.fields["paper"].queryset = Document.objects.filter(  # type: ignore[attr-defined]
                consultation_id=page.survey.consultation_id, content_type__in=pictures
            )
            if question is not None and question.settings.get("picture"):
                self.fields["picture"].label = "Another picture"
        if kind == Kind.FILE:
            self.fields["most_megabytes"].help_text = f"{settings.UPLOAD_MEGABYTES} when empty, and no more than that."
        if "theme" in self.fields:
            self.fields["theme"].queryset = Theme.objects.filter(  # type: ignore[attr-defined]
                consultation_id=page.survey.consultation_id
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self._layout()

    def _not_of(self, kind: str) -> Iterable[str]:
        of = self.of
        unwanted = set(EXTRAS - set(of.settings))
        unwanted |= {
            name
            for name, has in (
                ("choices", of.has_choices),
                ("statements", of.has_rows),
                ("has_other", of.offers_other),
                ("comment", of.offers_comment),
            )
            if not has
        }
        if kind != Kind.IMAGE:
            unwanted.add("paper")
        if not of.is_answered:
            unwanted |= set(COLUMNS) - {"label", "hint", "is_personal"}
        if not of.has_value:
            unwanted.add("is_personal")
        elif not of.is_answered:
            unwanted.add("hint")
        if not of.takes_rule:
            unwanted |= {"constraint", "constraint_message"}
        if self.question is not None:
            unwanted.add("code")
        return unwanted & set(self.fields)

    def _layout(self) -> Layout:
        seldom = [
            "guidance",
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
        opening = f"<details{' open' if is_open else ''}><summary>Guidance, rules for the answer and more</summary>"
        return Layout(*first, HTML(opening), *inside, HTML("</details>"))

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        if not code:
            return ""
        if not CODE.fullmatch(code) or len(code) > LONGEST_CODE or code.endswith(RESERVED):
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

    def clean_calculation(self) -> str:
        return self._expression("calculation", self.known)

    def clean_constraint(self) -> str:
        return self._expression("constraint", self.known | ({self.question.code} if self.question else set()))

    def _expression(self, name: str, known: set[str]) -> str:
        text = self.cleaned_data[name].strip()
        if problems := sentences_on(text, known, self.every):
            raise ValidationError(problems)
        return text

    def clean_picture(self) -> Any:
        """The picture that was sent, checked and without what tells where it was taken; None for none."""
        upload = self.cleaned_data["picture"]
        try:
            return pictures.checked(upload) if upload else None
        except Refused as refused:
            raise ValidationError(refused.message) from refused

    def clean_most_megabytes(self) -> int | None:
        most = self.cleaned_data["most_megabytes"]
        if most and most > settings.UPLOAD_MEGABYTES:
            raise ValidationError(f"This site takes files up to {settings.UPLOAD_MEGABYTES} megabytes. Write no more.")
        return most

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        has_picture = self.question is not None and self.question.settings.get("picture")
        is_given = cleaned.get("picture") or cleaned.get("paper")
        if self.kind == Kind.IMAGE and "picture" not in self.errors and not is_given and not has_picture:
            self.add_error("picture", "Choose a picture.")
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
        kept = dict(self.question.settings) if self.question else {}
        if self.kind == Kind.IMAGE:
            # Which picture it is was decided when it was kept; see `pictures.keep`.
            return {**facts, "settings": kept}
        for name in (*self.of.settings, "comment"):
            value = self.cleaned_data.get(name)
            kept.pop(name, None)
            if value not in (None, "", []) and value is not False:
                kept[name] = int(value) if isinstance(value, float) and value.is_integer() else value
        return {**facts, "settings": kept}

    @staticmethod
    def initial_of(question: Question) -> dict[str, Any]:
        """What the form shows of a question that exists."""
        initial = {name: getattr(question, name) for name in COLUMNS}
        # Which picture it is stands in the settings too; its field is for another one.
        initial.update({name: value for name, value in question.settings.items() if name != "picture"})
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
        help_text="An XLSForm: .xlsx or .xls with the sheets “survey” and “choices”, or a .zip with one .csv for each "
        "sheet. You see what it gives before anything is changed.",
        error_messages={"required": "Choose a workbook.", "empty": "The file is empty. Choose the workbook."},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.zip,.csv,.md"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_UPLOAD:
            raise ValidationError("The workbook is larger than 5 MB. Remove pictures and sheets that are not needed.")
        return upload
