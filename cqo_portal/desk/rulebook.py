"""A rule pack as a page reads it: sections of lines, each with its value in words, its clause and its readings.

Nothing is said here that the pack does not hold: words around a number may stand here, the number may not.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cqo_portal.jurisdictions import NoSuchRule, edition_on, editions, jurisdictions
from cqo_portal.jurisdictions.requirements import (
    AppointedBy,
    BySize,
    Discretion,
    Disqualification,
    Education,
    Either,
    Every,
    Experience,
    OfficerDecides,
    QualityQualification,
    Reading,
    Requirement,
    Title,
    Trained,
    leaves,
)
from cqo_portal.jurisdictions.schema import (
    ChangeReport,
    CoverageTarget,
    Duty,
    Provision,
    Report,
    RulePack,
    Step,
    TalentPool,
    Term,
    Way,
)
from cqo_portal.jurisdictions.scheme import LeastGradeAdvised, PanelRule, Span
from cqo_portal.jurisdictions.vocabulary import Recurrence, Size

NOT_SAID = "文本没有规定"
FACTS = {
    "experience": "按登记的质量经历提出",
    "education": "按登记的学历提出",
    "title": "按登记的职称提出",
    "certificate": "按培训合格证书提出",
    "hours": "按学时账提出",
}


@dataclass(frozen=True)
class Line:
    """One clause. `manner`: how its parts hang together, or that nobody but a person can judge it."""

    anchor: str
    label: str
    value: str = ""
    cites: str = ""
    manner: str = ""  # every | either | sizes | discretion
    readings: tuple[Reading, ...] = ()
    parts: tuple["Line", ...] = ()

    def flat(self) -> Iterator["Line"]:
        yield self
        for part in self.parts:
            yield from part.flat()

    @property
    def text(self) -> str:
        """All it says in one string: two editions differ where this differs."""
        return "，".join(filter(None, (self.label, self.value, *(part.text for part in self.parts))))


@dataclass(frozen=True)
class Section:
    """`rows` are the lines a table of its own shows; `about` is the object that table is drawn from."""

    anchor: str
    title: str
    lines: tuple[Line, ...] = ()
    lead: str = ""
    rows: tuple[Line, ...] = ()
    template: str = "rules/_lines.html"
    about: Any = None

    def flat(self) -> Iterator[Line]:
        for line in (*self.lines, *self.rows):
            yield from line.flat()


@dataclass(frozen=True)
class Answer:
    """One line of the plain summary: what a clerk asks first."""

    question: str
    said: str
    anchor: str


@dataclass(frozen=True)
class Change:
    section: str
    label: str
    was: str
    now: str


@dataclass(frozen=True)
class Adopted:
    """A reading we adopted, and the line it belongs to."""

    label: str
    anchor: str
    reading: Reading


@dataclass(frozen=True)
class Book:
    pack: RulePack
    sections: tuple[Section, ...]
    summary: tuple[Answer, ...]

    @property
    def adopted(self) -> list[Adopted]:
        """Every reading, once, where it stands first."""
        whole = [("适用日期", "edition", self.pack.dating)] if self.pack.dating else []
        whole += [("整版", "edition", reading) for reading in self.pack.readings]
        of_lines = [
            (line.label, line.anchor, r) for s in self.sections for line in s.flat() for r in line.readings
        ]
        first = {}
        for label, anchor, reading in (*whole, *of_lines):
            first.setdefault(reading, Adopted(label, anchor, reading))
        return list(first.values())


# ── Which edition ─────────────────────────────────────────────────────────────────────────────
def chosen(known: tuple[RulePack, ...], *, asked: str | None, today: date) -> RulePack:
    """The edition the address names, else the one applied today, else the newest."""
    named = next((each for each in known if each.edition == asked), None)
    return named or applied(known, today=today) or known[-1]


def applied(known: tuple[RulePack, ...], *, today: date) -> RulePack | None:
    try:
        return edition_on(known, today)
    except NoSuchRule:
        return None


def successor(known: tuple[RulePack, ...], pack: RulePack) -> RulePack | None:
    later = [each for each in known if each.in_force_from > pack.in_force_from]
    return later[0] if later else None


def changes(before: Book, after: Book) -> list[Change]:
    """Line by line what one edition says and the other does not; clause numbers alone are no change."""
    titles = dict.fromkeys(section.title for book in (after, before) for section in book.sections)
    return [change for title in titles for change in _changes_in(title, before, after)]


def _changes_in(title: str, before: Book, after: Book) -> Iterator[Change]:
    then, now = _top_lines(before, title), _top_lines(after, title)
    for anchor in dict.fromkeys((*then, *now)):
        was, line = then.get(anchor), now.get(anchor)
        texts = was.text if was else "", line.text if line else ""
        if texts[0] != texts[1]:
            yield Change(title, (line or was).label, *texts)


def _top_lines(book: Book, title: str) -> dict[str, Line]:
    found = [s for s in book.sections if s.title == title]
    return {line.anchor: line for section in found for line in (*section.lines, *section.rows)}


@dataclass(frozen=True)
class Edition:
    """One edition on the shelf: applied today, replaced by a later one, or not yet begun."""

    pack: RulePack
    applied: bool
    replaced_by: RulePack | None

    @property
    def standing(self) -> str:
        if self.applied:
            return "今天适用"
        if self.replaced_by:
            return f"{self.replaced_by.in_force_from:%Y-%m-%d} 起由后一版代替"
        return f"{self.pack.in_force_from:%Y-%m-%d} 起适用"

    @property
    def conditions(self) -> str:
        return conditions(self.pack)

    @property
    def procedure(self) -> str:
        return procedure(self.pack)


def editions_of(known: tuple[RulePack, ...], *, today: date) -> list[Edition]:
    now = applied(known, today=today)
    return [Edition(each, each is now, successor(known, each)) for each in known]


def shelf(*, today: date) -> list[tuple[str, list[Edition]]]:
    """Every jurisdiction with its editions, newest first."""
    return [
        (editions(name)[0].label, editions_of(editions(name), today=today)[::-1]) for name in jurisdictions()
    ]


def page(known: tuple[RulePack, ...], *, asked: str | None, today: date) -> dict:
    """One edition to read, and what it changed of the one before."""
    pack = chosen(known, asked=asked, today=today)
    book, earlier = read(pack), [each for each in known if each.in_force_from < pack.in_force_from]
    return {
        "pack": pack,
        "book": book,
        "editions": editions_of(known, today=today),
        "edition": next(e for e in editions_of(known, today=today) if e.pack is pack),
        "earlier": earlier[-1] if earlier else None,
        "changes": changes(read(earlier[-1]), book) if earlier else [],
    }


# ── The book ──────────────────────────────────────────────────────────────────────────────────
def read(pack: RulePack) -> Book:
    page = _Page()
    sections = tuple(section for write in CHAPTERS if (section := write(pack, page)))
    return Book(pack, sections, tuple(summary(pack)))


@dataclass
class _Page:
    """Hands out anchors: the clause's key, or where a key stands twice, the key behind its scope."""

    taken: set[str] = field(default_factory=set)

    def anchor(self, key: str, *, scope: str = "") -> str:
        free = next(name for name in self._names(key, scope) if name not in self.taken)
        self.taken.add(free)
        return free

    def _names(self, key: str, scope: str) -> Iterator[str]:
        yield key
        number = 2
        if scope:
            yield f"{scope}-{key}"
        while True:
            yield f"{key}-{number}"
            number += 1

    def line(self, clause, *, scope: str = "", value: str | None = None) -> Line:
        return Line(
            anchor=self.anchor(clause.key, scope=scope),
            label=clause.label,
            value=said(clause) if value is None else value,
            cites=clause.cites,
            manner="discretion" if isinstance(clause, Discretion) else "",
            readings=(clause.reading,) if clause.reading else (),
        )


def _qualification(pack: RulePack, page: _Page) -> Section:
    lines = tuple(_requirement(part, page) for part in pack.qualification.parts)
    lead = "以下各条须同时满足；“以上”都含本数。标“裁量”的没有材料可以证明，由人员判断，不自动计入结论。"
    return Section("part-qualification", "任职条件", lines, lead)


def _requirement(requirement: Requirement, page: _Page, *, scope: str = "") -> Line:
    match requirement:
        case Either(parts=parts):
            whole = page.line(requirement, scope=scope)
            return _with(whole, "either", (_requirement(part, page, scope=whole.anchor) for part in parts))
        case Every(parts):
            return Line(
                "", "", manner="every", parts=tuple(_requirement(p, page, scope=scope) for p in parts)
            )
        case OfficerDecides(part, where, reading):
            return _officer_decides(_requirement(part, page, scope=scope), where, reading, page)
        case BySize(key, cases, unclassified):
            return _by_size(key, cases, unclassified, page)
    return page.line(requirement, scope=scope)


def _with(line: Line, manner: str, parts: Iterable[Line], readings: tuple[Reading, ...] = ()) -> Line:
    return Line(
        line.anchor, line.label, line.value, line.cites, manner, line.readings + readings, tuple(parts)
    )


def _officer_decides(line: Line, where: Requirement, reading: Reading, page: _Page) -> Line:
    """The way out stands below the line itself: unmet, but with this in hand an officer decides."""
    below = _requirement(where, page, scope=line.anchor)
    way_out = Line(
        below.anchor,
        f"以上都不满足，但有{below.label}的",
        "由备案人员裁量",
        below.cites,
        "discretion",
        (reading,),
    )
    return _with(line, line.manner or "either", (*line.parts, way_out))


def _by_size(key: str, cases, unclassified: Reading, page: _Page) -> Line:
    parts = []
    for case in cases:
        asks = _requirement(case.asks, page, scope=case.key)
        label = f"{_sizes(case.sizes)}企业"
        parts.append(Line(page.anchor(case.key), label, manner="every", parts=asks.parts or (asks,)))
    return Line(page.anchor(key), "按企业规模", manner="sizes", parts=tuple(parts), readings=(unclassified,))


def _appointment(pack: RulePack, page: _Page) -> Section:
    lines = [page.line(pack.appointed_by)]
    if pack.term:
        lines.append(page.line(pack.term))
    lead = "" if pack.term else f"任期：{NOT_SAID}。"
    return Section("part-appointment", "任命与任期", tuple(lines), lead)


def _disqualifications(pack: RulePack, page: _Page) -> Section | None:
    lead = "由企业和本人申明，附认定文件；没有申明的，不推定为没有。"
    return _list("part-disqualifications", "不得任职或不予受理的情形", pack.disqualifications, page, lead)


def _route(pack: RulePack, page: _Page) -> Section | None:
    route = pack.route
    if route is None:
        return None
    clauses = (route, *route.steps, *route.ways, route.change)
    return _list("part-route", "备案与变更", clauses, page)


def _training(pack: RulePack, page: _Page) -> Section | None:
    return _list("part-training", "培训与继续教育", pack.training, page)


def _evaluation(pack: RulePack, page: _Page) -> Section | None:
    scheme = pack.evaluation
    if scheme is None:
        return None
    rows = [*(_group(group, page) for group in scheme.groups)]
    rows += [Line(page.anchor(i.code), i.label, str(i.points), i.cites) for i in scheme.indicators]
    rows += [
        Line(page.anchor(f"band-{b.number}"), b.label, _listed(b.coefficients), b.cites) for b in scheme.bands
    ]
    rows += [
        Line(page.anchor(f"grade-{g.code}"), g.label, f"{g.least:f} 分", g.cites)
        for g in (*scheme.grades, scheme.ungraded)
    ]
    whole = _with(page.line(scheme, value=f"满分 {scheme.total:f}"), "", (), scheme.readings)
    clauses = (scheme.panel, scheme.least_grade_advised, *scheme.application)
    lines = (whole, *(page.line(clause) for clause in clauses))
    return Section(
        "part-evaluation", scheme.label, lines, rows=tuple(rows), template="rules/_scheme.html", about=scheme
    )


def _group(group, page: _Page) -> Line:
    sign = "等于" if group.exact else "不少于"
    value = f"{group.points:f} 分，{sign} {group.minimum:f} 分"
    readings = (group.by_finding,) if group.by_finding else ()
    return Line(page.anchor(f"group-{group.code}"), group.label, value, group.cites, readings=readings)


def _appraisal(pack: RulePack, page: _Page) -> Section | None:
    scheme = pack.appraisal
    if scheme is None:
        return None
    rows = []
    for group in scheme.groups:
        readings = (group.assumed,) if group.assumed else ()
        value = f"{group.points:f} 分"
        rows.append(
            Line(page.anchor(f"item-{group.code}"), group.label, value, group.cites, readings=readings)
        )
        rows += [
            Line(page.anchor(f"item-{i.code}"), i.label, f"{i.points:f} 分", group.cites) for i in group.items
        ]
    value = f"满分 {scheme.total:f}，已知部分 {scheme.known:f}；结果：{'、'.join(scheme.outcomes)}"
    return Section(
        "part-appraisal",
        scheme.label,
        (page.line(scheme, value=value),),
        rows=tuple(rows),
        template="rules/_appraisal.html",
        about=scheme,
    )


def _certificate(pack: RulePack, page: _Page) -> Section | None:
    rule = pack.certificate
    if rule is None:
        return None
    whole = page.line(rule, value=f"载明：{'、'.join(rule.particulars)}")
    applies = "、".join(map(str, rule.wait_applies_to))
    lines = (
        whole,
        page.line(rule.valid_for),
        page.line(rule.window_opens),
        page.line(rule.reapply_by),
        page.line(rule.wait_after_loss, value=f"{rule.wait_after_loss.length}（适用于{applies}）"),
        page.line(rule.on_change_of_body),
        page.line(rule.loss, value=f"证书状态：{'、'.join(map(str, rule.states))}"),
    )
    return Section("part-certificate", "证书", lines)


def _targets(pack: RulePack, page: _Page) -> Section | None:
    return _list("part-targets", "推行目标", pack.targets, page)


def _reports(pack: RulePack, page: _Page) -> Section | None:
    return _list("part-reports", "报告", pack.reports, page)


def _rest(pack: RulePack, page: _Page) -> Section | None:
    pool = (pack.pool,) if pack.pool else ()
    return _list("part-provisions", "其他规定", (*pool, *pack.provisions), page)


def _list(anchor: str, title: str, clauses: Iterable, page: _Page, lead: str = "") -> Section | None:
    lines = tuple(page.line(clause) for clause in clauses)
    return Section(anchor, title, lines, lead) if lines else None


CHAPTERS: tuple[Callable[[RulePack, _Page], Section | None], ...] = (
    _qualification,
    _appointment,
    _disqualifications,
    _route,
    _training,
    _evaluation,
    _appraisal,
    _certificate,
    _targets,
    _reports,
    _rest,
)


# ── What a clause says, in words ──────────────────────────────────────────────────────────────
def said(clause) -> str:
    """The value of a clause as a clerk would read it out; empty where the label says it all."""
    match clause:
        case Education(least=least) | Title(least=least):
            return f"{least}及以上"
        case QualityQualification(least=least, issued_until=until):
            return f"{least}及以上，发证不晚于 {until}"
        case Experience(least=least, kind=kind):
            return f"{kind}满 {least}"
        case Trained():
            return "须已完成"
        case Discretion():
            return "由人员裁量"
        case AppointedBy(by=by):
            return "、".join(map(str, by))
        case Disqualification():
            return _disqualification(clause)
        case Term(normally=length, editable=editable):
            return f"一般 {length}，企业可以另定" if editable else str(length)
        case Duty():
            return _duty(clause)
        case Span(length=length):
            return str(length)
    return _said_of_procedure(clause)


def _said_of_procedure(clause) -> str:
    match clause:
        case Step(tier=tier, act=act):
            return f"{tier}：{act}"
        case Way(channel=channel, announced_yearly=yearly):
            return f"{channel}，{'按当年通告的时间' if yearly else '任用后随时'}"
        case ChangeReport(within=within, first_to=tier, moves_past_days_off=moves):
            return f"{within}之内，先报{tier}" + ("；最后一天是休息日的顺延" if moves else "")
        case Report():
            return _report(clause)
        case CoverageTarget(of=of, ratio=ratio, by=by):
            return f"{of} {ratio:.0%}" + (f"，{by} 以前" if by else "，没有写期限")
        case TalentPool(basis=basis):
            return str(basis)
        case Provision(text=text):
            return text
        case PanelRule():
            return _panel(clause)
        case LeastGradeAdvised(by_size=by_size):
            return "；".join(f"{size} {grade}" for size, grade in by_size)
    return ""


def _disqualification(clause: Disqualification) -> str:
    parts = [f"{clause.bars}：{'；'.join(map(str, clause.faults))}"]
    if clause.from_level:
        parts.append(f"{clause.from_level}及以上")
    if clause.only_if_responsible:
        parts.append("并负有责任")
    if clause.lasts:
        parts.append(f"自认定之日起 {clause.lasts}")
    return "，".join(parts)


def _duty(duty: Duty) -> str:
    amount = [f"{_plain(duty.hours)} 学时"] if duty.hours is not None else []
    amount += [f"不少于 {duty.activities} 次活动"] if duty.activities else []
    amount += ["取得合格证书"] if duty.certificate else []
    parts = [f"{duty.every}：{'、'.join(amount)}" if amount else str(duty.every)]
    if duty.every is Recurrence.CALENDAR_YEAR:
        parts.append(str(duty.first_year))
    if duty.counts:
        parts.append(f"可以计入：{'、'.join(duty.counts)}")
    return "；".join(parts)


def _duty_in_brief(duty: Duty) -> str:
    hours = _plain(duty.hours) if duty.hours is not None else ""
    return duty.label if not hours or hours in duty.label else f"{duty.label} {hours} 学时"


def _report(report: Report) -> str:
    parts = [f"{report.by} → {report.to}", str(report.every)]
    if report.cut_off:
        month, day = report.cut_off
        parts.append(f"{month} 月 {day} 日截止")
    if report.with_roster:
        parts.append("附名单")
    return "，".join(parts)


def _panel(panel: PanelRule) -> str:
    parts = [f"不少于 {panel.least} 人"]
    if panel.odd_advised:
        parts.append("宜为单数")
    parts.append(f"{'或'.join(map(str, panel.aggregations))}")
    parts.append(f"极差达到 {panel.spread_needs_reason} 须书面说明")
    return "，".join(parts)


# ── The plain summary ─────────────────────────────────────────────────────────────────────────
def summary(pack: RulePack) -> Iterator[Answer]:
    """要什么条件、谁来任命、谁来批、多久、学什么、怎么评: in this order, whatever the jurisdiction."""
    yield Answer("要什么条件", conditions(pack), "part-qualification")
    yield Answer("由谁任命", "、".join(map(str, pack.appointed_by.by)), pack.appointed_by.key)
    if pack.disqualifications:
        grounds = "；".join(ground.label for ground in pack.disqualifications)
        yield Answer("什么情形不行", grounds, "part-disqualifications")
    yield Answer(
        "谁来批",
        procedure(pack),
        "part-route" if pack.route else "part-evaluation" if pack.evaluation else "",
    )
    yield Answer(
        "多久",
        "；".join(lengths(pack)) or NOT_SAID,
        "part-certificate" if pack.certificate else "part-appointment",
    )
    if pack.training:
        yield Answer("学什么", "；".join(map(_duty_in_brief, pack.training)), "part-training")
    if pack.evaluation or pack.appraisal:
        yield Answer("怎么评价", evaluated(pack), "part-evaluation" if pack.evaluation else "part-appraisal")


def conditions(pack: RulePack) -> str:
    """What can be proved, in one sentence; how many clauses are left to a person's judgement."""
    provable = [words for part in pack.qualification.parts if (words := _in_brief(part))]
    left = sum(isinstance(leaf, Discretion) for leaf in leaves(pack.qualification))
    return "；".join(provable) + (f"。另有 {left} 条由人员裁量" if left else "") + "。"


def _in_brief(requirement: Requirement) -> str:
    match requirement:
        case Discretion():
            return ""
        case Experience(least=least, label=label):
            return f"{label}满 {least}"
        case Every(parts):
            return "、".join(filter(None, map(_in_brief, parts)))
        case OfficerDecides(part=part):
            return _in_brief(part)
        case BySize(cases=cases):
            return "；".join(f"{_sizes(case.sizes)}企业：{_in_brief(case.asks)}" for case in cases)
    return requirement.label


def procedure(pack: RulePack) -> str:
    if pack.route:
        steps = " → ".join(f"{step.tier}{step.act}" for step in pack.route.steps)
        return f"企业申报 → {steps}"
    if pack.evaluation:
        return "没有备案程序；由独立的评价主体评价、发证"
    return f"备案程序：{NOT_SAID}"


def lengths(pack: RulePack) -> Iterator[str]:
    if pack.term:
        yield f"任期一般 {pack.term.normally}"
    if pack.certificate:
        yield f"证书有效 {pack.certificate.valid_for.length}"
        yield f"到期前 {pack.certificate.reapply_by.length}应当申请再评价"
    if pack.route:
        yield f"信息变更 {pack.route.change.within}之内报送"


def evaluated(pack: RulePack) -> str:
    if pack.evaluation:
        scheme = pack.evaluation
        return f"{scheme.total:f} 分，{len(scheme.indicators)} 项；{len(scheme.grades)} 个等级，单项不达最低分值的不予评级"
    scheme = pack.appraisal
    return f"企业自行评价，{scheme.total:f} 分（其中 {scheme.known:f} 分有原文）；没有等级和及格线"


def grade_rows(scheme) -> list[dict]:
    """Grades from the highest, each with the points at which the next one begins."""
    rows, above = [], None
    for grade in scheme.grades:
        rows.append({"grade": grade, "least": grade.least, "below": above})
        above = grade.least
    return [*rows, {"grade": scheme.ungraded, "least": scheme.ungraded.least, "below": above}]


def indicators_of(scheme) -> list[dict]:
    """The scored rows under their groups, in the order of the table."""
    return [
        {"group": group, "indicators": [row for row in scheme.indicators if row.group == group.code]}
        for group in scheme.groups
    ]


def _sizes(sizes: frozenset[Size]) -> str:
    return "、".join(str(size) for size in Size if size in sizes)


def _listed(values: Iterable) -> str:
    return "、".join(map(str, values))


def _plain(value) -> str:
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
