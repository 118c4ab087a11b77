"""A file of partners on its way into the register: staged with a preview, then imported whole or not at all."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders import plan, spreadsheet
from engagement.stakeholders.models import RegisterImport

# Staged files hold personal data and are thrown away when nobody imports them.
STAGED_FOR = timedelta(days=7)


@transaction.atomic
def stage_import(content: bytes, file_name: str, *, actor: Any) -> RegisterImport:
    """Read a file and keep its rows with a preview; the register itself is not touched.

    Raises Refused with a sentence when the file as a whole cannot be read.
    """
    RegisterImport.objects.filter(applied_at=None, created_at__lt=timezone.now() - STAGED_FOR).delete()
    lines, problems = spreadsheet.read(content, file_name, plan.vocabulary())
    worked_out = plan.work_out(lines)
    bad = {problem.row for problem in worked_out.problems}
    return RegisterImport.objects.create(
        file_name=file_name[:200],
        rows=[line.as_json() for line in lines if line.row not in bad],
        problems=[asdict(problem) for problem in sorted([*problems, *worked_out.problems], key=lambda p: p.row)],
        preview={
            "counts": worked_out.counts,
            "unchanged": worked_out.unchanged,
            "rows": len(lines) + len(problems),
            **worked_out.sample(),
        },
        requested_by=actor,
    )


def apply_import(staged_id: int, *, actor: Any, only_good_rows: bool = False) -> RegisterImport:
    """Put a staged file into the register, all of it in one transaction or nothing.

    With bad rows in the file it is refused, unless `only_good_rows` says that they are to be left out. Raises Refused
    when the register has moved on since the preview. Doing it twice imports once.
    """
    try:
        with transaction.atomic():
            return _apply(staged_id, actor, only_good_rows)
    except IntegrityError as error:
        raise Refused(
            "Somebody changed the register at the same moment, so nothing was imported. Try again."
        ) from error


def _apply(staged_id: int, actor: Any, only_good_rows: bool) -> RegisterImport:
    staged = RegisterImport.objects.select_for_update(of=("self",)).get(pk=staged_id)
    if staged.applied_at is not None:
        return staged
    if staged.problems and not only_good_rows:
        raise Refused(
            "The file has rows that cannot be imported. Correct them, or choose to import only the good rows."
        )
    if not staged.rows:
        raise Refused("No row of the file can be imported.")
    worked_out = plan.work_out([spreadsheet.Line(**row) for row in staged.rows])
    if worked_out.problems:
        rows = ", ".join(str(problem.row) for problem in worked_out.problems[:10])
        raise Refused(
            f"The register has changed since the preview and no longer agrees with the file (row {rows}). "
            "Nothing was imported. Upload the file again."
        )
    worked_out.apply()
    _record(worked_out, staged, actor)
    staged.applied_at = timezone.now()
    staged.outcome = {**worked_out.counts, "left_out": len(staged.problems)}
    # The rows are in the register now; a second copy of people's data is not kept.
    staged.rows, staged.problems, staged.preview = [], [], {}
    staged.save()
    return staged


def _record(worked_out: plan.Plan, staged: RegisterImport, actor: Any) -> None:
    source = {"import": str(staged.public_id)}
    for noun, added, changed in (
        ("organisation", worked_out.new_organisations, worked_out.changed_organisations),
        ("contact", worked_out.new_contacts, worked_out.changed_contacts),
        ("membership", worked_out.new_members, worked_out.changed_members),
    ):
        trail.record_many(f"{noun}.added", [(row, source) for row in added.values()], actor=actor)
        changes = [(row, {**source, "changes": facts}) for row, facts in changed.values()]
        trail.record_many(f"{noun}.changed", changes, actor=actor)
    numbers: dict[str, Any] = {**worked_out.counts, "left_out": len(staged.problems)}
    trail.record("register.imported", subject=staged, actor=actor, **numbers)


def discard_import(staged_id: int, *, actor: Any) -> None:
    """Throw a staged file away; one that was imported stays on record."""
    RegisterImport.objects.filter(pk=staged_id, requested_by=actor, applied_at=None).delete()
