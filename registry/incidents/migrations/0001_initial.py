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
            name='Incident',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(choices=[('recorded', '登记'), ('corrected', '更正'), ('withdrawn', '撤销')], default='recorded', max_length=10, verbose_name='动作')),
                ('previous', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='incidents.incident')),
                ('thread', models.UUIDField(db_index=True, editable=False)),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='姓名')),
                ('identity_kind', models.CharField(blank=True, choices=[('resident', '居民身份证'), ('hkmt', '港澳台居民居住证'), ('foreign', '外国人永久居留身份证'), ('passport', '护照')], max_length=10, verbose_name='证件类型')),
                ('identity_number', cqo_portal.sealed.SealedTextField(null=True, verbose_name='证件号码')),
                ('identity_index', models.CharField(blank=True, editable=False, max_length=64)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='parties.organisation')),
                ('fault', models.CharField(choices=[('grave_error', '违法违规，在质量岗位造成重大失误'), ('grave_error_disciplined', '违法违规，在质量岗位造成重大失误并受纪律处分'), ('criminal', '受过刑事处分'), ('misconduct', '违法违规违纪或失信'), ('private_gain', '利用履职谋取不正当利益'), ('abuse_of_office', '滥用职权干预企业经营'), ('disclosure', '向无关第三方泄露企业或合作伙伴的秘密'), ('other_harm', '其他损害企业或合作伙伴权益的行为'), ('accident', '本人涉及的质量安全事故'), ('accident_of_organisation', '所在组织发生的质量事故')], max_length=30, verbose_name='情形')),
                ('accident_level', models.CharField(blank=True, choices=[('ordinary', '一般'), ('larger', '较大'), ('major', '重大'), ('especially_major', '特别重大')], max_length=20, verbose_name='事故等级')),
                ('responsible', models.BooleanField(null=True, verbose_name='负有责任')),
                ('occurred_on', models.DateField(null=True, verbose_name='发生日期')),
                ('document_number', models.CharField(max_length=100, verbose_name='认定文书号')),
                ('issued_by', models.CharField(max_length=200, verbose_name='认定机关')),
                ('found_on', models.DateField(verbose_name='认定日期')),
                ('said', models.TextField(verbose_name='认定内容')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='parties.office')),
                ('reason', models.TextField(blank=True, verbose_name='理由')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '不利事实',
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('identity_index', ''), _negated=True), fields=['identity_index'], name='incident_person'), models.Index(fields=['organisation', 'at'], name='incident_organisation'), models.Index(fields=['at', 'id'], name='incident_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('identity_index', ''), _negated=True), ('organisation__isnull', False), _connector='OR'), name='incident_is_about_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('act', 'recorded'), ('previous', None)), models.Q(models.Q(('act', 'recorded'), _negated=True), ('previous__isnull', False)), _connector='OR'), name='incident_follows_what_it_changes')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4ad90f513d745351ef87b23130365c21f6ea840b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dd421', table='incidents_incident', when='BEFORE')), pgtrigger.compiler.Trigger(name='one_fact_is_about_one', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."previous_id" IS NOT NULL)', func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM incidents_incident earlier\n                        WHERE earlier.id = NEW.previous_id AND earlier.identity_index = NEW.identity_index\n                          AND (NEW.identity_index <> '' OR earlier.organisation_id = NEW.organisation_id)\n                    ) THEN\n                        RAISE EXCEPTION 'incident % is not about whom it follows', NEW.id;\n                    END IF;\n                    RETURN NEW;\n                ", hash='84feb5f1f4f76a4fa55f9b4c54c9a8e97cd5d9e8', operation='INSERT', pgid='pgtrigger_one_fact_is_about_one_4da03', table='incidents_incident', when='BEFORE'))],
            },
        ),
        cqo_portal.migrating.InstallTriggers(
        ),
    ]
