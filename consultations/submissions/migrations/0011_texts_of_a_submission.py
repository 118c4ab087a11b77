"""A long text belongs to its submission; the written statement to no survey. First the columns, empty."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0010_mail_and_acknowledgements")]

    operations = [
        migrations.AddField(
            "textanswer",
            "submission",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="texts",
                to="submissions.submission",
            ),
        ),
        migrations.AlterField(
            "textanswer",
            "response",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="text_answers",
                to="submissions.response",
            ),
        ),
        migrations.AlterField("textanswer", "question_code", models.CharField(blank=True, max_length=80)),
    ]
