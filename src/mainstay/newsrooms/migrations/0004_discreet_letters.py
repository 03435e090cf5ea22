from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("newsrooms", "0003_key_expiry_and_mirrors"),
    ]

    operations = [
        migrations.AddField(
            model_name="newsroom",
            name="discreet_letters",
            field=models.BooleanField(default=False, help_text="Letters that don't tell what they are about."),
        ),
        migrations.AddField(
            model_name="newsroom",
            name="discreet_from",
            field=models.CharField(
                blank=True, default="", help_text="The neutral sender of discreet letters.", max_length=120
            ),
        ),
    ]
