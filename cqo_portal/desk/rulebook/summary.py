"""The plain summary of an edition: what a clerk asks first, in the same order whatever the jurisdiction."""

from collections.abc import Iterator

from cqo_portal.desk.rulebook.book import Answer
from cqo_portal.desk.rulebook.words import NOT_SAID, duty_in_brief, sizes_in_words
from cqo_portal.jurisdictions.requirements import (
    BySize,
    Discretion,
    Every,
    Experience,
    OfficerDecides,
    Requirement,
    leaves,
)
from cqo_portal.jurisdictions.schema import RulePack


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
        yield Answer("学什么", "；".join(map(duty_in_brief, pack.training)), "part-training")
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
            return "；".join(f"{sizes_in_words(case.sizes)}企业：{_in_brief(case.asks)}" for case in cases)
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
