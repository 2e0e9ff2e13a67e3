"""The bridge: from what an enterprise typed to `Facts`, and from a judgement to what a page shows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.requirements import Disqualification
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import Appointer, ExperienceKind, Level, Rank, Size
from cqo_portal.parties import identifiers, size
from registry import draft
from registry.advice import Advice, on_size
from registry.editions import edition_for
from registry.experience import Period
from registry.findings import Verdict
from registry.forms import FilingForm
from registry.held_against import CLOSED, held_against, identity_index
from registry.models import Filing, Proof
from registry.qualification import ClauseResult, Explanation, explain
from registry.record import SIZE_FOLLOWS_FROM, changed
from registry.shown import Appointment, Declared, Facts, QualityCertificate, TrainingCertificate
from registry.trained import certificate_of

CREDIT_CODE = "credit-code"  # the one clause that is no pack's: a code whose check digit is wrong


@dataclass(frozen=True)
class Judgement:
    """How the rules see a filing, and the size they were judged with."""

    pack: RulePack
    explanation: Explanation
    sized: size.SizeResult | None
    size_problem: str = ""
    certificate: TrainingCertificate | None = None  # of a training, by its number

    @property
    def clauses(self) -> tuple[ClauseResult, ...]:
        return self.explanation.clauses

    @cached_property
    def unmet(self) -> list[ClauseResult]:
        return [clause for clause in self.clauses if clause.verdict is Verdict.UNMET]

    @cached_property
    def open(self) -> list[ClauseResult]:
        """What an officer must decide before the filing can pass: not met, or not to be told."""
        return [c for c in self.clauses if c.verdict in (Verdict.UNMET, Verdict.UNKNOWN)]

    @property
    def advice(self) -> list[Advice]:
        """What is advised for an enterprise of this size, and bars nothing."""
        return on_size(self.sized.size if self.sized else None)

    @property
    def tally(self) -> dict[str, int]:
        return dict(Counter(clause.verdict.value for clause in self.clauses))

    def as_json(self) -> dict:
        return {
            "edition": self.pack.edition,
            "on": self.explanation.on.isoformat(),
            "verdict": self.explanation.verdict.value,
            "clauses": [
                {"key": c.key, "cites": c.cites, "label": c.label, "verdict": c.verdict.value, "why": c.why}
                for c in self.clauses
            ],
        }


def judge(filing: Filing, content: Mapping, *, today: date, of_the_person: bool = False) -> Judgement:
    """Judge what was said by the edition the filing is fixed to, or by today's while it is a draft.

    `of_the_person`: an office looks, and the officer's own record weighs too (see `held_against`).
    """
    rules = pack(filing.rule_edition) if filing.rule_edition else edition_for(filing.office, today)
    sized, problem = sized_by(content.get("enterprise", {}))
    judged, only = JUDGED_OF[filing.kind]
    certificate = _certificate(filing, judged(content), of=content) if judged else None
    if judged is None:
        explanation = Explanation(edition=rules.edition, on=today, verdict=Verdict.MET, clauses=())
    else:
        shown = facts_from(judged(content), rules=rules, papers=_papers(filing), sized=sized, today=today)
        recorded = held_against(filing, content, of_the_person=of_the_person)
        shown = replace(shown, recorded=recorded, training_certificate=certificate)
        explanation = _narrowed(explain(rules, shown), only, rules)
    if content.get("enterprise", {}).get("credit_code_as_printed"):
        explanation = _with_the_code(explanation, content["enterprise"].get("credit_code", ""))
    return Judgement(rules, explanation, sized, problem, certificate)


def _certificate(filing: Filing, said: Mapping, *, of: Mapping) -> TrainingCertificate | None:
    """The certificate of a training that was named by its number: as it stands now, or stood when it was decided."""
    officer = said.get("officer", {})
    if officer.get("trained") != "yes":
        return None
    return certificate_of(
        officer.get("training_certificate") or "",
        identity_index=identity_index(filing, of),
        at=filing.moved_at if filing.state in CLOSED else None,
    )


def _whole(content: Mapping) -> Mapping:
    return content


def _renewed(content: Mapping) -> dict:
    """A renewal in the shape of an appointment: what is on record of the person, and who appoints anew."""
    said, was = content.get("renewal", {}), content.get("was", {})
    appointment = said | {"appointed_on": said.get("decided_on")}
    return {"officer": was.get("officer", {}) | {"graduated": "yes"}, "appointment": appointment}


def _all_of_it(clause: ClauseResult, rules: RulePack) -> bool:
    return True


def _as_far_as_shown(clause: ClauseResult, rules: RulePack) -> bool:
    """Nobody proves again what is on record: only what is asked anew may stay open."""
    asked = {rules.appointed_by.key, *(ground.key for ground in rules.disqualifications)}
    return clause.key in asked or clause.verdict is not Verdict.UNKNOWN


K = Filing.Kind
JUDGED_OF = {  # what of a kind is judged, and which clauses of the pack speak to it; None: nothing to judge
    K.APPOINTMENT: (_whole, _all_of_it),
    K.REPLACEMENT: (_whole, _all_of_it),
    K.RENEWAL: (_renewed, _as_far_as_shown),
    K.DATA: (None, None),
    K.DEPARTURE: (None, None),
}


def _narrowed(explanation: Explanation, only, rules: RulePack) -> Explanation:
    kept = tuple(clause for clause in explanation.clauses if only(clause, rules))
    overall = min((clause.verdict for clause in kept), default=Verdict.MET)
    return replace(explanation, clauses=kept, verdict=min(overall, Verdict.MET))


def judge_draft(filing: Filing, *, today: date) -> Judgement:
    return judge(filing, content_of_draft(filing, today=today), today=today)


def judge_submitted(filing: Filing, *, of_the_person: bool = True) -> Judgement:
    """The judgement of what lies before the office now: the words of the last round, its own edition."""
    return judge(filing, content_of(filing), today=filing.submitted_on, of_the_person=of_the_person)


def undecided(filing: Filing) -> list[ClauseResult]:
    """Open clauses nobody has decided in writing in this round."""
    decided = set(filing.determinations.filter(round=filing.round).values_list("clause", flat=True))
    return [clause for clause in judge_submitted(filing).open if clause.key not in decided]


def content_of(filing: Filing) -> dict:
    """What was said in the last round."""
    return filing.submissions.get(round=filing.round).content


def content_before(filing: Filing) -> dict | None:
    """What was said in the round before the last one, if there was one."""
    return filing.submissions.get(round=filing.round - 1).content if filing.round > 1 else None


def content_of_draft(filing: Filing, *, today: date) -> dict:
    """What the draft validly says so far, with what follows from it."""
    return content_from(draft.form_of(filing, today=today), today=today)


def content_from(form: FilingForm, *, today: date) -> dict:
    """What a form validly says, with size and sector worked out; a change brings along what is on record (`was`)."""
    said = form.said()
    if form.on_record and form.on_record.post:
        said["was"] = form.on_record.said
    return with_size(said, today=today) if "enterprise" in said else said


def with_size(content: dict, *, today: date) -> dict:
    """Size and sector from the figures; where a change leaves the figures alone, those on record."""
    enterprise, was = content["enterprise"], content.get("was", {}).get("enterprise")
    if (
        was
        and "office" not in enterprise
        and not changed({"enterprise": _figures(enterprise)}, {"enterprise": was})
    ):
        return content | {"enterprise": enterprise | {name: was[name] for name in FOLLOWS}}
    sized, _ = sized_by(enterprise)
    industry = enterprise.get("industry")
    enterprise["size"] = (sized.size if sized else Size.UNCLASSIFIED).value
    enterprise["size_year"] = today.year - 1
    enterprise["sector"] = size.sector(industry).value if industry else ""
    return content


FOLLOWS = ("size", "size_year", "sector")


def _figures(enterprise: Mapping) -> dict:
    return {name: enterprise[name] for name in SIZE_FOLLOWS_FROM if name in enterprise}


def appointed_on(content: Mapping) -> date | None:
    """The day somebody was appointed, where that is what was filed."""
    return _day(content.get("appointment", {}).get("appointed_on"))


def sized_by(enterprise: Mapping) -> tuple[size.SizeResult | None, str]:
    """The size, or the sentence that says what is still missing for it."""
    if not enterprise.get("industry"):
        return None, "选好行业、填好人数和金额后，自动算出规模。"
    figures = {name: _decimal(enterprise.get(name)) for name in ("persons", "revenue", "assets")}
    try:
        return size.classify(enterprise["industry"], **figures), ""
    except size.Unclear as unclear:
        return None, unclear.sentence


def facts_from(content: Mapping, *, rules: RulePack, papers: frozenset[str], sized, today: date) -> Facts:
    officer, appointment = content.get("officer", {}), content.get("appointment", {})
    return Facts(
        on=_day(appointment.get("appointed_on")) or today,
        education=_word(Level, officer.get("education")),
        graduated=_yes(officer.get("graduated")),
        title=_word(Rank, officer.get("job_title")),
        quality_qualification=_qualification(officer),
        experience=periods_of(content) or None,
        trained=_trained(officer.get("trained"), shown=Proof.Kind.TRAINING in papers),
        size=sized.size if sized else None,
        disqualifications=_declared(appointment, rules),
        appointment=Appointment(_word(Appointer, appointment.get("appointed_by"))),
    )


def _papers(filing: Filing) -> frozenset[str]:
    return frozenset(filing.proofs.current().values_list("kind", flat=True))


def _trained(said: str | None, *, shown: bool) -> bool | None:
    """A training nobody showed the certificate of cannot be told."""
    return (True if shown else None) if said == "yes" else _yes(said)


def periods_of(content: Mapping) -> tuple[Period, ...]:
    """The periods of work that were told, without what has nothing to do with quality."""
    return tuple(_period(row) for row in content.get("experience", []) if row["kind"] != "other")


def _period(row: Mapping) -> Period:
    return Period(_day(row["begins"]), _day(row["ends"]), ExperienceKind(row["kind"]))


def _qualification(officer: Mapping) -> QualityCertificate | None:
    level = _word(Rank, officer.get("quality_level"))
    return QualityCertificate(level, _day(officer.get("quality_issued_on"))) if level else None


def _declared(appointment: Mapping, rules: RulePack) -> tuple[Declared, ...] | None:
    """Grounds ticked by key; none ticked and none denied means that nothing was declared yet."""
    ticked = set(appointment.get("faults") or ())
    if not ticked:
        return () if appointment.get("no_faults") or not rules.disqualifications else None
    grounds = [ground for ground in rules.disqualifications if ground.key in ticked]
    return tuple(Declared(fault) for ground in grounds for fault in _first_of(ground))


def _first_of(ground: Disqualification) -> tuple:
    return ground.faults[:1]


def _with_the_code(explanation: Explanation, code: str) -> Explanation:
    """An enterprise says its licence really bears a code whose check digit is wrong: an officer decides."""
    try:
        identifiers.credit_code(code)
    except identifiers.Invalid as invalid:
        clause = ClauseResult(
            key=CREDIT_CODE,
            cites="GB 32100",
            label="统一社会信用代码的校验位",
            verdict=Verdict.UNKNOWN,
            value=code,
            threshold="校验位相符",
            why=f"{invalid.sentence}企业称执照上确实如此，请对照所附营业执照认定。",
        )
        return replace(
            explanation,
            clauses=(clause, *explanation.clauses),
            verdict=min(explanation.verdict, Verdict.UNKNOWN),
        )
    return explanation


def _word(words, value):
    return words(value) if value else None


def _yes(said: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(said)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _decimal(text) -> Decimal | None:
    return Decimal(text) if text not in (None, "") else None
