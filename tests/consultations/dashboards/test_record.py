"""The record of acts: complete for administrators, one consultation's for those who work on it."""

import pytest
from django.urls import reverse

from engagement.audit import trail
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation():
    return ConsultationFactory(reference="lis")


@pytest.fixture
def officer(consultation):
    return AssignmentFactory(consultation=consultation, role="officer").user


@pytest.mark.parametrize("count", [1, 3])
def test_the_record_costs_the_same_however_much_was_done(
    consultation, officer, signed_in, django_assert_num_queries, count
):
    for _ in range(count):
        trail.record("thing.done", subject=consultation, actor=UserFactory(), scope="lis", number=1)
    client = signed_in(officer)

    with django_assert_num_queries(6):
        page = client.get(reverse("dashboards:consultation_record", args=["lis"]))

    assert page.content.count(b'data-label="Act"') == count


def test_a_consultation_shows_its_own_acts_only(consultation, officer, signed_in):
    trail.record("mine.done", subject=consultation, scope="lis")
    trail.record("other.done", subject=consultation, scope="elsewhere")

    page = signed_in(officer).get(reverse("dashboards:consultation_record", args=["lis"])).content.decode()

    assert ("Mine: done" in page, "Other: done" in page) == (True, False)


def test_filters_narrow_and_nonsense_does_not(consultation, signed_in):
    ruth = UserFactory(email="ruth@soundings.example")
    trail.record("export.built", subject=consultation, actor=ruth)
    trail.record("summary.approved", subject=consultation)
    client, address = signed_in(UserFactory(administrator=True)), reverse("dashboards:record")

    by_verb = client.get(address, {"verb": "export"}).content.decode()
    by_words = client.get(address, {"verb": "Built the file"}).content.decode()
    by_who = client.get(address, {"who": "ruth@", "day": "nonsense"}).content.decode()

    for page in (by_verb, by_words, by_who):
        assert ("Built the file of the export" in page, "Approved the summary" in page) == (True, False)


@pytest.mark.parametrize(
    ("role", "whole", "part"),
    [("officer", 403, 200), ("administrator", 200, 200), ("engagement", 403, 404), ("", 403, 404)],
)
def test_who_may_read_it(consultation, officer, signed_in, role, whole, part):
    user = officer if role == "officer" else UserFactory(staff_role=role)
    client = signed_in(user)

    assert client.get(reverse("dashboards:record")).status_code == whole
    assert client.get(reverse("dashboards:consultation_record", args=["lis"])).status_code == part


def test_the_page_is_accessible_and_fits_a_narrow_screen(consultation, officer, open_page, axe, fits):
    trail.record("thing.done", subject=consultation, actor=officer, scope="lis", before="a" * 90, after="b")
    page = open_page(reverse("dashboards:consultation_record", args=["lis"]), user=officer, width=320)

    axe(page)
    fits(page)


def test_verbs_and_facts_are_said_in_plain_words(consultation, officer, signed_in):
    dilys = UserFactory(name="Dilys Fenn")
    trail.record("assignment.made", subject=consultation, scope="lis", user=dilys.pk, role="officer")
    trail.record(
        "consultation.extended", subject=consultation, scope="lis", closes_at=[None, "2019-02-08T23:59:00+00:00"]
    )
    trail.record("submission.submitted", subject=consultation, scope="lis", timing="late", channel="email")
    trail.record(
        "consultation.changed", subject=consultation, scope="lis", changes={"decision_owner": ["", "The board"]}
    )

    page = signed_in(officer).get(reverse("dashboards:consultation_record", args=["lis"]))

    assert [(act.what, act.facts) for act in reversed(page.context["acts"])] == [
        ("Put somebody on the consultation", ["who: Dilys Fenn", "as: officer"]),
        ("Extended the consultation", ["closes: nothing → 8\N{NO-BREAK SPACE}Feb\N{NO-BREAK SPACE}2019, 11:59pm"]),
        ("Sent a submission", ["came by: e-mail", "arrived: late"]),
        ("Changed the facts of the consultation", ["who decides: nothing → The board"]),
    ]
