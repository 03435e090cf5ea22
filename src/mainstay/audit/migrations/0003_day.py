"""A day's lines are found without reading the whole log: look-ups are counted, and the alarms ask once a minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditline",
            index=models.Index(fields=["day"], name="audit_day"),
        ),
    ]
