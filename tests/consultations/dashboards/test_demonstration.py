"""The demonstration is what it promises to be: one loaded database, looked at by the product's own counting."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from consultations.analysis import figures
from consultations.analysis import queries as analysis
from consultations.analysis.models import Coding
from consultations.dashboards import coverage
from consultations.dashboards.demonstration import loading, register, staff
from consultations.dashboards.demonstration.clock import Agenda, at, local
from consultations.dashboards.demonstration.present import IN_REVIEW, OPEN, TODAY, to_working_day
from consultations.dashboards.demonstration.voices import Speech, Voice
from consultations.exports.models import ExportJob
from consultations.invitations import queries as invitations
from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from consultations.submissions import tallies
from consultations.submissions.models import EvidenceDocument, Submission
from consultations.submissions.queries import counted
from consultations.summaries.models import Summary
from consultations.surveys.models import Survey
from engagement.accounts.models import User
from engagement.audit.models import Entry
from engagement.events import afterwards, presence
from engagement.events.models import Event, Invitee, Note, Registration, Scan
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders import segments
from engagement.stakeholders.models import Interaction, Organisation, Segment
from engagement.stakeholders.queries import likely_duplicates, likely_same_people

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[str]:
    """What the command said when it filled the database; loaded once for the tests of this file that ask for it."""
    words, folder = StringIO(), tmp_path_factory.mktemp("demonstration")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder, MAIL_CATCHER=True, DEBUG=False),
        transaction.atomic(),
    ):
        call_command("load_demonstration", stdout=words)
        yield words.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def lis(said: str) -> Consultation:
    return Consultation.objects.get(reference="north-east-lis")


# --- the numbers of the field study ---------------------------------------------------------------------


def test_the_call_for_evidence_has_the_size_of_a_real_one(lis):
    # One of them stands there twice, for somebody to find.
    assert Organisation.objects.count() == 180 + 1
    assert len(likely_duplicates()) == 1
    assert likely_same_people(50)[1] >= 1
    assert Segment.objects.count() == 4
    assert all(segments.organisations(one.definition).exists() for one in Segment.objects.all())
    assert Interaction.objects.count() == 4
    invited = invitations.group_counts(lis)
    assert (invited["all"], invited["responded"], invited["declined"], invited["bounced"]) == (131, 74, 4, 3)
    heard = figures.voices(lis)
    assert (heard.submissions, heard.organisations, heard.individuals) == (74, 70, 4)
    assert (heard.events, heard.attendances) == (12, 310)
    assert Note.objects.filter(event__in=lis.event_links.values("event")).count() == 220
    assert EvidenceDocument.objects.filter(submission__consultation=lis).count() == 25


def test_answers_came_by_every_channel_in_time_and_late_and_not_all_in_public(lis):
    rows = counted(lis)

    assert Counter(rows.values_list("channel", flat=True)) == {"online": 48, "email": 15, "letter": 6, "telephone": 5}
    assert Counter(rows.values_list("timing", flat=True)) == {"on_time": 70, "late": 4}
    assert Counter(rows.values_list("confidentiality", flat=True)) == {"named": 59, "unnamed": 9, "withheld": 6}
    assert not rows.filter(confidentiality="withheld", confidentiality_reason="").exists()


def test_what_is_not_counted_is_there_as_well(lis):
    states = Counter(Submission.objects.filter(consultation=lis).values_list("state", flat=True))

    assert states == {"accepted": 74, "in_progress": 4, "duplicate": 3, "withdrawn": 2, "rejected": 1}
    assert not Submission.objects.filter(state__in=["duplicate", "withdrawn", "rejected"], set_aside_reason="").exists()


def test_thin_cells_are_thin(lis):
    matrix = coverage.by_area(coverage.known(lis))
    voluntary = next(line for line in matrix.lines if line.label == "Voluntary and community")
    cell = voluntary.cells[matrix.columns.index("Northumberland")]

    assert (cell.heard, cell.invited, cell.is_thin) == (1, 5, True)
    assert counted(lis).filter(kind__code="construction").count() == 1
    assert counted(lis).filter(kind__code="rural-food").count() == 1
    assert 1 <= matrix.thin_count <= 6


def test_the_counters_agree_with_the_answers(said):
    for survey in Survey.objects.all():
        assert tallies.differences(survey) == {}, survey


# --- it is true -----------------------------------------------------------------------------------------


def test_everything_happened_when_it_is_said_to_have_happened(lis):
    assert timezone.localtime(lis.original_closes_at).date() == date(2019, 2, 8)
    assert timezone.localtime(lis.closes_at).date() == date(2019, 2, 15)
    assert lis.changes.get(what="extended").reason
    assert not counted(lis).filter(submitted_at__lt=lis.opens_at).exists()
    late = counted(lis).filter(timing="late", channel="online")
    assert all(row.created_at < lis.closes_at < row.submitted_at for row in late)
    acts = Entry.objects.filter(scope=lis.reference).exclude(verb__startswith="export.")
    assert (min(acts.values_list("at", flat=True)).year, max(acts.values_list("at", flat=True)).year) == (2018, 2019)
    assert not OutgoingMessage.objects.filter(state="sent", sent_at__gt=timezone.now()).exists()


def test_reminders_went_to_those_only_who_had_not_answered(lis):
    sent = OutgoingMessage.objects.filter(rule=f"invitations.remind:{lis.pk}", state="sent")

    assert {timezone.localdate(at) for at in sent.values_list("sent_at", flat=True)} == {
        date(2019, 1, 25),
        date(2019, 2, 12),
    }
    answered = dict(Invitation.objects.filter(consultation=lis, state="responded").values_list("pk", "responded_at"))
    for message in sent:
        at = answered.get(int(message.about_key))
        assert at is None or at > message.sent_at
    reasons = " ".join(OutgoingMessage.objects.filter(state="skipped").values_list("reason", flat=True))
    assert "the plan was made anew" in reasons


def test_people_were_invited_before_they_answered(lis):
    rows = Invitation.objects.filter(consultation=lis, responded_at__isnull=False)

    assert all(row.sent_at <= row.responded_at for row in rows)


def test_nobody_approved_their_own_work(lis):
    assert lis.reviewed_by_id != lis.submitted_for_review_by_id
    assert all(one.approved_by_id != one.author_id for one in Summary.objects.exclude(approved_by=None))
    typed_in = counted(lis).exclude(channel="online")
    assert all(row.entered_by_id and row.entered_by_id != row.submitted_by_id for row in typed_in)


def test_codes_stand_exactly_on_what_was_said(lis):
    progress = analysis.progress(lis)
    assert 0.75 < progress.read / progress.total < 0.85
    for coding in Coding.objects.select_related("excerpt__answer", "excerpt__note").order_by("?")[:50]:
        excerpt = coding.excerpt
        source = excerpt.answer or excerpt.note
        assert source.text[excerpt.start : excerpt.end] == excerpt.text
        assert excerpt.text.endswith(".")


def test_there_is_a_published_summary_another_in_review_and_a_file_to_fetch(lis):
    assert lis.state == Consultation.State.REPORTED
    assert dict(Summary.objects.filter(consultation=lis).values_list("version", "state")) == {
        1: "published",
        2: "in_review",
    }
    states = Counter(ExportJob.objects.filter(consultation=lis).values_list("state", flat=True))
    assert states == {"ready": 1, "failed": 1, "awaiting": 1}


def test_a_survey_was_corrected_and_answers_keep_their_version(lis):
    survey = Survey.objects.get(consultation=lis, code="people")

    assert [version.change for version in survey.versions.order_by("number")] == ["first", "wording"]


# --- what goes on today ---------------------------------------------------------------------------------


def test_a_visitor_finds_something_to_answer(said):
    it = Consultation.objects.get(reference=OPEN)

    assert it.state == "open"
    assert (timezone.localdate(it.closes_at) - timezone.localdate()).days == 18
    assert invitations.group_counts(it)["organisations"] == 30
    assert counted(it).count() == 10
    assert Submission.objects.filter(consultation=it, state="in_progress").count() == 4
    assert Submission.objects.filter(consultation=it, state="awaiting_approval", channel="letter").count() == 1
    assert OutgoingMessage.objects.filter(scope=OPEN, state="planned").exists()
    ahead = Event.objects.filter(context_reference=OPEN, state="booking").order_by("starts_at")
    # One is for booking, and the last one is full.
    assert [event.places_left > 0 for event in ahead][-2:] == [True, False]
    assert list(ahead)[-1].registrations.queue().count() == 3
    assert Consultation.objects.get(reference=IN_REVIEW).state == "in_review"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("dashboards:overview", ["north-east-lis"]),
        ("dashboards:overview", [OPEN]),
        ("invitations:ledger", ["north-east-lis"]),
        ("submissions:list", ["north-east-lis"]),
        ("analysis:figures", ["north-east-lis"]),
        ("analysis:desk", ["north-east-lis"]),
        ("summaries:list", ["north-east-lis"]),
        ("exports:list", ["north-east-lis"]),
        ("messaging:list", []),
        ("dashboards:home", []),
    ],
)
def test_pages_of_staff_show_it(said, signed_in, name, arguments):
    client = signed_in(User.objects.get(email=staff.ADMINISTRATOR))

    assert client.get(reverse(name, args=arguments)).status_code == 200


@pytest.mark.parametrize("reference", ["north-east-lis", OPEN])
def test_pages_of_the_public_show_it(said, client, reference):
    it = Consultation.objects.get(reference=reference)

    assert it.title in client.get(reverse("dashboards:front")).text
    assert it.title in client.get(reverse("programme:consultation", args=[reference])).text


# --- the day of its events ------------------------------------------------------------------------------


def counted_by_hand(event: Event) -> list[tuple[str, int, int, int]]:
    """(sector, invited, with a place, came), person by person."""
    rows: dict[tuple[int, str], list[int]] = {}

    def count(kind: Any, column: int) -> None:
        key = (kind.sector.order, kind.sector.name) if kind else (10_000, "Sector not known")
        rows.setdefault(key, [0, 0, 0])[column] += 1

    for invitee in Invitee.objects.filter(event=event).select_related("kind__sector"):
        if invitee.state != "withdrawn":
            count(invitee.kind, 0)
    for person in Registration.objects.filter(event=event).select_related("kind__sector", "attendance"):
        if person.state != "confirmed":
            continue
        if person.source != "walk_in":
            count(person.kind, 1)
        if getattr(person, "attendance", None) and person.attendance.status == "attended":
            count(person.kind, 2)
    return [(name, *numbers) for (_, name), numbers in sorted(rows.items())]


def test_who_was_invited_had_a_place_and_came_equals_a_hand_count_and_hides_small_numbers_outside(lis):
    """Acceptance item 15."""
    events = list(Event.objects.filter(state__in=Event.OVER))
    assert len(events) >= 12
    for event in events:
        table = afterwards.by_sector(event)
        found = [(line.name, line.invited, line.placed, line.came) for line in table.lines]
        assert found == counted_by_hand(event)
        shown = afterwards.for_publication(table)
        for line in (*shown.lines, shown.total):
            assert not {line.invited, line.placed, line.came} & {1, 2, 3, 4}


def test_what_an_event_adds_to_the_picture_equals_a_hand_count(lis):
    known = coverage.known(lis)
    for event in Event.objects.filter(state="written_up"):
        [told] = afterwards.contributions(event)
        here, elsewhere = set(), set(known.submitted)
        for note in Note.objects.filter(state="agreed", event__in=lis.event_links.values("event")):
            ids = {organisation.pk for organisation in note.organisations.all()}
            (here if note.event_id == event.pk else elsewhere).update(ids)
        assert (told.here, told.only_here, told.all_heard) == (len(here), len(here - elsewhere), len(known.heard))
        assert sum(line.here for line in told.sectors) == told.here
        assert sum(line.only_here for line in told.sectors) == told.only_here


def test_events_show_every_state_of_a_note_opinions_a_write_up_and_one_that_is_on_today(lis):
    assert set(Note.objects.values_list("state", flat=True)) >= {"draft", "circulated", "amended", "agreed", "disputed"}
    summit = Event.objects.get(type="summit")
    assert afterwards.is_published(summit)
    assert afterwards.opinions(summit).are_shown
    today = Event.objects.get(title=TODAY)
    assert today.day_has_come
    assert presence.counts(today)["came"] == 3
    assert Scan.objects.filter(event=today, answer="done").count() == 3


# --- the command ----------------------------------------------------------------------------------------


def test_loading_twice_changes_nothing_and_says_who_can_sign_in(said):
    before = Entry.objects.count()
    again = StringIO()
    with override_settings(MAIL_CATCHER=True):
        call_command("load_demonstration", stdout=again)

    assert "loaded already" in again.getvalue()
    assert Entry.objects.count() == before
    for words in (said, again.getvalue()):
        assert all(email in words for email, _, _ in staff.STAFF)
        assert staff.PASSWORD in words
        assert "Partner:" in words


def test_the_printed_password_opens_the_accounts_of_the_staff(said):
    assert all(user.check_password(staff.PASSWORD) for user in User.objects.exclude(staff_role=""))
    assert not any(user.has_usable_password() for user in User.objects.filter(staff_role=""))


def test_the_same_seed_invents_the_same():
    def invented() -> Any:
        rng = random.Random(loading.SEED)
        bodies = register.invent(rng)
        speech = Speech(rng)
        texts = [speech.say(Voice("charity", "voluntary", "gateshead")).text for _ in range(20)]
        return [(body.name, body.areas, [person.email for person in body.people]) for body in bodies], texts

    assert invented() == invented()


def test_passages_are_the_sentences_themselves():
    speech = Speech(random.Random(3))

    said = speech.say(Voice("energy", "business", "newcastle"), least=4, most=4, before="We welcome the call.")

    assert said.text.startswith("We welcome the call. ")
    assert len(said.passages) == 4
    for start, end, _ in said.passages:
        assert said.text[end - 1] == "."
        assert said.text[start - 1] == " "


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("days", [6, 11, -3])
def test_no_event_is_on_a_weekend(number, days):
    today = date(2019, 1, 7) + timedelta(days=number)

    moved = to_working_day(today, days)

    assert (today + timedelta(days=moved)).weekday() < 5
    assert 0 <= abs(moved) - abs(days) <= 2
    assert (moved > 0) == (days > 0)


def test_an_agenda_runs_in_order_of_time_also_what_is_planned_on_the_way():
    agenda, seen = Agenda(), []

    def first() -> None:
        seen.append(("first", timezone.now()))
        agenda.add(local(date(2019, 1, 2)), lambda: seen.append(("between", timezone.now())))

    agenda.add(local(date(2019, 1, 3)), lambda: seen.append(("last", timezone.now())))
    agenda.add(local(date(2019, 1, 1)), first)
    agenda.run()

    assert seen == [
        ("first", local(date(2019, 1, 1))),
        ("between", local(date(2019, 1, 2))),
        ("last", local(date(2019, 1, 3))),
    ]


def test_the_clock_goes_on_after_the_past_even_when_something_fails():
    with pytest.raises(ZeroDivisionError), at(local(date(2019, 1, 1))):
        raise ZeroDivisionError

    assert timezone.now().year > 2019
