"""Coding, figures, the summary and the files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import docx
import python_calamine

from consultations.dashboards.demonstration.staff import ADMINISTRATOR, OFFICER, SECOND_OFFICER
from consultations.dashboards.rehearsal.meeting import SAID
from consultations.dashboards.rehearsal.play import Play, Step, demand
from consultations.dashboards.rehearsal.visitor import Page, Unexpected, Visitor, accepted, wait_for


def frame(play: Play) -> str:
    margaret = play.staff(OFFICER)
    margaret.press(f"{play.manage}/settings/lifecycle/analyse/")
    page = margaret.get(f"{play.manage}/frame/")
    accepted(margaret.send(page.form_to("/frame/start/")))
    form = margaret.get(f"{play.manage}/frame/add/").form("label", "parent")
    accepted(
        margaret.send(
            form,
            {
                "label": "Technical skills",
                "parent": form.label("parent", "People"),
                "definition": "Trades, engineering, digital.",
            },
        )
    )
    page = margaret.get(f"{play.manage}/frame/")
    demand("Technical skills" in page.text, f"{page.path} does not show the new code.")
    return "a code for each theme, and one under it"


def code(play: Play) -> str:
    """Every text on the desk, until none is left: answers of three partners and the notes of the event."""
    margaret = play.staff(OFFICER)
    done, notes = 0, 0
    page = margaret.get(f"{play.manage}/coding/?reading=unread")
    first = next(iter(_texts(page)), None)
    if first is None:
        raise Unexpected(f"{page.path} has nothing to code: {page.said}")
    while texts := _texts(page):
        text = margaret.get(texts[0])
        form = text.form("sentences", "codes")
        coded = accepted(
            margaret.send(
                form,
                {"sentences": form.choices("sentences")[:1], "codes": [form.label("codes", "Technical skills")]},
                button="code=yes",
            )
        )
        notes += SAID in text.text
        done += 1
        accepted(margaret.send(coded.form("read"), button="read=yes"))
        page = margaret.get(f"{play.manage}/coding/?reading=unread")
        demand(done < 60, "The desk does not become empty.")
    demand(notes, "The agreed note of the event was not among the texts.")
    return f"{done} texts, an event note among them"


def _texts(page: Page) -> list[str]:
    return [link for link in page.links("/coding/") if re.search(r"/coding/(answer|note)/\d+/", link)]


def figures(play: Play) -> str:
    page = play.staff(OFFICER).get(f"{play.manage}/figures/")
    demand("3 submissions" in page.text, f"{page.path} does not count 3 submissions. It says: {page.text[:300]}")
    page = play.staff(OFFICER).get(f"{play.manage}/figures/?survey=call-for-evidence")
    demand("Skills" in page.text, f"{page.path} shows no answers to the survey.")
    return "3 submissions, question by question"


def draft(play: Play) -> str:
    """Asked for on a page, drafted by the worker."""
    margaret = play.staff(OFFICER)
    page = margaret.get(f"{play.manage}/summary/new/")
    accepted(margaret.send(page.form("title"), {"title": f"What we heard {play.tag}"}))
    summary = f"{play.manage}/summary/1/"

    def look() -> bool:
        page = margaret.get(summary)
        demand("failed" not in page.text.casefold(), f"The draft failed: {page.said}")
        return bool(page.links("/change/"))

    wait_for(look, "The draft of the summary", seconds=120)
    play.notes["summary"] = summary
    return "by the worker"


def approve(play: Play) -> str:
    margaret, ruth = play.staff(OFFICER), play.staff(ADMINISTRATOR)
    summary = play.notes["summary"]
    form = margaret.get(f"{summary}add/").form("kind", "text")
    accepted(
        margaret.send(form, {"kind": "context", "text": "This report was written for a rehearsal; nobody was asked."})
    )
    page = margaret.get(summary)
    accepted(margaret.send(page.form_to("/review/")))
    demand(
        not any("/approve/" in form for form in _actions(margaret.get(summary))),
        "The author is offered to approve their own summary.",
    )
    accepted(ruth.send(ruth.get(summary).form_to("/approve/")))
    ruth.press(f"{summary}publish/")
    ruth.press(f"{play.manage}/settings/lifecycle/report/")
    return "by somebody other than its author, then published"


def _actions(page: Page) -> list[str]:
    return [str(action) for action in page.tree.xpath("//form/@action")]


def published(play: Play) -> str:
    visitor = Visitor(play.base_url)
    page = visitor.get(f"/consultations/{play.reference}/summary/")
    demand("rehearsal; nobody was asked" in page.text, f"{page.path} does not hold the added statement.")
    content = visitor.get(f"/consultations/{play.reference}/summary/word/").body
    path = play.keep("summary.docx", content)
    document = docx.Document(str(path))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    demand("rehearsal; nobody was asked" in text, "The Word document does not hold the added statement.")
    demand(document.tables, "The Word document has no table.")
    demand(play.organisations[1] not in text, "The Word document names a partner who wanted no name.")
    return f"as a page and in Word, {len(document.paragraphs)} paragraphs, {len(document.tables)} tables"


def export(play: Play) -> str:
    """Two files by the worker, fetched and read back."""
    samir = play.staff(SECOND_OFFICER)
    sizes = []
    for file_format, name in (("csv", "answers.zip"), ("xlsx", "answers.xlsx")):
        page = samir.get(f"{play.manage}/exports/new/")
        page = accepted(samir.send(page.form("profile", "format"), {"profile": "pseudonymous", "format": file_format}))
        job = page.url

        def look(job: str = job) -> Page | None:
            page = samir.get(job)
            demand("Failed" not in page.text, f"The export failed: {page.said}")
            return page if any("/file/" in action for action in _actions(page)) else None

        ready = wait_for(look, f"The {file_format} file", seconds=120)
        content = samir.send(ready.form_to("/file/")).body
        play.keep(name, content)
        sizes.append(_rows_of(content, file_format))
    demand(sizes[0] == sizes[1] == 3, f"The files hold {sizes} submissions and not 3.")
    return "CSV and Excel, 3 submissions in each"


def _rows_of(content: bytes, file_format: str) -> int:
    """How many submissions the file holds."""
    if file_format == "csv":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            name = next(name for name in archive.namelist() if "submission" in name)
            rows: list[list[Any]] = list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
    else:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = next(name for name in workbook.sheet_names if "submission" in name.casefold())
        rows = [row for row in workbook.get_sheet_by_name(name).to_python() if any(row)]
    return len(rows) - 1


STEPS: list[Step] = [
    ("Officers make the code frame", frame),
    ("code the answers and the notes", code),
    ("look at the figures", figures),
    ("ask for a summary", draft),
    ("Somebody else approves it", approve),
    ("Everybody can read it", published),
    ("Officers fetch the data", export),
]
