"""Bring the shipped reference data into the database; may be run at every start."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from cqo_portal.parties.load import load_offices
from cqo_portal.reference.load import load_reference
from registry import editions
from registry.phrases import load_phrases


class Command(BaseCommand):
    help = "载入区划、行业、放假安排和管辖机构（可以重复执行）。"

    @transaction.atomic
    def handle(self, **options):
        for kind, rows in (load_reference() | {"new offices": load_offices()}).items():
            self.stdout.write(f"{kind}: {rows}")
        self.stdout.write(f"new phrases: {load_phrases()}")
        self.stdout.write(f"editions begun: {editions.begin(today=timezone.localdate())}")
