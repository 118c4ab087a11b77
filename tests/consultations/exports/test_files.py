"""Files survive being opened by others, and hide nothing."""

import zipfile

import pytest

from consultations.submissions.models import Response
from consultations.surveys.definition import Choice, Question
from tests.consultations.exports.reading import built, content, parts, sheets, tables
from tests.factories.analysis import (
    heard,
    survey_asking,
)

pytestmark = pytest.mark.django_db

HOSTILE = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "＝1", 'line\nbreak, "quote"', "007", "Ŵŷ – ünï"]


def test_several_choices_have_a_column_each_and_blank_is_not_nought(survey, officer):
    heard(survey, {"barriers": ["skills"], "people": 12, "rate": {"roads": "yes"}})
    heard(survey, {"grow": "no"})

    header, ticked, unasked = tables(built(survey, officer))["main"]

    first, second = dict(zip(header, ticked, strict=True)), dict(zip(header, unasked, strict=True))
    assert (first["barriers"], first["barriers__skills"], first["barriers__cash"]) == ("skills", "1", "0")
    assert (first["people"], first["rate__roads"], first["rate__rail"]) == ("12", "yes", "")
    assert (second["barriers__skills"], second["grow"]) == ("", "no")


def test_columns_come_from_every_version_and_not_from_the_data(survey, officer):
    heard(survey, {"grow": "no", "barriers": ["cash"]})
    later = (
        Question("grow", "single", "Will you grow?", choices=(Choice("yes", "Yes"),)),
        Question("new", "short_text", "Anything new?"),
    )
    survey_asking(survey.consultation, later)
    heard(survey, {"new": "Yes"})

    found = tables(built(survey, officer))

    names = found["main"][0]
    assert [name for name in ("grow", "barriers__skills", "barriers__cash", "new", "why") if name in names] == [
        "grow", "barriers__skills", "barriers__cash", "new", "why",
    ]  # fmt: skip
    assert dict(zip(names, found["main"][1], strict=True))["grow"] == "no"
    book = {row[1]: row for row in found["codebook"][1:]}
    assert book["grow"][-3:] == ["1", "2", "1"]
    assert "no = No" in book["grow"][5]


def test_what_is_written_beside_other_has_a_column_of_its_own(survey, officer):
    asked = (Question("gaps", "multiple", "Gaps", choices=(Choice("it", "IT"),), has_other=True),)
    survey_asking(survey.consultation, asked)
    heard(survey, {"gaps": ["other"], "gaps__other": "Welding"})

    header, row = tables(built(survey, officer))["main"]

    assert len(header) == len(set(header))
    shown = dict(zip(header, row, strict=True))
    assert (shown["gaps__it"], shown["gaps__other"], shown["gaps__other_text"]) == ("0", "1", "Welding")


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_hostile_texts_come_back_as_texts(survey, officer, file_format):
    for text in HOSTILE:
        heard(survey, {"why": text})

    job = built(survey, officer, file_format=file_format)

    rows = tables(job)["main"] if file_format == "csv" else sheets(job)["main"]
    place = rows[0].index("why")
    cells = [row[place] for row in rows[1:]]
    if file_format == "csv":
        assert [
            cell.removeprefix("'") if cell[:2] in {"'=", "'+", "'-", "'@", "'\t", "'＝"} else cell for cell in cells
        ] == HOSTILE
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]
    else:
        assert cells == HOSTILE
        assert b"<f>" not in b"".join(parts(job))


def test_a_text_too_long_for_a_cell_stands_whole_in_its_own_sheet(survey, officer):
    text = "Evidence. " * 7000
    heard(survey, {"why": text})

    found = sheets(built(survey, officer, file_format="xlsx"))

    assert "".join(row[4] for row in found["long_text"][1:]) == text
    assert found["main"][1][found["main"][0].index("why")].endswith("long_text]")


def test_a_workbook_hides_nothing(survey, officer):
    heard(survey, {"why": "x"})
    with zipfile.ZipFile(content(built(survey, officer, file_format="xlsx"))) as archive:
        names, book = archive.namelist(), archive.read("xl/workbook.xml").decode()
        core = archive.read("docProps/core.xml").decode()

    assert "hidden" not in book.lower()
    assert not [name for name in names if "comment" in name or "pivot" in name or "external" in name]
    assert "<dc:creator></dc:creator>" in core or "<dc:creator/>" in core


def test_every_counted_response_is_in_the_file_once(survey, officer):
    for number in range(7):
        heard(survey, {"people": number})

    rows = tables(built(survey, officer))["main"]

    assert sorted(int(row[rows[0].index("people")]) for row in rows[1:]) == sorted(
        response.data["people"] for response in Response.objects.all()
    )
