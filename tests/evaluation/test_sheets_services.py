"""A sheet row by row: what is kept, what is refused with which words, and the one signature."""

from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.digests import sha256
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused
from evaluation.models import (
    CalibrationCase,
    Interview,
    InterviewRecord,
    Mark,
    Pin,
    Proof,
    Sheet,
    SignedSheet,
)
from evaluation.sheets import marks
from evaluation.sheets.dossier import indicator_of
from evaluation.sheets.marks import Entry, Place
from tests.evaluation import rows

pytestmark = pytest.mark.django_db
INTERVIEW = Place()
LEARNING = "7.4.4"


@pytest.fixture
def panel(people):
    return rows.panel(people)


@pytest.fixture
def sheet(panel):
    return panel.sheet(1)


def save(sheet: Sheet, entry: Entry, *, version: int = 0, by, code: str = LEARNING) -> Mark:
    return marks.save(sheet, indicator_of(sheet, code), entry, version=version, by=by)


def sign(sheet: Sheet, *, by, name: str = "专家乙", digest: str = "", seen=None) -> Sheet:
    digest = digest or sha256(marks.content_of(sheet))
    return marks.sign(sheet, name=name, digest=digest, seen=seen or {}, by=by)


def refused(act) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return str(refusal.value)


# ── first the band, then the coefficient ──────────────────────────────────────────────────────
def test_band_first_then_a_coefficient_of_that_band(panel, sheet):
    me = panel.experts[1]
    assert refused(lambda: save(sheet, Entry(coefficient=D("0.7")), by=me)) == "请先选档，再定系数。"
    save(sheet, Entry(band=4), by=me)
    assert refused(lambda: save(sheet, Entry(4, D("0.5")), version=1, by=me)) == (
        "系数 0.5 不在 4 档里，这一档可选 0.7、0.85。"
    )
    kept = save(sheet, Entry(4, D("0.85"), "做得完整"), version=1, by=me)
    assert (kept.band, kept.coefficient, kept.comment, kept.version) == (4, D("0.85"), "做得完整", 2)


def test_another_band_clears_the_coefficient_of_the_former_and_nought_has_but_one(panel, sheet):
    me = panel.experts[1]
    save(sheet, Entry(4, D("0.85"), "甲"), by=me)
    kept = save(sheet, Entry(3, D("0.85"), "甲"), version=1, by=me)
    assert (kept.band, kept.coefficient, kept.comment) == (3, None, "甲")
    assert save(sheet, Entry(0), version=2, by=me).coefficient == D(0)


@pytest.mark.parametrize("number", range(6))
def test_every_band_takes_its_own_coefficients_and_no_other(panel, sheet, number):
    band = marks.band_numbered(number, rows.SCHEME)
    version, taken = 0, []
    for value in rows.SCHEME.coefficients:
        try:
            kept = save(sheet, Entry(number, value), version=version, by=panel.experts[1])
        except Refused:
            continue
        version = kept.version
        taken.append(kept.coefficient)
    assert set(taken) == set(band.coefficients)


# ── two tabs ──────────────────────────────────────────────────────────────────────────────────
def test_an_older_version_is_refused_with_what_lies_there(panel, sheet):
    me = panel.experts[1]
    save(sheet, Entry(4, D("0.7"), "第一个窗口"), by=me)
    with pytest.raises(marks.Stale) as stale:
        save(sheet, Entry(2, D("0.3"), "第二个窗口"), by=me)
    assert marks.in_words(marks.entry_of(stale.value.mark)) == "4 档、系数 0.7、依据 0 处、评语 5 字"
    assert Mark.objects.get().comment == "第一个窗口"
    assert save(sheet, Entry(2, D("0.3"), "第二个窗口"), version=1, by=me).version == 2  # knowingly


def test_the_same_words_again_are_no_conflict_and_no_version(panel, sheet):
    entry = Entry(4, D("0.7"), "一样", (INTERVIEW,))
    for _ in range(2):
        assert save(sheet, entry, by=panel.experts[1]).version == 1
    assert Pin.objects.count() == 1


# ── pins ──────────────────────────────────────────────────────────────────────────────────────
def test_pages_of_this_dossier_and_the_interview_are_pinned_and_unpinned(people, panel, sheet):
    paper = rows.proof(panel.evaluation.application, by=people.liu, pages=3)
    me, page = panel.experts[1], Place(paper.pk, 3)
    save(sheet, Entry(places=(page, INTERVIEW)), by=me)
    assert set(Pin.objects.values_list("proof", "page")) == {(paper.pk, 3), (None, None)}
    save(sheet, Entry(places=(INTERVIEW,)), version=1, by=me)
    assert list(Pin.objects.values_list("proof", "page")) == [(None, None)]


def test_no_page_beyond_the_paper_and_no_paper_of_another_dossier_or_round(people, panel, sheet):
    mine = rows.proof(panel.evaluation.application, by=people.liu, pages=3)
    others = rows.proof(rows.application(people, state="accepted"), by=people.liu, name="别人的")
    foreign = "依据里有一页不在这份案卷里，请重新翻到那一页再钉。"
    for place in (Place(mine.pk, 4), Place(mine.pk, 0), Place(others.pk, 1)):
        assert (
            refused(lambda place=place: save(sheet, Entry(places=(place,)), by=panel.experts[1])) == foreign
        )
    save(sheet, Entry(places=(Place(mine.pk, 1),)), by=panel.experts[1])  # the control


def test_a_paper_that_came_with_a_later_round_is_not_of_the_dossier(people, panel, sheet):
    late = rows.proof(panel.evaluation.application, by=people.liu, name="补充", added_in=2)
    gone = rows.proof(panel.evaluation.application, by=people.liu, name="撤下", removed_in=1)
    for paper in (late, gone):
        said = refused(lambda p=paper: save(sheet, Entry(places=(Place(p.pk, 1),)), by=panel.experts[1]))
        assert "不在这份案卷里" in said


# ── who, and when ─────────────────────────────────────────────────────────────────────────────
def test_only_its_author_writes_and_only_while_the_panel_scores(people, panel, sheet):
    for stranger in (panel.leader, panel.experts[2], panel.staff, people.liu):
        with pytest.raises(PermissionDenied):
            save(sheet, Entry(band=1), by=stranger)
    save(sheet, Entry(band=1), by=panel.experts[1])  # the control
    rows.brought_to(panel.evaluation, "consensus")
    said = refused(lambda: save(sheet, Entry(band=2), version=1, by=panel.experts[1]))
    assert said == "这次评价现在不在独立评分阶段，评分表不能改动。"


# ── what is missing ───────────────────────────────────────────────────────────────────────────
def test_every_row_wants_a_band_a_coefficient_its_evidence_and_a_comment(panel, sheet):
    me = panel.experts[1]
    assert len(marks.missing(sheet)) == 15
    rows.filled(sheet)
    assert marks.missing(sheet) == []
    save(sheet, Entry(4, D("0.7"), "有评语"), version=1, by=me)
    save(sheet, Entry(3, None, "有评语", (INTERVIEW,)), version=1, by=me, code="7.3")
    save(sheet, Entry(0, None, "  "), version=1, by=me, code="7.5.5")
    assert marks.missing(sheet) == ["7.3 知识未定系数。", "7.4.4 学习能力缺依据。", "7.5.5 所获荣誉缺评语。"]


def test_a_score_rests_on_no_interview_that_nobody_wrote_down(people, panel, sheet):
    """Planned is not held: what is signed today may not rest on what may be said next week."""
    paper, me = rows.proof(panel.evaluation.application, by=people.liu), panel.experts[1]
    for row in rows.SCHEME.indicators:
        places = () if row.code == "7.5.5" else (Place(paper.pk, 1),)
        given = Entry(0, None, "没有荣誉") if row.code == "7.5.5" else Entry(4, D("0.7"), "有", places)
        save(sheet, given, by=me, code=row.code)
    assert marks.missing(sheet) == []  # what rests on papers, and a nought, ask for no interview
    save(sheet, Entry(4, D("0.7"), "问过", (INTERVIEW,)), version=1, by=me)
    planned = Interview.objects.create(
        evaluation=panel.evaluation,
        kind="interview",
        planned_at=timezone.now(),
        place="三楼",
        by=panel.leader,
    )
    assert refused(lambda: sign(sheet, by=me)) == (
        "还不能签署：7.4.4 学习能力只依据面试，还没有面试记录。先由组长记录面试，或者钉上材料。"
    )
    save(sheet, Entry(4, D("0.7"), "问过", (INTERVIEW, Place(paper.pk, 2))), version=2, by=me)
    assert marks.missing(sheet) == []  # the paper bears it
    save(sheet, Entry(4, D("0.7"), "问过", (INTERVIEW,)), version=3, by=me)
    kept = InterviewRecord.objects.create(
        interview=planned, held_on=rows.TODAY, present="本人", notes="逐项核实。", by=panel.leader
    )
    assert kept.pk and sign(sheet, by=me).state == "signed"


def test_a_check_on_site_is_no_interview(panel, sheet):
    rows.filled(sheet)
    Interview.objects.update(kind="on_site", because="看现场")
    assert len(marks.missing(sheet)) == 15


# ── signing ───────────────────────────────────────────────────────────────────────────────────
def test_the_content_is_one_spelling_whatever_the_order_of_writing(people, panel, sheet):
    paper = rows.proof(panel.evaluation.application, by=people.liu)
    page, me = Place(paper.pk, 2), panel.experts[1]
    save(sheet, Entry(4, D("0.70"), "甲", (INTERVIEW, page)), by=me)
    first = marks.content_of(sheet)
    save(panel.sheet(2), Entry(4, D("0.7"), "甲", (page, INTERVIEW)), by=panel.experts[2])
    assert marks.content_of(panel.sheet(2)) == first
    assert first["marks"][LEARNING] == {
        "band": 4,
        "coefficient": "0.7",
        "comment": "甲",
        "pins": [{"proof": str(paper.pk), "page": 2}, {"interview": True}],
    }
    assert list(first["marks"]) == [row.code for row in rows.SCHEME.indicators]
    assert marks.entries_in(first)[LEARNING] == Entry(4, D("0.7"), "甲", (page, INTERVIEW))


def test_signed_once_with_its_digest_on_record_and_never_changed_again(panel, sheet):
    me = panel.experts[1]
    rows.filled(sheet)
    digest = sha256(marks.content_of(sheet))
    assert sign(sheet, by=me, digest=digest).state == "signed"
    made = SignedSheet.objects.get()
    assert (made.number, made.digest, made.name, made.by) == (1, digest, "专家乙", me)
    assert sha256(made.content) == digest
    acts = Event.objects.about(sheet).order_by("id")
    assert [(event.action, event.data.get("digest", "")) for event in acts] == [
        ("sign-content", digest),
        ("sign", ""),
    ]
    assert "不能再改动" in refused(lambda: save(Sheet.objects.get(pk=sheet.pk), Entry(1), version=1, by=me))
    assert "现在的状态是“已签署”" in refused(lambda: sign(sheet, by=me, digest=digest))
    assert SignedSheet.objects.count() == 1


def test_what_is_signed_is_what_was_looked_at(panel, sheet):
    me = panel.experts[1]
    rows.filled(sheet)
    shown, seen = sha256(marks.content_of(sheet)), dict.fromkeys(marks.content_of(sheet)["marks"], 1)
    save(sheet, Entry(5, D("0.9"), "改高了", (INTERVIEW,)), version=1, by=me)
    said = refused(lambda: sign(sheet, by=me, digest=shown, seen=seen))
    assert said.startswith("打开这一页以后，评分表在别处改过：7.4.4 学习能力 ")
    assert said.endswith("存为5 档、系数 0.9、依据 1 处、评语 3 字。请先看过现在的内容，再签署。")
    assert not SignedSheet.objects.exists()


def test_a_sheet_that_lacks_something_or_bears_another_name_is_not_signed(panel, sheet):
    me = panel.experts[1]
    said = refused(lambda: sign(sheet, by=me))
    assert said.startswith("还不能签署：7.1.1 质量意识未评。") and said.endswith("7.5.5 所获荣誉未评。")
    rows.filled(sheet)
    assert refused(lambda: sign(sheet, by=me, name="专家甲")) == "请由本人签写姓名“专家乙”。"
    with pytest.raises(PermissionDenied):
        sign(sheet, by=panel.leader)
    sign(sheet, by=me)


def test_nobody_signs_before_or_after_the_time_to_score(people):
    panel = rows.panel(people)
    sheet = rows.filled(panel.sheet(1))
    rows.brought_to(panel.evaluation, "consensus")
    assert "现在不在独立评分阶段" in refused(lambda: sign(sheet, by=panel.experts[1]))


def test_the_case_one_practises_on_is_written_and_signed_alike(people, panel):
    me = panel.experts[1]
    case = CalibrationCase.objects.create(
        code="first", name="练习", rule_edition=rows.EDITION, content=rows.content(), reference={}
    )
    paper = Proof(
        calibration=case, name="x.pdf", media_type="application/pdf", size=4, pages=2, digest="1" * 64
    )
    paper.file.name = "x.pdf"
    paper.save()
    sheet = Sheet.objects.create(
        calibration=case, person=panel.panellists[1].person, rule_edition=rows.EDITION
    )
    rows.filled(sheet)
    save(sheet, Entry(4, D("0.85"), "练习", (Place(paper.pk, 2),)), version=1, by=me)
    assert sign(sheet, by=me).state == "signed"
    other = Sheet.objects.create(
        calibration=case, person=panel.panellists[2].person, rule_edition=rows.EDITION
    )
    with pytest.raises(PermissionDenied):
        save(other, Entry(band=1), by=me)


# ── the last signature ────────────────────────────────────────────────────────────────────────
def test_with_the_last_signature_the_leader_alone_is_told(people, panel):
    """Whoever signs last; as long as one sheet is open nobody learns anything."""
    for number in (0, 2, 1):
        assert not Message.objects.filter(kind="sheets-signed").exists()
        sign(
            rows.filled(panel.sheet(number)),
            by=panel.experts[number],
            name=panel.panellists[number].person.name,
        )
    [letter] = Message.objects.filter(kind="sheets-signed", channel="inbox")
    assert (letter.recipient, letter.url) == (panel.leader, panel.evaluation.get_absolute_url())
    assert "请打开合议" in letter.body
    assert panel.evaluation.panellists.get(is_leader=True).person == panel.panellists[0].person
