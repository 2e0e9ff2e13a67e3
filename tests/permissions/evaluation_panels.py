"""Panels: the body that signs in convenes one for dan's officer, and runs another; meng's city took it on record."""

from datetime import date

from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Institution
from evaluation.bodies.models import BodyRecord
from evaluation.experts.models import Expert, Interest
from evaluation.models import Application, Evaluation, Sheet
from evaluation.panels.facts import detected
from evaluation.panels.workflow import BUTTONS
from tests.cast import CODES, user
from tests.evaluation.rows import EDITION, TODAY, brought_to, moved, seated, submitted
from tests.talent.rows import post
from tests.training.rows import person

STEPS = {"evaluation:evaluation-step": BUTTONS}
FACTS = {"kind": "kinship", "said": "是其表弟。"}
SAID = {
    "evaluation:propose": {"leads": "1"},
    "evaluation:aggregation": {"aggregation": "mean"},
    "evaluation:rule-out": {"reason": "另一人，已核对身份证。"},
    "evaluation:panellist-release": {"note": "时间冲突。"},
    "evaluation:panellist-leave": {"note": "住院。"},
    "evaluation:panellist-recuse": FACTS | {"evidence": "户籍证明。"},
    "evaluation:invitation-accept": {"sign-name": "陆一鸣", "sign-code": "000000", "version": "2026-1"},
    "evaluation:invitation-conflict": {f"conflict-{name}": said for name, said in FACTS.items()},
    "evaluation:invitation-decline": {"note": "出差。"},
    "evaluation:evaluation-step close": {"note": "申请人离任。"},
}

TABLE = """
evaluation:evaluations GET: 302 200 200 200 200 200 200 200 200 200 403 403
evaluation:evaluations POST: 405
evaluation:evaluation GET: 302 404 200 404 404 200 200 404 200 200 404 404
evaluation:evaluation POST: 405
evaluation:panel GET: 302 404 403 404 404 403 403 404 200 404 404 404
evaluation:panel POST: 405
evaluation:propose GET: 302/405
evaluation:propose POST: 302 404 403 404 404 403 403 404 302 404 404 404
evaluation:propose-as-advised GET: 302/405
evaluation:propose-as-advised POST: 302 404 403 404 404 403 403 404 302 404 404 404
evaluation:aggregation GET: 302/405
evaluation:aggregation POST: 302 404 403 404 404 403 403 404 302 404 404 404
evaluation:rule-out GET: 302 404 403 404 404 403 403 404 200 404 404 404
evaluation:rule-out POST: 302 404 403 404 404 403 403 404 302 404 404 404
evaluation:invite GET: 302/405
evaluation:invite POST: 302 404 403 404 404 403 403 404 302 404 404 404
evaluation:panellist-lead GET: 302/405
evaluation:panellist-lead POST: 302 404 404 404 404 404 404 404 302 403 404 404
evaluation:panellist-release GET: 302 404 404 404 404 404 404 404 200 403 404 404
evaluation:panellist-release POST: 302 404 404 404 404 404 404 404 302 403 404 404
evaluation:panellist-leave GET: 302 404 404 404 404 404 404 404 200 404 404 404
evaluation:panellist-leave POST: 302 404 404 404 404 404 404 404 302 404 404 404
evaluation:panellist-recuse GET: 302 404 404 404 404 404 404 404 200 403 404 404
evaluation:panellist-recuse POST: 302 404 404 404 404 404 404 404 302 403 404 404
evaluation:invitation GET: 302 404 404 404 404 404 404 404 302 200 404 404
evaluation:invitation POST: 405
evaluation:invitation-code GET: 302/405
evaluation:invitation-code POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:invitation-accept GET: 302/405
evaluation:invitation-accept POST: 302 404 404 404 404 404 404 404 404 422 404 404
evaluation:invitation-conflict GET: 302/405
evaluation:invitation-conflict POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:invitation-decline GET: 302/405
evaluation:invitation-decline POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:evaluation-step begin GET: 302/405
evaluation:evaluation-step begin POST: 302 404 403 404 404 403 403 404 302 404 404 404
evaluation:evaluation-step reconvene GET: 302/405
evaluation:evaluation-step reconvene POST: 302 404 403 404 404 403 403 404 302 404 404 404
evaluation:evaluation-step close GET: 302/405
evaluation:evaluation-step close POST: 302 404 403 404 404 403 403 404 302 404 404 404
"""


def objects(people) -> dict:
    """A case being convened, in which the expert is asked; and one that scores, on whose panel he serves."""
    staff = User.objects.get(username="body")
    staff.acting = staff.assignments.get()
    expert = User.objects.get(username="expert")
    expert.email = "yiming@example.com"
    expert.save(update_fields=["email"])
    himself = expert.assignments.get().person
    _on_record(people, staff)
    convened, scored = (_case(people, staff, f"PJ-2026-080{n}") for n in (1, 2))
    newcomer = _engaged(staff, person("齐心"))
    account = user("qixin", Role.EXPERT, person=newcomer.person)
    account.email = "qixin@example.com"
    account.save(update_fields=["email"])
    seat = seated(convened, himself, state="invited", answer_by=date(2099, 12, 31))
    seated(convened, _engaged(staff, person("万全")).person, state="proposed")
    member = seated(scored, himself, answer_by=TODAY)
    Sheet.objects.create(panellist=member, person=himself, rule_edition=EDITION)
    ill = _engaged(staff, person("安宁")).person  # of no other panel: nothing stands against his leaving
    leaver = seated(scored, ill, answer_by=TODAY)
    brought_to(scored, "scoring")
    namesake = _engaged(staff, person("宁静")).person
    Interest.objects.create(person=namesake, kind="kinship", name=convened.application.name, by=staff)
    (finding,) = detected(convened, [namesake], day=TODAY)[namesake.pk]
    SAID["evaluation:propose"] = {"expert": str(newcomer.pk), "leads": "1"}
    of_the_case = {"pk": convened.pk}
    names = ("panel", "propose", "propose-as-advised", "aggregation", "invite")
    seats = ("panellist-lead", "panellist-release", "panellist-recuse")
    invitations = ("invitation", *(f"invitation-{act}" for act in ("code", "accept", "conflict", "decline")))
    return {
        **{f"evaluation:{name}": of_the_case for name in names},
        **{f"evaluation:{name}": {"pk": seat.pk} for name in (*seats, *invitations)},
        **{f"evaluation:evaluation-step {step}": of_the_case | {"step": step} for step in BUTTONS},
        "evaluation:panellist-leave": {"pk": leaver.pk},
        "evaluation:evaluation": {"pk": scored.pk},
        "evaluation:rule-out": of_the_case | {"person": namesake.pk, "fingerprint": finding.fingerprint},
    }


def _on_record(people, staff: User) -> None:
    body: Institution = staff.acting.institution
    if body.body_records.filter(first_day__isnull=False, office="130900").exists():
        return
    BodyRecord.objects.create(
        institution=body,
        office=people.offices["130900"],
        jurisdiction="jiangsu",
        credit_code=CODES[2],
        created_by=staff,
        state="in_force",
        document="沧市监质〔2026〕7号",
        first_day=date(2026, 1, 1),
    )


def _engaged(staff: User, who) -> Expert:
    return Expert.objects.create(
        name=who.name,
        person=who,
        institution=staff.acting.institution,
        fields=["spc"],
        reason="高校教授。",
        engaged_on=TODAY,
        created_by=staff,
    )


def _case(people, staff: User, number: str) -> Evaluation:
    firm = people.dan.acting.organisation
    officer = firm.officers.in_office().first() or post(firm, name="丁鹏", number="11010119900307100X")
    made = Application.objects.create(
        name=officer.name,
        officer=officer,
        person=officer.person,
        organisation=firm,
        created_by=people.dan,
        number=number,
        rule_edition=EDITION,
        submitted_on=TODAY,
        round=1,
        body=staff.acting.institution,
    )
    moved(made, "submitted", "accepted")
    return Evaluation.objects.create(
        application=made,
        submission=submitted(made, by=people.dan),
        number=number,
        body=staff.acting.institution,
        rule_edition=EDITION,
        created_by=staff,
    )
