"""What reports, decisions and appeals put on the page of a case, and what its history says of them."""

from django.urls import reverse

from evaluation.decisions import appeals, pages, versions
from evaluation.models import Evaluation
from evaluation.panels.blocks import Action, add_action, add_block, add_words
from evaluation.permissions import applies, leads, runs_it, serves

E = Evaluation.State

add_block("evaluation/decisions/_stage.html", pages.stage_for, order=50)
add_block("evaluation/decisions/_told.html", pages.result_for, order=51)
add_block("evaluation/decisions/_appeals.html", pages.appeals_for, order=55)
add_block("evaluation/decisions/_because.html", pages.because_of, order=5)
add_words(
    {
        "put-to-members": "报告请成员会签",
        "sign-off": "会签报告",
        "begin-again": "另组评价组复评",
    }
)


@add_action
def to_the_report(user, evaluation, today) -> Action | None:
    if evaluation.state != E.REPORTING or not serves.test(user, evaluation):
        return None
    url = reverse("evaluation:report", args=[evaluation.pk])
    if leads.test(user, evaluation):
        return Action("编制评价报告", url, icon="edit", primary=True)
    return Action("评价报告", url, icon="doc", primary=versions.last_version(evaluation) is not None)


@add_action
def to_the_decision(user, evaluation, today) -> Action | None:
    if evaluation.state not in (E.AT_BODY, E.DECIDED, E.PUBLISHED) or not runs_it.test(user, evaluation):
        return None
    label = "审议评价报告" if evaluation.state == E.AT_BODY else "评价决定"
    url = reverse("evaluation:decision", args=[evaluation.pk])
    return Action(label, url, icon="doc", primary=evaluation.state == E.AT_BODY)


@add_action
def to_publish(user, evaluation, today) -> Action | None:
    if evaluation.state != E.DECIDED or not runs_it.test(user, evaluation):
        return None
    url = reverse("evaluation:publication", args=[evaluation.pk])
    return Action("公布", url, icon="bell", primary=True)


@add_action
def to_appeal(user, evaluation, today) -> Action | None:
    if not applies.test(user, evaluation.application) or appeals.why_not(evaluation, today):
        return None
    return Action("提出申诉", reverse("evaluation:appeal-new", args=[evaluation.pk]))


@add_action
def to_review(user, evaluation, today) -> Action | None:
    if not runs_it.test(user, evaluation) or not appeals.may_be_reviewed(evaluation):
        return None
    return Action("主动复核", reverse("evaluation:review-new", args=[evaluation.pk]))
