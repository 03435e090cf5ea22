"""Words with the apostrophe of all others. Nothing in the database changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0011_cards_left_at_their_bank'),
    ]

    operations = [
        migrations.AlterField(
            model_name='difference',
            name='kind',
            field=models.CharField(choices=[('amount', 'another amount or currency than we asked for'), ('fee', 'another fee than is booked'), ('unknown_payment', 'money that no promise asked for'), ('unknown_object', 'news of something that we don’t have'), ('unknown_line', 'a line of the company’s books that we can’t read'), ('missing_there', 'a payment that the company doesn’t have'), ('missing_promise', 'a promise that was lost with a backup'), ('refund', 'a refund that doesn’t fit its payment'), ('dispute', 'a dispute that doesn’t fit its payment'), ('balance', 'another balance than our books have'), ('unresolved', 'nobody knows what became of a payment'), ('late', 'money that came after we had given it up'), ('wrong_account', 'news that was meant for another account')], max_length=20),
        ),
    ]
