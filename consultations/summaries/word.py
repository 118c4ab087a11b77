"""The published summary as a Word document: real headings, real tables with header rows, nothing hidden in it."""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from typing import Any

from django.utils import timezone
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from consultations.analysis.tables import Table
from consultations.summaries.models import Finding, Summary
from consultations.summaries.queries import Statement
from engagement.core.templatetags.ui import day, percent

INK, SEA = RGBColor(0x14, 0x28, 0x3A), RGBColor(0x0B, 0x64, 0x70)
# Characters that XML 1.0 cannot hold, except tab and line breaks.
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 65534, 65535])


def write(summary: Summary, statements: list[Statement], *, keeper: str) -> bytes:
    """The document as bytes. `keeper` is who published it; `statements` come from `queries.as_published`."""
    document = Document()
    _dress(document)
    moment = summary.published_at or summary.approved_at or summary.updated_at
    properties = document.core_properties
    properties.title, properties.author, properties.language = _clean(summary.title), _clean(keeper), "en-GB"
    properties.comments = ""
    properties.created = properties.modified = moment.astimezone(UTC).replace(tzinfo=None)
    document.add_heading(_clean(summary.title), level=0)
    told = f"{summary.consultation.title}. {keeper}, {day(timezone.localtime(moment))}. Version {summary.version}."
    document.add_paragraph(_clean(told))
    for statement in statements:
        _add(document, statement)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def file_name(summary: Summary) -> str:
    """“north-east-lis-summary-v2.docx”"""
    return f"{summary.consultation.reference}-summary-v{summary.version}.docx"


def _clean(text: str) -> str:
    return text.translate(_NOT_XML)


def _dress(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in (("Title", 24), ("Heading 1", 16), ("Heading 2", 13)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), INK


def _add(document: Any, statement: Statement) -> None:
    text = _clean(statement.text)
    if statement.kind == Finding.Kind.HEADING:
        document.add_heading(text, level=1)
    elif statement.kind == Finding.Kind.QUOTATION:
        document.add_paragraph(f"“{text}”", style="Quote")
        source = document.add_paragraph(_clean("; ".join(statement.sources)))
        source.paragraph_format.left_indent = Cm(1)
        source.runs[0].font.color.rgb = SEA
    elif statement.table is not None:
        if text:
            document.add_paragraph(text)
        _table(document, statement.table)
    elif text:
        paragraph = document.add_paragraph(text)
        if statement.sources:
            run = paragraph.add_run(f" ({_clean('; '.join(statement.sources))})")
            run.font.size, run.font.color.rgb = Pt(9), SEA


def _table(document: Any, table: Table) -> None:
    caption = document.add_paragraph(style="Caption")
    caption.paragraph_format.keep_with_next = True
    caption.add_run(_clean(f"{table.title}. {table.base_words}"))
    share = table.base is not None and not table.columns
    headings = ["", "All" if table.columns else table.unit.capitalize(), *(["Share"] if share else []), *table.columns]
    grid = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(grid.rows[0].cells, headings, strict=True):
        cell.text = _clean(heading)
    _repeat_as_header(grid.rows[0])
    for row in table.rows:
        numbers = [row.total, *row.cells]
        texts = [_clean(row.label), *(_shown(number) for number in numbers[:1])]
        if share:
            texts.append("–" if row.total is None else percent(row.total, table.base))
        texts += [_shown(number) for number in numbers[1:]]
        for place, (cell, text) in enumerate(zip(grid.add_row().cells, texts, strict=True)):
            cell.text = text
            if place:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if table.is_suppressed:
        document.add_paragraph("Numbers below five, and some beside them, are not shown.")
    if table.note:
        document.add_paragraph(_clean(table.note))
    document.add_paragraph()


def _shown(number: int | None) -> str:
    return "not shown" if number is None else str(number)


def _repeat_as_header(row: Any) -> None:
    """Mark the first row as a header, so that screen readers say it and it repeats on the next page."""
    properties = row._tr.get_or_add_trPr()
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    properties.append(header)
