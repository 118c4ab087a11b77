"""The code that a person shows at the door: 80 bits that nobody can guess, good for one place at one event.

Only a hash of it is stored. What it was is worked out again from the row's own id and the site's secret whenever the
person is shown it, so that a copy of the database lets nobody in. Capital letters and figures of base 32 keep the QR
small and can be read out: “ABCD EFGH IJKL MNOP”.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import re

import segno
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from engagement.core.errors import Refused
from engagement.events.models import EntryCode, Event, Registration
from engagement.messaging.models import OutgoingMessage

LETTERS = 16
BYTES = LETTERS * 5 // 8
PATTERN = re.compile(f"[A-Z2-7]{{{LETTERS}}}")
WALK_IN = Registration.Source.WALK_IN
# How many codes the clock makes in one round.
MOST_AT_ONCE = 300
# Messages that bring the code: what puts a place into the calendar, and what is sent just before the event.
CARRYING_METHOD, CARRYING = "REQUEST", ("events.joining", "events.reminder")
# Missed at once where a camera sees it badly: a quarter of it may be hidden.
ERROR_LEVEL = "m"


def _made_with(secret: str, entry_code: EntryCode) -> str:
    digest = hmac.new(secret.encode(), b"events.entry_code:" + entry_code.public_id.bytes, hashlib.sha256).digest()
    return base64.b32encode(digest[:BYTES]).decode()


def hash_of(code: str) -> str:
    """What is stored of a code, however it was typed."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).upper().encode()).hexdigest()


def is_code(text: str) -> bool:
    """Whether it looks like a code, with or without gaps and capitals."""
    return bool(PATTERN.fullmatch(re.sub(r"[\s-]", "", text).upper()))


@transaction.atomic
def issue(registration: Registration) -> str:
    """The code of this place, made when there is none; asking again gives the same."""
    entry_code = EntryCode.objects.filter(registration=registration, revoked_at=None).first()
    if entry_code is None:
        entry_code = EntryCode(registration=registration)
        code = _made_with(settings.SECRET_KEY, entry_code)
        entry_code.code_hash = hash_of(code)
        # Two at once: one of them is kept, and both say it.
        EntryCode.objects.bulk_create([entry_code], ignore_conflicts=True)
    return current(registration)


def current(registration: Registration) -> str:
    """The code of this place as it is now; empty for none, and for one made with a secret that is gone."""
    entry_code = EntryCode.objects.filter(registration=registration, revoked_at=None).first()
    if entry_code is None:
        return ""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        code = _made_with(secret, entry_code)
        if hmac.compare_digest(hash_of(code), entry_code.code_hash):
            return code
    return ""


@transaction.atomic
def renew(registration: Registration) -> str:
    """Take the code back and make another: for a message that fell into wrong hands."""
    if registration.state != Registration.State.CONFIRMED:
        raise Refused(f"{registration.name} has no place, so there is no code.")
    EntryCode.objects.filter(registration=registration, revoked_at=None).update(revoked_at=timezone.now())
    return issue(registration)


def find(code: str) -> EntryCode | None:
    """Whose code it is, taken back or not; None when we made no such code."""
    if not is_code(code):
        return None
    rows = EntryCode.objects.select_related("registration__event", "registration__organisation")
    return rows.filter(code_hash=hash_of(code)).first()


def spoken(code: str) -> str:
    """In groups of four, to be read out and typed."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def address(code: str) -> str:
    """What the QR says: all in capitals, which makes it four modules smaller."""
    return (settings.SITE_URL + reverse("entrance:code", args=[code])).upper()


def svg(code: str) -> str:
    """The QR for a page: one element without a size of its own, dark on white in every colour scheme."""
    out = io.BytesIO()
    qr = segno.make_qr(address(code), error=ERROR_LEVEL, boost_error=False)
    qr.save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, light="#fff", dark="#000", svgclass="qr",
        lineclass=None,
    )  # fmt: skip
    return out.getvalue().decode().strip()


def is_for(registration: Registration) -> bool:
    """Whether somebody has a use for a code: a place in a room that is still ahead."""
    event = registration.event
    has_place = registration.state == Registration.State.CONFIRMED and registration.source != WALK_IN
    return has_place and event.is_ahead and event.mode != Event.Mode.ONLINE and not registration.is_online


def issue_missing() -> int:
    """Give a code to whoever has a use for one and none yet, a few hundred at a time; returns to how many."""
    ahead = Registration.objects.confirmed().filter(event__state__in=Event.AHEAD, is_online=False)
    live = EntryCode.objects.filter(registration=OuterRef("pk"), revoked_at=None)
    without = ahead.exclude(source=WALK_IN).exclude(event__mode=Event.Mode.ONLINE).exclude(Exists(live))
    people = list(without.select_related("event").order_by("pk")[:MOST_AT_ONCE])
    for registration in people:
        issue(registration)
    return len(people)


def files_of(message: OutgoingMessage) -> list[tuple[str, bytes, str]]:
    """The picture of the code for a message about a place, made when it leaves: (name, content, kind).

    Its name says the code in letters, for mailboxes that show no pictures. No message keeps it.
    """
    if message.about_kind != Registration._meta.label_lower:
        return []
    if not (message.calendar_method == CARRYING_METHOD or message.rule.startswith(CARRYING)):
        return []
    found = Registration.objects.filter(public_id=message.recipient).select_related("event").first()
    code = current(found) if found is not None and is_for(found) else ""
    return [(f"door-code-{spoken(code).replace(' ', '-')}.png", png(code), "image/png")] if code else []


def png(code: str) -> bytes:
    """The QR for a message, 8 pixels a module."""
    out = io.BytesIO()
    segno.make_qr(address(code), error=ERROR_LEVEL, boost_error=False).save(out, kind="png", scale=8, border=4)
    return out.getvalue()
