"""An evaluation from the recommendation to the grade on the officer's phone, each act by whose move it is.

What a page is for is done in the browser once: one row is scored, one disagreement settled, one interview written down.
The same over and over — the other indicators, the other sheets — goes through the services the page calls.
"""

import re
from contextlib import ExitStack
from decimal import Decimal

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from evaluation.applications import draft, services
from evaluation.models import Application, Evaluation, Outcome, Proof, Sheet
from evaluation.sheets import marks
from tests.evaluation import rows
from tests.evaluation.applications.world import typed, world
from tests.evaluation.panels.rows import account, code_in, engage

NAMES = ("安一鸣", "白若兰", "陈守仁", "邓可欣")  # the first one leads
DISPUTED = dict(zip(NAMES, ("0.5", "0.85", "0.7", "0.7"), strict=True))


@pytest.fixture
def story(city):
    made = world(city)
    for number in range(len(NAMES)):
        account(engage(made.shen, number).person, f"expert-{number}")
    return made


@pytest.fixture
def experts(chromium, story, enter):
    """A browser for each of them: {name: page}."""
    with ExitStack() as open_:
        pages = {}
        for number, name in enumerate(NAMES):
            context = chromium.new_context(
                locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
            )
            open_.callback(context.close)
            context.set_default_timeout(30_000)
            pages[name] = context.new_page()
            pages[name].set_viewport_size({"width": 1366, "height": 768})
            enter(pages[name], f"expert-{number}")
        yield pages


def sure(page: Page, label: str) -> None:
    page.locator("summary", has_text=re.compile(f"^{label}$")).click()


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]").first).to_contain_text("已保存")


def test_from_the_recommendation_to_the_grade(story, experts, page, enter, console, live_server):
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 1440, "height": 900})
    apply_together(story, page, enter, live_server)
    accept(page, enter, live_server)
    convene(page, enter, live_server)
    run = Evaluation.objects.get()
    case = f"{live_server.url}{run.get_absolute_url()}"
    for name in NAMES:
        declare(experts[name], name, live_server)
    begin(page, case)
    for name in NAMES:
        score(experts[name], name, live_server)
        expect_blindness(experts, case, signed=name)
    deliberate(experts, case)
    report(experts, case)
    decide(page, case)
    see_the_grade_on_a_phone(page, enter, case)
    assert (Outcome.objects.get().grade, Evaluation.objects.get().state) == ("AAAA", "published")
    call_command("check_invariants")
    assert console == []


# ── the application ───────────────────────────────────────────────────────────────────────────
def apply_together(story, page: Page, enter, live_server) -> None:
    """The enterprise recommends, the officer assesses himself; both sign just this, and it is handed in."""
    enter(page, "liu")
    page.goto(f"{live_server.url}/evaluations/applications/")
    page.get_by_role("link", name="申请评价").first.click()
    page.get_by_role("button", name="为王雪松申请").click()
    page.get_by_label("向哪家机构申请").select_option(label="江苏质量评价中心")
    page.get_by_role("textbox", name="推荐意见").fill("该同志履职以来质量损失率下降三成，同意推荐。")
    saved(page)
    address = page.url
    made = Application.objects.get()
    draft.save(made, made.draft | typed(story.body), version=None, by=story.wangxs)
    paper = rows.readable(made, by=story.wangxs, name="质量指标三年对比", supports=["7.5.1"], pages=3)
    services.reassign(paper, supports=["7.5.1", "7.4.3"], by=story.wangxs)

    for username, name in (("wangxs", "王雪松"), ("liu", "liu")):
        enter(page, username)
        page.goto(address.replace("/edit/", "/check/"))
        page.get_by_label("签写姓名").fill(name)
        page.get_by_label("以上内容和材料真实").check()
        page.get_by_role("button", name="签写", exact=True).click()
        expect(page.locator("#messages")).to_contain_text("已签写")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("正在形式审查")


def accept(page: Page, enter, live_server) -> None:
    enter(page, "shen")
    expect(page.get_by_role("heading", level=1)).to_have_text("评价申请：1 件待形式审查")
    page.goto(f"{live_server.url}{Application.objects.get().get_absolute_url()}")
    left = page.locator("details.decide")
    while waiting := left.count():
        left.first.locator("summary").click()
        left.first.locator("textarea").fill("看过原件，视为符合。")
        left.first.get_by_role("button", name="认定").click()
        expect(left).to_have_count(waiting - 1)
    page.get_by_role("button", name="受理").click()
    expect(page.locator("main")).to_contain_text("组建评价组")


# ── the panel ─────────────────────────────────────────────────────────────────────────────────
def convene(page: Page, enter, live_server) -> None:
    page.goto(f"{live_server.url}/evaluations/{Evaluation.objects.get().pk}/panel/")
    leader, *members = NAMES
    page.get_by_role("button", name=re.compile(f"请为组长.*{leader}")).click()
    for name in members:
        page.get_by_role("button", name=re.compile(f"请为成员.*{name}")).click()
    page.get_by_role("button", name="向 4 位发出邀请").click()
    expect(page.locator("main")).to_contain_text("已邀请安一鸣、白若兰、陈守仁、邓可欣")


def declare(page: Page, name: str, live_server) -> None:
    """Impartial by the own name and the code of the letter; only then the file is open."""
    page.goto(f"{live_server.url}/evaluations/")
    page.get_by_role("link", name=re.compile("江苏质量评价中心邀请您")).click()
    page.get_by_role("button", name="发送验证码").click()
    expect(page.locator("main")).to_contain_text("验证码已发到 e***@example.com")
    letter = next(each.body for each in reversed(mail.outbox) if "验证码" in each.subject + each.body)
    page.get_by_label("签写本人姓名").fill(name)
    page.get_by_label("邮件里的验证码").fill(code_in(letter))
    page.get_by_role("button", name="签署声明，参加评价组").click()
    expect(page.locator("main")).to_contain_text("声明已签署，案卷已向您打开。")


def begin(page: Page, case: str) -> None:
    page.goto(f"{case}panel/")
    sure(page, "开始独立评分")
    page.get_by_role("button", name="开始独立评分").click()
    expect(page.locator("#progress")).to_contain_text("0 / 4 已签署")


# ── the sheets ────────────────────────────────────────────────────────────────────────────────
def score(page: Page, name: str, live_server) -> None:
    """The disputed row by hand: the page of the proof is pinned, the band comes first; then the signature."""
    sheet = Sheet.objects.get(person__name=name)
    expert = sheet.person.assignments.get().user
    expert = expert.acting_as(expert.assignments.get())
    page_of_proof = marks.Place(
        Proof.objects.get(application__isnull=False).pk, 1
    )  # nobody was interviewed yet
    for row in rows.SCHEME.indicators:
        if row.code != "7.5.1":
            given = Decimal("1.0" if row.code == "7.2" else "0.7")
            entry = marks.Entry(rows.band_of(given), given, f"{row.label}：材料可以核实。", (page_of_proof,))
            marks.save(sheet, row, entry, version=0, by=expert)
    page.goto(f"{live_server.url}{sheet.get_absolute_url()}?row=7.5.1")
    value = DISPUTED[name]
    page.locator(f'[id="row-7.5.1-band-{rows.band_of(Decimal(value))}"]').check()
    expect(page.locator('[id="row-7.5.1-own"]')).to_contain_text("申请人自评 4 档、0.7")
    page.locator(f'form[data-code="7.5.1"] [name=coefficient][value="{value}"]').check()
    page.keyboard.press("e")  # the sheet opened on the first page of the proof: pinned
    expect(page.locator('[id="row-7.5.1-pins"]')).to_contain_text("证明 1 · 第 1 页")
    page.locator('[id="row-7.5.1-comment"]').fill("质量损失率三年下降，口径写清。")
    expect(page.locator("#sheet-state")).to_have_text("全部已保存")
    page.locator("#sign-name").fill(name)
    page.get_by_role("button", name="签署评分表").click()
    expect(page.locator("main")).to_contain_text("已签署，不能再改动。")


def expect_blindness(experts: dict[str, Page], case: str, *, signed: str) -> None:
    """While anybody writes, the table is shut to all, and no value of the row is on the page of the case."""
    if signed == NAMES[-1]:
        return
    leader = experts[NAMES[0]]
    assert leader.request.get(f"{case}consensus/").status == 404
    leader.goto(case)
    expect(leader.locator("#progress")).to_contain_text(f"{NAMES.index(signed) + 1} / 4 已签署")
    expect(leader.locator("main")).not_to_contain_text(re.compile("0\\.85"))


# ── at one table ──────────────────────────────────────────────────────────────────────────────
def deliberate(experts: dict[str, Page], case: str) -> None:
    """Opened by the leader: an interview is written down, the disputed row gets its reason, the rest is as proposed."""
    page, member = experts[NAMES[0]], experts[NAMES[1]]
    page.goto(case)
    page.get_by_role("button", name="打开合议").click()
    expect(page.locator('[data-board-row="7.5.1"]')).to_contain_text("0.85")
    interview(page, case)
    member.goto(f"{case}consensus/")
    page.goto(f"{case}consensus/")
    row = page.locator('[data-board-row="7.5.1"]')
    row.get_by_label("合议值").select_option("0.7")
    row.get_by_label(re.compile("理由")).fill("面试核对了口径变化的复算。")
    saved(page)
    expect(member.locator('[data-board-row="7.5.1"] .value')).to_contain_text("0.7", timeout=15_000)
    page.get_by_role("button", name=re.compile("都按建议值定下")).click()
    expect(page.locator("main")).to_contain_text("项按建议值定下")
    page.locator("#div_id_met label", has_text=re.compile("^符合")).click()
    page.get_by_label("认定的依据").fill("查阅信用公示，未见失信。")
    expect(page.locator("#missing")).to_contain_text("都齐了")
    page.locator("#conclude summary").click()
    page.get_by_role("button", name="形成结论").click()
    expect(page.locator("main")).to_contain_text("合议结论已形成")


def interview(page: Page, case: str) -> None:
    today = timezone.localdate().isoformat()
    page.goto(f"{case}interviews/new/")
    page.locator("label", has_text="面试答辩").click()
    page.get_by_label("日期", exact=True).fill(today)
    page.get_by_label("时间", exact=True).fill("00:01")
    page.get_by_label("地点或网址").fill("评价中心三楼")
    page.get_by_role("button", name="安排并通知").click()
    page.get_by_role("link", name="记录", exact=True).click()
    page.get_by_label("进行的日期").fill(today)
    page.get_by_label("到场的人").fill("本人、评价组四人")
    page.get_by_role("textbox", name="记录", exact=True).fill("逐项核对了质量损失率的复算。")
    page.get_by_role("button", name="记录", exact=True).click()
    expect(page.locator("main")).to_contain_text("已进行")


# ── report, decision, grade ───────────────────────────────────────────────────────────────────
def report(experts: dict[str, Page], case: str) -> None:
    leader = experts[NAMES[0]]
    leader.goto(f"{case}report/")
    leader.get_by_label("改进建议").fill("固定质量损失率的口径。")
    saved(leader)
    leader.get_by_role("button", name="请成员会签").click()
    expect(leader.locator("main")).to_contain_text("第 1 版报告已请成员会签")
    for name in reversed(NAMES):  # the leader comes last, and hands in
        experts[name].goto(f"{case}report/")
        experts[name].get_by_label("签写本人姓名").fill(name)
        experts[name].get_by_role("button", name="会签", exact=True).click()
        expect(experts[name].locator("main")).to_contain_text("已会签第 1 版报告")
    sure(leader, "提交评价报告")
    leader.get_by_role("button", name="提交", exact=True).click()
    expect(leader.locator("main")).to_contain_text("等待决定")


def decide(page: Page, case: str) -> None:
    page.goto(case)
    page.get_by_role("link", name="审议评价报告").click()
    page.get_by_label("参加审议的人员").fill("沈岩，技术委员会主任")
    page.get_by_label("审议意见").fill("同意评价组的报告。")
    page.get_by_role("button", name="决定：AAAA").click()
    page.get_by_role("button", name="公布，并发出通知").click()
    expect(page.locator("main")).to_contain_text("已公布，并通知本人和所在组织")


def see_the_grade_on_a_phone(page: Page, enter, case: str) -> None:
    """From the own desk, without a sideways scroll; the reasons, and nobody's name."""
    page.set_viewport_size({"width": 390, "height": 844})
    enter(page, "wangxs")
    expect(page.locator("main")).to_contain_text("结果：AAAA")
    page.get_by_role("link", name="王雪松的评价申请").click()
    expect(page).to_have_url(case)
    expect(page.locator("main")).to_contain_text("718.0")
    expect(page.locator("main")).to_contain_text("固定质量损失率的口径。")
    for name in NAMES:
        expect(page.locator("main")).not_to_contain_text(name)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
