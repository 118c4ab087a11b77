"""Filters, choices and the words of the plan; a form checks and saves nothing."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, gettext_lazy

from consultations.invitations import pasted
from consultations.invitations.queries import GROUPS, ORDERS, Narrow, Seen, read_marks
from consultations.programme.forms.fields import LAST_SECOND, ZONE, clock_field, day_field, local_moment, text_area
from engagement.core.errors import Refused
from engagement.stakeholders.models import Area, Organisation, Sector, Segment
from engagement.stakeholders.queries import Facets


class LedgerForm(forms.Form):
    """Filters of the ledger; an unknown value counts as none."""

    of = forms.UUIDField(required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(label="Show", required=False)
    sector = forms.ChoiceField(label="Sector", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    q = forms.CharField(label="Search in names and addresses", required=False, max_length=100)
    order = forms.ChoiceField(label="Sort by", required=False)

    def __init__(self, *args: Any, counts: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(name, f"{label} ({counts[name]})") for name, (label, _) in GROUPS.items()]
        _offer(self, "state", [("", f"Everybody ({counts['all']})"), *groups])
        _offer(self, "sector", [("", "All sectors"), *Sector.objects.values_list("code", "name")])
        _offer(self, "area", [("", "All areas"), *Area.objects.values_list("code", "name")])
        _offer(self, "order", [(name, label) for name, (label, _) in ORDERS.items()])

    def narrow(self) -> Narrow:
        """The chosen values, empty where nothing or nonsense was asked for."""
        return Narrow(
            group=_chosen(self, "state"),
            sector=_chosen(self, "sector"),
            area=_chosen(self, "area"),
            search=_chosen(self, "q"),
            of=_chosen(self, "of"),
            order=_chosen(self, "order"),
        )


class FitForm(forms.Form):
    """Which organisations of the register to look at."""

    segment = forms.ChoiceField(label="Saved set", required=False)
    sector = forms.ChoiceField(label="Sector", required=False)
    kind = forms.ChoiceField(label="Kind", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    q = forms.CharField(label="Search", required=False, max_length=100)

    def __init__(self, *args: Any, facets: Facets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, any_of, values in (
            ("sector", "All sectors", facets.sectors),
            ("kind", "All kinds", facets.kinds),
            ("area", "All areas", facets.areas),
        ):
            _offer(self, field, [("", any_of), *((code, f"{name} ({many})") for code, (name, many) in values.items())])
        saved = [(str(public_id), name) for public_id, name in Segment.objects.values_list("public_id", "name")]
        _offer(self, "segment", [("", "No set"), *saved])


class InviteForm(forms.Form):
    """The organisations that were ticked, or all that fit the filter; `who` and `words` once the preview was seen."""

    organisations = forms.ModelMultipleChoiceField(
        queryset=Organisation.objects.all(),
        required=False,
        error_messages={
            "invalid_choice": "One of the organisations is no longer in the register. Choose again.",
            "invalid_pk_value": "One of the organisations is no longer in the register. Choose again.",
        },
    )
    everyone = forms.BooleanField(required=False)
    # The marks of those whom the preview showed, and the sign of the text that it showed.
    who = forms.CharField(required=False)
    words = forms.CharField(required=False, max_length=64)
    confirmed = forms.BooleanField(required=False)
    # What the marks say; None without any.
    seen: Seen | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = data.get("organisations") or data.get("everyone") or data.get("who")
        if "organisations" in data and not chosen:
            raise forms.ValidationError("Tick at least one organisation, or choose everybody who fits.")
        if self.marks():
            try:
                self.seen = read_marks(self.marks())
            except Refused as refused:
                raise forms.ValidationError(refused.message) from refused
        return data

    def marks(self) -> list[str]:
        """The marks of those whom the preview showed."""
        return str(self.cleaned_data.get("who", "")).split()


class ListForm(forms.Form):
    """A list of partners as somebody has it."""

    text = forms.CharField(
        label="The list",
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="One partner a line: the name of an organisation or the e-mail address of a person, as in "
        "the register. For somebody at two organisations write both, with a semicolon between.",
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        help_text="CSV or XLSX with a column “Organisation”, a column “Email”, or both.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            file = data.get("file")
            try:
                if file:
                    lines = pasted.lines_of_file(file.read(), file.name)
                else:
                    lines = pasted.lines_of_text(data.get("text", ""))
            except Refused as refused:
                raise forms.ValidationError(refused.message) from refused
            if not lines:
                raise forms.ValidationError("The list is empty. Write or paste at least one line, or choose a file.")
            self.found = pasted.resolve(lines)
            if self.found.problems:
                raise forms.ValidationError(self.found.problems)
        return data


class ManyForm(forms.Form):
    """Invitations that were ticked, or all that fit the filter; `shown` and `words` once the preview was seen."""

    shown = forms.CharField(required=False)
    words = forms.CharField(required=False, max_length=64)
    confirmed = forms.BooleanField(required=False)
    everyone = forms.BooleanField(required=False)

    def ticked(self) -> list[UUID]:
        """The ticked invitations; what is no key of ours counts as not ticked."""
        found = []
        values = self.data.getlist("invitations") if hasattr(self.data, "getlist") else []
        for value in values:
            with contextlib.suppress(ValueError):
                found.append(UUID(value))
        return found

    def marks(self) -> list[str]:
        """The marks of those whom the preview showed."""
        return str(self.cleaned_data.get("shown", "")).split()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("everyone") and not data.get("shown") and not self.ticked():
            raise forms.ValidationError("Tick at least one invitation, or choose all that fit.")
        return data


class MoreTimeForm(forms.Form):
    """Who gets more time, until when, why."""

    partner = forms.CharField(
        label="Who",
        max_length=300,
        help_text="The name of an organisation, or the e-mail address of a person who answers for themselves, as they "
        "stand in the register.",
        error_messages={"required": "Say who gets more time."},
    )
    closes_on = day_field("Until which day", required=True, missing="Enter the day.")
    closes_time = clock_field("Until what time", f"{ZONE} Without one, 11:59pm and 59 seconds of that day.")
    reason = text_area(
        "Reason",
        "For the record. The partner and the public do not see it.",
        rows=3,
        missing="Give the reason: it stands in the record.",
    )

    def clean_partner(self) -> str:
        text: str = self.cleaned_data["partner"]
        found = pasted.resolve(pasted.lines_of_text(text))
        if found.problems:
            raise forms.ValidationError([problem.partition(": ")[2].capitalize() for problem in found.problems])
        bodies, people = found.organisations, found.named
        if len(bodies) + len(people) != 1:
            raise forms.ValidationError("Name one organisation, or one person.")
        # A person who is at an organisation answers for it.
        contact, place = people[0] if people else (None, None)
        self.organisation = place if people else Organisation.objects.get(pk=bodies[0])
        self.contact = None if self.organisation else contact
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("closes_on") and "closes_time" in data:
            try:
                data["closes_at"] = local_moment(data["closes_on"], data["closes_time"], without_time=LAST_SECOND)
            except forms.ValidationError as wrong:
                self.add_error("closes_time", wrong)
        return data


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Note",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For you and your colleagues; the partner does not see it. They may ask for it by law.",
        error_messages={"required": "Write what is to be kept."},
    )


class PassOnForm(forms.Form):
    """The colleague who is asked instead."""

    name = forms.CharField(
        label=gettext_lazy("Name of your colleague"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the name of your colleague.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write the e-mail address of your colleague."),
            "invalid": gettext_lazy("Write an e-mail address like name@example.org."),
        },
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        # The name stands in a message of ours to somebody who may not know us: no address of a page goes along.
        if any(sign in name for sign in "/@<>") or "www." in name.lower():
            raise forms.ValidationError(gettext("Write the name alone, without an address."))
        return name


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why? (you need not say)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: this does not concern us, or somebody else answers for us."),
    )


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _chosen(form: forms.Form, name: str) -> str:
    if not form.is_bound:
        return ""
    form.is_valid()
    return str(form.cleaned_data.get(name, "") or "")
