"""The register as a file: exactly what is filtered, for a purpose that is written down, streamed."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cqo_portal.audit.record import exported
from cqo_portal.desk.register import RegisterQuery
from cqo_portal.exports.answers import table_as
from cqo_portal.exports.formats import ROWS_AT_MOST, Written
from registry.resources import OfficerExport, VacantExport

CHUNK = 500


class Export:
    """One export of what a query finds. `count` is what will be written, no more than `ROWS_AT_MOST`."""

    def __init__(self, query: RegisterQuery, *, user, today: date) -> None:
        self.query, self.user, self.today = query, user, today
        self.count = query.rows().order_by()[: ROWS_AT_MOST + 1].count()

    @property
    def too_many(self) -> bool:
        return self.count > ROWS_AT_MOST

    @property
    def resource(self):
        return VacantExport() if self.query.of_enterprises else OfficerExport(today=self.today)

    @property
    def columns(self) -> list[str]:
        return self.resource.get_export_headers()

    @cached_property
    def _found(self) -> list[tuple[UUID, UUID]]:
        """The row and the post it speaks of (of a vacancy the last one), fixed once: what is noted is what is written."""
        whose = "last_post" if self.query.of_enterprises else "pk"
        ordered = self.query.rows().order_by(*self.query.order)
        return list(ordered.values_list("pk", whose)[:ROWS_AT_MOST])

    def rows(self) -> Iterator:
        found = self.query.rows().order_by(*self.query.order)
        if not self.query.of_enterprises:
            # The list leaves the sealed phone in the database; here it is read, and masked on its way out.
            found = found.defer(None).defer("search", "haystack", "person__identity_number")
            found = found.select_related("person", "organisation", "office")
        for n in range(0, len(self._found), CHUNK):
            yield from found.filter(pk__in=[row for row, _ in self._found[n : n + CHUNK]])

    def note(self, *, purpose: str, as_format: str) -> None:
        """The act, on record before the first byte leaves."""
        with transaction.atomic():
            exported(
                self.user.acting.office or self.user.acting.organisation,
                by=self.user,
                why=purpose,
                keys=[post for _, post in self._found],
                data={
                    "what": "空缺企业名录" if self.query.of_enterprises else "名录",
                    "query": self.query.address,
                    "said": self.query.said,
                    "rows": len(self._found),
                    "format": as_format,
                    "columns": self.columns,
                },
            )

    def answer(self, *, purpose: str, as_format: str):
        """The file itself. Call `note` first."""
        written = Written(self.resource, self.rows())
        return table_as(
            as_format,
            headers=written.headers,
            rows=written,
            name=f"名录-{self.today:%Y%m%d}",
            notes=self._notes(purpose),
        )

    def _notes(self, purpose: str) -> list[tuple[str, str]]:
        return [
            ("范围", self.query.said),
            ("行数", str(len(self._found))),
            ("导出人", f"{self.user} · {self.user.acting}"),
            ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
            ("用途", purpose),
            ("提示", "联系电话已遮盖，不含证件号码。仅限所述用途，用后按规定清理。"),
        ]
