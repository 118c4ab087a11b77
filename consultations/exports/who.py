"""Who answered, as the rows of an export say it, and the stream of rows itself.

Rows come as plain values, not as model instances: at ten thousand rows the instances cost more than everything else.
Only where the policy on confidentiality has to be asked, a submission is made of what it looks at.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from consultations.exports.layout import Value
from consultations.exports.models import ExportJob
from consultations.submissions import confidentiality
from consultations.submissions.models import Submission
from engagement.stakeholders.models import Area, Kind, Organisation

Profile = ExportJob.Profile
Row = list[Value | datetime]
CHUNK = 2000

WHO: dict[str, list[str]] = {
    Profile.PUBLIC: ["number", "name", "sector"],
    Profile.PSEUDONYMOUS: [
        "pseudonym", "sector", "kind", "areas", "channel", "capacity", "anonymous", "timing", "confidentiality",
    ],
    Profile.FULL: [
        "reference", "name", "contact_name", "contact_email", "sector", "kind", "areas", "channel", "capacity",
        "anonymous", "timing", "confidentiality", "confidentiality_reason", "may_contact", "received", "state",
    ],
}  # fmt: skip
WHO_WORDS = {
    "number": "Number of the row",
    "name": "Name of the organisation or person",
    "sector": "Sector",
    "pseudonym": "Name of the submission that says nothing; the same in every export",
    "kind": "Kind of partner",
    "areas": "Areas it speaks for",
    "channel": "How it came: online, email, letter, telephone, meeting, import",
    "capacity": "self = for oneself, organisation, members = for the members of an organisation",
    "anonymous": "1 = nobody knows who sent it; it came in the week that begins with the moment given",
    "timing": "on_time, late or provisional",
    "confidentiality": "named, unnamed = publish without name, withheld = do not publish",
    "reference": "Reference of the submission",
    "contact_name": "Who sent it",
    "contact_email": "Their e-mail address",
    "confidentiality_reason": "Why it is not to be published",
    "may_contact": "1 = may be asked again",
    "received": "When it came, in the zone of the site",
    "state": "State of the submission",
}
# What is read of a submission, by profile; the public one reads what the policy on confidentiality looks at.
_FIELDS: dict[str, tuple[str, ...]] = {
    Profile.PUBLIC: (
        "kind_id", "organisation__name", "state", "is_test", "is_anonymous", "confidentiality", "stricter",
        "respondent_name",
    ),
    Profile.PSEUDONYMOUS: (
        "kind_id", "public_id", "channel", "capacity", "is_anonymous", "timing", "confidentiality",
    ),
    Profile.FULL: (
        "kind_id", "reference", "organisation__name", "respondent_name", "respondent_email", "channel", "capacity",
        "is_anonymous", "timing", "confidentiality", "confidentiality_reason", "may_contact", "submitted_at", "state",
    ),
}  # fmt: skip


def pseudonym(public_id: uuid.UUID) -> str:
    """A name for a submission that says nothing, the same in every export and not to be traced without the secret."""
    return "P" + hmac.digest(settings.SECRET_KEY.encode(), public_id.bytes, "sha256").hex()[:12].upper()


def local(moment: datetime | None) -> datetime | None:
    """The moment in the zone in which people read times, without the zone, as spreadsheets want it."""
    return timezone.localtime(moment).replace(tzinfo=None, microsecond=0) if moment else None


class Who:
    """The cells that say who answered, for the rows of one export; the register's names are read once."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.fields = _FIELDS[profile]
        kinds = Kind.objects.select_related("sector")
        self.kinds = {kind.pk: (kind.name, kind.sector.name) for kind in kinds}
        self.areas = dict(Area.objects.exclude(level=Area.Level.COMBINED).values_list("pk", "name"))

    def read(
        self, rows: QuerySet[Any], *fields: str, prefix: str = ""
    ) -> Iterator[tuple[Row, Submission | None, tuple[Any, ...]]]:
        """(cells, submission, values of `fields`) of every row in its order; `prefix` leads to the submission.

        The submission is there for the public profile only, and holds no more than the policy looks at.
        """
        names = (f"{prefix}pk", *(f"{prefix}{name}" for name in self.fields))
        many = len(names)
        found = rows.values_list(*names, *fields).iterator(chunk_size=CHUNK)
        number = 0
        while some := list(islice(found, CHUNK)):
            areas = {} if self.profile == Profile.PUBLIC else self._areas_of([row[0] for row in some])
            for row in some:
                number += 1
                cells, submission = self._cells(number, row[1:many], areas.get(row[0], ""))
                yield cells, submission, row[many:]

    def _areas_of(self, submissions: list[int]) -> dict[int, str]:
        named: dict[int, list[str]] = {}
        through = Submission.areas.through.objects.filter(submission__in=submissions)
        for submission_id, area_id in through.values_list("submission_id", "area_id"):
            if area_id in self.areas:
                named.setdefault(submission_id, []).append(self.areas[area_id])
        return {pk: "; ".join(sorted(names)) for pk, names in named.items()}

    def _cells(self, number: int, values: tuple[Any, ...], areas: str) -> tuple[Row, Submission | None]:
        kind, sector = self.kinds.get(values[0], ("", ""))
        if self.profile == Profile.PUBLIC:
            submission = _for_policy(values)
            return [number, submission.from_whom if confidentiality.may_name(submission) else "", sector], submission
        if self.profile == Profile.PSEUDONYMOUS:
            _, public_id, channel, capacity, is_anonymous, *facts = values
            return [pseudonym(public_id), sector, kind, areas, channel, capacity, int(is_anonymous), *facts], None
        _, reference, organisation, name, email, *facts, reason, may_contact, submitted_at, state = values
        facts[2] = int(facts[2])
        who: Row = [reference, organisation or "", name, email, sector, kind, areas, *facts]
        return [*who, reason, int(may_contact), local(submitted_at), state], None


def _for_policy(values: tuple[Any, ...]) -> Submission:
    _, organisation, state, is_test, is_anonymous, choice, stricter, name = values
    return Submission(
        organisation=Organisation(name=organisation) if organisation is not None else None,
        state=state,
        is_test=is_test,
        is_anonymous=is_anonymous,
        confidentiality=choice,
        stricter=stricter,
        respondent_name=name,
    )
