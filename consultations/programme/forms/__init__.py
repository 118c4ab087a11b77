"""What staff type about a consultation, checked; nothing here saves."""

from consultations.programme.forms.facts import (
    GROUPS,
    RESERVED,
    AboutForm,
    AccessForm,
    ContactForm,
    DatesForm,
    GroupForm,
    NewConsultationForm,
    PrivacyForm,
    StaffFilter,
)
from consultations.programme.forms.fields import LAST_SECOND, ZONE, clock_field, day_field, local_moment, text_area
from consultations.programme.forms.moves import ExtensionForm, PlainForm, ProposalForm, ReasonForm, ReturnForm
from consultations.programme.forms.parts import (
    AssignmentForm,
    DocumentForm,
    NewEventForm,
    NewThemeForm,
    ThemeChoiceForm,
    ThemeForm,
)

__all__ = [
    "GROUPS",
    "LAST_SECOND",
    "RESERVED",
    "ZONE",
    "AboutForm",
    "AccessForm",
    "AssignmentForm",
    "ContactForm",
    "DatesForm",
    "DocumentForm",
    "ExtensionForm",
    "GroupForm",
    "NewConsultationForm",
    "NewEventForm",
    "NewThemeForm",
    "PlainForm",
    "PrivacyForm",
    "ProposalForm",
    "ReasonForm",
    "ReturnForm",
    "StaffFilter",
    "ThemeChoiceForm",
    "ThemeForm",
    "clock_field",
    "day_field",
    "local_moment",
    "text_area",
]
