import cqo_portal.migrating
import cqo_portal.sealed
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=30, verbose_name='种类')),
                ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='parties.office', verbose_name='管辖机构')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='parties.institution', verbose_name='机构')),
                ('target', models.UUIDField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('acting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.assignment')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                ('year', models.PositiveSmallIntegerField(null=True, verbose_name='年度')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('size', models.PositiveIntegerField(verbose_name='大小（字节）')),
                ('digest', models.CharField(max_length=64)),
                ('file', models.FileField(upload_to='imports/')),
                ('sheet', models.CharField(blank=True, max_length=100, verbose_name='工作表')),
                ('state', models.CharField(choices=[('reading', '正在读取'), ('to_decide', '待确认'), ('applying', '正在导入'), ('done', '已导入'), ('failed', '读取失败'), ('discarded', '已作废')], default='reading', max_length=12, verbose_name='状态')),
                ('moved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('good_rows_only', models.BooleanField(default=False, verbose_name='只导入没有问题的行')),
                ('layout', models.JSONField(default=dict)),
                ('says', models.JSONField(default=list)),
                ('counts', models.JSONField(default=dict)),
                ('failure', models.TextField(blank=True, verbose_name='未能读取的原因')),
            ],
            options={
                'verbose_name': '导入',
                'indexes': [models.Index(fields=['office', '-at', '-id'], name='import_of_office'), models.Index(fields=['institution', '-at', '-id'], name='import_of_institution')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('institution', None), ('office__isnull', False)), models.Q(('institution__isnull', False), ('office', None)), _connector='OR'), name='import_has_one_holder'), models.UniqueConstraint(condition=models.Q(('state__in', ('discarded', 'failed')), _negated=True), fields=('office', 'institution', 'kind', 'target', 'year', 'sheet', 'digest'), name='import_same_file_once', nulls_distinct=False)],
                'triggers': [pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{applying:done,applying:to_decide,failed:discarded,reading:failed,reading:to_decide,to_decide:applying,to_decide:discarded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='d3c71829c542971a1dc29409866c65ab3460c2ae', operation='UPDATE', pgid='pgtrigger_only_known_moves_2e3ba', table='imports_importrun', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'imports.importrun' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='29baafac26b8bf01e12e8f3264bc969881e9d10c', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_c4ab7', table='imports_importrun', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='imports.importrun')),
                ('number', models.PositiveIntegerField(verbose_name='行')),
                ('outcome', models.CharField(choices=[('new', '新增'), ('changed', '更新'), ('same', '没有变化'), ('refused', '有误')], max_length=10, verbose_name='后果')),
                ('remarked', models.BooleanField(default=False, verbose_name='有提示')),
                ('key_index', models.CharField(blank=True, max_length=64)),
                ('hidden', models.BooleanField(default=False)),
                ('line', cqo_portal.sealed.SealedJSONField()),
                ('told', cqo_portal.sealed.SealedJSONField()),
                ('fixed', cqo_portal.sealed.SealedJSONField(default=dict)),
            ],
            options={
                'verbose_name': '导入的行',
                'ordering': ['number'],
                'indexes': [models.Index(fields=['run', 'outcome', 'number'], name='import_row_by_outcome'), models.Index(condition=models.Q(('key_index', ''), _negated=True), fields=['run', 'key_index'], name='import_row_by_key')],
                'constraints': [models.UniqueConstraint(fields=('run', 'number'), name='import_row_once')],
            },
        ),
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('run_id', models.UUIDField(primary_key=True, serialize=False)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': '导入进度',
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
