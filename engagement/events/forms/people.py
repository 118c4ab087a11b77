"""Who comes, and what they need."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from engagement.events.forms.places import GuestsField, slot_choices
from engagement.events.forms.questions import question_field
from engagement.events.models import Attendance, Event, Need, Registration, Slot
from engagement.stakeholders.models import Kind, Organisation, Sector

# The wording of the consent below; a new wording gets a new version, which is kept with each booking.
CONSENT_VERSION = "2026-11"
CONSENT = gettext_lazy("I agree that my name, e-mail address and organisation are used to run this event.")
WHO_SEES_NEEDS = gettext_lazy(
    "Only the few who see to this at the event see it, and what is needed goes to the venue without your name. "
    "It is deleted two weeks after the event."
)


def kind_choices() -> list[Any]:
    """Kinds of partner under their sectors, retired ones left out; one query."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for kind in Kind.objects.filter(retired_at=None).select_related("sector"):
        groups.setdefault(gettext(kind.sector.name), []).append((kind.pk, gettext(kind.name)))
    return [("", gettext("Choose one")), *groups.items()]


class PersonForm(forms.Form):
    """Who somebody is and where they come from."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Enter your e-mail address."),
        },
    )
    organisation_name = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Leave it empty if you come for yourself."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.TypedChoiceField(
        label=gettext_lazy("What best describes your organisation"),
        required=False,
        empty_value=None,
        coerce=int,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()

    def clean_kind(self) -> Kind | None:
        chosen = self.cleaned_data["kind"]
        return Kind.objects.get(pk=chosen) if chosen else None


class BookingForm(PersonForm):
    """A booking without an account. `values()` is what `lifecycle.register` takes."""

    needs = forms.MultipleChoiceField(
        label=gettext_lazy("Is there anything you need to take part?"),
        required=False,
        choices=Need.Type.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=WHO_SEES_NEEDS,
    )
    access_needs = forms.CharField(
        label=gettext_lazy("Say more about what you need"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    dietary_needs = forms.CharField(
        label=gettext_lazy("Dietary needs"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Seen and deleted in the same way."),
    )
    companions = forms.TypedChoiceField(
        label=gettext_lazy("Do carers or interpreters come with you?"),
        required=False,
        coerce=int,
        empty_value=0,
        choices=[(0, gettext_lazy("No")), (1, "1"), (2, "2"), (3, "3")],
        help_text=gettext_lazy("Each has a chair. They are not counted as taking part."),
    )
    guests = GuestsField(
        label=gettext_lazy("Who comes with you?"),
        help_text=gettext_lazy(
            "One a line: a name, and the e-mail address after a comma. You all get places, or none of you does."
        ),
    )
    consent = forms.BooleanField(
        label=CONSENT,
        help_text=gettext_lazy("You can give up your place at any time, and ask us to delete what we know about you."),
        error_messages={"required": gettext_lazy("We can only book a place for you if you agree to this.")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.fields["form_key"].initial = uuid.uuid4
        if event.mode == Event.Mode.ONLINE:
            del self.fields["dietary_needs"], self.fields["companions"]
        if event.party_limit < 2:
            del self.fields["guests"]
        if event.has_two_pools:
            self._add("is_online", self._ways())
        if event.type == Event.Type.DROP_IN and (slots := slot_choices(event)):
            self._add("slot", self._times(slots))
        self.questions = list(event.questions.select_related("only_for"))
        self.consents = list(event.consent_texts.filter(retired_at=None))
        self._ask()

    def _ask(self) -> None:
        """The event's own questions after who somebody is, its consent texts before the last one."""
        before = [*self.fields]
        asked = {f"question_{one.pk}": question_field(one) for one in self.questions}
        agreed = {f"consent_{one.pk}": forms.BooleanField(label=one.text, required=False) for one in self.consents}
        self.fields.update({**asked, **agreed})
        at, until = before.index("needs"), before.index("consent")
        self.order_fields([*before[:at], *asked, *before[at:until], *agreed, *before[until:]])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        answers = {}
        for one in self.questions:
            name = f"question_{one.pk}"
            value = cleaned.pop(name, None)
            if one.only_for_id and (kind is None or kind.sector_id != one.only_for_id):
                # Asked of others only; what stands there was meant for nobody.
                self.errors.pop(name, None)
                continue
            if one.is_required and value in (None, "", []) and name not in self.errors:
                self.add_error(name, gettext("Answer this question."))
            if value not in (None, "", []):
                answers[str(one.public_id)] = value
        cleaned["answers"] = answers
        return cleaned

    def _add(self, name: str, field: forms.Field) -> None:
        """Put a field right after who somebody is."""
        before = [*self.fields]
        self.fields[name] = field
        at = before.index("kind") + 1
        self.order_fields([*before[:at], name, *before[at:]])

    @staticmethod
    def _ways() -> forms.TypedChoiceField:
        return forms.TypedChoiceField(
            label=gettext_lazy("How will you take part?"),
            choices=[("room", gettext_lazy("In person")), ("online", gettext_lazy("Online"))],
            widget=forms.RadioSelect,
            coerce=lambda value: value == "online",
            error_messages={"required": gettext_lazy("Say whether you come in person or take part online.")},
        )

    @staticmethod
    def _times(choices: list[tuple[Any, str]]) -> forms.TypedChoiceField:
        return forms.TypedChoiceField(
            label=gettext_lazy("When do you come?"),
            choices=[("", gettext_lazy("Choose one")), *choices],
            coerce=int,
            error_messages={"required": gettext_lazy("Choose a time.")},
        )

    def clean_slot(self) -> Slot:
        return Slot.objects.get(pk=self.cleaned_data["slot"], event=self.event)

    def values(self) -> dict[str, Any]:
        agreed = {f"consent_{one.pk}": one for one in self.consents}
        left_out = {"consent", *agreed}
        values = {name: value for name, value in self.cleaned_data.items() if name not in left_out}
        consents = [one for name, one in agreed.items() if self.cleaned_data.get(name)]
        return {**values, "consents": consents, "consent_version": CONSENT_VERSION}


class StaffPersonForm(PersonForm):
    """Somebody entered by staff: a booking for them, or a walk-in."""

    WALK_IN, BOOKING = "walk_in", "booking"
    what = forms.ChoiceField(
        label="What happened",
        widget=forms.RadioSelect,
        choices=[(WALK_IN, "They are here without a booking"), (BOOKING, "They asked us for a place")],
        error_messages={"required": "Say whether they are here or asked for a place."},
    )
    field_order = ["what", "name", "email", "organisation_name", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].widget.hints = {
            self.WALK_IN: "They are marked as having come. The number of places does not change.",
            self.BOOKING: "They get a message with their place, or with their number in the waiting list.",
        }
        self.fields["name"].label = "Name"
        self.fields["name"].error_messages["required"] = "Enter the name."
        self.fields["email"].required = False
        self.fields["organisation_name"].help_text = ""
        self.fields["kind"].label = "What best describes the organisation"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("what") == self.BOOKING and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter the e-mail address to which the confirmation goes.")
        return cleaned


class PlaceForm(forms.Form):
    """Which organisation somebody comes from."""

    organisation = forms.CharField(
        label="Organisation in the register",
        required=False,
        max_length=200,
        help_text="The name exactly as in the register; it decides the sector. Leave it empty for none.",
    )
    organisation_name = forms.CharField(label="Organisation as they wrote it", required=False, max_length=200)
    kind = forms.TypedChoiceField(label="Kind of organisation", required=False, empty_value=None, coerce=int)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "organisation": registration.organisation.name if registration.organisation else "",
            "organisation_name": registration.organisation_name,
            "kind": registration.kind_id,
        }
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()

    def clean_organisation(self) -> Organisation | None:
        name = self.cleaned_data["organisation"].strip()
        if not name:
            return None
        found = Organisation.objects.filter(name__iexact=name).select_related("kind").first()
        if found is None:
            raise ValidationError(f"The register has no organisation called “{name}”.")
        return found

    def clean_kind(self) -> Kind | None:
        chosen = self.cleaned_data["kind"]
        return Kind.objects.get(pk=chosen) if chosen else None


class RosterFilter(forms.Form):
    """What the roster shows; every choice stands in the address."""

    q = forms.CharField(label="Name, organisation or e-mail address", required=False)
    state = forms.ChoiceField(
        label="Who",
        required=False,
        choices=[
            ("", "Expected"),
            ("waiting", "On the waiting list"),
            ("offered", "Offered a place"),
            ("cancelled", "Cancelled"),
        ],
    )
    attendance = forms.ChoiceField(
        label="Attendance",
        required=False,
        choices=[("", "All"), ("unmarked", "Not marked"), *Attendance.Status.choices],
    )
    sector = forms.ChoiceField(label="Sector", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [("", "All"), *Sector.objects.values_list("code", "name")]
