"""The list of those who are short as its address says it, and the same as a file."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cqo_portal.audit.record import exported
from cqo_portal.exports.answers import table_as
from cqo_portal.exports.formats import ROWS_AT_MOST
from cqo_portal.parties.models import Office
from cqo_portal.ui.paging import Page, keyset
from cqo_portal.wording import grouped
from registry.duties.asking import asked_of, post_of
from registry.duties.lines import earned_by, lines_of
from registry.duties.page import asked_year
from registry.duties.short import Area, Column, area_of
from registry.duties.shown import Summary, in_hours, summary_of
from registry.models import Officer
from registry.pages.lists import spelled_out
from training.hours import Unit, span_of

PER_PAGE = 50
CHUNK = 2000
WHICH = {"short": "没有满的", "pending": "有待确认的", "all": "全部在任"}
NOBODY = "还没有在任的首席质量官"
NOTHING_WAITS = "没有待确认或核查的学时"
ORDERS = {"missing": ("-short", "-missing", "-id"), "name": ("pinyin", "id")}


class ShortQuery:
    """`?which=short|pending|all&duty=…&office=…&year=…&order=missing|name&q=…`."""

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.params, self.user, self.today = params, user, today
        self.year = asked_year(params.get("year", ""), today=today)
        self.which = params.get("which") if params.get("which") in WHICH else "short"
        self.by = params.get("order") if params.get("order") in ORDERS else "missing"
        self.text = params.get("q", "").strip()[:60]
        self.offices = self._offices()
        self.office = next((each for each in self.offices if each.pk == params.get("office")), None)

    def _offices(self) -> list[Office]:
        acting = self.user.acting
        return [each for each in acting.offices if each.active and each.pk != acting.office_id]

    @property
    def order(self) -> tuple[str, ...]:
        return ORDERS[self.by]

    @cached_property
    def area(self) -> Area:
        found = area_of(self.user, year=self.year, today=self.today)
        if self.office:
            here = Q(office=self.office) | Q(office__parent=self.office)
            found.officers = found.officers.filter(here)
        if self.text:
            found.officers = found.officers.matching(self.text)
        return found

    @property
    def columns(self) -> list[Column]:
        return self.area.columns

    @cached_property
    def duty(self) -> Column | None:
        return next((each for each in self.columns if each.key == self.params.get("duty")), None)

    def _found(self) -> dict[str, QuerySet]:
        """What each choice lists; only those who are short need the sums."""
        area, duty = self.area, self.duty
        of = f"_{duty.place}" if duty else ""
        return {
            "short": area.rows.filter(**{f"missing{of}__gt": 0}),
            "pending": area.waiting.filter(**{f"held{of}__gt": 0}),
            "all": area.officers.filter(office__in=duty.offices) if duty else area.officers,
        }

    def rows(self) -> QuerySet:
        found = self._found()[self.which]
        return found if self.which == "short" else self.area.rows.filter(pk__in=found.order_by().values("pk"))

    @cached_property
    def counts(self) -> list[tuple[str, str, int]]:
        """[(choice, word, how many)]."""
        found = {name: rows.order_by().values("pk") for name, rows in self._found().items()}
        return [(name, WHICH[name], rows.count()) for name, rows in found.items()]

    @property
    def count(self) -> int:
        return next(number for name, _, number in self.counts if name == self.which)

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.office or self.duty)

    @cached_property
    def nobody(self) -> bool:
        """There is no officer at all of whom hours could be asked."""
        return not self.narrowed and not next(number for name, _, number in self.counts if name == "all")

    @property
    def title(self) -> str:
        if self.nobody:
            return NOBODY
        if self.which == "all":
            return f"在任首席质量官 {grouped(self.count)} 人的学时"
        if self.which == "pending":
            return f"有学时待确认或核查的 {grouped(self.count)} 人" if self.count else NOTHING_WAITS
        if self.count or not self.columns:
            return f"{self.year} 年还没有满的 {grouped(self.count)} 人"
        return f"{self.year} 年都满了"

    @property
    def nothing(self) -> tuple[str, str]:
        """(title, text) for a list without a row: what that means, or how to find more."""
        if self.nobody:
            return NOBODY, "任职备案以后，各人的学时情况会出现在这里。"
        if self.which != "all" and not self.columns:
            return "所在地的规定没有学时或证书要求", "学时只作记录；换到“全部在任”可以看各人的学时账。"
        if self.narrowed:
            return "没有符合的", "换一个范围，或者少写几个字。"
        if self.which == "pending":
            return (
                NOTHING_WAITS,
                "等确认的自报、标出核查的学时，计入某项要求的会出现在这里；全部自报在“自报学时”里。",
            )
        return "都满了", "换到“全部在任”可以看各人的学时账。"

    @property
    def address(self) -> str:
        said = {
            "which": "" if self.which == "short" else self.which,
            "duty": self.duty.key if self.duty else "",
            "office": self.office.pk if self.office else "",
            "year": "" if self.year == self.today.year else str(self.year),
            "order": "" if self.by == "missing" else self.by,
            "q": self.text,
        }
        return spelled_out(**said)

    @property
    def said(self) -> str:
        parts = [f"{self.year} 年度", WHICH[self.which]]
        parts += [self.duty.duty.label] if self.duty else []
        parts += [self.office.area] if self.office else []
        parts += [f"“{self.text}”"] if self.text else []
        return "，".join(parts)


def page_of(query: ShortQuery) -> tuple[Page, list[Summary]]:
    """One page of the list, and of each row its duties by the arithmetic itself."""
    lean = query.rows().values_list("id", "pinyin", "short", "missing", named=True)
    page = keyset(lean, query.params, order=query.order, per_page=PER_PAGE, counted=query.count)
    posts = {post.pk: post for post in Officer.objects.for_list().filter(pk__in=[row.id for row in page])}
    posts = [posts[row.id] for row in page]
    lines = lines_of({post.person_id for post in posts})
    earned = {person: earned_by(each) for person, each in lines.items()}
    asked = asked_of(posts, year=query.year, earned=earned, today=query.today, packs=query.area.pack_at)
    return page, [summary_of(each, today=query.today) for each in asked]


# ── the file ──────────────────────────────────────────────────────────────────────────────────
class ShortExport:
    """The list as a file: the posts are fixed once, noted, and then written."""

    def __init__(self, query: ShortQuery) -> None:
        self.query = query
        self.count = min(query.count, ROWS_AT_MOST + 1)

    @property
    def too_many(self) -> bool:
        return self.count > ROWS_AT_MOST

    @property
    def headers(self) -> list[str]:
        of_duties = [
            f"{word}：{column.duty.label}" for column in self.query.columns for word in ("计入", "还差")
        ]
        return [
            "姓名",
            "企业",
            "统一社会信用代码",
            "所属县（市、区）",
            "任职日期",
            *of_duties,
            "待确认或核查",
        ]

    @cached_property
    def _found(self) -> list[Officer]:
        return list(self.query.rows().only("pk").order_by(*self.query.order)[:ROWS_AT_MOST])

    def rows(self) -> Iterator[list]:
        for n in range(0, len(self._found), CHUNK):
            chunk = self._found[n : n + CHUNK]
            posts = Officer.objects.for_list().in_bulk([row.pk for row in chunk])
            for row in chunk:
                yield self._row(row, posts[row.pk])

    @cached_property
    def _pending(self) -> set:
        return set(self.query.area.waiting.filter(held__gt=0).values_list("pk", flat=True))

    def _row(self, row: Officer, post: Officer) -> list:
        cells = [cell for column in self.query.columns for cell in self._cells(column, row, post)]
        firm = post.organisation
        who = [post.name, firm.name, firm.credit_code, post.office.area, post.appointed_on]
        return [*who, *cells, "有" if row.pk in self._pending else ""]

    def _cells(self, column: Column, row: Officer, post: Officer) -> tuple[str, str]:
        as_known = post_of(post, trained=(), certified=self.query.area.certified)
        elsewhere = post.office_id not in column.offices
        if elsewhere or span_of(column.duty, year=self.query.year, post=as_known, today=self.query.today)[1]:
            return ("", "不要求")
        counted, missing = (getattr(row, f"{word}_{column.place}") for word in ("counted", "missing"))
        if column.unit is Unit.CERTIFICATE:
            return ("有证书" if counted else "", "缺证书" if missing else "0")
        return (in_hours(counted), in_hours(missing) if missing else "0")

    def note(self, *, purpose: str, as_format: str) -> None:
        """The act, on record before the first byte leaves."""
        user = self.query.user
        with transaction.atomic():
            exported(
                user.acting.office or user.acting.organisation,
                by=user,
                why=purpose,
                keys=[row.pk for row in self._found],
                data={
                    "what": "学时情况",
                    "query": self.query.address,
                    "said": self.query.said,
                    "rows": len(self._found),
                    "format": as_format,
                    "columns": self.headers,
                },
            )

    def answer(self, *, purpose: str, as_format: str):
        """The file itself. Call `note` first."""
        user = self.query.user
        notes = [
            ("范围", self.query.said),
            ("行数", str(len(self._found))),
            ("导出人", f"{user} · {user.acting}"),
            ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
            ("用途", purpose),
        ]
        return table_as(
            as_format,
            headers=self.headers,
            rows=self.rows(),
            name=f"学时情况-{self.query.year}-{self.query.today:%Y%m%d}",
            notes=notes,
        )
