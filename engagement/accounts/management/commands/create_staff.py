"""Make a member of staff, above all the first administrator of an installation."""

import argparse
import sys
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from engagement.accounts import actions
from engagement.accounts.models import User
from engagement.core.errors import Refused

ROLES = [value for value in User.StaffRole.values if value]


class Command(BaseCommand):
    help = "Make a member of staff, or give somebody who has an account a role. They sign in by code or password."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=ROLES)
        parser.add_argument("--name", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read a password from the standard input")

    @transaction.atomic
    def handle(self, *args: Any, email: str, role: str, name: str, password_stdin: bool, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        user = actions.ensure_user(email, name)
        if password_stdin:
            password = sys.stdin.readline().rstrip("\n")
            try:
                validate_password(password, user)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            user.set_password(password)
            user.save(update_fields=["password"])
        # The operator answers for the address: without this, a password alone would not let them in.
        EmailAddress.objects.filter(user=user, email__iexact=email).update(verified=True)
        try:
            user = actions.set_staff_role(user.pk, role, actor=None)
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"{user.email} is {user.get_staff_role_display().lower()}.")
