"""What users of other survey engines complain of, done to ours: exports, scale, accessibility (docs/complaints.md)."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from consultations.exports import build
from consultations.submissions import actions
from consultations.surveys import compiling, xlsform
from consultations.surveys import path as walking
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.problems import problems_in
from tests.consultations.exports.reading import built, sheets, tables
from tests.factories.analysis import heard, survey_asking
from tests.factories.kinds import CASES, sites_page
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import SurveyFactory, make_definition, published_survey

pytestmark = pytest.mark.django_db

A, B, C = Choice("a", "Roads"), Choice("b", "Rail"), Choice("c", "Ports, and = harbours")


def exported(survey, file_format="csv"):
    officer = AssignmentFactory(consultation=survey.consultation, role="officer").user
    job = built(survey, officer, file_format=file_format)
    return (tables(job) if file_format == "csv" else sheets(job)), job


def rows_of(found, name):
    return [dict(zip(found[name][0], row, strict=True)) for row in found[name][1:]]


@pytest.fixture
def consultation():
    return ConsultationFactory(reference="lis")


def test_14_choices_stand_in_the_order_of_the_form_and_one_that_nobody_ticked_has_its_column(consultation):
    several = Question("first", "multiple", "What?", choices=(C, A, B))
    survey = survey_asking(consultation, (several,))
    heard(survey, {"first": ["b"]})
    found, _ = exported(survey)
    assert [name for name in found["main"][0] if name.startswith("first__")] == ["first__c", "first__a", "first__b"]
    assert [rows_of(found, "main")[0][f"first__{code}"] for code in "cab"] == ["0", "0", "1"]

    page = sites_page(Question("inside", "multiple", "What?", choices=(C, A)))
    repeated = published_survey(consultation, pages=[page], code="again")
    heard(repeated, {"sites~1": True, "sites~1~inside": ["a"]})
    found, _ = exported(repeated)
    assert [name for name in found["again--sites"][0] if name.startswith("inside__")] == ["inside__c", "inside__a"]


def test_15_a_choice_without_a_label_breaks_no_export(consultation):
    content = (
        b"| survey |\n| | type | name | label |\n| | select_one l | q | Q |\n"
        b"| choices |\n| | list_name | name | label |\n| | l | yes | |\n| | l | no | No |\n"
    )
    imported = xlsform.read(content, "form.md")
    assert [choice.label for choice in imported.definition.question("q").choices] == ["yes", "No"]
    bare = make_definition(Question("q", "single", "Q", choices=(Choice("yes", ""),)))
    assert [str(problem) for problem in problems_in(bare)] == ["“q”, choices: “yes” has no wording."]
    survey = survey_asking(consultation, (Question("q", "single", "Q", choices=(Choice("yes", ""),)),))
    heard(survey, {"q": "yes"})
    found, job = exported(survey)
    assert (job.state, rows_of(found, "main")[0]["q"]) == ("ready", "yes")


def test_16_columns_come_from_the_survey_and_not_from_whoever_answered_first(consultation):
    questions = (Question("x", "short_text", "X"), Question("y", "short_text", "Y"))
    survey = survey_asking(consultation, questions)
    empty, _ = exported(survey)
    heard(survey, {"y": "only y"})
    one, _ = exported(survey)
    heard(survey, {"x": "x", "y": "y"})
    both, _ = exported(survey)
    assert empty["main"][0] == one["main"][0] == both["main"][0]
    assert {"x", "y"} <= set(empty["main"][0])


def test_17_what_is_written_beside_other_and_as_a_comment_is_handed_out(consultation):
    case = next(case for case in CASES if case.question.kind == "single")
    survey = survey_asking(consultation, (case.question,))
    heard(survey, {"q": "other", "q__other": "Rent", "q__comment": "It doubled."})
    found, _ = exported(survey)
    row = rows_of(found, "main")[0]
    assert (row["q"], row["q__other_text"], row["q__comment"]) == ("other", "Rent", "It doubled.")


def test_18_no_text_breaks_a_file_or_runs_in_a_spreadsheet(consultation):
    questions = (
        Question("text", "long_text", "=1+1"),
        Question("second", "multiple", "+cmd", choices=(Choice("z", "@SUM(A1)"),)),
    )
    survey = survey_asking(consultation, questions)
    nasty = 'one, "two"\nthree; \t=HYPERLINK("http://example.org")\r\nend'
    heard(survey, {"text": nasty, "second": ["z"]})
    heard(survey, {"text": "=1+1"})
    heard(survey, {"text": "x" * 33_000})
    found, _ = exported(survey)
    texts = [row["text"] for row in rows_of(found, "main")]
    assert [re.sub(r"\s+", " ", text.removeprefix("'")) for text in texts[:2]] == [re.sub(r"\s+", " ", nasty), "=1+1"]
    assert len(texts[2]) == 33_000
    for table in found.values():
        for row in table:
            assert not [cell for cell in row if cell[:1] in "=+@\t\r" and cell]
    workbook, _ = exported(survey, "xlsx")
    cells = [str(cell) for table in workbook.values() for row in table for cell in row]
    assert "=1+1" in cells
    assert sum(cell.count("x") for cell in cells if set(cell) == {"x"}) >= 33_000


def test_19_names_of_columns_are_legal_and_differ_and_the_codebook_cuts_nothing(consultation):
    long = "How " + "very " * 200 + "long?"
    survey = survey_asking(consultation, (Question("q", "single", long, choices=(A, B)), Question("R", "date", "R")))
    heard(survey, {"q": "a"})
    found, _ = exported(survey)
    names = found["main"][0]
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][\w.\-]*", name) for name in names)
    assert [row["text"] for row in rows_of(found, "codebook") if row["column"] == "q"] == [long]


def test_20_the_number_of_questions_to_the_database_does_not_grow_with_the_answers(
    consultation, django_assert_max_num_queries
):
    survey = survey_asking(consultation)
    officer = AssignmentFactory(consultation=consultation, role="officer").user
    used = []
    for number in (1, 30):
        while survey.responses.count() < number:
            heard(survey, {"grow": "yes", "why": "Because."})
        with django_assert_max_num_queries(100) as captured:
            built(survey, officer)
        used.append(len(captured))
    assert used[0] == used[1]


def test_21_a_file_that_lacks_a_row_is_never_offered(consultation, monkeypatch):
    survey = survey_asking(consultation)
    for _ in range(3):
        heard(survey, {"grow": "yes"})
    write = build._write
    monkeypatch.setattr(build, "_write", lambda *given: [n - 1 if n == 3 else n for n in write(*given)])
    officer = AssignmentFactory(consultation=consultation, role="officer").user
    job = built(survey, officer)
    assert (job.state, bool(job.file)) == ("failed", False)


def test_22_each_condition_is_evaluated_once_however_many_there_are(monkeypatch):
    count = 0
    real = walking.holds

    def counting(text, *args, **kwargs):
        nonlocal count
        count += bool(text)
        return real(text, *args, **kwargs)

    monkeypatch.setattr(walking, "holds", counting)
    questions = [Question("q0", "integer", "Q")]
    questions += [Question(f"q{n}", "integer", "Q", relevance=f"${{q{n - 1}}} > 0") for n in range(1, 101)]
    pages = [Page(question.code, question.code, questions=(question,)) for question in questions]
    path = walking.walk(make_definition(pages=pages), {question.code: 1 for question in questions})
    assert len(path.pages) == 101
    assert count == 100


class Forms(HTMLParser):
    """Which controls have which label, which fieldsets stand around them, and what describes them."""

    def __init__(self, page):
        super().__init__()
        self.open, self.controls, self.labels, self.ids, self.attributes = [], [], {}, set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        self.attributes |= set(facts)
        self.ids.add(facts.get("id"))
        if tag == "fieldset":
            self.open.append(facts)
        if tag == "label":
            self.labels[facts.get("for")] = True
        if tag in {"input", "select", "textarea"} and facts.get("type") != "hidden":
            self.controls.append((tag, facts, [dict(one) for one in self.open]))

    def handle_endtag(self, tag):
        if tag == "fieldset":
            self.open.pop()


@pytest.fixture
def pages(signed_in):
    """The page of a survey of every kind, first as it is and then after an empty answer to what must be answered."""
    survey = SurveyFactory(code="kinds")
    questions = [
        Question(
            case.question.kind, case.question.kind, case.question.label, required=True, choices=case.question.choices,
            rows=case.question.rows, list_code=f"l_{case.question.kind}" if case.question.choices else "",
            row_list_code=f"r_{case.question.kind}" if case.question.rows else "",
        )
        for case in CASES
    ]  # fmt: skip
    published = published_survey(survey.consultation, questions, code="all")
    organisation = OrganisationFactory()
    user = partner(organisation)
    submission = actions.start(published.consultation, user, organisation)
    at = reverse("submissions:section", args=[submission.public_id, "all", "main"])
    client = signed_in(user)
    return client.get(at).content.decode(), client.post(at, {}).content.decode()


def test_23_every_control_has_a_label_tables_are_groups_and_mistakes_are_announced(pages):
    shown, refused = Forms(pages[0]), Forms(pages[1])
    for tag, facts, around in shown.controls:
        if facts.get("type") == "search" or facts.get("name") == "q":
            continue
        assert facts["id"] in shown.labels, facts
        if facts.get("type") == "radio":
            assert around, "radio buttons stand in a group with a legend"
        if facts["name"].startswith("ranking"):
            assert tag == "select", "a ranking works by keyboard, without dragging"
    assert 'role="alert"' in pages[1]
    described = [facts for _, facts, _ in refused.controls if facts.get("aria-invalid") == "true"]
    assert described
    for facts in described:
        assert set(facts["aria-describedby"].split()) <= refused.ids
    targets = re.findall(r'<li><a href="#([^"]+)">', pages[1])
    assert len(targets) >= len(CASES)
    assert set(targets) <= refused.ids


def test_24_nothing_is_revealed_inside_of_a_choice_a_follow_up_stands_on_the_next_page(pages):
    assert not {"aria-expanded", "aria-controls", "data-reveal"} & Forms(pages[0]).attributes
    follow = Question("why", "short_text", "Why?", relevance="${grow} = 'a'")
    split = list(
        compiling.split_pages([Page("p", "P", questions=(Question("grow", "single", "G", choices=(A, B)), follow))])
    )
    assert [[question.code for question in page.questions] for page in split] == [["grow"], ["why"]]


def test_the_reader_of_these_tests_is_not_ours():
    assert list(csv.reader(io.StringIO('a,"b\nc"\n'))) == [["a", "b\nc"]]
