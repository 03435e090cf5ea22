"""Many supporters looked up by one person are an alarm."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alarms", "0005_rejected"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("no_payment", "no_payment"),
                    ("inbox_silent", "inbox_silent"),
                    ("declines", "declines"),
                    ("attack", "attack"),
                    ("rejected", "rejected"),
                    ("unresolved", "unresolved"),
                    ("differences", "differences"),
                    ("announced", "announced"),
                    ("look_ups", "look_ups"),
                    ("statement", "statement"),
                    ("worker_gone", "worker_gone"),
                    ("people_key_locked", "people_key_locked"),
                ],
                max_length=20,
            ),
        ),
    ]
