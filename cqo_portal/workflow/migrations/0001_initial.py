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
            name='SentForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', models.CharField(max_length=64)),
                ('led_to', models.CharField(blank=True, max_length=500, verbose_name='办理结果')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='提交时间')),
            ],
            options={
                'verbose_name': '已提交的表单',
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='sent_form_once')],
            },
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('key', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'db_table': 'registry_series',
            },
        ),
    ]
