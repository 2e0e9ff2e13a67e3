"""The series of numbers moves here from the registry; its table stays where it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0001_forms_take_effect_once"),
        ("registry", "0002_changes_and_entries"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Series",
                    fields=[
                        ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                    options={"db_table": "registry_series"},
                )
            ]
        )
    ]
