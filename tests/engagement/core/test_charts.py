"""A figure says the same in its picture, its table and its rows."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string

from engagement.core.charts import Bar, Course, Figure, Point

SKILLS = Figure(
    "What holds you back?",
    "organisations",
    74,
    [Bar("Skills", 41), Bar("Transport", 27, "Reworded in version 2"), Bar("Land", 0)],
    base_note="that answered this question",
)
FEW = Figure("The same by area", "organisations", 12, [Bar("Durham", 7), Bar("Gateshead", None)])


def svg_of(html):
    return ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


def test_bars_are_as_long_as_their_numbers():
    assert [bar.width for bar in SKILLS.drawn] == ["68.0%", "44.7%", "0.0%"]
    assert [bar.words for bar in SKILLS.drawn] == ["41 (55%)", "27 (36%)", "0 (0%)"]


def test_rows_do_not_overlap_even_when_labels_take_several_lines():
    figure = Figure("Long", "people", None, [Bar("a label that is much longer than one line can hold", 1)] * 3)

    tops = [bar.top for bar in figure.drawn]
    first_lines = [bar.label_lines[0][0] for bar in figure.drawn]

    assert all(len(bar.label_lines) == 2 for bar in figure.drawn)
    assert all(line > top + 18 for top, line in zip(tops, first_lines[1:], strict=False))
    assert figure.height == tops[-1] + 19


def test_a_suppressed_cell_has_words_and_no_bar():
    html = render_to_string("components/bar_chart.html", {"figure": FEW})

    svg = svg_of(html)
    assert [rect.get("class") for rect in svg.iter("rect")] == ["chart__bar", "chart__none"]
    assert [text.text for text in svg.iter("text")] == ["Durham", "7 (58%)", "Gateshead", "fewer than 5"]
    assert FEW.cells == [["Durham", "7", "58%"], ["Gateshead", "fewer than 5", "–"]]
    assert "Numbers below five, and some others beside them, are not shown" in html


def test_the_picture_has_a_name_and_a_description_of_every_row():
    svg = svg_of(render_to_string("components/bar_chart.html", {"figure": SKILLS}))

    rows = "Skills: 41 (55%); Transport: 27 (36%); Land: 0 (0%)."
    ids = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert svg.get("role") == "img"
    assert [ids[name] for name in svg.get("aria-labelledby").split()] == [
        "What holds you back?",
        f"Bar chart. Base: 74 organisations that answered this question. {rows}",
    ]


def test_a_share_never_stands_without_its_base():
    assert SKILLS.header == ["", "Organisations", "Share of 74"]
    no_base = Figure("Mentions", "mentions", None, [Bar("Buses", 3)])
    assert no_base.header == ["", "Mentions"]
    assert no_base.cells == [["Buses", "3"]]
    assert "%" not in no_base.words(no_base.rows[0])


@pytest.mark.parametrize("rows", [[], [Bar("Nothing", 0)], [Bar("Withheld", None)]])
def test_a_figure_without_anything_to_draw_is_still_a_figure(rows):
    assert "<svg" in render_to_string("components/bar_chart.html", {"figure": Figure("Empty", "people", 0, rows)})


def test_a_course_rises_in_steps_and_tells_the_days_that_matter():
    course = Course(
        "Responses",
        "responses",
        [Point(date(2019, 1, 1), 0), Point(date(2019, 1, 6), 5, "Reminder"), Point(date(2019, 1, 11), 10)],
        target=20,
    )

    assert course.line == "0,200 500,200 500,150 1000,150 1000,100"
    assert course.target_at == 0
    assert [(x, point.mark) for x, point in course.marks] == [(500, "Reminder")]
    assert [point.value for point in course.told] == [0, 5, 10]
    assert "6 January 2019: 5 (Reminder)" in render_to_string("components/course_chart.html", {"course": course})


def test_a_course_of_one_day_can_be_drawn():
    assert Course("Responses", "responses", [Point(date(2019, 1, 1), 3)]).line == "0,0"
