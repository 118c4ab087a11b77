"""Sentences are found without losing a character."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.sentences import runs, sentences


@given(st.text(alphabet=st.sampled_from("ab A.?!…\n\t ’”)eg"), max_size=80))
def test_every_character_that_is_not_white_space_stands_in_one_sentence(text):
    found = sentences(text)

    assert "".join("".join(one.text.split()) for one in found) == "".join(text.split())
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("We need e.g. colleges. And more.", ["We need e.g. colleges.", "And more."]),
        ("It grew 3.5 per cent. Then it fell.", ["It grew 3.5 per cent.", "Then it fell."]),
        ("He said “Enough.” Then he left.", ["He said “Enough.”", "Then he left."]),
        ("- skills\n- housing", ["- skills", "- housing"]),
        ("No full stop", ["No full stop"]),
        ("", []),
    ],
)
def test_where_sentences_end(text, expected):
    assert [one.text for one in sentences(text)] == expected


def test_neighbouring_sentences_make_one_passage_and_others_one_each():
    text = "One. Two. Three. Four."
    found = sentences(text)

    assert [text[start:end] for start, end in runs([3, 0, 1], found)] == ["One. Two.", "Four."]
