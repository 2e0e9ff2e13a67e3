"""Which pictures stand with which table."""

from decimal import Decimal

from cqo_portal.jurisdictions.vocabulary import Population
from cqo_portal.statistics.charts import Chart, comparison, distribution, trend
from cqo_portal.statistics.counting import Head, Sort, Table

INDUSTRY, SERVICES, BOTH = (
    each.value
    for each in (Population.ABOVE_SCALE_INDUSTRY, Population.ABOVE_SCALE_SERVICES, Population.ABOVE_SCALE)
)


def pictures_of(table: Table) -> list[Chart]:
    drawn = _PICTURES.get(table.code, lambda table: [])(table)
    return [chart for chart in drawn if chart is not None]


def target_of(table: Table, population: str) -> Decimal | None:
    """What the text asks for, as the table itself keeps it."""
    place = table.places.get(f"{population}.short")
    return table.columns[place].ratio if place is not None else None


def _coverage(table: Table) -> list[Chart | None]:
    """Of each population a target is set for; where the text sets none, of those above scale."""
    asked = [head.code.partition(".")[0] for head in table.columns if head.sort is Sort.SHORT]
    found = [
        comparison(
            table,
            f"{population}.share",
            title=f"{table.head(f'{population}.share').group}覆盖率",
            note="已设 / 应设，%",
            target=target_of(table, population),
        )
        for population in asked or (INDUSTRY, SERVICES)
    ]
    if not any(found):
        found = [comparison(table, "all.share", title="全部企业覆盖率", note="有在任首席质量官的，%")]
    return found


def _filings(table: Table) -> list[Chart | None]:
    return [
        comparison(table, "n", title="受理件数", note="本年首次提交"),
        comparison(table, "days", title="受理到备案，天数中位", note="已备案的"),
    ]


def _structure(table: Table) -> list[Chart | None]:
    def group(prefix: str) -> list[str]:
        return [head.code for head in table.columns if head.code.startswith(prefix)]

    return [
        distribution(table, group("education."), title="学历", note="在任，人"),
        distribution(table, group("title."), title="职称", note="在任，人"),
        distribution(table, group("age."), title="年龄", note="在任，人"),
    ]


def _hours(table: Table) -> list[Chart | None]:
    duties = [head for head in table.columns if head.sort is Sort.SHARE and head.code != "share"]
    return [
        comparison(table, head.code, title=f"{_duty(head)}达标率", note="达标 / 应学，%")
        for head in duties[:3]
    ]


def _duty(head: Head) -> str:
    return head.group.partition("（")[0]


def _providers(table: Table) -> list[Chart | None]:
    return [comparison(table, "people", title="参训人数", note="按机构，本年")]


def _evaluations(table: Table) -> list[Chart | None]:
    grades = [head.code for head in table.columns if head.code.startswith("grade.")]
    return [distribution(table, grades, title="等级分布", note="本年公布的结果，人")]


def _certificates(table: Table) -> list[Chart | None]:
    states = [head.code for head in table.columns if head.code.startswith("state.")]
    months = [head for head in table.columns if head.code.startswith("ends.")]
    span = f"{months[0].label} 至 {months[-2].label}，张" if len(months) > 1 else ""
    return [
        distribution(table, [head.code for head in months], title="到期月份", note=span),
        distribution(table, states, title="现在的状态", note="累计签发的，张"),
    ]


def _reports(table: Table) -> list[Chart | None]:
    return [comparison(table, "share", title="按时接收率", note="按时接收 / 应报，%")]


def _trend(table: Table) -> list[Chart | None]:
    shares = [(f"{INDUSTRY}.share", "规上工业"), (f"{SERVICES}.share", "规上服务业")]
    if table.head(f"{BOTH}.share").ratio is not None:
        shares = [(f"{BOTH}.share", "规上企业"), *shares]
    return [
        trend(table, shares, title="覆盖率", note="各年年末，按当年名录，%", target=_ratio_of(table, shares)),
        trend(table, [("posts", "在任首席质量官")], title="在任首席质量官", note="各年年末，人"),
    ]


def _ratio_of(table: Table, columns: list[tuple[str, str]]) -> Decimal | None:
    """The target the text sets for these shares, as the table itself keeps it."""
    return next((ratio for code, _ in columns if (ratio := table.head(code).ratio) is not None), None)


_PICTURES = {
    "coverage": _coverage,
    "filings": _filings,
    "structure": _structure,
    "hours": _hours,
    "providers": _providers,
    "evaluations": _evaluations,
    "certificates": _certificates,
    "reports": _reports,
    "trend": _trend,
}
