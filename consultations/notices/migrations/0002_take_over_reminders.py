"""The steps of the plans of reminders become steps of the plan of their consultation."""

from django.db import migrations

KINDS = {"not_submitted": "closing", "not_started": "not_started", "started": "started"}
BATCH = 500


def take_over(apps, schema_editor):
    ReminderPlan = apps.get_model("invitations", "ReminderPlan")
    PlannedStep = apps.get_model("notices", "PlannedStep")
    made = []
    for old in ReminderPlan.objects.order_by("pk").iterator(chunk_size=BATCH):
        made.append(
            PlannedStep(
                public_id=old.public_id,
                consultation_id=old.consultation_id,
                kind=KINDS[old.audience],
                anchor="closes",
                days=-old.days_before_close,
                local_time=old.local_time,
                message=old.message,
                stopped_at=old.stopped_at,
            )
        )
    PlannedStep.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notices", "0001_initial"), ("invitations", "0001_initial")]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True)]
