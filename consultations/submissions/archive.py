"""Everything that a person and their organisations ever sent, as pages to be kept: one ZIP file that opens anywhere."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import PurePath
from typing import IO, Any

from django.contrib.staticfiles import finders
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.text import slugify

from consultations.submissions import answers, queries, signoff
from consultations.submissions.models import AnswerFile, Submission, Upload

# More than that is written to the disk while the file is put together.
IN_MEMORY = 20 * 1024 * 1024
STYLE = "soundings/archive.css"


def sent(user: Any) -> list[Submission]:
    """What exists for this person and was sent, whatever became of it; by organisation, the newest first."""
    rows = queries.own(user).filter(~Q(submitted_at=None), is_anonymous=False).exclude(state__in=Submission.DRAFTS)
    found = queries.with_people(rows).order_by("-submitted_at", "-pk")
    return sorted(found, key=lambda one: (one.organisation is None, one.organisation.name if one.organisation else ""))


def written(rows: Iterable[Submission]) -> IO[bytes]:
    """The ZIP file: a list, a page for each response, and its files beside it. At its beginning, ready to be read."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    listed = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for submission in rows:
            folder = slugify(submission.reference)
            kept = _files(archive, submission, folder)
            archive.writestr(f"{folder}/response.html", _page(submission, kept))
            listed.append({"it": submission, "folder": folder})
        archive.writestr("index.html", render_to_string("submissions/archive/index.html", {"rows": listed}))
        style = finders.find(STYLE)
        if style:
            archive.write(str(style), "style.css")
    file.seek(0)
    return file  # type: ignore[return-value]


def _files(archive: zipfile.ZipFile, submission: Submission, folder: str) -> dict[str, str]:
    """Public id of a file -> where it stands beside the page. What the scanner has not cleared is left out."""
    rows: list[Upload] = [*submission.evidence.order_by("pk")]
    rows += AnswerFile.objects.filter(response__submission=submission).order_by("pk")
    kept: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        if not row.is_cleared or not row.file.storage.exists(str(row.file.name)):
            continue
        # Under a number of ours, so that no name of theirs becomes a path or meets another.
        name = PurePath(row.file_name)
        suffix = slugify(name.suffix)
        path = f"files/{number:02}-{slugify(name.stem)[:80] or 'file'}{'.' if suffix else ''}{suffix}"
        with row.file.open("rb") as source, archive.open(f"{folder}/{path}", "w") as target:
            shutil.copyfileobj(source, target)
        kept[str(row.public_id)] = path
    return kept


def _page(submission: Submission, kept: dict[str, str]) -> str:
    parts = [part for part in queries.parts_of(submission) if part.is_begun]
    context = {
        "submission": submission,
        "of": submission.consultation,
        "surveys": [
            {
                "title": part.definition.title,
                "sections": answers.sections(part, file_url=lambda file: kept.get(file, "")),
            }
            for part in parts
        ],
        "documents": [
            {"title": document.title, "path": kept.get(str(document.public_id), "")}
            for document in submission.evidence.order_by("pk")
        ],
        "awaited": signoff.awaited_for(submission),
    }
    return render_to_string("submissions/archive/response.html", context)
