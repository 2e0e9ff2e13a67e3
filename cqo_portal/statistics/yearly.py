"""年度统计 of an office: what is locked, what is missing below, and the report that goes up with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from cqo_portal.parties.models import Office
from cqo_portal.printing.documents import pdf_of
from cqo_portal.statistics.asked import AsOf, yesterday
from cqo_portal.statistics.charts import Chart, value_in_words
from cqo_portal.statistics.counting import ALL, Table
from cqo_portal.statistics.leaving import Strip, drawn, strips_of
from cqo_portal.statistics.models import LockedRoster, Published, Yearbook
from cqo_portal.statistics.permissions import publishes, works_at_an_office
from cqo_portal.statistics.pictures import pictures_of, target_of
from cqo_portal.statistics.publishing import SET, county_books, holds, missing_below
from cqo_portal.statistics.roster import rows_of
from registry.reports.models import SignOff

EARLIEST = 2015
SHOWN = 3  # years offered


def years_offered(today: date) -> list[int]:
    return [today.year - n for n in range(1, SHOWN + 1)]


class YearPage:
    """Everything `templates/statistics/year.html` asks for."""

    def __init__(self, office: Office, year: int, params: Mapping, *, user, today: date) -> None:
        self.office, self.year, self.user, self.today = office, year, user, today
        self.asked_to_check = params.get("check") == "1"
        said = params.get("edition", "")
        self.wanted = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0

    @cached_property
    def editions(self) -> list[Yearbook]:
        found = Yearbook.objects.filter(office=self.office, year=self.year)
        return list(found.select_related("office", "by").order_by("-edition"))

    @cached_property
    def book(self) -> Yearbook | None:
        """The edition that was asked for; else the last."""
        asked = [each for each in self.editions if each.edition == self.wanted]
        return next(iter(asked or self.editions), None)

    @cached_property
    def tables(self) -> list[Published]:
        if self.book is None:
            return []
        order = {(subject.code, dimension.code): n for n, (subject, dimension) in enumerate(SET)}
        found = self.book.tables.select_related("office", "by").defer("content")
        return sorted(found, key=lambda each: order.get((each.subject, each.dimension), len(order)))

    @cached_property
    def missing(self) -> list[Office]:
        return missing_below(self.office, AsOf(date(self.year, 12, 31), self.usual_day))

    @cached_property
    def below(self) -> list[Yearbook]:
        return list(Yearbook.objects.latest_below(self.office, self.year).select_related("office", "by"))

    @property
    def known_below(self) -> date | None:
        """The day until which the offices below know, where they agree on one."""
        days = {book.known for book in self.below}
        return days.pop() if len(days) == 1 else None

    @property
    def usual_day(self) -> date:
        """By which day a year is usually told: what the offices below took; else the end of the January after it."""
        return self.known_below or min(yesterday(self.today), date(self.year + 1, 1, 31))

    @cached_property
    def officers(self) -> int:
        """How many rows the rosters of this edition hold together."""
        return rows_of(county_books(self.book))

    @property
    def is_over(self) -> bool:
        return self.today > date(self.year, 12, 31)

    @property
    def may_lock(self) -> bool:
        return self.is_over and publishes.test(self.user, self.office)

    @property
    def with_names(self) -> bool:
        return works_at_an_office.test(self.user)

    @property
    def years(self) -> list[int]:
        return years_offered(self.today)

    @cached_property
    def checked(self) -> bool | None:
        """Whether every table still says what was locked; None where nobody asked, for it reads them all."""
        return holds(self.book) if self.asked_to_check and self.book else None


# ── the report to the office above ────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Part:
    """One chapter: a table as it was locked, what it says in a sentence, its pictures."""

    title: str
    said: str
    published: Published
    strips: list[Strip]
    charts: list[tuple[Chart, str]]


def report(book: Yearbook) -> bytes:
    """The annual report of an office as a PDF, made of nothing but what was locked: the same bytes each time."""
    parts, pictures = [], {}
    tables = {(each.subject, each.dimension): each for each in book.tables.select_related("office")}
    for subject, dimension in SET:
        published = tables.get((subject.code, dimension.code))
        if published is None:
            continue
        table = published.table
        first = dimension is subject.dimensions[0]
        charts, svg = drawn(pictures_of(table) if first else [], prefix=f"{subject.code}-")
        pictures |= svg
        parts.append(
            Part(published.title, _said(table) if first else "", published, strips_of(table), charts)
        )
    signed = SignOff.objects.filter(roll_up__office=book.office, roll_up__year=book.year, at__lt=book.at)
    context = {
        "book": book,
        "parts": parts,
        "below": _parts_below(tables.values()),
        "officers": _officers(book),
        "signed": signed.defer("rows", "roster").first(),
        "title": f"{book.words['area']}首席质量官工作{book.year}年度统计报告",
        "organisation": book.words["office"],
        "number": f"第 {book.edition} 版",
        "made_at": book.at,
    }
    return pdf_of("statistics_report.html", context, drawn=pictures)


def _parts_below(tables) -> list[dict]:
    """The offices whose locked tables this one is made of, each with the digest of its first table."""
    whole = next((each for each in tables if each.parts), None)
    return whole.parts if whole else []


def _officers(book: Yearbook) -> list[tuple[str, int, str]]:
    """(county, how many officers its locked roster holds, the digest of it)."""
    held = LockedRoster.objects.filter(yearbook__in=county_books(book)).select_related("yearbook")
    return [
        (each.yearbook.words["area"], len(each.keys), each.digest)
        for each in held.defer("rows").order_by("yearbook__office_id")
    ]


def _said(table: Table) -> str:
    """The figures of a table as one would say them; what is not there is not said."""
    if table.code not in SENTENCES:
        return ""
    return "".join(SENTENCES[table.code](table))


def _number(table: Table, code: str) -> str:
    return value_in_words(table.head(code), table[ALL, code])


def _coverage(table: Table):
    if not table[ALL, "all.n"]:
        yield "全辖区没有登记的企业。"
        return
    yield f"全辖区登记企业 {_number(table, 'all.n')} 家，有在任首席质量官的 {_number(table, 'all.has')} 家，占 {_number(table, 'all.share')}%。"
    for code, word in (
        ("above_scale_industry", "规模以上工业企业"),
        ("above_scale_services", "规模以上服务业企业"),
        ("above_scale", "规模以上企业合计"),
        ("award_winners", "获质量奖企业"),
        ("small_and_medium", "中小企业"),
    ):
        if table[ALL, f"{code}.n"]:
            if code == "above_scale" and target_of(table, code) is None:
                continue  # the two parts were said
            yield f"{word} {_number(table, f'{code}.n')} 家，已设 {_number(table, f'{code}.has')} 家，覆盖率 {_number(table, f'{code}.share')}%"
            if (target := target_of(table, code)) is not None:
                short = table[ALL, f"{code}.short"]
                yield f"（目标 {target * 100:.0f}%，" + (f"还差 {short} 家）" if short else "已经达到）")
            yield "。"


def _filings(table: Table):
    yield f"本年受理备案 {_number(table, 'n')} 件，其中集中备案 {_number(table, 'called')} 件、主动备案 {_number(table, 'voluntary')} 件；年末已备案 {_number(table, 'state.filed')} 件。"
    if table[ALL, "days"] is not None:
        yield f"已备案的从受理到备案，天数中位为 {_number(table, 'days')} 天，一次通过的占 {_number(table, 'first')}%。"
    yield f"有报送期限的变更 {_number(table, 'limited')} 件，逾期报送 {_number(table, 'late')} 件。"


def _structure(table: Table):
    yield f"年末在任首席质量官 {_number(table, 'serves')} 人（在几家任职的每家各计一次），累计任职 {_number(table, 'ever')} 人次，已离任 {_number(table, 'left')} 人次。"
    if table[ALL, "serves"]:
        yield f"在任的有 {_number(table, 'also.in_decision_layer')} 人在企业决策层，占 {_number(table, 'layer')}%。"


def _hours(table: Table):
    if table[ALL, "asked"]:
        yield f"规定有学时或证书要求的 {_number(table, 'asked')} 人，各项都达标的 {_number(table, 'met')} 人，达标率 {_number(table, 'share')}%。"
    elif any(head.code.endswith(".due") for head in table.columns):
        yield "规定有学时或证书要求，年末没有应当完成的人。"
    else:
        yield "所在地的规定没有学时或证书要求。"


def _providers(table: Table):
    yield f"受本级以下委托的培训 {_number(table, 'sessions')} 场，参训 {_number(table, 'people')} 人（在几家机构参训的每家各计一次），计 {_number(table, 'hours')} 学时；发放培训证书 {_number(table, 'completions')} 张。"


def _evaluations(table: Table):
    yield f"本年申请水平评价 {_number(table, 'applications')} 件，公布结果 {_number(table, 'results')} 人"
    if table[ALL, "results"]:
        grades = [head for head in table.columns if head.code.startswith("grade.") and table[ALL, head.code]]
        yield "：" + "、".join(f"{head.label} {_number(table, head.code)} 人" for head in grades)
    yield "。"


def _certificates(table: Table):
    yield f"累计签发评价证书 {_number(table, 'n')} 张，年末有效 {_number(table, 'state.valid')} 张、暂停 {_number(table, 'state.suspended')} 张。"


def _reports(table: Table):
    what = table.head("n").group
    if not table[ALL, "n"]:
        yield f"{what}：没有要求报送，也没有企业自愿报送。"
        return
    yield f"{what}：应报和自愿报的企业 {_number(table, 'n')} 家，按时接收 {_number(table, 'received')} 家，逾期报送 {_number(table, 'late')} 家，报来待接收 {_number(table, 'waiting')} 家，未报 {_number(table, 'missing')} 家。"


SENTENCES = {
    "coverage": _coverage,
    "filings": _filings,
    "structure": _structure,
    "hours": _hours,
    "providers": _providers,
    "evaluations": _evaluations,
    "certificates": _certificates,
    "reports": _reports,
}
