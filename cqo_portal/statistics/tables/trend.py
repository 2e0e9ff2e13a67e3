"""历年趋势: the same few figures at the end of each of the last years, and on the day itself, all as known on one day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.counting import Column, Record, Row, Rows
from cqo_portal.statistics.subject import Dimension, Subject, counted, shared
from cqo_portal.statistics.tables import coverage, evaluations, filings
from cqo_portal.statistics.world import World

YEARS = 5


def days_of(on: date) -> list[date]:
    """The last days of the years before, and the day itself."""
    return [date(year, 12, 31) for year in range(on.year - YEARS + 1, on.year)] + [on]


def records(world: World) -> Iterator[Record]:
    for day in days_of(world.at.on):
        then = World(world.area, AsOf(day, world.at.known))
        for found in (_enterprises(then), _cases(then), _papers(then)):
            for record in found:
                yield Record(f"{day.year}/{record.key}", {**record.facts, "year": str(day.year)})


def _enterprises(then: World) -> Iterator[Record]:
    for record in coverage.records(then):
        yield Record(record.key, {"is": "enterprise", **record.facts})
    for post in then.serving:
        yield Record(f"post:{post.pk}", {"is": "post"})


def _cases(then: World) -> Iterator[Record]:
    for record in filings.records(then):
        yield Record(record.key, {"is": "filing", **record.facts})
    for record in evaluations.records(then):
        yield record


def _papers(then: World) -> Iterator[Record]:
    for held in then.certificates:
        if held.is_valid:
            yield Record(f"certificate:{held.pk}", {"is": "certificate"})


def columns(world: World) -> list[Column]:
    def firm(code: str):
        return lambda record: record["is"] == "enterprise" and record[f"in.{code}"]

    def has(code: str):
        return lambda record: record["is"] == "enterprise" and record[f"in.{code}"] and record["covered"]

    targets = coverage.targets_of(world)

    def coverage_of(code: str, label: str) -> list[Column]:
        share = shared(f"{code}.share", "覆盖率", has(code), among=firm(code), group=label)
        if code in targets:
            share = replace(share, ratio=targets[code].ratio, cites=targets[code].cites)
        return [
            counted(f"{code}.n", "应设", firm(code), group=label),
            counted(f"{code}.has", "已设", has(code), group=label),
            share,
        ]

    return [
        counted("posts", "在任首席质量官", lambda record: record["is"] == "post", unit="人"),
        *coverage_of("above_scale_industry", "规上工业"),
        *coverage_of("above_scale_services", "规上服务业"),
        *coverage_of("above_scale", "规上合计"),
        counted("filings", "本年受理", lambda record: record["is"] == "filing", group="备案"),
        counted("filed", "其中已备案", lambda r: r["is"] == "filing" and r["state"] == "filed", group="备案"),
        counted("results", "本年公布", lambda record: record["is"] == "result", group="水平评价"),
        counted("certificates", "有效证书", lambda record: record["is"] == "certificate", group="水平评价"),
    ]


def _years(world: World, records) -> Rows:
    days = days_of(world.at.on)
    rows = tuple(Row(str(day.year), f"{day.year} 年") for day in days)
    return Rows("年度", rows, lambda record: record["year"])


TREND = Subject(
    code="trend",
    version=1,
    title="历年趋势",
    lede="近五年的年末，以及所选的这一天",
    records=records,
    columns=columns,
    dimensions=(Dimension(code="year", label="按年度", rows=_years),),
    years=True,
)
