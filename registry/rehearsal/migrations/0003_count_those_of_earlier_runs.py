from django.db import migrations
from django.db.models import F


def count_those_of_earlier_runs(apps, schema_editor):
    """What the page of a result counted anew each time it was opened, for the runs there are already."""
    Rehearsal, Outcome = apps.get_model("rehearsal", "Rehearsal"), apps.get_model("rehearsal", "Outcome")
    for run in Rehearsal.objects.all():
        changed = Outcome.objects.filter(rehearsal=run).exclude(before=F("after"))
        for lines in changed.values_list("clauses", flat=True).iterator():
            for line in lines:
                said = {"label": line["label"], "cites": line["cites"], "count": 0}
                run.decided_by.setdefault(line["key"], said)["count"] += 1
        run.save(update_fields=["decided_by"])


class Migration(migrations.Migration):
    """Apart from the change of the table, whose lock would be held while every outcome is read."""

    dependencies = [("rehearsal", "0002_count_clauses_with_the_run")]

    operations = [migrations.RunPython(count_those_of_earlier_runs, migrations.RunPython.noop)]
