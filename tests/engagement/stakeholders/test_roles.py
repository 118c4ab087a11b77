"""What people are for organisations over time; who leaves, leaves at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.submissions import queries as submissions
from engagement.core.errors import Refused
from engagement.stakeholders import actions, contactmerging, queries
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.submissions import SubmissionFactory, submitted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def past_of(held):
    return [(one.role, one.since_on, one.until_on) for one in held.past.all()]


@pytest.fixture
def spring(time_machine):
    time_machine.move_to(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False)
    return date(2026, 3, 2)


def test_every_role_is_kept_with_its_days(spring, time_machine):
    held = MembershipFactory(role="viewer", since_on=spring - 60 * DAY)

    actions.change_role(held.pk, "contributor", actor=None)
    time_machine.shift(30 * DAY)
    actions.change_role(held.pk, "lead", actor=None)
    actions.change_role(held.pk, "approver", actor=None)  # on the same day: nobody was lead for no day
    time_machine.shift(30 * DAY)
    actions.end_membership(held.pk, actor=None)
    time_machine.shift(30 * DAY)
    back = actions.add_member(
        held.organisation_id, actor=None, name=held.contact.name, email=held.contact.email, role="viewer"
    )

    assert back.pk == held.pk
    assert past_of(held) == [
        ("approver", spring + 30 * DAY, spring + 60 * DAY),
        ("contributor", spring, spring + 30 * DAY),
        ("viewer", spring - 60 * DAY, spring),
    ]
    back.refresh_from_db()
    assert (back.role, back.present_role_since_on, back.until_on) == ("viewer", spring + 90 * DAY, None)


def test_both_pages_tell_the_history(spring, signed_in):
    held = MembershipFactory(role="viewer", since_on=spring - 60 * DAY)
    actions.change_role(held.pk, "lead", actor=None)
    client = signed_in(UserFactory(engagement=True))

    for name, one in (("organisation", held.organisation), ("contact", held.contact)):
        page = " ".join(client.get(reverse(f"stakeholders:{name}", args=[one.public_id])).content.decode().split())
        assert 'Lead <span class="meta">since 2 March 2026</span>' in page
        assert "viewer from 1 January 2026 until 2 March 2026" in page


def test_somebody_who_will_leave_acts_until_that_day(spring, time_machine, signed_in):
    held = MembershipFactory(contact__signs_in=True)
    client = signed_in(UserFactory(engagement=True))
    address = reverse("stakeholders:end", args=[held.organisation.public_id, held.contact.public_id])

    answer = client.post(address, {"until_on": "2026-03-31"}, follow=True)

    assert "until 31 March 2026" in answer.content.decode()
    time_machine.move_to(datetime(2026, 3, 30, 22, 59, tzinfo=UTC), tick=False)
    assert queries.organisations_of(held.contact.user).exists()
    time_machine.move_to(datetime(2026, 3, 30, 23, 1, tzinfo=UTC), tick=False)  # 31 March by the clock in the north
    assert not queries.organisations_of(held.contact.user).exists()


def test_nobody_leaves_before_they_came(spring, signed_in):
    held = MembershipFactory(since_on=spring - DAY)

    with pytest.raises(Refused, match="before the day on which they came"):
        actions.end_membership(held.pk, actor=None, on=spring - 2 * DAY)

    address = reverse("stakeholders:end", args=[held.organisation.public_id, held.contact.public_id])
    for day, words in (
        ("2026-02-01", "before the day on which they came"),
        ("soon", "Enter a date like 27 March 2019"),
    ):
        page = signed_in(UserFactory(engagement=True)).post(address, {"until_on": day})
        assert (page.status_code, words in page.content.decode()) == (422, True)


def end(held):
    actions.end_membership(held.pk, actor=None)


def close(held):
    actions.close_organisation(held.organisation_id, actor=None)


def switch_off(held):
    type(held.contact.user).objects.filter(pk=held.contact.user_id).update(is_active=False)


def give_to_another_person(held):
    """The entry was another person's after all, and goes with what hangs on it."""
    other = ContactFactory(signs_in=True)
    type(held.contact).objects.filter(pk=held.contact_id).update(user=None)
    contactmerging.merge(other.pk, held.contact_id, actor=None)


@pytest.mark.parametrize("act", [end, close, switch_off, give_to_another_person])
def test_access_to_a_joint_draft_and_to_what_was_sent_ends_at_once(act, signed_in):
    held = MembershipFactory(contact__signs_in=True, role="lead")
    user = held.contact.user
    draft = SubmissionFactory(organisation=held.organisation, statement="Ours alone.")
    sent = submitted(organisation=held.organisation, user=user)
    client = signed_in(user)
    addresses = [reverse("submissions:statement", args=[draft.public_id]),
                 reverse("submissions:receipt", args=[sent.public_id])]  # fmt: skip
    assert [client.get(address).status_code for address in addresses] == [200, 200]

    act(held)

    user.refresh_from_db()
    assert list(submissions.own(user)) == []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in (302, 404)
        assert "Ours alone." not in answer.content.decode()
        assert client.post(address, {"statement": "Mine now."}).status_code in (302, 403, 404)
    draft.refresh_from_db()
    assert draft.statement == "Ours alone."


def test_a_neighbour_finds_nothing_of_an_organisation_by_its_address(signed_in):
    """R1, R2: another organisation's entry answers 404, and one's own only to staff."""
    own, other = MembershipFactory(contact__signs_in=True), MembershipFactory()
    client = signed_in(own.contact.user)

    for name in ("organisation", "dealings", "edit", "add_member", "record", "same_as", "close"):
        address = reverse(f"stakeholders:{name}", args=[other.organisation.public_id])
        assert (client.get(address).status_code, client.post(address).status_code) == (404, 404), name
        mine = reverse(f"stakeholders:{name}", args=[own.organisation.public_id])
        assert (client.get(mine).status_code, client.post(mine).status_code)[0] == 403, name
    for name in ("contact", "edit_contact", "same_person"):
        assert client.get(reverse(f"stakeholders:{name}", args=[other.contact.public_id])).status_code == 404, name


@pytest.mark.parametrize("name", ["list", "people", "segments", "new_segment"])
def test_no_parameter_reaches_a_column_that_is_not_offered(name, signed_in):
    """R5: filters and orders are those of a list, whatever the address says."""
    MembershipFactory(organisation__remarks="zq-secret-remark", contact__phone="0191 498 0000")
    OrganisationFactory()
    client = signed_in(UserFactory(engagement=True))
    plain = client.get(reverse(f"stakeholders:{name}")).content.decode().count("<tr")

    for query in (
        {"order": "remarks"}, {"order": "-contact__user__password"}, {"order": "?"}, {"remarks__startswith": "zq"},
        {"contact__phone": "0191"}, {"organisation__closed_at__isnull": "False"}, {"sector__name": "x"},
    ):  # fmt: skip
        page = client.get(reverse(f"stakeholders:{name}"), query)
        assert (page.status_code, page.content.decode().count("<tr")) == (200, plain), query


def test_leaving_yesterday_is_noted_with_the_day(spring):
    held = MembershipFactory()

    actions.end_membership(held.pk, actor=None, on=spring - DAY)

    held.refresh_from_db()
    assert (held.until_on, held.has_ended) == (timezone.localdate() - DAY, True)
