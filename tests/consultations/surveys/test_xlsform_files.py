"""What questionnaires are kept in: workbooks of any name, archives of CSV files, spreadsheets with leftovers."""

import io
import zipfile

import pytest
import xlsxwriter
from django.urls import reverse

from consultations.surveys import compiling, xlsform
from consultations.surveys.definition import Question
from tests.factories.programme import AssignmentFactory
from tests.factories.surveys import SurveyFactory, make_definition


def workbook(**sheets):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name.replace("_", " "))
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


SURVEY = "type,name,label\nselect_one yn,agree,Do you agree?\ntext,why,Why?\n"
CHOICES = "list_name,name,label\nyn,yes,Yes\nyn,no,No\n"


def test_a_pair_of_csv_files_in_an_archive_is_a_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("form/Villages - survey.csv", SURVEY)
        archive.writestr("form/Villages_choices.csv", "\ufeff" + CHOICES.replace(",", ";"))
        archive.writestr("__MACOSX/._survey.csv", b"\x00\x05")
    imported = xlsform.read(out.getvalue(), "villages.zip")
    assert imported.outcome == "imports"
    assert [question.code for question in imported.definition.questions()] == ["agree", "why"]


def test_csv_with_all_sheets_below_one_another():
    rows = [
        "survey",
        *(f",{line}" for line in SURVEY.splitlines()),
        "choices",
        *(f",{x}" for x in CHOICES.splitlines()),
    ]
    imported = xlsform.read("\n".join(rows).encode(), "form.csv")
    assert imported.outcome == "imports"
    assert [choice.code for choice in imported.definition.question("agree").choices] == ["yes", "no"]


def test_a_csv_of_questions_alone_says_which_list_is_missing():
    imported = xlsform.read(SURVEY.encode(), "form.csv")
    assert [(message.row, message.text) for message in imported.errors] == [
        (2, "There is no list “yn” in the sheet “choices”.")
    ]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe,", b'"open'])
def test_a_csv_that_is_no_questionnaire_is_refused_with_a_sentence(content):
    imported = xlsform.read(content, "form.csv")
    assert imported.is_refused
    assert imported.errors[0].text.endswith(".")


@pytest.mark.parametrize("name", ["form.xls", "form.xlsx", "form.md", "form"])
def test_what_a_file_is_does_not_depend_on_its_name(name):
    content = workbook(survey=[["type", "name", "label"], ["text", "a", "A"]])
    assert xlsform.read(content, name).outcome == "imports"


def test_empty_rows_by_the_thousand_do_no_harm():
    rows = [["type", "name", "label", "", "", ""], ["text", "a", "A"], *[[" ", ""]] * 3000]
    imported = xlsform.read(workbook(survey=rows, external_choices=[["list_name", "name", "label"]]), "form.xlsx")
    assert imported.outcome == "imports"


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_they_look():
    content = workbook(
        survey=[
            ["type", "name", "label", "default"],
            ["select_one l", "a", "A", 2.0],
            ["integer", "b", "B", 7.0],
        ],
        choices=[["list name", "name", "label"], ["l", 1.0, "One"], ["l", 2.0, "Two"]],
    )
    assert [(q.code, q.kind, q.settings) for q in xlsform.read(content, "form.xlsx").definition.questions()] == [
        ("a", "single", {"default": "2"}),
        ("b", "integer", {"default": 7}),
    ]


@pytest.mark.django_db
def test_a_survey_that_no_workbook_can_hold_is_said_to_be_one(signed_in):
    survey = SurveyFactory()
    compiling.rebuild(survey, make_definition(Question("q", "note", "x" * 40_000), code=survey.code))
    person = AssignmentFactory(consultation=survey.consultation, role="engagement").user
    address = reverse("surveys:export_xlsform", args=[survey.consultation.reference, survey.code])

    response = signed_in(person).get(address, follow=True)

    assert response.status_code == 200
    assert "holds no more than 32,767" in response.content.decode()
