"""Enterprises in imported rows, whatever the rows are about: their columns, and whose area they belong to."""

import re
from collections.abc import Iterable

from cqo_portal.imports import tidy
from cqo_portal.imports.reading import Judged
from cqo_portal.imports.tidy import Column
from cqo_portal.parties.models import Office, Organisation

CHUNK = 2000
CODE = Column(
    key="credit_code",
    label="统一社会信用代码",
    synonyms=("信用代码", "社会信用代码", "企业信用代码", "组织机构代码", "营业执照号", "营业执照注册号", "注册号",
              "企业代码", "单位代码", "代码", "USCC", "纳税人识别号"),
    required=True,
    read=tidy.credit_code,
    fill="91130981MAYG58BR3P",
)  # fmt: skip
NAME = Column(
    key="enterprise",
    label="企业名称",
    synonyms=("单位名称", "企业", "单位", "公司名称", "公司", "名称", "企业全称", "单位全称", "单位详细名称", "机构名称",
              "法人单位名称", "法人单位", "企业单位名称", "市场主体名称"),
    required=True,
    read=tidy.organisation_name,
    fill="泊头恒通管件有限公司",
)  # fmt: skip
COUNTY = Column(
    key="county",
    label="所属县（市、区）",
    synonyms=("所在县区", "县区", "县市区", "所属县", "所属区", "所在县", "所在地", "属地", "辖区", "管辖机构", "所属县市区",
              "所属县区", "行政区划", "区划", "区划代码", "所属地区", "地区", "所在区县", "区县", "所在县市区", "归属地"),
    required=True,
    read=tidy.text(most=60),
    fill="泊头市",
)  # fmt: skip


# ── Looking things up, many at once ───────────────────────────────────────────────────────────
def chunks(values: Iterable) -> Iterable[list]:
    values = list(dict.fromkeys(values))
    return (values[done : done + CHUNK] for done in range(0, len(values), CHUNK))


def enterprises(codes: Iterable[str]) -> dict[str, Organisation]:
    """By credit code, wherever they are."""
    rows = Organisation.objects.defer("search", "haystack")
    return {row.credit_code: row for part in chunks(codes) for row in rows.filter(credit_code__in=part)}


def hold(codes: Iterable[str]) -> None:
    """Nobody moves or changes these enterprises until the transaction ends; in one order, so that two imports do not cross."""
    for part in chunks(sorted(codes)):
        locked = Organisation.objects.select_for_update(no_key=True).filter(credit_code__in=part)
        list(locked.order_by("credit_code").values("pk"))


class Area:
    """The counties an office imports for, by any of their names."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.counties = {county.pk: county for county in Office.objects.below(office).filing()}
        self.named: dict[str, str] = {}
        for county in self.counties.values():
            for name in _names_of(county):
                self.named.setdefault(name, county.pk)

    @property
    def is_one_county(self) -> bool:
        return self.office.level == Office.Level.COUNTY

    def code(self, said: str) -> str | None:
        return self.named.get(tidy.folded(said))

    def holds(self, organisation: Organisation) -> bool:
        return organisation.office_id in self.counties

    @property
    def examples(self) -> str:
        areas = [county.area for county in self.counties.values()]
        return "、".join(areas[:4]) + ("等" if len(areas) > 4 else "")


def _names_of(county: Office) -> Iterable[str]:
    bare = re.sub("(自治)?[县市区旗]$", "", county.area)
    above = county.parent.area if county.parent_id else ""
    names = [
        county.pk,
        county.area,
        county.name,
        above + county.area,
        county.name.replace("市场监督管理局", "局"),
    ]
    return [tidy.folded(name) for name in names + ([bare] if len(bare) > 1 else [])]


def belongs_to_the_area(row: Judged, organisation: Organisation | None, area: Area) -> bool:
    """An enterprise nobody knows, or that another office looks after, is refused with the same words."""
    if organisation is not None and area.holds(organisation):
        return True
    row.refuse(
        "credit_code", "企业库里没有这家企业（或者不归本局管辖）。请核对代码；确属本局的，请先导入企业名单。"
    )
    return False


def remark_another_name(row: Judged, organisation: Organisation) -> None:
    said = row.values.get("enterprise")
    if said and tidy.folded(said) != tidy.folded(organisation.name):
        row.remark("enterprise", f"与登记的名称“{organisation.name}”不同，按登记的认。")
