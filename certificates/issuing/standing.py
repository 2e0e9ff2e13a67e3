"""What stands against a certificate for a decision, asked of the rows; the sentences are in ○ eligibility."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates import eligibility, renewal
from certificates.grounds import MISPRINT
from certificates.models import Certificate, Order
from certificates.sheet import too_long
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import all_packs, pack
from cqo_portal.jurisdictions.scheme import Grade
from cqo_portal.printing.fonts import missing_glyphs
from cqo_portal.wording import day_full
from evaluation.bodies.standing import why_not
from evaluation.decisions.appeals import under_appeal
from evaluation.models import Appeal, Decision, Evaluation

C = Certificate.State


def reasons_against(decision: Decision, *, today: date, making: Certificate | None = None) -> list[str]:
    """Why this decision has no certificate now; an empty list where it can have one. `making`: the one that is being made."""
    return list(eligibility.against(facts_of(decision, today=today, making=making)))


def facts_of(decision: Decision, *, today: date, making: Certificate | None = None) -> eligibility.Facts:
    run, application = decision.evaluation, decision.evaluation.application
    grade = grade_of(decision)
    words = names_on(decision)
    others = Certificate.objects.exclude(pk=making.pk if making else None)
    spoilt = spoilt_of(decision)
    return eligibility.Facts(
        published=hasattr(decision, "publication"),
        certifies=grade.certificate,
        grade=grade.label,
        cites=grade.cites,
        off_record=why_not(run.body, today, doing="颁发证书") or "",
        later_run=_later_run(run),
        under_appeal=under_appeal(run),
        code=run.body.code or "",
        unprintable="".join(sorted(missing_glyphs("".join(words.values())))),
        too_long=too_long(**words),
        number=_number(others.filter(decision=decision).exclude(state=C.VOID)),
        another=_number(others.being_made().filter(person=application.person_id).exclude(decision=decision)),
        lost=_number(lost_on(Certificate.objects.filter(decision=decision))),
        spoilt_until=day_full(spoilt.last_day) if spoilt and spoilt.last_day < today else "",
        waits=renewal.why_wait(application.person_id, today) or "",
    )


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
    before = Certificate.objects.filter(decision=decision).order_by("serial")
    return sha256(
        {
            "decision": decision.digest,
            "names": names_on(decision),
            "before": list(before.values_list("number", flat=True)),
        }
    )


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


def _later_run(run: Evaluation) -> str:
    later = run.application.evaluations.filter(run__gt=run.run).exclude(state=Evaluation.State.CLOSED)
    return later.order_by("-run").values_list("number", flat=True).first() or ""


def _number(certificates: QuerySet) -> str:
    return certificates.values_list("number", flat=True).first() or ""


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
