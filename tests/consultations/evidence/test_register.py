"""One entry for each content, whoever sent it; the register follows what becomes of submissions."""

import importlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from consultations.evidence import actions, lifecycle, policy, queries
from consultations.evidence.models import EvidenceItem, Source
from consultations.submissions import lifecycle as submissions
from consultations.submissions.models import EvidenceDocument, Submission
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.evidence import brought, catalogued, item_of
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.submissions import EvidenceDocumentFactory, SubmissionFactory

pytestmark = pytest.mark.django_db
State = EvidenceItem.State


def officer(consultation):
    return AssignmentFactory(consultation=consultation, role="officer", user=UserFactory(officer=True)).user


def test_the_same_file_sent_twice_is_one_entry_with_two_submitters():
    consultation = ConsultationFactory()
    one, two = brought(consultation), brought(consultation, title="The skills paper")

    item = EvidenceItem.objects.get()

    assert item.title == "Skills survey"
    assert policy.submitters(queries.sources_of(item), is_public=False) == sorted([one.from_whom, two.from_whom])


def test_a_draft_is_in_no_register():
    brought(draft := ConsultationFactory())
    EvidenceDocumentFactory(submission=SubmissionFactory(consultation=draft), sha256="f" * 64)

    assert EvidenceItem.objects.count() == 1
    assert not Source.objects.filter(document__sha256="f" * 64).exists()


def test_an_entry_goes_and_comes_with_its_last_submission():
    consultation = ConsultationFactory()
    one, two = brought(consultation), brought(consultation)
    item = catalogued(item_of(one), officer(consultation))

    submissions.withdraw(one.pk)
    item.refresh_from_db()
    assert item.state == State.CATALOGUED

    submissions.reopen(two.pk)
    item.refresh_from_db()
    assert item.state == State.WITHDRAWN
    assert not queries.visible_to(officer(consultation)).exists()

    submissions.submit(two.pk, actor=two.respondent)
    item.refresh_from_db()
    assert (item.state, item.title) == (State.CATALOGUED, "Skills survey 2018")


def test_what_was_set_aside_as_a_duplicate_is_still_evidence():
    one = brought()

    submissions.mark_duplicate(one.pk, reason="The same as before.")

    assert item_of(one).state == State.UPLOADED
    assert not policy.may_leave(item_of(one), queries.sources_of(item_of(one)))


def test_following_twice_changes_nothing():
    one = brought()
    entries = Entry.objects.count()

    lifecycle.follow(one)

    assert (EvidenceItem.objects.count(), Source.objects.count(), Entry.objects.count()) == (1, 1, entries)


def test_quarantine_asks_why_and_comes_back_as_it_was():
    one = brought()
    item = catalogued(item_of(one), officer(one.consultation))

    with pytest.raises(Refused, match="Write why"):
        lifecycle.quarantine(item.pk, actor=None, reason=" ")
    lifecycle.quarantine(item.pk, actor=None, reason="It names a child.")
    with pytest.raises(Refused, match="given to nobody"):
        actions.fetch(EvidenceItem.objects.get(), actor=officer(one.consultation))
    with pytest.raises(Refused, match="not described"):
        catalogued(item, officer(one.consultation))

    assert lifecycle.release(item.pk, actor=None).state == State.CATALOGUED


def test_the_database_refuses_a_catalogued_entry_without_a_moment():
    item = item_of(brought())

    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceItem.objects.filter(pk=item.pk).update(state=State.CATALOGUED)


def test_every_fetching_is_written_down_and_withheld_files_ask_administrators_why():
    one = brought(confidentiality="withheld")
    item, admin = item_of(one), UserFactory(administrator=True)

    with pytest.raises(Refused, match="Write why"):
        actions.fetch(item, actor=admin)
    actions.fetch(item, actor=admin, reason="A request under the law.")
    actions.fetch(item, actor=officer(one.consultation))

    entries = Entry.objects.filter(verb="evidence.fetched").order_by("pk")
    assert [entry.facts.get("reason") for entry in entries] == ["A request under the law.", None]


def test_a_file_that_the_scanner_has_not_cleared_is_given_to_nobody():
    one = brought()
    EvidenceDocument.objects.update(scan="waiting")

    with pytest.raises(Refused, match="virus scanner"):
        actions.fetch(item_of(one), actor=officer(one.consultation))


# --- use elsewhere --------------------------------------------------------------------------------------


def test_open_evidence_is_used_elsewhere_and_found_there():
    one, other = brought(), ConsultationFactory()
    theirs = officer(other)
    item = catalogued(item_of(one), officer(one.consultation))
    assert not queries.visible_to(theirs).exists()

    use = actions.use_in(item.pk, other, actor=theirs, note="Skills chapter")
    actions.use_in(item.pk, other, actor=theirs, note="Skills chapter")

    assert list(queries.visible_to(theirs)) == [item]
    assert not queries.visible_sources(item, theirs).exists()
    assert actions.fetch(item, actor=theirs).sha256 == item.sha256
    actions.stop_using(use.pk, actor=theirs)
    assert not queries.visible_to(theirs).exists()


@pytest.mark.parametrize(
    ("sensitivity", "confidentiality"), [("commercial", "named"), ("open", "withheld"), ("restricted", "unnamed")]
)
def test_what_is_not_open_stays_where_it_came(sensitivity, confidentiality):
    one = brought(confidentiality=confidentiality)
    item = catalogued(item_of(one), officer(one.consultation), sensitivity=sensitivity)

    with pytest.raises(Refused, match="may not be used elsewhere"):
        actions.use_in(item.pk, ConsultationFactory(), actor=None)


def test_a_file_is_closed_to_others_when_its_sender_takes_back_that_it_may_be_published():
    one, other = brought(), ConsultationFactory()
    item = catalogued(item_of(one), officer(one.consultation))
    actions.use_in(item.pk, other, actor=None)

    Submission.objects.filter(pk=one.pk).update(confidentiality="withheld")

    with pytest.raises(Refused, match="have not agreed"):
        actions.fetch(item, actor=officer(other))


# --- what was there before ------------------------------------------------------------------------------


def test_what_came_in_before_there_was_a_register_is_taken_in():
    one, two = brought(), brought(confidentiality="withheld")
    EvidenceDocumentFactory(sha256="e" * 64)
    EvidenceItem.objects.all().delete()
    migration = importlib.import_module("consultations.evidence.migrations.0002_take_in_what_was_sent")

    for _ in range(2):
        migration.take_in(apps, None)

    item = EvidenceItem.objects.get()
    assert {source.document.submission_id for source in item.sources.all()} == {one.pk, two.pk}


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_file_at_once_make_one_entry():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    documents = [brought().evidence.get(), brought().evidence.get()]
    EvidenceItem.objects.all().delete()
    ready = threading.Barrier(2)

    def send(document):
        try:
            ready.wait(10)
            with transaction.atomic():
                return lifecycle.take_in(document).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(send, documents))

    assert made[0] == made[1]
    assert (EvidenceItem.objects.count(), Source.objects.count()) == (1, 2)
