"""An entry can lose who a person was, and nothing else: its label becomes “Erased” and its facts go.

Whoever is erased may not be found in the record any more; what was done, when and by which account stays as it was.
"""

from django.db import migrations

KEPT = ("id", "at", "verb", "subject_kind", "subject_key", "scope")
SQLITE_KEPT = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in (*KEPT, "actor_id"))
POSTGRESQL_KEPT = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in (*KEPT, "actor_id"))
SQLITE = f"""
CREATE TRIGGER audit_entry_is_final
BEFORE UPDATE ON audit_entry
WHEN NOT ({SQLITE_KEPT} AND NEW.subject_label = 'Erased' AND NEW.facts = '{{}}')
BEGIN
  SELECT RAISE(ABORT, 'An entry of the record cannot be changed.');
END
"""
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {POSTGRESQL_KEPT} AND NEW.subject_label = 'Erased' AND NEW.facts = '{{}}'::jsonb THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'An entry of the record cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
STRICT = """
CREATE TRIGGER audit_entry_is_final
BEFORE UPDATE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'An entry of the record cannot be changed.');
END
"""
STRICT_POSTGRESQL = """
CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An entry of the record cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def forgive(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_entry_is_final")
        schema_editor.execute(SQLITE)
    else:
        schema_editor.execute(POSTGRESQL)


def be_strict(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_entry_is_final")
        schema_editor.execute(STRICT)
    else:
        schema_editor.execute(STRICT_POSTGRESQL)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_entries_are_final")]

    operations = [migrations.RunPython(forgive, be_strict)]
