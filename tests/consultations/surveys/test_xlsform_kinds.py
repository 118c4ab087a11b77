"""What becomes of the types, repeats, defaults and columns of workbooks that people bring, most of them from others."""

import pytest

from consultations.surveys.path import walk
from tests.consultations.surveys.test_xlsform import YES_NO, table, texts

PLACES = f"{YES_NO}\nareas | durham | Durham\nareas | blyth | Blyth"


def only(imported):
    """The one question of the workbook."""
    [question] = imported.definition.questions()
    return question


def facts(imported):
    return [(q.code, q.kind, q.settings) for q in imported.definition.questions()]


# --- types ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "kind", "expected"),
    [
        ("rank yn", "ranking", {}),
        ("time", "time", {}),
        ("acknowledge", "consent", {}),
        ("trigger", "consent", {}),
        ("geopoint", "location", {"coordinates": True}),
        ("gps", "location", {"coordinates": True}),
        ("image", "file", {"file_types": ["picture"]}),
        ("photo", "file", {"file_types": ["picture"]}),
        ("audio", "file", {"file_types": ["sound"]}),
        ("video", "file", {"file_types": ["video"]}),
        ("file", "file", {}),
        ("hidden", "hidden", {}),
        ("integer", "integer", {}),
        ("select_one yn", "single", {}),
    ],
)
def test_types_keep_their_kind(type_, kind, expected):
    imported = table(f"type | name | label\n{type_} | a | A", YES_NO)
    question = only(imported)
    assert (question.kind, question.settings) == (kind, expected)
    assert imported.outcome == ("imports_with_notes" if "yn" not in type_ else "imports")


@pytest.mark.parametrize(
    ("type_", "kind", "words"),
    [
        ("dateTime", "short_text", "“a” asks for a day and time; it is asked as a short text."),
        ("barcode", "short_text", "“a” asks for a barcode; it is asked as a short text."),
        ("geotrace", "location", "“a” asks for a line on a map; it is asked as a place in words."),
        ("geoshape", "location", "“a” asks for an area on a map; it is asked as a place in words."),
        ("osm building", "location", "“a” asks for an object of a map; it is asked as a place in words."),
        ("select_one_from_file towns.csv", "short_text", "which is not known here. It is asked as a short text."),
    ],
)
def test_what_has_no_kind_here_is_asked_more_simply_and_said_so(type_, kind, words):
    imported = table(f"type | name | label\n{type_} | a | A")
    assert (imported.questions, imported.mapped, only(imported).kind) == (1, 1, kind)
    assert words in texts(imported)[0][3]


def test_conditions_on_confirmations_use_our_word_for_a_tick():
    imported = table(
        """type | name | label | relevant
        acknowledge | agree | I agree
        text | word | Say OK
        text | a | A | ${agree} = 'OK' and ${word} = 'OK'
        text | b | B | "OK" != ${agree}
        text | c | C | selected(${agree}, 'OK') or not(${agree} = 'ok')"""
    )
    conditions = [imported.definition.question(code).relevance for code in "abc"]
    assert conditions == [
        "${agree} = 'ok' and ${word} = 'OK'",
        '"ok" != ${agree}',
        "selected(${agree}, 'ok') or not(${agree} = 'ok')",
    ]
    assert [step.code for step in walk(imported.definition, {"agree": "ok", "word": "OK"}).pages][2:] == [
        "page_a",
        "page_c",
    ]


def test_choices_that_stand_in_a_file_leave_no_condition_that_can_never_hold():
    imported = table(
        """type | name | label | relevant
        select_one_from_file towns.csv | town | Which town?
        text | why | Why? | ${town} = 'blyth'"""
    )
    assert imported.definition.question("why").relevance == ""
    assert texts(imported)[1][1:3] == (3, "relevant")


# --- the columns of our own -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["email", "phone", "url", "address", "organisation", "long_text", "yes_no", "location"]
)
def test_the_column_kind_says_what_xlsform_has_no_type_for(kind):
    question = only(table(f"type | name | label | kind\ntext | a | A | {kind}"))
    assert question.kind == kind
    # What a person writes about themselves is taken for personal, unless the workbook says otherwise.
    assert question.personal == (kind in {"email", "phone", "address"})
    assert not only(table(f"type | name | label | kind | personal\ntext | a | A | {kind} | no")).personal


def test_an_unknown_kind_leaves_the_type_alone():
    imported = table("type | name | label | kind\ntext | a | A | zebra\ninteger | b | B | Whole Number")
    assert [kind for _, kind, _ in facts(imported)] == ["short_text", "integer"]
    assert [(row, column) for _, row, column, _ in texts(imported)] == [(2, "kind"), (3, "kind")]


def test_tables_in_one_row_name_their_lists():
    imported = table(
        """type | name | label | kind | choices_list | rows_list | total
        text | several | Several | matrix_several | yn | areas
        text | numbers | Numbers | matrix_numbers | yn | areas
        text | shares | Shares | constant_sum | | areas | 50
        text | where | Where? | location | areas""",
        PLACES,
    )
    found = [
        (q.kind, [choice.code for choice in q.choices], [row.code for row in q.rows])
        for q in imported.definition.questions()
    ]
    assert found == [
        ("matrix_several", ["yes", "no"], ["durham", "blyth"]),
        ("matrix_numbers", ["yes", "no"], ["durham", "blyth"]),
        ("constant_sum", [], ["durham", "blyth"]),
        ("location", ["durham", "blyth"], []),
    ]
    assert imported.definition.question("shares").settings == {"total": 50}
    assert imported.outcome == "imports"


def test_a_table_as_a_group_has_a_row_for_each_statement():
    imported = table(
        """type | name | label | kind | total | required
        begin_group | shares | Divide | constant_sum | 10
        decimal | road | Road | | | yes
        decimal | rail | Rail | | | yes
        end_group
        text | after | After"""
    )
    shares = imported.definition.question("shares")
    assert (shares.kind, [row.label for row in shares.rows], shares.required) == (
        "constant_sum",
        ["Road", "Rail"],
        True,
    )
    assert (imported.questions, imported.mapped) == (3, 3)


def test_a_table_of_ticks_from_elsewhere_is_a_table_here_too():
    imported = table(
        """type | name | label | appearance
        begin group | assets | Which apply? | table-list
        select_multiple yn | ports | Ports
        select_multiple yn | rail | Rail
        end group""",
        YES_NO,
    )
    assert facts(imported) == [("assets", "matrix_several", {})]


@pytest.mark.parametrize("heading", ["total", "minimum", "least"])
def test_a_column_that_means_something_else_to_its_author_does_no_harm(heading):
    imported = table(f"type | name | label | {heading}\ninteger | a | A | see sheet 2")
    assert only(imported).settings == {}
    assert texts(imported) == [("survey", 2, heading, "“see sheet 2” is not a number and has no effect.")]


@pytest.mark.parametrize("cell", ["nan", "inf", "1e999", "1_000"])
def test_limits_that_are_no_numbers_never_reach_a_document(cell):
    assert only(table(f"type | name | label | most\ninteger | a | A | {cell}")).settings == {}


# --- defaults -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        ("text", "None yet (see note)", "None yet (see note)"),
        ("text", "'today()'", "today()"),
        ("integer", "4", 4),
        ("decimal", "4.50", 4.5),
        ("select_one yn", "yes", "yes"),
        ("select_multiple yn", "no yes", ["no", "yes"]),
        ("rank yn", "no yes", ["no", "yes"]),
        ("date", "2019-02-08", "2019-02-08"),
        ("date", "2019-02-08T00:00:00", "2019-02-08"),
        ("time", "09:30:00.000+01:00", "09:30"),
        ("acknowledge", "OK", "ok"),
        ("geopoint", "54.97 -1.61 0 0", {"lat": 54.97, "lon": -1.61}),
        ("hidden", "newsletter", "newsletter"),
    ],
)
def test_what_stands_filled_in_is_kept(type_, cell, value):
    assert only(table(f"type | name | label | default\n{type_} | a | A | {cell}", YES_NO)).settings["default"] == value


@pytest.mark.parametrize(
    ("type_", "cell", "sentence"),
    [
        ("date", "today()", "is worked out beforehand"),
        ("text", "concat(${a}, 'x')", "is worked out beforehand"),
        ("integer", "4.5", "“4.5” cannot be the answer"),
        ("select_one yn", "maybe", "“maybe” cannot be the answer"),
        ("select_multiple yn", "yes maybe", "cannot be the answer"),
        ("date", "2019-02-30", "cannot be the answer"),
        ("geopoint", "far away", "cannot be the answer"),
        ("image", "a.png", "cannot be the answer"),
    ],
)
def test_what_cannot_stand_filled_in_is_said(type_, cell, sentence):
    imported = table(f"type | name | label | default\n{type_} | a | A | {cell}", YES_NO)
    assert "default" not in only(imported).settings
    assert [text for _, _, column, text in texts(imported) if column == "default" and sentence in text]


# --- mistakes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "row", "column", "sentence"),
    [
        ("text | a", 2, "label", "“a” has neither a label nor a hint. Write what is asked."),
        ("begin_group | | G\ntext | a | A\nend_group", 2, "name", "The row has no name."),
        ("text | a | Hello ${b}", 2, "label", "The text shows “b”, and there is no row with that name."),
        ("text | a | Hello ${b", 2, "label", "A reference is opened with “${” and not closed"),
        ("calculate | a", 2, "calculation", "The calculation “a” is empty. Write how the value follows."),
        ("text | a | A | | ${b}", 2, "default", "The text shows “b”, and there is no row with that name."),
        ("text | a | A | | | rows", 2, "parameters", "“rows” is not written as “name=value name=value”."),
        ("select_one_from_file towns | a | A", 2, "type", "must end with .csv, .xml or .geojson."),
        ("calculate | a | | ${last-saved#b}", 2, "calculation", "It refers to “b”, and there is no row"),
        ("audit | trail", 2, "name", "An audit is always called “audit”. Leave the name empty."),
    ],
)
def test_what_no_tool_takes_is_refused_with_its_row(rows, row, column, sentence):
    imported = table(f"type | name | label | calculation | default | parameters\n{rows}")
    assert imported.is_refused
    found = imported.errors[0]
    assert (found.row, found.column) == (row, column)
    assert sentence in found.text


def test_a_question_that_is_worked_out_and_has_nothing_to_ask_is_a_calculation():
    imported = table(
        """type | name | label | calculation
        integer | men | Men?
        integer | double | | ${men} * 2
        integer | place | | position(..)
        text | why | Why ${double}?"""
    )
    assert (imported.questions, imported.mapped, imported.reported) == (4, 3, 1)
    assert [kind for _, kind, _ in facts(imported)] == ["integer", "calculated", "short_text"]


# --- a dialect ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        "caseid | caseid |",
        "calculate_here | now_1 |",
        "text audit | audit_1 |",
        "audio audit | audit_2 |",
        "speed violations list | fast |",
        "sensor_statistic mean_light_level | light |",
        "comments | remarks |",
    ],
)
def test_types_of_surveycto_are_named(row):
    imported = table(f"type | name | label\ntext | a | A\n{row}")
    assert imported.is_refused
    type_ = row.partition(" | ")[0]
    assert (imported.errors[0].row, imported.errors[0].text) == (3, f"The type “{type_}” is not known.")


def test_the_wording_of_a_choice_shows_no_answer():
    imported = table(
        "type | name | label\ntext | town | Town?\nselect_one l | a | A",
        "list_name | name | label | label::Cymraeg (cy)\nl | x | In ${town} | Yn ${town}",
    )
    assert imported.definition.question("a").choices[0].label == "In …"
    assert imported.definition.translations == {"cy": {"choice:l:x:label": "Yn …"}}
    assert texts(imported)[0][:3] == ("choices", 2, "label")
