"""Bring the shipped reference data into the database; may be run at every start."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from cqo_portal.parties.load import load_offices
from cqo_portal.reference.load import load_reference
from evaluation.calibration.load import load_calibration
from registry import editions
from registry.phrases import load_phrases


class Command(BaseCommand):
    help = "载入区划、行业、放假安排、管辖机构和校准案例（可以重复执行）。"

    @transaction.atomic
    def handle(self, **options):
        for kind, rows in (load_reference() | {"new offices": load_offices()}).items():
            self.stdout.write(f"{kind}: {rows}")
        self.stdout.write(f"new phrases: {load_phrases()}")
        self.stdout.write(f"new calibration cases: {self._calibration()}")
        self.stdout.write(f"editions begun: {editions.begin(today=timezone.localdate())}")

    def _calibration(self) -> int | str:
        """Without Pango no paper can be set: everything else works, and the next start tries again."""
        try:
            return load_calibration()
        except OSError as error:
            return f"没有载入（排版用的系统库缺失：{error}）"
