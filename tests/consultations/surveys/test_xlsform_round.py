"""A survey written as a workbook reads back as the same survey, and other tools accept the workbook.

pyxform is the judge of what an XLSForm is; ODK Validate, which comes with it and needs Java, of what it makes.
"""

import io
import shutil
import subprocess
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from consultations.surveys import kinds, xlsform
from consultations.surveys.compiling import split_pages
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.problems import problems_in
from tests.factories.definitions import definitions
from tests.factories.kinds import CASES
from tests.factories.surveys import make_definition

PYXFORM = find_spec("pyxform")
HERE = Path(PYXFORM.origin).parent if PYXFORM and PYXFORM.origin else Path()
JAR = HERE / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
# Documents are large: making a failing one smaller takes longer than reading what differs.
PLAN = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def compiled(definition):
    return replace(definition, pages=tuple(split_pages(definition.pages)))


def read_again(definition):
    return xlsform.read(xlsform.write(definition), "x.xlsx")


def accepted_by_others(definition):
    """The XForm that pyxform makes of the workbook; it raises for one that it does not accept."""
    convert = pytest.importorskip("pyxform.xls2xform").convert
    return convert(io.BytesIO(xlsform.write(definition)), validate=False, file_type=".xlsx").xform


@settings(PLAN, max_examples=60)
@given(document=definitions())
def test_whatever_is_exported_reads_back_as_the_same_document(document):
    document = compiled(document)
    again = read_again(document)
    assert [message.text for message in again.messages] == []
    assert again.definition.canonical == document.canonical
    assert again.definition.sha256 == document.sha256


@settings(PLAN, max_examples=25)
@given(document=definitions())
def test_pyxform_accepts_whatever_is_exported(document):
    accepted_by_others(compiled(document))


@settings(PLAN, max_examples=30)
@given(document=definitions())
def test_the_documents_of_these_tests_could_be_published(document):
    document = compiled(document)
    told = {problem.text for problem in problems_in(document)}
    # Limits and asking anything at all are left to chance.
    assert {text for text in told if not text.startswith(("There is no question yet", "The least ("))} == set()


UNASKED = (
    Question("q", "calculated", "Half", settings={"calculation": "${q_5} div 2"}),
    Question("q", "hidden", "Where from", settings={"default": "today()"}),
    Question("q", "image", "A map", settings={"picture": "3f2a", "width": 640, "height": 480}),
)


def _kinds_of(questions):
    return {question.kind for question in questions}


def every_kind():
    """One page with a question of each kind, an entry, conditions on both, and Welsh."""
    bare = [*(case.question for case in CASES), *UNASKED]
    bare += [
        Question("q", name, f"A question of the kind {name}") for name in sorted(set(kinds.KINDS) - _kinds_of(bare))
    ]
    questions = [replace(question, code=f"q_{number}") for number, question in enumerate(bare)]
    questions = [
        replace(
            question,
            list_code=f"{question.code}_list" if question.choices and not kinds.of(question).fixed else "",
            choices=kinds.of(question).fixed or question.choices,
            row_list_code=f"{question.code}_rows" if question.rows else "",
        )
        for question in questions
    ]
    consent = next(question for question in questions if question.kind == "consent")
    pages = (
        Page("all_kinds", "Every kind", "Read this first.", questions=tuple(questions)),
        Page(
            "sites",
            "Sites",
            relevance=f"${{{consent.code}}} = 'ok'",
            questions=(Question("town", "short_text", "Which town?"), Question("why", "long_text", "Why ${town}?")),
            repeats=True,
            entry_name="site",
            least_entries=1,
        ),
        Page("after", "After", "", "${sites} > 1", (Question("last", "yes_no", "All ${sites}?", choices=YES_NO),)),
    )
    return make_definition(
        pages=pages, translations={"cy": {"page:sites:entry_name": "safle", "survey:title": "Arolwg"}}
    )


YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))


def test_every_kind_has_its_place_in_a_workbook():
    document = every_kind()
    assert _kinds_of(document.questions()) == set(kinds.KINDS)
    again = read_again(document)
    assert again.outcome == "imports"
    assert again.definition == document
    xform = accepted_by_others(document)
    # Other tools compare with their own word for a confirmation, and count the entries themselves.
    assert "= &apos;OK&apos;" in xform or "= 'OK'" in xform
    assert "count(" in xform


@pytest.mark.skipif(not (shutil.which("java") and JAR.is_file()), reason="ODK Validate needs Java")
def test_odk_validate_accepts_every_kind(tmp_path):
    target = tmp_path / "every_kind.xml"
    target.write_text(accepted_by_others(every_kind()), encoding="utf-8")
    done = subprocess.run(
        ["java", "-Djava.awt.headless=true", "-jar", str(JAR), str(target)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Xform is valid" in done.stdout + done.stderr, done.stderr[:2000]


@pytest.mark.parametrize(
    ("code", "name"),
    [("data", "data_2"), ("meta", "meta_2"), ("Agree", "Agree_2"), ("a²", "question")],
)
def test_codes_that_xforms_cannot_use_are_kept_beside_a_name(code, name):
    document = make_definition(
        Question("agree", "short_text", "First"), Question(code, "short_text", "Second", relevance="${agree} = 'a'")
    )
    document = compiled(replace(document, pages=document.pages))
    again = read_again(document).definition
    assert again == document
    assert f"/{name}" in accepted_by_others(document)


def test_a_text_too_long_for_a_cell_is_refused_with_a_sentence():
    document = make_definition(Question("q", "note", "x" * 40_000))
    with pytest.raises(xlsform.writing.Refused, match="holds no more than 32,767"):
        xlsform.write(document)
