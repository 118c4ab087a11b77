"""The five sectors with their kinds, and the areas: no installation starts without them."""

from django.db import migrations

from engagement.stakeholders import classification


def load(apps, schema_editor):
    classification.load(*(apps.get_model("stakeholders", name) for name in ("Sector", "Kind", "Area")))


class Migration(migrations.Migration):
    dependencies = [("stakeholders", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
