"""Open an account with a role, from the shell: how a new deployment gets its first people."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.offices.accounts import assign, enterprise, open_account
from cqo_portal.parties.identifiers import Invalid
from cqo_portal.parties.models import Institution, Office


class Command(BaseCommand):
    help = "开设账号并赋予岗位；初始密码只显示这一次。"

    def add_arguments(self, parser):
        parser.add_argument("username", help="用户名")
        parser.add_argument("full_name", help="姓名")
        parser.add_argument("role", choices=Role.values, help="岗位")
        parser.add_argument("--office", help="管辖机构代码，如 130981；企业经办人填企业所属的县级机构")
        parser.add_argument("--credit-code", help="企业的统一社会信用代码")
        parser.add_argument("--enterprise", help="企业名称（第一次开设时）")
        parser.add_argument("--body", default="", help="评价机构、培训机构的名称")
        parser.add_argument("--email", default="", help="电子邮箱")

    def handle(self, *, username, full_name, role, email, **said):
        try:
            with transaction.atomic():
                user, password = open_account(username, full_name=full_name, email=email)
                assignment = assign(user, role, **self._scope(role, said))
        except (ValidationError, Invalid) as refused:
            raise CommandError(" ".join(getattr(refused, "messages", [str(refused)]))) from refused
        except IntegrityError as refused:
            raise CommandError(f"这个岗位缺少任职的机构，或账号已有同样的岗位：{refused}") from refused
        self.stdout.write(f"{user}（{username}）：{assignment}\n初始密码：{password}")

    def _scope(self, role: str, said: dict) -> dict:
        if role in AT_AN_OFFICE:
            return {"office": self._office(said)}
        if role == Role.ENTERPRISE:
            if not (said["credit_code"] and said["enterprise"]):
                raise CommandError("企业经办人须写明 --credit-code、--enterprise 和 --office。")
            held_at = enterprise(said["credit_code"], name=said["enterprise"], office=self._office(said))
            return {"organisation": held_at}
        named = Institution.objects.filter(name=said["body"]).first() or Institution(name=said["body"])
        return {"institution": named if said["body"] else None}

    def _office(self, said: dict) -> Office:
        office = Office.objects.filter(pk=said["office"], active=True).first()
        if office is None:
            raise CommandError(f"没有启用的管辖机构 {said['office']}；用 --office 写机构代码，如 130981。")
        return office
