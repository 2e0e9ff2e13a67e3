"""Who sits on a panel: named, asked, exchanged, set aside. Each function one transaction; all raise `Refused`."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cqo_portal.accounts.permissions import has_a_part
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import Refused, perform
from evaluation.bodies.standing import clocks_of
from evaluation.conflicts import Origin
from evaluation.experts.models import Expert
from evaluation.models import Coincidence, Evaluation, OneTimeCode, Panellist, Statement
from evaluation.panels import codes, statement, workflow
from evaluation.panels.facts import detected, words_of
from evaluation.panels.offers import Offer, offers
from evaluation.permissions import runs_it, runs_its_evaluation
from evaluation.queries import HANDED_IN
from evaluation.workflow.evaluation import rule_of
from evaluation.workflow.holding import held, locked
from evaluation.workflow.panellist import LEAVE, RELEASE, declaring, recusing

P = Panellist.State
STANDS = "评价组已经组成，成员、组长和合成方式都不能再改。"
GONE = "这一情形现在没有了，或者已经认定过；请看最新的比对结果。"
NEW_WORDS = "声明的文字有了新的版本，请重新读过再签署。"


def _held(evaluation: Evaluation, *, by) -> Evaluation:
    """The case, locked before any of its panellists: whoever begins and whoever leaves wait for one another."""
    case = locked(evaluation.pk)
    if by is not None and not runs_it.test(by, case):
        raise PermissionDenied
    return case


def _to_convene(evaluation: Evaluation, *, by) -> Evaluation:
    states = (Evaluation.State.CONVENING,)
    return held(evaluation, by=by, allowed=runs_it, states=states, otherwise=STANDS)


# ── building ──────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def propose(evaluation: Evaluation, expert: Expert, *, leads: bool, by, today: date) -> Panellist:
    """Name an engaged expert for the panel, unless something stands against it."""
    evaluation = _to_convene(evaluation, by=by)
    if has_a_part(by, person=expert.person_id):
        raise Refused("不能把您本人请进评价组，请同事办理。")
    (offer,) = offers(evaluation, today=today, only=expert) or (None,)
    if offer is None:
        raise Refused(f"{expert.name}已在评价组里，或者已不在聘。")
    if not offer.is_open:
        raise Refused(*offer.obstacles)
    if leads:
        _nobody_leads(evaluation, by=by)
    return _named(evaluation, offer, leads=leads, by=by)


@transaction.atomic
def propose_as_advised(
    evaluation: Evaluation, *, wanted: Collection[str], by, today: date
) -> list[Panellist]:
    """Name the first of the order, as many as the panel lacks of the body's own size; the first leads where nobody does."""
    evaluation = _to_convene(evaluation, by=by)
    here = evaluation.panellists.on_the_panel()
    usual = clocks_of(evaluation.body).panel_size
    if (lacking := usual - here.count()) <= 0:
        raise Refused(f"评价组已有本机构所定的 {usual} 人。")
    mine = set(by.assignments.exclude(person=None).values_list("person", flat=True))
    order = offers(evaluation, today=today, wanted=wanted)
    chosen = [each for each in order if each.is_open and each.expert.person_id not in mine][:lacking]
    if not chosen:
        raise Refused("没有可以请的专家。")
    led = here.filter(is_leader=True).exists()
    return [
        _named(evaluation, offer, leads=not (led or number), by=by) for number, offer in enumerate(chosen)
    ]


def _named(evaluation: Evaluation, offer: Offer, *, leads: bool, by) -> Panellist:
    made = Panellist.objects.create(evaluation=evaluation, person_id=offer.expert.person_id, is_leader=leads)
    record("propose", made, by=by, after=made.state, data={"leads": leads, "reasons": list(offer.reasons)})
    return made


@transaction.atomic
def lead(panellist: Panellist, *, by) -> Panellist:
    """Make this member the leader; whoever led before is a member."""
    evaluation = _to_convene(panellist.evaluation, by=by)
    panellist = evaluation.panellists.on_the_panel().filter(pk=panellist.pk).first()
    if panellist is None:
        raise Refused("这位专家已不在评价组里，请另选组长。")
    if panellist.is_leader:
        return panellist
    _nobody_leads(evaluation, by=by)
    panellist.is_leader = True
    panellist.save(update_fields=["is_leader"])
    record("lead", panellist, by=by)
    return panellist


def _nobody_leads(evaluation: Evaluation, *, by) -> None:
    for each in evaluation.panellists.on_the_panel().filter(is_leader=True):
        each.is_leader = False
        each.save(update_fields=["is_leader"])
        record("no-longer-leads", each, by=by)


@transaction.atomic
def choose_aggregation(evaluation: Evaluation, aggregation: str, *, by) -> Evaluation:
    """How several sheets become one result: chosen before anybody scores."""
    evaluation = _to_convene(evaluation, by=by)
    if aggregation not in [each.value for each in rule_of(evaluation).aggregations]:
        raise Refused("请选择合议或者平均。")
    if evaluation.aggregation == aggregation:
        return evaluation
    if evaluation.panellists.filter(sheet__isnull=False).exists():
        raise Refused("已经发过评分表，合成方式不能再改。")
    before, evaluation.aggregation = evaluation.aggregation, aggregation
    evaluation.save(update_fields=["aggregation"])
    record("choose-aggregation", evaluation, by=by, data={"before": before, "after": aggregation})
    return evaluation


@transaction.atomic
def invite(evaluation: Evaluation, *, by, today: date) -> list[Panellist]:
    """Ask everybody who was named; where something stands against one, nobody is asked yet."""
    evaluation = _to_convene(evaluation, by=by)
    named = list(evaluation.panellists.filter(state=P.PROPOSED).select_related("person"))
    if not named:
        raise Refused("没有还没邀请的人，请先选专家。")
    # Compared once, of all: from the first event on everybody who has something to record waits for this one.
    step = workflow.inviting(detected(evaluation, [each.person for each in named], day=today))
    return [perform(step, each, by=by, today=today) for each in named]


@transaction.atomic
def rule_out(
    evaluation: Evaluation, person: Person, fingerprint: str, *, reason: str, by, today: date
) -> Coincidence:
    """The body says in writing that a finding about this expert is about somebody else of the name.

    Only of a finding that rests on a name alone, as it stands now. Raises `Refused`.
    """
    evaluation = _to_convene(evaluation, by=by)
    if has_a_part(by, person=person.pk):
        raise Refused("不能为您本人认定，请同事办理。")
    found = detected(evaluation, [person], day=today)[person.pk]
    finding = next((each for each in found if each.fingerprint == fingerprint), None)
    if finding is None:
        raise Refused(GONE)
    if not finding.by_name:
        raise Refused("这一情形不是只凭姓名或名称比对出来的，不能认定为不是同一人或同一单位。")
    made = Coincidence(
        evaluation=evaluation,
        person=person,
        said=finding.sentence,
        fingerprint=finding.fingerprint,
        reason=reason,
        by=by,
    )
    data = {"person": str(person.pk), "name": person.name, "said": made.said, "fingerprint": made.fingerprint}
    record("rule-out", evaluation, by=by, note=reason, data=data)  # before the row: none comes past the chain
    made.save()
    return made


@transaction.atomic
def release(panellist: Panellist, *, note: str, by, today: date) -> Panellist:
    """Exchange a member while the panel is convened: with a reason, unless he was never asked."""
    _held(panellist.evaluation, by=by)
    asked = Panellist.objects.get(pk=panellist.pk).answer_by is not None
    return perform(RELEASE if asked else workflow.FORGET, panellist, by=by, note=note, today=today)


@transaction.atomic
def leave(panellist: Panellist, *, note: str, by, today: date) -> Panellist:
    """A member goes who is not partial. Once the body has read marks, the office that supervises it reads why."""
    evaluation = _held(panellist.evaluation, by=by)
    found = detected(evaluation, [panellist.person], day=today)[panellist.person_id]
    # By a name alone nobody is found to be partial.
    if proven := [each for each in found if not each.by_name]:
        name = panellist.person.name
        raise Refused(f"比对发现{name}有应当回避的情形：{words_of(proven)}请登记回避，不能按退出办理。")
    left = perform(LEAVE, panellist, by=by, note=note, today=today)
    if Event.objects.about(evaluation).filter(action="hand-in").exists():
        record("leave-after-report", evaluation, by=by, note=note, data={"panellist": str(panellist.pk)})
    return left


# ── answering ─────────────────────────────────────────────────────────────────────────────────
def declare(panellist: Panellist, *, name: str, code: str, version: str, by, today: date) -> Panellist:
    """The expert declares to be impartial; from here on the file is open to him. `name`, `code`: as typed."""
    if version != statement.VERSION:
        raise Refused(NEW_WORDS)
    used = codes.spend_a_try(panellist, code, by=by)
    if used is None:
        raise Refused(codes.WRONG)
    with transaction.atomic():
        _held(panellist.evaluation, by=None)
        step = declaring(_stated(name, used), workflow.nothing_is_detected)
        return perform(step, panellist, by=by, today=today)


def _stated(name: str, code: OneTimeCode):
    def effect(panellist, today, by):
        text = statement.text_for(panellist)
        digest = sha256(text)
        OneTimeCode.objects.filter(pk=code.pk).update(used_at=timezone.now())
        said = {"digest": digest, "version": statement.VERSION}
        record("sign-statement", panellist, by=by, data=said)
        Statement.objects.create(panellist=panellist, text=text, digest=digest, name=name, code=code, by=by)
        panellist.moved_at = timezone.now()
        return {"moved_at"}

    return effect


# ── a conflict, whenever it comes to light ────────────────────────────────────────────────────
def declare_a_conflict(panellist: Panellist, *, kind: str, said: str, by, today: date) -> Panellist:
    """The expert says so himself; nobody weighs it."""
    return _recuse(panellist, source=Origin.DECLARED.value, kind=kind, said=said, by=by, today=today)


def report_a_conflict(
    panellist: Panellist, *, kind: str, said: str, evidence: str, found: Collection = (), by, today: date
) -> Panellist:
    """The body sets a panellist aside on a finding. `found`: what the record says against it, where `said` repeats that.

    Once it has seen marks it needs evidence, and the office that supervises it reads the finding.
    """
    if not runs_its_evaluation.test(by, panellist):
        raise PermissionDenied
    compared = bool(found) and words_of(found) in said
    source = (Origin.DETECTED if compared else Origin.REPORTED).value
    words = f"{said}\n依据：{evidence}" if evidence else said
    with transaction.atomic():
        evaluation = _held(panellist.evaluation, by=by)
        if evaluation.state in HANDED_IN and not evidence:
            raise Refused("评价报告已经提交，登记回避要写明依据。")
        recused = _recuse(panellist, source=source, kind=kind, said=words, by=by, today=today)
        if evaluation.state in HANDED_IN:
            record(
                "recuse-after-report", evaluation, by=by, note=words, data={"panellist": str(panellist.pk)}
            )
    return recused


@transaction.atomic
def _recuse(panellist: Panellist, *, by, today: date, **why) -> Panellist:
    _held(panellist.evaluation, by=None)
    return perform(recusing(**why), panellist, by=by, note=why["said"], today=today)
