"""What an application says, put for reading: labels, values as words, the papers beside them, and what changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.scheme import EvaluationScheme, Indicator
from cqo_portal.jurisdictions.vocabulary import Level, Rank
from cqo_portal.wording import plain_decimal
from evaluation.applications.content import covered
from evaluation.applications.rules import BASIC, OF_A_PAPER, descriptor, grounds_of, label_of
from evaluation.applications.sections import TITLES
from evaluation.models import Proof
from registry.content import Line, experience_in_words

EMPTY = "（空）"


@dataclass(frozen=True)
class Papers:
    """The papers that support one code; `gone`: names of those that supported it in the round before."""

    key: str
    papers: tuple[Proof, ...]
    new: frozenset  # keys of papers that came, or came to support this, since the round before
    gone: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.new or self.gone)

    @property
    def marked(self) -> list[tuple[Proof, bool]]:
        return [(paper, paper.pk in self.new) for paper in self.papers]


@dataclass(frozen=True)
class Said:
    """One line, with its papers where it has any."""

    line: Line
    papers: Papers | None = None


@dataclass(frozen=True)
class Part:
    code: str
    title: str
    note: str
    said: tuple[Said, ...]

    @property
    def changes(self) -> int:
        return sum(each.line.changed + bool(each.papers and each.papers.changed) for each in self.said)


def read(
    content: Mapping, *, rules: RulePack, papers: Iterable[Proof], before: Mapping | None = None
) -> list[Part]:
    """The whole application; `before`: the words of the round before, for what changed."""
    scheme, shown = rules.evaluation, list(papers)
    lines = {
        code: Said(_line(code, label, words, content, before))
        for code, label, words in (
            ("body", "评价机构", lambda said: said["body"]["name"] if said["body"] else ""),
            ("recommendation", "推荐意见", lambda said: said["recommendation"]),
            ("report", "申请报告", lambda said: said["report"]),
            ("basic", "声明和说明", lambda said: _declared(said, rules)),
        )
    }
    basic = replace(lines["basic"], papers=_papers(BASIC, content, before, shown))
    whole = covered(content["proofs"], [row.code for row in scheme.indicators])
    coverage = f"{len(scheme.indicators)} 项中 {whole} 项有材料，自评合计 {total_of(content, scheme)} 分"
    return [
        Part("body", "评价机构", "", (replace(lines["body"], line=replace(lines["body"].line, key="")),)),
        Part("recommendation", f"{TITLES['recommendation']}（8.1 a）", "", (lines["recommendation"],)),
        Part("basic", TITLES["basic"], "", (_known(content), basic)),
        Part("report", f"{TITLES['report']}（8.1 b）", coverage, (lines["report"],)),
        *(_group(group, content, before, scheme, shown) for group in scheme.groups),
    ]


def _line(code: str, label: str, words, content: Mapping, before: Mapping | None) -> Line:
    now = words(content)
    then = words(before) if before is not None else now
    return Line(code, label, now, None if now == then else then or EMPTY)


def _known(content: Mapping) -> Said:
    """As the register had it; nobody pins what the applicants did not write."""
    return Said(Line("", "名录所载", "\n".join(known_in_words(content))))


def known_in_words(content: Mapping) -> Iterator[str]:
    officer, known = content["officer"], content["known"]
    yield f"{officer['name']}，{officer['organisation']}{officer['post']}，{officer['appointed_on']} 任职"
    told = known["officer"]
    words = [
        Level(told["education"]).label if told["education"] else "",
        Rank(told["job_title"]).label + "职称" if told["job_title"] not in (None, "", "none") else "",
    ]
    yield "，".join(filter(None, words)) or "学历、职称没有登记"
    yield from filter(None, [experience_in_words(known)])
    if certificate := known["training_certificate"]:
        yield f"培训证书 {certificate['number']}，{certificate['provider']} {certificate['issued_on']} 颁发"


def _declared(said: Mapping, rules: RulePack) -> str:
    labels = {ground.key: f"{ground.label}（{ground.cites}）" for ground in grounds_of(rules)}
    ticked = [labels.get(key, key) for key in said["declared"]["faults"]]
    declared = (
        f"声明有：{'；'.join(ticked)}"
        if ticked
        else "声明没有 8.2 所列情形"
        if said["declared"]["none"]
        else ""
    )
    plea = f"仍要申请的理由：{said['plea']}" if said["plea"] else ""
    return "\n".join(filter(None, (declared, said["note"], plea)))


def _group(
    group, content: Mapping, before: Mapping | None, scheme: EvaluationScheme, shown: list[Proof]
) -> Part:
    rows = [row for row in scheme.indicators if row.group == group.code]
    least = f"{'须为' if group.exact else '至少'} {group.minimum} 分（{group.cites}）"
    points = plain_decimal(sum((points_of(content, row) for row in rows), Decimal(0)))
    lines = tuple(
        Said(
            _line(
                row.code,
                label_of(row.code, scheme),
                lambda said, row=row: assessed_in_words(
                    said["self_assessment"].get(row.code, {}), row, scheme
                ),
                content,
                before,
            ),
            _papers(row.code, content, before, shown),
        )
        for row in rows
    )
    return Part(group.code, f"自评：{group.label}", f"{points} / {group.points} 分，{least}", lines)


def points_of(content: Mapping, row: Indicator) -> Decimal:
    said = content["self_assessment"].get(row.code, {}).get("coefficient")
    return row.points * Decimal(said) if said else Decimal(0)


def total_of(content: Mapping, scheme: EvaluationScheme) -> str:
    return plain_decimal(sum((points_of(content, row) for row in scheme.indicators), Decimal(0)))


def assessed_in_words(said: Mapping, row: Indicator, scheme: EvaluationScheme) -> str:
    if "coefficient" not in said:
        return said.get("text", "")
    band = next(band for band in scheme.bands if band.number == said["band"])
    points = plain_decimal(row.points * Decimal(said["coefficient"]))
    grade = f"{band.label_for(row.nature)}：{descriptor(band, row)}。系数 {said['coefficient']}，{points} / {row.points} 分"
    return f"{grade}\n{said['text']}"


def _papers(code: str, content: Mapping, before: Mapping | None, shown: list[Proof]) -> Papers:
    now, then = supporting(code, content), supporting(code, before or {"proofs": []})
    known = {str(paper.pk): paper for paper in shown}
    papers = tuple(known[key] for key in now if key in known)
    if before is None:
        return Papers(f"{OF_A_PAPER}{code}", papers, frozenset())
    new = frozenset(known[key].pk for key in now if key not in then and key in known)
    return Papers(f"{OF_A_PAPER}{code}", papers, new, tuple(then[key] for key in then if key not in now))


def supporting(code: str, content: Mapping) -> dict[str, str]:
    """{key: name} of the papers that support this, as they were named."""
    return {each["id"]: each["name"] for each in content["proofs"] if code in each["supports"]}
