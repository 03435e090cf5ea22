"""Staff have passkeys, codes to enter with once, and a word that may rest."""

import django.db.models.deletion
import mainstay.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("newsrooms", "0004_discreet_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryCode",
            fields=[
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="entry_code",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="role",
            name="admin_until",
            field=models.DateTimeField(
                help_text="When somebody who was an admin ceased to be one.", null=True
            ),
        ),
        migrations.AddField(
            model_name="role",
            name="voice_by",
            field=models.CharField(
                blank=True, default="", help_text="Who made their word rest, and can't end it.", max_length=40
            ),
        ),
        migrations.AddField(
            model_name="role",
            name="voice_from",
            field=models.DateTimeField(
                help_text="From then on their word counts where two are needed; empty: it does.", null=True
            ),
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=mainstay.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("label", models.CharField(max_length=40)),
                ("credential_id", models.BinaryField(max_length=1023, unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.PositiveBigIntegerField(default=0)),
                ("added_on", models.DateField()),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passkeys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
