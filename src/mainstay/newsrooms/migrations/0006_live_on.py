from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsrooms", "0005_staff_voices_and_passkeys")]

    operations = [
        migrations.AddField(
            model_name="newsroom",
            name="live_on",
            field=models.DateField(
                blank=True,
                help_text="When it was found ready to take money. See `newsrooms.live`.",
                null=True,
            ),
        )
    ]
