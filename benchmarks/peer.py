"""The Celery application of the pattern that `benchmarks/messages.py` compares ours with: a task for each message.

Started by it as `celery -A peer worker`; the environment says where database, broker and mail server are.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engagement.settings")

import django  # noqa: E402 - found only with the path above

django.setup()

import senders  # noqa: E402 - needs Django
from celery import Celery  # noqa: E402 - Django comes first

app = Celery("peer", broker=os.environ["REDIS_URL"])
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True, worker_prefetch_multiplier=4)


@app.task(name="peer.send")
def send(key: int) -> None:
    senders.one_in_flight(key)
