"""Returned messages without Celery: `python3 manage.py read_bounces [--mailbox ADDRESS]`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagement.messaging import mailbox


class Command(BaseCommand):
    help = (
        "Reads messages that came back, takes them into account and removes them. --mailbox is imaps://user:password@"
        "host/INBOX, maildir:/path or mbox:/path; without it BOUNCE_MAILBOX is read. Prints a line of JSON: how many "
        "bounced, soft, complained, delivered, known, ignored (written by a machine), unknown."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", default="", help="the mailbox to read")

    def handle(self, **options: Any) -> None:
        address = options["mailbox"] or settings.BOUNCE_MAILBOX
        if not address:
            raise CommandError("Name a mailbox with --mailbox, or set BOUNCE_MAILBOX.", returncode=2)
        if not address.startswith(("imaps:", "imap:", "maildir:", "mbox:")):
            raise CommandError("A mailbox begins with imaps:, imap:, maildir: or mbox:.", returncode=2)
        try:
            counts = mailbox.read_all(address)
        except OSError as error:
            raise CommandError(f"The mailbox cannot be read: {error}") from error
        self.stdout.write(json.dumps(counts))
