import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedQueue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_queues', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(max_length=12, verbose_name='岗位')),
                ('page', models.CharField(choices=[('register', '名录'), ('filings', '备案')], max_length=10, verbose_name='清单')),
                ('name', models.CharField(max_length=30, verbose_name='名称')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='查询')),
                ('pinned', models.BooleanField(default=True, verbose_name='放在工作台')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '常用查询',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('user', 'role', 'name'), name='saved_queue_once_a_name', violation_error_message='您已经有一个叫这个名称的常用查询，请换一个名称。')],
            },
        ),
    ]
