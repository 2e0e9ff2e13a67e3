"""A sheet in a real Chromium: without a mouse, without a connection, without a session, in two tabs, on small screens."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from evaluation.models import Mark, Pin, Sheet, SignedSheet
from tests.cast import PASSWORD
from tests.evaluation import rows

ROW = "7.4.4"
LAPTOP = {"width": 1366, "height": 768}


class Desk:
    """expert-1 before the own sheet; of one row what it says and holds."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, row: str = ROW) -> "Desk":
        self.page.goto(f"{self.address}?row={row}")
        return self

    def part(self, name: str, row: str = ROW) -> Locator:
        return self.page.locator(f'[id="row-{row}-{name}"]')

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def expect_saved(self, version: int, row: str = ROW) -> None:
        expect(self.part("saved", row)).to_have_text(re.compile(rf"已保存 \d\d:\d\d:\d\d · 第 {version} 版"))

    @property
    def stored(self) -> str:
        return self.page.evaluate("JSON.stringify(Object.entries(localStorage))")


@pytest.fixture
def panel(city):
    made = rows.panel(city)
    rows.readable(made.evaluation.application, by=city.liu, name="培训与知识管理", supports=[ROW], pages=3)
    rows.readable(made.evaluation.application, by=city.liu, name="获奖证书", supports=["7.5.5"], pages=1)
    return made


@pytest.fixture
def sheet(panel) -> Sheet:
    return panel.sheet(1)


@pytest.fixture
def desk(sheet, page, enter, live_server) -> Desk:
    page.set_viewport_size(LAPTOP)
    enter(page, "expert-1")
    return Desk(page, f"{live_server.url}{sheet.get_absolute_url()}").open()


def kept(sheet: Sheet, row: str = ROW) -> Mark | None:
    return Mark.objects.filter(sheet=sheet, indicator=row).first()


# ── without a mouse ───────────────────────────────────────────────────────────────────────────
def test_a_sheet_is_scored_and_signed_with_the_keyboard_alone(sheet, desk, console):
    rows.filled(sheet)
    Pin.objects.filter(mark__indicator=ROW).delete()
    Mark.objects.filter(sheet=sheet, indicator=ROW).delete()
    desk.open("7.4.3")
    desk.keys("ArrowDown", "4")
    desk.expect_saved(1)
    expect(desk.part("own")).to_contain_text("申请人自评 4 档、0.7（42.0 分）")
    desk.keys("ArrowRight", "]", "]", "e", "c")
    desk.page.keyboard.type("e5c 键在这里只是字。")
    desk.keys("Escape")
    expect(desk.part("line")).to_be_focused()
    expect(desk.page.locator("#sheet-state")).to_have_text("全部已保存")
    expect(desk.part("line")).to_contain_text("51.0")
    mark = kept(sheet)
    assert (mark.band, str(mark.coefficient), mark.comment) == (4, "0.85", "e5c 键在这里只是字。")
    assert [pin.page for pin in mark.pins.all()] == [2]
    desk.keys("Control+Enter")
    expect(desk.page.locator("#sign-name")).to_be_focused()
    desk.page.keyboard.type("专家乙")
    desk.keys("Control+Enter")
    expect(desk.page.get_by_text("已签署，不能再改动。")).to_be_visible()
    expect(desk.page.locator("main")).to_contain_text(SignedSheet.objects.get().digest)
    assert not [line for line in console if "Content Security Policy" in line]


def test_the_keys_are_listed_and_can_be_switched_off(sheet, desk):
    desk.keys("?")
    expect(desk.page.locator("#keys")).to_contain_text("钉住正在看的这一页")
    desk.page.get_by_label("在这台电脑上关掉单键快捷键").check()
    desk.keys("Escape", "4")
    desk.page.wait_for_timeout(600)
    assert kept(sheet) is None
    desk.part("band-4").check()  # the control: by hand it is chosen
    desk.expect_saved(1)


def test_a_pin_is_set_and_taken_off_by_the_same_key(sheet, desk):
    desk.keys("e")
    desk.expect_saved(1)
    expect(desk.part("pins")).to_contain_text("证明 1 · 第 1 页")
    expect(desk.page.locator("[data-pinned]")).to_contain_text(f"本页已钉在 {ROW}")
    desk.keys("e")
    desk.expect_saved(2)
    assert not Pin.objects.exists()


# ── saved while one writes ────────────────────────────────────────────────────────────────────
def test_every_field_is_kept_a_moment_later_and_points_and_totals_follow(sheet, desk):
    desk.part("band-4").check()
    desk.page.locator(f'form[data-code="{ROW}"] [name=coefficient][value="0.7"]').check()
    desk.part("comment").fill("三年四十六场内训。")
    expect(desk.page.locator("#standing-total")).to_contain_text("42.0")
    expect(desk.page.locator("#sheet-state")).to_have_text("全部已保存")
    assert kept(sheet).comment == "三年四十六场内训。"
    assert desk.stored == "[]"
    desk.page.reload()
    expect(desk.part("comment")).to_have_value("三年四十六场内训。")


def test_nothing_of_the_own_score_reaches_the_browser_before_the_band(sheet, desk):
    answers = []
    desk.page.on("response", lambda answer: answers.append(answer))

    def sent() -> list[str]:
        pages = [each for each in answers if "/sheets/" in each.url and "png" not in each.url]
        return [each.text() for each in pages if each.status == 200]

    desk.open()
    desk.part("comment").fill("先看材料。")
    desk.expect_saved(1)
    assert sent() and not [text for text in sent() if "申请人自评 " in text]
    desk.keys("Escape", "3")
    desk.expect_saved(2)
    assert [text for text in sent() if "申请人自评 " in text]  # the control


# ── without a connection ──────────────────────────────────────────────────────────────────────
def test_offline_one_goes_on_and_all_is_sent_when_the_connection_is_back(panel, sheet, desk):
    desk.page.context.set_offline(True)
    desk.keys("4", "c")
    desk.page.keyboard.type("离线写的")
    desk.keys("Escape", "ArrowDown", "2")
    expect(desk.part("saved")).to_have_text("未保存 · 离线（留在这台电脑上）")
    expect(desk.page.locator("#sheet-state")).to_contain_text("2 行还没有存上（离线，连上后自动保存）")
    assert f"draft:sheet:{sheet.pk}:{panel.experts[1].pk}" in desk.stored and "离线写的" in desk.stored
    assert not Mark.objects.exists()
    desk.page.context.set_offline(False)
    expect(desk.page.locator("#sheet-state")).to_have_text("全部已保存")
    assert kept(sheet).comment == "离线写的"
    assert kept(sheet, "7.4.5").band == 2
    assert desk.stored == "[]"


def test_a_failed_request_is_repeated(sheet, desk):
    desk.page.route("**/rows/**", lambda route: route.fulfill(status=502, body="bad gateway"))
    desk.keys("4")
    expect(desk.part("saved")).to_contain_text("未保存 · 系统暂时出错")
    desk.page.unroute("**/rows/**")
    desk.expect_saved(1)


def test_what_a_closed_browser_left_is_offered_to_the_same_person_and_overwrites_nothing(sheet, desk, enter):
    desk.page.route("**/rows/**", lambda route: route.abort())
    desk.part("comment").fill("没来得及存的话")
    expect(desk.part("saved")).to_contain_text("未保存")
    context = desk.page.context
    desk.page.close(run_before_unload=False)
    Mark.objects.create(sheet=sheet, indicator=ROW, band=2, comment="在家里写的")
    again = Desk(context.new_page(), desk.address).open()
    expect(again.page.get_by_text("这台电脑上还留着 1 行没有存上的修改")).to_be_visible()
    again.page.get_by_role("button", name="放回表里并保存").click()
    expect(again.part("why")).to_contain_text("这一行在别处改过")
    expect(again.part("comment")).to_have_value("没来得及存的话")
    assert kept(sheet).comment == "在家里写的"
    enter(again.page, "expert-2")
    other = Desk(
        again.page, again.address.replace(str(sheet.pk), str(Sheet.objects.get(person__name="专家丙").pk))
    )
    other.open()
    expect(other.page.get_by_text("这台电脑上还留着")).to_have_count(0)


def test_signing_out_leaves_nothing_behind(sheet, desk):
    desk.page.route("**/rows/**", lambda route: route.abort())
    desk.part("comment").fill("没存上")
    expect(desk.part("saved")).to_contain_text("未保存")
    assert "没存上" in desk.stored
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.page.locator("summary", has_text="expert-1").click()
    desk.page.get_by_role("button", name="退出登录").click()
    expect(desk.page).to_have_url(re.compile("login"))
    assert desk.stored == "[]"


# ── without a session ─────────────────────────────────────────────────────────────────────────
def sign_in(window: Page, name: str) -> None:
    window.get_by_label("用户名").fill(name)
    window.get_by_label("密码", exact=True).fill(PASSWORD)
    window.get_by_role("button", name=re.compile("登录")).first.click()


def test_an_expired_session_is_renewed_over_the_page_and_nothing_is_lost(sheet, desk):
    desk.keys("4")
    desk.expect_saved(1)
    Session.objects.all().delete()
    desk.keys("c")
    desk.page.keyboard.type("过期以后写的")
    expect(desk.page.locator("#signed-out")).to_be_visible()
    with desk.page.expect_popup() as window:
        desk.page.get_by_role("button", name="在小窗口登录").click()
    sign_in(window.value, "expert-1")
    expect(desk.page.locator("#signed-out")).to_be_hidden()
    desk.expect_saved(2)
    assert kept(sheet).comment == "过期以后写的"
    assert window.value.is_closed()


def test_whoever_else_signs_in_there_saves_nothing_of_it(panel, sheet, desk):
    Session.objects.all().delete()
    desk.keys("4")
    with desk.page.expect_popup() as window:
        desk.page.get_by_role("button", name="在小窗口登录").click()
    sign_in(window.value, "expert-2")
    expect(desk.page.locator("#signed-out-why")).to_contain_text("打不开这份评分表")
    assert not Mark.objects.exists()
    assert desk.part("band-4").is_checked()


# ── in two tabs ───────────────────────────────────────────────────────────────────────────────
def test_two_tabs_conflict_visibly_and_one_chooses(sheet, desk):
    other = Desk(desk.page.context.new_page(), desk.address).open()
    other.part("comment").fill("乙窗口的话")
    other.expect_saved(1)
    desk.part("comment").fill("甲窗口的话")
    expect(desk.part("why")).to_contain_text("（第 1 版）：未评、依据 0 处、评语 5 字")
    expect(desk.part("comment")).to_have_value("甲窗口的话")
    assert kept(sheet).comment == "乙窗口的话"
    desk.page.get_by_role("button", name="用我这里写的").click()
    desk.expect_saved(2)
    assert kept(sheet).comment == "甲窗口的话"
    other.part("comment").fill("乙窗口又写")
    expect(other.part("why")).to_contain_text("第 2 版")
    other.page.get_by_role("link", name="改用那里存的").click()
    expect(other.part("comment")).to_have_value("甲窗口的话")
    assert other.stored == "[]"


def test_a_tab_left_open_signs_nothing_it_does_not_show(sheet, desk):
    rows.filled(sheet)
    desk.open()
    other = Desk(desk.page.context.new_page(), desk.address).open("7.3")
    other.keys("1")
    other.expect_saved(2, "7.3")
    desk.page.locator("#sign-name").fill("专家乙")
    desk.keys("Control+Enter")
    expect(desk.page.locator("#sign-wrong")).to_contain_text("评分表在别处改过：7.3 知识")
    expect(desk.page.locator("#sign-wrong")).to_be_in_viewport()  # far down a column that scrolls by itself
    assert not SignedSheet.objects.exists()


def test_a_tab_that_comes_late_is_told_and_keeps_its_words(sheet, desk):
    rows.filled(sheet)
    desk.open()
    other = Desk(desk.page.context.new_page(), desk.address).open()
    other.page.locator("#sign-name").fill("专家乙")
    other.keys("Control+Enter")
    expect(other.page.get_by_text("已签署，不能再改动。")).to_be_visible()
    desk.part("comment").fill("来晚的话")
    expect(desk.page.locator("#sheet-notice")).to_contain_text("签署，不能再改动。您写的还在这一页上")
    expect(desk.part("comment")).to_have_value("来晚的话")
    assert kept(sheet).comment == f"{ROW} 的评语"


# ── screens, and no script ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("width", "height", "beside"),
    [(1366, 768, 3), (1440, 900, 3), (820, 1180, 2), (390, 844, 1)],
    ids=["laptop", "screen", "tablet", "telephone"],
)
def test_it_fits(desk, width, height, beside):
    desk.page.set_viewport_size({"width": width, "height": height})
    desk.keys("]", "4")
    desk.expect_saved(1)
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
    tops = [desk.page.locator(name).bounding_box()["x"] for name in ("#viewer", "#rows", "#standing")]
    assert len({round(x) for x in tops}) == beside
    expect(desk.page.locator("#viewer img")).to_be_visible()


def test_without_scripts_every_row_is_a_form(panel, sheet, chromium, live_server):
    rows.filled(sheet)
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    sign_in(page, "expert-1")
    desk = Desk(page, f"{live_server.url}{sheet.get_absolute_url()}").open()
    page.get_by_role("link", name="证明 1").first.click()
    desk.part("band-3").check()
    desk.part("add").click()
    expect(page.locator("main")).to_contain_text("7.4.4 学习能力已保存。")
    expect(desk.part("pins")).to_contain_text("证明 1 · 第 1 页")
    assert (kept(sheet).band, kept(sheet).coefficient) == (3, None)  # of the former band
    page.locator(f'form[data-code="{ROW}"] [name=coefficient][value="0.65"]').check()
    page.locator(f'form[data-code="{ROW}"]').get_by_role("button", name="保存这一行").click()
    expect(desk.part("line")).to_contain_text("39.0")
    page.locator("#sign-name").fill("专家乙")
    page.get_by_role("button", name="签署评分表").click()
    expect(page.locator("main")).to_contain_text("已签署，不能再改动。")
    context.close()
