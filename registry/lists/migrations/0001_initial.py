import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('imports', '0001_initial'),
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AboveScale',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation', verbose_name='企业')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('document', models.CharField(blank=True, max_length=200, verbose_name='依据文件')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='imports.importrun')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='录入人')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='移出时间')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_reason', models.TextField(blank=True, verbose_name='移出理由')),
                ('kind', models.CharField(choices=[('industry', '规上工业'), ('services', '规上服务业')], max_length=10, verbose_name='类别')),
            ],
            options={
                'verbose_name': '规上企业',
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['year', '-at', '-id'], name='abovescale_of_year')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('ended_by__isnull', False), models.Q(('ended_reason', ''), _negated=True)), _connector='OR'), name='abovescale_ends_with_a_reason'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('organisation', 'year', 'kind'), name='above_scale_once')],
            },
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation', verbose_name='企业')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('document', models.CharField(blank=True, max_length=200, verbose_name='依据文件')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='imports.importrun')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='录入人')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='录入时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='移出时间')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_reason', models.TextField(blank=True, verbose_name='移出理由')),
                ('name', models.CharField(max_length=100, verbose_name='奖项')),
                ('level', models.CharField(choices=[('national', '国家级'), ('province', '省级'), ('city', '市级'), ('county', '县级')], max_length=10, verbose_name='级别')),
                ('granted_by', models.CharField(blank=True, max_length=100, verbose_name='授奖单位')),
            ],
            options={
                'verbose_name': '质量奖',
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['year', '-at', '-id'], name='award_of_year')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('ended_by__isnull', False), models.Q(('ended_reason', ''), _negated=True)), _connector='OR'), name='award_ends_with_a_reason'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('organisation', 'year', 'name'), name='award_once')],
            },
        ),
    ]
