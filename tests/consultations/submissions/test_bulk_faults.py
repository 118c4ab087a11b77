"""Many papers at once: every fault says its place, and hostile files get a sentence."""

import io
import zipfile

import pytest

from consultations.surveys.definition import Question
from engagement.core.errors import Refused
from tests.consultations.submissions.papers import (
    about,
    checked,
    csv_file,
    faults,
    imported,
    letter,
    version_of,
    workbook,
)
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import submitted
from tests.factories.surveys import (
    make_definition,
    publish_version,
    published_survey,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return published_survey(ConsultationFactory(reference="lis"), code="views")


@pytest.fixture
def typist(survey):
    return AssignmentFactory(consultation=survey.consultation).user


# --- faults ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "a b!"}, "reference"),
        ({"reference": "X" * 21}, "reference"),
        ({"received_on": ""}, "received_on"),
        ({"received_on": "soon"}, "received_on"),
        ({"received_on": "2999-01-01"}, "received_on"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "online"}, "channel"),
        ({"channel": ""}, "channel"),
        ({"organisation": "Nobody Ltd"}, "organisation"),
        ({"name": ""}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"email": "ada at post"}, "email"),
        ({"capacity": "boss"}, "capacity"),
        ({"capacity": "organisation"}, "organisation"),
        ({"kind": "dragon"}, "kind"),
        ({"areas": "Atlantis"}, "areas"),
        ({"confidentiality": ""}, "confidentiality"),
        ({"confidentiality": "secret"}, "confidentiality"),
        ({"confidentiality": "withheld"}, "confidentiality_reason"),
        ({"may_contact": "perhaps"}, "may_contact"),
        ({"invests": "maybe"}, "invests"),
        ({"barriers": "skills; dragons"}, "barriers"),
        ({"barriers": "skills; none"}, "barriers"),
        ({"staff": "many"}, "staff"),
        ({"staff": 1.5}, "staff"),
        ({"staff": -1}, "staff"),
        ({"turnover": "1e999"}, "turnover"),
        ({"founded": "31/2/1998"}, "founded"),
        ({"confidence": 9}, "confidence"),
        ({"assets__ports": "x"}, "assets__ports"),
        ({"barriers_text": "word " * 401}, "barriers_text"),
        ({"provider": "x" * 1001}, "provider"),
        ({"nonsense": "1"}, "nonsense"),
        ({"statement": ""}, ""),
    ],
)
def test_every_fault_says_its_row_and_column(survey, cells, column):
    [(row, where)] = faults(survey, letter(**cells))
    assert (row, where) == (2 if column == "nonsense" else 3, column)


def test_all_faults_are_told_at_once(survey):
    found = faults(survey, letter(1, channel="pigeon", staff="many"), letter(2), letter(3, invests="maybe"), letter(3))
    assert found == [(3, "channel"), (3, "staff"), (5, "invests"), (6, "reference")]


def test_an_organisation_answers_once(survey):
    OrganisationFactory(name="Tyne Works")
    heard = OrganisationFactory(name="Wear Works")
    submitted(survey.consultation, survey, organisation=heard)
    names = ["Tyne Works", "TYNE WORKS", "Wear Works"]
    rows = [letter(number, organisation=name) for number, name in enumerate(names, 1)]
    assert faults(survey, *rows) == [(4, "organisation"), (5, "organisation")]


def test_a_reference_of_another_consultation_is_refused(survey, typist):
    other = published_survey(ConsultationFactory())
    AssignmentFactory(consultation=other.consultation, user=typist)
    imported(other, typist, workbook(version_of(other), [letter(1)]))
    assert faults(survey, letter(1)) == [(3, "reference")]


# --- hostile files -----------------------------------------------------------------------------------------


def refusal(survey, content, name="papers.xlsx"):
    with pytest.raises(Refused) as refused:
        checked(survey, content, name)
    return refused.value.message


def test_formulas_are_named_with_their_cell(survey):
    found = checked(survey, workbook(version_of(survey), [letter()], formula="=TODAY()"))
    assert [(one.sheet, one.row, one.column) for one in found.problems] == [("responses", 3, "received_on")]
    assert "formula" in found.problems[0].text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "p.xlsx", "empty"),
        (b"   \n", "p.csv", "empty"),
        (b"PK\x03\x04 broken", "p.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0old", "p.xls", "old kind"),
        (b"not a workbook", "p.xlsx", "not a workbook"),
        (b"a\x00b", "p.csv", "not a workbook"),
        (b"x,y\n1,2\n", "p.csv", "no row names the columns"),
        (b"reference,channel\n", "p.csv", "no response yet"),
        (b'reference,name\n"L-1,Ada\n', "p.csv", "Line 2 cannot be read"),
        (b"x" * (5 * 1024 * 1024 + 1), "p.csv", "larger than 5 megabytes"),
    ],
)
def test_what_is_no_table_gets_a_sentence(survey, content, name, words):
    assert words in refusal(survey, content, name)


def test_a_workbook_of_something_else_gets_a_sentence(survey):
    version = version_of(survey)
    other = version_of(published_survey(ConsultationFactory(reference="other"), code="views"))
    assert "There is no sheet “responses”" in refusal(survey, workbook(version, [letter()], sheet="sheet1"))
    assert "of another survey" in refusal(survey, workbook(other, [letter()]))
    assert "is missing" in refusal(survey, workbook(version, [letter()], facts={}))
    old = workbook(version, [letter()])
    publish_version(survey, make_definition(Question("only", "short_text", "Only?")))
    assert "version 1 of the survey; people answer version 2" in refusal(survey, old)
    assert "version" in refusal(
        survey, workbook(version_of(survey), [letter()], facts={**about(version_of(survey)), "fingerprint": "x"})
    )


def test_too_many_rows_get_a_sentence_and_empty_ones_do_not_count(survey):
    many = [letter(n) for n in range(1, 2002)]
    assert "there is room for 2000 in one" in refusal(survey, csv_file(many), "papers.csv")
    out = io.BytesIO(workbook(version_of(survey), many[:3]))
    lines = csv_file(many[:2]) + b",,,\r\n" * 100_000
    assert len(checked(survey, lines, "papers.csv").planned) == 2
    assert len(checked(survey, out.getvalue()).planned) == 3


def bomb(*, inner: int) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(inner):
            part.write(b"0" * 1024 * 1024)
    return out.getvalue()


def test_a_file_that_unpacks_to_something_huge_gets_a_sentence(survey):
    assert "too large once unpacked" in refusal(survey, bomb(inner=201))


def test_entities_are_not_followed(survey):
    content = workbook(version_of(survey), [letter()])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as copy:
        for name in package.namelist():
            text = package.read(name)
            if name == "xl/workbook.xml":
                laugh = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
                text = text.replace(b"<workbook", laugh + b"<workbook", 1)
            copy.writestr(name, text)
    try:
        assert checked(survey, out.getvalue()).planned
    except Refused as refused:
        assert "damaged" in refused.message  # noqa: PT017 - either is fine, a crash is not
