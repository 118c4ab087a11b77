"""Typing papers in behind the page: with progress, called off, tried again, and right after a kill."""

import os
import signal
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from consultations.submissions import actions, bulkwork
from consultations.submissions.actions import bulk
from consultations.submissions.models import BulkEntry, Submission
from engagement.core import jobs
from engagement.core import tasks as core_tasks
from engagement.core.errors import Refused
from tests.consultations.submissions.papers import checked, letter, version_of, workbook
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import make_definition, publish_version, published_survey

KEPT = []


def asked(papers=5):
    survey = published_survey(ConsultationFactory(reference="lis"), code="views")
    typist = AssignmentFactory(consultation=survey.consultation).user
    found = checked(survey, workbook(version_of(survey), [letter(number) for number in range(1, papers + 1)]))
    return actions.request_papers(
        survey, found.planned, version=1, actor=typist, file_name="papers.xlsx", sha256="f" * 64
    )


@pytest.fixture
def job(db, monkeypatch):
    monkeypatch.setattr(bulkwork, "LOT", 2)
    return asked()


def stands(job):
    job.refresh_from_db()
    return job.state, job.done, job.made, Submission.objects.count()


def breaks_at(monkeypatch, number, error):
    """Something happens instead of the paper of this number."""
    real, seen = bulk._make, []

    def make(*args):
        seen.append(args)
        if len(seen) == number:
            raise error
        return real(*args)

    monkeypatch.setattr(bulk, "_make", make)


def test_a_file_goes_in_by_lots_once_however_often_the_bell_rings(job):
    for _ in range(2):
        core_tasks.work("submissions.bulk", job.pk)
        core_tasks.sweep_work()
    assert stands(job) == ("ready", 5, 5, 5)
    assert job.rows == []
    assert bulkwork.waiting() == []


def test_a_lot_that_cannot_go_in_says_where_it_stopped_and_another_try_goes_on(job, monkeypatch):
    breaks_at(monkeypatch, 4, Refused("The organisation is closed."))
    core_tasks.work("submissions.bulk", job.pk)
    assert stands(job) == ("failed", 2, 2, 2)
    assert job.failure == "The first 2 responses were typed in. Row 6 (L-4): The organisation is closed."

    actions.try_papers_again(job.pk)
    core_tasks.sweep_work()

    assert stands(job) == ("ready", 5, 5, 5)


def test_an_import_that_was_called_off_stops_between_two_lots(job, monkeypatch):
    real = bulkwork.import_papers

    def import_and_call_off(*args, **kwargs):
        actions.call_off_papers(job.pk)
        return real(*args, **kwargs)

    core_tasks.work("submissions.bulk", 0)
    monkeypatch.setattr(bulkwork, "import_papers", import_and_call_off)
    core_tasks.work("submissions.bulk", job.pk)
    assert stands(job)[2:] == (0, 0), "The lot goes back with its transaction."


def test_a_worker_that_lost_its_claim_writes_nothing(job, monkeypatch):
    real = bulkwork.import_papers

    def taken_over(*args, **kwargs):
        BulkEntry.objects.filter(pk=job.pk).update(attempts=7)
        return real(*args, **kwargs)

    monkeypatch.setattr(bulkwork, "import_papers", taken_over)
    core_tasks.work("submissions.bulk", job.pk)
    assert stands(job)[1:] == (0, 0, 0)


def test_a_new_version_of_the_survey_ends_it_with_a_sentence(job):
    publish_version(job.survey, make_definition())
    core_tasks.work("submissions.bulk", job.pk)
    assert job.failure == ""
    assert stands(job)[0] == "failed"
    assert job.failure == "A new version of the survey was published since the file was checked. Check it once more."


def test_rows_of_a_failed_import_are_let_go_of_after_a_week(job, time_machine):
    jobs.fail(BulkEntry, job.pk, "No.")
    now = timezone.now()
    time_machine.move_to(now + timedelta(days=6))
    bulkwork.forget()
    assert BulkEntry.objects.get().rows != []
    time_machine.move_to(now + timedelta(days=8))
    bulkwork.forget()
    with pytest.raises(Refused, match="Choose the file again"):
        actions.try_papers_again(job.pk)


def test_three_dead_processes_are_enough(job):
    BulkEntry.objects.update(state="building", attempts=3, lease_until=timezone.now() - timedelta(seconds=1))
    core_tasks.sweep_work()
    assert stands(job)[0] == "failed"
    assert "ended three times" in job.failure


def test_page_shows_progress_and_stops_only_after_asking(job, signed_in):
    client = signed_in(job.requested_by)
    BulkEntry.objects.update(state="building", done=2, made=2, lease_until=timezone.now() + timedelta(minutes=1))
    address = [job.survey.consultation.reference, job.public_id]
    page = client.get(reverse("submissions:bulk_entry", args=address)).text
    assert 'hx-trigger="every 2s"' in page
    assert "2 responses typed in." in page
    stop = reverse("submissions:stop_bulk_entry", args=address)
    assert "What has been typed in stays." in client.get(stop).text
    assert BulkEntry.objects.get().state == "building"
    client.post(stop)
    client.post(stop)
    assert BulkEntry.objects.get().state == "cancelled"
    assert signed_in(AssignmentFactory().user).get(stop).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_the_middle_of_a_lot_is_followed_by_one_that_goes_on(monkeypatch):
    monkeypatch.setattr(bulkwork, "LOT", 2)
    job = asked()
    connections.close_all()
    child = os.fork()
    if child == 0:
        for one in connections.all(initialized_only=True):
            KEPT.append(one.connection)
            one.connection = None
        real, seen = bulk._make, []

        def make(*args):
            seen.append(args)
            real(*args)
            if len(seen) == 4:
                os.kill(os.getpid(), signal.SIGKILL)

        bulk._make = make
        try:
            bulkwork.run(job.pk)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert stands(job) == ("building", 2, 2, 2)
    assert bulkwork.waiting() == []

    BulkEntry.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    core_tasks.sweep_work()

    assert stands(job) == ("ready", 5, 5, 5)
    assert (job.attempts, job.was_here) == (2, 0)
