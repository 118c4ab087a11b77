from consultations.surveys.definition import Choice, Page, Question, load
from consultations.surveys.path import Status, walk
from tests.factories.surveys import SAMPLE_ANSWERS, YES_NO, make_definition, sample_pages


def codes(path):
    return [(step.code, [question.code for question in step.questions]) for step in path.pages]


def test_a_page_shows_when_its_condition_is_met():
    definition = make_definition()
    assert [step.code for step in walk(definition, {"invests": "no"}).pages] == ["growth", "numbers"]
    assert [step.code for step in walk(definition, {"invests": "yes"}).pages] == ["growth", "numbers", "training"]


def test_a_full_response_is_complete_and_kept_whole():
    path = walk(make_definition(), SAMPLE_ANSWERS)
    assert path.is_complete
    assert path.answers == SAMPLE_ANSWERS
    assert {path.status(step.code) for step in path.pages} == {Status.COMPLETED}


def test_what_is_required_and_missing_is_named_with_its_page():
    path = walk(make_definition(), {"invests": "yes"})
    assert path.missing == [("training", "provider")]
    assert walk(make_definition(), {}).missing == [("growth", "invests")]


def test_an_answer_off_the_path_counts_as_empty_for_what_comes_later():
    definition = make_definition(
        pages=[
            Page("one", questions=(Question("a", "single", "A", choices=YES_NO),)),
            Page("two", relevance="${a} = 'yes'", questions=(Question("b", "short_text", "B"),)),
            Page("three", relevance="${b} = 'x'", questions=(Question("c", "short_text", "C"),)),
            Page("four", relevance="${c} = 'y'", questions=(Question("d", "short_text", "D"),)),
        ]
    )
    answers = {"a": "yes", "b": "x", "c": "y", "d": "z"}
    assert [step.code for step in walk(definition, answers).pages] == ["one", "two", "three", "four"]
    away = walk(definition, {**answers, "a": "no"})
    assert [step.code for step in away.pages] == ["one"]
    assert away.answers == {"a": "no"}
    assert away.off_path == ["b", "c", "d"]
    back = walk(definition, answers)
    assert back.answers == answers


def test_the_text_beside_other_goes_with_its_choice():
    assert "barriers__other" not in walk(make_definition(), {"barriers": ["skills"], "barriers__other": "x"}).answers
    assert walk(make_definition(), {"barriers": ["other"], "barriers__other": "x"}).answers["barriers__other"] == "x"


def test_a_choice_that_a_newer_version_removed_is_no_answer():
    answers = {"invests": "perhaps", "barriers": ["skills", "gone"], "assets": {"ports": "yes", "coal": "yes"}}
    assert walk(make_definition(), answers).answers == {"barriers": ["skills"], "assets": {"ports": "yes"}}


def test_a_required_matrix_needs_every_row():
    rows = (Choice("r1", "One"), Choice("r2", "Two"))
    definition = make_definition(Question("m", "matrix", "M", required=True, choices=YES_NO, rows=rows))
    assert walk(definition, {"m": {"r1": "yes"}}).missing == [("main", "m")]
    assert walk(definition, {"m": {"r1": "yes", "r2": "no"}}).missing == []


def test_pages_know_their_neighbours_and_the_nearest_for_one_off_the_path():
    path = walk(make_definition(), {"invests": "no"})
    assert path.next_after("growth").code == "numbers"
    assert path.next_after("numbers") is None
    assert path.previous_before("numbers").code == "growth"
    assert path.step("training") is None
    assert path.nearest("training").code == "numbers"
    assert path.nearest("nowhere").code == "growth"


def test_the_state_of_each_page():
    definition = make_definition()
    path = walk(definition, {"barriers": ["skills"]})
    assert (path.status("growth"), path.status("numbers")) == (Status.IN_PROGRESS, Status.NOT_STARTED)
    assert path.first_unfinished.code == "growth"
    saved_blank = walk(
        definition, {"invests": "no", **dict.fromkeys(["staff", "turnover", "founded", "confidence", "assets"])}
    )
    assert saved_blank.status("numbers") == Status.COMPLETED
    assert saved_blank.first_unfinished is None


def test_texts_show_earlier_answers_in_words():
    definition = make_definition(
        pages=[
            Page("one", questions=(Question("a", "multiple", "A", choices=YES_NO, has_other=True),)),
            Page(
                "two", "About ${a}", questions=(Question("b", "short_text", "You said ${a}", hint="${b} ${nothing}"),)
            ),
        ]
    )
    step = walk(definition, {"a": ["no", "other"], "a__other": "Perhaps"}).step("two")
    assert (step.title, step.questions[0].label, step.questions[0].hint) == (
        "About No, Perhaps",
        "You said No, Perhaps",
        " ",
    )


def test_choices_are_filtered_by_earlier_answers():
    areas = (
        Choice("durham", "Durham", attributes={"part": "south"}),
        Choice("tyne", "Tyneside", attributes={"part": "north"}),
    )
    definition = make_definition(
        pages=[
            Page("one", questions=(Question("part", "short_text", "Part"),)),
            Page(
                "two",
                questions=(
                    Question("area", "single", "Area", choices=areas, settings={"choice_filter": "part = ${part}"}),
                ),
            ),
        ]
    )
    path = walk(definition, {"part": "south", "area": "tyne"})
    assert [choice.code for choice in path.step("two").questions[0].choices] == ["durham"]
    assert path.answers == {"part": "south"}


def test_a_page_without_questions_that_apply_is_left_out():
    definition = make_definition(Question("a", "short_text", "A", relevance="1 = 2"))
    assert codes(walk(definition, {})) == []


def test_a_version_is_read_once():
    class Version:
        definition = make_definition(pages=sample_pages()).to_json()
        sha256 = make_definition(pages=sample_pages()).sha256

    assert load(Version()) is load(Version())
    assert load(Version()) == make_definition()
