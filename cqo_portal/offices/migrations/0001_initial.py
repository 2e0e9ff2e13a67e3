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
            name='Registration',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('handed_in_at', models.DateTimeField(null=True, verbose_name='提交时间')),
                ('state', models.CharField(choices=[('opened', '待交营业执照'), ('waiting', '待县级核对'), ('admitted', '已确认'), ('refused', '未予确认'), ('withdrawn', '已撤回')], default='opened', max_length=12, verbose_name='状态')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='parties.office')),
                ('chosen_office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.office')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='parties.organisation')),
                ('credit_code', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('as_printed', models.BooleanField(default=False, verbose_name='执照上的校验位确实如此')),
                ('name', models.CharField(max_length=200, verbose_name='企业名称')),
                ('industry', models.CharField(max_length=5, verbose_name='行业代码')),
                ('persons', models.PositiveIntegerField(null=True, verbose_name='从业人员（人）')),
                ('revenue', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='营业收入（万元）')),
                ('assets', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='资产总额（万元）')),
                ('figures_of', models.PositiveSmallIntegerField(verbose_name='数据所属年度')),
                ('size', models.CharField(max_length=20, verbose_name='规模')),
                ('sector', models.CharField(max_length=20, verbose_name='产业')),
                ('clerk_name', models.CharField(max_length=100, verbose_name='经办人')),
                ('phone', cqo_portal.sealed.SealedTextField(verbose_name='联系电话')),
                ('email', models.EmailField(max_length=254, verbose_name='电子邮箱')),
            ],
            options={
                'verbose_name': '企业注册',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['office', 'state', 'created_at'], name='registration_queue'), models.Index(fields=['-created_at', '-id'], name='registration_newest'), models.Index(fields=['credit_code'], name='registration_code')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['opened', 'waiting'])), fields=('applicant',), name='registration_one_under_way'), models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', False), ('state', 'admitted')), models.Q(models.Q(('state', 'admitted'), _negated=True), ('organisation', None)), _connector='OR'), name='registration_admitted_has_its_enterprise')],
                'triggers': [pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{opened:waiting,opened:withdrawn,waiting:admitted,waiting:refused,waiting:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='9282b054721a698b80df19af6067c1fcda4e25c5', operation='UPDATE', pgid='pgtrigger_only_known_moves_9a873', table='offices_registration', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'offices.registration' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='caeef0740e42b3c321b6e6c0fd4bff382221335a', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_4d226', table='offices_registration', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Licence',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField(verbose_name='大小（字节）')),
                ('pages', models.PositiveSmallIntegerField(verbose_name='页数')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences', to='offices.registration')),
                ('file', models.FileField(upload_to='licences/%Y/%m/')),
            ],
            options={
                'verbose_name': '营业执照',
            },
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='parties.organisation')),
                ('from_office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_out', to='parties.office')),
                ('to_office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_in', to='parties.office')),
                ('effective_on', models.DateField(verbose_name='生效日')),
                ('document', models.CharField(max_length=100, verbose_name='依据文件')),
                ('reason', models.TextField(verbose_name='理由')),
                ('state', models.CharField(choices=[('proposed', '待接收'), ('accepted', '已同意，待生效'), ('done', '已迁移'), ('refused', '未同意'), ('withdrawn', '已撤回')], default='proposed', max_length=12, verbose_name='状态')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_at_office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_proposed', to='parties.office')),
                ('proposed_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                ('done_on', models.DateField(null=True, verbose_name='办结日期')),
                ('carried', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': '管辖迁移',
                'ordering': ['-proposed_at', '-id'],
                'indexes': [models.Index(fields=['-proposed_at', '-id'], name='move_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'accepted'])), fields=('organisation',), name='move_one_under_way'), models.CheckConstraint(condition=models.Q(('from_office', models.F('to_office')), _negated=True), name='move_leads_to_another_office')],
                'triggers': [pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{accepted:done,accepted:withdrawn,proposed:accepted,proposed:refused,proposed:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='ab2d1bd39f94d3dacec01cce1b5e23280fb09818', operation='UPDATE', pgid='pgtrigger_only_known_moves_04472', table='offices_move', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'offices.move' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='e6a27c3ef8284f31e8355b34f6db1dbf87cc8026', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_13f3f', table='offices_move', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('enterprise', '企业经办人'), ('officer', '首席质量官'), ('county', '县级预审岗'), ('city', '市级备案岗'), ('province', '省级管理岗'), ('body', '评价机构'), ('expert', '评价专家'), ('provider', '培训机构'), ('admin', '系统管理员')], max_length=12, verbose_name='岗位')),
                ('place', models.CharField(blank=True, max_length=300, verbose_name='机构')),
                ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='parties.office')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='parties.organisation')),
                ('cause', models.CharField(choices=[('disabled', '账号停用'), ('withdrawn', '撤销岗位')], max_length=12, verbose_name='原因')),
                ('reason', models.TextField(verbose_name='说明')),
                ('items', models.JSONField(default=list)),
                ('remaining', models.JSONField(default=list)),
                ('nobody', models.TextField(blank=True, verbose_name='无人接手的理由')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
            ],
            options={
                'verbose_name': '交接清单',
                'ordering': ['-at', '-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['-at', '-id'], name='hand_over_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('remaining', []), _negated=True), models.Q(('nobody', ''), _negated=True), _connector='OR'), name='hand_over_nobody_has_its_reason')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ae37a2e43aa7eef2e2a796aeddecb167f1979a84', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f9639', table='offices_handover', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
