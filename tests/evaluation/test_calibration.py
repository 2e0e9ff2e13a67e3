"""The case experts practise on: shipped once, scored like any other, compared only after it was signed."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.audit.models import Event
from cqo_portal.reference.files import read
from cqo_portal.workflow.engine import Refused, perform
from evaluation.calibration.load import load_calibration, typeset
from evaluation.calibration.services import start
from evaluation.models import CalibrationCase, Proof, Sheet
from evaluation.panels.workflow import BUTTONS
from evaluation.scoring import score
from tests.cast import TODAY, browser
from tests.evaluation import rows
from tests.evaluation.panels import rows as panels
from tests.evaluation.practising import shipped, signed_by

pytestmark = pytest.mark.django_db
HERE = "/evaluations/calibration/"


@pytest.fixture
def case() -> CalibrationCase:
    return shipped()


@pytest.fixture
def expert(people):
    return panels.account(rows.person("专家甲", rows.NUMBERS[0]), "expert-0")


@pytest.fixture
def other(people):
    return panels.account(rows.person("专家乙", rows.NUMBERS[1]), "expert-1")


# ── as it is shipped ──────────────────────────────────────────────────────────────────────────
def test_it_is_loaded_once(case):
    papers = list(Proof.objects.values_list("name", "pages"))
    assert load_calibration() == 0
    assert CalibrationCase.objects.count() == 1
    assert list(Proof.objects.values_list("name", "pages")) == papers
    assert dict(papers) == {
        "质量职责分解表与年度质量工作计划.pdf": 2,
        "2022—2024 年质量目标统计.pdf": 2,
        "质量沟通机制对照检查表.pdf": 1,
        "知识产权、学历和职称清单.pdf": 1,
        "培训与知识管理记录.pdf": 2,
        "信用、回避和环境资料.pdf": 1,
    }


def test_the_same_words_make_the_same_papers_on_another_day():
    (said,) = read("calibration")["calibration"]
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
        early = [typeset(paper).digest for paper in said["papers"]]
    with time_machine.travel(datetime(2031, 7, 1, tzinfo=UTC)):
        assert [typeset(paper).digest for paper in said["papers"]] == early
    assert len(set(early)) == 6


def test_it_can_be_scored_whole(case):
    codes = {row.code for row in rows.SCHEME.indicators}
    assert set(case.reference) == set(case.content["self_assessment"]) == codes
    given = {code: D(said["coefficient"]) for code, said in case.reference.items()}
    claimed = {code: D(said["coefficient"]) for code, said in case.content["self_assessment"].items()}
    assert score(given, rows.SCHEME).total == D("561")
    assert score(claimed, rows.SCHEME).total == D("793.5")
    assert all(said["why"] for said in case.reference.values())
    assert {code for paper in case.proofs.all() for code in paper.supports} == codes - {"7.4.5", "7.5.5"}


def test_it_is_an_exercise_of_the_gap_of_a_claim_and_of_nothing_shown(case):
    assert "27%" in case.reference["7.4.6"]["why"]
    below, above = rows.SCHEME.bands[1:3]
    assert below.up_to < D(3) * 100 / 11 < above.at_least and below.coefficients[-1] == D("0.25")
    told = {code: (case.reference[code]["coefficient"], said["coefficient"]) for code, said in _own(case)}
    assert (told["7.4.6"], told["7.5.3"], told["7.5.5"]) == (("0.25", "0.7"), ("0.3", "1.0"), ("0", "0.65"))


def _own(case):
    return case.content["self_assessment"].items()


def test_it_never_changes(case):
    with pytest.raises(InternalError), transaction.atomic():
        connection.cursor().execute("UPDATE evaluation_calibrationcase SET name = 'x'")
    with pytest.raises(InternalError), transaction.atomic():
        Proof.objects.first().delete()


# ── taken up, scored, compared ────────────────────────────────────────────────────────────────
def test_whoever_starts_twice_has_one_sheet_and_one_line_in_the_record(case, expert):
    client = browser(expert)
    first = client.post(f"{HERE}{case.pk}/start/")
    again = client.post(f"{HERE}{case.pk}/start/")
    sheet = Sheet.objects.get(calibration=case)
    assert first.url == again.url == sheet.get_absolute_url()
    assert sheet.person == expert.acting.person
    assert Event.objects.filter(action="start-calibration").count() == 1


def test_nobody_but_an_expert_takes_it_up(case, people):
    with pytest.raises(PermissionDenied):
        start(case, by=people.liu)
    assert not Sheet.objects.exists()


def test_the_reference_is_shown_to_nobody_before_the_own_sheet_is_signed(case, expert, other):
    client, reason = browser(expert), "说过的话不是证据"
    assert reason in case.reference["7.5.5"]["why"]
    assert client.get(f"{HERE}{case.pk}/").status_code == 404
    sheet = rows.filled(start(case, by=expert))
    signed_by(other, case)
    pages = (HERE, f"{HERE}{case.pk}/", sheet.get_absolute_url(), f"{sheet.get_absolute_url()}?row=7.5.5")
    told = [client.get(page) for page in pages]
    assert [answer.status_code for answer in told] == [200, 404, 200, 200]
    assert all(reason not in answer.content.decode() for answer in told)
    assert reason in browser(other).get(f"{HERE}{case.pk}/").content.decode()  # the control


def test_once_signed_each_row_stands_beside_the_reference_and_its_reason(case, expert):
    sheet = signed_by(expert, case)
    client = browser(expert)
    assert f'href="{HERE}{case.pk}/">与参考评分比较' in client.get(sheet.get_absolute_url()).content.decode()
    page = client.get(f"{HERE}{case.pk}/").content.decode()
    assert "您给了 700.0 分，参考评分 561.0 分" in page
    for sentence in (
        "合计比参考高 5 分。",  # 7.3: 70 and 65
        "合计比参考低 18 分。",  # 7.2: 42 and 60
        "合计比参考高 122 分；差得最多的是 7.5.3 创新成果，高 40 分。",
        "27% 在 1 档（10%–25%）和 2 档（30%–45%）之间",
    ):
        assert sentence in page
    assert "一致" in page  # 7.5.1 and 7.1.1
    assert client.post(f"/evaluations/sheets/{sheet.pk}/rows/7.3/", {"band": "5"}).status_code == 302
    assert sheet.marks.get(indicator="7.3").coefficient == D("0.7")


def test_whoever_marks_like_the_makers_is_told_so(case, expert):
    given = {f"_{code.replace('.', '_')}": said["coefficient"] for code, said in case.reference.items()}
    signed_by(expert, case, **given)
    page = browser(expert).get(f"{HERE}{case.pk}/").content.decode()
    assert page.count("逐项与参考一致。") == 6  # the whole and five groups


# ── when it is due ────────────────────────────────────────────────────────────────────────────
def test_a_panel_begins_once_everybody_is_practised(people, case):
    made = panels.serving(panels.case(people))
    with pytest.raises(Refused, match="安一鸣、白若兰、陈守仁还没有完成校准案例"):
        perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY)
    for user in made.users[:2]:
        signed_by(user, case)
    start(case, by=made.users[2])  # taken up is not done
    with pytest.raises(Refused, match="^陈守仁还没有完成校准案例"):
        perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY)
    signed_by(made.users[2], case)
    assert perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY).state == "scoring"


def test_whoever_is_asked_is_told_until_it_is_done(people, case):
    made = panels.invited(panels.case(people))
    client, page = browser(made.users[0]), f"/evaluations/invitations/{made.seat(0).pk}/"
    assert f'<a href="{HERE}">去评校准案例</a>' in client.get(page).content.decode()
    assert "第一次参加评价以前，请先评校准案例" in client.get(HERE).content.decode()
    assert case.name in client.get("/").content.decode()
    signed_by(made.users[0], case)
    assert "校准案例" not in client.get(page).content.decode()
    assert case.name not in client.get("/").content.decode()


def test_whoever_served_on_a_panel_need_not(people, case):
    panel = rows.deliberating(people, state="published")
    page = browser(panel.experts[1]).get("/").content.decode()
    assert case.name not in page


def test_the_body_reads_who_has_done_it_and_nothing_of_the_marks(people, case):
    made = panels.named(panels.case(people), 1)
    page = f"/evaluations/{made.evaluation.pk}/panel/"
    client = browser(made.staff)
    assert client.get(page).content.decode().count("还没有完成校准案例") == 4
    signed_by(made.users[0], case)
    sheet = signed_by(made.users[1], case)
    assert client.get(page).content.decode().count("还没有完成校准案例") == 2
    assert client.get("/evaluations/experts/").content.decode().count("已完成") == 2
    assert client.get(sheet.get_absolute_url()).status_code == 404
    assert client.get(f"{HERE}{case.pk}/").status_code == 403


# ── questions ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_cases_asks_the_same_for_three_as_for_one(people, expert, count):
    for number in range(count):
        made = CalibrationCase.objects.create(
            code=f"case-{number}", name="练习", rule_edition=rows.EDITION, content={}, reference={}
        )
        start(made, by=expert)
    client = browser(expert)
    client.get(HERE)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(HERE).status_code == 200
    assert len(asked) == 9
