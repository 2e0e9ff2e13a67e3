import cqo_portal.migrating
import cqo_portal.sealed
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
        ('notices', '0001_initial'),
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Phrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='phrases', to='parties.office')),
                ('jurisdiction', models.CharField(blank=True, max_length=20, verbose_name='适用规则')),
                ('key', models.CharField(max_length=60, verbose_name='栏目')),
                ('text', models.CharField(max_length=300, verbose_name='常用语')),
                ('cites', models.CharField(blank=True, max_length=60, verbose_name='依据')),
                ('active', models.BooleanField(default=True, verbose_name='可选')),
            ],
            options={
                'verbose_name': '退回常用语',
                'ordering': ['key', 'id'],
                'constraints': [models.UniqueConstraint(fields=('office', 'jurisdiction', 'key', 'text'), name='phrase_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Adoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='parties.office')),
                ('edition', models.CharField(max_length=40, verbose_name='规则版本')),
                ('rehearsed', models.BooleanField(default=False, verbose_name='预演后采用')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '规则启用',
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('office', 'edition'), name='adoption_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5df27b8241abfe02c4401e3175985af8ff662e33', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b94c8', table='registry_adoption', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='parties.organisation')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='parties.office')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('kind', models.CharField(choices=[('appointment', '任职备案'), ('replacement', '变更备案（换人）'), ('data', '变更备案（信息）'), ('renewal', '变更备案（续聘）'), ('departure', '变更备案（离任）')], default='appointment', max_length=12, verbose_name='事项')),
                ('effective_on', models.DateField(null=True, verbose_name='变更生效日')),
                ('due_on', models.DateField(null=True, verbose_name='报送期限')),
                ('identity_index', models.CharField(blank=True, editable=False, max_length=64)),
                ('notice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='notices.notice')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('at_county', '待县级预审'), ('at_city', '待市级备案'), ('returned', '退回补正'), ('filed', '已备案'), ('discarded', '已作废')], default='draft', max_length=12, verbose_name='状态')),
                ('round', models.PositiveSmallIntegerField(default=0, verbose_name='轮次')),
                ('moved_at', models.DateTimeField(auto_now_add=True, verbose_name='到本环节时间')),
                ('draft', cqo_portal.sealed.SealedJSONField(default=dict)),
                ('draft_version', models.PositiveIntegerField(default=1)),
                ('draft_saved_at', models.DateTimeField(auto_now_add=True, verbose_name='保存时间')),
                ('draft_saved_by', models.CharField(blank=True, max_length=100)),
                ('plea', models.TextField(blank=True, verbose_name='仍要申报的理由')),
                ('receipt_number', models.CharField(max_length=40, null=True, unique=True, verbose_name='受理号')),
                ('rule_edition', models.CharField(blank=True, max_length=40, verbose_name='规则版本')),
                ('submitted_on', models.DateField(null=True, verbose_name='首次提交日期')),
                ('tally', models.JSONField(default=dict)),
                ('county_on', models.DateField(null=True, verbose_name='县级登记日期')),
                ('filing_number', models.CharField(max_length=40, null=True, unique=True, verbose_name='备案号')),
                ('filed_on', models.DateField(null=True, verbose_name='备案日期')),
            ],
            options={
                'verbose_name': '任职备案',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='filing_search'), models.Index(fields=['pinyin', 'id'], name='filing_pinyin'), models.Index(fields=['office', 'state', 'moved_at'], name='filing_queue'), models.Index(fields=['moved_at', 'id'], name='filing_moved'), models.Index(condition=models.Q(('identity_index', ''), _negated=True), fields=['identity_index'], name='filing_identity')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'at_county', 'at_city', 'returned'])), fields=('organisation',), name='filing_one_under_way', violation_error_message='本企业已有一件备案正在办理。'), models.CheckConstraint(condition=models.Q(models.Q(('filed_on__isnull', False), ('filing_number__isnull', False), ('state', 'filed')), models.Q(models.Q(('state', 'filed'), _negated=True), ('filed_on__isnull', True), ('filing_number__isnull', True)), _connector='OR'), name='filing_filed_has_its_number'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'discarded']), models.Q(('receipt_number__isnull', False), ('round__gt', 0), ('submitted_on__isnull', False)), _connector='OR'), name='filing_submitted_has_its_receipt')],
                'triggers': [pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{at_city:at_county,at_city:filed,at_city:returned,at_county:at_city,at_county:draft,at_county:returned,draft:at_county,draft:discarded,returned:at_county}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='76bed9b4305c3c341f73976efaacb15dfff7386e', operation='UPDATE', pgid='pgtrigger_only_known_moves_9509f', table='registry_filing', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'registry.filing' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='b4312362a52deb3a25931780b7706804246e79c5', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_9bc51', table='registry_filing', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='registry.filing')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('content', cqo_portal.sealed.SealedJSONField()),
                ('judgement', cqo_portal.sealed.SealedJSONField()),
                ('plea', models.TextField(blank=True, verbose_name='仍要申报的理由')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'ordering': ['round'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('filing', 'round'), name='submission_once_a_round')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7cc6909689ec2d07b78f6282ebad56e49734b21a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a0fa7', table='registry_submission', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Determination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='determinations', to='registry.filing')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('clause', models.CharField(max_length=60, verbose_name='条款')),
                ('reason', models.TextField(verbose_name='理由')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('filing', 'round', 'clause'), name='determination_once_a_clause')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9c1c7c093cfc2822d820440152530b9a59b2f18b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_16bed', table='registry_determination', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField(verbose_name='大小（字节）')),
                ('pages', models.PositiveSmallIntegerField(verbose_name='页数')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='registry.filing')),
                ('kind', models.CharField(choices=[('appointment', '任命书'), ('experience', '经历证明'), ('education', '学历证书'), ('title', '职称证书'), ('training', '任职培训证书'), ('licence', '营业执照'), ('departure', '离任、免职文件'), ('other', '其他材料')], max_length=12, verbose_name='种类')),
                ('file', models.FileField(upload_to='proofs/%Y/%m/')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('added_in', models.PositiveSmallIntegerField(default=1)),
                ('removed_in', models.PositiveSmallIntegerField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '证明材料',
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('filing', 'kind', 'digest'), name='proof_once_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='ReturnItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='return_items', to='registry.filing')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('key', models.CharField(max_length=60, verbose_name='栏目')),
                ('proof', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='return_items', to='registry.proof')),
                ('page', models.PositiveSmallIntegerField(null=True, verbose_name='页')),
                ('repeats', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.returnitem')),
                ('cites', models.CharField(blank=True, max_length=60, verbose_name='依据')),
                ('reason', models.TextField(verbose_name='须改正什么')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('filing', 'round', 'key', 'proof', 'page'), name='return_item_once_a_place', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('page', None), ('proof__isnull', False), _connector='OR'), name='return_item_a_page_is_of_a_proof')],
                'triggers': [pgtrigger.compiler.Trigger(name='sent_stays_said', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."sent_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1a84b2098d731cb0daa77ac9bfea49bca7cd7f41', operation='UPDATE OR DELETE', pgid='pgtrigger_sent_stays_said_8ad67', table='registry_returnitem', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ItemCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='registry.returnitem')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('fixed', models.BooleanField(verbose_name='已改正')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '补正核对',
                'ordering': ['id'],
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='783036e40964747df18cd4136ff6e8c33eda2ffa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6b8ea', table='registry_itemcheck', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='IdentityDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identity_decisions', to='registry.filing')),
                ('identity_index', models.CharField(max_length=64)),
                ('posts', models.JSONField()),
                ('verdict', models.CharField(choices=[('concurrent', '同一人，兼任'), ('moved', '同一人，已离开原单位'), ('mistaken', '证件号码有误，请企业核对')], max_length=12, verbose_name='认定')),
                ('reason', models.TextField(verbose_name='理由')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '同一人认定',
                'abstract': False,
                'indexes': [models.Index(fields=['identity_index', 'id'], name='identity_decision_person')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='aaa43187ad7564672a9b3207f68e48a7723f7a74', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_af6d8', table='registry_identitydecision', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Officer',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='parties.person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='officers', to='parties.organisation')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='officers', to='parties.office')),
                ('filing', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='officer', to='registry.filing')),
                ('post', models.CharField(blank=True, max_length=100, verbose_name='现任职务')),
                ('education', models.CharField(blank=True, max_length=20, verbose_name='学历')),
                ('title', models.CharField(blank=True, max_length=20, verbose_name='职称')),
                ('in_decision_layer', models.BooleanField(default=False, verbose_name='在决策层')),
                ('is_top_manager', models.BooleanField(default=False, verbose_name='最高管理者本人')),
                ('is_safety_director', models.BooleanField(default=False, verbose_name='兼任质量安全总监')),
                ('appointed_on', models.DateField(verbose_name='任职日期')),
                ('term_ends', models.DateField(verbose_name='任期至')),
                ('ended_on', models.DateField(null=True, verbose_name='离任日期')),
                ('filing_number', models.CharField(max_length=40, null=True, unique=True, verbose_name='备案号')),
                ('filed_on', models.DateField(null=True, verbose_name='备案日期')),
            ],
            options={
                'verbose_name': '首席质量官',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='officer_search'), models.Index(fields=['pinyin', 'id'], name='officer_pinyin'), models.Index(fields=['office', 'pinyin', 'id'], name='officer_by_office'), models.Index(condition=models.Q(('ended_on', None)), fields=['term_ends', 'id'], name='officer_ending'), models.Index(condition=models.Q(('ended_on', None), _negated=True), fields=['pinyin', 'id'], name='officer_ended')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('organisation',), name='officer_one_in_office'), models.CheckConstraint(condition=models.Q(('term_ends__gte', models.F('appointed_on'))), name='officer_term_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('appointed_on')), _connector='OR'), name='officer_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='parties.organisation')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='registry.officer')),
                ('name', models.CharField(max_length=40, verbose_name='事项')),
                ('value', models.TextField(blank=True, verbose_name='内容')),
                ('sealed', cqo_portal.sealed.SealedTextField(null=True, verbose_name='内容（加密）')),
                ('effective_on', models.DateField(verbose_name='生效日')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='登记时间')),
                ('filing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='registry.filing')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.TextField(blank=True, verbose_name='理由')),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='依据文号')),
                ('corrects', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='registry.entry')),
            ],
            options={
                'verbose_name': '登记事项',
                'abstract': False,
                'indexes': [models.Index(fields=['organisation', 'name', 'effective_on', 'id'], name='entry_of_organisation'), models.Index(fields=['post', 'name', 'effective_on', 'id'], name='entry_of_post'), models.Index(fields=['effective_on', 'id'], name='entry_by_effect')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e4b3d5822d90ea2d6bf6af865a1e7851fac6eedb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fec6b', table='registry_entry', when='BEFORE'))],
            },
        ),
        migrations.AddField(
            model_name='filing',
            name='post',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='registry.officer'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'appointment'), ('post', None)), models.Q(models.Q(('kind', 'appointment'), _negated=True), ('post__isnull', False)), _connector='OR'), name='filing_a_change_is_of_a_post'),
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
