"""National rules on an enterprise: its place in GB/T 4754, its size (2017), its sector (2018). Values only.

The smallest parts these rules tell apart are divisions (大类); only 房地产业 is told apart by group (中类).
"""

from dataclasses import dataclass
from decimal import Decimal as D

SOURCE_OF_SIZES = "统计上大中小微型企业划分办法（2017）（国统字〔2017〕213号）"
SOURCE_OF_SECTORS = "三次产业划分规定（2018年修订）（国统设管函〔2018〕74号）"
SOURCE_OF_SECTIONS = "GB/T 4754—2017 国民经济行业分类"


@dataclass(frozen=True)
class Section:
    """A section (门类) with its first and last division."""

    letter: str
    label: str
    first: int
    last: int


SECTIONS = (
    Section("A", "农、林、牧、渔业", 1, 5),
    Section("B", "采矿业", 6, 12),
    Section("C", "制造业", 13, 43),
    Section("D", "电力、热力、燃气及水生产和供应业", 44, 46),
    Section("E", "建筑业", 47, 50),
    Section("F", "批发和零售业", 51, 52),
    Section("G", "交通运输、仓储和邮政业", 53, 60),
    Section("H", "住宿和餐饮业", 61, 62),
    Section("I", "信息传输、软件和信息技术服务业", 63, 65),
    Section("J", "金融业", 66, 69),
    Section("K", "房地产业", 70, 70),
    Section("L", "租赁和商务服务业", 71, 72),
    Section("M", "科学研究和技术服务业", 73, 75),
    Section("N", "水利、环境和公共设施管理业", 76, 79),
    Section("O", "居民服务、修理和其他服务业", 80, 82),
    Section("P", "教育", 83, 83),
    Section("Q", "卫生和社会工作", 84, 85),
    Section("R", "文化、体育和娱乐业", 86, 90),
    Section("S", "公共管理、社会保障和社会组织", 91, 96),
    Section("T", "国际组织", 97, 97),
)

# 房地产业 is one division; only its groups tell its enterprises apart.
GROUPS_TOLD_APART = {"70": ("701", "702", "703", "704", "709")}


@dataclass(frozen=True)
class Limits:
    """Lower bounds, inclusive; below `small` an enterprise is micro."""

    large: D
    medium: D
    small: D


@dataclass(frozen=True)
class SizeRow:
    """One row of the table. Its size is the lowest class over the indicators listed."""

    label: str
    industries: tuple[str, ...]
    persons: Limits | None = None
    revenue: Limits | None = None
    assets: Limits | None = None


def _limits(large: int, medium: int, small: int) -> Limits:
    return Limits(D(large), D(medium), D(small))


# Persons (从业人员) are counted in 人, revenue (营业收入) and assets (资产总额) in 万元.
SIZE_TABLE = (
    SizeRow("农、林、牧、渔业", ("A",), revenue=_limits(20000, 500, 50)),
    SizeRow("工业", ("B", "C", "D"), persons=_limits(1000, 300, 20), revenue=_limits(40000, 2000, 300)),
    SizeRow("建筑业", ("E",), revenue=_limits(80000, 6000, 300), assets=_limits(80000, 5000, 300)),
    SizeRow("批发业", ("51",), persons=_limits(200, 20, 5), revenue=_limits(40000, 5000, 1000)),
    SizeRow("零售业", ("52",), persons=_limits(300, 50, 10), revenue=_limits(20000, 500, 100)),
    SizeRow(
        "交通运输业",
        ("54", "55", "56", "57", "58"),
        persons=_limits(1000, 300, 20),
        revenue=_limits(30000, 3000, 200),
    ),
    SizeRow("仓储业", ("59",), persons=_limits(200, 100, 20), revenue=_limits(30000, 1000, 100)),
    SizeRow("邮政业", ("60",), persons=_limits(1000, 300, 20), revenue=_limits(30000, 2000, 100)),
    SizeRow("住宿业、餐饮业", ("61", "62"), persons=_limits(300, 100, 10), revenue=_limits(10000, 2000, 100)),
    SizeRow("信息传输业", ("63", "64"), persons=_limits(2000, 100, 10), revenue=_limits(100000, 1000, 100)),
    SizeRow("软件和信息技术服务业", ("65",), persons=_limits(300, 100, 10), revenue=_limits(10000, 1000, 50)),
    SizeRow(
        "房地产开发经营", ("701",), revenue=_limits(200000, 1000, 100), assets=_limits(10000, 5000, 2000)
    ),
    SizeRow("物业管理", ("702",), persons=_limits(1000, 300, 100), revenue=_limits(5000, 1000, 500)),
    SizeRow("租赁和商务服务业", ("L",), persons=_limits(300, 100, 10), assets=_limits(120000, 8000, 100)),
    SizeRow("其他未列明行业", ("M", "N", "O", "85", "R", "703", "709"), persons=_limits(300, 100, 10)),
)

# Sections of the first and second sector, and the divisions taken out of them into the third.
PRIMARY_SECTIONS = ("A",)
SECONDARY_SECTIONS = ("B", "C", "D", "E")
TERTIARY_DIVISIONS = ("05", "11", "43")
