"""Gunicorn's hooks for machines without any Redis: the worker and its clock live inside the web server.

Used by `demo` as its last resort. What waits in memory is lost when the process ends; the rows that say what
is due are not, and the clock rings for them again.
"""

from __future__ import annotations

import threading
from typing import Any

from celery import current_app as app
from celery.beat import EmbeddedService, Scheduler


def post_worker_init(worker: Any) -> None:
    """Start a worker of two threads and the clock in the freshly started web process."""
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "polling_interval": 0.02}
    controller = app.WorkController(
        pool="threads", concurrency=2, without_gossip=True, without_mingle=True, without_heartbeat=True
    )
    threading.Thread(target=controller.start, name="worker", daemon=True).start()
    EmbeddedService(app, thread=True, scheduler_cls=Scheduler).start()
