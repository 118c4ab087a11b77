"""Many papers at once: what the template offers, and what a file gives."""

import io
import subprocess
import zipfile

import pytest
import python_calamine

from consultations.analysis.instrument import asked_questions
from consultations.exports.layout import answer_columns
from consultations.submissions import actions, lifecycle
from consultations.submissions.bulk import template
from consultations.submissions.models import Response, Submission
from consultations.surveys import kinds
from consultations.surveys.definition import Choice, Page, Question
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.consultations.submissions.papers import (
    checked,
    csv_file,
    faults,
    imported,
    letter,
    version_of,
    workbook,
)
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import AreaFactory, OrganisationFactory
from tests.factories.submissions import submitted
from tests.factories.surveys import (
    BARRIERS,
    SAMPLE_ANSWERS,
    YES_NO,
    make_definition,
    publish_version,
    published_survey,
)

pytestmark = pytest.mark.django_db
CELLS = {
    "invests": "yes", "barriers": "skills; other", "barriers__other_text": "Broadband", "staff": 120, "turnover": 12.5,
    "founded": "1998-04-01", "confidence": "4", "assets__ports": "yes", "assets__universities": "no",
    "barriers_text": "We turned away two contracts this year for want of people.", "provider": "Tyne College",
}  # fmt: skip


@pytest.fixture
def survey():
    return published_survey(ConsultationFactory(reference="lis"), code="views")


@pytest.fixture
def typist(survey):
    return AssignmentFactory(consultation=survey.consultation).user


# --- the template ------------------------------------------------------------------------------------------


def test_the_template_has_a_column_for_each_of_the_export_and_says_what_codes_mean(survey):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(template.write(version_of(survey))))
    words, names = book.get_sheet_by_name("responses").to_python()[:2]
    codes = book.get_sheet_by_name("codes").to_python()
    of_export = [column.name for one in asked_questions(survey) for column in answer_columns(one, labels=False)]

    answers = names[names.index("statement") + 1 :]
    assert answers == [
        name for name in of_export if not name.startswith("barriers__") or name == "barriers__other_text"
    ]
    assert words[names.index("staff")] == "4. How many people work for you?"
    assert [
        "barriers",
        "2",
        "What holds you back?",
        "multiple. Codes with ; between.",
        "",
        "finance",
        "Getting finance",
    ] in codes
    assert book.sheet_names == ["responses", "codes", "about"]


def test_choices_are_offered_from_a_list_and_nothing_is_a_formula(survey):
    publish_version(
        survey, make_definition(Question("q", "single", "=1+1", hint="@x", choices=(Choice("a", "=cmd()"),)))
    )
    content = template.write(version_of(survey))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = {name: package.read(name).decode() for name in package.namelist() if "worksheets/sheet" in name}

    assert not any("<f>" in text for text in sheets.values())
    assert 'type="list"' in sheets["xl/worksheets/sheet1.xml"]
    assert "codes!$F$" in sheets["xl/worksheets/sheet1.xml"]


def test_a_question_with_the_name_of_a_fixed_column_gets_another(survey):
    publish_version(
        survey, make_definition(Question("email", "email", "Your address?"), Question("why", "short_text", "Why?"))
    )
    assert template.names(version_of(survey))[-2:] == ["answer:email", "why"]
    found = checked(
        survey, workbook(version_of(survey), [letter(**{"answer:email": "a@b.example", "email": "c@d.example"})])
    )
    assert (found.planned[0].email, found.planned[0].answers) == ("c@d.example", {"email": "a@b.example"})


def test_another_program_saves_the_filled_in_workbook_and_it_reads_the_same(survey, soffice, tmp_path):
    ours = tmp_path / "papers.xlsx"
    ours.write_bytes(workbook(version_of(survey), [letter(**CELLS)]))
    (tmp_path / "out").mkdir()
    subprocess.run(
        [soffice, "--headless", f"-env:UserInstallation=file://{tmp_path}/home", "--convert-to", "xlsx",
         "--outdir", str(tmp_path / "out"), str(ours)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    theirs = checked(survey, (tmp_path / "out" / "papers.xlsx").read_bytes())
    assert (theirs.problems, theirs.planned) == ([], checked(survey, ours.read_bytes()).planned)


# --- what a file gives -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xlsx", "csv", "semicolon"])
def test_a_row_becomes_a_response_that_somebody_else_has_to_check(survey, typist, form):
    organisation = OrganisationFactory(name="Tyne Works", areas=[AreaFactory()])
    rows = [
        letter(1, **{**CELLS, "statement": "Buses end too early."}),
        letter(2, organisation="tyne works", name="Ada Smith", email="ada@tyne.example", capacity="organisation",
               channel="E-mail", confidentiality="withheld", confidentiality_reason="Customers", may_contact="yes",
               received_on="14 January 2019", invests="No"),
    ]  # fmt: skip
    content = (
        workbook(version_of(survey), rows)
        if form == "xlsx"
        else csv_file(rows, delimiter=";" if form == "semicolon" else ",")
    )
    assert imported(survey, typist, content, f"papers.{form[:4]}") == (2, 0)

    one, two = Submission.objects.order_by("reference")
    assert (one.state, one.channel, one.capacity, one.entered_by) == ("awaiting_approval", "letter", "self", typist)
    assert (one.respondent_name, f"{one.received_on}", one.statement) == (
        "Writer 1",
        "2019-01-14",
        "Buses end too early.",
    )
    assert one.responses.get().data == SAMPLE_ANSWERS
    assert (two.organisation, two.respondent_email, two.channel, two.may_contact) == (
        organisation, "ada@tyne.example", "email", True,
    )  # fmt: skip
    assert (two.confidentiality, two.confidentiality_reason) == ("withheld", "Customers")
    with pytest.raises(Refused, match="somebody else"):
        lifecycle.accept_typed_in(one.pk, actor=typist)
    lifecycle.accept_typed_in(one.pk, actor=AssignmentFactory(consultation=survey.consultation).user)
    assert Entry.objects.get(verb="submissions.imported").facts["number"] == 2


def test_the_same_file_again_adds_nothing(survey, typist):
    content = workbook(version_of(survey), [letter(1, **CELLS), letter(2)])
    assert imported(survey, typist, content) == (2, 0)
    again = checked(survey, content)

    assert (again.planned, again.present) == ([], ["L-1", "L-2"])
    more = workbook(version_of(survey), [letter(1, **CELLS), letter(2), letter(3)])
    assert imported(survey, typist, more) == (1, 0)
    assert Submission.objects.count() == 3


def test_two_who_confirm_the_same_check_make_it_once(survey, typist):
    found = checked(survey, workbook(version_of(survey), [letter(1), letter(2)]))
    assert actions.import_papers(survey, found.planned, version=1, actor=typist) == (2, 0)
    assert actions.import_papers(survey, found.planned, version=1, actor=typist) == (0, 2)


def test_nothing_is_made_when_one_row_fails_at_the_last_moment(survey, typist):
    organisation = OrganisationFactory(name="Tyne Works")
    found = checked(survey, workbook(version_of(survey), [letter(1), letter(2, organisation="Tyne Works")]))
    submitted(survey.consultation, survey, organisation=organisation)

    with pytest.raises(Refused, match=r"Row 4 \(L-2\): Tyne Works already has a response"):
        actions.import_papers(survey, found.planned, version=1, actor=typist)
    assert Submission.objects.filter(channel="letter").count() == 0


def test_a_version_that_was_published_meanwhile_is_noticed(survey, typist):
    found = checked(survey, workbook(version_of(survey), [letter(1)]))
    publish_version(survey, make_definition(Question("only", "short_text", "Only?")))
    with pytest.raises(Refused, match="new version"):
        actions.import_papers(survey, found.planned, version=1, actor=typist)


def test_answers_that_were_not_to_be_given_and_missing_ones_are_notes(survey):
    found = checked(survey, workbook(version_of(survey), [letter(invests="no", provider="Tyne College"), letter(2)]))
    assert found.problems == []
    assert {(one.row, one.column) for one in found.notes} == {(3, "provider"), (4, "")}


def test_pages_that_repeat_have_a_sheet_of_their_own(survey, typist):
    sites = Page("sites", "Sites", repeats=True, most_entries=2, questions=(Question("town", "short_text", "Town?"),))
    publish_version(survey, make_definition(pages=[sites]))
    lines = [
        {"reference": "L-1", "entry": 2, "town": "Blyth"},
        {"reference": "L-1", "entry": 1, "town": "Hexham"},
        {"reference": "L-2", "entry": 1, "town": "Alnwick"},
    ]
    version = version_of(survey)
    assert imported(survey, typist, workbook(version, [letter(1), letter(2)], entries={"sites": lines})) == (2, 0)
    assert Response.objects.get(submission__reference="L-1").data == {
        "sites~1": True, "sites~1~town": "Hexham", "sites~2": True, "sites~2~town": "Blyth",
    }  # fmt: skip
    wrong = [
        *lines,
        {"reference": "L-9", "entry": 1},
        {"reference": "L-2", "entry": "x"},
        {"reference": "L-2", "entry": 3},
    ]
    assert faults(survey, letter(1), letter(2), entries={"sites": wrong}) == [
        (6, "reference"), (7, "entry"), (8, "reference"),
    ]  # fmt: skip
    with_csv = checked(survey, csv_file([letter()]), "papers.csv")
    assert "Use .xlsx" in with_csv.problems[0].text


ROWS = (Choice("ports", "Ports"), Choice("colleges", "Colleges"))


# --- round trip --------------------------------------------------------------------------------------------


def test_the_export_put_into_the_template_gives_the_same_answers(survey, typist):
    """For every kind of question, as `kinds` lists them."""
    definition = make_definition(*every_kind())
    publish_version(survey, definition)
    data = {question.code: ANSWERS[question.kind] for question in definition.questions() if question.is_answered}
    data |= {"a_multiple__other": "Broadband", "a_single__comment": "Because."}
    cells = {
        column.name: column.value(data)
        for one in asked_questions(survey)
        if one.question.is_answered and definition.has_question(one.question.code)
        for column in answer_columns(one, labels=False)
        if column.value(data) is not None
    }
    cells = {name: f"{value}" if hasattr(value, "isoformat") else value for name, value in cells.items()}
    imported(survey, typist, workbook(version_of(survey), [letter(**cells)]))

    assert {key: value for key, value in Response.objects.get().data.items() if value is not None} == data


ANSWERS = {
    "short_text": "=1+1", "long_text": "Two\nlines; and more, “quoted”.", "single": "yes",
    "multiple": ["skills", "other"],
    "yes_no": "no", "scale": "no", "ranking": ["transport", "skills"], "matrix": {"ports": "yes", "colleges": "no"},
    "matrix_several": {"ports": ["yes", "no"]}, "matrix_numbers": {"ports": {"yes": 3, "no": 4.5}},
    "constant_sum": {"ports": 40, "colleges": 60}, "integer": 1200, "decimal": 12.5, "date": "1998-04-01",
    "time": "14:05", "email": "ada@tyne.example", "phone": "+44 191 498 0000", "url": "https://tyne.example/about",
    "address": {"line1": "2 Quay Lane", "town": "Hexham", "postcode": "NE46 1XX"},
    "organisation": {"name": "Tyne Works", "number": "01234567"},
    "location": {"area": "yes", "place": "By the river", "lat": 54.97, "lon": -1.61}, "consent": "ok",
}  # fmt: skip


def every_kind():
    """A question of each kind that asks something."""
    for kind in kinds.ALL:
        if not kind.is_answered or kind.name not in ANSWERS:
            continue
        choices = (
            BARRIERS
            if kind.name in {"multiple", "ranking"}
            else (kind.fixed or YES_NO)
            if kind.has_choices or kind.fixed
            else ()
        )
        settings = (
            {"comment": True} if kind.name == "single" else {"coordinates": True} if kind.name == "location" else {}
        )
        yield Question(
            f"a_{kind.name}", kind.name, f"Question of {kind.name}", choices=choices, settings=settings,
            rows=ROWS if kind.has_rows else (), has_other=kind.name == "multiple",
        )  # fmt: skip


def test_every_kind_that_asks_is_in_the_round_trip():
    """Files are added by hand, since no cell holds one."""
    assert {kind.name for kind in kinds.ALL if kind.is_answered} - set(ANSWERS) <= {"file"}


def test_ticks_of_the_export_stand_for_the_codes_and_must_agree(survey):
    ticks = {"barriers__skills": 1, "barriers__finance": 0, "barriers__transport": 1, "barriers__none": 0}
    found = checked(survey, workbook(version_of(survey), [letter(**ticks)]))
    assert found.planned[0].answers == {"barriers": ["skills", "transport"]}
    assert faults(survey, letter(**ticks, barriers="skills")) == [(3, "barriers")]
    assert faults(survey, letter(**{**ticks, "barriers__skills": "some"})) == [(3, "barriers__skills")]
