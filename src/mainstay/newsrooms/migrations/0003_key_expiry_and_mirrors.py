"""Keys have a day from which staff are told to replace them; signed lists of addresses have a table."""

import django.db.models.deletion
from django.db import migrations, models

import mainstay.core.ids


class Migration(migrations.Migration):
    dependencies = [("newsrooms", "0002_country_rules_and_proposals")]

    operations = [
        migrations.AddField("publickey", "expires_on", models.DateField(blank=True, help_text="From then on staff are told to replace it.", null=True)),
        migrations.CreateModel(
            name="MirrorList",
            fields=[
                ("id", models.UUIDField(default=mainstay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("content", models.TextField()),
                ("signature", models.TextField()),
                ("day", models.DateField()),
                ("newsroom", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="mirror_lists", to="newsrooms.newsroom")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("newsroom", "version"), name="mirror_list_one_each")],
            },
        ),
    ]
