"""The database refuses to change what a published version holds, whoever asks.

A later migration that remakes the table on SQLite has to make this trigger again.
"""

from django.db import migrations

SQLITE = """
CREATE TRIGGER surveys_version_is_frozen
BEFORE UPDATE OF definition, sha256, number, survey_id ON surveys_surveyversion
BEGIN
  SELECT RAISE(ABORT, 'A published version of a survey cannot be changed.');
END
"""
POSTGRESQL = """
CREATE FUNCTION surveys_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A published version of a survey cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER surveys_version_is_frozen
BEFORE UPDATE OF definition, sha256, number, survey_id ON surveys_surveyversion
FOR EACH ROW EXECUTE FUNCTION surveys_refuse_change();
"""


def freeze(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SQLITE)
    else:
        schema_editor.execute(POSTGRESQL)


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER surveys_version_is_frozen")
    else:
        schema_editor.execute("DROP TRIGGER surveys_version_is_frozen ON surveys_surveyversion")
        schema_editor.execute("DROP FUNCTION surveys_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [migrations.RunPython(freeze, thaw)]
