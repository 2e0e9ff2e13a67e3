import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('full_name', models.CharField(max_length=100, verbose_name='姓名')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示账号')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': '用户',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('enterprise', '企业经办人'), ('officer', '首席质量官'), ('county', '县级预审岗'), ('city', '市级备案岗'), ('province', '省级管理岗'), ('body', '评价机构'), ('expert', '评价专家'), ('provider', '培训机构'), ('admin', '系统管理员')], max_length=12, verbose_name='岗位')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='parties.office')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='parties.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='parties.person')),
                ('institution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='parties.institution')),
                ('active', models.BooleanField(default=True, verbose_name='有效')),
            ],
            options={
                'verbose_name': '岗位',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('office__isnull', False), ('role__in', frozenset(['city', 'county', 'province']))), models.Q(models.Q(('role__in', frozenset(['city', 'county', 'province'])), _negated=True), ('office__isnull', True)), _connector='OR'), name='assignment_office_roles_have_an_office'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'enterprise'), _negated=True), ('organisation__isnull', False), _connector='OR'), name='assignment_enterprise_has_an_organisation'), models.CheckConstraint(condition=models.Q(models.Q(('role__in', frozenset(['body', 'provider'])), _negated=True), ('institution__isnull', False), _connector='OR'), name='assignment_institutions_have_one'), models.UniqueConstraint(fields=('user', 'role', 'office', 'organisation', 'person', 'institution'), name='assignment_once', nulls_distinct=False)],
            },
        ),
    ]
