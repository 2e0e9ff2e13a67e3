"""A county's or city's list of enterprises → the register's enterprises, with size and sector computed."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from import_export.fields import Field

from cqo_portal.imports import tidy
from cqo_portal.imports.catalogue import Errand
from cqo_portal.imports.enterprises import CODE, COUNTY, NAME, Area, enterprises
from cqo_portal.imports.reading import Judged
from cqo_portal.imports.resources import ResourceWork, RowResource
from cqo_portal.imports.tidy import Column
from cqo_portal.jurisdictions.vocabulary import Sector, Size
from cqo_portal.parties import size
from cqo_portal.parties.invalid import Invalid
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.reference.models import Industry
from registry.importing.facts import Facts

INDUSTRY = Column(
    key="industry",
    label="行业代码",
    synonyms=("行业", "行业类别", "所属行业", "行业大类", "行业名称", "国民经济行业", "国民经济行业代码", "主营行业", "行业小类",
              "行业分类", "行业类别代码", "行业门类"),
    read=tidy.code(most=60),
    fill="33",
)  # fmt: skip


def enterprise_columns(office: Office) -> tuple[Column, ...]:
    """A county need not say which county."""
    in_a_county = office.level == Office.Level.COUNTY
    county = COUNTY if not in_a_county else Column(**{**vars(COUNTY), "required": False})
    return (
        NAME,
        CODE,
        county,
        INDUSTRY,
        Column(
            key="persons",
            label="从业人员（人）",
            synonyms=("从业人数", "职工人数", "员工人数", "从业人员数", "从业人员期末人数", "人数", "从业人员平均人数",
                      "期末从业人数", "用工人数", "员工数"),
            read=tidy.count(),
            fill="350",
        ),
        Column(
            key="revenue",
            label="营业收入（万元）",
            synonyms=("营收", "主营业务收入", "年营业收入", "营业收入总额", "销售收入", "营业总收入", "年销售额", "销售额", "产值收入"),
            money=True,
            read=tidy.amount,
            fill="8000",
        ),
        Column(
            key="assets",
            label="资产总额（万元）",
            synonyms=("资产总计", "总资产", "资产", "资产合计", "年末资产总额"),
            money=True,
            read=tidy.amount,
            fill="5600.5",
        ),
    )  # fmt: skip


FIGURES = ("persons", "revenue", "assets")


class OrganisationResource(RowResource):
    office = Field(attribute="office_id", column_name="office")

    class Meta(RowResource.Meta):
        model = Organisation
        fields = (
            "credit_code",
            "name",
            "office",
            "industry",
            "persons",
            "revenue",
            "assets",
            "size",
            "size_year",
            "sector",
        )
        import_id_fields = ("credit_code",)

    def key_of(self, row: Mapping) -> Hashable:
        return row["credit_code"]

    def shown(self, field, value: str) -> str:
        """The word for a code that people never see."""
        scale = {"size": Size, "sector": Sector}.get(field.attribute)
        return next((member.label for member in scale or () if member.value == value), value)


class EnterpriseWork(ResourceWork):
    resource = OrganisationResource

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        self.area = Area(errand.office)
        self.industries = Industries()
        self.year = errand.year or errand.today.year - 1
        self.standing: Mapping[Hashable, Organisation] = {}

    def title_of(self, row: Judged) -> str:
        return str(row.values.get("enterprise") or row.values.get("credit_code") or "")

    def judge(self, rows: Sequence[Judged]) -> None:
        known = enterprises(row.values["credit_code"] for row in rows if row.is_sound("credit_code"))
        for row in rows:
            self._judge_county(row)
            self._judge_industry(row)
            standing = known.get(row.values["credit_code"]) if row.is_sound("credit_code") else None
            if standing:
                self._judge_standing(row, standing)
            self._judge_size(row, standing)

    def _judge_county(self, row: Judged) -> None:
        said = row.values.get("county")
        if said is None:
            if self.area.is_one_county:
                row.values["county"] = self.errand.office.pk
            return
        if code := self.area.code(str(said)):
            row.values["county"] = code
        else:
            row.refuse(
                "county", f"没有找到县（市、区）“{said}”，或者不归本局管辖。可填：{self.area.examples}。"
            )

    def _judge_industry(self, row: Judged) -> None:
        if not row.is_sound("industry"):
            return
        try:
            row.values["industry"] = self.industries.division(str(row.values["industry"]))
        except Invalid as refusal:
            row.refuse("industry", str(refusal))

    def _judge_standing(self, row: Judged, standing: Organisation) -> None:
        if not self.area.holds(standing):
            row.refuse(
                "credit_code", "这家企业已由别的机构登记管辖，不能在这里导入；要迁来本局，请办管辖变更。"
            )
        elif row.values.get("county") not in (None, standing.office_id):
            row.values["county"] = standing.office_id
            now = self.area.counties[standing.office_id].area
            row.remark("county", f"企业现在归{now}管辖，导入不改变管辖；要改，请办管辖变更。")

    def _judge_size(self, row: Judged, standing: Organisation | None) -> None:
        """By what the row says, and for its blanks by what stands already."""
        industry = row.values.get("industry") or (standing.industry if standing else None)
        told = [row.values.get(name) for name in ("industry", *FIGURES)]
        if row.refused or not industry or not any(value is not None for value in told):
            return
        figures = {name: _figure(name, row, standing) for name in FIGURES}
        row.values |= _sized(str(industry), figures, remark=lambda said: row.remark("industry", said))

    def known(self, rows: Sequence[Judged]) -> Mapping[Hashable, Any]:
        self.standing = enterprises(row.values["credit_code"] for row in rows)
        return self.standing

    def row_of(self, row: Judged) -> dict:
        """Columns of the table; what was blank is not there. A year goes with a size, a county with a new enterprise only."""
        said = {
            name: row.values.get(name) for name in ("credit_code", "industry", "persons", "revenue", "assets")
        }
        said |= {"name": row.values["enterprise"]}
        said |= {} if said["credit_code"] in self.standing else {"office": row.values.get("county")}
        said |= {name: row.values.get(name) for name in ("size", "sector")}
        said["size_year"] = self.year if said["size"] else None
        return {name: value for name, value in said.items() if value is not None}

    def apply(self, rows: Sequence[Judged], *, tell: Callable[[int], None]) -> None:
        facts = Facts(self.errand)
        for done, (_, _, result) in enumerate(self._through(rows, dry_run=False), start=1):
            before = result.original if result.import_type == "update" else None
            if result.import_type in ("new", "update"):
                facts.of_an_enterprise(result.instance, before=before)
            if done % 100 == 0:
                tell(done)
        facts.enter()


def _figure(name: str, row: Judged, standing: Organisation | None) -> Decimal | None:
    said = row.values.get(name)
    said = getattr(standing, name, None) if said is None else said
    return None if said is None else Decimal(str(said))


def _sized(
    industry: str, figures: Mapping[str, Decimal | None], *, remark: Callable[[str], None]
) -> dict[str, str]:
    found = {"sector": size.sector(industry).value}
    try:
        return found | {"size": size.classify(industry, **figures).size.value}
    except size.Unclear as unclear:
        remark(f"规模未能划分：{unclear}")
        return found | {"size": Size.UNCLASSIFIED.value}


class Industries:
    """GB/T 4754 by code or name, down to what the size table tells apart (a division, or a group of 70)."""

    def __init__(self) -> None:
        rows = list(Industry.objects.values_list("code", "name", "level"))
        self.codes = {code for code, _, _ in rows}
        self.named: dict[str, str] = {}
        for code, name, level in sorted(rows, key=lambda row: row[2]):
            if level > Industry.Level.SECTION:
                self.named.setdefault(tidy.folded(name), code)

    def division(self, said: str) -> str:
        """`3311`, `C33`, `33 金属制品业`, `金属制品业` → 33. Raises `Invalid`."""
        text = tidy.folded(said).upper()
        found = re.match(r"([A-T]?)([0-9]{1,4})(?![0-9])", text)
        digits = found[2] if found else self.named.get(tidy.folded(said), "")
        if len(digits) == 1 or (digits not in self.codes and f"0{digits}" in self.codes):
            digits = f"0{digits}"  # a spreadsheet took 0111 for a number
        if digits not in self.codes:
            raise Invalid(
                f"行业“{said[:20]}”不在 GB/T 4754 里，或者只到门类；请填大类代码，例如 33（金属制品业）。"
            )
        try:
            place = size.industry_of(digits)
            if found and found[1]:
                size.industry_of(found[1] + digits)
        except size.Unclear as unclear:
            raise Invalid(str(unclear)) from unclear
        return digits[:3] if place.division == "70" and len(digits) > 2 else digits[:2]
