"""Tell the demonstration story, once."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cqo_portal.desk.demo import Story


class Command(BaseCommand):
    help = "载入演示账号与演示备案（只在演示环境；已有时不再载入）。"

    @transaction.atomic
    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("这不是演示环境（DEMO 未设为 1），不载入演示数据。")
        story = Story(today=timezone.localdate())
        if story.is_told():
            self.stdout.write("演示数据已在，保持原样。")
            return
        story.tell(progress=lambda sentence: self.stdout.write(sentence))
        self.stdout.write(self.style.SUCCESS("演示数据已载入。"))
