"""Prepared queries give what the same query would give, and with each call's own values."""

import uuid

import pytest
from django.db import transaction

from consultations.submissions.models import Submission
from engagement.core.prepared import Given, Prepared
from tests.factories.submissions import SubmissionFactory

pytestmark = pytest.mark.django_db

BY_PUBLIC_ID = Prepared(
    lambda: Submission.objects.select_related("consultation", "organisation").filter(
        public_id=Given("public_id", Submission._meta.get_field("public_id"))
    )
)


def test_each_call_brings_its_own_values(django_assert_num_queries):
    first, second = SubmissionFactory(), SubmissionFactory()

    with django_assert_num_queries(2):
        found = [BY_PUBLIC_ID.first(public_id=one.public_id) for one in (first, second)]

    assert found == [first, second]
    assert BY_PUBLIC_ID.first(public_id=uuid.uuid4()) is None


def test_rows_are_as_the_query_itself_would_give_them(django_assert_num_queries):
    made = SubmissionFactory(stricter={"survey": {"q": "withheld"}})
    expected = Submission.objects.select_related("consultation", "organisation").get(pk=made.pk)

    with django_assert_num_queries(1):
        found = BY_PUBLIC_ID.first(public_id=made.public_id)
        assert found.consultation.title == expected.consultation.title

    assert found._state.adding is False
    for field in Submission._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(expected, field.attname), field.name
    for field in type(expected.consultation)._meta.concrete_fields:
        assert getattr(found.consultation, field.attname) == getattr(expected.consultation, field.attname), field.name


def test_a_related_row_that_is_not_there_is_none(django_assert_num_queries):
    made = SubmissionFactory(organisation=None, capacity="self")

    found = BY_PUBLIC_ID.first(public_id=made.public_id)

    with django_assert_num_queries(0):
        assert found.organisation is None


def test_deferred_fields_are_read_when_they_are_asked_for(django_assert_num_queries):
    made = SubmissionFactory(statement="We say this.")
    prepared = Prepared(lambda: Submission.objects.defer("statement").filter(pk=Given("pk")))

    found = prepared.first(pk=made.pk)

    assert found.get_deferred_fields() == {"statement"}
    with django_assert_num_queries(1):
        assert found.statement == "We say this."


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only():
    made = SubmissionFactory()
    prepared = Prepared(lambda: Submission.objects.select_for_update().filter(pk=Given("pk")))

    with transaction.atomic():
        assert prepared.first(pk=made.pk) == made
    with pytest.raises(transaction.TransactionManagementError):
        prepared.first(pk=made.pk)
