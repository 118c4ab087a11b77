"""Every template compiles, and none carries style or script in itself."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.architecture.tree import ROOT, own_files, shown

TEMPLATES = [path.relative_to(ROOT / "templates").as_posix() for path in own_files(".html", ".txt", under="templates")]
COMMENT = re.compile(r"{%\s*comment.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", re.DOTALL)
INLINE = {
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "a script of its own": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "an on… attribute": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def is_of_an_email(path: Path) -> bool:
    return "email" in path.parts or "emails" in path.parts


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name):
    assert get_template(name).template.nodelist is not None


def test_no_template_carries_style_or_script():
    found = []
    for path in own_files(".html", under="templates"):
        if is_of_an_email(path):
            continue
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        found += [f"{shown(path)}: {what}" for what, pattern in INLINE.items() if pattern.search(text)]

    assert found == []


def test_every_email_has_a_subject_a_text_and_an_html_part():
    parts: dict[str, set[str]] = defaultdict(set)
    for path in own_files(under="templates"):
        if path.parent.name == "email" and path.parent.parent.name not in {"account", "mfa"}:
            stem, _, kind = path.name.partition(".")
            if not stem.startswith("_"):
                parts[shown(path.parent / stem)].add(kind)

    assert {name: kinds for name, kinds in parts.items() if kinds != {"subject.txt", "txt", "html"}} == {}
