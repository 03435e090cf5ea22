"""What bank statements read is kept for each account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0008_direct_debits"),
    ]

    operations = [
        migrations.AddField(
            model_name="accountwatch",
            name="statement",
            field=models.CharField(
                blank=True,
                default="",
                help_text="What bank statements read, by the company's word.",
                max_length=60,
            ),
        ),
        migrations.AddField(
            model_name="accountwatch",
            name="statement_asked_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
