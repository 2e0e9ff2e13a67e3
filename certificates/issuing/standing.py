"""What stands against a certificate for a decision, asked of the rows; the sentences are in ○ eligibility."""

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates import eligibility, renewal
from certificates.grounds import MISPRINT
from certificates.models import Certificate, Order, Rendering
from certificates.sheet import too_long
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import all_packs, pack
from cqo_portal.jurisdictions.scheme import Grade
from cqo_portal.printing.fonts import missing_glyphs
from cqo_portal.wording import day_full
from evaluation.bodies.standing import why_not
from evaluation.models import Appeal, Decision, Evaluation

C = Certificate.State


def reasons_against(decision: Decision, *, today: date, making: Certificate | None = None) -> list[str]:
    """Why this decision has no certificate now; an empty list where it can have one. `making`: the one that is being made."""
    return reasons_against_each([decision], today=today, making=making)[decision.pk]


def reasons_against_each(
    decisions: Collection[Decision], *, today: date, making: Certificate | None = None
) -> dict[int, list[str]]:
    """The same of many, by their keys: the rows are asked once for all of them."""
    known = Known(decisions, today=today, making=making)
    return {each.pk: list(eligibility.against(known.facts_of(each))) for each in decisions}


class Known:
    """What the rows say of these decisions, and of the people they are about."""

    def __init__(
        self, decisions: Collection[Decision], *, today: date, making: Certificate | None = None
    ) -> None:
        self.today, self.making = today, making
        self.runs = [each.evaluation for each in decisions]
        people = {each.application.person_id for each in self.runs}
        asked = Q(decision__in=[each.pk for each in decisions]) | Q(person__in=people)
        paper = Exists(Rendering.objects.filter(certificate=OuterRef("pk")))
        found = Certificate.objects.filter(asked).annotate(has_paper=paper).with_acts()
        self.certificates = sorted(found, key=lambda each: (each.first_day, each.issued_at))

    @cached_property
    def later_runs(self) -> dict[UUID, Evaluation]:
        """The last run of each application that is under way or counts."""
        applications = [each.application_id for each in self.runs]
        runs = Evaluation.objects.filter(application__in=applications, run__gt=1).order_by("run")
        return {each.application_id: each for each in runs.exclude(state=Evaluation.State.CLOSED)}

    @cached_property
    def appealed(self) -> set[UUID]:
        pending = Appeal.objects.pending().filter(evaluation__in=[each.pk for each in self.runs])
        return set(pending.values_list("evaluation", flat=True))

    @cached_property
    def off_record(self) -> dict:
        houses = {each.body_id: each.body for each in self.runs}
        return {key: why_not(house, self.today, doing="颁发证书") or "" for key, house in houses.items()}

    def facts_of(self, decision: Decision) -> eligibility.Facts:
        run, grade, words = decision.evaluation, grade_of(decision), names_on(decision)
        person, later = run.application.person_id, self.later_runs.get(run.application_id)
        own = [each for each in self.certificates if each.decision_id == decision.pk]
        others = [each for each in self.certificates if self.making is None or each.pk != self.making.pk]
        theirs = [each for each in others if each.person_id == person]
        void = [each for each in own if each.has_paper and each.state == C.VOID]
        spoilt = spoilt_of(decision) if void else None
        return eligibility.Facts(
            published=hasattr(decision, "publication"),
            certifies=grade.certificate,
            grade=grade.label,
            cites=grade.cites,
            off_record=self.off_record[run.body_id],
            later_run=later.number if later and later.run > run.run else "",
            under_appeal=run.pk in self.appealed,
            code=run.body.code or "",
            unprintable="".join(sorted(missing_glyphs("".join(words.values())))),
            too_long=too_long(**words),
            number=_number(each for each in others if each in own and each.state != C.VOID),
            another=_number(each for each in theirs if each not in own and each.state == C.PREPARED),
            lost=_number(each for each in void if not _is_misprint(each)),
            spoilt_until=day_full(spoilt.last_day) if spoilt and spoilt.last_day < self.today else "",
            waits=renewal.why_wait([each for each in theirs if _was_in_force(each)], self.today) or "",
        )


def _was_in_force(certificate: Certificate) -> bool:
    return certificate.has_paper and certificate.state != C.PREPARED


def _is_misprint(certificate: Certificate) -> bool:
    return any(act.ground == MISPRINT for act in certificate.acts.all())


def _number(certificates: Iterable[Certificate]) -> str:
    return next((each.number for each in certificates), "")


def names_on(decision: Decision) -> dict[str, str]:
    """As the register has them today: what was corrected there is printed right."""
    application = decision.evaluation.application
    return {
        "holder": application.officer.name,
        "organisation": application.organisation.name,
        "body": decision.evaluation.body.name,
    }


def seen_of(decision: Decision) -> str:
    """The digest of what whoever issues has before him: the words to be printed, and what was issued on it before."""
    before = sorted(each.number for each in decision.certificates.all())
    return sha256({"decision": decision.digest, "names": names_on(decision), "before": before})


def lost_on(certificates: QuerySet) -> QuerySet:
    """Papers that were declared void for another reason than how they were printed: their decision has no second one."""
    return certificates.printed().filter(state=C.VOID).exclude(acts__ground=MISPRINT)


def spoilt_of(decision: Decision) -> Certificate | None:
    """The misprinted paper a new one takes the place of: it ends when that one would have."""
    void = decision.certificates.printed().filter(state=C.VOID, acts__ground=MISPRINT)
    return void.order_by("-issued_at").first()


def grade_of(decision: Decision) -> Grade:
    """As its edition describes it; whether it has a certificate is said there."""
    scheme = pack(decision.evaluation.rule_edition).evaluation
    return next(each for each in (scheme.ungraded, *scheme.grades) if each.code == decision.grade)


# ── what waits to be issued ───────────────────────────────────────────────────────────────────
def to_issue(body_id) -> QuerySet[Decision]:
    """Published decisions of a body whose grade has a certificate and that have none; the oldest first.

    Nothing that is appealed against, or was overtaken by another run; nobody who decides in his own cause is looked at here.
    """
    later = Evaluation.objects.filter(
        application=OuterRef("evaluation__application"), run__gt=OuterRef("evaluation__run")
    ).exclude(state=Evaluation.State.CLOSED)
    pending = Appeal.objects.pending().filter(evaluation=OuterRef("evaluation"))
    given = Certificate.objects.filter(decision=OuterRef("pk"))
    waiting = Order.objects.waiting().filter(decision=OuterRef("pk"))
    return (
        Decision.objects.filter(
            graded(), evaluation__body=body_id, evaluation__state="published", publication__isnull=False
        )
        .exclude(Exists(later))
        .exclude(Exists(pending))
        .exclude(Exists(given.exclude(state=C.VOID)))
        .exclude(Exists(lost_on(given)))
        .exclude(Exists(waiting))
        .select_related(
            "evaluation__application__organisation",
            "evaluation__application__officer",
            "evaluation__body",
            "publication",
        )
        .prefetch_related("certificates")
        .defer("evaluation__application__draft", "deliberated")
        .order_by("id")
    )


def graded() -> Q:
    """Decisions: whatever its own edition gives a certificate for."""
    found = Q(pk__in=[])
    for each in all_packs():
        if each.evaluation:
            with_paper = [grade.code for grade in each.evaluation.grades if grade.certificate]
            found |= Q(evaluation__rule_edition=each.edition, grade__in=with_paper)
    return found


def may_be_appealed(decision: Decision, today: date) -> date | None:
    """The last day on which the result may still be appealed against; one may issue before it, and then knows it."""
    until = decision.evaluation.due_on
    return until if until and until >= today else None
