"""The record of acts as sentences, for the pages of the register."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engagement.audit.models import Entry

VERBS = {
    "organisation.added": "added",
    "organisation.changed": "changed",
    "organisation.closed": "closed",
    "organisation.reopened": "reopened",
    "contact.added": "added",
    "contact.changed": "changed",
    "contact.linked": "tied to their account",
    "contact.merged": "taken together with another entry",
    "contact.merge_undone": "taken apart again",
    "contact.told_apart": "told apart from another",
    "organisation.merged": "taken together with another entry",
    "organisation.merge_undone": "taken apart again",
    "organisation.told_apart": "told apart from another",
    "interaction.recorded": "noted",
    "interaction.changed": "note corrected",
    "interaction.followed_up": "followed up",
    "membership.added": "joined",
    "membership.changed": "was given another role",
    "membership.ended": "left",
}
FIELDS = {
    "is_representative": "speaks for its members",
    "members_represented": "members represented",
    "trading_names": "trading names",
    "email": "e-mail address",
    "job_title": "job title",
    "lawful_basis": "lawful basis",
    "opted_out": "opted out",
    "basis_wording": "words of the lawful basis",
    "consented_on": "consent given on",
    "preferred_way": "likes to be reached by",
    "other_kinds": "what else it is",
    "represents": "whom it speaks for",
}


@dataclass(frozen=True)
class Act:
    """One line of a history: when, who, what, and what was there before and after."""

    at: datetime
    who: str
    what: str
    details: list[str]


def acts(entries: Iterable[Entry]) -> list[Act]:
    """The entries in words; what came by a file says so."""
    return [Act(entry.at, str(entry.actor or "The site"), _what(entry), _details(entry)) for entry in entries]


def _what(entry: Entry) -> str:
    source = " from a file" if "import" in entry.facts else ""
    return f"{entry.subject_label}: {VERBS.get(entry.verb, entry.verb.replace('.', ' '))}{source}"


def _details(entry: Entry) -> list[str]:
    return [
        f"{FIELDS.get(name, name)}: {_word(before)} → {_word(after)}"
        for name, (before, after) in entry.facts.get("changes", {}).items()
    ]


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in (None, "") else str(value)
