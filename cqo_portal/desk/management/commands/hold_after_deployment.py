from django.core.management.base import BaseCommand

from cqo_portal.reminders.holding import hold_after_deployment


class Command(BaseCommand):
    help = "Hold all mail where this code has not run here before; an operator lets it go after a look at the forecast."

    def handle(self, *args, **options) -> None:
        if hold_after_deployment():
            self.stdout.write("程序已更新：全部邮件暂缓，请系统管理员看过预告以后放行。")
