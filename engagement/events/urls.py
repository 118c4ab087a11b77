"""Addresses of events: the public's, those of signed links, and the staff's under `manage/`."""

from django.urls import path

from engagement.events.views import attendee, booking, door, notes, people, places, plan, public, staff

app_name = "events"

EVENT = "manage/<uuid:public_id>"
PERSON = f"{EVENT}/people/<uuid:person_id>"
NOTE = f"{EVENT}/notes/<uuid:note_id>"
STEP = f"{EVENT}/messages/<uuid:step>"

urlpatterns = [
    path("", public.EventList.as_view(), name="list"),
    path("calendar.ics", public.Feed.as_view(), name="feed"),
    path("bookings/<str:token>/", public.Booking.as_view(), name="booking"),
    path("bookings/<str:token>/give-up/", public.GiveUp.as_view(), name="give_up"),
    path("bookings/<str:token>/take-up/", booking.TakeUp.as_view(), name="take_up"),
    path("bookings/<str:token>/hand-on/", booking.HandOn.as_view(), name="hand_on"),
    path("bookings/<str:token>/event.ics", public.BookingCalendar.as_view(), name="booking_calendar"),
    path("notes/<str:token>/", attendee.AttendeeNotes.as_view(), name="attendee_notes"),
    path("notes/<str:token>/<uuid:public_id>/", attendee.ProposeAmendment.as_view(), name="propose_amendment"),
    path("manage/", staff.StaffList.as_view(), name="staff_list"),
    path("manage/new/", staff.CreateEvent.as_view(), name="new"),
    path(f"{EVENT}/", staff.StaffEvent.as_view(), name="staff_event"),
    path(f"{EVENT}/edit/", staff.EditEvent.as_view(), name="edit"),
    path(f"{EVENT}/copy/", staff.CopyEvent.as_view(), name="copy"),
    path(f"{EVENT}/topics/", staff.EditTopics.as_view(), name="topics"),
    path(f"{EVENT}/do/<slug:move>/", staff.ChangeState.as_view(), name="change_state"),
    path(f"{EVENT}/places/", places.Places.as_view(), name="places"),
    path(f"{EVENT}/times/", places.Times.as_view(), name="times"),
    path(f"{EVENT}/messages/", plan.Plan.as_view(), name="plan"),
    path(f"{EVENT}/messages/usual/", plan.MakePlan.as_view(), name="make_plan"),
    path(f"{EVENT}/messages/new/", plan.NewStep.as_view(), name="new_step"),
    path(f"{EVENT}/messages/stop/", plan.StopAll.as_view(), name="stop_all"),
    path(f"{STEP}/", plan.EditStep.as_view(), name="step"),
    path(f"{STEP}/stop/", plan.StopStep.as_view(), name="stop_step"),
    path(f"{STEP}/restart/", plan.RestartStep.as_view(), name="restart_step"),
    path(f"{STEP}/recipients/", plan.Preview.as_view(), name="preview"),
    path(f"{STEP}/test/", plan.SendTest.as_view(), name="test_step"),
    path(f"{STEP}/history/", plan.History.as_view(), name="history"),
    path(f"{EVENT}/people/", people.Roster.as_view(), name="roster"),
    path(f"{EVENT}/people/print/", people.PrintList.as_view(), name="print"),
    path(f"{EVENT}/people/add/", people.AddPerson.as_view(), name="add_person"),
    path(f"{EVENT}/people/absent/", people.MarkRest.as_view(), name="mark_rest"),
    path(f"{EVENT}/day/", door.Door.as_view(), name="door"),
    path(f"{EVENT}/day/figures/", door.Figures.as_view(), name="figures"),
    path(f"{EVENT}/day/snapshot/", door.Snapshot.as_view(), name="snapshot"),
    path(f"{EVENT}/day/sync/", door.Sync.as_view(), name="sync"),
    path(f"{EVENT}/day/walk-in/", door.WalkIn.as_view(), name="walk_in"),
    path(f"{EVENT}/day/badges/", door.Badges.as_view(), name="badges"),
    path(f"{EVENT}/day/list/", door.TakeList.as_view(), name="take_list"),
    path(f"{PERSON}/check-in/", door.CheckIn.as_view(), name="check_in"),
    path(f"{PERSON}/", people.Person.as_view(), name="person"),
    path(f"{PERSON}/edit/", people.EditPerson.as_view(), name="edit_person"),
    path(f"{PERSON}/cancel/", people.CancelPerson.as_view(), name="cancel_person"),
    path(f"{PERSON}/give/", places.GiveByHand.as_view(), name="give_by_hand"),
    path(f"{PERSON}/hand-on/", places.HandOnPerson.as_view(), name="hand_on_person"),
    path(f"{PERSON}/attendance/", people.Mark.as_view(), name="mark"),
    path(f"{EVENT}/notes/", notes.Notes.as_view(), name="notes"),
    path(f"{EVENT}/notes/write/", notes.WriteNote.as_view(), name="write_note"),
    path(f"{EVENT}/notes/circulate/", notes.CirculateNotes.as_view(), name="circulate"),
    path(f"{EVENT}/notes/agree/", notes.AgreeNotes.as_view(), name="agree_notes"),
    path(f"{NOTE}/edit/", notes.EditNote.as_view(), name="edit_note"),
    path(f"{NOTE}/agree/", notes.AgreeNote.as_view(), name="agree_note"),
    path(f"{NOTE}/dispute/", notes.DisputeNote.as_view(), name="dispute_note"),
    path(f"{NOTE}/amend/", notes.AmendNote.as_view(), name="amend_note"),
    path(f"{NOTE}/amendments/<uuid:amendment_id>/", notes.DecideAmendment.as_view(), name="decide_amendment"),
    path("<slug:slug>/", public.EventPage.as_view(), name="event"),
    path("<slug:slug>/event.ics", public.EventCalendar.as_view(), name="calendar"),
    path("<slug:slug>/book/", public.Book.as_view(), name="book"),
    path("<slug:slug>/booked/", public.Receipt.as_view(), name="booked"),
]
