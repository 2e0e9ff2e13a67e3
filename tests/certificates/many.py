"""Many published decisions, cheaply: the first by the product's own steps, the others as rows of the same words.

A decision takes its panel a second and a half; here are tests that need fifty, and ask nothing of how each came about.
"""

from itertools import islice, product

from django.db import transaction

from cqo_portal.accounts.models import User
from cqo_portal.audit.record import record
from cqo_portal.parties.identifiers import body_check_digit, credit_check_digit
from cqo_portal.parties.models import Organisation
from evaluation.decisions import appeals
from evaluation.models import Decision, Evaluation, Outcome, Publication, ReportVersion
from registry.models import Officer
from tests.cast import organisation
from tests.certificates import rows as certificates
from tests.evaluation import rows
from tests.talent.rows import post
from tests.training.rows import identity

FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋"


def decided(people, many: int) -> tuple[User, list[Decision]]:
    """Whoever issues for the body, and so many published decisions, each of another person."""
    panel, first = certificates.decided(people)
    names = islice((f"{family}{given}" for family, given in product(FAMILY, GIVEN)), many - 1)
    posts = (post(factory(people, n), name=name, number=identity(n)) for n, name in enumerate(names, 1))
    return panel.staff, [first, *(like(first, people, officer=each) for each in posts)]


def factory(people, number: int) -> Organisation:
    """An enterprise has one officer in office."""
    head = f"91130981MA{number:06d}"
    head += body_check_digit(head)
    code = head + credit_check_digit(head)
    return organisation(people.offices["130981"], code=code, name=f"泊头第{number}管件厂")


@transaction.atomic
def like(first: Decision, people, *, officer: Officer, staff: User | None = None) -> Decision:
    """The same result of another officer, decided and published; `staff`: of another body."""
    run = rows.panel(people, officer=officer, staff=staff, size=0, state="convening").evaluation
    return _published(first, run, by=staff or first.by)


def reviewed(first: Decision, people, *, by: User) -> Decision:
    """After an appeal that was granted another panel came to the same result, and it was published."""
    today = first.evaluation.due_on
    appeal = appeals.lodge(first.evaluation, "评语与提交的材料不符。", by=people.liu, today=today)
    return _published(first, appeals.grant(appeal, "应当再看。", by=by, today=today).run, by=by)


def _published(first: Decision, run: Evaluation, *, by: User) -> Decision:
    rows.brought_to(run, "reporting")
    outcome = _copied(first.outcome, run, by)
    report = _copied(first.report, run, by, outcome_id=outcome.pk)
    rows.brought_to(run, "at_body")
    decision = _copied(first, run, by, outcome_id=outcome.pk, report_id=report.pk)
    rows.brought_to(run, "decided")
    told = first.publication
    Publication.objects.create(decision=decision, on=told.on, preview=told.preview, by=by)
    Evaluation.objects.filter(pk=run.pk).update(due_on=first.evaluation.due_on)
    rows.brought_to(run, "published")
    return Decision.objects.select_related("evaluation").get(pk=decision.pk)


def _copied(row: Outcome | ReportVersion | Decision, run: Evaluation, by: User, **more):
    """With the event its trigger asks for."""
    record("write", run, by=by, data={"digest": row.digest})
    kept = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    return type(row).objects.create(**kept | {"evaluation_id": run.pk, "by_id": by.pk} | more)
