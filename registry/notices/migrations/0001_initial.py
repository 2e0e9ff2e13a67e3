import cqo_portal.migrating
import django.contrib.postgres.fields
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
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='parties.office')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('withdrawn', '已撤回')], default='draft', max_length=12, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1)),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='文号')),
                ('text', models.TextField(verbose_name='正文')),
                ('opens_on', models.DateField(verbose_name='开始日期')),
                ('closes_on', models.DateField(verbose_name='截止日期')),
                ('until', models.DateField(verbose_name='现截止日期')),
                ('appointments', models.BooleanField(default=True, verbose_name='新任职')),
                ('changes', models.BooleanField(default=True, verbose_name='信息变更')),
                ('counties', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None, verbose_name='面向县（市、区）')),
                ('addressed', models.CharField(choices=[('all', '全部企业'), ('industry', '规模以上工业企业'), ('services', '规模以上服务业企业'), ('awards', '质量奖获奖企业')], default='all', max_length=12, verbose_name='面向企业')),
                ('rule_edition', models.CharField(blank=True, max_length=40, verbose_name='规则版本')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('published_at', models.DateTimeField(null=True, verbose_name='发布时间')),
            ],
            options={
                'verbose_name': '集中备案通告',
                'ordering': ['-opens_on', '-id'],
                'indexes': [models.Index(fields=['office', 'opens_on', 'id'], name='notice_of_office')],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes_on__gte', models.F('opens_on'))), name='notice_closes_after_it_opens'), models.CheckConstraint(condition=models.Q(('until__gte', models.F('closes_on'))), name='notice_is_only_ever_extended'), models.CheckConstraint(condition=models.Q(('appointments', True), ('changes', True), _connector='OR'), name='notice_asks_for_something'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='notice_published_when')],
                'triggers': [pgtrigger.compiler.Trigger(name='published_is_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='697d42dabbe9dc860f7034a734c13433b3e7afe3', operation='DELETE', pgid='pgtrigger_published_is_never_deleted_7565d', table='notices_notice', when='BEFORE')), pgtrigger.compiler.Trigger(name='published_stays_said', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL AND (OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."year" IS DISTINCT FROM (NEW."year") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."opens_on" IS DISTINCT FROM (NEW."opens_on") OR OLD."closes_on" IS DISTINCT FROM (NEW."closes_on") OR OLD."appointments" IS DISTINCT FROM (NEW."appointments") OR OLD."changes" IS DISTINCT FROM (NEW."changes") OR OLD."counties" IS DISTINCT FROM (NEW."counties") OR OLD."addressed" IS DISTINCT FROM (NEW."addressed") OR OLD."rule_edition" IS DISTINCT FROM (NEW."rule_edition") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='11cdf4da392e55639031c644338c03b1757cda69', operation='UPDATE', pgid='pgtrigger_published_stays_said_5aa70', table='notices_notice', when='BEFORE')), pgtrigger.compiler.Trigger(name='only_known_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:published,draft:withdrawn,published:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='023fc5a9fbc1b050c6bad13778004e942e583008', operation='UPDATE', pgid='pgtrigger_only_known_moves_3c646', table='notices_notice', when='BEFORE')), pgtrigger.compiler.Trigger(name='every_move_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\n                IF NOT EXISTS (\n                    SELECT 1 FROM audit_event\n                    WHERE subject_type = 'notices.notice' AND subject_id = NEW.id::text\n                      AND before = OLD.state AND after = NEW.state\n                      AND transaction = pg_current_xact_id()::text::bigint\n                ) THEN\n                    RAISE EXCEPTION '% of % changed without a record', TG_TABLE_NAME, NEW.id;\n                END IF;\n                RETURN NEW;\n            ", hash='749536f691b89ded5c329b59d072eef8411c118a', operation='UPDATE OF "state"', pgid='pgtrigger_every_move_on_record_275e6', table='notices_notice', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='notices.notice')),
                ('until', models.DateField(null=True, verbose_name='延长至')),
                ('text', models.TextField(verbose_name='补充内容和理由')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '补充通告',
                'ordering': ['id'],
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='317a14b681dd5184ff836714d1d365481e6485f5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_be254', table='notices_amendment', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='notices.notice')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notice_answers', to='parties.organisation')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '没有变化的答复',
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('notice', 'organisation'), name='answer_once_a_notice')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4f359fe7f9ecff6d5969f3d99674d6ecc1c59c5e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_86c11', table='notices_answer', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
