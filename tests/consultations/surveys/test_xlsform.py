"""Workbooks that people bring: what is understood, what is said about the rest."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from consultations.surveys import actions, compiling, xlsform
from consultations.surveys.models import Survey
from consultations.surveys.problems import problems_in
from engagement.core.errors import Refused
from tests.factories.programme import ConsultationFactory, ThemeFactory
from tests.factories.surveys import make_definition

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "xlsforms"


def table(survey: str, choices: str = "", settings: str = "", file_name: str = "form.md"):
    parts = [("survey", survey), ("choices", choices), ("settings", settings)]
    text = "\n".join(
        f"| {name} |\n" + "\n".join(f"| | {line.strip()} |" for line in rows.strip().splitlines())
        for name, rows in parts
        if rows
    )
    return xlsform.read(text.encode(), file_name)


def texts(imported):
    return [(message.sheet, message.row, message.column, message.text) for message in imported.messages]


YES_NO = "list_name | name | label\nyn | yes | Yes\nyn | no | No"


def test_groups_become_pages_and_other_questions_stand_alone():
    imported = table(
        """type | name | label | required | appearance
        note | hello | Welcome
        text | who | Who are you? | yes
        begin_group | views | Your views
        select_one yn | agree | Do you agree? | yes
        text | why | Why? | | multiline
        end_group
        integer | staff | How many staff?""",
        YES_NO,
        "form_title | form_id\nThe form | the_form",
    )
    assert (imported.outcome, imported.questions, imported.mapped) == ("imports", 4, 4)
    definition = imported.definition
    assert (definition.title, definition.code) == ("The form", "the_form")
    assert [(page.code, page.title, [(q.code, q.kind) for q in page.questions]) for page in definition.pages] == [
        ("page_who", "", [("hello", "note"), ("who", "short_text")]),
        ("views", "Your views", [("agree", "single"), ("why", "long_text")]),
        ("page_staff", "", [("staff", "integer")]),
    ]
    assert definition.question("agree").required


def test_a_table_of_radios_is_a_matrix_in_both_spellings():
    imported = table(
        """type | name | label | appearance
        begin group | assets | How important are these? | table-list
        select_one yn | ports | Ports
        select_one yn | rail | Rail
        end group
        begin_group | more | More | field-list
        select_one yn | header | How good are these? | label
        select_one yn | roads | Roads | list-nolabel
        select_one yn | buses | Buses | list-nolabel
        end_group""",
        YES_NO,
    )
    assert imported.outcome == "imports"
    matrices = list(imported.definition.questions())
    assert [(q.code, q.kind, q.label, [row.code for row in q.rows]) for q in matrices] == [
        ("assets", "matrix", "How important are these?", ["ports", "rail"]),
        ("header", "matrix", "How good are these?", ["roads", "buses"]),
    ]


def test_calculations_can_be_used_shown_and_exported():
    imported = table(
        """type | name | label | calculation | relevant
        integer | men | Men?
        integer | women | Women?
        calculate | all | | ${men} + ${women}
        text | big | Why are you ${all}? | | ${all} > 100"""
    )
    assert imported.outcome == "imports"
    assert imported.questions == 3
    whole = imported.definition.question("all")
    assert (whole.kind, whole.label, whole.settings) == ("calculated", "all", {"calculation": "${men} + ${women}"})
    big = imported.definition.question("big")
    assert (big.label, big.relevance) == ("Why are you ${all}?", "${all} > 100")
    assert problems_in(imported.definition) == []


def test_what_is_left_out_is_named_with_its_row():
    imported = table(
        """type | name | label | calculation
        text | town | Where?
        start | start |
        calculate | far | | pulldata('towns', 'far', 'town', ${town})
        text | why | Why ${far}?"""
    )
    assert [(row, column) for _, row, column, _ in texts(imported)] == [(3, "type"), (4, "calculation"), (5, "label")]
    assert "the function “pulldata()” is not known here" in texts(imported)[1][3]
    assert imported.definition.question("why").label == "Why …?"


@pytest.mark.parametrize(
    ("survey", "row", "column", "sentence"),
    [
        (
            "type | name | label\nselect_one nothing | a | A",
            2,
            "type",
            "There is no list “nothing” in the sheet “choices”.",
        ),
        ("type | name | label\ncaseid | a | A", 2, "type", "The type “caseid” is not known."),
        ("type | name | label\ntext | | A", 2, "name", "The row has no name."),
        ("type | name | label\ntext | a b | A", 2, "name", "“a b” is no name"),
        ("type | name | label\ntext | a | A\ntext | a | B", 3, "name", "Two rows of the same group have the name “a”."),
        (
            "type | name | label\nbegin group | g | G\ntext | a | A",
            2,
            "type",
            "The group that begins here is never ended.",
        ),
        ("type | name | label\ntext | a | A\nend group", 3, "type", "A group is ended here that never began."),
        (
            "type | name | label | relevant\ntext | a | A | ${b} = 1",
            2,
            "relevant",
            "It refers to “b”, and there is no row",
        ),
        ("type | name | label | constraint\ntext | a | A | . > ", 2, "constraint", "Character 4: It breaks off"),
        (
            "type | name | label | relevant\ntext | a | A | duration() > 1",
            2,
            "relevant",
            "The function “duration()” is not one",
        ),
        ("type | name | label | label\ntext | a | A | B", 1, "label", "The column “label” stands twice."),
        ("type | name | relevant | bind:relevant\ntext | a | 1 = 1 | ", 1, "bind:relevant", "mean the same"),
        ("name | label\na | A", 1, "type", "There is no column “type”."),
    ],
)
def test_a_mistake_refuses_the_whole_workbook_and_says_where(survey, row, column, sentence):
    imported = table(survey)
    assert imported.outcome == "refused"
    assert imported.definition is None
    found = imported.errors[0]
    assert (found.sheet, found.row, found.column) == ("survey", row, column)
    assert sentence in found.text


@pytest.mark.parametrize(
    ("choices", "row", "sentence"),
    [
        ("list_name | name | label\nyn | | Yes", 2, "The choice has no name."),
        ("list_name | name | label\nyn | a | A\nyn | a | B", 3, "stands twice in the list “yn”"),
    ],
)
def test_mistakes_among_the_choices_are_told_from_the_list(choices, row, sentence):
    found = table("type | name | label\nselect_one yn | a | A", choices).errors[0]
    assert (found.sheet, found.row) == ("choices", row)
    assert sentence in found.text


def test_repeated_choices_are_renamed_where_the_workbook_allows_them():
    imported = table(
        "type | name | label\nselect_one l | a | A",
        "list_name | name | label\nl | x | One\nl | x | Two",
        "form_id | allow_choice_duplicates\nf | yes",
    )
    assert [choice.code for choice in imported.definition.question("a").choices] == ["x", "x_2"]


@pytest.mark.parametrize(
    "type_",
    [
        "select_one yn",
        "select one yn",
        "Select one from yn",
        "add select one prompt using yn",
        "select1 yn",
        "SELECT_ONE yn or_other",
    ],
)
def test_types_have_many_spellings(type_):
    question = table(f"type | name | label\n{type_} | data | A", YES_NO).definition.question("data")
    assert (question.kind, question.has_other) == ("single", "or_other" in type_)


def test_languages_become_translations():
    imported = table(
        "type | name | label::English (en) | label::Cymraeg (cy) | hint:English (en)\n"
        "select_one yn | a | Do you? | Ydych chi? | Say",
        "list name | name | label::English (en) | label::Cymraeg (cy)\nyn | yes | Yes | Ie",
        "default_language\nEnglish (en)",
    )
    assert imported.definition.language == "en"
    assert imported.definition.question("a").hint == "Say"
    assert imported.definition.translations == {"cy": {"question:a:label": "Ydych chi?", "choice:yn:yes:label": "Ie"}}
    welsh = imported.definition.in_language("cy")
    assert (welsh.question("a").label, welsh.question("a").choices[0].label) == ("Ydych chi?", "Ie")


def test_curly_quotes_and_unknown_columns_do_no_harm():
    imported = table("type | name | label | relevant | colour\ntext | a | A | | red\ntext | b | B | ${a} = ‘x’ | blue")
    assert imported.outcome == "imports_with_notes"
    assert imported.notes == {"columns": {"colour": {"2": "red", "3": "blue"}}}


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 broken", bytes(range(256))]
)
@pytest.mark.parametrize("name", ["form.xlsx", "form.xls", "form.md"])
def test_what_is_no_workbook_is_refused_with_a_sentence(content, name):
    imported = xlsform.read(content, name)
    assert imported.is_refused
    assert imported.errors[0].text.endswith(".")


def test_an_exported_survey_reads_back_the_same():
    definition = make_definition(code="the-code", intro="Hello", title="A survey")
    first = xlsform.read(xlsform.write(definition), "x.xlsx")
    assert first.outcome == "imports"
    again = xlsform.read(xlsform.write(first.definition), "x.xlsx")
    assert again.definition == first.definition
    plain = [
        (q.code, q.kind, q.label, q.required, q.relevance, q.settings, q.choices, q.rows)
        for q in definition.questions()
    ]
    assert plain == [
        (q.code, q.kind, q.label, q.required, q.relevance, q.settings, q.choices, q.rows)
        for q in first.definition.questions()
    ]


@pytest.mark.django_db
def test_importing_the_same_file_twice_changes_nothing():
    consultation = ConsultationFactory()
    imported = table("type | name | label\ntext | a | A", settings="form_id\nabc")
    [survey] = actions.import_workbook(consultation, imported)
    changed = Survey.objects.get().updated_at
    assert actions.import_workbook(consultation, imported) == [survey]
    assert Survey.objects.get().updated_at == changed
    assert actions.import_effect(consultation, imported) == ("same", survey)

    other = table("type | name | label\ntext | a | Other words", settings="form_id\nabc")
    assert actions.import_effect(consultation, other)[0] == "replaces"
    actions.import_workbook(consultation, other)
    assert compiling.draft_of(Survey.objects.select_related("theme").get()).question("a").label == "Other words"


@pytest.mark.django_db
def test_a_workbook_with_unknown_themes_is_refused():
    consultation = ConsultationFactory()
    imported = table("type | name | label | theme\ntext | a | A | skills")
    with pytest.raises(Refused, match="does not have: skills"):
        actions.import_workbook(consultation, imported)
    assert not Survey.objects.exists()
    ThemeFactory(consultation=consultation, code="skills")
    [survey] = actions.import_workbook(consultation, imported)
    assert survey.questions.get().theme.code == "skills"


def test_the_command_prints_a_line_for_each_file(tmp_path):
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("| survey |\n| | type | name | label |\n| | text | a | A |")
    bad.write_text("| survey |\n| | type | name | label |\n| | caseid | a | A |")
    out = StringIO()
    with pytest.raises(SystemExit) as ending:
        call_command("check_xlsform", str(good), str(bad), stdout=out)
    assert ending.value.code == 1
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["outcome"], line["questions"], line["mapped"]) for line in lines] == [
        ("imports", 1, 1),
        ("refused", 0, 0),
    ]
    assert lines[1]["messages"] == [
        {"sheet": "survey", "row": 2, "column": "type", "text": "The type “caseid” is not known."}
    ]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the questionnaires of others are not here")
def test_the_questionnaires_of_others_are_taken_or_refused_as_expected():
    wrong = []
    with (CORPUS / "MANIFEST.csv").open(encoding="utf-8") as manifest:
        for line in csv.DictReader(manifest):
            imported = xlsform.read((CORPUS / line["file"]).read_bytes(), line["file"])
            if line["expected"] == "import":
                ok = not imported.is_refused and imported.questions == int(line["questions"])
                ok = ok and imported.mapped + imported.reported == imported.questions
                if ok:
                    again = xlsform.read(xlsform.write(imported.definition), "x.xlsx")
                    ok = not again.is_refused
            else:
                ok = imported.is_refused and any(message.row for message in imported.errors)
            if not ok:
                wrong.append((line["file"], imported.outcome, imported.questions))
    assert wrong == []
