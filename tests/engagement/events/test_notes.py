"""Notes from the table to evidence."""

import pytest

from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events import actions, lifecycle, queries
from engagement.events.models import Note
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.events import AttendanceFactory, EventFactory, NoteFactory, RegistrationFactory
from tests.factories.stakeholders import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return UserFactory(engagement=True)


@pytest.fixture
def second():
    return UserFactory(engagement=True)


def someone_who_came(event, **values):
    return AttendanceFactory(registration=RegistrationFactory(event=event, **values)).registration


def test_notes_go_to_those_who_came_and_to_nobody_else(writer):
    event = EventFactory(over=True)
    came = someone_who_came(event)
    AttendanceFactory(registration=RegistrationFactory(event=event), status="absent")
    RegistrationFactory(event=event)
    note = NoteFactory(event=event, written_by=writer)

    assert lifecycle.circulate(event.pk, actor=writer) == 1

    note.refresh_from_db()
    event.refresh_from_db()
    assert (note.state, event.state) == ("circulated", "circulated")
    assert list(OutgoingMessage.objects.values_list("rule", "to_email")) == [("events.notes", came.email)]
    with pytest.raises(Refused, match="no new note"):
        lifecycle.circulate(event.pk, actor=writer)
    NoteFactory(event=event)
    assert lifecycle.circulate(event.pk, actor=writer) == 1
    assert OutgoingMessage.objects.count() == 2


@pytest.mark.parametrize(
    ("state", "has_come", "sentence"),
    [("booking", True, "after the event was held"), ("held", False, "Mark attendance first")],
)
def test_circulating_is_refused_in_words(writer, state, has_come, sentence):
    event = EventFactory(state=state)
    NoteFactory(event=event)
    if has_come:
        someone_who_came(event)
    with pytest.raises(Refused, match=sentence):
        lifecycle.circulate(event.pk, actor=writer)


def test_an_amendment_is_kept_with_its_author_and_what_it_replaced(writer, second):
    note = NoteFactory(state="circulated", written_by=writer, text="Buses are late.")
    came = someone_who_came(note.event, name="Sam Okoro")

    for _ in range(2):
        amendment = lifecycle.propose(note.pk, "Buses begin late.", author_name=came.name, registration=came)
    other = lifecycle.propose(note.pk, "Trains are late.", author_name=came.name, registration=came)
    with pytest.raises(Refused, match="amendment to this note is proposed"):
        lifecycle.agree(note.pk, actor=second)
    lifecycle.accept(amendment.pk, actor=writer)
    lifecycle.decline(other.pk, actor=writer)

    note.refresh_from_db()
    kept = list(note.amendments.order_by("pk").values_list("author_name", "text", "text_before", "state"))
    assert (note.text, note.state) == ("Buses begin late.", "amended")
    assert kept == [
        ("Sam Okoro", "Buses begin late.", "Buses are late.", "accepted"),
        ("Sam Okoro", "Trains are late.", "", "declined"),
    ]
    with pytest.raises(Refused, match="“Accepted”"):
        lifecycle.decline(amendment.pk, actor=writer)


def test_nobody_agrees_their_own_note_and_an_agreed_note_stays(writer, second):
    note = NoteFactory(state="circulated", written_by=writer)
    with pytest.raises(Refused, match="somebody else agrees it"):
        lifecycle.agree(note.pk, actor=writer)

    lifecycle.agree(note.pk, actor=second)

    note.refresh_from_db()
    assert (note.state, note.agreed_by, note.agreed_at is not None) == ("agreed", second, True)
    assert Entry.objects.filter(verb="note.agreed", actor=second).count() == 1
    with pytest.raises(Refused, match="does not change any more"):
        lifecycle.propose(note.pk, "Other words", author_name="Sam")
    with pytest.raises(Refused, match="“Agreed”"):
        lifecycle.dispute(note.pk, "Wrong", actor=writer)


def test_agreeing_all_leaves_out_own_drafts_and_those_to_be_amended(writer, second):
    event = EventFactory(over=True)
    ready = NoteFactory(event=event, state="circulated", written_by=writer)
    NoteFactory(event=event, state="circulated", written_by=second)
    NoteFactory(event=event, written_by=writer)
    amended = NoteFactory(event=event, state="circulated", written_by=writer)
    lifecycle.propose(amended.pk, "Otherwise", author_name="Sam")

    assert lifecycle.agree_all(event.pk, actor=second) == 1

    assert list(queries.agreed_notes([event.pk])) == [ready]
    with pytest.raises(Refused, match="no note that you can agree"):
        lifecycle.agree_all(event.pk, actor=second)


def test_a_disputed_note_is_no_evidence_until_it_is_amended_and_agreed(writer, second):
    note = NoteFactory(state="circulated", written_by=writer)
    lifecycle.dispute(note.pk, "Nobody said so.", actor=writer)
    assert list(queries.agreed_notes([note.event_id])) == []
    lifecycle.accept(lifecycle.propose(note.pk, "One person said so.", author_name="Sam").pk, actor=writer)
    lifecycle.agree(note.pk, actor=second)
    note.refresh_from_db()
    assert (note.state, note.dispute) == ("agreed", "")


def test_only_agreed_notes_are_evidence_and_only_attributable_ones_name_anybody(django_assert_num_queries):
    event = EventFactory(over=True)
    wind, tool = OrganisationFactory(name="Wear Wind"), OrganisationFactory(name="Tyne Tool")
    NoteFactory(event=event, agreed=True, organisations=[wind, tool], is_attributable=True)
    NoteFactory(event=event, agreed=True, organisations=[wind])
    for state in ("draft", "circulated", "amended"):
        NoteFactory(event=event, state=state, organisations=[wind], is_attributable=True)

    with django_assert_num_queries(2):
        named = [queries.attribution(note) for note in queries.agreed_notes([event.pk])]

    assert named == ["Tyne Tool, Wear Wind", "Not attributed"]


def test_a_draft_can_be_corrected_and_a_circulated_note_only_amended(writer):
    event = EventFactory(over=True)
    values = {
        "topic": None,
        "table_name": "4",
        "point": Note.Point.PROPOSAL,
        "text": "Later buses",
        "people_count": 6,
        "is_attributable": False,
        "organisations": [OrganisationFactory()],
    }
    note = lifecycle.write_note(event.pk, values, actor=writer)
    actions.correct_note(note.pk, {**values, "text": "Later buses, and cheaper"}, actor=writer)
    note.refresh_from_db()
    assert (note.text, note.written_by, note.organisations.count()) == ("Later buses, and cheaper", writer, 1)
    Note.objects.filter(pk=note.pk).update(state="circulated")
    with pytest.raises(Refused, match="Propose an amendment"):
        actions.correct_note(note.pk, values, actor=writer)
