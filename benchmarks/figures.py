"""What the page of figures and the report pack cost, by number of submissions, on PostgreSQL.

    .venv/bin/python benchmarks/figures.py [--submissions 10000]

The page is asked for in this process (the quickest of five, with the charts of every question); its bound reads the
same answers and counts one choice each. The pack is the drafted summary with every figure, and its Word document.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import Any

import ground

TIMES = 5


def page(client: Any, consultation: Any, query: str) -> Any:
    answer = client.get(f"/manage/{consultation.reference}/figures/{query}")
    assert answer.status_code == 200, answer.status_code
    return answer


def count_by_hand(consultation: Any) -> Counter[str]:
    """The bound: every answer read once, each choice counted once."""
    from consultations.submissions.models import Response  # noqa: PLC0415 - the settings come first

    found: Counter[str] = Counter()
    for data in Response.objects.filter(submission__consultation=consultation).values_list("data", flat=True):
        for code, value in data.items():
            found.update([code] if isinstance(value, str | int | float) else [f"{code}:{one}" for one in value])
    return found


def pack(consultation: Any, author: Any) -> tuple[Any, int]:
    """The summary as the worker drafts it, and its Word document."""
    from consultations.summaries import actions, build, queries, word  # noqa: PLC0415

    summary = actions.request_draft(consultation, title="What we heard", actor=author)
    build.run(summary.pk)
    summary.refresh_from_db()
    assert summary.state == "draft", summary.failure
    return summary, len(word.write(summary, queries.as_published(summary), keeper="The partnership"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=10_000)
    wanted = parser.parse_args()
    with ground.database():
        from django.test import Client  # noqa: PLC0415 - the settings come first

        from engagement.accounts.actions import ensure_user, set_staff_role  # noqa: PLC0415

        ground.say(f"Seeding {wanted.submissions:,} submissions ...")
        consultation = ground.seeded(wanted.submissions)
        user = set_staff_role(ensure_user("figures@soundings.example", "Figures").pk, "administrator", actor=None)
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user)
        survey = consultation.surveys.get()
        overview_ms = ground.best_ms(lambda: page(client, consultation, ""), TIMES)
        page_ms = ground.best_ms(lambda: page(client, consultation, f"?survey={survey.code}"), TIMES)
        split_ms = ground.best_ms(lambda: page(client, consultation, f"?survey={survey.code}&split=sector"), TIMES)
        bound_ms = ground.best_ms(lambda: count_by_hand(consultation), TIMES)
        before = ground.peak_mb()
        pack_cpu, (_, size) = ground.cpu_of(lambda: pack(consultation, user))
        after = ground.peak_mb()
    print(
        json.dumps(
            {
                "submissions": wanted.submissions,
                "page_ms": round(page_ms, 1),
                "overview_ms": round(overview_ms, 1),
                "split_by_sector_ms": round(split_ms, 1),
                "bound_ms": round(bound_ms, 1),
                "page_ratio": round(page_ms / bound_ms, 2),
                "pack_cpu_s": round(pack_cpu, 3),
                "pack_peak_mb": round(after, 1),
                "peak_before_pack_mb": round(before, 1),
                "pack_bytes": size,
            }
        )
    )


if __name__ == "__main__":
    main()
