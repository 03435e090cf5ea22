"""Whether ways to pay that name no country are offered after a warning is a switch of each country's rule."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsrooms', '0006_live_on'),
    ]

    operations = [
        migrations.AddField(
            model_name='countryrule',
            name='unnamed',
            field=models.BooleanField(default=False),
        ),
    ]
