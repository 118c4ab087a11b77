"""What staff type into the register."""

from engagement.stakeholders.forms.confirming import NoQuestionsForm
from engagement.stakeholders.forms.imports import ConfirmImportForm, UploadForm
from engagement.stakeholders.forms.interactions import InteractionForm
from engagement.stakeholders.forms.lists import FilterForm, PeopleSearchForm, read_filters
from engagement.stakeholders.forms.merging import MergeForm, SamePersonForm
from engagement.stakeholders.forms.organisations import OrganisationForm
from engagement.stakeholders.forms.people import ContactForm, LeavingForm, MemberForm, RoleForm
from engagement.stakeholders.forms.segments import SegmentForm, address_of, read_definition

__all__ = [
    "ConfirmImportForm",
    "ContactForm",
    "FilterForm",
    "InteractionForm",
    "LeavingForm",
    "MemberForm",
    "MergeForm",
    "NoQuestionsForm",
    "OrganisationForm",
    "PeopleSearchForm",
    "RoleForm",
    "SamePersonForm",
    "SegmentForm",
    "UploadForm",
    "address_of",
    "read_definition",
    "read_filters",
]
