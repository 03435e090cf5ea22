"""A card whose bank wants its holder before it is saved has a row until that is known."""

import django.db.models.deletion
import mainstay.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('collection', '0010_old_bank_lines_are_counted'),
        ('contributions', '0005_moving_to'),
        ('newsrooms', '0006_live_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='Saving',
            fields=[
                ('next_action_at', models.DateTimeField(blank=True, null=True)),
                ('claim_token', models.CharField(blank=True, default='', max_length=32)),
                ('claim_until', models.DateTimeField(blank=True, null=True)),
                ('id', models.UUIDField(default=mainstay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('remote_id', models.CharField(max_length=120)),
                ('warned', models.BooleanField(help_text="Its country's warning was accepted: the promise gets an end.")),
                ('wanted', models.BooleanField(default=True, help_text='No other card was given since.')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='savings', to='newsrooms.processoraccount')),
                ('contribution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='savings', to='contributions.contribution')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('wanted', True)), fields=('contribution',), name='saving_one_wanted')],
            },
        ),
    ]
