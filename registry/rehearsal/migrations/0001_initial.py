import cqo_portal.migrating
import django.db.models.deletion
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('parties', '0001_initial'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rehearsal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rehearsals', to='parties.office')),
                ('against', models.CharField(max_length=40, verbose_name='现行版本')),
                ('edition', models.CharField(max_length=40, verbose_name='预演版本')),
                ('on', models.DateField(verbose_name='按哪一天判断')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='发起时间')),
                ('expected', models.PositiveIntegerField(verbose_name='在任人数')),
                ('cursor', models.UUIDField(null=True)),
                ('judged', models.PositiveIntegerField(default=0, verbose_name='已判')),
                ('decided_by', models.JSONField(default=dict, verbose_name='决定差别的条款')),
                ('done_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('opened_at', models.DateTimeField(null=True, verbose_name='首次打开时间')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '规则预演',
                'ordering': ['-asked_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('office', 'edition', 'on'), name='rehearsal_one_running', violation_error_message='这个版本的预演正在进行。')],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rehearsal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='rehearsal.rehearsal')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer')),
                ('before', models.CharField(max_length=10, verbose_name='现行')),
                ('after', models.CharField(max_length=10, verbose_name='预演')),
                ('clauses', models.JSONField(default=list, verbose_name='条款')),
            ],
            options={
                'verbose_name': '预演结果',
                'abstract': False,
                'indexes': [models.Index(fields=['rehearsal', 'before', 'after', 'id'], name='outcome_change'), models.Index(fields=['rehearsal', 'id'], name='outcome_in_order')],
                'constraints': [models.UniqueConstraint(fields=('rehearsal', 'officer'), name='outcome_once_an_officer')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c5d2f27b284c4892fa1091e8f75b3aa2af2c999d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dfc22', table='rehearsal_outcome', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
