"""What a clause says, in words: words around a number stand here, the number is the pack's."""

from collections.abc import Iterable

from cqo_portal.jurisdictions.requirements import (
    AppointedBy,
    Discretion,
    Disqualification,
    Education,
    Experience,
    QualityQualification,
    Title,
    Trained,
)
from cqo_portal.jurisdictions.schema import (
    ChangeReport,
    ClassHour,
    Commissioning,
    CoverageTarget,
    Duty,
    OfficeTraining,
    Provision,
    Report,
    Step,
    TalentPool,
    Term,
    Way,
)
from cqo_portal.jurisdictions.scheme import LeastGradeAdvised, PanelRule, Span
from cqo_portal.jurisdictions.vocabulary import Recurrence, Size
from cqo_portal.wording import plain_decimal

NOT_SAID = "文本没有规定"


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
        case ClassHour(minutes=minutes):
            return f"{minutes} 分钟"
        case OfficeTraining(tier=tier):
            return f"{tier}组织"
        case Commissioning(tier=tier):
            return f"由{tier}委托"
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
    amount = [f"{plain_decimal(duty.hours)} 学时"] if duty.hours is not None else []
    amount += [f"不少于 {duty.activities} 次活动"] if duty.activities else []
    amount += ["取得培训证书"] if duty.certificate else []
    parts = [f"{duty.every}：{'、'.join(amount)}" if amount else str(duty.every)]
    if duty.every is Recurrence.CALENDAR_YEAR:
        parts.append(str(duty.first_year))
    if duty.counts:
        parts.append(f"可以计入：{'、'.join(duty.counts)}")
    if duty.organisers:
        parts.append(f"只计{duty.organisers}举办的")
    return "；".join(parts)


def duty_in_brief(duty: Duty) -> str:
    hours = plain_decimal(duty.hours) if duty.hours is not None else ""
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


def sizes_in_words(sizes: frozenset[Size]) -> str:
    return "、".join(str(size) for size in Size if size in sizes)


def listed(values: Iterable) -> str:
    return "、".join(map(str, values))
