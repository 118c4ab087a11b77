"""Anonymous responses, after the measure of R43: people whose accounts are known answer in a known order, through the
pages; then the whole database, the log and every export are searched for a link from a person to a response, and for
any column that lists the people or the responses in the order of answering.

The search itself is tested too: it has to find an entry of the record, a key of a sequence and a moment put back in.
"""

from __future__ import annotations

import logging
import random

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from consultations.exports import build
from consultations.exports.models import ExportJob
from consultations.invitations.models import Invitation
from consultations.submissions import (
    anonymity,
    links,
    tallies,
)
from consultations.submissions.counters import Tally
from consultations.submissions.models import Response, Submission, TextAnswer
from engagement.audit import trail
from engagement.audit.models import Entry
from engagement.messaging.models import OutgoingMessage
from tests.consultations.submissions.tracing import (
    CHOICES,
    NAMES,
    PEOPLE,
    Crowd,
    address_of,
    columns_in_order,
    direct_links,
    growing,
    person_rows,
    places_in_order,
    read_all,
    response_rows,
    rows_of_everything,
    said_by,
    without_what_was_said,
)
from tests.factories.programme import AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_chance(monkeypatch):
    monkeypatch.setattr(anonymity, "CHANCE", random.Random(20181112))


@pytest.fixture
def consultation():
    return growing()


# --- what must be true ----------------------------------------------------------------------------------


@pytest.fixture
def crowd(consultation, caplog):
    for name in ("django.request", "django.security", "consultations", "engagement", "soundings", "celery"):
        caplog.set_level(logging.DEBUG, logger=name)
    found = Crowd(consultation)
    found.answer(consultation)
    return found


def test_nothing_ties_an_anonymous_response_to_its_author(crowd, consultation, caplog):
    rows = rows_of_everything()

    assert all(person_rows(rows, number) and response_rows(rows, number) for number in range(PEOPLE))
    assert Submission.objects.count() == PEOPLE
    assert direct_links(rows) == []
    assert without_what_was_said(columns_in_order(rows)) == []
    assert places_in_order() == []
    no_token_no_draft_and_no_message_is_left(crowd, str(rows))
    every_moment_is_the_beginning_of_the_week(anonymity.week_of(timezone.now(), consultation))
    the_log_says_nothing_of_people_or_tokens(crowd, caplog)


def no_token_no_draft_and_no_message_is_left(crowd, everything):
    for token in crowd.tokens:
        assert token not in everything
        assert token.replace("-", "") not in everything
        assert links.key_of(token) not in everything
    for draft in crowd.drafts:
        assert draft not in everything
        assert draft.replace("-", "") not in everything
    assert not OutgoingMessage.objects.exists()
    assert not Entry.objects.filter(subject_kind="submissions.submission").exists()
    assert set(Invitation.objects.values_list("state", flat=True)) <= {"queued", "sent"}
    for session in apps.get_model("sessions.Session").objects.all():
        assert set(session.get_decoded()) <= {"_auth_user_id", "_auth_user_backend", "_auth_user_hash"}


def every_moment_is_the_beginning_of_the_week(week):
    for submission in Submission.objects.all():
        assert {submission.created_at, submission.updated_at, submission.submitted_at} == {week}
        assert submission.statements.count() == 0
    for response in Response.objects.all():
        assert {response.created_at, response.updated_at} == {week}
        assert (response.revision, response.revisions.count(), response.last_edited_by) == (0, 0, None)
    assert max(TextAnswer.objects.values_list("pk", flat=True)) < 0


def the_log_says_nothing_of_people_or_tokens(crowd, caplog):
    lines = [record.getMessage() for record in caplog.get_records("setup")]
    for number, token in enumerate(crowd.tokens):
        secrets = (token, token.replace("-", ""), address_of(number), said_by(number))
        assert not [line for line in lines if any(secret in line for secret in secrets)]


def test_no_export_names_anybody_or_keeps_the_order(crowd, consultation):
    officer = AssignmentFactory(consultation=consultation, role="officer").user
    for profile in ExportJob.Profile.values:
        job = ExportJob.objects.create(
            consultation=consultation, profile=profile, format="csv", requested_by=officer, reason="The board paper"
        )
        build.run(job.pk)
        job.refresh_from_db()
        assert job.state == ExportJob.State.READY, profile
        with job.file.open("rb") as file:
            text = "\n".join(read_all(file.read()))
        for number in range(PEOPLE):
            assert said_by(number) in text
            assert address_of(number) not in text
            assert f"{NAMES[number].title()} Fell" not in text
        places = [text.index(f"zq{number}z") for number in range(PEOPLE)]
        assert places not in (sorted(places), sorted(places, reverse=True))


# --- the search finds what it looks for -----------------------------------------------------------------


def test_an_entry_in_the_record_would_be_found(consultation, monkeypatch):
    crowd = Crowd(consultation)
    real = anonymity.send

    def remembers(submission_id, **facts):
        sent = real(submission_id, **facts)
        person = crowd.people[int(sent.statement.partition("zq")[2][0])]
        trail.record("submission.submitted", subject=sent, actor=person)
        return sent

    monkeypatch.setattr(anonymity, "send", remembers)
    crowd.answer(consultation)
    rows = rows_of_everything()

    assert {number for number, _ in direct_links(rows)} == set(range(PEOPLE))
    assert ("person", "audit_entry", "id") in columns_in_order(rows)


def test_keys_of_a_sequence_would_be_found(consultation, monkeypatch):
    numbers = iter(range(-(10**6), 0))
    monkeypatch.setattr(anonymity, "new_key", lambda: next(numbers))
    Crowd(consultation).answer(consultation)

    assert ("response", "submissions_submission", "id") in columns_in_order(rows_of_everything())


def test_a_moment_would_be_found(consultation, monkeypatch):
    monkeypatch.setattr(anonymity, "week_of", lambda now, consultation: now)
    Crowd(consultation).answer(consultation)

    assert ("response", "submissions_submission", "submitted_at") in columns_in_order(rows_of_everything())


def test_rows_left_where_they_were_written_would_be_found(consultation, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps rows in the order of their keys")
    monkeypatch.setattr(anonymity, "_mix", lambda sent: None)
    Crowd(consultation).answer(consultation)

    assert ("submissions_submission", "xmin::text::bigint") in places_in_order()


def test_counters_made_as_choices_come_would_be_found(consultation, monkeypatch):
    def as_they_come(survey_id, counted, **chance):
        known = set(Tally.objects.values_list("split", "column", "choice_code"))
        tallies.insert(survey_id, {key: 1 for key in counted if (key[1], key[2], key[5]) not in known})

    monkeypatch.setattr(tallies, "count_unseen", as_they_come)
    Crowd(consultation).answer(consultation)

    assert chosen_in_the_order_of_keys(consultation) == [choice.code for choice in CHOICES]


def test_keys_of_counters_do_not_tell_which_choice_came_first(crowd, consultation):
    order = chosen_in_the_order_of_keys(consultation)

    assert sorted(order) == [choice.code for choice in CHOICES]
    assert order not in (sorted(order), sorted(order, reverse=True))
    assert tallies.differences(consultation.surveys.get()) == {}


def chosen_in_the_order_of_keys(consultation):
    rows = consultation.surveys.get().tallies.filter(split="").exclude(choice_code="")
    return list(rows.order_by("pk").values_list("choice_code", flat=True))
