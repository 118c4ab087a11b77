"""Repeats of a workbook: pages that are filled in once for each entry, and what may look at them."""

import pytest

from consultations.surveys.path import walk
from consultations.surveys.problems import problems_in
from tests.consultations.surveys.test_xlsform import YES_NO, table, texts

SITES = """type | name | label | relevant | calculation | repeat_count
    integer | number | How many sites?
    begin_repeat | sites | Sites | ${number} > 0
    text | town | Which town?
    begin_group | people | The people there | ${town} != ''
    integer | staff | How many at ${town} of ${number}?
    calculate | double | | | ${staff} * 2
    select_one yn | more | More than ${double}? | ${staff} > 5
    end_group
    end_repeat
    calculate | counted | | | count(${sites}) + 1
    text | many | Why ${sites} sites? | count( ${sites} ) > 2
    text | which | Which? | ${town} = 'Blyth'
    text | sum | Sum? | sum(${staff}) > 3"""


def test_a_repeat_is_one_page_for_each_entry():
    imported = table(SITES, YES_NO)
    pages = {page.code: page for page in imported.definition.pages}
    sites = pages["sites"]
    assert (sites.repeats, sites.title, sites.relevance) == (True, "Sites", "${number} > 0")
    assert [(q.code, q.kind, q.relevance) for q in sites.questions] == [
        ("town", "short_text", ""),
        ("people_title", "note", "${town} != ''"),
        ("staff", "integer", "${town} != ''"),
        ("double", "calculated", "${town} != ''"),
        ("more", "single", "(${town} != '') and (${staff} > 5)"),
    ]
    assert imported.definition.question("staff").label == "How many at ${town} of ${number}?"
    assert imported.definition.question("counted").settings["calculation"] == "${sites} + 1"
    many = imported.definition.question("many")
    assert (many.label, many.relevance) == ("Why ${sites} sites?", "${sites} > 2")
    assert problems_in(imported.definition) == []


def test_nothing_outside_looks_into_the_entries():
    imported = table(SITES, YES_NO)
    assert [imported.definition.question(code).relevance for code in ("which", "sum")] == ["", ""]
    told = [(row, column, text) for _, row, column, text in texts(imported)]
    assert [(row, column) for row, column, _ in told] == [(13, "relevant"), (14, "relevant")]
    assert "which is asked anew for each entry of “sites”" in told[0][2]


def test_entries_are_walked_by_what_was_imported():
    definition = table(SITES, YES_NO).definition
    answers = {"number": 2, "sites~1": True, "sites~1~town": "Blyth", "sites~1~staff": 9, "sites~2": True}
    path = walk(definition, answers)
    assert [[q.code for q in step.questions] for step in path.step("sites").entries] == [
        ["town", "people_title", "staff", "double", "more"],
        ["town"],
    ]
    assert path.answers["sites~1~double"] == 18
    assert path.answers["counted"] == 3


@pytest.mark.parametrize(("count", "entries"), [("3", (3, 3)), ("${number}", (None, None)), ("0", (None, None))])
def test_a_fixed_number_of_entries_is_kept_and_any_other_is_said(count, entries):
    imported = table(
        f"""type | name | label | repeat_count
        integer | number | How many?
        begin_repeat | sites | Sites | {count}
        text | town | Which town?
        end_repeat"""
    )
    page = imported.definition.page("sites")
    assert (page.least_entries, page.most_entries) == entries
    assert bool(texts(imported)) == (entries == (None, None))


def test_a_repeat_in_a_repeat_is_asked_once_in_each_entry():
    imported = table(
        """type | name | label | relevant
        begin_repeat | sites | Sites
        text | town | Which town?
        begin_repeat | courses | Courses | ${town} != ''
        text | course | Which course?
        end_repeat
        end_repeat"""
    )
    [page] = imported.definition.pages
    assert [(q.code, q.relevance) for q in page.questions] == [
        ("town", ""),
        ("courses_title", "${town} != ''"),
        ("course", "${town} != ''"),
    ]
    assert [(row, text[:60]) for _, row, _, text in texts(imported)] == [
        (4, "“courses” is asked once in each entry of “sites”: entries ha"),
    ]


def test_tables_of_statements_stand_in_repeats():
    imported = table(
        """type | name | label | appearance
        begin_repeat | sites | Sites
        begin_group | assets | How important are these? | table-list
        select_one yn | ports | Ports
        select_one yn | rail | Rail
        end_group
        end_repeat""",
        YES_NO,
    )
    [page] = imported.definition.pages
    assert (page.repeats, [(q.code, q.kind) for q in page.questions]) == (True, [("assets", "matrix")])


def test_the_group_around_a_repeat_goes_on_after_it():
    imported = table(
        """type | name | label | relevant
        select_one yn | go | Go on?
        begin_group | site | The site | ${go} = 'yes'
        text | a | A
        begin_repeat | rooms | Rooms
        text | b | B
        end_repeat
        text | c | C
        end_group""",
        YES_NO,
    )
    found = [(p.code, p.repeats, p.relevance, [q.code for q in p.questions]) for p in imported.definition.pages]
    assert found[1:] == [
        ("site", False, "${go} = 'yes'", ["a"]),
        ("rooms", True, "${go} = 'yes'", ["b"]),
        ("site_2", False, "${go} = 'yes'", ["c"]),
    ]


def test_the_code_of_a_repeat_is_no_question_s():
    imported = table(
        """type | name | label
        begin_repeat | sites | Sites
        text | sites | Which?
        end_repeat
        text | other | Anything else?"""
    )
    codes = {question.code for question in imported.definition.questions()}
    assert "sites" in codes
    assert not codes & {page.code for page in imported.definition.pages}


def test_a_repeat_that_asks_nothing_is_shown_once():
    imported = table(
        """type | name | label
        begin_repeat | days | Days
        note | hello | Hello
        end_repeat
        text | a | A"""
    )
    assert not any(page.repeats for page in imported.definition.pages)
    assert problems_in(imported.definition) == []
