"""Who sees what of a case: the applicants its stage, an office its enterprise, an expert nothing before the statement."""

import re
from datetime import date

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.jurisdictions import pack
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.workflow.engine import perform
from evaluation.applications.rules import grounds_of
from evaluation.bodies.figures import figures_of
from evaluation.bodies.models import BodyRecord
from evaluation.models import Appeal, Application, Evaluation, Proof, Refusal, Sheet
from evaluation.panels import blocks, pages, services
from evaluation.panels.queries import waits_for
from evaluation.panels.workflow import BUTTONS
from tests.cast import browser, user
from tests.evaluation import rows as core
from tests.evaluation.panels import rows
from tests.evaluation.panels.test_conflicts import sign, supervised
from tests.evaluation.rows import TODAY
from tests.talent.rows import himself

pytestmark = pytest.mark.django_db
GROUND = grounds_of(pack(core.EDITION))[0]
EXPERTS = ("安一鸣", "白若兰", "陈守仁")


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def shown(who, path: str) -> str:
    answer = browser(who).get(path)
    assert answer.status_code == 200, answer.status_code
    return re.sub(
        r'csrfmiddlewaretoken" value="\w+|name="once" value="[\w-]+|X-CSRFToken": "\w+',
        "",
        answer.content.decode(),
    )


def paper(made) -> Proof:
    """One more paper of the dossier, as it was handed in."""
    application = made.evaluation.application
    proof = Proof(
        application=application,
        name="质量月报.pdf",
        media_type="application/pdf",
        size=4,
        pages=3,
        digest="a" * 64,
    )
    proof.file.save("x.pdf", ContentFile(b"%PDF"), save=False)
    proof.save()
    return proof


class TestBeforeTheStatement:
    def test_an_expert_sees_no_paper_until_he_declared(self, people):
        made = rows.invited(rows.case(people))
        paper(made)
        me = made.users[0]
        assert (Proof.objects.visible_to(me).count(), Evaluation.objects.visible_to(me).count()) == (0, 0)
        rows.declared(made, 0)
        assert (Proof.objects.visible_to(me).count(), Evaluation.objects.visible_to(me).count()) == (1, 1)
        assert Proof.objects.visible_to(made.users[1]).count() == 0  # the next one has still to declare

    def test_the_invitation_names_the_candidate_and_shows_nothing_of_the_dossier(self, people):
        made = rows.invited(rows.case(people))
        paper(made)
        page = shown(made.users[0], made.seat(0).get_absolute_url())
        assert "王雪松" in page and "泊头恒通管件有限公司" in page and "冶金与金属制品" in page
        assert "开始以后 15 个工作日" in page
        for word in ("质量月报", "该同志履职三年", "0.7", "白若兰", "陈守仁"):
            assert word not in page

    def test_before_it_was_sent_there_is_no_invitation(self, people):
        made = rows.named(rows.case(people))
        assert browser(made.users[0]).get(made.seat(0).get_absolute_url()).status_code == 404

    def test_of_somebody_else_there_is_none(self, people):
        made = rows.invited(rows.case(people))
        for other in (made.users[1], people.liu, people.meng, made.users[3]):
            assert browser(other).get(made.seat(0).get_absolute_url()).status_code == 404

    def test_who_declines_sees_the_answer_and_the_body_its_reason(self, people):
        made = rows.invited(rows.case(people))
        path = made.seat(0).get_absolute_url()
        assert (
            "请写明理由"
            in browser(made.users[0]).post(f"{path}decline/", {"note": " "}, follow=True).content.decode()
        )
        browser(made.users[0]).post(f"{path}decline/", {"note": "出差一个月。"})
        page = shown(made.users[0], path)
        assert "您已谢绝这次邀请" in page and "王雪松" not in page
        assert "谢绝邀请：安一鸣" in shown(made.staff, made.evaluation.get_absolute_url())
        letter = Message.objects.filter(kind="panel-declined", channel="inbox").get()
        assert (letter.recipient, "出差一个月。" in letter.body) == (made.staff, True)


class TestTheApplicants:
    @pytest.mark.parametrize(
        "state", ["convening", "scoring", "consensus", "reporting", "at_body", "decided", "published"]
    )
    def test_see_the_stage_and_nobodys_name(self, people, state):
        made = rows.serving(rows.case(people)) if state == "convening" else rows.begun(rows.case(people))
        if state != "convening":
            core.brought_to(made.now(), state)
        officer = himself(made.evaluation.application.officer)
        for who in (people.liu, officer):
            for path in (made.evaluation.get_absolute_url(), "/evaluations/"):
                page = shown(who, path)
                assert made.now().get_state_display() in page
                assert not [name for name in (*EXPERTS, "shen", "签署</p>") if name in page]
        letters = Message.objects.filter(recipient__in=[people.liu, officer])
        assert not [name for name in EXPERTS for letter in letters if name in letter.body + letter.title]

    def test_the_control_the_body_reads_the_names(self, people):
        made = rows.begun(rows.case(people))
        page = shown(made.staff, made.evaluation.get_absolute_url())
        assert all(name in page for name in EXPERTS)

    def test_another_enterprise_sees_nothing(self, people):
        made = rows.case(people)
        assert browser(people.dan).get(made.evaluation.get_absolute_url()).status_code == 404
        assert made.evaluation.number not in shown(people.dan, "/evaluations/")


class TestTheOffice:
    def test_sees_enterprise_stage_and_clock_and_no_name(self, people):
        made = rows.begun(rows.case(people))
        supervised(people, made)
        core.held(made.now(), by=made.users[0])
        interviews = f"{made.evaluation.get_absolute_url()}interviews/"
        assert "王雪松" in shown(people.liu, interviews)  # the control
        page = shown(people.meng, interviews)
        assert "泊头恒通管件有限公司首席质量官的评价" in page
        assert not [name for name in (*EXPERTS, "王雪松", "逐项核实") if name in page]
        for path in (made.evaluation.get_absolute_url(), "/evaluations/"):
            page = shown(people.meng, path)
            assert "泊头恒通管件有限公司首席质量官的评价" in page and "12月11日（周五），还有 21 天" in page
            assert not [name for name in (*EXPERTS, "王雪松", "已签署") if name in page]

    def test_finds_by_the_enterprise_and_not_by_the_name(self, people):
        made = rows.case(people)
        supervised(people, made)
        assert made.evaluation.number in shown(people.meng, "/evaluations/?q=恒通")
        assert made.evaluation.number not in shown(people.meng, "/evaluations/?q=王雪松")

    def test_another_city_and_a_body_that_only_asked_see_nothing(self, people):
        made = rows.case(people)
        asked(people, made)
        assert not Evaluation.objects.visible_to(people.meng).exists()
        supervised(people, made)
        path = made.evaluation.get_absolute_url()
        seen = {who: browser(getattr(people, who)).get(path).status_code for who in ("wang", "meng", "hao")}
        assert seen == {"wang": 404, "meng": 200, "hao": 200}  # its city, and the province above
        elsewhere = Office.objects.create(
            code="131000", name="廊坊市市场监督管理局", area="廊坊市", level="city", jurisdiction="cangzhou"
        )
        assert browser(user("lang", Role.CITY, office=elsewhere)).get(path).status_code == 404

    def test_reads_numbers_on_the_page_of_the_body(self, people):
        made = rows.case(people)
        record = supervised(people, made)
        told = {figure.label: figure.value for figure in figures_of(record)}
        assert (told["在评"], told["已公布"], told["已终止"]) == ("1", "0", "0")

    def test_reads_of_formal_reviews_and_appeals_how_many_wait_too_long_and_on_which_ground_they_end(
        self, people
    ):
        made = rows.case(people)
        record = supervised(people, made)
        house, number = made.evaluation.body, made.evaluation.number
        turned_down, late = (
            core.application(people, house=house, state=state) for state in ("refused", "submitted")
        )
        Application.objects.filter(pk=late.pk).update(due_on=date(2026, 11, 19))
        Refusal.objects.create(
            application=turned_down, ground=GROUND.key, cites=GROUND.cites, finding="王雪松……", by=made.staff
        )
        core.brought_to(made.now(), "published")
        appeal = Appeal(
            evaluation=made.evaluation,
            kind="appeal",
            number="SS-2026-0001",
            grounds="王雪松不同意 7.5.1 的评分。",
            dossier_digest="a" * 64,
            lodged_on=date(2026, 11, 2),
            due_on=date(2026, 11, 19),
            by=people.liu,
        )
        core.record("lodge", appeal, by=people.liu, after="lodged", data={"digest": appeal.dossier_digest})
        appeal.save()
        told = {figure.label: (figure.value, figure.note) for figure in figures_of(record)}
        assert told["待形式审查"] == ("1", "其中 1 件已过期限")
        assert told["不予受理"] == ("1", f"{GROUND.label}（{GROUND.cites}） 1 件")
        assert told["申诉待答复"] == ("1", "其中 1 件已过期限")
        assert told["申诉已答复"] == (
            "0",
            "同意复评 0 件，不予支持 0 件；另有申诉人撤回 0 件，主动复核 0 件",
        )
        page = shown(people.meng, record.get_absolute_url())
        assert "待形式审查" in page and GROUND.label in page
        assert not [name for name in ("王雪松", number, turned_down.number) if name in page]
        Application.objects.filter(pk=late.pk).update(due_on=TODAY)  # the control: its last day is no delay
        assert {f.label: f.note for f in figures_of(record)}["待形式审查"] == "都在期限以内"


def asked(people, made) -> BodyRecord:
    """The body asked to be taken on record, and is not yet."""
    return BodyRecord.objects.create(
        institution=made.evaluation.body,
        office=people.offices["130900"],
        jurisdiction="jiangsu",
        credit_code="91440101MA5CJQ4N59",
        created_by=made.staff,
        state="submitted",
    )


class TestHowManySigned:
    def test_the_body_and_the_leader_read_it_and_a_member_not_even_once_he_signed(self, people):
        made = rows.begun(rows.case(people))
        path = made.evaluation.get_absolute_url()
        sign(made, 2)
        said = "<b>1</b> / 3 已签署"
        assert said in shown(made.staff, path)
        assert said in shown(made.users[0], path)  # leads
        assert "已签署" not in shown(made.users[1], path)
        assert "已签署</p>" not in shown(made.users[2], path)
        assert "已签署" not in shown(people.liu, path)

    def test_nothing_else_on_any_page_of_theirs_moves_when_somebody_signs(self, people):
        """Two worlds: the third signed, or not. Pages of a member who has not signed are the same, byte for byte."""
        made = rows.begun(rows.case(people))
        pages_of = {
            "member": (
                made.users[1],
                [
                    "/",
                    "/evaluations/",
                    made.evaluation.get_absolute_url(),
                    made.seat(1).get_absolute_url(),
                    "/inbox/",
                ],
            ),
            "applicant": (people.liu, ["/", "/evaluations/", made.evaluation.get_absolute_url(), "/inbox/"]),
        }

        def read() -> dict:
            return {name: [shown(who, path) for path in paths] for name, (who, paths) in pages_of.items()}

        before, leader = read(), shown(made.users[0], made.evaluation.get_absolute_url())
        body = shown(made.staff, "/evaluations/")
        sign(made, 2)
        assert read() == before
        assert shown(made.staff, "/evaluations/") == body
        assert shown(made.users[0], made.evaluation.get_absolute_url()) != leader  # the control

    def test_once_all_signed_the_leader_reads_that_it_is_his_move_and_a_member_does_not(self, people):
        made = rows.begun(rows.case(people))
        path = made.evaluation.get_absolute_url()
        for number in (0, 1):
            sign(made, number)
        assert "评价组各成员" in shown(made.users[0], path) and "您：打开合议" not in shown(
            made.users[0], path
        )
        sign(made, 2)
        assert "您：打开合议" in shown(made.users[0], path)
        assert "评价组各成员" in shown(made.users[1], path) and "打开合议" not in shown(made.users[1], path)
        services.leave(made.seat(2), note="住院。", by=made.staff, today=TODAY)  # two cannot deliberate
        assert "您：打开合议" not in shown(made.users[0], path)

    def test_the_history_of_the_case_says_nothing_of_sheets(self, people):
        made = rows.begun(rows.case(people))
        before = len(pages.history_for(made.staff, made.now(), TODAY))
        sign(made, 2)
        told = pages.history_for(made.staff, made.now(), TODAY)
        assert len(told) == before
        assert [act.said for act in told][:3] == [
            "开始独立评分",
            "签署回避声明并接受：陈守仁",
            "签署回避声明并接受：白若兰",
        ]

    def test_while_the_panel_is_completed_nothing_is_counted(self, people):
        made = rows.begun(rows.case(people))
        sign(made, 0)
        services.declare_a_conflict(
            made.seat(1), kind="other", said="有往来。", by=made.users[1], today=TODAY
        )
        perform(BUTTONS["reconvene"], made.evaluation, by=made.staff, today=TODAY)
        assert "已签署" not in shown(made.users[0], made.evaluation.get_absolute_url())


class TestMembersOfThePanel:
    def test_know_one_another_and_not_who_left(self, people):
        made = rows.serving(rows.case(people), 4)
        services.declare_a_conflict(
            made.seat(3), kind="kinship", said="是我的表弟。", by=made.users[3], today=TODAY
        )
        page = shown(made.users[1], made.evaluation.get_absolute_url())
        assert all(name in page for name in EXPERTS)
        assert "邓可欣" not in page and "表弟" not in page
        assert "表弟" in shown(made.staff, made.evaluation.get_absolute_url())  # the control


class TestLists:
    def test_the_body_narrows_by_stage_clock_and_words(self, people):
        made = rows.begun(rows.case(people))
        other = rows.another(people, made)
        number, second = made.evaluation.number, other.number
        Evaluation.objects.filter(pk=other.pk).update(due_on=date(2026, 11, 19))

        def listed(address: str) -> set[str]:
            page = shown(made.staff, f"/evaluations/{address}")
            return {each for each in (number, second) if each in page}

        assert listed("") == {number, second}
        assert listed("?stage=scoring") == {number}
        assert listed("?stage=convening") == {second}
        assert listed("?late=1") == {second}
        assert listed("?q=盛禾") == {second}
        assert listed("?q=PJ-2026-0900") == {second}
        assert listed("?stage=nothing-of-ours") == {number, second}
        assert listed("?q=%00") == set()

    def test_an_invitation_that_is_overdue_has_its_tab(self, people):
        made = rows.invited(rows.case(people))
        assert "逾期未答复" not in shown(made.staff, "/evaluations/")
        with time_machine.travel("2026-12-05T12:00:00+08:00", tick=False):
            assert "逾期未答复 1" in shown(made.staff, "/evaluations/")
            assert made.evaluation.number in shown(made.staff, "/evaluations/?stage=overdue")
            assert waits_for(made.staff, today=date(2026, 12, 5)) == (
                ("/evaluations/?stage=convening", "组建评价组", "1 个待组建"),
                ("/evaluations/?stage=overdue", "专家逾期未答复", "3 份邀请"),
            )
            assert "专家逾期未答复" in shown(made.staff, "/")

    @pytest.mark.parametrize(("who", "needed"), [("body", 7), ("expert", 8), ("office", 7), ("applicant", 7)])
    def test_three_rows_ask_what_one_asks(self, people, who, needed):
        made = rows.serving(rows.case(people))
        supervised(people, made)
        person = {
            "body": made.staff,
            "expert": made.users[0],
            "office": people.meng,
            "applicant": people.liu,
        }[who]
        client = browser(person)

        def asked() -> int:
            with CaptureQueriesContext(connection) as questions:
                assert client.get("/evaluations/").status_code == 200
            return len(questions)

        closed(made.now())
        asked()
        one = asked()
        for _ in (2, 3):
            again(people, made)
        assert (one, asked()) == (needed, needed)

    def test_an_expert_finds_what_he_was_asked(self, people):
        made = rows.invited(rows.case(people))
        page = shown(made.users[0], "/evaluations/")
        assert "等您答复的邀请" in page and "11月27日（周五）以前答复" in page

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.PROVIDER])
    def test_who_has_no_part_in_evaluations_is_refused(self, people, role):
        scope = {"institution": core.body()} if role == Role.PROVIDER else {}
        assert browser(user("x", role, **scope)).get("/evaluations/").status_code == 403


def again(people, made) -> Evaluation:
    """Another application of the same officer before the same members, closed."""
    application = core.application(people, house=made.evaluation.body)
    evaluation = Evaluation.objects.create(
        application=application,
        submission=application.submissions.get(),
        number=application.number,
        body=made.evaluation.body,
        rule_edition=core.EDITION,
        created_by=made.staff,
    )
    for expert in made.experts[:3]:
        core.seated(evaluation, expert.person, answer_by=TODAY)
    return closed(evaluation)


def closed(evaluation: Evaluation) -> Evaluation:
    record("close", evaluation, before="convening", after="closed")
    evaluation.state = "closed"
    evaluation.save(update_fields=["state"])
    return evaluation


class TestBlocks:
    def test_a_later_part_hangs_its_block_and_its_button_into_the_page(self, people, monkeypatch):
        monkeypatch.setattr(blocks, "_blocks", list(blocks._blocks))
        monkeypatch.setattr(blocks, "_actions", list(blocks._actions))
        made = rows.case(people)

        def progress(user, evaluation, today):
            return pages.Progress(7, 9) if user == made.staff else None

        blocks.add_block("evaluation/panels/_progress.html", progress, order=30)
        blocks.add_action(lambda user, evaluation, today: blocks.Action("看别的", "/elsewhere/"))
        page = shown(made.staff, made.evaluation.get_absolute_url())
        assert "<b>7</b> / 9 已签署" in page and 'href="/elsewhere/"' in page
        assert page.index("<h2>评价组</h2>") < page.index("<b>7</b>")  # in their order
        assert "<b>7</b>" not in shown(people.liu, made.evaluation.get_absolute_url())


class TestTheEnd:
    def test_members_invited_and_applicants_are_told_why(self, people):
        made = rows.invited(rows.case(people))
        rows.declared(made, 0)
        path = f"/evaluations/{made.evaluation.pk}/steps/close/"
        browser(made.staff).post(path, {"note": ""})
        assert made.now().state == "convening"
        browser(made.staff).post(path, {"note": "申请人离任。"})
        letters = Message.objects.filter(kind="evaluation-closed", channel="inbox")
        assert {letter.recipient for letter in letters} == {*made.users[:3], people.liu}
        assert Event.objects.about(made.evaluation).last().note == "申请人离任。"
        assert Sheet.objects.count() == 0
