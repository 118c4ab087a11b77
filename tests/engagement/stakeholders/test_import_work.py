"""Importing a file of partners behind the page: by lots, called off, tried again, and right after a kill."""

import csv
import io
import os
import signal
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone

from engagement.audit.models import Entry
from engagement.core import tasks as core_tasks
from engagement.core.errors import Refused
from engagement.stakeholders import actions, importing, plan
from engagement.stakeholders.models import Contact, Membership, Organisation, RegisterImport
from engagement.stakeholders.spreadsheet import COLUMNS
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import ContactFactory, OrganisationFactory

KEPT = []


def content(rows=5):
    """Partners one below the other; the last row says more of the first organisation and its person."""
    lines = [
        {
            "organisation": f"Works {number}", "kind": "University", "contact name": f"Person {number}",
            "contact e-mail": f"person{number}@works.example", "role": "lead",
        }
        for number in range(1, rows)
    ]  # fmt: skip
    lines.append(
        {
            "organisation": "Works 1", "areas": "Gateshead", "contact name": "Person 2", "phone": "0191 1",
            "contact e-mail": "person2@works.example",
        }
    )  # fmt: skip
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def asked():
    actions.ensure_classification()
    staged = actions.stage_import(content(), "partners.csv", actor=UserFactory(engagement=True))
    return actions.request_import(staged.pk)


@pytest.fixture
def job(db, monkeypatch):
    monkeypatch.setattr(importing, "LOT", 2)
    return asked()


def stands(job):
    job.refresh_from_db()
    return job.state, job.done, Organisation.objects.count(), Contact.objects.count(), Membership.objects.count()


def before_lot(monkeypatch, number, act):
    """Something happens before the lot of this number is written."""
    real, seen = plan.Plan.apply, []

    def apply(lot):
        seen.append(lot)
        if len(seen) == number:
            act()
        real(lot)

    monkeypatch.setattr(plan.Plan, "apply", apply)


def raises(error):
    def act():
        raise error

    return act


def test_a_file_goes_in_by_lots_once_however_often_the_bell_rings(job):
    for _ in range(2):
        core_tasks.work("stakeholders.import", job.pk)
        core_tasks.sweep_work()
        actions.request_import(job.pk)

    assert stands(job) == ("ready", 5, 4, 4, 5)
    assert job.outcome == {
        "organisations_added": 4, "organisations_changed": 0, "people_added": 4, "people_changed": 0,
        "roles_added": 5, "roles_changed": 0, "left_out": 0,
    }  # fmt: skip
    assert (job.rows, job.preview) == ([], {})
    assert Entry.objects.get(verb="register.imported").facts["roles_added"] == 5
    assert Organisation.objects.get(name="Works 1").areas.get().code == "gateshead"
    assert Contact.objects.get(name="Person 2").phone == "0191 1"
    assert importing.waiting() == []


def test_what_several_rows_change_is_done_whole_with_the_first_of_them(db, monkeypatch):
    monkeypatch.setattr(importing, "LOT", 2)
    OrganisationFactory(name="Works 1", website="https://one.example")
    job = asked()
    before_lot(monkeypatch, 2, raises(IntegrityError("overtaken")))

    importing.run(job.pk)

    assert stands(job)[:2] == ("failed", 2)
    works = Organisation.objects.get(name="Works 1")
    assert (works.kind.code, works.areas.get().code) == ("university", "gateshead")


def test_a_lot_that_was_overtaken_says_where_it_stopped_and_another_try_goes_on(job, monkeypatch):
    with monkeypatch.context() as broken:
        before_lot(broken, 2, raises(IntegrityError("overtaken")))
        core_tasks.work("stakeholders.import", job.pk)
    assert stands(job) == ("failed", 2, 2, 2, 2)
    assert job.failure == (
        "Somebody changed the register at the same moment. Try again. The first 2 rows are in the register."
    )

    actions.try_import_again(job.pk)
    core_tasks.sweep_work()

    assert stands(job) == ("ready", 5, 4, 4, 5)
    assert (job.outcome["organisations_added"], job.outcome["people_added"], job.outcome["roles_added"]) == (4, 4, 5)
    assert Entry.objects.filter(verb="organisation.added").count() == 4


def test_a_register_that_contradicts_the_rest_stops_it_before_the_next_lot(job, monkeypatch):
    with monkeypatch.context() as broken:
        before_lot(broken, 2, raises(IntegrityError("overtaken")))
        importing.run(job.pk)
    ContactFactory(name="Somebody Else", email="person4@works.example")

    actions.try_import_again(job.pk)
    importing.run(job.pk)

    assert stands(job)[:2] == ("failed", 2)
    assert "no longer agrees with the file (row 5)" in job.failure
    assert job.failure.endswith("The first 2 rows are in the register.")


def test_an_import_called_off_keeps_whole_lots_and_puts_them_on_record(job, monkeypatch):
    core_tasks.work("stakeholders.import", 0)
    with monkeypatch.context() as broken:
        before_lot(broken, 2, raises(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            importing.run(job.pk)
    assert stands(job) == ("building", 2, 2, 2, 2)

    actions.call_off_import(job.pk, actor=job.requested_by)
    RegisterImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    core_tasks.sweep_work()

    assert stands(job) == ("cancelled", 2, 2, 2, 2)
    assert (job.rows, job.outcome["left_out"]) == ([], 3)
    assert Entry.objects.get(verb="register.imported").facts["organisations_added"] == 2


def test_an_import_called_off_before_it_began_puts_nothing_in(job):
    actions.call_off_import(job.pk, actor=job.requested_by)
    core_tasks.work("stakeholders.import", job.pk)
    core_tasks.sweep_work()
    assert stands(job) == ("cancelled", 0, 0, 0, 0)
    assert not Entry.objects.filter(verb="register.imported").exists()


@pytest.mark.parametrize("change", [{"state": "cancelled"}, {"attempts": 7}])
def test_a_worker_that_lost_its_claim_writes_nothing(job, monkeypatch, change):
    before_lot(monkeypatch, 1, lambda: RegisterImport.objects.update(**change))
    importing.run(job.pk)
    assert stands(job)[1:] == (0, 0, 0, 0), "The lot goes back with its transaction."


def test_three_dead_processes_are_enough(job):
    RegisterImport.objects.update(state="building", attempts=3, lease_until=timezone.now() - timedelta(seconds=1))
    core_tasks.sweep_work()
    assert stands(job)[0] == "failed"
    assert "ended three times" in job.failure


def test_rows_of_a_failed_import_are_let_go_of_after_a_week(job, monkeypatch, time_machine):
    before_lot(monkeypatch, 1, raises(Refused("No.")))
    importing.run(job.pk)
    now = timezone.now()
    time_machine.move_to(now + timedelta(days=6))
    importing.forget()
    assert RegisterImport.objects.get().rows != []
    time_machine.move_to(now + timedelta(days=8))
    core_tasks.sweep_work()
    with pytest.raises(Refused, match="Upload the file again"):
        actions.try_import_again(job.pk)


def test_page_shows_progress_and_stops_only_after_asking(job, signed_in):
    client = signed_in(job.requested_by)
    RegisterImport.objects.update(
        state="building", done=2, outcome={"people_added": 2}, lease_until=timezone.now() + timedelta(minutes=1)
    )
    preview, stop, again, discard = (
        reverse(f"stakeholders:{name}", args=[job.public_id])
        for name in ("preview", "stop_import", "import_again", "discard")
    )
    page = client.get(preview).text
    assert 'hx-trigger="every 2s"' in page
    assert "2 of 5 rows imported" in page
    assert f'<a href="{preview}">Look again</a>' in page
    assert "each whole or not at all" in client.get(stop).text
    assert "cannot be discarded any more" in client.post(discard).text
    assert RegisterImport.objects.get().state == "building"

    assert "Only what could not be made" in client.post(again, follow=True).text
    client.post(stop)
    page = client.post(stop, follow=True).text
    assert "It was stopped: 2 of 5 rows imported." in page
    assert "hx-trigger" not in page
    assert client.get(reverse("stakeholders:import")).text.count("Stopped") == 1
    other = signed_in(UserFactory(engagement=True))
    assert {other.post(address).status_code for address in (stop, again)} == {404}


def test_page_of_a_failed_import_says_why_and_goes_on_with_one_button(job, signed_in, monkeypatch):
    with monkeypatch.context() as broken:
        before_lot(broken, 2, raises(IntegrityError("overtaken")))
        importing.run(job.pk)
    client = signed_in(job.requested_by)
    page = client.get(reverse("stakeholders:preview", args=[job.public_id])).text
    assert "Somebody changed the register at the same moment." in page
    assert "This is what the file did so far." in page

    page = client.post(reverse("stakeholders:import_again", args=[job.public_id]), follow=True).text
    assert "2 of 5 rows imported" in page
    core_tasks.sweep_work()
    page = client.get(reverse("stakeholders:preview", args=[job.public_id])).text
    assert "This is what the file did." in page


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_the_middle_of_a_lot_is_followed_by_one_that_goes_on(monkeypatch):
    monkeypatch.setattr(importing, "LOT", 2)
    job = asked()
    connections.close_all()
    child = os.fork()
    if child == 0:
        for one in connections.all(initialized_only=True):
            KEPT.append(one.connection)
            one.connection = None
        real, seen = importing._record, []

        def record(*args):
            seen.append(args)
            real(*args)
            if len(seen) == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        importing._record = record
        try:
            importing.run(job.pk)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert stands(job) == ("building", 2, 2, 2, 2)
    assert importing.waiting() == []

    RegisterImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    core_tasks.sweep_work()

    assert stands(job) == ("ready", 5, 4, 4, 5)
    assert (job.attempts, job.outcome["organisations_added"]) == (2, 4)
    assert Entry.objects.filter(verb="organisation.added").count() == 4


@pytest.mark.django_db(transaction=True)
def test_files_from_before_are_waiting_for_their_owner_or_imported():
    keeper = UserFactory(engagement=True)
    executor = MigrationExecutor(connection)
    executor.migrate([("stakeholders", "0006_roles_over_time_and_people_put_together")])
    try:
        apps = executor.loader.project_state([("stakeholders", "0006_roles_over_time_and_people_put_together")]).apps
        old = apps.get_model("stakeholders", "RegisterImport")
        moment = timezone.now()
        old.objects.create(file_name="waits.csv", requested_by_id=keeper.pk, rows=[{"row": 2}])
        old.objects.create(file_name="is-in.csv", requested_by_id=keeper.pk, applied_at=moment, outcome={"left_out": 1})
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    rows = RegisterImport.objects.order_by("pk").values_list("file_name", "state", "ready_at", "outcome")
    assert list(rows) == [("waits.csv", "staged", None, {}), ("is-in.csv", "ready", moment, {"left_out": 1})]
