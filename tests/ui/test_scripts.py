"""The scripts in a real Chromium: what is kept, what is not lost, and that a page works without them."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from registry import services
from registry.models import Filing
from tests.cast import TODAY, picture

POST = "#id_officer-post"
SAVED = "#s-officer [data-saved]"


@pytest.fixture
def filing(city) -> Filing:
    return services.open_filing(city.hengtong, by=city.liu, today=TODAY)


@pytest.fixture
def form(filing, page, enter, live_server) -> Page:
    """liu before the filing form."""
    enter(page, "liu")
    page.goto(f"{live_server.url}/filings/{filing.pk}/edit/")
    return page


def kept(filing: Filing, name: str) -> str:
    return Filing.objects.get(pk=filing.pk).draft.get(name, [""])[0]


def stored(page: Page) -> str:
    return page.evaluate("JSON.stringify(Object.entries(localStorage))")


# ── autosave ───────────────────────────────────────────────────────────────────────────────────
def test_what_is_typed_is_kept_and_the_section_says_when(form, filing, console):
    form.fill(POST, "副总经理")
    expect(form.locator(SAVED)).to_have_text(re.compile(r"已保存 \d\d:\d\d:\d\d"), timeout=5000)
    form.wait_for_timeout(1500)
    assert kept(filing, "officer-post") == "副总经理"
    assert form.input_value("#version") == "2"
    assert stored(form) == "[]"
    assert not [line for line in console if "Content Security Policy" in line]


def test_nothing_is_called_wrong_while_one_is_still_typing(form):
    form.locator("#id_officer-identity_number").press_sequentially("110105")
    form.wait_for_timeout(1800)
    feedback = form.locator("#id_officer-identity_number_feedback")
    expect(feedback).to_be_empty()
    form.keyboard.press("Tab")
    expect(feedback).to_contain_text("18 位")
    control = form.locator("#id_officer-identity_number")
    expect(control).to_have_attribute("aria-invalid", "true")
    expect(control).to_have_class(re.compile(r"\bis-invalid\b"))
    expect(control).to_have_attribute("aria-describedby", re.compile("id_officer-identity_number_error"))
    control.fill("11010519491231002X")
    form.keyboard.press("Tab")
    expect(control).not_to_have_class(re.compile(r"\bis-invalid\b"))


def test_a_lost_connection_is_said_and_what_was_typed_is_sent_when_it_is_back(form, filing):
    form.context.set_offline(True)
    form.fill(POST, "质量总监")
    form.fill("#id_officer-phone", "13800138000")
    expect(form.locator(SAVED)).to_contain_text("没有存上（网络断开，本机保留）")
    assert "质量总监" in stored(form)
    assert "13800138000" not in stored(form)  # personal data never goes into the browser's storage
    assert kept(filing, "officer-post") == ""
    form.context.set_offline(False)
    expect(form.locator(SAVED)).to_contain_text("已保存")
    form.wait_for_timeout(800)
    assert kept(filing, "officer-post") == "质量总监"
    assert kept(filing, "officer-phone") == "13800138000"
    assert stored(form) == "[]"


def test_after_a_crash_the_copy_on_this_computer_is_offered(form, filing):
    form.route("**/autosave/", lambda route: route.abort())
    form.fill(POST, "总工程师")
    expect(form.locator(SAVED)).to_contain_text("没有存上")
    context, address = form.context, form.url
    form.close(run_before_unload=False)
    again = context.new_page()
    again.goto(address)
    assert again.input_value(POST) == ""
    expect(again.get_by_text("这台电脑上还留着 1 处没有存上的修改")).to_be_visible()
    again.get_by_role("button", name="放回表里并保存").click()
    expect(again.locator(SAVED)).to_contain_text("已保存")
    assert again.input_value(POST) == "总工程师"
    assert kept(filing, "officer-post") == "总工程师"


def test_two_windows_never_overwrite_each_other_silently(form, filing):
    other = form.context.new_page()
    other.goto(form.url)
    other.fill(POST, "甲")
    expect(other.locator("#version")).to_have_value("2")
    form.fill(POST, "乙")
    expect(form.locator(SAVED)).to_contain_text("有人在别处改过")
    expect(form.locator("#conflict")).to_contain_text("您在这里填的内容没有丢")
    form.fill(POST, "乙二")
    form.wait_for_timeout(1500)
    assert kept(filing, "officer-post") == "甲"
    form.get_by_role("button", name="先存草稿").click()
    expect(form.get_by_text("草稿已保存")).to_be_visible()
    assert kept(filing, "officer-post") == "乙二"


def test_an_expired_session_loses_nothing(form, filing, enter):
    form.fill(POST, "厂长")
    expect(form.locator("#version")).to_have_value("2")
    Session.objects.all().delete()
    form.fill(POST, "副厂长")
    expect(form.get_by_text("登录已过期，或换了岗位")).to_be_visible()
    assert form.input_value(POST) == "副厂长"
    enter(form.context.new_page(), "liu")
    form.get_by_role("button", name="我已登录，现在保存").click()
    expect(form.locator(SAVED)).to_contain_text("已保存")
    form.wait_for_timeout(500)
    assert kept(filing, "officer-post") == "副厂长"


def test_submitting_while_a_save_is_under_way_waits_for_it(form, filing):
    held, submitted = [], []
    form.route("**/autosave/", lambda route: held.append(route))
    form.on(
        "request", lambda request: submitted.append(request.url) if request.url.endswith("/edit/") else None
    )
    form.fill(POST, "经理")
    form.keyboard.press("Tab")
    form.wait_for_timeout(400)
    form.get_by_role("button", name="先存草稿").click()
    form.wait_for_timeout(400)
    assert (len(held), submitted) == (1, [])
    held[0].continue_()
    expect(form.get_by_text("草稿已保存")).to_be_visible()
    assert kept(filing, "officer-post") == "经理"
    expect(form.locator("#conflict")).to_be_empty()


def test_signing_out_clears_the_copies(form):
    form.evaluate("localStorage.setItem('draft:x', '1')")
    form.locator(".whoami > summary").click()
    form.get_by_role("button", name="退出登录").click()
    form.wait_for_url("**/login/")
    assert form.evaluate("localStorage.getItem('draft:x')") is None


def test_signing_out_while_a_save_is_under_way_leaves_nothing_behind(form):
    saving, leaving = [], []
    form.route("**/autosave/", lambda route: saving.append(route))
    form.route("**/logout/", lambda route: leaving.append(route))
    form.on("dialog", lambda dialog: dialog.accept())
    form.fill(POST, "没存上")
    expect(form.locator(SAVED)).to_contain_text("正在保存", timeout=5000)
    form.locator(".whoami > summary").click()
    form.get_by_role("button", name="退出登录").click(no_wait_after=True)
    form.wait_for_timeout(300)
    saving[0].abort()  # while the answer to signing out is awaited
    form.wait_for_timeout(500)
    leaving[0].continue_()
    form.wait_for_url("**/login/")
    assert stored(form) == "[]"


# ── rows, papers ───────────────────────────────────────────────────────────────────────────────
def test_a_row_is_added_filled_in_and_struck_out(form, filing):
    form.get_by_role("button", name="加一段").click()
    assert form.input_value("[name=experience-TOTAL_FORMS]") == "2"
    assert form.evaluate("document.activeElement.name") == "experience-1-begins"
    form.fill("[name=experience-1-employer]", "某厂")
    expect(form.locator("#s-experience [data-saved]")).to_contain_text("已保存")
    form.check("[name=experience-1-DELETE]")
    expect(form.locator("[name=experience-1-employer]")).to_be_hidden()
    form.uncheck("[name=experience-1-DELETE]")
    expect(form.locator("[name=experience-1-employer]")).to_have_value("某厂")


def test_a_chosen_paper_travels_at_once(form, filing):
    form.select_option("[data-upload] [name=kind]", "appointment")
    sheet = {"name": "任命书.png", "mimeType": "image/png", "buffer": picture().read()}
    form.set_input_files("[data-upload] [type=file]", sheet)
    expect(form.get_by_role("link", name="任命书.png")).to_be_visible()
    assert filing.proofs.current().get().kind == "appointment"


def test_papers_dropped_on_a_row_are_of_its_kind(form, filing):
    sheets = [list(picture(shade=shade).read()) for shade in (10, 90)]
    form.evaluate(
        """(sheets) => {
            const files = new DataTransfer();
            sheets.forEach((bytes, n) => files.items.add(new File([new Uint8Array(bytes)], `证明${n}.png`)));
            const row = document.querySelector("#paper-experience b");
            const drop = { bubbles: true, cancelable: true, dataTransfer: files };
            ["dragover", "drop"].forEach((type) => row.dispatchEvent(new DragEvent(type, drop)));
        }""",
        sheets,
    )
    expect(form.get_by_role("link", name="证明1.png")).to_be_visible()
    assert sorted(filing.proofs.current().values_list("kind", "name")) == [
        ("experience", "证明0.png"),
        ("experience", "证明1.png"),
    ]


def test_a_paper_that_did_not_arrive_is_said_and_the_others_are_safe(form):
    form.route("**/proofs/", lambda route: route.abort())
    form.set_input_files(
        "[data-upload] [type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": b"x"}
    )
    expect(form.get_by_text("这个文件没有传上。已经上传的材料都在")).to_be_visible()


# ── every page ─────────────────────────────────────────────────────────────────────────────────
def test_a_form_is_sent_once_however_often_one_clicks(page, city, live_server):
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("用户名").fill("liu")
    page.get_by_label("密码", exact=True).fill("wrong")
    sent, seen = page.evaluate(
        """async () => {
            const form = document.querySelector("main form");
            const button = form.querySelector("button[type=submit]");
            let sent = 0;
            // The last to hear of it: counts what would go out, and keeps it here.
            addEventListener("submit", (event) => { if (!event.defaultPrevented) sent += 1; event.preventDefault(); });
            button.click();
            await new Promise((done) => setTimeout(done, 50));
            const seen = [button.disabled, button.textContent];
            form.requestSubmit(); // Enter in a field, an impatient script
            return [sent, seen];
        }"""
    )
    assert (sent, seen) == (1, [True, "正在登录…"])


def test_after_an_answer_one_may_send_again(page, city, live_server):
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("用户名").fill("liu")
    page.get_by_label("密码", exact=True).fill("wrong")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#mistakes")).to_be_focused()
    expect(page.locator("main form button[type=submit]").first).to_be_enabled()


def test_a_text_box_that_is_full_says_so_and_a_shorter_text_silences_it(page, city, enter, live_server):
    enter(page, "wang")
    page.goto(f"{live_server.url}/incidents/new/")
    page.locator("#id_said").focus()
    said = page.locator("#id_said + [data-length]")
    page.keyboard.insert_text("事" * 1799)
    expect(said).to_have_count(0)
    page.keyboard.insert_text("实")
    expect(said).to_have_text("1800 / 2000 字")
    page.keyboard.insert_text("很" * 300)
    expect(said).to_have_text("已满 2000 字，再多的没有写进来")
    assert len(page.input_value("#id_said")) == 2000
    page.locator("#id_said").fill("短")
    expect(said).to_have_count(0)


def test_the_theme_is_chosen_on_this_computer_and_stays(page, live_server, transactional_db):
    page.emulate_media(color_scheme="light")
    page.goto(f"{live_server.url}/style/")
    page.get_by_role("button", name="换成深色").first.click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"


def test_the_system_decides_until_one_chooses(page, live_server, transactional_db):
    page.emulate_media(color_scheme="dark")
    page.goto(f"{live_server.url}/style/")
    assert page.evaluate("document.documentElement.dataset.bsTheme ?? null") is None
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"


def test_keys_open_the_list_of_keys_find_the_search_and_can_be_switched_off(page, city, enter):
    enter(page, "wang")
    page.keyboard.press("/")
    expect(page.locator("#topsearch")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()  # one is typing
    page.locator("h1").first.click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.get_by_label("在这台电脑上关掉单键快捷键").check()
    page.keyboard.press("Escape")
    page.locator("h1").first.click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_menu_closes_by_escape_and_gives_the_focus_back(page, city, enter):
    enter(page, "wang")
    page.locator(".whoami > summary").click()
    expect(page.get_by_role("link", name="两步验证")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="两步验证")).to_be_hidden()
    expect(page.locator(".whoami > summary")).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 768, 1366])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_of_all_components_fits_and_breaks_no_policy(
    page, live_server, transactional_db, console, width, theme
):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(f"{live_server.url}/style/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert console == []
    assert (
        page.evaluate("document.querySelector('svg.i use').getBoundingClientRect().width") > 5
    )  # the sprite loads


def test_without_javascript_one_signs_in_opens_the_menu_and_saves(chromium, city, filing, live_server):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("用户名").fill("liu")
    page.get_by_label("密码", exact=True).fill("right horse battery staple")
    page.get_by_role("button", name="登录", exact=True).click()
    page.locator(".whoami > summary").click()
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    page.goto(f"{live_server.url}/filings/{filing.pk}/edit/")
    page.fill(POST, "副总经理")
    page.get_by_role("button", name="先存草稿").click()
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    assert kept(filing, "officer-post") == "副总经理"
    context.close()
