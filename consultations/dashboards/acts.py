"""The record of acts in words: what was done, and each fact of it, without a key that only a program understands.

The words themselves, to which every new verb and fact is added, are in `actwords`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from consultations.dashboards.actwords import FACTS, FIELDS, VERBS
from consultations.exports.models import ExportJob
from consultations.programme.models import Assignment, Consultation
from consultations.submissions.models import Acknowledgement, Submission
from consultations.surveys.models import SurveyVersion
from engagement.accounts.models import User
from engagement.audit.models import Entry
from engagement.core.templatetags.ui import short_moment
from engagement.events.models import Attendance, Registration
from engagement.stakeholders.models import Membership

# How many signs of one value are shown; a reason is longer than a name.
LONGEST_VALUE = 300

# Of what something was before and became: a submission’s state, whether it came in time, what may be published, a role.
_STATES_OF_ALL: list[Iterable[tuple[Any, Any]]] = [
    Submission.State.choices,
    Submission.Timing.choices,
    Submission.Confidentiality.choices,
    User.StaffRole.choices,
]
# What stored values are called, by the fact that carries them.
_CHOICES: dict[str, list[Iterable[tuple[Any, Any]]]] = {
    # Of reminders in records from before plans held more than these three.
    "audience": [
        [
            ("not_submitted", "Everyone invited who has not answered"),
            ("not_started", "Those who have not started"),
            ("started", "Those who started and have not sent"),
        ]
    ],
    "capacity": [Submission.Capacity.choices],
    "change": [SurveyVersion.Change.choices],
    "channel": [Submission.Channel.choices],
    "confidentiality": [Submission.Confidentiality.choices],
    "drafts": [SurveyVersion.Drafts.choices],
    "format": [ExportJob.Format.choices],
    "profile": [ExportJob.Profile.choices],
    "role": [User.StaffRole.choices, Membership.Role.choices, Assignment.Role.choices],
    "source": [Registration.Source.choices],
    "state": [Consultation.State.choices, Registration.State.choices],
    "status": [Attendance.Status.choices],
    "timing": [Submission.Timing.choices],
    "how": [Acknowledgement.How.choices],
    "before": _STATES_OF_ALL,
    "after": _STATES_OF_ALL,
}
VALUES: dict[str, dict[str, str]] = {
    name: {str(value): str(label) for choices in kinds for value, label in choices if value}
    for name, kinds in _CHOICES.items()
}


@dataclass(frozen=True)
class Act:
    """One line of the record: when, who, what they did, to what, and the facts of it, each a sentence's part."""

    at: datetime
    who: str
    what: str
    subject: str
    facts: list[str]


def in_words(entries: Iterable[Entry]) -> list[Act]:
    """The entries as lines to read; one query for the names of the people in their facts, if there are any."""
    entries = list(entries)
    people = _names({entry.facts["user"] for entry in entries if "user" in entry.facts})
    return [
        Act(
            entry.at,
            str(entry.actor or "The site itself"),
            what_was_done(entry.verb),
            entry.subject_label,
            [
                words
                for name, value in sorted(entry.facts.items(), key=_place)
                for words in _fact(name, people.get(value, value) if name == "user" else value)
            ],
        )
        for entry in entries
    ]


def what_was_done(verb: str) -> str:
    """“Put a survey live” for `survey.put_live`; for a verb of an older release, its own words."""
    words = VERBS.get(verb) or verb.replace("_", " ").replace(".", ": ")
    return words[:1].upper() + words[1:]


def verbs_like(text: str) -> list[str]:
    """The verbs whose words hold this text; small and capital letters are the same."""
    return [verb for verb, words in VERBS.items() if text.casefold() in words.casefold()]


def _place(fact: tuple[str, Any]) -> tuple[bool, str]:
    """Where a fact stands: whom it is about, then the others by name; a database gives them in an order of its own."""
    return fact[0] != "user", fact[0]


def _names(keys: set[int]) -> dict[int, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in=keys)} if keys else {}


def _fact(name: str, value: Any) -> list[str]:
    if name == "changes" and isinstance(value, dict):
        return [f"{_plain(field)}: {_value(field, change)}" for field, change in value.items()]
    return [f"{FACTS.get(name) or _plain(name)}: {_value(name, value)}"]


def _plain(name: str) -> str:
    return FIELDS.get(name) or name.removesuffix("_id").replace("_", " ")


def _value(name: str, value: Any) -> str:
    """The value as text. Two texts of a change are what was there before and after."""
    is_change = isinstance(value, list) and len(value) == 2 and name not in ("span", "codes", "themes", "surveys")
    if is_change and name not in ("spans", "invitations", "fields"):
        return f"{_one(name, value[0])} → {_one(name, value[1])}"
    if isinstance(value, list):
        return ", ".join(_plain(str(one)) if name == "fields" else _one(name, one) for one in value) or "none"
    return _one(name, value)


def _one(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " to ".join(map(str, value))
    known = VALUES.get(name, {}).get(str(value))
    if known:
        return known[:1].lower() + known[1:]
    if value in (None, ""):
        return "nothing"
    if name.endswith("_at") and (at := _moment(str(value))):
        return short_moment(at)
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
