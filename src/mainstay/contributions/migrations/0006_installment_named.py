"""Installments that still name their remote object are few, and are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0005_moving_to"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="installment",
            index=models.Index(
                condition=models.Q(("remote_id__gt", "")), fields=["due_date"], name="installment_named"
            ),
        ),
    ]
