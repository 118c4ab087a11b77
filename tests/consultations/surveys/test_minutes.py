"""How long a survey takes, said in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.surveys import kinds
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.minutes import minutes_for, seconds_for
from tests.factories.surveys import YES_NO, sample_pages


def test_nothing_takes_no_time_and_little_takes_a_minute():
    assert minutes_for([]) == 0
    assert minutes_for([Page("a")]) == 0
    assert minutes_for([Page("a", questions=(Question("q", "single", "Yes?", choices=YES_NO),))]) == 1
    assert minutes_for(sample_pages()) == 5


def test_reading_is_part_of_it():
    short, long = (Question("q", "note", "word " * words) for words in (10, 248))
    assert seconds_for(long) - seconds_for(short) == pytest.approx(60, abs=0.1)


def test_a_long_table_takes_longer():
    def table(rows):
        return Question("q", "matrix", "Q", choices=YES_NO, rows=tuple(Choice(f"r{n}", "R") for n in range(rows)))

    assert seconds_for(table(5)) < seconds_for(table(6)) < seconds_for(table(12))


@given(st.lists(st.sampled_from([kind.name for kind in kinds.ALL]), max_size=20))
def test_another_question_never_makes_it_shorter(names):
    questions = tuple(Question(f"q{n}", name, "What is asked?") for n, name in enumerate(names))
    times = [minutes_for([Page("a", questions=questions[:count])]) for count in range(len(questions) + 1)]
    assert times == sorted(times)
