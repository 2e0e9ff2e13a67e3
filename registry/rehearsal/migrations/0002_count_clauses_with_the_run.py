from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0002_changes_and_entries"),
        ("rehearsal", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="rehearsal",
            name="decided_by",
            field=models.JSONField(default=dict, verbose_name="决定差别的条款"),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(fields=["rehearsal", "id"], name="outcome_in_order"),
        ),
    ]
