"""Plans of reminders from before there were steps."""

from datetime import time

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from consultations.notices.models import PlannedStep
from tests.factories.programme import ConsultationFactory


@pytest.mark.django_db(transaction=True)
def test_reminders_of_old_plans_become_steps():
    consultation = ConsultationFactory()
    executor = MigrationExecutor(connection)
    executor.migrate([("invitations", "0003_fill_history"), ("notices", "0001_initial")])
    try:
        old = executor.loader.project_state([("invitations", "0003_fill_history")]).apps
        plan = old.get_model("invitations", "ReminderPlan")
        for days, audience in ((14, "not_submitted"), (7, "not_started"), (3, "started")):
            plan.objects.create(
                consultation_id=consultation.pk,
                days_before_close=days,
                local_time=time(9, 30),
                audience=audience,
                message="The board meets.",
            )
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    steps = PlannedStep.objects.order_by("days").values_list("kind", "anchor", "days", "local_time", "message")
    assert list(steps) == [
        ("closing", "closes", -14, time(9, 30), "The board meets."),
        ("not_started", "closes", -7, time(9, 30), "The board meets."),
        ("started", "closes", -3, time(9, 30), "The board meets."),
    ]
