"""The series of numbers moved to the floor; its table stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_changes_and_entries"),
        ("workflow", "0002_series_of_numbers"),
    ]

    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Series")])]
