"""What staff type into the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from engagement.core.inputs import DayInput
from engagement.stakeholders.models import Area, Contact, Interaction, Kind, Membership, Organisation
from engagement.stakeholders.queries import Facets, Filters


def _without_breaks(text: str) -> str:
    return " ".join(text.split())


class FilterForm(forms.Form):
    """Search and filters above the list of organisations; each value says how many organisations it would leave."""

    q = forms.CharField(label="Search", required=False, max_length=200, help_text="Name, contact or e-mail address")
    sector = forms.ChoiceField(label="Sector", required=False)
    kind = forms.ChoiceField(label="Kind", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    size = forms.ChoiceField(label="Size", required=False)
    order = forms.ChoiceField(
        label="Sort by",
        required=False,
        choices=[
            ("name", "Name"),
            ("-name", "Name, from the end"),
            ("kind", "Sector and kind"),
            ("-people", "Most people first"),
            ("people", "Fewest people first"),
            ("-changed", "Latest change first"),
        ],
    )
    state = forms.ChoiceField(label="State", required=False, choices=[("", "In use"), ("closed", "Closed")])

    def __init__(self, *args: Any, facets: Facets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (
            ("sector", facets.sectors),
            ("kind", facets.kinds),
            ("area", facets.areas),
            ("size", facets.sizes),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "All"), *((code, f"{label} ({number})") for code, (label, number) in values.items())]


def read_filters(data: Any) -> Filters:
    """The filters in an address. What is not known is passed on and finds nothing; an unknown order is by name."""
    return Filters(
        text=_without_breaks(data.get("q", ""))[:200].replace("\x00", ""),
        sector=data.get("sector", "")[:60].replace("\x00", ""),
        kind=data.get("kind", "")[:60].replace("\x00", ""),
        area=data.get("area", "")[:60].replace("\x00", ""),
        size=data.get("size", "")[:20].replace("\x00", ""),
        closed=data.get("state") == "closed",
        order=data.get("order", "name"),
    )


class PeopleSearchForm(forms.Form):
    q = forms.CharField(label="Search", required=False, max_length=200, help_text="Name, address or organisation")
    order = forms.ChoiceField(
        label="Sort by",
        required=False,
        choices=[("name", "Name"), ("-name", "Name, from the end"), ("-changed", "Latest change first")],
    )


class InteractionForm(forms.Form):
    """A call, a meeting or a letter. `people` are those of the organisation."""

    way = forms.ChoiceField(
        label="What was it?",
        choices=Interaction.Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what it was."},
    )
    on = forms.DateField(
        label="When",
        widget=DayInput(),
        error_messages={"required": "Say on which day it was.", "invalid": "Enter a date like 8/2/2019."},
    )
    contact = forms.ModelChoiceField(
        label="With whom",
        queryset=Contact.objects.none(),
        required=False,
        empty_label="Nobody in particular",
        error_messages={"invalid_choice": "Choose somebody of this organisation."},
    )
    text = forms.CharField(
        label="What was said",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=10_000,
        error_messages={"required": "Write what was said.", "max_length": "There is room for 10,000 characters."},
    )
    follow_up_on = forms.DateField(
        label="What we promised is due on",
        help_text="Leave empty if nothing was promised.",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": "Enter a date like 8/2/2019."},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        contact.queryset = people

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is still to come. Note what has happened.")
        return day


class MergeForm(forms.Form):
    """Which of two entries stays."""

    other = forms.ModelChoiceField(
        label="Name of the other entry",
        queryset=Organisation.objects.none(),
        to_field_name="name",
        widget=forms.TextInput,
        help_text="As it stands in the register. Everything that hangs on it comes to this one, and it is closed.",
        error_messages={
            "required": "Write the name of the other entry.",
            "invalid_choice": "The register has no other organisation of this name.",
        },
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = self.fields["other"]
        assert isinstance(other, forms.ModelChoiceField)
        other.queryset = Organisation.objects.exclude(pk=organisation.pk)


class OrganisationForm(forms.ModelForm):
    """Facts about an organisation, checked; the action saves them."""

    kind = forms.ModelChoiceField(label="Kind", queryset=Kind.objects.none(), empty_label="Choose a kind")
    areas = forms.ModelMultipleChoiceField(
        label="Areas",
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where it works. Choose several for more than one area.",
    )
    website = forms.URLField(label="Website", required=False, assume_scheme="https")
    parent = forms.ModelChoiceField(
        label="Part of", queryset=Organisation.objects.none(), required=False, to_field_name="name",
        widget=forms.TextInput, help_text="The name of a larger organisation in the register, if it is part of one.",
        error_messages={"invalid_choice": "The register has no organisation of this name."},
    )  # fmt: skip

    class Meta:
        model = Organisation
        fields = (
            "name", "trading_names", "kind", "areas", "size", "website", "is_representative", "members_represented",
            "parent", "remarks",
        )  # fmt: skip
        labels = {
            "trading_names": "Trading names",
            "is_representative": "It speaks for its members",
            "members_represented": "How many members",
        }
        help_texts = {
            "trading_names": "Other names by which people look for it, with commas between.",
            "members_represented": "Only for a body that speaks for its members.",
            "remarks": "Only staff see this.",
        }
        widgets = {"remarks": forms.Textarea(attrs={"rows": 4})}
        error_messages = {"name": {"required": "Give the organisation a name."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, areas, parent = self.fields["kind"], self.fields["areas"], self.fields["parent"]
        assert isinstance(kinds, forms.ModelChoiceField)
        assert isinstance(areas, forms.ModelMultipleChoiceField)
        assert isinstance(parent, forms.ModelChoiceField)
        kinds.queryset = Kind.objects.filter(retired_at=None) | Kind.objects.filter(pk=self.instance.kind_id)
        kinds.queryset = kinds.queryset.select_related("sector").order_by("sector__order", "order", "pk")
        kinds.label_from_instance = lambda kind: f"{kind.sector.name}: {kind.name}"  # type: ignore[method-assign]
        kinds.error_messages["required"] = "Choose what kind of organisation it is."
        areas.queryset = Area.objects.all()
        parent.queryset = Organisation.objects.exclude(pk=self.instance.pk)
        if self.instance.pk and self.instance.parent_id:
            self.initial["parent"] = self.instance.parent.name

    def clean_name(self) -> str:
        return _without_breaks(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("members_represented") is not None and not cleaned.get("is_representative"):
            self.add_error("members_represented", "Say first that the organisation speaks for its members.")
        return cleaned

    def _post_clean(self) -> None:
        """The instance stays as it is in the database: the action compares it with what was typed."""

    def validate_unique(self) -> None:
        """The action answers for it, under its lock."""


class ContactForm(forms.Form):
    """A person of the register."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give the person's name."})
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={
            "required": "Give an e-mail address.",
            "invalid": "Write an e-mail address like name@example.org.",
        },
    )
    job_title = forms.CharField(label="Job title", max_length=150, required=False)
    phone = forms.CharField(label="Telephone", max_length=40, required=False)
    lawful_basis = forms.ChoiceField(
        label="Why we may keep this",
        choices=Contact.Basis.choices,
        initial=Contact.Basis.PUBLIC_TASK,
        help_text="The lawful basis under data protection law. Consent is dated today unless it was given before.",
    )
    has_opted_out = forms.BooleanField(label="Wants no invitations or reminders", required=False)

    def clean_name(self) -> str:
        return _without_breaks(self.cleaned_data["name"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class MemberForm(forms.Form):
    """Somebody joins an organisation."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give the person's name."})
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="A person who is in the register already is found by this address.",
        error_messages={
            "required": "Give an e-mail address.",
            "invalid": "Write an e-mail address like name@example.org.",
        },
    )
    role = forms.ChoiceField(
        label="Role",
        choices=Membership.Role.choices,
        initial=Membership.Role.CONTRIBUTOR,
        widget=forms.RadioSelect,
    )
    job_title = forms.CharField(label="Job title", max_length=150, required=False)
    phone = forms.CharField(label="Telephone", max_length=40, required=False)

    def clean_name(self) -> str:
        return _without_breaks(self.cleaned_data["name"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=Membership.Role.choices, widget=forms.RadioSelect)


class NoQuestionsForm(forms.Form):
    """A page that only asks for a confirmation."""


class UploadForm(forms.Form):
    """A file with partners; what is in it is for the action to say."""

    file = forms.FileField(
        label="File",
        help_text="A CSV file or an Excel workbook (.xlsx). The first row names the columns.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Its first row must name the columns.",
            "invalid": "Choose a file.",
        },
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if upload.size is not None and upload.size > settings.UPLOAD_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                f"The file is larger than {settings.UPLOAD_MEGABYTES} MB. Split it into smaller files."
            )
        return upload


class ConfirmImportForm(forms.Form):
    """The last question before a file goes into the register; only asked about bad rows when there are any."""

    only_good_rows = forms.BooleanField(required=False)

    def __init__(self, *args: Any, good: int, bad: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not bad:
            del self.fields["only_good_rows"]
            return
        field = self.fields["only_good_rows"]
        field.label = f"Leave out the {bad:,} bad {'row' if bad == 1 else 'rows'} and import the other {good:,}"
        field.required = True
        field.error_messages["required"] = "Tick the box to import without the bad rows, or upload a corrected file."
