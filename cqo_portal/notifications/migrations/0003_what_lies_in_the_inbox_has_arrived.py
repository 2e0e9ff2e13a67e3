from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_reminders")]

    operations = [
        migrations.RunSQL(
            "UPDATE notifications_message SET state = 'sent', sent_at = created_at WHERE channel = 'inbox'",
            migrations.RunSQL.noop,
        )
    ]
