import cqo_portal.migrating
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('actor_name', models.CharField(max_length=100, verbose_name='操作人')),
                ('acting_as', models.CharField(blank=True, max_length=300, verbose_name='岗位')),
                ('action', models.CharField(max_length=40, verbose_name='动作')),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_id', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=300, verbose_name='对象')),
                ('before', models.CharField(blank=True, max_length=20, verbose_name='原状态')),
                ('after', models.CharField(blank=True, max_length=20, verbose_name='新状态')),
                ('rule_edition', models.CharField(blank=True, max_length=40, verbose_name='规则版本')),
                ('note', models.TextField(blank=True, verbose_name='理由')),
                ('data', models.JSONField(default=dict, verbose_name='内容')),
                ('transaction', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                ('previous', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'indexes': [models.Index(fields=['subject_type', 'subject_id', 'id'], name='event_subject'), models.Index(fields=['actor', 'id'], name='event_actor')],
                'constraints': [models.UniqueConstraint(fields=('previous',), name='event_chain_never_forks'), models.CheckConstraint(condition=models.Q(('action', ''), _negated=True), name='event_has_an_action')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e1de01de2c9f0df2033cadb85ebc9cff5820c148', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7d947', table='audit_event', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Exported',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exported', to='audit.event')),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
            ],
            options={
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['keys'], name='exported_keys')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8de690f632e642399f6b5f8d2bd79f374c5d0134', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_03f7b', table='audit_exported', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
