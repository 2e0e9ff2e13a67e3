"""A panel brought as far as a test needs it: by the product's own steps from the consensus on."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from cqo_portal.accounts.models import Role, User
from cqo_portal.workflow.engine import perform
from evaluation.consensus import saving
from evaluation.consensus.conclusion import CONCLUDE
from evaluation.decisions import deciding, publishing, versions, working
from evaluation.decisions.content import content_of
from evaluation.models import Agreed, Evaluation
from tests.cast import user
from tests.evaluation import rows

TODAY = date(2026, 11, 20)
DELIBERATED = {"present": "沈岩，技术委员会主任\n顾平，秘书长", "said": "同意评价组的报告。"}


def deliberating(
    people, *, coefficient: str = "0.7", size: int = 3, met: bool = True, others: dict | None = None, **more
) -> rows.Panel:
    """Everybody signed the same marks, the leader settled everything, one interview was held."""
    marks = [rows.said(coefficient, **(others or {}))] * size
    panel = rows.deliberating(people, *marks, **more)
    settle(panel, met=met)
    rows.met(panel, held_on=date(2026, 11, 19))
    return panel


def settle(panel: rows.Panel, *, met: bool = True) -> None:
    saving.accept_proposals(panel.evaluation, by=panel.leader)
    for row in Agreed.objects.filter(evaluation=panel.evaluation):
        row.comment = f"{row.indicator} 做法清楚，结果可以核实。"
        row.save()
    words = {"integrity_met": met, "integrity_evidence": "没有发现利益冲突和失信记录。"}
    if not met:
        words["integrity_reason"] = "公示名单在评分以后发布。"
    saving.save(panel.evaluation, saving.Said(words=words), version=None, by=panel.leader)
    if not met:  # every member scored it in full: with that finding there would be a grade
        sentence = {"fragile_sentence": "失信认定属实，没有第二种算法。"}
        saving.save(panel.evaluation, saving.Said(words=sentence), version=None, by=panel.leader)


def concluded(people, **more) -> rows.Panel:
    panel = deliberating(people, **more)
    panel.evaluation.refresh_from_db()
    perform(CONCLUDE, panel.evaluation, by=panel.leader, today=TODAY)
    return now(panel)


def now(panel: rows.Panel) -> rows.Panel:
    """With the case as it stands."""
    fresh = Evaluation.objects.get(pk=panel.evaluation.pk)
    return rows.Panel(fresh, panel.staff, panel.experts, panel.panellists)


def put(panel: rows.Panel):
    """The report as it stands, printed and put to the members."""
    seen = working.shown(panel.evaluation).version
    after = panel.evaluation.report_versions.count()
    return versions.put(panel.evaluation, seen=seen, after=after, by=panel.leader)


@transaction.atomic
def put_unprinted(panel: rows.Panel):
    """The same without the typesetter, which takes a second: for tests that read no PDF."""
    outcome, texts = working.last_outcome(panel.evaluation), working.shown(panel.evaluation).sections["texts"]
    content = content_of(panel.evaluation, outcome, texts)
    printed = versions.Printed(panel.evaluation.report_versions.count() + 1, content, b"%PDF")
    return versions._recorded(panel.evaluation, outcome, printed, by=panel.leader)


def sign_all(panel: rows.Panel, version, *, but: int = 0, **reservations: str) -> None:
    """All members but the last `but`; `_1="…"` is the reservation of the second."""
    for number, expert in enumerate(panel.experts[: len(panel.experts) - but]):
        said = reservations.get(f"_{number}", "")
        name = panel.panellists[number].person.name
        versions.sign_off(version, name=name, reservation=said, by=expert)


def handed_in(people, **more) -> rows.Panel:
    panel = concluded(people, **more)
    sign_all(panel, put_unprinted(panel))
    perform(versions.HAND_IN, panel.evaluation, by=panel.leader, today=timezone.localdate())
    return now(panel)


def decided(people, **more) -> rows.Panel:
    panel = handed_in(people, **more)
    decide(panel)
    return now(panel)


def decide(panel: rows.Panel, **more) -> Evaluation:
    seen = versions.last_version(panel.evaluation).digest
    today = timezone.localdate()
    said = DELIBERATED | {"seen": seen, "on": today, "by": panel.staff, "today": today} | more
    return deciding.decide(panel.evaluation, **said)


def published(people, **more) -> rows.Panel:
    panel = decided(people, **more)
    publish(panel)
    return now(panel)


def publish(panel: rows.Panel) -> Evaluation:
    today = timezone.localdate()
    seen = publishing.preview(panel.evaluation, today=today).digest
    return publishing.publish(panel.evaluation, seen=seen, by=panel.staff, today=today)


def officer(panel: rows.Panel) -> User:
    """The candidate in person, signed in as such."""
    made = User.objects.filter(username="officer").first()
    if made is None:
        return user("officer", Role.OFFICER, person=panel.evaluation.application.person)
    return made.acting_as(made.assignments.get())
