"""The foundations of productivity and the grand challenges, so that an interest can be recorded from the first day."""

from django.db import migrations

from engagement.stakeholders import classification


def load(apps, schema_editor):
    classification.load_interests(apps.get_model("stakeholders", "Interest"))


class Migration(migrations.Migration):
    dependencies = [("stakeholders", "0004_segments")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
