"""The page of a sheet without scripts, and the fragments a script asks for."""

import re
from datetime import timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cqo_portal.audit.models import Event
from evaluation.models import Evaluation, Mark, SignedSheet
from tests.cast import browser
from tests.evaluation import rows

pytestmark = pytest.mark.django_db
ROW = "7.4.4"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def panel(people):
    return rows.panel(people)


class Desk:
    """One expert before the own sheet."""

    def __init__(self, panel, number: int = 1) -> None:
        self.sheet, self.client = panel.sheet(number), browser(panel.experts[number])

    def page(self, **query) -> str:
        answer = self.client.get(self.sheet.get_absolute_url(), query)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def save(self, code: str = ROW, *, htmx: bool = False, **said):
        address = reverse("evaluation:sheet-save", args=[self.sheet.pk, code])
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(address, {"version": "0"} | said, headers=headers)

    def sign(self, name: str = "专家乙", **more):
        page = self.page()
        shown = {
            field: re.search(rf'name="{field}"[^>]* value="([^"]*)"', page)[1] for field in ("digest", "seen")
        }
        return self.client.post(
            reverse("evaluation:sheet-sign", args=[self.sheet.pk]), shown | {"name": name} | more
        )


@pytest.fixture
def desk(panel):
    return Desk(panel)


def row_in(page: str, code: str = ROW) -> str:
    return page.split(f'id="row-{code}"')[1].split("</form></details>")[0]


# ── the applicant's own score ─────────────────────────────────────────────────────────────────
def test_the_own_score_is_not_sent_before_the_band_is_chosen(panel, desk):
    """What the applicant did is there to be read; what he gave himself for it is not, in any form."""
    page = desk.page(row=ROW)
    assert page.count("申请人的说明") == 15 and "学习能力：近三年的做法与结果。" in page
    assert page.count("申请人自评 ") == 0
    answer = desk.save(comment="先写评语", htmx=True).content.decode()
    assert "申请人自评 " not in answer
    answer = desk.save(band="2", comment="先写评语", version="1", htmx=True).content.decode()
    assert "申请人自评 4 档、0.7（42.0 分）" in answer
    assert desk.page().count("申请人自评 ") == 1  # of this row alone


def test_a_band_that_was_refused_shows_no_own_score(desk):
    answer = desk.save(band="4", coefficient="0.5", htmx=True)
    assert answer.status_code == 422
    assert "申请人自评 " not in answer.content.decode()


def test_percentages_and_their_gaps_stand_beside_what_is_done_and_not_beside_results(desk):
    """Table B.2 has none; what lies between two bands of table B.1 is told where the band is chosen."""
    page = desk.page(row=ROW)
    done, result = row_in(page), row_in(page, "7.5.1")
    assert '<span class="b">满足 70%–85%</span>' in done
    assert "介于两档之间的归入较低的一档（推定）：25%–30% 归入 1 档" in done
    assert '<span class="b">4 档</span>' in result and "满足 70%" not in result and "归入" not in result


# ── plain forms ───────────────────────────────────────────────────────────────────────────────
def test_a_plain_form_saves_its_row_and_comes_back_to_it(people, panel, desk):
    paper = rows.proof(panel.evaluation.application, by=people.liu)
    at = {"proof": str(paper.pk), "page": "2"}
    answer = desk.save(band="4", coefficient="0.85", comment="看了月报", add=f"{paper.pk}:2", **at)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"?row={ROW}&proof={paper.pk}&page=2#row-{ROW}")
    page = desk.client.get(answer.headers["Location"]).content.decode()
    assert "7.4.4 学习能力已保存。" in page
    assert "已保存 12:00:00 · 第 1 版" in row_in(page)
    assert "证明 1 · 第 2 页" in row_in(page) and "51.0" in row_in(page)
    assert "本页已钉在 7.4.4" in page


def test_a_mistake_stands_beside_its_row_and_what_was_typed_stays(desk):
    for said, why in (
        ({"coefficient": "0.7"}, "请先选档，再定系数。"),
        ({"band": "4", "coefficient": "0.5"}, "系数 0.5 不在 4 档里，这一档可选 0.7、0.85。"),
        ({"band": "9"}, "没有这一档，请重新选。"),
        ({"coefficient": "0.71", "band": "4"}, "没有这个系数，请在选定的一档里取值。"),
        ({"comment": "看不见\u200b的"}, "第 4 个字符看不见"),
        ({"comment": "长" * 2001}, "最多 2000 个字，现在有 2001 个，请缩短。"),
        ({"pin": "gibberish"}, "依据里有一处认不出来"),
        ({"pin": f"{rows.sha256('x')[:8]}-0000-0000-0000-000000000000:1"}, "依据里有一页不在这份案卷里"),
    ):
        answer = desk.save(**{"comment": "留着的话"} | said)
        page = answer.content.decode()
        assert answer.status_code == 422, said
        assert why in row_in(page)
        assert said.get("comment", "留着的话") in row_in(page)
    assert not Mark.objects.exists()


def test_an_older_page_conflicts_visibly_and_loses_nothing(desk):
    desk.save(band="4", coefficient="0.7", comment="第一个窗口")
    answer = desk.save(band="2", coefficient="0.3", comment="第二个窗口")
    page = row_in(answer.content.decode())
    assert answer.status_code == 409
    assert "另一个窗口在 12:00:00 存了这一行（第 1 版）：4 档、系数 0.7、依据 0 处、评语 5 字。" in page
    assert "第二个窗口" in page and 'value="2" checked' in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    desk.save(band="2", coefficient="0.3", comment="第二个窗口", version=version)  # knowingly
    assert Mark.objects.get().comment == "第二个窗口"


# ── fragments ─────────────────────────────────────────────────────────────────────────────────
def test_the_answer_to_a_script_tells_the_points_the_totals_and_what_is_missing(desk):
    answer = desk.save("7.2", band="5", coefficient="1.0", comment="无不良记录", pin="interview", htmx=True)
    text = re.sub(r"<[^>]+>", "", answer.content.decode())
    assert 'data-state="saved" data-at="12:00:00"' in answer.content.decode()
    assert "60.0 / 60" in text and "已过最低" in text
    assert "未评 14 行若全满为 1 000.0" in text.replace("\u00a0", " ")
    assert "还差 15 行" in text and "只依据面试，还没有面试记录" in text  # nobody was interviewed yet
    answer = desk.save(
        "7.2", band="4", coefficient="0.85", comment="无", pin="interview", version="1", htmx=True
    )
    text = re.sub(r"<[^>]+>", "", answer.content.decode())
    assert "诚信过不了最低 60 分：只按这份表为 A（不予评级）" in text


def test_rows_that_changed_in_another_tab_come_along(desk):
    """Else the digest in the page would speak for rows it does not show."""
    desk.save("7.3", band="4", coefficient="0.7", comment="另一个窗口写的")
    answer = desk.save(band="3", coefficient="0.5", seen=f"7.3:0 {ROW}:0", htmx=True).content.decode()
    assert re.findall(r'<details class="srow-box" name="rows" id="row-([\d.]+)"', answer) == ["7.3", ROW]
    answer = desk.save(
        band="3", coefficient="0.65", version="1", seen=f"7.3:1 {ROW}:1", htmx=True
    ).content.decode()
    assert re.findall(r'<details class="srow-box" name="rows" id="row-([\d.]+)"', answer) == [ROW]


def test_a_save_after_the_signature_says_so_and_gives_the_words_back(panel, desk):
    rows.filled(desk.sheet)
    desk.sign()
    answer = desk.save(band="1", comment="来晚的话", version="1", htmx=True)
    assert answer.status_code == 409
    assert 'data-state="closed"' in answer.content.decode()
    assert "这份评分表已于 2026年11月20日12:00 签署，不能再改动。" in answer.content.decode()
    plain = desk.save(band="1", comment="来晚的话", version="1")
    page = desk.client.get(plain.headers["Location"]).content.decode()
    assert "写过的话在这里，可以复制：“来晚的话”" in page


# ── signing ───────────────────────────────────────────────────────────────────────────────────
def test_signed_the_page_shows_the_frozen_version_with_digest_and_time(panel, desk):
    rows.filled(desk.sheet, "0.7", _7_2="1.0")
    assert "签署评分表" in desk.page()
    assert desk.sign().status_code == 302
    page = desk.page()
    made = SignedSheet.objects.get()
    assert made.digest in page and "2026-11-20 12:00" in page and "718.0" in page
    assert "<textarea" not in page and "sheet.js" not in page
    assert Event.objects.filter(action="sign-content", data__digest=made.digest).count() == 1


def test_what_is_missing_keeps_the_button_closed_and_the_server_refuses_all_the_same(desk):
    page = desk.page()
    assert re.search(r'<button class="btn btn-primary btn-block" type="submit" disabled', page)
    answer = desk.sign()
    assert answer.status_code == 422
    assert "还不能签署：7.1.1 质量意识未评。" in answer.content.decode()
    assert not SignedSheet.objects.exists()


@pytest.mark.parametrize(("name", "why"), [("", "请本人签写姓名。"), ("别人", "请由本人签写姓名“专家乙”。")])
def test_the_name_is_typed_by_its_bearer(desk, name, why):
    rows.filled(desk.sheet)
    answer = desk.sign(name)
    assert (answer.status_code, SignedSheet.objects.count()) == (422, 0)
    assert why in answer.content.decode()


def test_a_stale_page_is_not_signed_and_the_difference_is_told(desk):
    rows.filled(desk.sheet)
    page = desk.page()
    shown = {
        field: re.search(rf'name="{field}"[^>]* value="([^"]*)"', page)[1] for field in ("digest", "seen")
    }
    desk.save("7.3", band="1", coefficient="0.1", comment="另一个窗口", version="1")
    answer = desk.sign(**shown)
    assert answer.status_code == 422
    assert "评分表在别处改过：7.3 知识 12:00:00 存为1 档、系数 0.1、依据 0 处" in answer.content.decode()


# ── whose it is ───────────────────────────────────────────────────────────────────────────────
def test_anothers_sheet_does_not_exist_before_it_was_opened(panel, desk):
    other = panel.sheet(2)
    assert desk.client.get(other.get_absolute_url()).status_code == 404
    assert desk.client.post(reverse("evaluation:sheet-save", args=[other.pk, ROW])).status_code == 404
    assert desk.client.post(reverse("evaluation:sheet-sign", args=[other.pk])).status_code == 404
    rows.brought_to(panel.evaluation, "consensus")
    assert desk.client.get(other.get_absolute_url()).status_code == 200  # the control
    assert desk.client.post(reverse("evaluation:sheet-save", args=[other.pk, ROW])).status_code == 403


def test_papers_are_those_of_the_dossier_and_a_look_is_noted(people, panel, desk):
    paper = rows.readable(panel.evaluation.application, by=people.liu, pages=2)
    others = rows.readable(rows.application(people), by=people.liu, name="别人的", pages=1)
    late = rows.proof(panel.evaluation.application, by=people.liu, name="补充", added_in=2)
    for _ in range(2):
        answer = desk.client.get(reverse("evaluation:sheet-proof-page", args=[desk.sheet.pk, paper.pk, 2]))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    look = Event.objects.get(action="open-paper", actor=panel.experts[1])
    assert look.data["what"] == "评审材料"  # as wherever else an expert opens it
    for wrong in ((paper.pk, 3), (others.pk, 1), (late.pk, 1)):
        address = reverse("evaluation:sheet-proof-page", args=[desk.sheet.pk, *wrong])
        assert desk.client.get(address).status_code == 404
    assert str(late.pk) not in desk.page() and str(others.pk) not in desk.page()


def test_what_the_applicants_assigned_to_the_row_stands_first(people, panel, desk):
    papers = {
        code: rows.proof(panel.evaluation.application, by=people.liu, name=code, supports=[code])
        for code in ("7.3", ROW)
    }
    for code, paper in papers.items():
        tabs = re.findall(r'<a class="tab([^"]*)"[^>]*data-proof="([^"]*)"', desk.page(row=code))
        assert tabs[0] == (" is-assigned", str(paper.pk))
        assert tabs[1][0] == ""


def test_nonsense_in_the_address_is_answered(people, panel, desk):
    rows.proof(panel.evaluation.application, by=people.liu)
    for value in ("\0", "9" * 400, "-1", "٣", "x"):
        for name in ("row", "proof", "page", "version"):
            assert desk.client.get(desk.sheet.get_absolute_url(), {name: value}).status_code == 200
            assert desk.save(**{name: value, "seen": value}).status_code in (302, 422)
    assert desk.save("8.8").status_code == 404


# ── the list ──────────────────────────────────────────────────────────────────────────────────
def test_the_list_has_the_own_sheets_alone_the_nearest_day_first(people, panel, desk):
    second = rows.panel(people)
    done = rows.panel(people)
    rows.filled(done.sheet(1))
    Desk(done).sign()
    Evaluation.objects.filter(pk=panel.evaluation.pk).update(due_on=rows.TODAY + timedelta(days=9))
    Evaluation.objects.filter(pk=second.evaluation.pk).update(due_on=rows.TODAY + timedelta(days=2))
    page = desk.client.get(reverse("evaluation:sheets")).content.decode()
    at = [page.index(str(one.sheet(1).pk)) for one in (second, panel, done)]
    assert at == sorted(at)
    assert "11月22日（周日）" in page and "已签署" in page
    assert not [one for one in (panel, second, done) for n in (0, 2) if str(one.sheet(n).pk) in page]


@pytest.mark.parametrize(
    ("address", "asked"),
    [("sheets", 8), ("sheet", 10)],
)
def test_as_many_questions_for_three_as_for_one(people, address, asked):
    panel = rows.panel(people)
    desk = Desk(panel)
    path = desk.sheet.get_absolute_url() if address == "sheet" else reverse("evaluation:sheets")
    counted = []
    desk.save(band="4", pin="interview")
    for number in (1, 3):
        for each in range(number):
            rows.proof(panel.evaluation.application, by=people.liu, name=f"{number}-{each}")
            if address == "sheets":
                more = rows.panel(people)
                if each % 2:
                    rows.filled(more.sheet(1), D("0.7"))
        if number == 3:
            for code in ("7.2", "7.3"):
                desk.save(code, band="4", coefficient="0.7", pin="interview")
        with CaptureQueriesContext(connection) as found:
            assert desk.client.get(path).status_code == 200
        counted.append(len(found))
    assert counted == [asked, asked]


def test_the_sheet_says_who_reads_how_many_have_signed(people):
    panel = rows.panel(people)
    page = browser(panel.experts[1]).get(panel.sheet(1).get_absolute_url()).content.decode()
    assert "几份已签，只有组长和评价机构看得到" in page and "也没有进度" not in page


# ── where it opens ────────────────────────────────────────────────────────────────────────────
def looked_at(page: str) -> str:
    """The paper that is shown; nothing for the report."""
    return (re.search(r'id="viewer" data-proof="([^"]+)"', page) or ["", ""])[1]


def test_the_sheet_opens_on_the_first_paper_of_the_first_row_to_score(people, panel, desk):
    case = panel.evaluation.application
    rows.proof(case, by=people.liu, name="别行的", supports=["7.3"])
    both = [rows.proof(case, by=people.liu, name=name, supports=[ROW, "7.3"]) for name in ("甲", "乙")]
    first, second = sorted(both, key=lambda paper: paper.pk)  # sent at one moment
    assert looked_at(desk.page()) == ""  # nothing supports the first of all
    begins = rows.proof(case, by=people.liu, name="丙", supports=[rows.SCHEME.indicators[0].code])
    assert looked_at(desk.page()) == str(begins.pk)
    assert looked_at(desk.page(row=ROW)) == str(first.pk)
    assert looked_at(desk.page(row=ROW, proof=str(second.pk))) == str(second.pk)


def test_whoever_asks_for_the_report_reads_it_and_stays_there_when_a_row_is_saved(people, panel, desk):
    rows.proof(panel.evaluation.application, by=people.liu, supports=[ROW])
    assert looked_at(desk.page(row=ROW, proof="")) == ""
    answer = desk.save(band="3", coefficient="0.5", comment="有制度。", pin="interview", proof="")
    assert answer.headers["Location"].endswith(f"?row={ROW}&proof=#row-{ROW}")


def test_once_everything_is_scored_it_opens_on_the_report(people, panel, desk):
    rows.proof(panel.evaluation.application, by=people.liu, supports=[rows.SCHEME.indicators[0].code])
    assert looked_at(desk.page()) != ""  # the control
    rows.filled(desk.sheet)
    assert looked_at(desk.page()) == ""


def test_a_place_longer_than_any_address_leads_back_to_the_row_all_the_same(people):
    panel = rows.panel(people)
    said = {"band": "4", "coefficient": "0.7", "version": "0", "proof": "x" * 100_000, "page": "9" * 400}
    address = f"{panel.sheet(1).get_absolute_url()}rows/7.3/"
    answer = browser(panel.experts[1]).post(address, said)
    assert answer.status_code == 302 and answer.headers["Location"].endswith("#row-7.3")
    assert panel.sheet(1).marks.get().band == 4
