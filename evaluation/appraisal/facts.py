"""What is on record of an officer for the items of table A.1 that are facts: proposed with arithmetic and source.

Absence on record proposes nothing where a paper may prove it all the same: then the appraiser looks at the original.
"""

from datetime import date

from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import DutyKind
from cqo_portal.wording import day_full, plain_decimal
from evaluation.appraising import Known
from registry.duties.asking import asked_of
from registry.duties.lines import earned_by, lines_of
from registry.editions import judged_on
from registry.facts import content_of, facts_from
from registry.models import Officer, Proof
from registry.qualification import ClauseResult, Verdict, explain
from training.hours import Progress, Unit

MET = {Verdict.MET: True, Verdict.UNMET: False}
LEDGER, REGISTER = "学时账", "名录登记"


def known_of(post: Officer, year: int, rules: RulePack, *, today: date) -> dict[str, Known]:
    """{name of a fact (`AppraisalItem.fact`): what is on record of it}, as it stands at the year's end, or today."""
    on = judged_on(year, today=today)
    said = content_of(post.filing) if post.filing_id else {}
    judged = explain(
        rules, facts_from(_shown(post, said), rules=rules, papers=_papers(post), sized=None, today=on)
    )
    clauses = {key: clause for clause in judged.clauses for key in _keys(clause)}
    duties = _duties(post, year, rules, today=today)
    return {
        "experience": _experience(clauses["experience"], post, on=on),
        "education": _of_clause(clauses["education"], REGISTER),
        "title": _of_clause(clauses["title"], REGISTER),
        "certificate": _certificate(duties, clauses["training"], post),
        "hours": _hours(duties, year, today=today),
    }


def _keys(clause: ClauseResult) -> tuple[str, ...]:
    """An either-or answers for each of its parts."""
    return (clause.key, *(part.key for part in clause.parts))


def _shown(post: Officer, said: dict) -> dict:
    """The words of the appointment with what the register says today; being in office is quality management too."""
    graduated = said.get("officer", {}).get("graduated", "yes")  # the register holds no schooling unfinished
    now = {"education": post.education, "job_title": post.title, "graduated": graduated}
    serves = {
        "begins": post.appointed_on.isoformat(),
        "ends": post.ended_on.isoformat() if post.ended_on else None,
        "kind": "management",
    }
    return {
        "officer": said.get("officer", {}) | now,
        "experience": [*said.get("experience", []), serves],
    }


def _papers(post: Officer) -> frozenset[str]:
    handed_in = Proof.objects.filter(filing=post.filing_id) if post.filing_id else Proof.objects.none()
    return frozenset(handed_in.current().values_list("kind", flat=True))


def _of_clause(clause: ClauseResult, source: str) -> Known:
    return Known(MET.get(clause.verdict), clause.why, source)


def _filed(post: Officer) -> str:
    return f"任职备案 {post.filing.receipt_number}"


def _experience(clause: ClauseResult, post: Officer, *, on: date) -> Known:
    """Of somebody who was imported nothing before the appointment is on record: too little proves nothing."""
    until = f"算到 {day_full(on)}。"
    if post.filing_id:
        return Known(MET.get(clause.verdict), clause.why + until, f"{_filed(post)} 所填经历，加任职以来")
    met = True if clause.verdict is Verdict.MET else None
    return Known(met, clause.why + until, f"{REGISTER}（只有任职以来的）")


def _duties(post: Officer, year: int, rules: RulePack, *, today: date) -> tuple[Progress, ...]:
    earned = {post.person_id: earned_by(lines_of([post.person_id]).get(post.person_id, ()))}
    (asked,) = asked_of([post], year=year, earned=earned, today=today, packs={post.office_id: rules})
    return asked.found


def _certificate(duties: tuple[Progress, ...], clause: ClauseResult, post: Officer) -> Known:
    found = next((each for each in duties if each.unit is Unit.CERTIFICATE), None)
    if found is not None and found.met:
        return Known(True, found.said, "培训证书登记")
    if clause.verdict is Verdict.MET and post.filing_id:
        return Known(True, "任职备案时已交培训证书。", _filed(post))
    return Known(None, "平台上没有培训证书的记录，请核对证书原件。", "培训证书登记、任职备案")


def _hours(duties: tuple[Progress, ...], year: int, *, today: date) -> Known:
    found = next(each for each in duties if each.duty.kind is DutyKind.CONTINUING and each.unit is Unit.HOURS)
    if not found.due:
        return Known(None, found.said, LEDGER)
    counted, required = plain_decimal(found.counted), plain_decimal(found.required)
    said = f"{year} 年计入 {counted} 学时，要求 {required} 学时"
    if found.met:
        return Known(True, f"{said}，已满。", LEDGER)
    said += f"，差 {plain_decimal(found.missing)} 学时。"
    if found.might_count:
        said += f"另有 {plain_decimal(found.might_count)} 学时等确认或者核查。"
    if today <= date(year, 12, 31):  # what is learned before the year is over still counts
        return Known(None, f"{said}今年还没有过完。", LEDGER)
    return Known(False, said, LEDGER)
