"""Counters for every column of every split, and the changes that wait to be folded into them.

Counters are derived: the old ones are dropped, and the next migration has them made anew.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0006_add_second_keying"),
        ("surveys", "0001_initial"),
    ]

    operations = [
        migrations.DeleteModel("Tally"),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question_code", models.CharField(blank=True, default="", max_length=80)),
                ("row_code", models.CharField(blank=True, default="", max_length=170)),
                ("choice_code", models.CharField(blank=True, default="", max_length=80)),
                ("split", models.CharField(blank=True, default="", max_length=10)),
                ("column", models.CharField(blank=True, default="", max_length=20)),
                ("n", models.PositiveIntegerField(default=0)),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tallies", to="surveys.survey"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tallies", to="surveys.surveyversion"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["survey", "split"], name="counters_of_a_survey")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "split", "column", "question_code", "row_code", "choice_code"),
                        name="counted_in_one_place",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.SmallIntegerField()),
                ("columns", models.JSONField()),
                ("marks", models.JSONField()),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tally_changes", to="surveys.survey"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tally_changes",
                        to="surveys.surveyversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("by__in", [1, -1])), name="counted_or_uncounted")
                ],
            },
        ),
    ]
