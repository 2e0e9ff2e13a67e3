"""Walk the whole chain of events and say whether it holds."""

from django.core.management.base import BaseCommand, CommandError

from cqo_portal.audit.chain import SAID, breaks
from cqo_portal.audit.models import Event


class Command(BaseCommand):
    help = "核对审计链；给出库外保存的摘要（--head）才能发现末尾被删。"

    def add_arguments(self, parser):
        parser.add_argument("--head", help="上次核对时另行保存的摘要")

    def handle(self, *, head=None, **options):
        events = Event.objects.order_by("id").values("id", "previous", "digest", *SAID)
        found = breaks(events.iterator(chunk_size=5000), head=head)
        for broken in found:
            self.stderr.write(f"第 {broken.event_id} 条：{broken.why}")
        if found:
            raise CommandError(f"审计链有 {len(found)} 处断裂。")
        last = Event.objects.order_by("-id").values_list("digest", flat=True).first()
        self.stdout.write(f"审计链完好，共 {Event.objects.count()} 条。摘要：{last or '（空）'}")
