import cqo_portal.migrating
import cqo_portal.sealed
import django.db.models.deletion
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Appraisal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appraisals', to='registry.officer')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('rule_edition', models.CharField(max_length=40, verbose_name='规则版本')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('state', models.CharField(choices=[('draft', '评价中'), ('decided', '已决定'), ('reopened', '更正中')], default='draft', max_length=12, verbose_name='状态')),
                ('round', models.PositiveSmallIntegerField(default=0, verbose_name='版次')),
                ('moved_at', models.DateTimeField(auto_now_add=True, verbose_name='到本环节时间')),
                ('draft', cqo_portal.sealed.SealedJSONField(default=dict)),
                ('draft_version', models.PositiveIntegerField(default=1)),
                ('draft_saved_at', models.DateTimeField(auto_now_add=True, verbose_name='保存时间')),
                ('draft_saved_by', models.CharField(blank=True, max_length=100)),
            ],
            options={
                'verbose_name': '企业自行评价',
                'constraints': [models.UniqueConstraint(fields=('post', 'year'), name='appraisal_once_a_year'), models.CheckConstraint(condition=models.Q(models.Q(('round', 0), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('round__gt', 0)), _connector='OR'), name='appraisal_decided_said_something')],
                'triggers': [pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{decided:reopened,draft:decided,reopened:decided}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='2a808608b2020355ecedd7cdc25b27249f13bbad', operation='UPDATE', pgid='pgtrigger_only_known_moves_e633c', table='appraisal_appraisal', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'appraisal.appraisal' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='8337941486b53b48f4b6929096c86decdba814b3', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_7aba8', table='appraisal_appraisal', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('appraisal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='appraisal.appraisal')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('rule_edition', models.CharField(max_length=40, verbose_name='规则版本')),
                ('content', cqo_portal.sealed.SealedJSONField()),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('reason', models.TextField(blank=True, verbose_name='更正理由')),
                ('on', models.DateField(verbose_name='决定日期')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '评价决定',
                'ordering': ['number'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('appraisal', 'number'), name='appraisal_decision_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='accdc9d89692442551a8d908a0903ba7b4a7c5af', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2aa0b', table='appraisal_decision', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='appraisal.decision')),
                ('text', cqo_portal.sealed.SealedTextField(verbose_name='本人意见')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '本人意见',
                'ordering': ['at'],
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4d98a979e0d8f3102a9d113e4fd6e3dbe700b2a0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_12bcb', table='appraisal_remark', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
