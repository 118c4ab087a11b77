"""What people type on the pages of a submission, besides the survey pages themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy

from consultations.submissions import answers
from consultations.submissions.models import Submission
from consultations.submissions.queries import Part
from consultations.surveys import kinds
from engagement.stakeholders.models import Area, Kind, Organisation, Sector

Confidentiality = Submission.Confidentiality
MOST_CHARACTERS = 100_000
TEXT_KINDS = {"short_text", "long_text"}


def kinds_by_sector(sectors: Iterable[str] | None = None, *, without: str = "") -> list[Any]:
    """Kinds in groups by sector, for a drop-down list."""
    rows = Kind.objects.filter(retired_at=None).select_related("sector").order_by("sector__order", "order", "pk")
    if sectors:
        rows = rows.filter(sector__code__in=sectors)
    if without:
        rows = rows.exclude(sector__code=without)
    grouped: dict[str, list[tuple[str, str]]] = {}
    for kind in rows:
        grouped.setdefault(gettext(kind.sector.name), []).append((kind.code, gettext(kind.name)))
    return list(grouped.items())


class NothingToType(forms.Form):
    """A button."""


class HatForm(forms.Form):
    """For whom somebody answers. `hats` are (value, words)."""

    hat = forms.ChoiceField(
        label=gettext_lazy("Who are you answering for?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who you are answering for.")},
    )

    def __init__(self, *args: Any, hats: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hat"].choices = hats  # type: ignore[attr-defined]
        if len(hats) == 1:
            self.fields["hat"].initial = hats[0][0]


class AboutYouForm(forms.Form):
    """What figures by sector and area need to know of a person, or of an organisation that is new to us."""

    name = forms.CharField(
        label=gettext_lazy("Name of the organisation"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write the name of your organisation.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of organisation is it?"),
        error_messages={"required": gettext_lazy("Choose a kind.")},
    )
    areas = forms.ModelMultipleChoiceField(
        queryset=Area.objects.none(),
        to_field_name="code",
        label=gettext_lazy("Where is it?"),
        help_text=gettext_lazy("Choose every area that it works in."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one area.")},
    )

    def __init__(self, *args: Any, personal: bool, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["areas"]
        places.queryset, places.label_from_instance = areas, lambda area: gettext(area.name)
        kind: Any = self.fields["kind"]
        if personal:
            del self.fields["name"]
            kind.label = gettext("Which of these fits you best?")
            self.fields["areas"].label = gettext("Where do you live or work?")
            self.fields["areas"].help_text = gettext("Choose every area that fits.")
            kind.choices = [("", gettext("Choose one")), *kinds_by_sector(["individual"])]
        else:
            kind.choices = [("", gettext("Choose one")), *kinds_by_sector(without="individual")]

    def clean_kind(self) -> Kind:
        return Kind.objects.select_related("sector").get(code=self.cleaned_data["kind"])


class StatementForm(forms.Form):
    statement = forms.CharField(
        label=gettext_lazy("Your statement"),
        help_text=gettext_lazy(
            "Anything that you want to say in your own words. Long texts can also be added as a document."
        ),
        widget=forms.Textarea(attrs={"rows": 18}),
        required=False,
        max_length=MOST_CHARACTERS,
        error_messages={
            "max_length": gettext_lazy("There is room for 100,000 characters. Add longer texts as a document.")
        },
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def clean_statement(self) -> str:
        return self.cleaned_data["statement"].replace("\r\n", "\n")


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Choose a file"),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty. Choose a file with something in it."),
            "max_length": gettext_lazy("The name of this file is longer than 200 characters. Give it a shorter name."),
        },
        max_length=200,
    )
    title = forms.CharField(
        label=gettext_lazy("What it is"),
        help_text=gettext_lazy("For example “Annual skills survey 2018”. Without it we use the name of the file."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext(
            "PDF, Word, Excel, PowerPoint, OpenDocument, text, CSV, PNG or JPEG, up to %(upload_megabytes)s megabytes."
        ) % {"upload_megabytes": settings.UPLOAD_MEGABYTES}


class ConfidentialityForm(forms.Form):
    """What may be published. `parts` are the surveys, whose texts may be kept back one by one."""

    confidentiality = forms.ChoiceField(
        label=gettext_lazy("May we publish your response?"),
        choices=[
            (Confidentiality.NAMED, gettext_lazy("Yes, with our name")),
            (Confidentiality.UNNAMED, gettext_lazy("Yes, without our name")),
            (Confidentiality.WITHHELD, gettext_lazy("No, do not publish it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether we may publish your response.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("If not, why?"),
        help_text=gettext_lazy(
            "We need the reason in case somebody asks for your response under the law on access to information."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    kept_back = forms.MultipleChoiceField(
        label=gettext_lazy("Is there a single answer that we must not publish?"),
        help_text=gettext_lazy("Tick it here. All other answers follow your choice above."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    may_contact = forms.BooleanField(label=gettext_lazy("You may contact me about this response"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, parts: list[Part], personal: bool, named: bool = True, reachable: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["confidentiality"]
        if personal:
            choices.choices = [
                (Confidentiality.NAMED, gettext("Yes, with my name")),
                (Confidentiality.UNNAMED, gettext("Yes, without my name")),
                (Confidentiality.WITHHELD, gettext("No, do not publish it")),
            ]
        if not named:
            choices.choices = [
                (Confidentiality.UNNAMED, gettext("Yes")),
                (Confidentiality.WITHHELD, gettext("No, do not publish it")),
            ]
        if not reachable:
            del self.fields["may_contact"]
        texts = {
            f"{part.survey.code}:{line.question.code}": Truncator(line.question.label).chars(100)
            for part in parts
            for section in answers.sections(part)
            for line in section.lines
            if line.text and kinds.of(line.question).figure == "written"
        }
        if texts:
            self.fields["kept_back"].choices = list(texts.items())  # type: ignore[attr-defined]
        else:
            del self.fields["kept_back"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("confidentiality") == Confidentiality.WITHHELD and not cleaned.get("reason", "").strip():
            self.add_error("reason", gettext("Write why we must not publish it."))
        return cleaned

    def stricter(self, before: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """The answers to be kept back, as `Submission.stricter` holds them; those without the name stay so."""
        unnamed = Confidentiality.UNNAMED.value
        found: dict[str, dict[str, str]] = {}
        for survey, questions in before.items():
            if kept := {question: choice for question, choice in questions.items() if choice == unnamed}:
                found[survey] = kept
        for value in self.cleaned_data.get("kept_back") or []:
            survey, _, question = value.partition(":")
            found.setdefault(survey, {})[question] = Confidentiality.WITHHELD.value
        return found


class AnswerPublishingForm(forms.Form):
    """What may become of one answer. `choices` are (value, words), the first one “as the whole response”."""

    choice = forms.ChoiceField(
        label=gettext_lazy("What may we do with this answer?"), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done to a response."""

    reason = forms.CharField(
        label="Reason",
        help_text="It is kept with the response.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Write why."},
    )


class SettleForm(forms.Form):
    """One choice for each question that two people answered. `texts` are the codes whose answers can stand together."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, labels: dict[str, str], texts: set[str], theirs: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = list(labels)
        for code, label in labels.items():
            choices = [("mine", gettext("Mine")), ("theirs", gettext("What %(theirs)s wrote") % {"theirs": theirs})]
            if code in texts:
                choices.append(("both", gettext("Both, one below the other")))
            self.fields[f"choice-{code}"] = forms.ChoiceField(
                label=gettext("Which one shall stand for “%(label)s”?") % {"label": label},
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": gettext("Choose which answer shall stand.")},
            )

    def choices(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"choice-{code}"] for code in self.codes}


class IntakeForm(forms.Form):
    """What came by another channel, from whom and when."""

    channel = forms.ChoiceField(
        label="How did it come?",
        choices=[
            ("letter", "By letter"),
            ("email", "By e-mail"),
            ("telephone", "By telephone"),
            ("meeting", "In a meeting"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it came."},
    )
    received_on = forms.DateField(
        label="On which day did it come?",
        help_text="For example 8 February 2019 or 8/2/2019. This day decides whether it is late.",
        widget=forms.TextInput(attrs={"class": "input--medium"}),
        error_messages={
            "required": "Write the day on which it came.",
            "invalid": "This is not a day that can be read. Write it like 8 February 2019 or 8/2/2019.",
        },
    )
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        to_field_name="public_id",
        label="From which organisation?",
        empty_label="None: from a person",
        required=False,
        help_text="An organisation that is missing here has to be added to the register first.",
    )
    name = forms.CharField(label="Or from which person?", required=False, max_length=150)
    email = forms.EmailField(
        label="Their e-mail address, if known",
        required=False,
        error_messages={"invalid": "Write an address like name@example.org."},
    )
    kind = forms.ChoiceField(label="What kind of person?", required=False, help_text="Only for a person.")
    areas = forms.ModelMultipleChoiceField(
        queryset=Area.objects.none(),
        to_field_name="code",
        label="In which areas?",
        help_text="Only for a person; an organisation's areas are known.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].queryset = areas  # type: ignore[attr-defined]
        organisations = Organisation.objects.filter(closed_at=None).order_by("name", "pk")
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", "Not known"), *kinds_by_sector(["individual"])]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "organisation" in self.errors:
            return cleaned
        if cleaned.get("organisation") and cleaned.get("name"):
            self.add_error("name", "Choose an organisation or write a person's name, not both.")
        if not cleaned.get("organisation") and not cleaned.get("name"):
            self.add_error("organisation", "Choose an organisation, or write the name of the person below.")
        return cleaned

    def clean_kind(self) -> Kind | None:
        code = self.cleaned_data["kind"]
        return Kind.objects.select_related("sector").get(code=code) if code else None


class FilterForm(forms.Form):
    """Narrows the list of submissions; every value shows how many there are."""

    q = forms.CharField(label="Organisation, person or reference", required=False)
    channel = forms.ChoiceField(label="Channel", required=False)
    sector = forms.ChoiceField(label="Sector", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    timing = forms.ChoiceField(label="Timing", required=False)
    confidentiality = forms.ChoiceField(label="Publishing", required=False)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, *args: Any, facets: dict[str, dict[str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {
            "channel": dict(Submission.Channel.choices),
            "timing": dict(Submission.Timing.choices),
            "confidentiality": dict(Submission.Confidentiality.choices),
            "state": dict(Submission.State.choices),
            "sector": dict(Sector.objects.order_by("order", "pk").values_list("code", "name")),
            "area": dict(Area.objects.order_by("name", "pk").values_list("code", "name")),
        }
        for field, labels in names.items():
            counts = facets.get(field, {})
            self.fields[field].choices = [  # type: ignore[attr-defined]
                ("", "All"),
                *((value, f"{label} ({counts[value]})") for value, label in labels.items() if counts.get(value)),
            ]
