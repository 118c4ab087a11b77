"""What one walk through a survey of a hundred questions costs: it is done for every save and every page.

    .venv/bin/python benchmarks/path.py [--questions 100] [--paths 300]

Every third question is shown only after a certain answer to an earlier one; some of the answers are off the path. The
bound asks the same conditions as Python would if they were written by hand. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import ground

PAGE = 5
TIMES = 5
YES, NO = "yes", "no"


def survey(questions: int) -> Any:
    """A document with pages of five questions, of every kind that is answered."""
    from consultations.surveys.definition import Choice, Definition, Page, Question  # noqa: PLC0415

    choices = (Choice(YES, "Yes"), Choice(NO, "No"), Choice("unsure", "Not sure"))
    kinds = ("single", "multiple", "integer", "long_text", "single", "matrix")
    asked = []
    for number in range(questions):
        kind = kinds[number % len(kinds)]
        asked.append(
            Question(
                code=f"q{number}",
                kind=kind,
                label=f"Question {number}",
                required=number % 4 == 0,
                relevance=_condition(number) if number >= PAGE and number % 3 == 0 else "",
                choices=choices if kind in {"single", "multiple", "matrix"} else (),
                rows=(Choice("a", "A"), Choice("b", "B")) if kind == "matrix" else (),
            )
        )
    pages = [
        Page(code=f"page{begin}", title=f"Page {begin}", questions=tuple(asked[begin : begin + PAGE]))
        for begin in range(0, questions, PAGE)
    ]
    return Definition(code="long", title="Long", pages=tuple(pages))


def _single_before(number: int) -> int:
    """The last question with one choice on an earlier page."""
    earlier = (number // PAGE) * PAGE - 1
    while earlier % 6 not in (0, 4):
        earlier -= 1
    return earlier


def _condition(number: int) -> str:
    one = _single_before(number)
    return f"${{q{one}}} = 'yes' or (${{q{one}}} = 'unsure' and string-length(${{q{one}}}) > 2)"


def answers(questions: int, turn: int) -> dict[str, Any]:
    values: dict[int, Any] = {
        0: (YES, NO, "unsure")[turn % 3],
        1: [YES, "unsure"],
        2: 7,
        3: "A sentence about what holds us back, and another one.",
        4: (YES, NO, "unsure")[(turn + 1) % 3],
        5: {"a": YES, "b": NO},
    }
    return {f"q{number}": values[number % 6] for number in range(questions)}


def by_hand(asked: list[tuple[str, str]], given: dict[str, Any]) -> dict[str, Any]:
    """The bound: the same conditions, written in Python. `asked` has each code, and the code that it depends on."""
    seen: dict[str, Any] = {}
    for code, needed in asked:
        if needed:
            earlier = seen.get(needed)
            if not (earlier == YES or (earlier == "unsure" and len(earlier) > 2)):
                continue
        if given.get(code) not in (None, "", [], {}):
            seen[code] = given[code]
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--paths", type=int, default=300)
    wanted = parser.parse_args()
    with ground.database(postgres=False):
        from consultations.surveys.path import walk  # noqa: PLC0415 - the settings come first

        definition = survey(wanted.questions)
        given = [answers(wanted.questions, turn) for turn in range(wanted.paths)]
        asked = [
            (question.code, f"q{_single_before(number)}" if question.relevance else "")
            for number, question in enumerate(definition.questions())
        ]
        for one in given[:6]:
            assert walk(definition, one).answers == by_hand(asked, one), "The two ways disagree."
        ours = ground.best_ms(lambda: [walk(definition, one) for one in given], TIMES) / wanted.paths
        bound = ground.best_ms(lambda: [by_hand(asked, one) for one in given], TIMES) / wanted.paths
    print(
        json.dumps(
            {
                "questions": wanted.questions,
                "paths": wanted.paths,
                "ms_per_path": round(ours, 4),
                "bound_ms_per_path": round(bound, 4),
                "ratio": round(ours / bound, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
