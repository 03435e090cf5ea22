"""Since which day a company has known nothing of what was sent to it; and words with the apostrophe of all others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contributions', '0006_installment_named'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='missing_since',
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='state',
            field=models.CharField(choices=[('created', 'written down'), ('prepared', 'prepared'), ('sent', 'sent'), ('succeeded', 'succeeded'), ('declined', 'declined'), ('rejected', 'rejected'), ('pending', 'on its way'), ('action_required', 'waits for the reader’s bank'), ('unknown', 'not answered yet'), ('not_executed', 'not carried out'), ('cancelled', 'cancelled'), ('expired', 'expired')], default='created', max_length=16),
        ),
        migrations.AlterField(
            model_name='installment',
            name='state',
            field=models.CharField(choices=[('scheduled', 'scheduled'), ('due', 'due'), ('collecting', 'being collected'), ('paid', 'paid'), ('retrying', 'will be tried again'), ('action_required', 'waits for the reader’s bank'), ('pending', 'on its way'), ('unknown', 'not answered yet'), ('skipped', 'skipped'), ('uncollectible', 'given up')], default='scheduled', max_length=16),
        ),
    ]
