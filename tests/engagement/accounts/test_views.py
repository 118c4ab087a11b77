import uuid

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from engagement.accounts import queries
from engagement.accounts.models import User
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def address(name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=args)


@pytest.mark.parametrize("others", [1, 3])
def test_the_list_of_staff_costs_the_same(signed_in, django_assert_num_queries, others) -> None:
    UserFactory.create_batch(others, officer=True)
    UserFactory()
    client = signed_in(UserFactory(administrator=True))

    with django_assert_num_queries(4):
        page = client.get(address("people"))

    assert page.content.count(b"<tr>") == others + 2


@pytest.mark.parametrize(
    ("name", "of_somebody"),
    [
        ("people", False),
        ("invite", False),
        ("person", True),
        ("close", True),
        ("reopen", True),
        ("remove_second_step", True),
    ],
)
def test_only_administrators_see_who_works_here(client, signed_in, name, of_somebody) -> None:
    other = UserFactory(officer=True)
    url = address(name, *([other.public_id] if of_somebody else []))

    assert client.get(url).status_code == 302
    for person in (UserFactory(), UserFactory(engagement=True), UserFactory(officer=True)):
        visitor = signed_in(person)
        assert visitor.get(url).status_code == (404 if of_somebody else 403)
        assert visitor.post(url, {"staff_role": "administrator"}).status_code == (404 if of_somebody else 403)
    assert signed_in(UserFactory(administrator=True)).get(url).status_code == 200
    other.refresh_from_db()
    assert (other.staff_role, other.is_active) == ("officer", True)


def test_ones_own_page_among_the_people_is_not_for_others_to_find(signed_in) -> None:
    user = UserFactory(officer=True)

    assert signed_in(user).post(address("person", user.public_id), {"staff_role": "administrator"}).status_code == 403
    assert signed_in(UserFactory(administrator=True)).get(address("person", uuid.uuid4())).status_code == 404


def test_a_role_is_given_and_taken_in_the_browser(signed_in) -> None:
    user = UserFactory(name="Ada Fell")
    boss = signed_in(UserFactory(administrator=True))

    page = boss.post(address("person", user.public_id), {"staff_role": "engagement"}, follow=True)
    assert User.objects.get(pk=user.pk).staff_role == "engagement"
    assert "role changed: partner → engagement" in page.content.decode()

    boss.post(address("person", user.public_id), {"staff_role": ""})
    assert User.objects.get(pk=user.pk).staff_role == ""


def test_an_unknown_role_is_refused(signed_in) -> None:
    user = UserFactory()

    page = signed_in(UserFactory(administrator=True)).post(address("person", user.public_id), {"staff_role": "king"})

    assert page.status_code == 422
    assert User.objects.get(pk=user.pk).staff_role == ""


def test_an_administrator_cannot_change_themselves_even_by_posting(signed_in) -> None:
    boss = UserFactory(administrator=True)
    UserFactory(administrator=True)

    page = signed_in(boss).post(address("person", boss.public_id), {"staff_role": ""})

    assert page.status_code == 422
    assert "Nobody changes their own role" in page.content.decode()
    assert User.objects.get(pk=boss.pk).staff_role == "administrator"


def test_closing_an_account_ends_its_sessions_at_once_and_for_good(signed_in) -> None:
    user = UserFactory(officer=True)
    visitor, boss = signed_in(user), signed_in(UserFactory(administrator=True))
    assert visitor.get(address("profile")).status_code == 200

    boss.post(address("close", user.public_id))
    assert visitor.get(address("profile")).status_code == 302

    boss.post(address("reopen", user.public_id))
    assert visitor.get(address("profile")).status_code == 302


def test_a_role_that_was_taken_opens_nothing_any_more(signed_in) -> None:
    user = UserFactory(administrator=True)
    visitor, boss = signed_in(user), signed_in(UserFactory(administrator=True))

    boss.post(address("person", user.public_id), {"staff_role": "officer"})

    assert visitor.get(address("people")).status_code == 403


def test_signing_out_everywhere_else_keeps_this_session_only(signed_in) -> None:
    user = UserFactory()
    here, there = signed_in(user), signed_in(user)

    here.post(address("end_sessions"))

    assert here.get(address("profile")).status_code == 200
    assert there.get(address("profile")).status_code == 302


@pytest.mark.parametrize(("traits", "offered"), [({}, False), ({"officer": True}, True)])
def test_staff_without_a_second_step_are_offered_one(signed_in, traits, offered) -> None:
    page = signed_in(UserFactory(**traits)).get(address("profile"))

    assert ("Set up a second step" in page.content.decode()) is offered


def test_a_person_changes_their_name_and_nothing_else(signed_in) -> None:
    user = UserFactory()

    signed_in(user).post(
        address("profile"), {"name": " Ada  Fell ", "staff_role": "administrator", "email": "x@y.example"}
    )

    after = User.objects.get(pk=user.pk)
    assert (after.name, after.staff_role, after.email) == ("Ada Fell", "", user.email)
    page = signed_in(user).post(address("profile"), {"name": ""})
    assert (page.status_code, page.context["form"].errors) == (422, {"name": ["Give your name."]})


def test_inviting_says_what_is_missing(signed_in) -> None:
    page = signed_in(UserFactory(administrator=True)).post(address("invite"), {"email": "nobody"})

    assert page.context["form"].errors == {
        "name": ["Give the person's name."],
        "email": ["Write an e-mail address like name@example.org."],
        "staff_role": ["Choose a role."],
    }


def test_a_lost_second_step_is_removed_signs_out_and_is_announced(signed_in) -> None:
    user = UserFactory(officer=True)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    visitor, boss = signed_in(user), signed_in(UserFactory(administrator=True))

    for _ in range(2):
        boss.post(address("remove_second_step", user.public_id))

    assert queries.has_second_step(user) is False
    assert visitor.get(address("profile")).status_code == 302
    assert OutgoingMessage.objects.get().subject == "Your second step on Soundings was removed"
