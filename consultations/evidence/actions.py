"""Changes besides the state: where else a piece is used, and that its file was fetched."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consultations.evidence import lifecycle, policy, queries
from consultations.evidence.models import EvidenceItem, Use
from consultations.programme.models import Consultation
from consultations.submissions import confidentiality
from consultations.submissions.models import EvidenceDocument
from engagement.audit import trail
from engagement.core.errors import Refused


@transaction.atomic
def use_in(item_id: int, consultation: Consultation, *, actor: Any, note: str = "") -> Use:
    """Use it in another consultation; asking twice changes the note.

    Raises Refused where it may not leave the consultation that it came to.
    """
    item = lifecycle.locked(item_id)
    sources = list(queries.sources_of(item))
    if any(source.document.submission.consultation_id == consultation.pk for source in sources):
        raise Refused(f"It came to “{consultation.title}” itself, so it is in its register already.")
    if not policy.may_leave(item, sources):
        raise Refused("It may not be used elsewhere: it is not open, or those who sent it asked us not to publish it.")
    use, is_new = Use.objects.update_or_create(
        item=item, consultation=consultation, defaults={"note": note.strip(), "actor": actor}
    )
    if is_new:
        trail.record("evidence.used", subject=item, actor=actor, scope=consultation.reference)
    return use


@transaction.atomic
def stop_using(use_id: int, *, actor: Any) -> None:
    """Take it out of the register of another consultation; raises Refused while a text there cites it."""
    use = Use.objects.select_related("item", "consultation").get(pk=use_id)
    if any(one.consultation == use.consultation for one in queries.cited_in(use.item)):
        raise Refused(f"A summary of “{use.consultation.title}” cites it. Take it out of there first.")
    trail.record("evidence.no_longer_used", subject=use.item, actor=actor, scope=use.consultation.reference)
    use.delete()


@transaction.atomic
def fetch(item: EvidenceItem, *, actor: Any, reason: str = "") -> EvidenceDocument:
    """The file, for this member of staff; that they fetched it is written down.

    Raises Refused when it is quarantined or withdrawn, when the scanner has not cleared it, when it may not leave
    the consultation that it came to, and when an administrator does not say why they read what is not to be published.
    """
    if item.state in {EvidenceItem.State.QUARANTINED, EvidenceItem.State.WITHDRAWN}:
        raise Refused(f"{item.reference} is “{item.get_state_display().lower()}”, so its file is given to nobody.")
    sources = list(queries.visible_sources(item, actor))
    if not sources:
        sources = list(queries.sources_of(item))
        if not policy.may_leave(item, sources):
            raise Refused("Those who sent it have not agreed that it is read outside of the consultation it came to.")
    cleared = [source.document for source in sources if source.document.is_cleared]
    if not cleared:
        raise Refused("The virus scanner has not cleared this file. Try again in a few minutes.")
    open_ones = [one for one in cleared if not confidentiality.reading_is_recorded(actor, one.submission)]
    if not open_ones and not reason.strip():
        raise Refused("Write why you read it: whoever sent it asked us not to publish it.", field="reason")
    chosen = (open_ones or cleared)[0]
    trail.record(
        "evidence.fetched",
        subject=item,
        actor=actor,
        scope=chosen.submission.consultation.reference,
        document=chosen.pk,
        sha256=item.sha256,
        **({"reason": reason.strip()} if reason.strip() else {}),
    )
    return chosen
