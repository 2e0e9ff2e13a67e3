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
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnnualReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annual_reports', to='parties.organisation')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annual_reports', to='parties.office')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('state', models.CharField(choices=[('draft', '草稿'), ('at_county', '待县级接收'), ('returned', '退回补正'), ('received', '已接收'), ('reopened', '重新填报中')], default='draft', max_length=12, verbose_name='状态')),
                ('round', models.PositiveSmallIntegerField(default=0, verbose_name='版次')),
                ('moved_at', models.DateTimeField(auto_now_add=True, verbose_name='到本环节时间')),
                ('rule_edition', models.CharField(blank=True, max_length=40, verbose_name='规则版本')),
                ('draft', cqo_portal.sealed.SealedJSONField(default=dict)),
                ('draft_version', models.PositiveIntegerField(default=1)),
                ('draft_saved_at', models.DateTimeField(auto_now_add=True, verbose_name='保存时间')),
                ('draft_saved_by', models.CharField(blank=True, max_length=100)),
            ],
            options={
                'verbose_name': '年度报告',
                'indexes': [models.Index(fields=['office', 'state', 'moved_at'], name='annual_report_queue')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'year'), name='annual_report_once_a_year'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('round__gt', 0), _connector='OR'), name='annual_report_said_something')],
                'triggers': [pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{at_county:draft,at_county:received,at_county:returned,draft:at_county,received:reopened,reopened:at_county,reopened:received,returned:at_county}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='4f3ddff85a49c2011f63d92db62e9084c508caff', operation='UPDATE', pgid='pgtrigger_only_known_moves_83dd3', table='reports_annualreport', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'reports.annualreport' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='4c9fd2cbf29a46604111a243c6f30b3fe5d3db66', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_3ce2e', table='reports_annualreport', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ReportVersion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='reports.annualreport')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('kind', models.CharField(choices=[('first', '首次报送'), ('corrected', '改后重报'), ('amended', '截止前修改'), ('late', '逾期报送'), ('correcting', '截止后更正')], max_length=12, verbose_name='性质')),
                ('reason', models.TextField(blank=True, verbose_name='修改理由')),
                ('content', cqo_portal.sealed.SealedJSONField()),
                ('summary', models.JSONField(default=dict)),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('on', models.DateField(verbose_name='报送日期')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '年度报告版次',
                'ordering': ['number'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('report', 'number'), name='report_version_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='549012fa50262550a9205e0b42c797254d5f540f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_696ec', table='reports_reportversion', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Reception',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reception', to='reports.reportversion')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='接收时间')),
            ],
            options={
                'verbose_name': '接收',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2af18c9a5799fa31f5116cd43c2442dad8789424', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_be5f1', table='reports_reception', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ReportPin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pins', to='reports.annualreport')),
                ('round', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('section', models.CharField(max_length=20, verbose_name='部分')),
                ('reason', models.TextField(verbose_name='须改正什么')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('report', 'round', 'section'), name='report_pin_once_a_section')],
                'triggers': [pgtrigger.compiler.Trigger(name='sent_stays_said', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."sent_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bcb76ee62b20d1a8b4dc9df762504e50221ba8dc', operation='UPDATE OR DELETE', pgid='pgtrigger_sent_stays_said_bcea3', table='reports_reportpin', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='report_reminders', to='parties.organisation')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '催报',
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('organisation', 'year'), name='report_reminder_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e1694c465399f3caa7e365a285b4c3f6ba3f488f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_55b52', table='reports_reminder', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='RollUp',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roll_ups', to='parties.office')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('state', models.CharField(choices=[('open', '收报中'), ('signed', '已签报锁定')], default='open', max_length=12, verbose_name='状态')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('statement', models.TextField(blank=True, verbose_name='签报说明')),
                ('absences', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': '年度汇总',
                'constraints': [models.UniqueConstraint(fields=('office', 'year'), name='roll_up_once_a_year')],
                'triggers': [pgtrigger.compiler.Trigger(name='signed_stays_signed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'signed\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='18bd1337eae3b031e07c96d70c816ea8683f7046', operation='UPDATE OR DELETE', pgid='pgtrigger_signed_stays_signed_28504', table='reports_rollup', when='BEFORE')), pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:signed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='6217f8640fccd5e88daa2a587c24115f0919c268', operation='UPDATE', pgid='pgtrigger_only_known_moves_bec83', table='reports_rollup', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'reports.rollup' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='a708450ed7f8422ee4b08ada781145b1ccb06686', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_8bc1f', table='reports_rollup', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='SignOff',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('roll_up', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sign_off', to='reports.rollup')),
                ('cut_off', models.DateField(verbose_name='截止日')),
                ('rule_edition', models.CharField(blank=True, max_length=40, verbose_name='规则版本')),
                ('rows', models.JSONField()),
                ('figures', models.JSONField()),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('roster', cqo_portal.sealed.SealedJSONField(default=list)),
                ('roster_digest', models.CharField(blank=True, max_length=64)),
                ('statement', models.TextField(verbose_name='签报说明')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='签报时间')),
            ],
            options={
                'verbose_name': '签报',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8687b7ae0f12aed8f55c51914a1734dc8743837e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b10dc', table='reports_signoff', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
