"""The import of a file becomes work behind the page; files of before are waiting for their owner, or imported."""

from typing import Any

from django.conf import settings
from django.db import migrations, models


def say_what_was_imported(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("stakeholders", "RegisterImport").objects.using(schema_editor.connection.alias)
    rows.filter(ready_at__isnull=False).update(state="ready")


class Migration(migrations.Migration):
    dependencies = [
        ("stakeholders", "0006_roles_over_time_and_people_put_together"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterModelOptions(name="registerimport", options={"verbose_name": "import"}),
        migrations.RenameField("registerimport", "applied_at", "ready_at"),
        migrations.AddField(
            "registerimport",
            "state",
            models.CharField(
                choices=[
                    ("staged", "Waiting for you"),
                    ("requested", "Waiting"),
                    ("building", "Being imported"),
                    ("ready", "Imported"),
                    ("failed", "Failed"),
                    ("cancelled", "Stopped"),
                ],
                default="staged",
                max_length=10,
            ),
        ),
        migrations.AddField("registerimport", "done", models.PositiveIntegerField(default=0)),
        migrations.AddField("registerimport", "total", models.PositiveIntegerField(default=0)),
        migrations.AddField("registerimport", "lease_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("registerimport", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("registerimport", "failure", models.CharField(blank=True, default="", max_length=300)),
        migrations.RunPython(say_what_was_imported, migrations.RunPython.noop),
        migrations.AddConstraint(
            "registerimport",
            models.CheckConstraint(
                condition=models.Q(models.Q(("state", "ready"), _negated=True), ("ready_at__isnull", False), _connector="OR"),
                name="file_imported_has_a_moment",
            ),
        ),
    ]
