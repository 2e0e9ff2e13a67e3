"""What a report says: drafted from what was frozen, written on by the leader, and frozen itself with each version.

A version's content is JSON in which every number that weighs is a string:

{"case": {"number", "run", "body", "edition", "candidate", "organisation",
          "credit_code", "size", "size_year"},
 "panel": [{"panellist", "name", "leader"}], "aggregation",
 "outcome": {"number", "digest"},
 "rows": [{"code", "label", "group", "points", "coefficient", "earned", "reason", "comment"}],
 "groups": [{"code", "label", "points", "minimum", "exact", "earned", "reached"}],
 "total", "of", "grade", "grade_label", "failed": [as `frozen.result_of` says them],
 "integrity": {"met", "evidence", "differs": [names], "reason", "places": [in words]},
 "sections": {section: text}}
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cqo_portal.jurisdictions.vocabulary import Aggregation
from cqo_portal.wording import cut_decimal, day_full, plain_decimal
from evaluation.consensus.board import Board, board_of
from evaluation.consensus.pages import Shown, papers_of, place_of
from evaluation.frozen import marks_in, scheme_of
from evaluation.limits import fitted
from evaluation.models import Evaluation, Interview, InterviewRecord, Outcome
from evaluation.panel import dissenting


@dataclass(frozen=True)
class Section:
    """`public`: shown to the applicants once the result is published."""

    key: str
    label: str
    hint: str
    wanted: bool = True
    public: bool = False


SECTIONS = (
    Section("process", "评价过程", "谁、什么时候、怎样评的。"),
    Section("interview", "面试答辩", "问了什么、答了什么。"),
    Section("on_site", "现场验证", "没有进行的不用写。", wanted=False),
    Section("firmness", "等级是否稳固", "换一种合成办法，或者少一位成员，等级会不会变。"),
    Section("changes", "评分表打开以后的修改", "没有修改的不用写。", wanted=False),
    Section("overall", "总体评价", "公布以后申请人看得到，不要写成员姓名和各人的评分。", public=True),
    Section("advice", "改进建议", "公布以后申请人看得到；没有的不用写。", wanted=False, public=True),
)


# ── the draft ─────────────────────────────────────────────────────────────────────────────────
def drafted(evaluation: Evaluation, outcome: Outcome) -> dict[str, str]:
    """{section or indicator: text}, from what was agreed, recorded and frozen. `outcome` is the last one."""
    board = board_of(evaluation)
    texts = {
        "process": _process(evaluation, outcome, board),
        "interview": _records(evaluation, Interview.Kind.INTERVIEW),
        "on_site": _records(evaluation, Interview.Kind.ON_SITE),
        "firmness": _firmness(outcome, board),
        "changes": "\n".join(_changes(board)),
        "overall": _overall(outcome),
        "advice": "",
        **_comments(outcome, board),
    }
    return {key: fitted(text) for key, text in texts.items()}


def _comments(outcome: Outcome, board: Board) -> dict[str, str]:
    """What was agreed to say of each indicator; where nothing was, what the experts wrote, for the leader to put together."""
    agreed = outcome.frozen["agreed"]
    found = outcome.frozen["integrity"]
    return {
        row.code: (agreed[row.code]["comment"].strip() or board.comments_on(row.code))
        if row.code in agreed
        else found["evidence"]
        for row in board.scheme.indicators
    }


def _process(evaluation: Evaluation, outcome: Outcome, board: Board) -> str:
    members = outcome.frozen["members"]
    names = "、".join(f"{each['name']}{'（组长）' if each['leader'] else ''}" for each in members)
    by = "逐项合议" if board.aggregation is Aggregation.CONSENSUS else "逐项取平均，诚信由评价组认定"
    papers = len(papers_of(evaluation))
    return (
        f"评价组 {len(members)} 人：{names}，都签署了回避声明。"
        f"依据申请报告和 {papers} 份证实性材料，各成员独立评分并签署，签署以前互不可见；签署以后{by}。"
    )


def _records(evaluation: Evaluation, kind: str) -> str:
    records = InterviewRecord.objects.filter(interview__evaluation=evaluation, interview__kind=kind)
    return "\n".join(
        f"{day_full(each.held_on)}，{each.interview.place}。到场：{each.present}\n{each.notes}"
        for each in records.select_related("interview").order_by("held_on", "id")
    )


def _firmness(outcome: Outcome, board: Board) -> str:
    changing = Shown(board).changing
    if not changing:
        return "少任何一位成员，或者换另一种合成办法，等级都不变。"
    said = "；".join(f"{words}：{cut_decimal(each.total)} 分，{each.grade.label}" for words, each in changing)
    return f"等级会变的情形：{said}。\n{outcome.frozen['fragile']['sentence']}".strip()


def _changes(board: Board) -> Iterator[str]:
    names = {member.key: member.name for member in board.members}
    for row in board.drift:
        moved = "，".join(f"{names[m.member]} {_said(m.first)} 改为 {_said(m.last)}" for m in row.moved)
        agreed = (
            f"商定 {_said(row.agreed)}（签署时的建议值 {_said(row.proposed)}）"
            if row.agreed is not None
            else ""
        )
        yield f"{row.indicator.code} {row.indicator.label}：{'；'.join(filter(None, (moved, agreed)))}。"


def _overall(outcome: Outcome) -> str:
    result = outcome.result
    label = scheme_of(outcome).label_of(result["grade"])
    points = cut_decimal(Decimal(result["total"]))
    failed = "".join(each["sentence"] for each in result["failed"])
    return f"总分 {points} 分，等级 {label}。{f'没有达到的条件：{failed}' if failed else ''}"


def _said(value: Decimal | None) -> str:
    return "–" if value is None else plain_decimal(value)


# ── what a version freezes ────────────────────────────────────────────────────────────────────
def content_of(evaluation: Evaluation, outcome: Outcome, texts: Mapping[str, str]) -> dict:
    scheme, result, frozen = scheme_of(outcome), outcome.result, outcome.frozen
    return {
        "case": _case(evaluation),
        "panel": [
            {"panellist": each["panellist"], "name": each["name"], "leader": each["leader"]}
            for each in frozen["members"]
        ],
        "aggregation": Aggregation(frozen["aggregation"]).label,
        "outcome": {"number": outcome.number, "digest": outcome.digest},
        "rows": [_row(row, frozen, result, texts) for row in scheme.indicators],
        "groups": [_group(group, result) for group in scheme.groups],
        "total": result["total"],
        "of": plain_decimal(scheme.total),
        "grade": result["grade"],
        "grade_label": scheme_of(outcome).label_of(result["grade"]),
        "failed": result["failed"],
        "integrity": {
            "met": frozen["integrity"]["met"],
            "evidence": frozen["integrity"]["evidence"],
            "differs": [
                each["name"]
                for each in frozen["members"]
                if each["panellist"] in dissenting(marks_in(frozen), frozen["integrity"]["met"], scheme)
            ],
            "reason": frozen["integrity"].get("reason", ""),
            "places": _places(evaluation, frozen["integrity"]["pins"]),
        },
        "sections": {section.key: texts.get(section.key, "").strip() for section in SECTIONS},
    }


def _case(evaluation: Evaluation) -> dict:
    application, organisation = evaluation.application, evaluation.application.organisation
    return {
        "number": evaluation.number,
        "run": evaluation.run,
        "body": evaluation.body.name,
        "edition": evaluation.rule_edition,
        "candidate": application.name,
        "organisation": organisation.name,
        "credit_code": organisation.credit_code,
        "size": organisation.size,
        "size_year": organisation.size_year,
    }


def _row(row, frozen: Mapping, result: Mapping, texts: Mapping[str, str]) -> dict:
    earned = Decimal(result["indicators"][row.code])
    agreed = frozen["agreed"].get(row.code, {})
    return {
        "code": row.code,
        "label": row.label,
        "group": row.group,
        "points": plain_decimal(row.points),
        "coefficient": cut_decimal(earned / row.points),
        "earned": plain_decimal(earned),
        "reason": agreed.get("reason", ""),
        "comment": texts.get(row.code, "").strip(),
    }


def _group(group, result: Mapping) -> dict:
    failed = {each["condition"] for each in result["failed"]}
    return {
        "code": group.code,
        "label": group.label,
        "points": plain_decimal(group.points),
        "minimum": plain_decimal(group.minimum),
        "exact": group.exact,
        "earned": result["groups"][group.code],
        "reached": group.code not in failed,
    }


def _places(evaluation: Evaluation, pins: list[Mapping]) -> list[str]:
    numbered = {str(paper.pk): (number, paper) for number, paper in enumerate(papers_of(evaluation), 1)}
    return [place_of(pin, evaluation, numbered).said for pin in pins]


# ── what is missing from a report ─────────────────────────────────────────────────────────────
def lacking(content: Mapping) -> list[str]:
    """What has to be written, or written otherwise, before the members are asked: whole sentences."""
    bare = [f"{row['code']} {row['label']}" for row in content["rows"] if not row["comment"]]
    empty = [each.label for each in SECTIONS if each.wanted and not content["sections"][each.key]]
    said = [
        f"还有 {len(bare)} 项没有评语：{'、'.join(bare)}。" if bare else "",
        f"还没有写：{'、'.join(empty)}。" if empty else "",
        *_names_given_away(content),
    ]
    return [sentence for sentence in said if sentence]


def _names_given_away(content: Mapping) -> Iterator[str]:
    """8.3: whoever scores is protected. What the applicants will read names no member."""
    names = [each["name"] for each in content["panel"] if each["name"] != content["case"]["candidate"]]
    for where, text in public_texts(content):
        if found := [name for name in names if name in text]:
            yield f"“{where}”公布以后申请人看得到，请不要写成员姓名：{'、'.join(found)}。"


def public_texts(content: Mapping) -> Iterator[tuple[str, str]]:
    """[(what it is called, text)] of everything written that the applicants will read."""
    for each in SECTIONS:
        if each.public:
            yield each.label, content["sections"][each.key]
    for row in content["rows"]:
        yield f"{row['code']} {row['label']}", row["comment"]
