"""Catalogues of translations: made of the sentences in the source and of what translators wrote, and compiled.

For those who work on Soundings: it needs Babel, which is among the packages for tests. The site itself only reads the
compiled files, which stand beside their sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from engagement.core.sentences import Sentence, asked_for

# Of `%(name)s` and its like, and of `{name}`.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!\{)\{\w*\}(?!\})")
TAG = re.compile(r"</?[a-z]+")
HEADER = "# Sentences of the pages and messages for partners and the public. Made by `manage.py catalogue`."


def read(folder: Path, language: str) -> Catalog:
    """What translators wrote so far; an empty catalogue where there is none."""
    path = folder / "django.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def merged(root: Path, language: str) -> Catalog:
    """The sentences of the source in their order, with what is translated of them; anything else is left out."""
    known = read(root / "locale" / language / "LC_MESSAGES", language)
    fresh = Catalog(
        locale=language,
        header_comment=HEADER,
        project="Soundings",
        version=known.version,
        msgid_bugs_address=known.msgid_bugs_address,
        creation_date=known.creation_date,
        revision_date=known.revision_date,
        last_translator=known.last_translator,
        language_team=known.language_team,
        charset="utf-8",
        fuzzy=False,
    )
    # Babel counts the plurals of Welsh in six forms, Django in four: ours has to be counted as Django's is.
    vars(fresh).update(_num_plurals=known.num_plurals, _plural_expr=known.plural_expr)
    for sentence, places in asked_for(root).items():
        old = known.get(_key(sentence), sentence.context or None)
        fresh.add(
            _key(sentence),
            old.string if old else _empty(sentence, known.num_plurals),
            locations=[(path, 0) for path in sorted({place.path for place in places})],
            flags=[flag for flag in (old.flags if old else ()) if flag == "fuzzy"],
            user_comments=old.user_comments if old else (),
            context=sentence.context or None,
        )
    return fresh


def _key(sentence: Sentence) -> str | tuple[str, str]:
    return (sentence.text, sentence.plural) if sentence.plural else sentence.text


def _empty(sentence: Sentence, plurals: int) -> str | tuple[str, ...]:
    return ("",) * plurals if sentence.plural else ""


def problems_of(catalogue: Catalog) -> list[str]:
    """What a complete catalogue must not have: missing or doubtful texts, and placeholders and tags that differ."""
    return [problem for message in catalogue if message.id for problem in _problems(message)]


def _problems(message: Message) -> Iterable[str]:
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    texts = [text or "" for text in ([message.string] if isinstance(message.string, str) else message.string or [""])]
    if not all(texts):
        yield f"Not translated: {sources[0]}"
        return
    if message.fuzzy:
        yield f"Doubtful: {sources[0]}"
    wanted, tags = {frozenset(PLACEHOLDER.findall(source)) for source in sources}, TAG.findall(sources[-1])
    for text in texts:
        if frozenset(PLACEHOLDER.findall(text)) not in wanted:
            yield f"Other placeholders: {sources[0]} = {text}"
        if sorted(TAG.findall(text)) != sorted(tags):
            yield f"Other tags: {sources[0]} = {text}"


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as the site reads it. The same catalogue always gives the same bytes."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def as_text(catalogue: Catalog) -> bytes:
    """The catalogue as translators read it."""
    out = BytesIO()
    write_po(out, catalogue, width=118, include_lineno=False, sort_output=False)
    return out.getvalue()


def write(folder: Path, catalogue: Catalog) -> None:
    """Keep the catalogue, for translators and for the site."""
    (folder / "django.po").write_bytes(as_text(catalogue))
    (folder / "django.mo").write_bytes(compiled(catalogue))


def is_behind(folder: Path, catalogue: Catalog) -> bool:
    """Whether what is kept differs from this catalogue, in either of its two forms."""
    path = folder / "django.mo"
    return not path.exists() or path.read_bytes() != compiled(catalogue)
