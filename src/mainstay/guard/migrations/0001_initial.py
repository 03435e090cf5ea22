import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("newsrooms", "0003_key_expiry_and_mirrors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pressure",
            fields=[
                ("newsroom", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="pressure", serialize=False, to="newsrooms.newsroom")),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("began_at", models.DateTimeField(help_text="When the present ten minutes began.")),
                ("tried", models.PositiveIntegerField(default=0)),
                ("declined", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SpentPuzzle",
            fields=[
                ("nonce", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
