"""The record of acts in words: what was done, and each fact of it, without a key that only a program understands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from consultations.exports.models import ExportJob
from consultations.invitations.models import ReminderPlan
from consultations.programme.models import Assignment, Consultation
from consultations.submissions.models import Submission
from consultations.surveys.models import SurveyVersion
from engagement.accounts.models import User
from engagement.audit.models import Entry
from engagement.core.templatetags.ui import short_moment
from engagement.events.models import Attendance, Registration
from engagement.stakeholders.models import Membership

# How many signs of one value are shown; a reason is longer than a name.
LONGEST_VALUE = 300

# What was done, as the end of “Ruth Abbotson …”. Every verb that the code records stands here; a test reads the code.
VERBS = {
    "amendment.accepted": "accepted an amendment to a note",
    "amendment.declined": "declined an amendment to a note",
    "amendment.proposed": "proposed an amendment to a note",
    "answer_file.added": "added a file to an answer",
    "assignment.ended": "took somebody off the consultation",
    "assignment.made": "put somebody on the consultation",
    "attendance.completed": "marked everybody else absent",
    "attendance.marked": "marked whether somebody came",
    "code.added": "added a code",
    "code.changed": "changed a code",
    "code.retired": "took a code out of use",
    "code_frame.frozen": "froze the code frame",
    "code_frame.put_in_use": "put the code frame in use",
    "code_frame.started": "started the code frame",
    "code_frame.unfrozen": "opened the code frame again",
    "consultation.answers_deleted": "deleted the answers, whose time was over",
    "consultation.archived": "archived the consultation",
    "consultation.changed": "changed the facts of the consultation",
    "consultation.closed": "closed the consultation",
    "consultation.created": "created the consultation",
    "consultation.extended": "extended the consultation",
    "consultation.invited": "invited partners",
    "consultation.opened": "opened the consultation",
    "consultation.paused": "paused the consultation",
    "consultation.proposal_made": "made a proposal to the administrators",
    "consultation.reported": "said that the result is there",
    "consultation.resumed": "resumed the consultation",
    "consultation.returned": "gave the consultation back to be changed",
    "consultation.scheduled": "approved and announced the consultation",
    "consultation.submitted_for_review": "sent the consultation for review",
    "consultation.taken_into_analysis": "started the analysis",
    "contact.added": "added a person to the register",
    "contact.changed": "changed a person of the register",
    "contact.linked": "tied a person of the register to their account",
    "document.added": "added a document",
    "document.removed": "removed a document",
    "event.announced": "announced the event",
    "event.booking_closed": "closed booking for the event",
    "event.booking_opened": "opened booking for the event",
    "event.cancelled": "cancelled the event",
    "event.changed": "changed the event",
    "event.created": "created the event",
    "event.held": "marked the event as held",
    "event.linked": "made the event part of the consultation",
    "event.needs_purged": "deleted what people had told about their needs",
    "event.postponed": "postponed the event",
    "event.resized": "changed the number of places",
    "event.tied": "tied the event to a consultation",
    "event.topics_changed": "changed the topics of the event",
    "event.written_up": "marked the event as written up",
    "export.approved": "allowed the export",
    "export.built": "built the file of the export",
    "export.cancelled": "called off the export",
    "export.downloaded": "downloaded the file of the export",
    "export.requested": "asked for an export",
    "file.cleaned": "took out of a file what it told of its makers",
    "file.locked": "locked a file in which something harmful was found",
    "finding.added": "added a statement to the summary",
    "finding.changed": "changed a statement of the summary",
    "finding.cited": "gave a statement of the summary a source",
    "finding.moved": "moved a statement of the summary",
    "finding.refreshed": "brought a figure of the summary up to date",
    "finding.removed": "removed a statement of the summary",
    "interaction.changed": "corrected the note of a contact with an organisation",
    "interaction.followed_up": "followed up a contact with an organisation",
    "interaction.recorded": "noted a contact with an organisation",
    "invitation.cancelled": "cancelled an invitation",
    "invitation.declined": "declined an invitation",
    "invitation.sent_again": "sent an invitation again",
    "invitation.taken_up": "said that they want to answer after all",
    "library.question_removed": "removed a question from the library",
    "library.question_saved": "saved a question in the library",
    "membership.added": "added a person to an organisation",
    "membership.changed": "changed somebody’s part in an organisation",
    "membership.ended": "ended somebody’s part in an organisation",
    "note.agreed": "agreed a note",
    "note.corrected": "corrected a note",
    "note.disputed": "marked a note as disputed",
    "note.written": "wrote a note",
    "notes.circulated": "circulated the notes",
    "organisation.added": "added an organisation to the register",
    "organisation.changed": "changed an organisation of the register",
    "organisation.closed": "closed an organisation of the register",
    "organisation.merge_undone": "took two organisations apart again",
    "organisation.merged": "took two organisations together",
    "organisation.reopened": "reopened an organisation of the register",
    "organisation.told_apart": "told two organisations apart",
    "passage.coded": "put codes on a passage",
    "passage.uncoded": "took a code off a passage",
    "register.imported": "imported a file of partners",
    "registration.cancelled": "cancelled a booking",
    "registration.created": "booked a place",
    "registration.described": "changed the facts of a booking",
    "registration.promoted": "gave somebody on the waiting list a place",
    "registration.walked_in": "let somebody in without a booking",
    "reminder.planned": "planned a reminder",
    "reminder.restarted": "started a reminder again",
    "reminder.stopped": "stopped a reminder",
    "reminder_plan.made": "made the plan of reminders",
    "submission.accepted": "accepted a submission",
    "submission.claimed": "took over a submission that was begun without an account",
    "submission.confidentiality_chosen": "chose what of a submission may be published",
    "submission.differences_settled": "settled the differences between two keyings of a paper",
    "submission.document_read": "opened a document that is not to be published",
    "submission.keyed_twice": "keyed a paper a second time",
    "submission.marked_duplicate": "set a submission aside as a duplicate",
    "submission.rejected": "rejected a submission",
    "submission.reopened": "reopened a submission",
    "submission.restored": "let a submission count again",
    "submission.second_keying_begun": "began to key a paper a second time",
    "submission.sent_back": "sent a typed-in submission back",
    "submission.started": "started a submission",
    "submission.submitted": "sent a submission",
    "submission.tests_cleared": "deleted the tests of a survey",
    "submission.typed_in": "typed in a submission",
    "submission.withdrawn": "withdrew a submission",
    "submission.withheld_text_read": "read what is not to be published",
    "submissions.imported": "imported submissions from a file",
    "summary.approved": "approved the summary",
    "summary.published": "published the summary",
    "summary.requested": "asked for a draft of the summary",
    "summary.sent_back": "sent the summary back",
    "summary.sent_to_review": "sent the summary to review",
    "survey.changed": "changed the title or introduction of a survey",
    "survey.closed": "closed a survey",
    "survey.copied": "copied a survey",
    "survey.created": "created a survey",
    "survey.deleted": "deleted a survey",
    "survey.drafts_moved": "let responses in progress move to a new version",
    "survey.imported": "imported a survey from a file",
    "survey.picture_added": "added a picture to a survey",
    "survey.published": "published a version of a survey",
    "survey.put_live": "put a survey live",
    "survey.translated": "translated a survey",
    "theme.added": "added a theme",
    "theme.changed": "changed a theme",
    "theme.moved": "moved a theme",
    "theme.removed": "removed a theme",
    "user.added": "added an account",
    "user.closed": "closed an account",
    "user.renamed": "renamed an account",
    "user.reopened": "reopened an account",
    "user.role_changed": "changed somebody’s role",
    "user.second_step_removed": "removed the second step of an account",
    "user.sessions_ended": "ended the sessions of an account",
}

# What a fact is called. A name that ends in “number” is that of a row, for whoever follows it up in the database.
FACTS = {
    "absent": "people marked absent",
    "after": "now",
    "again": "asked for once more",
    "already_here": "were here already",
    "amendment": "amendment number",
    "answer_file": "file number",
    "audience": "to",
    "before": "before",
    "capacity": "answers",
    "change": "kind of change",
    "changes": "",
    "channel": "came by",
    "closes_at": "closes",
    "code": "code",
    "codes": "codes",
    "confidentiality": "may be published",
    "contact": "person number",
    "days_before_close": "days before the close",
    "differences": "answers that differ",
    "document": "document number",
    "drafts": "responses in progress",
    "event": "event number",
    "fields": "changed",
    "file": "file",
    "file_name": "file",
    "files": "files of exports",
    "first_stands": "first keying stands",
    "format": "as",
    "import": "from the imported file",
    "invitations": "invitations",
    "is_test": "a test",
    "language": "language",
    "left_out": "rows left out",
    "local_time": "at",
    "mapped": "columns understood",
    "merged": "number of the entry taken in",
    "name": "name",
    "messages": "messages",
    "note": "note number",
    "notes": "notes",
    "number": "how many",
    "opens_at": "opens",
    "organisation": "organisation number",
    "other": "number of the other",
    "passages": "passages",
    "people": "people",
    "profile": "contents",
    "promoted": "people moved up from the waiting list",
    "questions": "questions",
    "reason": "reason",
    "role": "as",
    "rows": "rows",
    "second_stands": "second keying stands",
    "sha256": "checksum",
    "size": "bytes",
    "source": "from",
    "span": "place in the text",
    "spans": "places in the text",
    "state": "result",
    "status": "result",
    "submission": "submission number",
    "submissions": "submissions",
    "summary": "summary number",
    "survey": "survey",
    "surveys": "surveys",
    "texts": "texts",
    "themes": "themes",
    "timing": "arrived",
    "to": "new place",
    "told": "people told",
    "unchanged": "rows without a change",
    "user": "who",
    "version": "version",
}

# Names of fields inside of `changes` and `fields`, where the name of the column is not what people call it.
FIELDS = {
    "closes_at": "closing time",
    "decision_owner": "who decides",
    "ends_at": "end",
    "is_representative": "speaks for its members",
    "opens_at": "opening time",
    "opted_out": "wants no messages",
    "response_due_on": "response promised by",
    "starts_at": "start",
}

# What stored values are called, by the fact that carries them.
_CHOICES: dict[str, list[Iterable[tuple[Any, Any]]]] = {
    "audience": [ReminderPlan.Audience.choices],
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
    # Of what they were before and became: the state of a submission, a role, what may be published.
    "before": [Submission.State.choices, Submission.Confidentiality.choices, User.StaffRole.choices],
    "after": [Submission.State.choices, Submission.Confidentiality.choices, User.StaffRole.choices],
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
