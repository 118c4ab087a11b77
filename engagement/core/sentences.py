"""Which sentences the site says: those that go through a catalogue of translations, and those that do not.

Reads source text only: nothing is run, and no program besides Python is needed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

ONE = {"gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
QUOTED = r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'"""
MARKED = re.compile(rf"(?<![\w.])_\((?:{QUOTED})\)")
OPENING = re.compile(rf"^(?:translate|trans)\s+(?:{QUOTED})(?:.*?\scontext\s+(?:{QUOTED}))?")
CONTEXT = re.compile(rf"\scontext\s+(?:{QUOTED})")
LETTERS = re.compile(r"[^\W\d_]{2,}")
# Attributes of HTML that people see or hear.
SPOKEN = {"alt", "aria-label", "aria-description", "placeholder", "title"}
# Arguments of an included component that are no words.
NO_WORDS = {"kind", "state", "name", "url", "tag", "wrapper_class", "key"}
# What looks like a sentence in Python: a capital or a quotation mark, a blank, and more than one word.
SENTENCE = re.compile(r"^[A-Z“][^\n]*[a-z)”] [^\n]*[\w%.?!:”…)]$")


class Sentence(NamedTuple):
    """What a catalogue is asked for: the text, its plural ("" for none) and its context ("" for none)."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True)
class Place:
    """Where something stands in the source."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def _given(*groups: str | None) -> str:
    text = next((group for group in groups if group is not None), "")
    return text.replace('\\"', '"').replace("\\'", "'")


# --- templates ------------------------------------------------------------------------------------------


def of_template(path: str, source: str) -> Iterator[tuple[Sentence, Place]]:
    """Every sentence of a template that goes through a catalogue."""
    tokens = Lexer(source).tokenize()
    is_comment = False
    while tokens:
        token = tokens.pop(0)
        if token.token_type is TokenType.BLOCK and token.contents.split()[:1] in (["comment"], ["endcomment"]):
            is_comment = token.contents.startswith("comment")
        if is_comment or token.token_type not in (TokenType.BLOCK, TokenType.VAR):
            continue
        place = Place(path, token.lineno or 0)
        for found in MARKED.finditer(token.contents):
            yield Sentence(_given(*found.groups()).replace("%", "%%")), place
        opening = OPENING.match(token.contents)
        if opening:
            yield Sentence(_given(*opening.groups()[:2]).replace("%", "%%"), "", _given(*opening.groups()[2:])), place
        elif token.contents.startswith("nav_items "):
            for part in list(smart_split(token.contents))[1:]:
                if "|" in part and part[0] in "\"'":
                    yield Sentence(part[1:-1].partition("|")[0]), place
        elif token.contents.split()[0] in ("blocktranslate", "blocktrans"):
            yield _block(token, tokens), place


def _block(opening: Token, rest: list[Token]) -> Sentence:
    parts: list[str] = [""]
    while rest:
        token = rest.pop(0)
        if token.token_type is TokenType.TEXT:
            parts[-1] += token.contents.replace("%", "%%")
        elif token.token_type is TokenType.VAR:
            parts[-1] += f"%({token.contents})s"
        elif token.contents.strip() == "plural":
            parts.append("")
        elif token.contents.startswith("endblocktrans"):
            break
    if "trimmed" in opening.contents.split():
        parts = [trim_whitespace(part) for part in parts]
    context = CONTEXT.search(opening.contents)
    return Sentence(parts[0], parts[1] if len(parts) > 1 else "", _given(*context.groups()) if context else "")


class _Words(HTMLParser):
    """Collects the words between tags and in spoken attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("style", "script")
        kinds = dict(attrs)
        for name, value in attrs:
            is_description = tag == "meta" and name == "content" and kinds.get("name") == "description"
            if value and (name in SPOKEN or is_description):
                self._keep(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._keep(data)

    def _keep(self, text: str) -> None:
        if LETTERS.search(text):
            self.found.append((self.getpos()[0], " ".join(text.split())))


def bare_in_template(path: str, source: str) -> list[tuple[str, Place]]:
    """Words of a template that no catalogue is asked for: between tags, in attributes, and handed to components."""
    found: list[tuple[str, Place]] = []
    text = ""
    closes = ""
    for token in Lexer(source).tokenize():
        kind = token.contents.split()[0] if token.token_type is TokenType.BLOCK and token.contents.split() else ""
        # Line numbers of the text stay right whatever is left out.
        blank = "\n" * token.contents.count("\n")
        if closes:
            closes = "" if kind.startswith(closes) else closes
            text += blank
        elif kind in ("blocktranslate", "blocktrans", "comment"):
            closes = "endblocktrans" if kind != "comment" else "endcomment"
            text += blank
        elif token.token_type is TokenType.TEXT:
            text += token.contents
        else:
            text += blank
            found += [(words, Place(path, token.lineno or 0)) for words in _handed_over(token, kind)]
    reader = _Words()
    reader.feed(text)
    reader.close()
    return found + [(words, Place(path, line)) for line, words in reader.found]


def _handed_over(token: Token, kind: str) -> Iterator[str]:
    if kind == "include":
        for part in smart_split(token.contents):
            name, _, value = part.partition("=")
            if name not in NO_WORDS and value[:1] in ("'", '"') and LETTERS.search(value):
                yield value
    for found in re.finditer(r"\|(?:yesno|default|default_if_none|pluralize):([\"'])(.*?)\1", token.contents):
        if LETTERS.search(found[2]):
            yield found[0]


# --- Python ---------------------------------------------------------------------------------------------


def of_module(path: str, source: str) -> Iterator[tuple[Sentence, Place]]:
    """Every sentence of a module that goes through a catalogue."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        name = _name(node)
        if name in ONE and texts:
            yield Sentence(texts[0]), Place(path, node.lineno)
        elif name in MANY and len(texts) > 1:
            yield Sentence(texts[0], texts[1]), Place(path, node.lineno)
        elif name in IN_CONTEXT and len(texts) > 1:
            yield Sentence(texts[1], "", texts[0]), Place(path, node.lineno)


def _name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def bare_in_module(path: str, source: str, *, without: set[str] | None = None) -> list[tuple[str, Place]]:
    """Texts of a module that read like sentences and that no catalogue is asked for.

    Docstrings, what is raised as an error of the program, and the classes and functions of `without` are passed over.
    """
    found: list[tuple[str, Place]] = []
    _bare(ast.parse(source), path, without or set(), found)
    return found


def _targets(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}


PROGRAM = {"ValueError", "TypeError", "KeyError", "Http404", "ImproperlyConfigured", "BadRequest", "RuntimeError"}


def _bare(node: ast.AST, path: str, without: set[str], found: list[tuple[str, Place]]) -> None:
    if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name in without:
        return
    if isinstance(node, ast.Assign | ast.AnnAssign) and _targets(node) & without:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Call) and _name(node) in ONE | MANY | IN_CONTEXT | PROGRAM:
        return
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        if SENTENCE.match(text):
            found.append((text, Place(path, node.lineno)))
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and SENTENCE.match(node.value):
            found.append((node.value, Place(path, node.lineno)))
        return
    for child in ast.iter_child_nodes(node):
        _bare(child, path, without, found)


# --- what respondents can meet --------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A file that respondents meet; `without` names its parts that only staff see."""

    path: Path
    name: str
    without: frozenset[str]

    @property
    def is_template(self) -> bool:
        return self.path.suffix != ".py"

    def sentences(self) -> list[tuple[Sentence, Place]]:
        text = self.path.read_text(encoding="utf-8")
        return list(of_template(self.name, text) if self.is_template else of_module(self.name, text))

    def bare(self) -> list[tuple[str, Place]]:
        text = self.path.read_text(encoding="utf-8")
        if self.is_template:
            return bare_in_template(self.name, text) if self.path.suffix == ".html" else bare_in_mail(self.name, text)
        return bare_in_module(self.name, text, without=set(self.without))


def bare_in_mail(path: str, source: str) -> list[tuple[str, Place]]:
    """The same for plain text, where no tag parts the words from anything else."""
    return bare_in_template(path, source.replace("<", " ").replace("&", " "))


def sources(root: Path) -> list[Source]:
    """The files named in `locale/respondents.txt`: one pattern in each line, and after a dash the parts left out."""
    found: dict[Path, Source] = {}
    for line in (root / "locale" / "respondents.txt").read_text(encoding="utf-8").splitlines():
        pattern, _, without = line.partition(" - ")
        if not pattern.strip() or pattern.startswith("#"):
            continue
        paths = sorted(root.glob(pattern.strip()))
        if not paths:
            raise ValueError(f"locale/respondents.txt names “{pattern.strip()}”, and there is no such file.")
        parts = frozenset(word.strip() for word in without.split(",") if word.strip())
        for path in paths:
            found[path] = Source(path, path.relative_to(root).as_posix(), parts)
    return list(found.values())


def asked_for(root: Path) -> dict[Sentence, list[Place]]:
    """Every sentence that respondents can meet and where it stands, in the order of the list."""
    found: dict[Sentence, list[Place]] = {}
    for source in sources(root):
        for sentence, place in source.sentences():
            found.setdefault(sentence, []).append(place)
    return found
