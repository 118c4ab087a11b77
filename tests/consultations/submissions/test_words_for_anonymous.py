"""“Anonymous” and “confidential” are two words: we do not know who sent an anonymous response; we know who sent a
confidential one, and keep it to ourselves. No page and no message uses one for the other."""

import ast
import re

import pytest

from consultations.submissions.models import Submission
from tests.architecture.tree import PACKAGES, ROOT, own_files

COMMENT = re.compile(r"{%\s*comment.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", re.DOTALL)
CODE = re.compile(r"{%(?!\s*(?:translate|blocktranslate|plural|include)).*?%}|{{.*?}}", re.DOTALL)
# Where an anonymous response is begun, written, sent, read by staff, or set up.
ABOUT_ANONYMOUS = {
    "templates/analysis/figures.html",
    "templates/notices/email/reminder.html",
    "templates/notices/email/reminder.txt",
    "templates/programme/consultation.html",
    "templates/submissions/_by_link.html",
    "templates/submissions/check.html",
    "templates/submissions/confidentiality.html",
    "templates/submissions/detail.html",
    "templates/submissions/link_needed.html",
    "templates/submissions/respond.html",
    "templates/submissions/sent_anonymously.html",
    "templates/submissions/start_anonymous.html",
    "templates/submissions/start_ways.html",
    "consultations/programme/forms/facts.py",
    "consultations/programme/models.py",
    "consultations/programme/views/staff.py",
    "consultations/submissions/actions/beside.py",
    "consultations/submissions/actions/files.py",
    "consultations/submissions/actions/returning.py",
    "consultations/submissions/models/submission.py",
    "consultations/submissions/views/links.py",
    "consultations/surveys/kinds/files.py",
}
# Where both stand, the difference is said.
TELL_THEM_APART = {
    "templates/submissions/confidentiality.html",
    "templates/submissions/detail.html",
    "templates/submissions/start_anonymous.html",
}


def words_of(path):
    """What the file says to people: the text of a template, the strings of a module that are no docstrings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return CODE.sub(" ", COMMENT.sub(" ", text))
    tree = ast.parse(text)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    said = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
    # Names of columns, constraints, addresses and templates are no words for people.
    return "\n".join(one for one in said if " " in one.strip())


def saying(word):
    found = set()
    for path in [
        *own_files(".html", ".txt", under="templates"),
        *(path for package in PACKAGES for path in own_files(".py", under=package) if "migrations" not in path.parts),
    ]:
        if re.search(rf"\b{word}", words_of(path), re.IGNORECASE):
            found.add(path.relative_to(ROOT).as_posix())
    return found


def test_anonymous_is_said_only_of_anonymous_responses():
    assert saying("anonym") - ABOUT_ANONYMOUS == set()


def test_every_page_that_is_listed_says_it():
    assert ABOUT_ANONYMOUS - saying("anonym") == set()


def test_where_both_words_stand_the_difference_is_said():
    both = saying("anonym") & saying("confidential")
    assert {name for name in both if name.startswith("templates/")} == TELL_THEM_APART
    for name in TELL_THEM_APART - {"templates/submissions/detail.html"}:
        assert "we know who sent it" in (ROOT / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("choice", Submission.Confidentiality.values)
def test_no_choice_of_publishing_is_called_anonymous(choice):
    assert "anonym" not in str(Submission.Confidentiality(choice).label).lower()


def test_an_anonymous_response_is_named_as_one_and_an_unnamed_person_is_not():
    assert Submission(is_anonymous=True).from_whom == "An anonymous response"
    assert "anonym" not in Submission().from_whom.lower()
