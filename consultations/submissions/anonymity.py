"""Anonymous responses: what is stored holds no link to its author, not even the order in which responses came.

While it is written, a draft hangs on nothing but the fingerprint of its author's return link. Sending copies what was
said under keys made by chance and deletes the draft with every moment, revision and fingerprint in the same
transaction. What is left says the week, and nothing of who, when or in which order:

- keys are random and negative, so that no sequence counts them and no other key is like them;
- every moment is the beginning of the week, and nothing is written into the record of acts, the ledger of
  invitations, a session or a message;
- counters are written anew with it, under random keys too, or they would tell what was chosen last;
- on PostgreSQL the rows of up to a hundred anonymous responses are written anew in a random order, so that neither
  the place of a row in the file nor the number of its transaction tells when it came.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, connection, models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from consultations.programme.models import Consultation
from consultations.submissions import lifecycle, queries, references, rules, tallies
from consultations.submissions.counting import marks_of
from consultations.submissions.models import Response, Submission, TextAnswer
from engagement.core.errors import Refused

# Replaced by tests that need the same chance twice.
CHANCE: Any = secrets.SystemRandom()
ATTEMPTS = 5
# How many responses are written anew with each one that comes.
MOST_MIXED = 100
GONE = gettext_noop("There is no draft here any more. If you pressed “Send” before, your response has reached us.")

_Row = TypeVar("_Row", bound=models.Model)


def new_key() -> int:
    """A primary key that tells nothing: negative, so that no sequence ever meets it."""
    return -int(CHANCE.randrange(1, 2**62))


def week_of(now: datetime, consultation: Consultation) -> datetime:
    """The one moment of the week: its Monday, or the day on which the consultation opened if that was later."""
    day = timezone.localdate(now)
    monday = day - timedelta(days=day.weekday())
    if consultation.opens_at is not None:
        monday = max(monday, min(timezone.localdate(consultation.opens_at), day))
    return timezone.make_aware(datetime.combine(monday, time.min))


@transaction.atomic
def send(submission_id: int, *, now: datetime | None = None) -> Submission:
    """Send an anonymous draft; what comes back is another row, and the draft is no more.

    Raises Refused with a sentence while something required is missing, when the consultation takes nothing, and when
    the draft was sent before.
    """
    now = now or timezone.now()
    draft = _locked(submission_id)
    if reason := rules.why_not_send(draft, now):
        raise Refused(reason)
    parts = [part for part in queries.parts_of(draft) if part.is_begun]
    if lacks := lifecycle.lacking(draft, parts):
        raise Refused(" ".join(lacks))
    _wait_for_turn(draft.consultation)
    lifecycle.freeze(draft, parts, actor=None, now=now)
    late = rules.is_past_close(draft.consultation, now)
    sent = _copy(draft, week_of(now, draft.consultation), Submission.Timing.LATE if late else Submission.Timing.ON_TIME)
    draft.delete()
    _count(sent, parts)
    _mix(sent)
    return sent


@transaction.atomic
def give_up(submission_id: int) -> None:
    """Delete an anonymous draft, whole: nobody could come back to what is kept of it."""
    _locked(submission_id).delete()


def _locked(submission_id: int) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",)).select_related("consultation", "kind")
    draft = rows.filter(pk=submission_id, is_anonymous=True, state__in=Submission.DRAFTS).first()
    if draft is None:
        raise Refused(gettext(GONE))
    return draft


# --- the copy -------------------------------------------------------------------------------------------


def _copy(draft: Submission, week: datetime, timing: str) -> Submission:
    sent = _twin(
        draft,
        state=Submission.State.SUBMITTED,
        submitted_at=week,
        timing=timing,
        link_key=None,
        statement_revision=0,
        privacy_version=draft.privacy_version or draft.consultation.privacy_version,
    )
    _store_under_free_reference(sent)
    through = Submission.areas.through
    areas = list(draft.areas.order_by("pk").values_list("pk", flat=True))
    through.objects.bulk_create([through(pk=new_key(), submission_id=sent.pk, area_id=area) for area in areas])
    responses = {}
    for response in Response.objects.filter(submission=draft):
        responses[response.pk] = _twin(
            response, submission=sent, unfinished={}, revision=0, last_edited_by=None, created_at=week, updated_at=week
        )
    Response.objects.bulk_create(_shuffled(responses.values()))
    texts = [
        _twin(text, submission=sent, response=responses[text.response_id] if text.response_id else None)
        for text in TextAnswer.objects.filter(submission=draft)
    ]
    TextAnswer.objects.bulk_create(_shuffled(texts))
    # `auto_now` wrote the moment; it is taken out again before anybody can read it.
    Response.objects.filter(submission=sent).update(created_at=week, updated_at=week)
    Submission.objects.filter(pk=sent.pk).update(created_at=week, updated_at=week)
    sent.refresh_from_db()
    return sent


def _twin(row: _Row, **changes: Any) -> _Row:
    """Another row that says the same under a key made by chance."""
    options: Any = row._meta
    fields = {field.attname: getattr(row, field.attname) for field in options.concrete_fields}
    del fields[options.pk.attname]
    fields.pop("public_id", None)
    for name, value in changes.items():
        fields.pop(options.get_field(name).attname, None)
        fields[name] = value
    return type(row)(pk=new_key(), **fields)


def _store_under_free_reference(sent: Submission) -> None:
    for _ in range(ATTEMPTS):
        sent.reference = references.new(sent.consultation.reference)
        try:
            with transaction.atomic():
                sent.save(force_insert=True)
            return
        except IntegrityError:
            sent.pk = new_key()
    raise Refused(gettext("Your response could not be sent just now. Nothing is lost: press the button again."))


def _shuffled(rows: Iterable[_Row]) -> list[_Row]:
    found = list(rows)
    CHANCE.shuffle(found)
    return found


# --- no order -------------------------------------------------------------------------------------------


def _count(sent: Submission, parts: list[queries.Part]) -> None:
    """Add the answers to the counters, at once: a change that waits to be folded in would show one whole response."""
    sector = sent.kind.sector_id if sent.kind else None
    areas = sent.areas.order_by().values_list("pk", flat=True)
    columns = tallies.columns_of(sector, sent.channel, areas)
    for part in sorted(parts, key=lambda part: part.survey.pk):
        keys = tallies.keys_of(part.version.pk, columns, marks_of(part.definition, part.path.answers))
        tallies.count_unseen(part.survey.pk, keys, new_key=new_key, shuffle=CHANCE.shuffle)


def _wait_for_turn(consultation: Consultation) -> None:
    """One anonymous response of a consultation after the other: two that mixed the same rows could block each other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x50756E64, consultation.pk % 2**31])


def _mix(sent: Submission) -> None:
    """Write the rows of anonymous responses anew, one by one in a random order.

    Rows that somebody else holds at this moment are left where they are, so nobody waits for it. SQLite keeps rows in
    the order of their keys, which are random.
    """
    if connection.vendor != "postgresql":
        return
    others = Submission.objects.filter(consultation=sent.consultation_id, is_anonymous=True, submitted_at__isnull=False)
    chosen = list(others.exclude(pk=sent.pk).order_by("?").values_list("pk", flat=True)[: MOST_MIXED - 1])
    chosen.append(sent.pk)
    _rewrite(Submission.objects.filter(pk__in=chosen))
    _rewrite(Submission.areas.through.objects.filter(submission__in=chosen))
    _rewrite(Response.objects.filter(submission__in=chosen))
    _rewrite(TextAnswer.objects.filter(submission__in=chosen))


def _rewrite(rows: QuerySet[Any]) -> None:
    table, name = (connection.ops.quote_name(word) for word in (rows.model._meta.db_table, rows.model._meta.pk.column))
    free = rows.order_by("pk").select_for_update(of=("self",), skip_locked=True, no_key=True)
    keys = list(free.values_list("pk", flat=True))
    CHANCE.shuffle(keys)
    with connection.cursor() as cursor:
        # Both names come from our own tables, never from outside.
        cursor.executemany(f"UPDATE {table} SET {name} = {name} WHERE {name} = %s", [[key] for key in keys])  # noqa: S608
