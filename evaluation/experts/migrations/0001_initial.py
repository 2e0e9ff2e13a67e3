import cqo_portal.migrating
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('parties', '0001_initial'),
        ('talent', '0001_initial'),
        ('training', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='parties.person')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experts', to='parties.institution')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name='专长')),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='talent.poolentry')),
                ('reason', models.TextField(blank=True, verbose_name='不经人才库聘任的理由')),
                ('engaged_on', models.DateField(verbose_name='聘任日期')),
                ('ended_on', models.DateField(null=True, verbose_name='解聘日期')),
                ('state', models.CharField(choices=[('engaged', '在聘'), ('ended', '已解聘')], default='engaged', max_length=10, verbose_name='状态')),
                ('busy_until', models.DateField(null=True, verbose_name='暂不承担，到')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('moved_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': '评价专家',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='expert_search'), models.Index(fields=['pinyin', 'id'], name='expert_pinyin'), models.Index(fields=['institution', 'state', 'pinyin', 'id'], name='expert_of_institution'), django.contrib.postgres.indexes.GinIndex(fields=['fields'], name='expert_fields')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'engaged')), fields=('person', 'institution'), name='expert_engaged_once'), models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', False), ('state', 'ended')), models.Q(('ended_on', None), ('state', 'engaged')), _connector='OR'), name='expert_ended_has_its_day'), models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('engaged_on')), _connector='OR'), name='expert_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('reason', '')), models.Q(('entry', None), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='expert_out_of_the_pool_or_with_a_reason'), models.CheckConstraint(condition=models.Q(('fields', []), _negated=True), name='expert_has_a_field')],
                'triggers': [pgtrigger.compiler.Trigger(name='engagement_stays_whose_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "person_id", "institution_id", "entry_id", "reason", "engaged_on" rows from % table\', TG_TABLE_NAME;', hash='52c8924a8bf3a0c4d4391262aa893808cc38e595', operation='UPDATE OF "person_id", "institution_id", "entry_id", "reason", "engaged_on"', pgid='pgtrigger_engagement_stays_whose_it_is_12717', table='experts_expert', when='BEFORE')), pgtrigger.compiler.Trigger(name='begins_engaged', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."state" = \'engaged\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='c7aee3076b089140a7e60b443fbd3ff7bbdedaa5', operation='INSERT', pgid='pgtrigger_begins_engaged_56804', table='experts_expert', when='BEFORE')), pgtrigger.compiler.Trigger(name='engagement_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='cd3ca5c082c9f0c014d2e7f95be1cfc4aabc9035', operation='DELETE', pgid='pgtrigger_engagement_is_kept_8ff2c', table='experts_expert', when='BEFORE')), pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{engaged:ended}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='329d06d038a1a11ddb5965b555f9319623fd71d2', operation='UPDATE', pgid='pgtrigger_only_known_moves_2a282', table='experts_expert', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'experts.expert' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='530d69c5a478fbbbf641a62be82952e0d2fb6fd9', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_cb6f0', table='experts_expert', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Employment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('said', '申报'), ('ended', '写明结束'), ('withdrawn', '撤回')], default='said', max_length=10, verbose_name='动作')),
                ('previous', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='experts.employment')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_declared', to='parties.person')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.institution')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('name', models.CharField(max_length=200, verbose_name='单位')),
                ('code', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('begins', models.DateField(verbose_name='起')),
                ('ends', models.DateField(null=True, verbose_name='止')),
            ],
            options={
                'verbose_name': '任职经历',
                'ordering': ['-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['person', '-id'], name='employment_of_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('act', 'said'), ('previous', None)), models.Q(models.Q(('act', 'said'), _negated=True), ('previous__isnull', False)), _connector='OR'), name='employment_follows_what_it_changes'), models.CheckConstraint(condition=models.Q(models.Q(('act', 'withdrawn'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='employment_withdrawn_with_a_reason'), models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('begins')), _connector='OR'), name='employment_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('act', 'ended'), _negated=True), ('ends__isnull', False), _connector='OR'), name='employment_ended_has_its_day')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='98716e6c1bb626b7587e4a7c0bb22a8f62607fe5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6c1b0', table='experts_employment', when='BEFORE')), pgtrigger.compiler.Trigger(name='follows_its_own_thread', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."previous_id" IS NOT NULL)', func="\n        IF NOT EXISTS (\n            SELECT 1 FROM experts_employment earlier\n            WHERE earlier.id = NEW.previous_id AND earlier.person_id = NEW.person_id\n              AND earlier.institution_id IS NOT DISTINCT FROM NEW.institution_id AND earlier.act <> 'withdrawn'\n        ) THEN\n            RAISE EXCEPTION 'row % does not follow what it names', NEW.id;\n        END IF;\n        RETURN NEW;\n        ", hash='125d459cefe1899ebec85e1013ef8f4b7a2beeff', operation='INSERT', pgid='pgtrigger_follows_its_own_thread_b0de2', table='experts_employment', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('said', '申报'), ('ended', '写明结束'), ('withdrawn', '撤回')], default='said', max_length=10, verbose_name='动作')),
                ('previous', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='experts.interest')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_declared', to='parties.person')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.institution')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('kind', models.CharField(choices=[('kinship', '亲属关系'), ('supervision', '上下级或师生关系'), ('business', '经济往来'), ('other', '其他利害关系')], max_length=12, verbose_name='关系')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='姓名')),
                ('organisation', models.CharField(blank=True, max_length=200, verbose_name='单位')),
                ('code', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('begins', models.DateField(null=True, verbose_name='起')),
                ('ends', models.DateField(null=True, verbose_name='止')),
            ],
            options={
                'verbose_name': '利害关系',
                'ordering': ['-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['person', '-id'], name='interest_of_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('act', 'said'), ('previous', None)), models.Q(models.Q(('act', 'said'), _negated=True), ('previous__isnull', False)), _connector='OR'), name='interest_follows_what_it_changes'), models.CheckConstraint(condition=models.Q(models.Q(('act', 'withdrawn'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='interest_withdrawn_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('organisation', ''), _negated=True), models.Q(('code', ''), _negated=True), _connector='OR'), name='interest_is_to_somebody'), models.CheckConstraint(condition=models.Q(('ends', None), ('begins', None), ('ends__gte', models.F('begins')), _connector='OR'), name='interest_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('act', 'ended'), _negated=True), ('ends__isnull', False), _connector='OR'), name='interest_ended_has_its_day')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='44b778374228ae14aab4a61866838286aa238f53', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e8a10', table='experts_interest', when='BEFORE')), pgtrigger.compiler.Trigger(name='follows_its_own_thread', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."previous_id" IS NOT NULL)', func="\n        IF NOT EXISTS (\n            SELECT 1 FROM experts_interest earlier\n            WHERE earlier.id = NEW.previous_id AND earlier.person_id = NEW.person_id\n              AND earlier.institution_id IS NOT DISTINCT FROM NEW.institution_id AND earlier.act <> 'withdrawn'\n        ) THEN\n            RAISE EXCEPTION 'row % does not follow what it names', NEW.id;\n        END IF;\n        RETURN NEW;\n        ", hash='49c7f90649b2cc36ccde830d0c1701d57cfd64b4', operation='INSERT', pgid='pgtrigger_follows_its_own_thread_bef06', table='experts_interest', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Lecture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('said', '申报'), ('ended', '写明结束'), ('withdrawn', '撤回')], default='said', max_length=10, verbose_name='动作')),
                ('previous', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='experts.lecture')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_declared', to='parties.person')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.institution')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lectures', to='training.session')),
            ],
            options={
                'verbose_name': '授课',
                'ordering': ['-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['person', '-id'], name='lecture_of_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('act', 'said'), ('previous', None)), models.Q(models.Q(('act', 'said'), _negated=True), ('previous__isnull', False)), _connector='OR'), name='lecture_follows_what_it_changes'), models.CheckConstraint(condition=models.Q(models.Q(('act', 'withdrawn'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='lecture_withdrawn_with_a_reason'), models.CheckConstraint(condition=models.Q(('act', 'ended'), _negated=True), name='lecture_does_not_end')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='73187fd63f54a1a55db4d27449deffe5ff1f4335', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4f07d', table='experts_lecture', when='BEFORE')), pgtrigger.compiler.Trigger(name='follows_its_own_thread', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."previous_id" IS NOT NULL)', func="\n        IF NOT EXISTS (\n            SELECT 1 FROM experts_lecture earlier\n            WHERE earlier.id = NEW.previous_id AND earlier.person_id = NEW.person_id\n              AND earlier.institution_id IS NOT DISTINCT FROM NEW.institution_id AND earlier.act <> 'withdrawn'\n        ) THEN\n            RAISE EXCEPTION 'row % does not follow what it names', NEW.id;\n        END IF;\n        RETURN NEW;\n        ", hash='bd516b51e0d7c480bbcdeee47070c6a14869e324', operation='INSERT', pgid='pgtrigger_follows_its_own_thread_ebd04', table='experts_lecture', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='parties.person')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('said', models.CharField(max_length=200, verbose_name='声明')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '年度确认',
                'ordering': ['-year'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('person', 'year'), name='confirmation_once_a_year')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='46168cad91f589592cd8b2477fa7d1046211baec', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f20ac', table='experts_confirmation', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
