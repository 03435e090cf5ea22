"""A gift may be given in the name of a reader who can't."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0002_anchor_number"),
    ]

    operations = [
        migrations.AddField(
            model_name="contribution",
            name="for_another",
            field=models.BooleanField(default=False, help_text="In the name of a reader who can't give."),
        ),
    ]
