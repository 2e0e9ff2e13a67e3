"""Compute every result again and say what does not hold."""

from django.core.management.base import BaseCommand, CommandError

from evaluation.appraisal.invariants import CHECKS as OF_APPRAISALS
from evaluation.decisions.invariants import CHECKS as OF_DECISIONS
from evaluation.invariants import CHECKS, checks_above


class Command(BaseCommand):
    help = "由冻结的内容重新算出全部评价结果，核对申请、材料、评分表、结论、决定、公布、企业自行评价、证书与审计链；有一处不符就以 1 退出。"

    def handle(self, **options):
        found = 0
        for check in (*CHECKS, *OF_DECISIONS, *OF_APPRAISALS, *checks_above()):
            broken = 0
            for breach in check.breaches():
                broken += 1
                self.stderr.write(str(breach))
            found += broken
            self.stdout.write(
                f"{check.name}：共 {check.rows()} 件，{f'{broken} 处不符' if broken else '都相符'}。"
            )
        if found:
            raise CommandError(f"有 {found} 处不符。")
        self.stdout.write("全部相符。")
