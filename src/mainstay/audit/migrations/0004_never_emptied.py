"""PostgreSQL empties a table without asking row by row: a trigger refuses that too, as long as there are rows."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "audit_auditline"
REFUSAL = "lines are never changed or deleted"


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(
        f"CREATE FUNCTION {TABLE}_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS "  # noqa: S608 (constants of this file)
        f"$$ BEGIN IF EXISTS (SELECT 1 FROM {TABLE}) THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NULL; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {TABLE}_never_emptied BEFORE TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse_truncate()"
    )


def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(f"DROP TRIGGER {TABLE}_never_emptied ON {TABLE}")
    schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse_truncate()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_day")]
    operations = [migrations.RunPython(forwards, backwards)]
