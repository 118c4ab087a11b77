"""Forms of events, which save nothing. `EventForm` also serves the app that holds events for a consultation."""

from engagement.events.forms.afterwards import FeedbackForm, WriteUpForm
from engagement.events.forms.day import (
    MOST_AT_ONCE,
    CheckInForm,
    DoorFilter,
    ListForm,
    NotUnderstood,
    WalkInForm,
    number_of,
    report_of,
)
from engagement.events.forms.invitations import AudienceForm, DeclineInvitationForm, InviteForm
from engagement.events.forms.notes import AmendmentForm, DisputeForm, NoteForm, point_of
from engagement.events.forms.occasion import LAST_MINUTE, EventFilter, EventForm, ReasonForm, TopicsForm
from engagement.events.forms.people import (
    CONSENT,
    CONSENT_VERSION,
    WHO_SEES_NEEDS,
    BookingForm,
    PersonForm,
    PlaceForm,
    RosterFilter,
    StaffPersonForm,
    kind_choices,
)
from engagement.events.forms.places import ByHandForm, GuestsField, HandOnForm, PlacesForm, TimesForm
from engagement.events.forms.questions import KeepersForm, NeedForm, QuestionsForm
from engagement.events.forms.setup import AgendaForm, PublicFilter, RepeatForm, TablesForm, VenueForm

__all__ = [
    "CONSENT",
    "CONSENT_VERSION",
    "LAST_MINUTE",
    "MOST_AT_ONCE",
    "WHO_SEES_NEEDS",
    "AgendaForm",
    "AmendmentForm",
    "AudienceForm",
    "BookingForm",
    "ByHandForm",
    "CheckInForm",
    "DeclineInvitationForm",
    "DisputeForm",
    "DoorFilter",
    "EventFilter",
    "EventForm",
    "FeedbackForm",
    "GuestsField",
    "HandOnForm",
    "InviteForm",
    "KeepersForm",
    "ListForm",
    "NeedForm",
    "NotUnderstood",
    "NoteForm",
    "PersonForm",
    "PlaceForm",
    "PlacesForm",
    "PublicFilter",
    "QuestionsForm",
    "ReasonForm",
    "RepeatForm",
    "RosterFilter",
    "StaffPersonForm",
    "TablesForm",
    "TimesForm",
    "TopicsForm",
    "VenueForm",
    "WalkInForm",
    "WriteUpForm",
    "kind_choices",
    "number_of",
    "point_of",
    "report_of",
]
