from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moving", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="checkup",
            name="confirmed",
            field=models.JSONField(
                default=dict,
                help_text="What only a person can see, by whom it was confirmed and when.",
            ),
        )
    ]
