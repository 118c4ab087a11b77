"""Every text gets its submission, and statements leave the response that they hung on.

A response that was only made for a statement to hang on goes: nobody answered that survey. Its survey is counted anew.
"""

from django.db import migrations

BATCH = 2000


def fill(apps, schema_editor):
    TextAnswer = apps.get_model("submissions", "TextAnswer")
    Response = apps.get_model("submissions", "Response")
    Uncounted = apps.get_model("submissions", "Uncounted")
    unfilled = TextAnswer.objects.filter(submission=None, response__isnull=False).order_by("pk")
    while rows := list(unfilled.select_related("response")[:BATCH]):
        for row in rows:
            row.submission_id = row.response.submission_id
        TextAnswer.objects.bulk_update(rows, ["submission"])
    statements = TextAnswer.objects.filter(question_code="", response__isnull=False).order_by("pk")
    while rows := list(statements[:BATCH]):
        held = [row.response_id for row in rows]
        TextAnswer.objects.filter(pk__in=[row.pk for row in rows]).update(response=None)
        empty = Response.objects.filter(
            pk__in=held, data={}, unfinished={}, revision=0, revisions=None, text_answers=None, files=None
        )
        surveys = set(empty.values_list("survey", flat=True))
        Response.objects.filter(pk__in=list(empty.values_list("pk", flat=True))).delete()
        Uncounted.objects.bulk_create((Uncounted(survey_id=survey) for survey in surveys), ignore_conflicts=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("submissions", "0011_texts_of_a_submission")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
