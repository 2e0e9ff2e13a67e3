import cqo_portal.migrating
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
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
        django.contrib.postgres.operations.BtreeGistExtension(
        ),
        migrations.CreateModel(
            name='BodyRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='body_records', to='parties.institution')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.office', verbose_name='登记机关')),
                ('jurisdiction', models.CharField(max_length=20, verbose_name='评价所依据的规则')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('submitted', '等待登记'), ('returned', '已退回'), ('in_force', '在案'), ('suspended', '已暂停'), ('ended', '已终止')], default='draft', max_length=10, verbose_name='状态')),
                ('credit_code', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('rules_title', models.CharField(max_length=200, verbose_name='评价管理制度')),
                ('resources', models.TextField(verbose_name='场所、设备和资源')),
                ('authority', models.CharField(max_length=200, verbose_name='主管部门')),
                ('authority_contact', models.CharField(max_length=200, verbose_name='主管部门的联系方式')),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='登记文号')),
                ('first_day', models.DateField(null=True, verbose_name='起始日期')),
                ('last_day', models.DateField(null=True, verbose_name='截止日期')),
                ('ended_on', models.DateField(null=True, verbose_name='终止日期')),
                ('moved_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '评价机构登记',
                'ordering': ['-moved_at', '-id'],
                'indexes': [models.Index(fields=['office', 'state', '-moved_at'], name='bodyrecord_of_office'), models.Index(fields=['-moved_at', '-id'], name='bodyrecord_moved')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'returned'])), fields=('institution',), name='bodyrecord_one_asked_for'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('first_day__isnull', False), models.Q(('ended_on', None), ('ended_on__gte', models.F('first_day')), _connector='OR')), expressions=[(models.F('institution'), '='), (models.Func(models.F('first_day'), django.db.models.functions.comparison.Least(models.Func(models.F('last_day'), output_field=models.DateField(), template='(%(expressions)s + 1)'), models.F('ended_on')), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='bodyrecord_one_on_a_day'), models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='bodyrecord_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('document', ''), ('first_day', None), ('last_day', None), ('state__in', ['draft', 'submitted', 'returned'])), models.Q(('first_day__isnull', False), ('state__in', ['in_force', 'suspended', 'ended']), models.Q(('document', ''), _negated=True)), _connector='OR'), name='bodyrecord_filed_has_its_document'), models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', False), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_on', None)), _connector='OR'), name='bodyrecord_ended_has_its_day')],
                'triggers': [pgtrigger.compiler.Trigger(name='bodyrecord_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='83319eed2a59e968d53815086b0f19a176da20a4', operation='DELETE', pgid='pgtrigger_bodyrecord_stays_0f4d5', table='bodies_bodyrecord', when='BEFORE')), pgtrigger.compiler.Trigger(name='whose_it_is_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "institution_id" rows from % table\', TG_TABLE_NAME;', hash='1e3f19b2c02ac23b3248a248f278e317f40f00ae', operation='UPDATE OF "institution_id"', pgid='pgtrigger_whose_it_is_stays_e5fe8', table='bodies_bodyrecord', when='BEFORE')), pgtrigger.compiler.Trigger(name='submitted_stays_said', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."state" IN (\'draft\', \'returned\')))', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "office_id", "jurisdiction", "credit_code", "rules_title", "resources", "authority", "authority_contact" rows from % table\', TG_TABLE_NAME;', hash='0bcd68eedb76cee8bc2235cdd84de305d9572123', operation='UPDATE OF "office_id", "jurisdiction", "credit_code", "rules_title", "resources", "authority", "authority_contact"', pgid='pgtrigger_submitted_stays_said_8e066', table='bodies_bodyrecord', when='BEFORE')), pgtrigger.compiler.Trigger(name='filed_stays_filed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."state" = \'submitted\'))', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "document", "first_day", "last_day" rows from % table\', TG_TABLE_NAME;', hash='07479d54433c689523f7bf321624edab682f7476', operation='UPDATE OF "document", "first_day", "last_day"', pgid='pgtrigger_filed_stays_filed_3e1a6', table='bodies_bodyrecord', when='BEFORE')), pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:submitted,in_force:ended,in_force:suspended,returned:submitted,submitted:in_force,submitted:returned,suspended:ended,suspended:in_force}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='ae32a77f5bab9d77b02fc6104890fcb7b8f8d348', operation='UPDATE', pgid='pgtrigger_only_known_moves_062f5', table='bodies_bodyrecord', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'bodies.bodyrecord' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='04626726ab91638ba821c81ca58bd461bc7a2731', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_22768', table='bodies_bodyrecord', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='bodies.bodyrecord')),
                ('number', models.PositiveSmallIntegerField(verbose_name='次')),
                ('said', models.JSONField()),
                ('papers', models.JSONField()),
                ('on', models.DateField(verbose_name='提交日期')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '登记的提交',
                'ordering': ['-number'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('record', 'number'), name='bodysubmission_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ef09bbd2fdd8d19e9554c8521372955abfdda57e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_83818', table='bodies_submission', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='bodies.bodyrecord')),
                ('first_day', models.DateField(verbose_name='暂停日期')),
                ('last_day', models.DateField(null=True, verbose_name='暂停的最后一天')),
            ],
            options={
                'verbose_name': '暂停',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('last_day', None)), fields=('record',), name='suspension_one_open'), models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', django.db.models.expressions.CombinedExpression(models.F('first_day'), '-', models.Value(datetime.timedelta(days=1)))), _connector='OR'), name='suspension_days_in_order')],
                'triggers': [pgtrigger.compiler.Trigger(name='suspension_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='68a4dce7809b5d48ff802d6860b1dcd9cd6d61f6', operation='DELETE', pgid='pgtrigger_suspension_stays_217ae', table='bodies_suspension', when='BEFORE')), pgtrigger.compiler.Trigger(name='only_its_end_is_written', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF OLD.last_day IS NOT NULL\n       OR to_jsonb(NEW) - 'last_day' IS DISTINCT FROM to_jsonb(OLD) - 'last_day' THEN\n        RAISE EXCEPTION 'of suspension % only its end is written, once', OLD.id;\n    END IF;\n    RETURN NEW;\n", hash='b59bbd35368eeb33ed12c67e3496ee2d89e0b2ea', operation='UPDATE', pgid='pgtrigger_only_its_end_is_written_62747', table='bodies_suspension', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='BodyPaper',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('file', models.FileField(upload_to='papers/%Y/%m/')),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField(verbose_name='大小（字节）')),
                ('pages', models.PositiveSmallIntegerField(verbose_name='页数')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='bodies.bodyrecord')),
                ('kind', models.CharField(choices=[('legal', '登记证书'), ('rules', '评价管理制度'), ('resources', '场所、设备和资源'), ('supervision', '主管部门的文件')], max_length=12, verbose_name='种类')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '评价机构的材料',
                'ordering': ['uploaded_at', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('record', 'digest'), name='bodypaper_once_a_record')],
                'triggers': [pgtrigger.compiler.Trigger(name='bodypaper_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='80ac01dc3a39afe746c422a5967c61eec7bb8488', operation='DELETE', pgid='pgtrigger_bodypaper_is_kept_e2aec', table='bodies_bodypaper', when='BEFORE')), pgtrigger.compiler.Trigger(name='bodypaper_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF to_jsonb(NEW) - 'removed_at' IS DISTINCT FROM to_jsonb(OLD) - 'removed_at'\n       OR OLD.removed_at IS NOT NULL\n       OR NOT EXISTS (SELECT 1 FROM bodies_bodyrecord WHERE id = OLD.record_id AND state IN ('draft', 'returned')) THEN\n        RAISE EXCEPTION 'paper % of a body stays as it is', OLD.id;\n    END IF;\n    RETURN NEW;\n", hash='738d4654d5e5ab3a2c65dbf4e948cd55a1fc152d', operation='UPDATE', pgid='pgtrigger_bodypaper_stays_f764d', table='bodies_bodypaper', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Clocks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='parties.institution')),
                ('formal_review', models.PositiveSmallIntegerField(default=5, verbose_name='形式审查')),
                ('completion', models.PositiveSmallIntegerField(default=15, verbose_name='申请人补充完善材料')),
                ('convening', models.PositiveSmallIntegerField(default=10, verbose_name='组建评价组')),
                ('scoring', models.PositiveSmallIntegerField(default=15, verbose_name='独立评分')),
                ('report', models.PositiveSmallIntegerField(default=10, verbose_name='提交评价报告')),
                ('decision', models.PositiveSmallIntegerField(default=10, verbose_name='作出评价决定')),
                ('appeal_lodging', models.PositiveSmallIntegerField(default=15, verbose_name='提出申诉')),
                ('appeal_answer', models.PositiveSmallIntegerField(default=30, verbose_name='答复申诉')),
                ('aggregation', models.CharField(choices=[('consensus', '合议'), ('mean', '平均')], default='consensus', max_length=12, verbose_name='合成办法')),
                ('panel_size', models.PositiveSmallIntegerField(default=3, verbose_name='评价组人数')),
                ('activities', models.PositiveSmallIntegerField(default=1, verbose_name='每个证书年的继续教育活动（次）')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '评价机构的时限',
                'ordering': ['-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['institution', '-id'], name='clocks_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('appeal_answer__range', (1, 250)), ('appeal_lodging__range', (1, 250)), ('completion__range', (1, 250)), ('convening__range', (1, 250)), ('decision__range', (1, 250)), ('formal_review__range', (1, 250)), ('report__range', (1, 250)), ('scoring__range', (1, 250))), name='clocks_take_a_day_at_least'), models.CheckConstraint(condition=models.Q(('activities__gte', 1), ('panel_size__gte', 1)), name='clocks_ask_for_some')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1a3b05008aac6c606a8f7d1c7380b358323621aa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_abae8', table='bodies_clocks', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
