"""Changes at the desk that others should know of are an alarm."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alarms", "0002_attack"),
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
                    ("unresolved", "unresolved"),
                    ("differences", "differences"),
                    ("announced", "announced"),
                    ("worker_gone", "worker_gone"),
                    ("people_key_locked", "people_key_locked"),
                ],
                max_length=20,
            ),
        ),
    ]
