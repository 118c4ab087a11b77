"""Two texts word by word: nothing is invented, nothing is lost."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.submissions.differences import ADDED, SAME, TAKEN, Run, runs

texts = st.text("ab .\nñ", max_size=40)


@settings(max_examples=150, deadline=None)
@given(before=texts, after=texts)
def test_the_runs_make_up_both_texts(before, after):
    found = runs(before, after)
    assert "".join(run.text for run in found if run.kind != ADDED) == before
    assert "".join(run.text for run in found if run.kind != TAKEN) == after
    assert all(run.text for run in found)
    assert (before == after) == all(run.kind == SAME for run in found)


def test_words_change_whole():
    assert runs("We want buses.", "We need buses and trains.") == [
        Run(SAME, "We "),
        Run(TAKEN, "want"),
        Run(ADDED, "need"),
        Run(SAME, " buses"),
        Run(ADDED, " and trains"),
        Run(SAME, "."),
    ]


def test_the_longest_texts_are_compared_in_time_also_when_they_are_made_to_take_long():
    for before, after in (
        ("word " * 20_000, "word " * 19_000 + "other"),
        ("a. " * 30_000, "b. " * 15_000 + "a. " * 15_000),
        ("One thing. Another thing.\n" * 3_000, "Another thing. One thing.\n" * 3_000),
    ):
        begun = time.process_time()
        found = runs(before, after)
        assert time.process_time() - begun < 3
        assert "".join(run.text for run in found if run.kind != TAKEN) == after
