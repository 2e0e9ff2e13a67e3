import cqo_portal.migrating
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
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
            name='Case',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='parties.organisation')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='parties.office')),
                ('by_county', models.BooleanField(default=False, verbose_name='县局撰写')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('at_county', '待县级报送'), ('at_city', '待市局遴选'), ('selected', '已选为标杆'), ('published', '已公布'), ('declined', '未入选'), ('withdrawn', '已撤下'), ('discarded', '已作废')], default='draft', max_length=12, verbose_name='状态')),
                ('field', models.CharField(max_length=20, verbose_name='方法或行业')),
                ('summary', models.TextField(verbose_name='摘要')),
                ('situation', models.TextField(verbose_name='背景与问题')),
                ('done', models.TextField(verbose_name='做法')),
                ('result', models.TextField(verbose_name='成效')),
                ('papers', models.TextField(blank=True, verbose_name='佐证材料')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('moved_at', models.DateTimeField(auto_now_add=True, verbose_name='到本环节时间')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='提交县局时间')),
                ('handed_in_at', models.DateTimeField(null=True, verbose_name='报送市局时间')),
                ('published_on', models.DateField(null=True, verbose_name='公布日期')),
                ('officers', models.ManyToManyField(blank=True, related_name='cases', to='registry.officer')),
            ],
            options={
                'verbose_name': '典型经验',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='case_search'), models.Index(fields=['pinyin', 'id'], name='case_pinyin'), models.Index(fields=['office', 'state', 'moved_at'], name='case_queue'), models.Index(fields=['-moved_at', '-id'], name='case_moved'), models.Index(condition=models.Q(('state', 'published')), fields=['-published_on', '-id'], name='case_published')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['discarded', 'declined', 'withdrawn']), _negated=True), fields=('organisation', 'name'), name='case_title_once', violation_error_message='本企业已有一篇同名的典型经验。'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_on__isnull', False), _connector='OR'), name='case_published_has_its_day'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['at_city', 'selected', 'published', 'declined']), _negated=True), ('handed_in_at__isnull', False), _connector='OR'), name='case_at_city_was_handed_in')],
                'triggers': [pgtrigger.compiler.Trigger(name='handed_over_stays_said', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."state" = \'draft\'))', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "name", "field", "summary", "situation", "done", "result", "papers" rows from % table\', TG_TABLE_NAME;', hash='36ee791a9947603d504834bafd130d38ace965fe', operation='UPDATE OF "name", "field", "summary", "situation", "done", "result", "papers"', pgid='pgtrigger_handed_over_stays_said_8a639', table='talent_case', when='BEFORE')), pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{at_city:declined,at_city:selected,at_city:withdrawn,at_county:at_city,at_county:draft,at_county:withdrawn,draft:at_city,draft:at_county,draft:discarded,published:withdrawn,selected:published,selected:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='2b34e96f267ec7a61eefef3b7c153173f68c682f', operation='UPDATE', pgid='pgtrigger_only_known_moves_38ed0', table='talent_case', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'talent.case' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='fa1b17c18df927e6d6a53b06116a671c006f676a', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_ff6c0', table='talent_case', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consent_rows', to='talent.case')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer')),
                ('given', models.BooleanField(verbose_name='同意公布')),
                ('name', models.CharField(max_length=100, verbose_name='签写的姓名')),
                ('text_digest', models.CharField(max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '公布同意',
                'abstract': False,
                'indexes': [models.Index(fields=['case', 'id'], name='consent_of_case')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4892274abf7fcfd3c44716c505d0505e9b18c2aa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8e05f', table='talent_consent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PoolEntry',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pool_entries', to='parties.person')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pool_entries', to='registry.officer')),
                ('city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.office')),
                ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.office')),
                ('basis', models.CharField(choices=[('trained', '培训入库'), ('selected', '选聘专家')], max_length=12, verbose_name='入库依据')),
                ('rule_edition', models.CharField(max_length=40, verbose_name='规则版本')),
                ('clause', models.CharField(max_length=40, verbose_name='条款代号')),
                ('cites', models.CharField(max_length=60, verbose_name='条款')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='专长')),
                ('state', models.CharField(choices=[('in_pool', '在库'), ('left', '已出库')], default='in_pool', max_length=10, verbose_name='状态')),
                ('availability', models.CharField(choices=[('free', '可以承担'), ('busy', '暂时没空'), ('away', '不承担任务')], default='free', max_length=8, verbose_name='可否承担')),
                ('busy_until', models.DateField(null=True, verbose_name='忙到')),
                ('entered_on', models.DateField(verbose_name='入库日期')),
                ('left_on', models.DateField(null=True, verbose_name='出库日期')),
                ('consent_name', models.CharField(blank=True, max_length=100, verbose_name='本人同意入库（签写姓名）')),
            ],
            options={
                'verbose_name': '人才库',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='poolentry_search'), models.Index(fields=['pinyin', 'id'], name='poolentry_pinyin'), models.Index(fields=['city', 'state', 'pinyin', 'id'], name='poolentry_of_city'), django.contrib.postgres.indexes.GinIndex(fields=['fields'], name='poolentry_fields')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'in_pool')), fields=('person', 'basis'), name='poolentry_once_a_basis'), models.CheckConstraint(condition=models.Q(models.Q(('left_on__isnull', False), ('state', 'left')), models.Q(('left_on', None), ('state', 'in_pool')), _connector='OR'), name='poolentry_left_has_its_day'), models.CheckConstraint(condition=models.Q(('left_on', None), ('left_on__gte', models.F('entered_on')), _connector='OR'), name='poolentry_leaves_after_it_enters'), models.CheckConstraint(condition=models.Q(models.Q(('availability', 'busy'), ('busy_until__isnull', False)), models.Q(models.Q(('availability', 'busy'), _negated=True), ('busy_until', None)), _connector='OR'), name='poolentry_busy_until_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('fields', []), _negated=True), ('basis', 'trained'), _connector='OR'), name='poolentry_has_a_field'), models.CheckConstraint(condition=models.Q(models.Q(('consent_name', ''), _negated=True), ('basis', 'trained'), _connector='OR'), name='poolentry_was_agreed_to')],
                'triggers': [pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{in_pool:left}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='a6c1e07ff9087e7054352214850635f2b1cbd6b5', operation='UPDATE', pgid='pgtrigger_only_known_moves_caa08', table='talent_poolentry', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'talent.poolentry' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='6483f0358948087d0854c558b955357d3582a2cf', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_a4356', table='talent_poolentry', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PoolMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='talent.poolentry')),
                ('kind', models.CharField(choices=[('entered', '入库'), ('left', '出库'), ('availability', '可否承担')], max_length=12, verbose_name='事项')),
                ('on', models.DateField(verbose_name='日期')),
                ('said', models.CharField(blank=True, max_length=60, verbose_name='内容')),
                ('reason', models.TextField(blank=True, verbose_name='理由')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '人才库进出',
                'ordering': ['-id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind__in', ['entered', 'left'])), fields=('entry', 'kind'), name='poolmove_in_and_out_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0151787db7e3cbbca8d7a911034f4fe8835405c8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f1c26', table='talent_poolmove', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Pairing',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='parties.office')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='registry.officer')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings_given', to='parties.organisation')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings_taken', to='parties.organisation')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='talent.case')),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='talent.poolentry')),
                ('size_reason', models.TextField(blank=True, verbose_name='不是更小企业时的理由')),
                ('goal', models.TextField(verbose_name='目标')),
                ('begins_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(verbose_name='结束日期')),
                ('state', models.CharField(choices=[('proposed', '待双方同意'), ('mentor_agreed', '待受助企业同意'), ('learner_agreed', '待标杆企业同意'), ('under_way', '结对中'), ('declined', '未同意'), ('cancelled', '已取消'), ('closed', '已结束')], default='proposed', max_length=16, verbose_name='状态')),
                ('outcome', models.CharField(blank=True, choices=[('reached', '达到目标'), ('partly', '部分达到'), ('not_reached', '未达到')], max_length=12, verbose_name='结果')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('moved_at', models.DateTimeField(auto_now_add=True, verbose_name='到本环节时间')),
            ],
            options={
                'verbose_name': '结对',
                'indexes': [models.Index(fields=['office', '-moved_at', '-id'], name='pairing_of_city'), models.Index(fields=['mentor'], name='pairing_mentor'), models.Index(fields=['learner'], name='pairing_learner')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'mentor_agreed', 'learner_agreed', 'under_way'))), fields=('officer', 'learner'), name='pairing_once_at_a_time'), models.CheckConstraint(condition=models.Q(('mentor', models.F('learner')), _negated=True), name='pairing_of_two'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('begins_on'))), name='pairing_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('state', 'closed'), _negated=True), ('outcome', '')), _connector='OR'), name='pairing_closed_has_its_outcome'), models.CheckConstraint(condition=models.Q(('case__isnull', False), ('entry__isnull', False), _connector='OR'), name='pairing_has_its_ground')],
                'triggers': [pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{learner_agreed:cancelled,learner_agreed:declined,learner_agreed:under_way,mentor_agreed:cancelled,mentor_agreed:declined,mentor_agreed:under_way,proposed:cancelled,proposed:declined,proposed:learner_agreed,proposed:mentor_agreed,under_way:cancelled,under_way:closed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='ce6cc1d471f692f3d94b31e282b45baad9de9ac6', operation='UPDATE', pgid='pgtrigger_only_known_moves_30c0d', table='talent_pairing', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'talent.pairing' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='b11cb5d9a8f7b029a20a58bb99fe184021d86ba0', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_ecb35', table='talent_pairing', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pairing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='talent.pairing')),
                ('held_on', models.DateField(verbose_name='日期')),
                ('what', models.TextField(verbose_name='内容')),
                ('result', models.TextField(blank=True, verbose_name='结果')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by_side', models.CharField(max_length=200, verbose_name='记录方')),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '结对记录',
                'ordering': ['held_on', 'id'],
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d2ec9ee042c62b2a40a0f15d928748a262ea0231', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ef70f', table='talent_meeting', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
