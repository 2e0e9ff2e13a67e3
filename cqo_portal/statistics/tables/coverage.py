"""覆盖率: how many enterprises have an officer, of all, above scale, with an award, small and medium; and how far the targets are.

[READ] An enterprise is in several of these populations at once: the ratios are independent of each other.
"""

from collections.abc import Iterator

from cqo_portal.jurisdictions.schema import CoverageTarget
from cqo_portal.jurisdictions.vocabulary import Population, Sector, Size
from cqo_portal.parties.size import SMALL_AND_MEDIUM
from cqo_portal.reference.models import Industry
from cqo_portal.statistics.counting import Balance, Column, Record, Sort
from cqo_portal.statistics.subject import BY_OFFICE, Subject, counted, of_found, of_scale, shared
from cqo_portal.statistics.world import World

SECTION_LETTERS = "ABCDEFGHIJKLMNOPQRST"  # some sources write them before the number, some do not
POPULATIONS = {
    "all": "全部企业",
    Population.ABOVE_SCALE_INDUSTRY.value: "规上工业",
    Population.ABOVE_SCALE_SERVICES.value: "规上服务业",
    Population.ABOVE_SCALE.value: "规上合计",
    Population.AWARD_WINNERS.value: "获质量奖",
    Population.SMALL_AND_MEDIUM.value: "中小企业",
}


def division_of(industry: str) -> str:
    """The two digits of GB/T 4754 that name its division."""
    return industry.lstrip(SECTION_LETTERS)[:2]


def records(world: World) -> Iterator[Record]:
    """Every enterprise of the area."""
    sections = dict(Industry.objects.filter(level=Industry.Level.DIVISION).values_list("code", "section"))
    for firm in world.enterprises.values():
        listed = world.above_scale.get(firm.pk, frozenset())
        within = {
            "all": True,
            Population.ABOVE_SCALE_INDUSTRY.value: "industry" in listed,
            Population.ABOVE_SCALE_SERVICES.value: "services" in listed,
            Population.ABOVE_SCALE.value: bool(listed),
            Population.AWARD_WINNERS.value: firm.pk in world.awards,
            Population.SMALL_AND_MEDIUM.value: firm.size in SMALL_AND_MEDIUM,
        }
        yield Record(
            f"enterprise:{firm.pk}",
            {
                "county": firm.office,
                "size": firm.size,
                "sector": firm.sector,
                "section": sections.get(division_of(firm.industry), ""),
                "covered": firm.pk in world.covered,
                **{f"in.{code}": fits for code, fits in within.items()},
            },
        )


def columns(world: World) -> list[Column]:
    targets = targets_of(world)
    return [
        column for code, label in POPULATIONS.items() for column in _columns(code, label, targets.get(code))
    ]


def _columns(code: str, label: str, target: CoverageTarget | None) -> Iterator[Column]:
    def within(record: Record) -> bool:
        return record[f"in.{code}"]

    def has(record: Record) -> bool:
        return within(record) and record["covered"]

    def lacks(record: Record) -> bool:
        return within(record) and not record["covered"]

    yield counted(f"{code}.n", "企业" if code == "all" else "应设", within, group=label)
    yield counted(f"{code}.has", "已设", has, group=label)
    yield counted(f"{code}.lacks", "未设", lacks, group=label)
    yield shared(f"{code}.share", "覆盖率", has, among=within, group=label)
    if target is not None:
        yield Column(
            code=f"{code}.short",
            label="离目标还差",
            group=label,
            sort=Sort.SHORT,
            ratio=target.ratio,
            cites=target.cites,
            counts=has,
            among=within,
        )


def targets_of(world: World) -> dict[str, CoverageTarget]:
    """By population what the text the area works by asks for."""
    return {each.of.value: each for each in world.pack.targets} if world.pack else {}


def balances(world: World) -> tuple[Balance, ...]:
    return tuple(Balance(f"{code}.n", (f"{code}.has", f"{code}.lacks")) for code in POPULATIONS)


def _sections(codes: set[str]) -> dict[str, str]:
    return {
        row.code: str(row) for row in Industry.objects.filter(level=Industry.Level.SECTION, code__in=codes)
    }


COVERAGE = Subject(
    code="coverage",
    version=1,
    title="首席质量官覆盖率",
    lede="有在任首席质量官的企业占多少，离目标还差多少",
    records=records,
    columns=columns,
    balances=balances,
    dimensions=(
        BY_OFFICE,
        of_scale("sector", "按产业", "产业", Sector),
        of_scale("size", "按规模", "规模", Size),
        of_found("section", "按行业门类", "行业门类", _sections),
    ),
)
