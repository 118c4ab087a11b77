"""Every survey that has responses gets its counters anew: the ones by column were empty after the last migration.

The clock counts them; until then figures count the responses themselves.
"""

import django.db.models.deletion
from django.db import migrations, models


def mark(apps, schema_editor):
    Response, Uncounted = apps.get_model("submissions", "Response"), apps.get_model("submissions", "Uncounted")
    answered = Response.objects.order_by("survey").values_list("survey", flat=True).distinct()
    Uncounted.objects.bulk_create(Uncounted(survey_id=survey) for survey in answered)


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0007_counters_by_column"),
        ("surveys", "0004_more_kinds_and_repeated_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Uncounted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "survey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uncounted", to="surveys.survey"
                    ),
                ),
            ],
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
