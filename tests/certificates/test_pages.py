"""Certificates in the browser: who finds what, and what is said where something is missing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from certificates import tasks
from certificates.issuing import numbering
from certificates.issuing.ordering import order
from certificates.life import acts
from certificates.models import Act, Batch, Certificate, Evidence
from certificates.pages.certificate import CertificatePage
from certificates.pages.issuing import key_of
from cqo_portal.accounts.models import Role
from cqo_portal.papers.accepting import accept
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused
from evaluation.models import Decision
from registry.models import Officer
from tests.bodies.rows import on_record
from tests.cast import browser, organisation, picture, user
from tests.certificates import many, rows
from tests.evaluation.decisions import story
from tests.talent.rows import post

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    bare = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bare))


@pytest.fixture
def held(people):
    panel, made = rows.issued(people)
    return panel, rows.sent(made, by=panel.staff)


# ── lists ─────────────────────────────────────────────────────────────────────────────────────
def test_the_list_goes_by_how_they_stand_today(held):
    panel, made = held
    client, index = browser(panel.staff), reverse("certificates:index")
    assert "有效的评价证书 1 张" in text(client.get(index))
    with time_machine.travel(f"{made.last_day + timedelta(days=1)}T12:00:00+08:00", tick=False):
        client = browser(panel.staff)
        assert "有效的评价证书 0 张" in text(client.get(index))
        expired = text(client.get(f"{index}?standing=expired"))
        assert made.number in expired and "到期失效" in expired


def test_the_months_ahead_say_how_many_end_in_them_and_lead_there(held):
    panel, made = held
    with time_machine.travel(f"{made.last_day - timedelta(days=40)}T12:00:00+08:00", tick=False):
        client = browser(panel.staff)
        page = client.get(reverse("certificates:index")).content.decode()
        month = f"{made.last_day:%Y-%m}"
        assert re.search(rf'ends={month}"[^>]*><span>[^<]*</span><b>1</b>', page)
        assert made.number in text(client.get(f"{reverse('certificates:index')}?ends={month}"))
        assert made.number not in text(client.get(f"{reverse('certificates:index')}?ends=2099-01"))


@pytest.mark.parametrize("asked", ["ends=2027-13", "ends=x", "standing=nonsense", "ends=0000-01"])
def test_nonsense_in_the_address_counts_as_not_said(held, asked):
    panel, _ = held
    assert browser(panel.staff).get(f"{reverse('certificates:index')}?{asked}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_for_three_as_for_one(people, count, django_assert_num_queries):
    staff, decisions = many.decided(people, count)
    for decision in decisions:
        rows.of(decision, by=staff)
    client = browser(staff)
    client.get(reverse("certificates:index"))
    with django_assert_num_queries(9):
        client.get(reverse("certificates:index"))


def test_holder_enterprise_and_offices_each_find_it(held, people):
    panel, made = held
    for who in (story.officer(panel), people.liu, people.wang, people.meng, people.hao):
        assert made.number in text(browser(who).get(reverse("certificates:index"))), who
    for who in (people.dan, people.qing):
        assert made.number not in text(browser(who).get(reverse("certificates:index"))), who


# ── one ───────────────────────────────────────────────────────────────────────────────────────
def test_a_new_employer_reads_how_it_stands_and_not_why(held, people):
    """The certificate is of the holder; what was found against him at the old enterprise is not told to the next one."""
    panel, made = held
    paper = (accept(picture()), "决定书.png")
    rows.done("suspend", made, on=timezone.localdate(), by=panel.staff, reason="隐瞒事故。", papers=(paper,))
    Officer.objects.filter(person=made.person).update(ended_on=timezone.localdate())
    firm = organisation(people.offices["130922"], code="91130922MA0ABCD01N", name="青县远景模具有限公司")
    Officer.objects.filter(organisation=firm).delete()
    post(firm, name=made.name, number=made.person.identity_number)
    newcomer = user("xin", Role.ENTERPRISE, organisation=firm)
    page = text(browser(newcomer).get(made.get_absolute_url()))
    assert made.number in page and "暂停" in page
    assert "隐瞒事故" not in page and "决定书" not in page
    evidence = reverse("certificates:evidence", args=[Evidence.objects.get().pk])
    assert browser(newcomer).get(evidence).status_code == 404
    assert browser(newcomer).get(reverse("certificates:pdf", args=[made.pk])).status_code == 404
    old = browser(people.liu)  # whom he has left
    assert "隐瞒事故" not in text(old.get(made.get_absolute_url()))
    assert old.get(evidence).status_code == 404


def test_the_enterprise_he_serves_reads_why_and_an_office_that_opens_the_paper_is_on_record(held, people):
    panel, made = held
    paper = (accept(picture()), "决定书.png")
    rows.done("suspend", made, on=timezone.localdate(), by=panel.staff, reason="隐瞒事故。", papers=(paper,))
    assert "隐瞒事故" in text(browser(people.liu).get(made.get_absolute_url()))
    evidence = reverse("certificates:evidence", args=[Evidence.objects.get().pk])
    assert browser(people.liu).get(evidence).status_code == 200
    assert not people.liu.events.filter(action="open-paper").exists()
    assert browser(people.wang).get(evidence).status_code == 200
    assert people.wang.events.filter(action="open-paper", subject_id=str(made.person_id)).exists()


def test_an_office_that_looks_is_on_record_for_the_holder(held, people):
    _, made = held
    browser(people.wang).get(made.get_absolute_url())
    assert people.wang.events.filter(action="look", subject_id=str(made.person_id)).exists()


def test_every_download_gives_the_same_bytes(held):
    panel, made = held
    first, second = (browser(panel.staff).get(reverse("certificates:pdf", args=[made.pk])) for _ in range(2))
    assert first.content == second.content == bytes(made.rendering.content)
    assert first.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in first.headers["Content-Security-Policy"]


# ── acts ──────────────────────────────────────────────────────────────────────────────────────
SAID = {
    "seen": "0",
    "ground": "dishonesty",
    "effective_on": "",
    "reason": "投标文件中引用的检测报告不属实。",
    "evidence": "苏市监罚〔2026〕18号",
}


def said(**changes: str) -> dict:
    return SAID | {"effective_on": timezone.localdate().isoformat()} | changes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ground": ""}, "请选择情形。"),
        ({"effective_on": ""}, "请填写生效日期。"),
        ({"effective_on": "2099-01-01"}, "生效日期不能晚于今天"),
        ({"effective_on": "2020-01-01"}, "生效日期不能早于"),
        ({"effective_on": "昨天"}, "请填日期，例如 2026-09-21。"),
        ({"reason": ""}, "请填写事由。"),
        ({"evidence": ""}, "请写明依据的文书，或者上传扫描件。"),
        ({"ground": "misprint"}, "选择一个有效的选项"),
    ],
)
def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(held, changes, told):
    panel, made = held
    address = reverse("certificates:act", args=[made.pk, "suspend"])
    answer = browser(panel.staff).post(address, said(**changes))
    assert answer.status_code == 422
    assert told in text(answer)
    kept = answer.content.decode()
    for name in ("reason", "evidence"):
        if name not in changes:
            assert SAID[name] in kept
    assert not Act.objects.exists()


def test_a_file_that_is_no_paper_is_refused_beside_its_field(held):
    panel, made = held
    address = reverse("certificates:act", args=[made.pk, "suspend"])
    sent = said() | {"file": SimpleUploadedFile("决定书.pdf", b"MZ not a paper", "application/pdf")}
    answer = browser(panel.staff).post(address, sent)
    assert answer.status_code == 422
    assert not Act.objects.exists() and not Evidence.objects.exists()


def test_an_act_that_is_not_open_leads_back_with_a_sentence(held):
    panel, made = held
    answer = browser(panel.staff).get(reverse("certificates:act", args=[made.pk, "resume"]), follow=True)
    assert "现在的状态是“有效”，不能办理恢复。" in text(answer)
    assert browser(panel.staff).get(reverse("certificates:act", args=[made.pk, "erase"])).status_code == 404


def test_with_a_number_that_never_came_to_be_a_paper_nothing_is_done(people):
    panel, decision = rows.decided(people)
    made = numbering.take(order([decision], by=panel.staff).orders.get().pk)
    for state in ("prepared", "void"):
        for kind in ("suspend", "void", "recover"):
            address = reverse("certificates:act", args=[made.pk, kind])
            for answer in (
                browser(panel.staff).get(address, follow=True),
                browser(panel.staff).post(address, said(), follow=True),
            ):
                assert "这个编号没有制成证书，没有可以办理的。" in text(answer)
        if state == "prepared":
            acts.abandon(made, "姓名写错了。", by=panel.staff, today=timezone.localdate())
    with pytest.raises(Refused, match="没有制成证书"):
        acts.recover(
            made,
            acts.Said(effective_on=timezone.localdate(), reason="交回。"),
            by=panel.staff,
            today=timezone.localdate(),
        )
    assert [each.reason for each in Act.objects.all()] == ["姓名写错了。"]


def test_whoever_ended_suspended_reads_from_which_day_the_year_runs(held):
    """It is the day of the suspension, not the day it expired."""
    panel, made = held
    on = made.last_day - timedelta(days=40)
    rows.done("suspend", made, on=on, by=panel.staff)
    after, ends = made.last_day + timedelta(days=1), made.rule.wait_after_loss.after(on)
    page = CertificatePage(Certificate.objects.get(pk=made.pk), panel.staff, after)
    assert (page.standing.state.label, page.next) == ("到期失效", f"{day_full(ends)}起可以重新申请")
    assert page.next_note == f"自{day_full(on)}起满 1 年（9.6）。"


# ── issuing ───────────────────────────────────────────────────────────────────────────────────
def test_the_first_certificate_asks_for_a_code_once(people):
    panel = story.published(people)
    client, issue = browser(panel.staff), reverse("certificates:issue")
    assert "先定机构代号" in text(client.get(issue))
    off_record = client.post(reverse("certificates:code"), {"code": "JSZP"}, follow=True)
    assert "江苏质量评价中心没有在案，不能取机构代号（第6章）。" in text(off_record)
    on_record(panel.evaluation.body, by=panel.staff)
    wrong = client.post(reverse("certificates:code"), {"code": "江苏"})
    assert wrong.status_code == 422 and "2–10 位大写字母或数字" in text(wrong)
    client.post(reverse("certificates:code"), {"code": "ｊｓｚｐ"})
    panel.evaluation.body.refresh_from_db()
    assert panel.evaluation.body.code == "JSZP"
    again = client.post(reverse("certificates:code"), {"code": "OTHER"}, follow=True)
    assert "机构代号已经是 JSZP，不能再改。" in text(again)


def test_a_code_of_another_house_is_refused(people):
    panel = story.published(people)
    other = panel.evaluation.body.__class__.objects.create(name="别的机构", code="TAKEN")
    answer = browser(panel.staff).post(reverse("certificates:code"), {"code": other.code})
    assert "这个代号已经有别的机构在用" in text(answer)


def test_a_whole_list_is_issued_with_one_act_and_sent_with_another(
    people, django_capture_on_commit_callbacks
):
    staff, decisions = many.decided(people, 3)
    client = browser(staff)
    page = text(client.get(reverse("certificates:issue")))
    assert "待发证的评价决定 3 个" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            reverse("certificates:issue"), {"decision": [key_of(each) for each in decisions]}
        )
    batch = Batch.objects.get()
    assert answer.headers["Location"] == batch.get_absolute_url()
    assert "签发完成：3 张" in text(client.get(batch.get_absolute_url()))
    assert Certificate.objects.filter(sent_at=None).count() == 3
    send = reverse("certificates:batch-send", args=[batch.pk])
    assert "发送 3 张证书" in text(client.get(send))
    client.post(send)
    assert Certificate.objects.filter(sent_at=None).count() == 0
    assert "都发过了" in text(client.get(reverse("certificates:issue")))


def test_a_batch_that_waits_says_so_and_asks_again_by_itself(people):
    panel, decision = rows.decided(people)
    batch = order([decision], by=panel.staff)
    page = browser(panel.staff).get(batch.get_absolute_url()).content.decode()
    assert "正在签发：0 / 1" in page and 'hx-trigger="every 2s"' in page
    tasks.go_on()
    page = browser(panel.staff).get(batch.get_absolute_url()).content.decode()
    assert "签发完成：1 张" in page and 'hx-trigger="every 2s"' not in page


def test_one_refused_stands_in_the_list_with_its_reason(people):
    staff, decisions = many.decided(people, 2)
    batch = order(decisions, by=staff)
    staff.assignments.update(active=False)
    tasks.go_on()
    staff.assignments.update(active=True)
    page = text(browser(staff).get(batch.get_absolute_url()))
    assert "签发完成：0 张，没有发 2 张" in page and "已经不在岗，请由同事办理" in page


def test_what_was_ticked_and_is_gone_meanwhile_is_said(people):
    panel, decision = rows.decided(people)
    rows.of(decision, by=panel.staff)
    answer = browser(panel.staff).post(reverse("certificates:issue"), {"decision": key_of(decision)})
    assert answer.status_code == 422
    assert "有的刚刚发过证、现在不能发，或者登记的名称刚刚改过" in text(answer)
    assert (
        browser(panel.staff).post(reverse("certificates:issue"), {"decision": "x' OR 1"}).status_code == 422
    )


def test_what_is_printed_is_what_was_seen(people):
    """Corrected in the register while the page lay open: the page comes back with the new name, unticked."""
    panel, decision = rows.decided(people)
    ticked, address = key_of(decision), reverse("certificates:issue")
    Officer.objects.filter(pk=decision.evaluation.application.officer_id).update(name="骆清阳")
    answer = browser(panel.staff).post(address, {"decision": ticked})
    assert answer.status_code == 422 and "登记的名称刚刚改过" in text(answer)
    assert "骆清阳" in text(answer) and not Batch.objects.exists()
    decision = Decision.objects.get(pk=decision.pk)
    assert browser(panel.staff).post(address, {"decision": key_of(decision)}).status_code == 302


def test_what_is_corrected_after_it_was_asked_for_is_looked_at_again(people):
    panel, decision = rows.decided(people)
    batch = order([decision], by=panel.staff)
    Officer.objects.filter(pk=decision.evaluation.application.officer_id).update(name="骆清阳")
    tasks.go_on()
    assert batch.orders.get().refused == "发起以后，登记的姓名、单位或者机构名称改过；请看过以后再发。"


def test_a_certificate_may_be_issued_again_within_ten_minutes(people, django_capture_on_commit_callbacks):
    """A second certificate on the same decision is not the same form come again."""
    panel, decision = rows.decided(people)
    client, address = browser(panel.staff), reverse("certificates:issue")
    for number in (1, 2):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address, {"decision": key_of(decision)})
        assert Certificate.objects.count() == number
        if number == 1:
            made = Certificate.objects.get()
            client.post(reverse("certificates:act", args=[made.pk, "void"]), said(ground="misprint"))
    assert list(Certificate.objects.order_by("serial").values_list("state", flat=True)) == ["void", "valid"]


def test_a_page_that_is_older_than_the_last_act_does_nothing(held):
    """Suspended and resumed in another tab: the first tab does not suspend again what it never saw."""
    panel, made = held
    client, today = browser(panel.staff), timezone.localdate()
    rows.done("suspend", made, on=today, by=panel.staff)
    rows.done("resume", made, on=today, by=panel.staff)
    address = reverse("certificates:act", args=[made.pk, "suspend"])
    answer = client.post(address, said(seen="0"))
    assert answer.status_code == 422 and "打开这一页以后，这张证书又办理过" in text(answer)
    assert 'name="seen" value="2"' in answer.content.decode()
    assert client.post(address, said(seen="2")).status_code == 302  # the control
    assert Certificate.objects.get(pk=made.pk).state == "suspended"


@pytest.mark.parametrize("blank", ["\u2800", "\u3164\u3164"])
def test_a_reason_that_cannot_be_seen_is_none(held, blank):
    panel, made = held
    address = reverse("certificates:act", args=[made.pk, "suspend"])
    answer = browser(panel.staff).post(address, said(reason=blank))
    assert answer.status_code == 422 and "看不见或不是通用字符" in text(answer)


# ── again ─────────────────────────────────────────────────────────────────────────────────────
def test_the_holder_begins_a_renewal_from_the_certificate(held, people):
    _, made = held
    with time_machine.travel(f"{made.reapply_opens}T12:00:00+08:00", tick=False):
        client, renew = browser(people.liu), reverse("certificates:renew", args=[made.pk])
        assert renew in client.get(made.get_absolute_url()).content.decode()
        answer = client.post(renew)
        assert "/edit/" in answer.headers["Location"]
        page = text(client.get(answer.headers["Location"]))
        assert f"原证书：{made.number}，AAAA" in page
    assert renew not in browser(people.liu).get(made.get_absolute_url()).content.decode()  # today: too early


def test_the_dossier_shows_the_certificate(held, people):
    _, made = held
    officer = Officer.objects.get(person=made.person)
    assert made.number in text(browser(people.wang).get(officer.get_absolute_url()))
