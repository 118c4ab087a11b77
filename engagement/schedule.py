"""What beat rings for. Only short intervals: when something is due is decided in SQL, not here."""

from typing import Any

SWEEPS = (
    "core.tick",
    "core.sweep_work",
    "messaging.send_due",
    "messaging.look_after",
    "events.sweep",
    "programme.keep_time",
    "invitations.keep_time",
    "notices.plan",
    "submissions.sweep",
    "submissions.fold",
    "summaries.sweep",
    "exports.sweep",
    "dashboards.forget",
)


def beat_schedule(seconds: int) -> dict[str, dict[str, Any]]:
    """Celery's schedule: every sweep each `seconds`; a bell not heard by the next one is dropped."""
    return {name: {"task": name, "schedule": float(seconds), "options": {"expires": seconds}} for name in SWEEPS}
