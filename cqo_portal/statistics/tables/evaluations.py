"""水平评价: applications of the year, results that were published, and the grades they gave."""

from collections.abc import Iterator

from cqo_portal.jurisdictions import editions
from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.statistics.acts import on_record, steps_of
from cqo_portal.statistics.counting import Balance, Column, Record
from cqo_portal.statistics.subject import BY_OFFICE, Subject, counted, institutions_named, of_found, shared
from cqo_portal.statistics.world import World
from evaluation.models import Appeal, Application, Publication, Submission

S = Application.State
GRADES_COME_FROM = "jiangsu"


def records(world: World) -> Iterator[Record]:
    """Applications first handed in this year, results published this year, appeals lodged this year."""
    yield from _applications(world)
    yield from _results(world)
    yield from _appeals(world)


def _applications(world: World) -> Iterator[Record]:
    first = Submission.objects.filter(
        round=1,
        application__organisation__in=world.candidates.values("pk"),
        application__submitted_on__range=(world.at.begins, world.at.on),
        at__lt=world.at.done_before,
    )
    rows = first.order_by("application").values_list(
        "application", "application__organisation", "application__body", "application__organisation__office"
    )
    here = [(*row[:3], world.county_of(row[1])) for row in rows if world.county_of(row[1])]
    steps = steps_of(Application, [row[0] for row in here], before=world.at.done_before)
    for pk, _, body, county in here:
        state = steps[pk][-1].after if steps[pk] else S.SUBMITTED
        facts = {"county": county, "body": str(body), "is": "application", "state": state}
        yield Record(f"application:{pk}", facts)


def _results(world: World) -> Iterator[Record]:
    """Of an application whose result was reviewed the last one that was published."""
    told = Publication.objects.filter(
        decision__evaluation__application__organisation__in=world.candidates.values("pk"),
        on__range=(world.at.begins, world.at.on),
        at__lt=world.at.done_before,
    )
    rows = told.order_by("at").values_list(
        "decision__evaluation__application",
        "decision__evaluation__application__organisation",
        "decision__evaluation__body",
        "decision__grade",
        "decision__evaluation",
    )
    last = {row[0]: row for row in rows}
    for _, organisation, body, grade, evaluation in last.values():
        if county := world.county_of(organisation):
            facts = {"county": county, "body": str(body), "is": "result", "grade": grade}
            yield Record(f"evaluation:{evaluation}", facts)


def _appeals(world: World) -> Iterator[Record]:
    lodged = Appeal.objects.filter(
        evaluation__application__organisation__in=world.candidates.values("pk"),
        lodged_on__range=(world.at.begins, world.at.on),
        kind=Appeal.Kind.APPEAL,
    )
    rows = lodged.order_by("pk").values_list(
        "pk", "evaluation__application__organisation", "evaluation__body"
    )
    here = [
        (pk, body, county) for pk, organisation, body in rows if (county := world.county_of(organisation))
    ]
    keys = [pk for pk, _, _ in here]
    steps = steps_of(Appeal, keys, before=world.at.done_before)
    known = on_record(Appeal, keys, before=world.at.done_before)
    for pk, body, county in (each for each in here if each[0] in known):
        granted = any(step.after == Appeal.State.GRANTED for step in steps[pk])
        facts = {"county": county, "body": str(body), "is": "appeal", "granted": granted}
        yield Record(f"appeal:{pk}", facts)


def scheme_of(world: World) -> EvaluationScheme:
    """By which scheme grades are given here; where the text has none, the last one of the only text that has."""
    own = world.pack.evaluation if world.pack else None
    return own or editions(GRADES_COME_FROM)[-1].evaluation


def columns(world: World) -> list[Column]:
    scheme = scheme_of(world)
    graded = [grade.code for grade in scheme.grades]

    def applied(*states: str):
        return lambda record: record["is"] == "application" and (not states or record["state"] in states)

    def result(*grades: str):
        return lambda record: record["is"] == "result" and (not grades or record["grade"] in grades)

    return [
        counted("applications", "申请", applied(), group="申请", unit="件"),
        counted("accepted", "已受理", applied(S.ACCEPTED), group="申请"),
        counted("refused", "不予受理", applied(S.REFUSED), group="申请"),
        counted("pending", "形式审查、补充", applied(S.SUBMITTED, S.RETURNED), group="申请"),
        counted("withdrawn", "已撤回", applied(S.WITHDRAWN, S.DRAFT, S.DISCARDED), group="申请"),
        counted("results", "公布结果", result(), group="评价结果", unit="人"),
        *(
            counted(f"grade.{grade.code}", grade.label, result(grade.code), group="评价结果")
            for grade in scheme.grades
        ),
        counted(
            "grade.none",
            "不予评级",
            lambda r: r["is"] == "result" and r["grade"] not in graded,
            group="评价结果",
        ),
        shared("share", "评级率", lambda r: r["grade"] in graded, among=result(), group="评价结果"),
        counted("appeals", "申诉", lambda r: r["is"] == "appeal", group="申诉", unit="件"),
        counted("granted", "另组评价组", lambda r: r["is"] == "appeal" and r["granted"], group="申诉"),
    ]


def balances(world: World) -> tuple[Balance, ...]:
    grades = tuple(f"grade.{grade.code}" for grade in scheme_of(world).grades)
    return (
        Balance("applications", ("accepted", "refused", "pending", "withdrawn")),
        Balance("results", (*grades, "grade.none")),
    )


EVALUATIONS = Subject(
    code="evaluations",
    version=1,
    title="水平评价情况",
    lede="本年申请、受理、公布的评价，以及评出的等级",
    records=records,
    columns=columns,
    balances=balances,
    dimensions=(BY_OFFICE, of_found("body", "按评价机构", "评价机构", institutions_named)),
)
