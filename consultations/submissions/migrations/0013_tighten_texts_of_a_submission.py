"""A text is an answer to a survey or the one statement of its submission, and always somebody's."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("submissions", "0012_fill_texts_of_a_submission")]

    operations = [
        migrations.AlterField(
            "textanswer",
            "submission",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="submissions.submission"
            ),
        ),
        migrations.AddConstraint(
            "textanswer",
            models.UniqueConstraint(
                fields=["submission"], condition=Q(response=None), name="one_statement_per_submission"
            ),
        ),
        migrations.AddConstraint(
            "textanswer",
            models.CheckConstraint(
                condition=Q(response=None, question_code="") | (Q(response__isnull=False) & ~Q(question_code="")),
                name="text_is_an_answer_or_the_statement",
            ),
        ),
    ]
