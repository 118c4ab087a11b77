"""Exports are asked for, built once, handed out to those who may have them, and recorded."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from consultations.exports import actions, build, tasks
from consultations.exports.models import Download, ExportJob
from consultations.exports.writers import archive
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.consultations.exports.reading import built, tables
from tests.factories.accounts import UserFactory
from tests.factories.analysis import (
    heard,
)
from tests.factories.programme import AssignmentFactory

pytestmark = pytest.mark.django_db


def test_the_task_may_come_twice_and_builds_once(survey, officer):
    heard(survey, {})
    job = built(survey, officer)
    before = (job.sha256, job.ready_at)

    tasks.build_export(job.pk)
    tasks.sweep()

    job.refresh_from_db()
    assert (job.sha256, job.ready_at) == before


def test_a_job_whose_process_was_killed_is_taken_up_and_given_up_after_three(survey, officer):
    heard(survey, {})
    job = actions.request_export(survey.consultation, profile="public", file_format="csv", actor=officer)
    past = timezone.now() - timedelta(seconds=1)
    ExportJob.objects.filter(pk=job.pk).update(state="building", attempts=1, lease_until=past)
    tasks.sweep()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("ready", 2)

    ExportJob.objects.filter(pk=job.pk).update(state="building", attempts=3, lease_until=past)
    tasks.sweep()
    job.refresh_from_db()
    assert (job.state, "ended three times" in job.failure) == ("failed", True)


def test_a_job_that_is_called_off_stops(survey, officer, monkeypatch):
    heard(survey, {})
    job = actions.request_export(survey.consultation, profile="public", file_format="csv", actor=officer)
    monkeypatch.setattr(build, "PROGRESS_EVERY", 1)
    write = archive.write

    def cancelled_meanwhile(path, tables, on_row, files):
        actions.cancel(job.pk, actor=officer)
        return write(path, tables, on_row, files)

    monkeypatch.setattr(archive, "write", cancelled_meanwhile)
    tasks.build_export(job.pk)

    job.refresh_from_db()
    assert (job.state, bool(job.file)) == ("cancelled", False)


def test_a_submission_that_arrives_meanwhile_is_in_the_file(survey, officer, monkeypatch):
    heard(survey, {"why": "First."})
    write = archive.write
    late = iter(["Second."])

    def with_a_late_one(path, tables, on_row, files):
        for text in late:
            heard(survey, {"why": text})
        return write(path, tables, on_row, files)

    monkeypatch.setattr(archive, "write", with_a_late_one)

    assert len(tables(built(survey, officer))["main"]) == 3


def test_a_full_export_needs_a_reason_and_another_persons_word(survey, officer, administrator):
    with pytest.raises(Refused, match="Say what you need"):
        actions.request_export(survey.consultation, profile="full", file_format="csv", actor=officer)
    job = actions.request_export(
        survey.consultation, profile="full", file_format="csv", actor=officer, reason="A letter."
    )
    tasks.build_export(job.pk)
    job.refresh_from_db()
    assert job.state == "awaiting"

    with pytest.raises(Refused, match="other than the one who asked"):
        actions.approve(job.pk, actor=officer)
    actions.approve(job.pk, actor=administrator)
    tasks.build_export(job.pk)
    job.refresh_from_db()
    assert job.state == "ready"


def test_a_full_export_that_waits_for_a_word_is_not_built_by_asking_again(survey, officer, signed_in):
    """“Try again” is for what could not be built; otherwise it would stand in for the administrator's word."""
    job = actions.request_export(
        survey.consultation, profile="full", file_format="csv", reason="A mailing", actor=officer
    )

    signed_in(officer).post(reverse("exports:try_again", args=["lis", job.public_id]))

    job.refresh_from_db()
    assert job.state == ExportJob.State.AWAITING


def test_fetching_is_recorded_and_ends_with_the_days(survey, officer, signed_in, time_machine):
    heard(survey, {})
    job = built(survey, officer)
    address = reverse("exports:download", args=["lis", job.public_id])

    answer = signed_in(officer).post(address)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{job.file_name}"'
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert Download.objects.filter(job=job, user=officer).count() == 1
    assert Entry.objects.filter(verb="export.downloaded", actor=officer).count() == 1

    time_machine.move_to(timezone.now() + timedelta(days=8))
    tasks.sweep()
    late = signed_in(officer).post(address, follow=True)
    assert "no longer kept" in late.content.decode()
    assert not job.file.storage.exists(job.file.name)


def test_a_copied_link_is_worth_nothing(survey, officer, client, signed_in):
    heard(survey, {})
    job = built(survey, officer)
    address = reverse("exports:download", args=["lis", job.public_id])

    assert client.post(address).status_code == 302
    assert signed_in(UserFactory()).post(address).status_code == 404
    assert signed_in(UserFactory(officer=True)).post(address).status_code == 404
    assert signed_in(officer).get(address).status_code == 405
    assert not Download.objects.exists()


def test_engagement_staff_cannot_have_the_full_file(survey, administrator, signed_in):
    colleague = AssignmentFactory(consultation=survey.consultation, role="engagement").user
    job = built(survey, administrator, profile="full", reason="An audit.")

    assert signed_in(colleague).post(reverse("exports:download", args=["lis", job.public_id])).status_code == 403
    page = signed_in(colleague).post(
        reverse("exports:request", args=["lis"]), {"profile": "full", "format": "csv", "reason": "x"}
    )
    assert page.status_code == 422


def test_asking_through_the_page_leads_to_the_job(survey, officer, signed_in):
    heard(survey, {})
    client = signed_in(officer)
    wrong = client.post(reverse("exports:request", args=["lis"]), {"profile": "full", "format": "csv"})
    page = client.post(
        reverse("exports:request", args=["lis"]), {"profile": "public", "format": "csv", "labels": "yes"}, follow=True
    )

    assert "Say what you need the names and addresses for." in wrong.content.decode()
    assert "Waiting" in page.content.decode()
    assert ExportJob.objects.get().labels is True


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_files_there_are(
    survey, officer, signed_in, django_assert_num_queries, count
):
    for _ in range(count):
        built(survey, officer)
    client = signed_in(officer)

    with django_assert_num_queries(6):
        page = client.get(reverse("exports:list", args=["lis"]))

    assert page.content.count(b'data-label="File"') == count


def test_the_pages_are_accessible_and_fit_a_narrow_screen(survey, officer, open_page, axe, fits):
    heard(survey, {})
    job = built(survey, officer)
    for address in (
        reverse("exports:list", args=["lis"]),
        reverse("exports:request", args=["lis"]),
        reverse("exports:job", args=["lis", job.public_id]),
    ):
        page = open_page(address, user=officer, width=320)
        axe(page)
        fits(page)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_command_writes_the_file_and_says_its_figures(survey, tmp_path, file_format, capsys):
    heard(survey, {"grow": "yes"})

    call_command("run_export", "lis", "--profile", "public", "--format", file_format, "--out", str(tmp_path / "out"))

    figures = json.loads(capsys.readouterr().out)
    assert figures["rows"] == 2
    assert figures["bytes"] == (tmp_path / "out").stat().st_size
    assert set(figures) == {"rows", "columns", "bytes", "cpu_s", "wall_s", "peak_mb"}


def test_the_command_refuses_what_does_not_exist(tmp_path):
    with pytest.raises(SystemExit) as stopped:
        call_command("run_export", "nothing", "--out", str(tmp_path / "out"))
    assert stopped.value.code == 1
