"""Whom to invite: from a saved set, from a list, and nothing else than what the preview showed."""

from io import BytesIO

import pytest
from django.urls import reverse

from consultations.invitations import pasted
from consultations.invitations.models import Invitation
from engagement.messaging import delivery
from engagement.stakeholders.models import Membership, Segment
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation():
    return ConsultationFactory(reference="lis")


@pytest.fixture
def staff(staff_of, consultation):
    return staff_of(consultation)


def page(name):
    return reverse(f"invitations:{name}", args=["lis"])


def confirmed(shown):
    return {"confirmed": "on", "who": shown.context["who"], "words": shown.context["words"]}


def chosen(shown):
    return [(one.who, one.contact.email) for one in shown.context["selection"].candidates]


# --- nothing else than was shown ------------------------------------------------------------------------


def test_each_ones_own_text_can_be_read_before_anything_is_sent(staff):
    one, two = MembershipFactory(), MembershipFactory()
    shown = staff.post(page("invite_check"), {"organisations": [one.organisation.pk, two.organisation.pk]})
    marks = {candidate.contact.pk: candidate.mark for candidate in shown.context["selection"].candidates}

    for member in (one, two):
        read = staff.post(
            page("invite_check"), {"who": shown.context["who"], "read": marks[member.contact.pk]}
        ).content.decode()
        letter = read.partition('<pre class="letter"')[2].partition("</pre>")[0]
        assert f"Dear {member.contact.name}," in letter
    assert not Invitation.objects.exists()


def test_another_address_is_said_and_nothing_is_sent(staff, outbox):
    member = MembershipFactory()
    shown = staff.post(page("invite_check"), {"organisations": [member.organisation.pk]})
    member.contact.email = "new@example.com"
    member.contact.save()

    again = staff.post(page("invite_check"), confirmed(shown))

    assert again.status_code == 422
    assert "would go to new@example.com now" in again.content.decode()
    assert not Invitation.objects.exists()
    staff.post(page("invite_check"), confirmed(again))
    delivery.drain()
    assert "new@example.com" in outbox.only().to[0]


def test_another_text_is_said_and_nothing_is_sent(staff, consultation):
    member = MembershipFactory()
    shown = staff.post(page("invite_check"), {"organisations": [member.organisation.pk]})
    consultation.purpose = "We ask about something else."
    consultation.save()

    again = staff.post(page("invite_check"), confirmed(shown))

    assert (again.status_code, Invitation.objects.count()) == (422, 0)
    assert "The text of the invitation is another one now." in again.content.decode()
    assert "We ask about something else." in again.content.decode()


def test_whoever_cannot_be_invited_any_more_is_left_out_and_nobody_takes_their_place(staff):
    lead = MembershipFactory(role="lead")
    MembershipFactory(organisation=lead.organisation, role="contributor")
    stays = MembershipFactory()
    shown = staff.post(page("invite_check"), {"organisations": [lead.organisation.pk, stays.organisation.pk]})
    lead.until_on = "2019-01-01"
    lead.save()

    done = staff.post(page("invite_check"), confirmed(shown), follow=True)

    assert [row.contact for row in Invitation.objects.all()] == [stays.contact]
    assert f"Left out since you looked: {lead.organisation}." in done.content.decode()


def test_false_marks_get_a_sentence(staff):
    for marks in ("o:1", "x:y:z:a@example.com", "o:::"):
        answer = staff.post(page("invite_check"), {"confirmed": "on", "who": marks, "words": "x"})
        assert answer.status_code == 422
        assert "The form was incomplete" in answer.content.decode()


# --- from a saved set -----------------------------------------------------------------------------------


def test_set_says_which_organisations_and_whom_to_write_to(staff):
    lead = MembershipFactory(role="lead")
    approver = MembershipFactory(organisation=lead.organisation, role="approver")
    MembershipFactory()
    sector = lead.organisation.kind.sector.code
    saved = Segment.objects.create(
        name="Approvers", definition={"sectors": [sector], "roles": ["approver"]}, saved_by=UserFactory()
    )

    offered = staff.get(f"{page('invite')}?segment={saved.public_id}")
    assert [one.contact for one in offered.context["candidates"]] == [approver.contact]
    assert "The set “Approvers”" in offered.content.decode()
    shown = staff.post(page("invite_check"), {"everyone": "on", "segment": str(saved.public_id)})
    staff.post(page("invite_check"), confirmed(shown))

    assert [row.contact for row in Invitation.objects.all()] == [approver.contact]


def test_set_that_is_not_there_narrows_nothing_and_breaks_nothing(staff):
    MembershipFactory()

    assert len(staff.get(f"{page('invite')}?segment=nonsense").context["candidates"]) == 1


# --- from a list ----------------------------------------------------------------------------------------


def test_list_finds_organisations_and_people_and_says_who_is_left_out(staff, consultation):
    body = MembershipFactory(organisation__name="Tyne Works").organisation
    person = MembershipFactory(contact__email="ana@example.com")
    nobodys = ContactFactory(email="free@example.com")
    asked = InvitationFactory(consultation=consultation, organisation__name="Wear Works")
    beside = MembershipFactory(organisation=asked.organisation, contact__email="beside@example.com")
    text = "tyne works\n\nANA@example.com\nfree@example.com\nWear Works\nbeside@example.com\nTyne Works\n"

    shown = staff.post(page("invite_list"), {"text": text + asked.contact.email})

    assert {who for who, _ in chosen(shown)} == {
        body.name, person.organisation.name, str(nobodys), asked.organisation.name,
    }  # fmt: skip
    reasons = [entry.reason for entry in shown.context["selection"].left_out]
    assert reasons == ["Invited already (sent)", f"{asked.contact} is invited already (sent)"]
    assert not Invitation.objects.exclude(pk=asked.pk).exists()
    staff.post(page("invite_check"), confirmed(shown))
    rows = Invitation.objects.exclude(pk=asked.pk)
    assert {(row.contact.email, row.organisation) for row in rows} == {
        (body.memberships.get().contact.email, body),
        ("ana@example.com", person.organisation),
        ("free@example.com", None),
        ("beside@example.com", beside.organisation),
    }


def test_every_bad_line_is_named_at_once_and_nobody_is_invited(staff):
    twice = MembershipFactory(contact__email="two@example.com")
    other = MembershipFactory(contact=twice.contact)
    stranger = OrganisationFactory(name="Elsewhere")
    text = "Nobody Ltd\nnobody@example.com\ntwo@example.com\ntwo@example.com; Elsewhere\ntwo@example.com\t"

    answer = staff.post(page("invite_list"), {"text": text + other.organisation.name})

    words = answer.content.decode()
    assert answer.status_code == 422
    for sentence in (
        "Line 1: the register has no organisation “Nobody Ltd”.",
        "Line 2: nobody in the register has the address nobody@example.com.",
        f"Line 3: {twice.contact} is at {twice.organisation} and {other.organisation}.",
        f"Line 4: {twice.contact} is not at {stranger} according to the register.",
    ):
        assert sentence in words
    assert "Line 5" not in words
    assert not Invitation.objects.exists()


def test_file_is_read_by_its_columns(staff):
    member = MembershipFactory(organisation__name="Tyne Works", contact__email="ana@example.com")
    file = BytesIO("Email,Organisation\nana@example.com,Tyne Works\n".encode("utf-8-sig"))
    file.name = "list.csv"

    assert chosen(staff.post(page("invite_list"), {"file": file})) == [("Tyne Works", member.contact.email)]

    file = BytesIO(b"Colour\nred\n")
    file.name = "list.csv"
    answer = staff.post(page("invite_list"), {"file": file})
    assert "needs a column “Organisation” or a column “Email”" in answer.content.decode()


@pytest.mark.parametrize("posted", [{}, {"text": " \n;\t\n"}, {"text": "x\n" * 5001}])
def test_list_that_cannot_be_gets_a_sentence(staff, posted):
    answer = staff.post(page("invite_list"), posted)

    assert answer.status_code == 422
    assert "The list is empty." in answer.content.decode() or "The most is 5000" in answer.content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_finding_a_list_costs_the_same_however_long_it_is(django_assert_num_queries, many):
    members = [MembershipFactory() for _ in range(many)]
    text = "\n".join(f"{member.organisation.name}; {member.contact.email}" for member in members)

    with django_assert_num_queries(3):
        found = pasted.resolve(pasted.lines_of_text(text))

    assert len(found.named) == many
    assert Membership.objects.count() == many
