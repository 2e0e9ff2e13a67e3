"""An edition written out chapter by chapter. Nothing is said here that the pack does not hold."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cqo_portal.desk.rulebook.book import Book, Line, Section
from cqo_portal.desk.rulebook.summary import summary
from cqo_portal.desk.rulebook.words import NOT_SAID, listed, said, sizes_in_words
from cqo_portal.jurisdictions.requirements import (
    BySize,
    Discretion,
    Either,
    Every,
    OfficerDecides,
    Reading,
    Requirement,
)
from cqo_portal.jurisdictions.schema import RulePack


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
        label = f"{sizes_in_words(case.sizes)}企业"
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
    return _list(
        "part-training",
        "培训与继续教育",
        filter(None, (*pack.training, *pack.office_trainings, pack.commissioning, pack.class_hour)),
        page,
    )


def _evaluation(pack: RulePack, page: _Page) -> Section | None:
    scheme = pack.evaluation
    if scheme is None:
        return None
    rows = [*(_group(group, page) for group in scheme.groups)]
    rows += [Line(page.anchor(i.code), i.label, str(i.points), i.cites) for i in scheme.indicators]
    rows += [
        Line(page.anchor(f"band-{b.number}"), b.label, listed(b.coefficients), b.cites) for b in scheme.bands
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
