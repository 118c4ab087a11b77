"""What changes an account, besides what its owner does with allauth's own pages."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from engagement.accounts import emails
from engagement.accounts.models import User
from engagement.audit import trail
from engagement.core.errors import Refused


@transaction.atomic
def ensure_user(email: str, name: str = "") -> User:
    """The account with this address, made when there is none: without a password, signing in by a code.

    The address counts as proven only once its owner has entered a code that went there. Calling it twice makes one
    account; an existing account stays as it is, closed or not.
    """
    user = User.objects.filter(email__iexact=email).first() or _owner_of(email)
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(email, name=name)
        except IntegrityError:
            # Somebody else made it at the same moment.
            return User.objects.get(email__iexact=email)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
        trail.record("user.added", subject=user)
    return user


def _owner_of(email: str) -> User | None:
    """The account that has proven this address as a further one of its own."""
    address = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    return address.user if address else None


@transaction.atomic
def invite_staff(*, email: str, name: str, staff_role: str, actor: Any) -> User:
    """Put somebody on the staff and write to them. Raises Refused for one's own and for a closed account."""
    user = ensure_user(email, name)
    if not user.is_active:
        raise Refused("The account with this address is closed. Open it again on its page first.", field="email")
    if user.staff_role:
        raise Refused(f"{user} is on the staff already, as {user.get_staff_role_display().lower()}.", field="email")
    user = set_staff_role(user.pk, staff_role, actor=actor)
    if not user.name:
        user.name = name
        user.save(update_fields=["name"])
    emails.staff_invitation(user, occurrence=str(uuid.uuid4()))
    return user


@transaction.atomic
def set_staff_role(user_id: int, staff_role: str, *, actor: Any) -> User:
    """Give a staff role, or take it away with an empty text. It holds from the person's next click.

    Nobody changes their own, and the last administrator stays one. `actor` None is the operator at the machine.
    """
    user = _locked(user_id, actor, "Nobody changes their own role. Ask another administrator.")
    if user.staff_role == staff_role:
        return user
    if staff_role != User.StaffRole.ADMINISTRATOR:
        _keep_an_administrator(user)
    before, user.staff_role = user.staff_role, staff_role
    user.save(update_fields=["staff_role"])
    trail.record("user.role_changed", subject=user, actor=actor, before=before, after=staff_role)
    return user


@transaction.atomic
def close_account(user_id: int, *, actor: Any) -> User:
    """The account can no longer sign in, and its sessions end at once. What the person did stays."""
    user = _locked(user_id, actor, "Nobody closes their own account here. Ask another administrator.")
    if user.is_active:
        _keep_an_administrator(user)
        user.is_active = False
        user.session_round += 1
        user.save(update_fields=["is_active", "session_round"])
        trail.record("user.closed", subject=user, actor=actor)
    return user


@transaction.atomic
def reopen_account(user_id: int, *, actor: Any) -> User:
    """The account can sign in again; sessions from before stay ended."""
    user = _locked(user_id, actor, "Nobody opens their own account. Ask another administrator.")
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        trail.record("user.reopened", subject=user, actor=actor)
    return user


@transaction.atomic
def remove_second_step(user_id: int, *, actor: Any) -> User:
    """For somebody who lost telephone and recovery codes: they sign in without a second step and set up a new one.

    Ends their sessions, and writes to them, so that they hear of it when it was not they who asked.
    """
    user = _locked(user_id, actor, "Nobody removes their own second step here. Use your account page.")
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if removed:
        user.session_round += 1
        user.save(update_fields=["session_round"])
        trail.record("user.second_step_removed", subject=user, actor=actor)
        emails.second_step_removed(user, occurrence=str(uuid.uuid4()))
    return user


@transaction.atomic
def end_sessions(user: User) -> User:
    """End every session of one's own account, on every machine."""
    own = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    own.session_round += 1
    own.save(update_fields=["session_round"])
    trail.record("user.sessions_ended", subject=own, actor=own)
    return own


@transaction.atomic
def rename(user: User, name: str) -> None:
    """Change one's own name."""
    own = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if own.name != name:
        before, own.name = own.name, name
        own.save(update_fields=["name"])
        trail.record("user.renamed", subject=own, actor=own, before=before, after=name)


def choose_language(user: User, language: str) -> None:
    """Remember in which language this person reads, for other browsers and for messages."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


def _locked(user_id: int, actor: Any, own: str) -> User:
    # The administrators are locked with the person, in one order, so that two cannot demote each other at once.
    rows = User.objects.select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows.filter(staff_role=User.StaffRole.ADMINISTRATOR) | rows.filter(pk=user_id)}
    if actor is not None and actor.pk == user_id:
        raise Refused(own)
    return found[user_id]


def _keep_an_administrator(user: User) -> None:
    others = User.objects.filter(staff_role=User.StaffRole.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    if user.staff_role == User.StaffRole.ADMINISTRATOR and user.is_active and not others.exists():
        raise Refused(f"{user} is the last administrator. Give the role to somebody else first.")
