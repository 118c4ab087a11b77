import io

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from engagement.accounts import actions, queries
from engagement.accounts.models import User
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_an_account_is_made_once_without_password_and_unproven() -> None:
    user = actions.ensure_user("Ada@Partners.example", "Ada Fell")

    assert actions.ensure_user("ada@partners.EXAMPLE", "Somebody Else") == user
    assert (user.email, user.name, user.has_usable_password()) == ("ada@partners.example", "Ada Fell", False)
    assert EmailAddress.objects.get(user=user).verified is False
    assert User.objects.count() == 1


def test_a_further_proven_address_leads_to_its_owner() -> None:
    user = UserFactory()
    EmailAddress.objects.create(user=user, email="second@partners.example", verified=True)

    assert actions.ensure_user("Second@partners.example") == user


def test_a_role_is_given_once_and_on_record() -> None:
    boss, user = UserFactory(administrator=True), UserFactory()

    for _ in range(2):
        actions.set_staff_role(user.pk, "officer", actor=boss)

    user.refresh_from_db()
    assert user.staff_role == "officer"
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor, entry.facts) == ("user.role_changed", boss, {"before": "", "after": "officer"})


def test_nobody_changes_or_closes_themselves() -> None:
    boss = UserFactory(administrator=True)
    UserFactory(administrator=True)

    with pytest.raises(Refused, match="Nobody changes their own role"):
        actions.set_staff_role(boss.pk, "officer", actor=boss)
    with pytest.raises(Refused, match="Nobody closes their own account"):
        actions.close_account(boss.pk, actor=boss)
    boss.refresh_from_db()
    assert (boss.staff_role, boss.is_active) == ("administrator", True)


def test_the_last_administrator_stays() -> None:
    last = UserFactory(administrator=True)
    UserFactory(administrator=True, is_active=False)

    for act in (
        lambda: actions.set_staff_role(last.pk, "", actor=None),
        lambda: actions.close_account(last.pk, actor=None),
    ):
        with pytest.raises(Refused, match="is the last administrator"):
            act()


def test_inviting_gives_the_role_and_asks_for_a_message() -> None:
    boss = UserFactory(administrator=True)

    user = actions.invite_staff(email="ada@lep.example", name="Ada Fell", staff_role="officer", actor=boss)

    assert user.staff_role == "officer"
    message = OutgoingMessage.objects.get()
    assert message.to_email == "ada@lep.example"
    assert "as officer" in message.text_body
    with pytest.raises(Refused, match="is on the staff already, as officer"):
        actions.invite_staff(email="ada@lep.example", name="Ada Fell", staff_role="engagement", actor=boss)
    assert OutgoingMessage.objects.count() == 1


def test_a_closed_account_is_not_invited() -> None:
    user = UserFactory(is_active=False)

    with pytest.raises(Refused, match="is closed"):
        actions.invite_staff(
            email=user.email, name="Ada Fell", staff_role="officer", actor=UserFactory(administrator=True)
        )


def test_create_staff_makes_an_account_that_signs_in_by_password(monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))

    call_command("create_staff", "boss@lep.example", "--role", "administrator", "--name", "Bo", "--password-stdin")

    user = User.objects.get()
    assert (user.staff_role, user.name) == ("administrator", "Bo")
    assert user.check_password("correct horse battery")
    assert EmailAddress.objects.get(user=user).verified
    assert "boss@lep.example is administrator." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "password", "sentence"),
    [("not an address", "", "is not an e-mail address"), ("boss@lep.example", "short", "at least 12 characters")],
)
def test_create_staff_refuses_and_leaves_nothing(monkeypatch, address, password, sentence) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password))

    with pytest.raises(CommandError, match=sentence):
        call_command("create_staff", address, "--role", "officer", "--password-stdin")
    assert not User.objects.exists()


def test_a_second_step_is_missed_by_staff_only() -> None:
    assert queries.lacks_second_step(UserFactory(officer=True)) is True
    assert queries.lacks_second_step(UserFactory()) is False
