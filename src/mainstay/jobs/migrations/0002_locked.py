from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="workerheartbeat",
            name="locked",
            field=models.PositiveIntegerField(
                default=0, help_text="What a person must unlock before it can do all."
            ),
        ),
    ]
