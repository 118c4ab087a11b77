"""From which moment to which an earlier extension moved the close, as the record of acts keeps it."""

from datetime import datetime

from django.db import migrations


def fill(apps, schema_editor):
    StateChange = apps.get_model("programme", "StateChange")
    Entry = apps.get_model("audit", "Entry")
    rows = StateChange.objects.filter(what="extended", closes_after=None).exclude(reason="").order_by("pk")
    for consultation in list(rows.order_by().values_list("consultation", flat=True).distinct()):
        acts = Entry.objects.filter(
            verb="consultation.extended", subject_kind="programme.consultation", subject_key=str(consultation)
        )
        spans = [entry.facts.get("closes_at") or [None, None] for entry in acts.order_by("at", "pk")]
        changes = list(rows.filter(consultation=consultation))
        if len(spans) != len(changes):
            continue  # The record and the timeline do not tell the same; nothing is guessed.
        for change, (before, after) in zip(changes, spans, strict=True):
            if before and after and datetime.fromisoformat(after) > datetime.fromisoformat(before):
                change.closes_before, change.closes_after = datetime.fromisoformat(before), datetime.fromisoformat(after)
                change.save(update_fields=["closes_before", "closes_after"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("programme", "0004_moments_of_extensions"), ("audit", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
