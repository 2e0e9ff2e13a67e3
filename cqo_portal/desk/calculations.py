"""The rules from the shell: one JSON object in, one out, by the same pure modules the pages use."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from certificates.validity import validity_of
from cqo_portal.desk.reading import (
    Refused,
    amount,
    day,
    decimal_text,
    flag,
    list_of,
    maybe,
    record,
    text,
    whole,
    word,
)
from cqo_portal.jurisdictions import NoSuchRule, pack, pack_on
from cqo_portal.jurisdictions.calendar import WorkingCalendar
from cqo_portal.jurisdictions.enterprise_size import SOURCE_OF_SECTORS, SOURCE_OF_SIZES
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import (
    AccidentLevel,
    Activity,
    ExperienceKind,
    Fault,
    Level,
    Rank,
    Size,
)
from cqo_portal.parties.size import SizeResult, TooCoarse, Unclear, classify, needed, sector, sector_note
from cqo_portal.wording import plain_decimal
from evaluation.scoring import Unscorable, score
from registry.experience import Period
from registry.qualification import ClauseResult, explain
from registry.shown import Declared, Facts, QualityCertificate
from training.hours import CLASSES, Earned, Post, Progress, Trained, Uncounted, progress

ENTERPRISE = {
    "industry": maybe(text),
    "persons": maybe(whole),
    "revenue": maybe(amount),
    "assets": maybe(amount),
}


def size_of(given: Any) -> dict[str, Any]:
    asked = record(
        given,
        None,
        required={"industry": text},
        optional={name: reader for name, reader in ENTERPRISE.items() if name != "industry"},
    )
    return _size_in_words(_classified(asked))


def sector_of(given: Any) -> dict[str, Any]:
    industry = record(given, None, required={"industry": text})["industry"]
    try:
        answer = {"sector": sector(industry).value, "note": sector_note(industry)}
    except Unclear as unclear:
        raise Refused(unclear.sentence, field=unclear.field) from unclear
    return {**answer, "source": SOURCE_OF_SECTORS}


def explanation_of(given: Any) -> dict[str, Any]:
    asked = record(
        given,
        None,
        required={"on": day, "person": _person},
        optional={"jurisdiction": text, "edition": maybe(text), "enterprise": maybe(_enterprise)},
    )
    rules = _pack(asked, on=asked["on"])
    size = _size_shown(asked["enterprise"])
    explained = explain(rules, _facts(asked["person"], on=asked["on"], size=size and size.size))
    return {
        "edition": explained.edition,
        "verdict": explained.verdict.value,
        "clauses": [_clause(clause) for clause in explained.clauses],
        "on": explained.on.isoformat(),
        "met_from": _iso(explained.met_from),
        "size": _size_in_words(size) if size else None,
    }


def score_of(given: Any) -> dict[str, Any]:
    asked = record(given, None, required={"edition": text, "coefficients": _coefficients})
    scheme = _pack(asked, on=None).evaluation
    if scheme is None:
        raise Refused(f"{asked['edition']} 没有千分制评价。", field="edition")
    try:
        result = score(asked["coefficients"], scheme)
    except Unscorable as unscorable:
        raise Refused("".join(unscorable.sentences), field="coefficients") from unscorable
    return {
        "indicators": {code: plain_decimal(points) for code, points in result.indicators.items()},
        "groups": {code: plain_decimal(points) for code, points in result.groups.items()},
        "total": plain_decimal(result.total),
        "grade": result.grade.code,
        "failed": [_plain_fields(failed) for failed in result.failed],
        "grade_label": result.grade.label,
        "edition": asked["edition"],
    }


def hours_of(given: Any) -> dict[str, Any]:
    """Every duty to learn in one year. `certificate_on`: of the appointment training; where a pack counts
    certificate years, the first day of the evaluation certificate."""
    asked = record(
        given,
        None,
        required={"year": whole, "appointed_on": day, "entries": list_of(_earned)},
        optional={
            "jurisdiction": text,
            "edition": maybe(text),
            "certificate_on": maybe(day),
            "left_on": maybe(day),
        },
    )
    if not 1900 <= asked["year"] <= 2100:
        raise Refused("year 应为 1900 至 2100 之间的年份。", field="year")
    if asked["left_on"] and asked["left_on"] < asked["appointed_on"]:
        raise Refused(f"left_on {asked['left_on']} 早于任职的 {asked['appointed_on']}。", field="left_on")
    rules = _pack(asked, on=date(asked["year"], 12, 31))
    certificate = asked["certificate_on"]
    post = Post(
        appointed_on=asked["appointed_on"],
        left_on=asked["left_on"],
        trained=(Trained(on=certificate),) if certificate else (),
        certified_on=certificate,
        certificate_ends=validity_of(certificate, rules.certificate).last_day
        if certificate and rules.certificate
        else None,
    )
    found = progress(rules, year=asked["year"], post=post, earned=asked["entries"])
    return {"edition": rules.edition, "year": asked["year"], "duties": [_duty(each) for each in found]}


def dates_of(given: Any, *, calendar: WorkingCalendar) -> dict[str, Any]:
    events = {"issued_on": _of_certificate, "changed_on": _of_change, "appointed_on": _of_term}
    asked = record(
        given,
        None,
        required={},
        optional={"jurisdiction": text, "edition": maybe(text), **dict.fromkeys(events, day)},
    )
    named = [name for name in events if asked[name]]
    if not named:
        raise Refused(f"请给出 {'、'.join(events)} 中的一个日期。")
    answer: dict[str, Any] = {"arithmetic": []}
    for name in named:
        rules = _pack(asked, on=asked[name])
        found = events[name](rules, asked[name], calendar)
        answer |= (
            {"edition": rules.edition} | found | {"arithmetic": answer["arithmetic"] + found["arithmetic"]}
        )
    return answer


# ── Dates ─────────────────────────────────────────────────────────────────────────────────────────
def _of_certificate(rules: RulePack, issued_on: date, calendar: WorkingCalendar) -> dict[str, Any]:
    rule = rules.certificate
    if rule is None:
        raise Refused(f"{rules.edition} 没有评价证书的规定。", field="issued_on")
    dates = validity_of(issued_on, rule)
    return {
        **_plain_fields(dates),
        "arithmetic": [
            f"自签发之日 {issued_on} 起 {rule.valid_for.length}，最后一天 {dates.last_day}"
            f"（{rule.valid_for.cites}）。",
            f"最后一天之前 {rule.window_opens.length}：{dates.reapply_opens} 起可以申请再评价"
            f"（{rule.window_opens.cites}）。",
            f"最后一天之前 {rule.reapply_by.length}：应在 {dates.reapply_by} 以前申请再评价"
            f"（{rule.reapply_by.cites}）。",
        ],
    }


def _of_change(rules: RulePack, changed_on: date, calendar: WorkingCalendar) -> dict[str, Any]:
    if rules.route is None:
        raise Refused(f"{rules.edition} 没有备案变更报送的规定。", field="changed_on")
    rule = rules.route.change
    last = rule.within.after(changed_on)
    moved = calendar.moved(last) if rule.moves_past_days_off else None
    return {
        "report_by": (moved.day if moved else last).isoformat(),
        "last_day_unshifted": last.isoformat(),
        "provisional": bool(moved and moved.provisional),
        "alarm": moved.arithmetic if moved and moved.provisional else None,
        "first_to": rule.first_to.value,
        "arithmetic": [
            f"变更当日 {changed_on} 不计，{rule.within}后至 {last}（{rule.cites}）。",
            *([moved.arithmetic] if moved else []),
        ],
    }


def _of_term(rules: RulePack, appointed_on: date, calendar: WorkingCalendar) -> dict[str, Any]:
    term = rules.term
    if term is None:
        raise Refused(f"{rules.edition} 没有任期的规定。", field="appointed_on")
    ends = term.last_day_from(appointed_on)
    return {
        "term_ends": ends.isoformat(),
        "arithmetic": [f"自 {appointed_on} 起 {term.normally}，至 {ends}（{term.cites}）。"],
    }


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────
def _pack(asked: dict[str, Any], *, on: date | None) -> RulePack:
    """The edition named, or the one applied in the jurisdiction on that day."""
    edition, jurisdiction = asked.get("edition"), asked.get("jurisdiction")
    if edition is None and jurisdiction is None:
        raise Refused("请写明 jurisdiction（如 cangzhou）或 edition。", field="jurisdiction")
    try:
        found = pack(edition) if edition is not None else pack_on(jurisdiction, on)
    except NoSuchRule as unknown:
        raise Refused(str(unknown), field="edition" if edition is not None else "jurisdiction") from unknown
    if jurisdiction not in (None, found.jurisdiction):
        raise Refused(f"版本 {edition} 不是 {jurisdiction} 的规则。", field="edition")
    return found


def _earned(value: Any, field: str) -> Earned:
    said = record(
        value,
        field,
        required={"hours": decimal_text, "on": day},
        optional={
            "class": maybe(_course_class),
            "year": maybe(whole),
            "activity": maybe(word(Activity)),
            "held": maybe(text),
        },
    )
    if said["year"] is not None and not 1900 <= said["year"] <= 2100:
        raise Refused(f"{field}.year 应为 1900 至 2100 之间的年份。", field=f"{field}.year")
    return Earned(
        hours=said["hours"],
        on=said["on"],
        course_class=said["class"],
        counts_for=said["year"],
        activity=said["activity"] or Activity.TRAINING,
        held=said["held"] or "",
    )


def _course_class(value: Any, field: str) -> int:
    known = {str(number): number for number in CLASSES if number}
    if not isinstance(value, str) or value not in known:
        raise Refused(f"{field} 应为 {'、'.join(map(repr, known))} 或 null。", field=field)
    return known[value]


def _enterprise(value: Any, field: str) -> dict[str, Any]:
    return record(value, field, required={}, optional=ENTERPRISE)


def _person(value: Any, field: str) -> dict[str, Any]:
    return record(
        value,
        field,
        required={},
        optional={
            "education": maybe(word(Level)),
            "graduated": maybe(flag),
            "title": maybe(word(Rank)),
            "quality_qualification": maybe(_qualification),
            "experience": maybe(list_of(_period)),
            "trained": maybe(flag),
            "disqualifications": maybe(list_of(_declared)),
        },
    )


def _qualification(value: Any, field: str) -> QualityCertificate:
    said = record(value, field, required={"level": word(Rank)}, optional={"issued_on": maybe(day)})
    return QualityCertificate(said["level"], said["issued_on"])


def _period(value: Any, field: str) -> Period:
    said = record(
        value, field, required={"from": day, "kind": word(ExperienceKind)}, optional={"to": maybe(day)}
    )
    if said["to"] and said["to"] < said["from"]:
        raise Refused(f"经历的结束日期 {said['to']} 早于开始日期 {said['from']}。", field=f"{field}.to")
    return Period(said["from"], said["to"], said["kind"])


def _declared(value: Any, field: str) -> Declared:
    if isinstance(value, str):
        return Declared(word(Fault)(value, field))
    said = record(
        value,
        field,
        required={"fault": word(Fault)},
        optional={
            "found_on": maybe(day),
            "accident_level": maybe(word(AccidentLevel)),
            "responsible": maybe(flag),
        },
    )
    return Declared(**said)


def _coefficients(value: Any, field: str) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise Refused('coefficients 应为对象，例如 {"7.1.1": "0.7"}。', field=field)
    return {code: decimal_text(number, f"{field}.{code}") for code, number in value.items()}


def _facts(person: dict[str, Any], *, on: date, size: Size | None) -> Facts:
    listed = {
        name: tuple(person[name]) for name in ("experience", "disqualifications") if person[name] is not None
    }
    graduated = True if person["graduated"] is None else person["graduated"]
    return Facts(on=on, size=size, **{**person, **listed, "graduated": graduated})


def _size_shown(enterprise: dict[str, Any] | None) -> SizeResult | None:
    """None where what was shown does not settle it: size is then unknown, not an error."""
    if not enterprise or enterprise["industry"] is None:
        return None
    try:
        if any(enterprise[name] is None for name in needed(enterprise["industry"])):
            return None
        return _classified(enterprise)
    except TooCoarse:
        return None
    except (Unclear, Refused) as unclear:
        raise Refused(str(unclear), field=f"enterprise.{unclear.field}") from unclear


def _classified(enterprise: dict[str, Any]) -> SizeResult:
    try:
        return classify(
            enterprise["industry"],
            persons=enterprise["persons"],
            revenue=enterprise["revenue"],
            assets=enterprise["assets"],
        )
    except Unclear as unclear:
        raise Refused(unclear.sentence, field=unclear.field) from unclear


# ── Writing ───────────────────────────────────────────────────────────────────────────────────────
def _size_in_words(result: SizeResult) -> dict[str, Any]:
    return {
        "size": result.size.value,
        "by": {
            name: {
                "value": plain_decimal(measured.value),
                "class": measured.size.value,
                "thresholds": _plain_fields(measured.limits),
            }
            for name, measured in result.by.items()
        },
        "row": result.row,
        "arithmetic": list(result.arithmetic),
        "source": SOURCE_OF_SIZES,
    }


def _duty(found: Progress) -> dict[str, Any]:
    return {
        "duty": found.duty.key,
        "label": found.duty.label,
        "cites": found.duty.cites,
        "due": found.due,
        "required": plain_decimal(found.required),
        "counted": plain_decimal(found.counted),
        "missing": plain_decimal(found.missing),
        "unit": found.unit.value,
        "uncounted": [_uncounted(each) for each in found.uncounted],
        "from": _iso(found.first_day),
        "to": _iso(found.last_day),
        "said": found.said,
    }


def _uncounted(each: Uncounted) -> dict[str, Any]:
    return {
        "hours": plain_decimal(each.earned.hours),
        "why": each.why,
        "on": each.earned.on.isoformat(),
        "reason": each.reason.value,
    }


def _clause(clause: ClauseResult) -> dict[str, Any]:
    return {
        "cites": clause.cites,
        "label": clause.label,
        "verdict": clause.verdict.value,
        "value": clause.value,
        "threshold": clause.threshold,
        "met_from": _iso(clause.met_from),
        "key": clause.key,
        "why": clause.why,
        "readings": [_plain_fields(reading) for reading in clause.readings],
        "parts": [_clause(part) for part in clause.parts],
    }


def _plain_fields(value: Any) -> dict[str, Any]:
    return dict(_written(value)) if is_dataclass(value) else {}


def _written(value: Any) -> Iterator[tuple[str, Any]]:
    for each in fields(value):
        yield each.name, _simple(getattr(value, each.name))


def _simple(value: Any) -> Any:
    match value:
        case Decimal():
            return plain_decimal(value)
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case _:
            return value


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
