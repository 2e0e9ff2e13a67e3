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
        ('incidents', '0001_initial'),
        ('parties', '0001_initial'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='registry.officer')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='parties.organisation')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.office')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='parties.office')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('delivered', '待企业答复'), ('replied', '企业已答复'), ('closed', '已办结'), ('discarded', '已作废')], default='draft', max_length=12, verbose_name='状态')),
                ('number', models.CharField(max_length=40, null=True, unique=True, verbose_name='文号')),
                ('rule_edition', models.CharField(max_length=40, verbose_name='规则版本')),
                ('provision', models.CharField(max_length=40, verbose_name='条款代号')),
                ('cites', models.CharField(max_length=60, verbose_name='依据')),
                ('grounds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('integrity', '违反操守'), ('not_performing', '未有效履职'), ('unfit', '不再符合任职标准')], max_length=20), size=None, verbose_name='理由')),
                ('facts', models.TextField(verbose_name='事实')),
                ('evidence', models.TextField(blank=True, verbose_name='证据')),
                ('reply_by', models.DateField(verbose_name='答复期限')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('moved_at', models.DateTimeField(auto_now_add=True, verbose_name='到本环节时间')),
                ('delivered_on', models.DateField(null=True, verbose_name='送达日期')),
                ('delivered_at', models.DateTimeField(null=True, verbose_name='送达时间')),
                ('opened_at', models.DateTimeField(null=True, verbose_name='企业首次打开')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outcome', models.CharField(blank=True, choices=[('replaced', '企业已更换'), ('kept', '企业未更换'), ('withdrawn', '撤回建议')], max_length=12, verbose_name='结果')),
                ('change', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='registry.filing')),
                ('incidents', models.ManyToManyField(blank=True, related_name='suggestions', to='incidents.incident')),
            ],
            options={
                'verbose_name': '撤换建议书',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='suggestion_search'), models.Index(fields=['pinyin', 'id'], name='suggestion_pinyin'), models.Index(fields=['office', 'state', '-moved_at'], name='suggestion_queue'), models.Index(fields=['-moved_at', '-id'], name='suggestion_moved'), models.Index(fields=['organisation', 'state'], name='suggestion_of_enterprise')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'delivered', 'replied'])), fields=('officer', 'issuer'), name='suggestion_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('delivered_on', None), ('number', None), ('state__in', ['draft', 'discarded'])), models.Q(('delivered_at__isnull', False), ('delivered_on__isnull', False), ('number__isnull', False), ('state__in', ['delivered', 'replied', 'closed'])), _connector='OR'), name='suggestion_delivered_has_its_number'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('state', 'closed'), _negated=True), ('outcome', '')), _connector='OR'), name='suggestion_closed_has_its_outcome'), models.CheckConstraint(condition=models.Q(('change', None), ('outcome', 'replaced'), _connector='OR'), name='suggestion_change_is_a_replacement'), models.CheckConstraint(condition=models.Q(('grounds', []), _negated=True), name='suggestion_has_a_ground')],
                'triggers': [pgtrigger.compiler.Trigger(name='delivered_stays_said', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."state" = \'draft\'))', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "officer_id", "grounds", "facts", "evidence", "reply_by" rows from % table\', TG_TABLE_NAME;', hash='755b544be4c9509aa924a6b23ee1cd0c82db2f5d', operation='UPDATE OF "officer_id", "grounds", "facts", "evidence", "reply_by"', pgid='pgtrigger_delivered_stays_said_f6e9c', table='supervision_suggestion', when='BEFORE')), pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{delivered:closed,delivered:replied,draft:delivered,draft:discarded,replied:closed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='f358e0b1a711e060330e5f1aaa531d594d90e792', operation='UPDATE', pgid='pgtrigger_only_known_moves_b7c4e', table='supervision_suggestion', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'supervision.suggestion' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='b4a551d55fbcc60ba43fec510790a6f7c1176a9a', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_6647c', table='supervision_suggestion', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('suggestion', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reply', to='supervision.suggestion')),
                ('kind', models.CharField(choices=[('will_replace', '将更换'), ('disagrees', '不同意更换'), ('already_replaced', '已经更换')], max_length=20, verbose_name='答复')),
                ('replace_by', models.DateField(null=True, verbose_name='更换日期')),
                ('statement', models.TextField(verbose_name='说明')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '企业答复',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'disagrees'), ('replace_by', None)), models.Q(models.Q(('kind', 'disagrees'), _negated=True), ('replace_by__isnull', False)), _connector='OR'), name='reply_names_its_day')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1ae05dc66839f0ef9ed0b8de3bcdd654448a789c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4c7cb', table='supervision_reply', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('suggestion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='supervision.suggestion')),
                ('text', models.TextField(verbose_name='跟踪记录')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '跟踪记录',
                'ordering': ['id'],
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dcfc31eaf4c43255871175a962a04654afbe94e0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7af2d', table='supervision_note', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
