"""Messages with a calendar file from before their entry's UID stood beside it."""

import re

from django.db import migrations

UID, FOLD = re.compile(r"(?m)^UID:(.+)$"), re.compile(r"\r?\n[ \t]")
BATCH = 500


def fill(apps, schema_editor):
    OutgoingMessage = apps.get_model("messaging", "OutgoingMessage")
    rows = OutgoingMessage.objects.filter(calendar_uid="").exclude(calendar="").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last).only("pk", "calendar", "calendar_uid")[:BATCH]):
        last = batch[-1].pk
        for message in batch:
            found = UID.search(FOLD.sub("", message.calendar))
            message.calendar_uid = found[1].strip()[:200] if found else ""
        OutgoingMessage.objects.bulk_update(batch, ["calendar_uid"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("messaging", "0002_reports_limits_and_a_switch")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
