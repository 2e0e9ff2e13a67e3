"""A provider or an evaluation body was a name beside a role; it becomes a legal person on record."""

import django.db.models.deletion
from django.db import migrations, models

from cqo_portal.parties.search import fold, pinyin_key, spelled, terms_of


def enter_institutions(apps, schema_editor):
    Assignment = apps.get_model("accounts", "Assignment")
    Institution = apps.get_model("parties", "Institution")
    nameless = Assignment.objects.filter(role__in=("body", "provider"), body_name="")
    nameless.update(body_name="名称待补的机构")
    for name in Assignment.objects.exclude(body_name="").values_list("body_name", flat=True).distinct():
        held = Institution.objects.create(
            name=name,
            pinyin=pinyin_key(name)[:600],
            search=terms_of(name, codes=("", "")),
            haystack=" ".join(
                fold(text) for text in (name, *(part for sound in sorted(spelled(name)) for part in sound))
            ),
        )
        Assignment.objects.filter(body_name=name).update(institution=held)


class Migration(migrations.Migration):
    atomic = False  # rows are written between changes of their table

    dependencies = [
        ("accounts", "0001_initial"),
        ("parties", "0002_institutions"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="assignment", name="assignment_once"),
        migrations.AddField(
            model_name="assignment",
            name="institution",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="parties.institution",
            ),
        ),
        migrations.RunPython(enter_institutions, elidable=True),
        migrations.RemoveField(model_name="assignment", name="body_name"),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role__in", frozenset(["body", "provider"])), _negated=True),
                    ("institution__isnull", False),
                    _connector="OR",
                ),
                name="assignment_institutions_have_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=("user", "role", "office", "organisation", "person", "institution"),
                name="assignment_once",
                nulls_distinct=False,
            ),
        ),
    ]
