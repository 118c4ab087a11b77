"""Forms of events, which save nothing. `EventForm` also serves the app that holds events for a consultation."""

from engagement.events.forms.notes import AmendmentForm, DisputeForm, NoteForm
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

__all__ = [
    "CONSENT",
    "CONSENT_VERSION",
    "LAST_MINUTE",
    "WHO_SEES_NEEDS",
    "AmendmentForm",
    "BookingForm",
    "DisputeForm",
    "EventFilter",
    "EventForm",
    "NoteForm",
    "PersonForm",
    "PlaceForm",
    "ReasonForm",
    "RosterFilter",
    "StaffPersonForm",
    "TopicsForm",
    "kind_choices",
]
