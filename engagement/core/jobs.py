"""Long work as rows: asked for, worked on with progress, ready, failed with a reason, called off.

The row is the promise. A process claims it by a conditional update and holds it by a lease that each sign of progress
renews; after a kill the claim runs out, and anybody may take the job up. Every write of the worker is conditional on
its claim, so one that was frozen and comes back late changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from engagement.core.errors import Refused
from engagement.core.models import Addressable, Stamped, Stateful

# After this a claimed job counts as abandoned; progress renews it.
LEASE = timedelta(minutes=5)
# A job that took so many processes down is not tried again by itself.
MOST_ATTEMPTS = 3


class Stopped(Exception):
    """Somebody called the job off, or another process took it over."""


class Job(Addressable, Stamped, Stateful):
    """A piece of long work. Subclasses say what it is about, and may add states before and after these."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Waiting"
        BUILDING = "building", "Being done"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Called off"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "requested": {"building", "cancelled", "failed"},
        "building": {"ready", "failed", "requested", "cancelled"},
        "failed": {"requested"},
    }
    RUNNING: ClassVar[tuple[str, ...]] = ("requested", "building")

    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True, default="")
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_running(self) -> bool:
        """Whether it waits or is worked on, so that it can be called off and its page looks again."""
        return self.state in self.RUNNING


class Progress:
    """The worker's hold on its job: says how far it is, keeps the lease, and notices when it lost the job."""

    def __init__(self, job: Any) -> None:
        self.job, self.done = job, int(job.done)

    def mine(self) -> models.QuerySet[Any]:
        """The row, as long as it is ours."""
        rows = type(self.job)._default_manager
        return rows.filter(pk=self.job.pk, state=Job.State.BUILDING, attempts=self.job.attempts)

    def tell(self, done: int | None = None, **facts: Any) -> None:
        """Write down how far it is. Raises Stopped when the job is not ours any more."""
        self.done = self.done if done is None else done
        now = timezone.now()
        if not self.mine().update(done=self.done, lease_until=now + LEASE, updated_at=now, **facts):
            raise Stopped


def _free(now: Any) -> Q:
    return Q(state=Job.State.REQUESTED) | Q(state=Job.State.BUILDING, lease_until__lt=now)


def waiting(model: type[Any]) -> list[int]:
    """Jobs that nobody works on: asked for, or claimed by a process that is gone."""
    return list(model._default_manager.filter(_free(timezone.now())).order_by("pk").values_list("pk", flat=True))


def run(model: type[Any], job_id: int, work: Callable[[Any, Progress], None], *, what: str) -> None:
    """Do one job: `work(job, progress)` ends by marking it ready, or says why not by Refused.

    Called twice, late or again after a kill, it is done once: whoever has no claim does nothing. `what` is the thing
    in the sentences on failure, such as “The file”. Progress that a killed process had stays in `done`.
    """
    now = timezone.now()
    job = model._default_manager.filter(_free(now), pk=job_id).first()
    if job is None:
        return
    if job.attempts >= MOST_ATTEMPTS:
        fail(model, job_id, f"{what} could not be made: the process ended three times. Tell an administrator.")
        return
    claimed = model._default_manager.filter(_free(now), pk=job_id, attempts=job.attempts).update(
        state=Job.State.BUILDING, lease_until=now + LEASE, attempts=F("attempts") + 1, updated_at=now
    )
    if not claimed:
        return
    job.state, job.attempts = Job.State.BUILDING, job.attempts + 1
    try:
        work(job, Progress(job))
    except Stopped:
        return
    except Refused as refused:
        fail(model, job_id, refused.message)
    except Exception as error:
        fail(model, job_id, f"{what} could not be made ({type(error).__name__}). Try again, or tell an administrator.")
        raise


def fail(model: type[Any], job_id: int, sentence: str) -> None:
    """End it with a reason, if it has not ended."""
    model._default_manager.filter(pk=job_id, state__in=Job.RUNNING).update(
        state=Job.State.FAILED, failure=sentence[:300], lease_until=None, updated_at=timezone.now()
    )


def call_off(job: Job) -> None:
    """Stop it while it waits or is worked on; the worker notices. The caller holds the row's lock."""
    job.move_to(Job.State.CANCELLED)
    job.lease_until = None
    job.save(update_fields=["state", "lease_until", "updated_at"])


def try_again(job: Job) -> None:
    """Ask once more for what failed; what was done is not done again. The caller holds the row's lock."""
    if job.state != Job.State.FAILED:
        raise Refused("Only what could not be made is asked for again.")
    job.move_to(Job.State.REQUESTED)
    job.failure, job.attempts = "", 0
    job.save(update_fields=["state", "failure", "attempts", "updated_at"])
