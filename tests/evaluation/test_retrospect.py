"""Experts over the years: five panels by hand, nothing of a panel under way, and to nobody whom it does not concern."""

import re
import tomllib
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Role, User
from cqo_portal.audit.record import record
from evaluation.agreement import deviation, distance
from evaluation.consensus.marks import first_marks_in
from evaluation.experts.models import Expert
from evaluation.models import Conflict
from evaluation.retrospect.chart import Chart
from evaluation.retrospect.record import signed_number
from evaluation.sheets.dossier import indicator_of
from evaluation.sheets.marks import Entry, Place, save
from tests.cast import browser, user
from tests.evaluation import rows
from tests.evaluation.rows import said

pytestmark = pytest.mark.django_db
OWN, LIST = "/evaluations/deviation/", "/evaluations/experts/"
# One row of 100 points (7.3), the others alike: 100 × (mark − 0.5), the middle of (mark, 0.5, 0.5).
MARKS = ("0.7", "0.65", "0.5", "0.45", "0.85")  # +20 +15 0 −5 +35


def over(people, mark: str, *, state: str = "published", **more) -> rows.Panel:
    """A panel whose leader gave `mark` in 7.3 and the two others 0.5."""
    sheets = (said(_7_3=mark), said(_7_3="0.5"), said(_7_3="0.5"))
    return rows.deliberating(people, *sheets, state=state, **more)


def some(people, count: int) -> list[rows.Panel]:
    return [over(people, mark) for mark in MARKS[:count]]


def engaged(panel: rows.Panel, number: int = 0) -> Expert:
    """The member, engaged by the body that ran the panel."""
    person = panel.panellists[number].person
    found = Expert.objects.filter(person=person, institution=panel.evaluation.body).first()
    return found or Expert.objects.create(
        name=person.name,
        person=person,
        institution=panel.evaluation.body,
        fields=["spc"],
        reason="高校教授。",
        engaged_on=date(2026, 1, 5),
        created_by=panel.staff,
    )


def page_of(user: User, address: str = OWN) -> str:
    answer = browser(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# ── five panels by hand ───────────────────────────────────────────────────────────────────────
def test_five_panels_by_hand(people):
    """Mean 13; squares around it 49+4+169+324+484 = 1030; 2.776 · √(1030/4) / √5 = 19.92."""
    page = page_of(some(people, 5)[0].leader)
    assert "平均 +13.0 分" in page
    assert "5 次评价，95% 区间 −6.9 至 +32.9 分" in page
    assert "区间跨过 0：看不出有系统的偏高或偏低。" in page
    assert "+15.0 分" in page  # the median
    assert "每分 +0.014（95% 区间 −0.007 至 +0.035）" in page  # of 940 points
    for apart in ("+20.0", "+15.0", "0.0", "−5.0", "+35.0"):
        assert f"<span>{apart}</span>" in page


def test_by_groups_only_the_one_in_which_they_differed(people):
    page = page_of(some(people, 5)[0].leader)
    groups = page.partition('id="groups"')[2].partition("</section>")[0]
    assert groups.count("<span>5</span>") == 4  # integrity is found by the panel, and has none
    assert groups.count("+13.0") == 1 and groups.count("0.0 至 0.0") == 3
    assert "诚信" not in groups


def test_the_two_others_lie_on_the_middle(people):
    page = page_of(some(people, 5)[0].experts[1])
    assert "平均 0.0 分" in page
    assert "5 次评价，95% 区间 0.0 至 0.0 分" in page


@pytest.mark.parametrize(("count", "missing"), [(0, 5), (1, 4), (4, 1)])
def test_below_five_panels_no_figure_is_shown(people, count, missing):
    panels = some(people, count)
    leader = panels[0].leader if panels else rows.panel(people).leader
    page = page_of(leader)
    assert f"还差 {missing} 次评价才显示偏离" in page
    for sign in ("偏离（分）", "95% 区间", 'class="dot"', "+20.0"):
        assert sign not in page


def test_a_body_reads_the_same_of_the_panels_it_ran(people):
    panel = some(people, 5)[0]
    expert = engaged(panel)
    page = page_of(panel.staff, LIST)
    assert "+13.0" in page and "−6.9 至 +32.9" in page
    page = page_of(panel.staff, f"{LIST}{expert.pk}/")
    assert "5 次评价，95% 区间 −6.9 至 +32.9 分" in page


def test_another_body_that_engaged_the_same_expert_reads_nothing_of_them(people):
    panel = some(people, 5)[0]
    house = rows.body("南京另一家评价中心")
    them = user("zhou", Role.BODY, institution=house)
    expert = Expert.objects.create(
        name="专家甲",
        person=panel.panellists[0].person,
        institution=house,
        fields=["spc"],
        reason="高校教授。",
        engaged_on=date(2026, 1, 5),
        created_by=them,
    )
    for address in (LIST, f"{LIST}{expert.pk}/"):
        page = page_of(them, address)
        assert "还差 5 次评价" in page and "13.0" not in page
    assert browser(them).get(f"{LIST}{engaged(panel).pk}/").status_code == 404


def test_of_whom_it_let_go_a_body_reads_no_more(people):
    panel = some(people, 5)[0]
    expert = engaged(panel)
    record("end", expert, by=panel.staff, before="engaged", after="ended")
    expert.state, expert.ended_on = "ended", date(2026, 11, 1)
    expert.save(update_fields=["state", "ended_on"])
    assert "专家甲" not in page_of(panel.staff, LIST)
    assert browser(panel.staff).get(f"{LIST}{expert.pk}/").status_code == 404


# ── blindness ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["scoring", "consensus", "reporting", "at_body", "decided"])
def test_nothing_of_a_panel_under_way_is_counted(people, state):
    """As long as a case can come back to its panel, or be completed, no distance is known."""
    panel = some(people, 4)[0]
    expert = engaged(panel)
    looks = [(panel.leader, OWN), (panel.staff, LIST), (panel.staff, f"{LIST}{expert.pk}/")]
    before = [_without_tokens(page_of(*look)) for look in looks]
    last = _scoring(people) if state == "scoring" else over(people, MARKS[4], state=state)
    assert [_without_tokens(page_of(*look)) for look in looks] == before
    if state != "scoring":
        rows.brought_to(last.evaluation, "published")
        assert all("13.0" in page_of(*look) for look in looks)  # the control


def _scoring(people) -> rows.Panel:
    """A panel that scores, whose members have all signed."""
    panel = rows.panel(people)
    for number, who in enumerate(panel.experts):
        rows.signed(panel.sheet(number), by=who, content=said(_7_3=MARKS[4]))
    return panel


def _without_tokens(page: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", page)


def test_what_was_revised_after_the_others_were_seen_does_not_count(people):
    panels = some(people, 4)
    last = over(people, MARKS[4], state="consensus")
    again = said(_7_3="0.5")
    rows.signed(last.sheet(0), by=last.leader, content=again, number=2, reason="合议后改。")
    rows.brought_to(last.evaluation, "published")
    assert first_marks_in([last.evaluation.pk])[last.evaluation.pk][str(last.panellists[0].pk)]["7.3"] == D(
        "0.85"
    )
    assert "平均 +13.0 分" in page_of(panels[0].leader)


def test_whoever_was_set_aside_counts_neither_as_member_nor_in_the_middle(people):
    panel = over(people, "0.7", state="consensus")
    third = panel.panellists[2]
    Conflict.objects.create(panellist=third, source="declared", kind="other", said="x", by=panel.staff)
    for thing, before, after in ((panel.sheet(2), "signed", "set_aside"), (third, "serving", "recused")):
        record("aside", thing, before=before, after=after)
        thing.state = after
        thing.save()
    rows.brought_to(panel.evaluation, "published")
    marks = first_marks_in([panel.evaluation.pk])[panel.evaluation.pk]
    assert len(marks) == 2
    assert distance(marks, str(panel.panellists[0].pk), rows.SCHEME).points == 10  # (0.7 − 0.6) × 100
    assert "还差 5 次" in page_of(panel.experts[2])


# ── when ──────────────────────────────────────────────────────────────────────────────────────
def test_when_it_was_given_out_saved_and_signed(people):
    panel = rows.panel(people)
    sheet, me = rows.filled(panel.sheet(0)), panel.leader
    said_more = Entry(4, D("0.7"), "补一句", (Place(),))
    save(sheet, indicator_of(sheet, "7.3"), said_more, version=1, by=me)
    for number, who in enumerate(panel.experts):
        rows.signed(panel.sheet(number), by=who)
    rows.brought_to(panel.evaluation, "published")
    page = page_of(me)
    assert f">{panel.evaluation.number}</a>" in page
    assert "<span>16</span>" in page  # fifteen rows, one of them twice
    assert "第一次保存" not in page


# ── one panel ─────────────────────────────────────────────────────────────────────────────────
def test_how_well_two_agreed_by_hand(people):
    """Alike but for their level: rows 2·0.15²·13/14/13 = 0.003214, experts 14·0.02 = 0.28, nothing left over."""
    sheets = (said("0.7", _7_3="0.85"), said("0.5", _7_3="0.65"))
    panel = rows.deliberating(people, *sheets, state="reporting")
    page = page_of(panel.leader, panel.evaluation.get_absolute_url())
    facts = page.partition('id="agreement"')[2].partition("</section>")[0]
    assert "<dt>ICC(2,1)</dt><dd>0.07<" in facts  # 0.003214 / (0.003214 + 0.04)
    assert "<dt>ICC(2,k)</dt><dd>0.14<" in facts  # 0.003214 / (0.003214 + 0.02)
    assert "<dt>肯德尔 W</dt><dd>1.00<" in facts


def test_where_all_marks_are_the_same_it_says_so(people):
    panel = rows.deliberating(people, said(), said(), said(), state="reporting")
    page = page_of(panel.leader, panel.evaluation.get_absolute_url())
    assert page.count(">算不出<") == 3


@pytest.mark.parametrize(
    ("state", "panel_sees", "body_sees"),
    [
        ("consensus", False, False),
        ("reporting", True, False),
        ("at_body", True, True),
        ("decided", True, True),
        ("published", True, True),
    ],
)
def test_it_is_shown_to_the_panel_once_it_concluded_and_to_the_body_once_it_may_read(
    people, state, panel_sees, body_sees
):
    panel = over(people, "0.7", state=state)
    address = panel.evaluation.get_absolute_url()
    assert ('id="agreement"' in page_of(panel.experts[1], address)) is panel_sees
    assert ('id="agreement"' in page_of(panel.staff, address)) is body_sees
    assert 'id="agreement"' not in page_of(people.liu, address)


# ── it decides nothing ────────────────────────────────────────────────────────────────────────
def test_whoever_proposes_scores_or_decides_may_not_read_it():
    """The contract itself is proved by tests/test_architecture.py; here, whom it binds."""
    told = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        each
        for each in told["tool"]["importlinter"]["contracts"]
        if "evaluation.retrospect" in each.get("forbidden_modules", ())
    )
    bound = {"evaluation.convening", "evaluation.panels", "evaluation.consensus", "evaluation.decisions"}
    assert bound <= set(contract["source_modules"])
    assert {"evaluation.agreement", "evaluation.retrospect"} == set(contract["forbidden_modules"])


def test_experts_stand_by_name_whatever_their_marks(people):
    panel = some(people, 5)[0]
    for number in range(3):
        engaged(panel, number)
    page = page_of(panel.staff, f"{LIST}?order=deviation")
    at = [page.index(f">{name}</a>") for name in ("专家丙", "专家甲", "专家乙")]  # bing jia yi
    assert at == sorted(at)


# ── figures and picture ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("value", "said"), [(12.34, "+12.3"), (-3, "−3.0"), (0, "0.0"), (-0.04, "0.0"), (0.05, "+0.1")]
)
def test_a_number_with_its_sign(value, said):
    assert signed_number(value) == said


def test_a_dot_for_each_panel_with_nought_in_the_middle(people):
    panels = some(people, 5)
    series = [
        distance(first_marks_in([p.evaluation.pk])[p.evaluation.pk], str(p.panellists[0].pk), rows.SCHEME)
        for p in panels
    ]
    chart = Chart([float(each.points) for each in series], deviation(series).points)
    assert chart.most == 50
    assert chart.lines == [(12, "+50"), (102, "0"), (192, "−50")]
    assert chart.dots == [("10.00%", 66), ("30.00%", 75), ("50.00%", 102), ("70.00%", 111), ("90.00%", 39)]
    assert (chart.band, chart.mean) == ((43, 71), 79)


# ── questions ─────────────────────────────────────────────────────────────────────────────────
def questions(user, address: str) -> int:
    client = browser(user)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_for_three_panels_as_for_one(people, count):
    panel = some(people, count)[0]
    expert = engaged(panel)
    assert questions(panel.leader, OWN) == 6
    assert questions(panel.staff, f"{LIST}{expert.pk}/") == 8


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_for_three_experts_as_for_one(people, count):
    panel = some(people, 2)[0]
    for number in range(count):
        engaged(panel, number)
    assert questions(panel.staff, LIST) == 9
