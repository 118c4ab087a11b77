"""The database refuses to change an entry of the record, whoever asks.

Deleting is left to retention, which removes what is older than the law lets us keep. A later migration that remakes
the table on SQLite has to make this trigger again.
"""

from django.db import migrations

SQLITE = """
CREATE TRIGGER audit_entry_is_final
BEFORE UPDATE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'An entry of the record cannot be changed.');
END
"""
POSTGRESQL = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An entry of the record cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_entry_is_final
BEFORE UPDATE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""


def finish(apps, schema_editor):
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL)


def open_again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_entry_is_final")
    else:
        schema_editor.execute("DROP TRIGGER audit_entry_is_final ON audit_entry")
        schema_editor.execute("DROP FUNCTION audit_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(finish, open_again)]
