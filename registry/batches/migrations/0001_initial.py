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
        ('audit', '0001_initial'),
        ('notices', '0001_initial'),
        ('parties', '0001_initial'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=40, unique=True, verbose_name='批次号')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='parties.office')),
                ('notice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='notices.notice')),
                ('included_count', models.PositiveSmallIntegerField(verbose_name='上报件数')),
                ('exception_count', models.PositiveSmallIntegerField(verbose_name='例外件数')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='上报时间')),
            ],
            options={
                'verbose_name': '县级批次',
                'abstract': False,
                'indexes': [models.Index(fields=['office', 'at', 'id'], name='batch_of_office')],
                'constraints': [models.CheckConstraint(condition=models.Q(('included_count__gt', 0)), name='batch_sends_something')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='87fe9c79675559a73a540b6daf4a7b12adbb1bee', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1d360', table='batches_batch', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='BatchItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='batches.batch')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batch_items', to='registry.filing')),
                ('place', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('organisation_name', models.CharField(max_length=200, verbose_name='企业')),
                ('officer_name', models.CharField(max_length=200, verbose_name='首席质量官')),
                ('receipt_number', models.CharField(max_length=40, verbose_name='受理号')),
                ('sent', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='batch_item', to='audit.event')),
                ('found', models.TextField(blank=True, verbose_name='核对发现')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='未报理由')),
            ],
            options={
                'verbose_name': '批次内的件',
                'ordering': ['place'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('batch', 'filing'), name='batch_item_once'), models.CheckConstraint(condition=models.Q(models.Q(('found', ''), ('reason', ''), ('sent__isnull', False)), models.Q(models.Q(('sent', None)), models.Q(models.Q(('reason', ''), _negated=True), models.Q(('found', ''), _negated=True), _connector='OR')), _connector='OR'), name='batch_item_is_sent_or_left_with_a_reason')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d292701e2305ee43cda10f9ffd8e16f69f8d6ffd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_78943', table='batches_batchitem', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='notices.notice')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='parties.office')),
                ('on', models.DateField(verbose_name='日期')),
                ('enterprises', models.PositiveIntegerField(verbose_name='提醒企业数')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '催办',
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('notice', 'office', 'on'), name='reminder_once_a_day')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3f617a218df65b1955e8193b8f0199378f1911b9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bb54b', table='batches_reminder', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
