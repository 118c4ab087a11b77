"""What came in before there was a register: every document of a submission that was sent gets its entry."""

from django.db import migrations

THERE = ["submitted", "accepted", "coded", "considered", "duplicate", "rejected"]
BATCH = 500


def take_in(apps, schema_editor):
    EvidenceDocument = apps.get_model("submissions", "EvidenceDocument")
    EvidenceItem = apps.get_model("evidence", "EvidenceItem")
    Source = apps.get_model("evidence", "Source")
    sent = EvidenceDocument.objects.filter(submission__state__in=THERE, submission__is_test=False, source=None)
    last = 0
    while documents := list(sent.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for document in documents:
            item, _ = EvidenceItem.objects.get_or_create(
                sha256=document.sha256,
                defaults={
                    "file_name": document.file_name,
                    "content_type": document.content_type,
                    "size": document.size,
                    "title": document.title,
                },
            )
            Source.objects.get_or_create(document=document, defaults={"item": item})
        last = documents[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("evidence", "0001_register_of_evidence")]

    operations = [migrations.RunPython(take_in, migrations.RunPython.noop, elidable=True)]
