"""One clause against the facts: the verdict, the value used, the threshold, and a sentence saying why."""

from dataclasses import dataclass
from datetime import date

from cqo_portal.jurisdictions.calendar import Years, elapsed
from cqo_portal.jurisdictions.requirements import (
    AppointedBy,
    Discretion,
    Disqualification,
    Education,
    Experience,
    Leaf,
    QualityQualification,
    Title,
    Trained,
)
from cqo_portal.jurisdictions.vocabulary import Level, Rank, Scale

from .experience import Worked, met_from, worked
from .shown import Declared, Facts

NOT_SHOWN = "未提供"
DAYS_OF_A_YEAR = 365  # only to draw a ruler on which nothing stands


class Verdict(Scale):
    UNMET = "unmet", "不符合"
    UNKNOWN = "unknown", "无法判定"
    MET = "met", "符合"
    DISCRETION = "discretion", "裁量"


@dataclass(frozen=True)
class Ruler:
    """Value and threshold on one scale, for the drawing beside the clause."""

    value: int
    threshold: int
    unit: str = "天"


@dataclass(frozen=True, kw_only=True)
class Finding:
    verdict: Verdict
    value: str
    threshold: str
    why: str
    met_from: date | None = None
    ruler: Ruler | None = None


def find(leaf: Leaf, facts: Facts) -> Finding:
    match leaf:
        case Education():
            return _education(leaf, facts)
        case Title(least):
            return _ranked(facts.title, least, "职称")
        case QualityQualification():
            return _quality_qualification(leaf, facts)
        case Experience():
            return _experience(leaf, facts)
        case Trained():
            return _trained(facts)
        case Discretion():
            why = "条文没有量化标准，由审查人员判断。"
            return Finding(
                verdict=Verdict.DISCRETION, value="由审查人员判断", threshold="没有量化标准", why=why
            )
    raise TypeError(f"no judgement is known for {type(leaf).__name__}")


def find_appointment(clause: AppointedBy, facts: Facts) -> Finding:
    threshold = "或".join(role.label for role in clause.by)
    by = facts.appointment.by if facts.appointment else None
    if by is None:
        return _unshown(threshold, "没有写明由谁任命，无法判定；请填写任命人的身份。")
    verdict = Verdict.MET if by in clause.by else Verdict.UNMET
    why = f"由{by.label}任命。" if verdict is Verdict.MET else f"由{by.label}任命，应由{threshold}任命。"
    return Finding(verdict=verdict, value=by.label, threshold=threshold, why=why)


def find_ground(ground: Disqualification, facts: Facts) -> Finding:
    """What was declared and what is on record weigh alike; a record does not wait for a declaration."""
    threshold = "没有此类情形"
    known = (*facts.recorded, *(facts.disqualifications or ()))
    counted = [(each, _weigh(ground, each, on=facts.on)) for each in known]
    verdict = min((weight for _, weight in counted), default=Verdict.MET)
    if verdict is Verdict.MET:
        return _nothing_against(threshold, facts)
    against = [each for each, weight in counted if weight is verdict]
    value = "、".join(dict.fromkeys(each.fault.label for each in against))
    if verdict is Verdict.UNKNOWN:
        why = f"{_named(against)}缺少认定日期、事故等级或本人责任的认定，无法判定；请补充认定文件。"
        return Finding(verdict=verdict, value=value, threshold=threshold, why=why)
    return _barred(ground, facts, [each for each, weight in counted if weight is not Verdict.MET], value)


def _nothing_against(threshold: str, facts: Facts) -> Finding:
    if facts.disqualifications is None:
        return _unshown(threshold, "没有作出有无此类情形的声明，无法判定；请声明。")
    return Finding(verdict=Verdict.MET, value="没有", threshold=threshold, why="所作声明中没有此类情形。")


def _named(against: list[Declared]) -> str:
    """Which facts, and from where: the finding of what is on record, the word of what was declared."""
    recorded = [f"{_described(each)}，文书 {each.document}" for each in against if each.document]
    declared = dict.fromkeys(each.fault.label for each in against if not each.document)
    said = [f"已登记的事实：{'；'.join(recorded)}。"] if recorded else []
    return "".join([*said, *([f"声明了“{'、'.join(declared)}”，"] if declared else [])])


def _described(each: Declared) -> str:
    level = f"，{each.accident_level.label}事故" if each.accident_level else ""
    borne = {True: "，负有责任", False: "，不负责任"}.get(each.responsible, "")
    return f"{each.fault.label}{level}{borne}"


def _barred(ground: Disqualification, facts: Facts, against: list[Declared], value: str) -> Finding:
    """Time helps only where the text sets one, and every fact that weighs is dated."""
    why, day = f"{_named(against)}{ground.bars.label}。", None
    if ground.lasts and all(each.found_on for each in against):
        day = max(ground.lasts.after(each.found_on) for each in against)
        why = f"{why}自认定之日起满 {ground.lasts}后不再计，{_from(day)}"
    return Finding(verdict=Verdict.UNMET, value=value, threshold="没有此类情形", why=why, met_from=day)


def _weigh(ground: Disqualification, declared: Declared, *, on: date) -> Verdict:
    """MET: does not count here. UNKNOWN: would, if what is missing says so. UNMET: counts."""
    level, found_on = declared.accident_level, declared.found_on
    if declared.fault not in ground.faults:
        return Verdict.MET
    if ground.only_if_responsible and declared.responsible is False:
        return Verdict.MET
    if ground.from_level and level and level < ground.from_level:
        return Verdict.MET
    if ground.lasts and found_on and ground.lasts.after(found_on) <= on:
        return Verdict.MET
    open_questions = (
        ground.only_if_responsible and declared.responsible is None,
        ground.from_level and level is None,
        ground.lasts and found_on is None,
    )
    return Verdict.UNKNOWN if any(open_questions) else Verdict.UNMET


def _education(clause: Education, facts: Facts) -> Finding:
    """Who did not finish the level shown may hold a lower one; that one has not been shown."""
    shown, least, threshold = facts.education, clause.least, _at_least(clause.least)
    if shown is None:
        return _unshown(threshold, "没有提供学历，无法判定；请提供毕业证书。")
    if shown < least or facts.graduated or shown is Level.NONE:
        return _ranked(shown, least, "学历")
    value = f"{shown.label}（{'未毕业' if facts.graduated is False else '是否毕业未提供'}）"
    if facts.graduated is False and shown is least:
        why = f"{shown.label}尚未毕业，只有毕业的学历才计。"
        return Finding(verdict=Verdict.UNMET, value=value, threshold=threshold, why=why)
    why = "只有毕业的学历才计，无法判定；请提供毕业证书。"
    return Finding(verdict=Verdict.UNKNOWN, value=value, threshold=threshold, why=why)


def _ranked(shown: Level | Rank | None, least: Level | Rank, noun: str) -> Finding:
    threshold = _at_least(least)
    if shown is None:
        return _unshown(threshold, f"没有提供{noun}，无法判定；请提供{noun}证书。")
    if shown >= least:
        return Finding(
            verdict=Verdict.MET, value=shown.label, threshold=threshold, why=f"{noun}为{shown.label}。"
        )
    why = f"{noun}为{shown.label}，要求{threshold}。"
    return Finding(verdict=Verdict.UNMET, value=shown.label, threshold=threshold, why=why)


def _quality_qualification(clause: QualityQualification, facts: Facts) -> Finding:
    shown, last = facts.quality_qualification, clause.issued_until
    if shown is None or shown.level < clause.least:
        return _ranked(shown.level if shown else None, clause.least, "质量专业职业资格")
    threshold = _at_least(clause.least)
    if shown.issued_on is None:
        why = f"资格证书没有取得日期，无法判定；只计 {last} 以前取得的证书。"
        return Finding(verdict=Verdict.UNKNOWN, value=shown.level.label, threshold=threshold, why=why)
    value = f"{shown.level.label}，{shown.issued_on} 取得"
    if shown.issued_on > last:
        why = f"{shown.issued_on} 取得的证书不计：该资格已取消，只计 {last} 以前取得的证书。"
        return Finding(verdict=Verdict.UNMET, value=value, threshold=threshold, why=why)
    why = f"质量专业职业资格为{shown.level.label}，在资格取消以前取得。"
    return Finding(verdict=Verdict.MET, value=value, threshold=threshold, why=why)


def _experience(clause: Experience, facts: Facts) -> Finding:
    threshold, on = str(clause.least), facts.on
    if facts.experience is None:
        return _unshown(threshold, f"没有提供{clause.kind.label}经历，无法判定；请填写起止日期并附证明。")
    counted = worked(facts.experience, clause.kind, on=on)
    value, ruler = str(counted.length), _ruler(counted, clause.least)
    if counted.reaches(clause.least):
        why = f"{clause.kind.label}经历合计{value}，已满 {clause.least}。"
        return Finding(verdict=Verdict.MET, value=value, threshold=threshold, why=why, ruler=ruler)
    day = met_from(facts.experience, clause.kind, clause.least, on=on)
    short = elapsed(on, day) if day else counted.short_of(clause.least)
    why = f"{value}，差 {short}。" + (_from(day) if day else "")
    return Finding(
        verdict=Verdict.UNMET, value=value, threshold=threshold, why=why, met_from=day, ruler=ruler
    )


def _ruler(counted: Worked, least: Years) -> Ruler:
    """In days along the calendar from the first day; what gaps cost is left out of the value."""
    if not counted.stretches:
        return Ruler(0, DAYS_OF_A_YEAR * least.count)
    start, stop = counted.span
    threshold = (least.after(start) - start).days
    worked_out = int(counted.months * threshold / least.months)
    return Ruler(worked_out if counted.is_broken else (stop - start).days, threshold)


def _trained(facts: Facts) -> Finding:
    threshold, typed = "已完成", facts.training_certificate
    if typed and typed.issued_on:
        why = f"培训证书 {typed.number}，{typed.provider} {typed.issued_on} 颁发，平台上在案。"
        return Finding(verdict=Verdict.MET, value="已完成", threshold=threshold, why=why)
    if facts.trained is None and typed:
        return _unshown(threshold, "平台上没有与此人相符的这个证书编号；是其他机构发的，请上传证书。")
    if facts.trained is None:
        return _unshown(threshold, "没有提供培训证明，无法判定；请提供培训证书或结业证明。")
    if facts.trained:
        return Finding(verdict=Verdict.MET, value="已完成", threshold=threshold, why="已完成任职培训。")
    why = "尚未完成任职培训，完成之后即符合。"
    return Finding(verdict=Verdict.UNMET, value="未完成", threshold=threshold, why=why)


def _unshown(threshold: str, why: str) -> Finding:
    return Finding(verdict=Verdict.UNKNOWN, value=NOT_SHOWN, threshold=threshold, why=why)


def _at_least(least: Level | Rank) -> str:
    return f"{least.label}及以上"


def _from(day: date) -> str:
    return f"{day} 起符合。"
