import cqo_portal.sealed
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Office',
            fields=[
                ('code', models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name='代码')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('area', models.CharField(max_length=50, verbose_name='辖区')),
                ('level', models.CharField(choices=[('province', '省级'), ('city', '市级'), ('county', '县级')], max_length=10, verbose_name='层级')),
                ('jurisdiction', models.CharField(max_length=20, verbose_name='适用规则')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='parties.office')),
                ('active', models.BooleanField(default=True, verbose_name='启用')),
            ],
            options={
                'verbose_name': '管辖机构',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('credit_code', models.CharField(max_length=18, unique=True, verbose_name='统一社会信用代码')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='parties.office', verbose_name='管辖机构')),
                ('industry', models.CharField(blank=True, max_length=5, verbose_name='行业代码')),
                ('persons', models.PositiveIntegerField(null=True, verbose_name='从业人员（人）')),
                ('revenue', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='营业收入（万元）')),
                ('assets', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='资产总额（万元）')),
                ('size', models.CharField(default='unclassified', max_length=20, verbose_name='规模')),
                ('size_year', models.PositiveSmallIntegerField(null=True, verbose_name='规模所属年度')),
                ('sector', models.CharField(blank=True, max_length=20, verbose_name='产业')),
            ],
            options={
                'verbose_name': '企业',
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='organisation_search'), models.Index(fields=['pinyin', 'id'], name='organisation_pinyin')],
            },
        ),
        migrations.CreateModel(
            name='Institution',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('credit_code', models.CharField(max_length=18, null=True, unique=True, verbose_name='统一社会信用代码')),
                ('code', models.CharField(max_length=10, null=True, unique=True, verbose_name='机构代号')),
                ('contact', models.CharField(blank=True, max_length=100, verbose_name='联系人')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='联系电话')),
            ],
            options={
                'verbose_name': '机构',
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='institution_search'), models.Index(fields=['pinyin', 'id'], name='institution_pinyin')],
                'constraints': [models.UniqueConstraint(fields=('name',), name='institution_name_once'), models.CheckConstraint(condition=models.Q(('code', None), ('code__regex', '^[A-Z0-9]{2,10}$'), _connector='OR'), name='institution_code_can_be_printed')],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pinyin', models.CharField(editable=False, max_length=600)),
                ('haystack', models.TextField(editable=False)),
                ('search', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('identity_kind', models.CharField(choices=[('resident', '居民身份证'), ('hkmt', '港澳台居民居住证'), ('foreign', '外国人永久居留身份证'), ('passport', '护照')], max_length=10, verbose_name='证件类型')),
                ('identity_number', cqo_portal.sealed.SealedTextField(verbose_name='证件号码')),
                ('identity_index', models.CharField(editable=False, max_length=64, unique=True)),
                ('phone', cqo_portal.sealed.SealedTextField(null=True, verbose_name='联系电话')),
                ('sex', models.CharField(choices=[('0', '未知'), ('1', '男'), ('2', '女'), ('9', '未说明')], default='0', max_length=1, verbose_name='性别')),
                ('born_on', models.DateField(null=True, verbose_name='出生日期')),
            ],
            options={
                'verbose_name': '人员',
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='person_search'), models.Index(fields=['pinyin', 'id'], name='person_pinyin')],
            },
        ),
    ]
