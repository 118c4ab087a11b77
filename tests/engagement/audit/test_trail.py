"""The record is appended to and never changed."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from engagement.audit import trail
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_what_and_when():
    actor, subject = UserFactory(), UserFactory(name="Ruth Holm")

    trail.record("user.renamed", subject=subject, actor=actor, scope="lis", before="Ruth Hall", after="Ruth Holm")

    entry = Entry.objects.get()
    assert (entry.verb, entry.actor, entry.scope) == ("user.renamed", actor, "lis")
    assert (entry.subject_kind, entry.subject_key, entry.subject_label) == (
        "accounts.user",
        str(subject.pk),
        "Ruth Holm",
    )
    assert entry.facts == {"before": "Ruth Hall", "after": "Ruth Holm"}


@pytest.mark.parametrize("actor", [None, AnonymousUser()])
def test_what_the_site_does_by_itself_has_no_actor(actor):
    trail.record("thing.done", subject=UserFactory(), actor=actor)

    assert Entry.objects.get().actor is None


def test_a_long_name_is_cut_and_the_entry_stands():
    trail.record("thing.done", subject=UserFactory(name="x" * 150))

    assert len(Entry.objects.get().subject_label) <= 200


def test_an_entry_outlives_what_it_is_about():
    subject = UserFactory()
    trail.record("user.removed", subject=subject)
    subject.delete()

    assert Entry.objects.get().subject_kind == "accounts.user"


def test_saving_an_entry_again_is_refused():
    entry = trail.record("thing.done", subject=UserFactory())

    entry.verb = "thing.undone"
    with pytest.raises(Refused):
        entry.save()
    assert Entry.objects.get().verb == "thing.done"


def test_the_database_refuses_to_change_an_entry_behind_the_models_back():
    trail.record("thing.done", subject=UserFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.update(verb="thing.undone")
    assert Entry.objects.get().verb == "thing.done"
