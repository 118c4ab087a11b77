"""Every sentence that respondents can meet can be translated, and the Welsh catalogue has them all."""

import gettext
from io import BytesIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from engagement.core import catalogues, sentences
from engagement.core.sentences import Place, Sentence
from tests.architecture.tree import ROOT

WELSH = ROOT / "locale" / "cy" / "LC_MESSAGES"


@pytest.mark.parametrize("source", sentences.sources(ROOT), ids=lambda source: source.name)
def test_no_sentence_for_respondents_is_without_a_catalogue(source):
    assert [f"{place}: {words}" for words, place in source.bare()] == []


def test_the_welsh_catalogue_is_complete():
    assert catalogues.problems_of(catalogues.merged(ROOT, "cy")) == []


def test_it_holds_what_the_source_asks_for_and_nothing_else():
    kept = {(message.id, message.context) for message in catalogues.read(WELSH, "cy") if message.id}
    asked = {(message.id, message.context) for message in catalogues.merged(ROOT, "cy") if message.id}

    assert kept == asked


def test_what_is_compiled_is_what_translators_see():
    assert (WELSH / "django.mo").read_bytes() == catalogues.compiled(catalogues.read(WELSH, "cy"))


def test_plurals_are_counted_as_django_counts_them():
    kept = catalogues.read(WELSH, "cy")
    with (WELSH / "django.mo").open("rb") as compiled:
        welsh = gettext.GNUTranslations(compiled)

    assert kept.num_plurals == 4
    assert [welsh.ngettext("%(n)s day left", "%(n)s days left", n) % {"n": n} for n in (1, 2, 3, 8)] == [
        "1 diwrnod ar ôl",
        "2 ddiwrnod ar ôl",
        "3 diwrnod ar ôl",
        "8 diwrnod ar ôl",
    ]


# --- the reader of the source ---------------------------------------------------------------------------


def test_templates_are_asked_for_their_sentences():
    source = (
        '{% load i18n %}{% translate "Save" %} {% translate "May" context "month" %} {{ _("Now")|upper }}\n'
        '{% include "a.html" with title=_("Title") %}{% nav_items "Home|home" "Events|events:list" as items %}\n'
        "{% blocktranslate with a=b %}100% of {{ a }}{% endblocktranslate %}"
        "{% blocktranslate count n=list|length %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
        '{% comment %}{% translate "Never" %}{% endcomment %}'
    )

    assert [sentence for sentence, _ in sentences.of_template("x.html", source)] == [
        Sentence("Save"),
        Sentence("May", "", "month"),
        Sentence("Now"),
        Sentence("Title"),
        Sentence("Home"),
        Sentence("Events"),
        Sentence("100%% of %(a)s"),
        Sentence("%(n)s day", "%(n)s days"),
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Bare words</p>", "Bare words"),
        ('<a aria-label="Heard">{{ x }}</a>', "Heard"),
        ('{% include "a.html" with title="Handed over" %}', '"Handed over"'),
        ('{{ x|yesno:"Yes,No" }}', '|yesno:"Yes,No"'),
    ],
)
def test_bare_words_of_a_template_are_found(source, words):
    assert [found for found, _ in sentences.bare_in_template("x.html", source)] == [words]


@pytest.mark.parametrize(
    "source",
    [
        '<p class="not words">{% translate "Said" %}: {{ value }} – 5 %</p>',
        "{% comment %}Words for those who write templates{% endcomment %}",
        "<style>body { color: red }</style>",
        '{% include "a.html" with kind="warning" text=text %}',
    ],
)
def test_what_is_no_bare_word(source):
    assert sentences.bare_in_template("x.html", source) == []


def test_modules_are_asked_for_their_sentences():
    source = 'gettext("One") + ngettext("%(n)s a", "%(n)s b", 2) + pgettext("where", "Two" " words")'

    assert sorted(sentence for sentence, _ in sentences.of_module("x.py", source)) == [
        Sentence("%(n)s a", "%(n)s b"),
        Sentence("One"),
        Sentence("Two words", "", "where"),
    ]


def test_bare_sentences_of_a_module_are_found():
    source = (
        '"""A docstring is no sentence of a page."""\n'
        'class Staff:\n    text = "Only staff see this."\n'
        'def f(x):\n    raise Refused(f"{x} cannot be done.")\n'
    )

    assert sentences.bare_in_module("x.py", source, without={"Staff"}) == [("X cannot be done.", Place("x.py", 5))]


# --- the command ----------------------------------------------------------------------------------------


def test_the_command_agrees_with_what_is_kept(capsys):
    call_command("catalogue", "cy", "--check")

    assert "0 to look at" in capsys.readouterr().out


def test_a_language_without_a_folder_is_named():
    with pytest.raises(CommandError, match="locale/xx"):
        call_command("catalogue", "xx")


def test_a_missing_sentence_and_another_placeholder_are_said(tmp_path):
    folder = tmp_path / "locale" / "cy" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (tmp_path / "locale" / "respondents.txt").write_text("page.html\n")
    (tmp_path / "page.html").write_text(
        '{% translate "Save" %}{% blocktranslate %}Dear {{ name }}{% endblocktranslate %}'
    )
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr ""\n"Language: cy\\n"\n\nmsgid "Dear %(name)s"\nmsgstr "Annwyl"\n'
    )

    assert catalogues.problems_of(catalogues.merged(tmp_path, "cy")) == [
        "Not translated: Save",
        "Other placeholders: Dear %(name)s = Annwyl",
    ]


def test_a_text_survives_being_written_and_read():
    catalogue = catalogues.read(WELSH, "cy")
    again = catalogues.read_po(BytesIO(catalogues.as_text(catalogue)), locale="cy")

    assert {message.id: message.string for message in again} == {message.id: message.string for message in catalogue}
