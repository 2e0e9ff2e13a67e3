"""The yearly lists by import: who is above scale, who won which award. A list says nothing new of the enterprise itself."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from import_export.fields import Field

from cqo_portal.imports import tidy
from cqo_portal.imports.catalogue import SAME, Consequence, Errand, Kind, add
from cqo_portal.imports.enterprises import (
    CODE,
    NAME,
    Area,
    belongs_to_the_area,
    chunks,
    enterprises,
    remark_another_name,
)
from cqo_portal.imports.permissions import works_at_an_office
from cqo_portal.imports.reading import Judged
from cqo_portal.imports.resources import ResourceWork, RowResource
from cqo_portal.imports.tidy import Column
from cqo_portal.parties import size
from cqo_portal.parties.models import Office, Organisation
from registry.lists.models import AboveScale, Award

_NAME_IF_KNOWN = Column(**{**vars(NAME), "required": False})
_DOCUMENT = Column(
    key="document",
    label="依据文件",
    synonyms=("文号", "文件", "文件号", "依据", "公布文件", "表彰文件"),
    read=tidy.text(most=200),
    fill="沧统〔2026〕8号",
)
INDUSTRY_SECTIONS = frozenset("BCD")


class ListWork(ResourceWork):
    """Rows that name an enterprise of the area by its code."""

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        self.area = Area(errand.office)
        self.organisations: dict[str, Organisation] = {}

    def title_of(self, row: Judged) -> str:
        return str(row.values.get("enterprise") or row.values.get("credit_code") or "")

    def judge(self, rows: Sequence[Judged]) -> None:
        self._look_up(rows)
        for row in rows:
            if row.is_sound("credit_code"):
                organisation = self.organisations.get(str(row.values["credit_code"]))
                if belongs_to_the_area(row, organisation, self.area):
                    remark_another_name(row, organisation)
                    row.values["enterprise"] = organisation.name
                    self.judge_entry(row, organisation)

    def judge_entry(self, row: Judged, organisation: Organisation) -> None:
        raise NotImplementedError

    def _look_up(self, rows: Sequence[Judged]) -> None:
        self.organisations = enterprises(
            row.values["credit_code"] for row in rows if row.is_sound("credit_code")
        )

    def _of(self, row: Judged) -> Organisation:
        return self.organisations[str(row.values["credit_code"])]

    def plan(self, rows: Sequence[Judged]) -> list[Consequence]:
        self._look_up(rows)
        return super().plan(rows)

    def apply(self, rows: Sequence[Judged], *, tell) -> None:
        self._look_up(rows)
        super().apply(rows, tell=tell)

    def common(self, row: Judged) -> dict:
        """What every entry of a list has; its source goes in with a new one only."""
        said = {"organisation": self._of(row).pk, "year": row.values["year"]}
        return said | ({"document": row.values["document"]} if row.values.get("document") else {})


class ListResource(RowResource):
    organisation = Field(attribute="organisation_id", column_name="organisation")

    def before_save_instance(self, instance, row, **kwargs) -> None:
        super().before_save_instance(instance, row, **kwargs)
        if instance._state.adding:
            instance.run_id, instance.by = self.errand.run, self.errand.by


# ── Above scale ───────────────────────────────────────────────────────────────────────────────
def above_scale_columns(office: Office) -> tuple[Column, ...]:
    return (
        _NAME_IF_KNOWN,
        CODE,
        Column(
            key="kind",
            label="类别",
            synonyms=("规上类别", "单位类别", "规上类型", "类型", "专业类别", "统计专业"),
            read=tidy.choice(
                {
                    "industry": ("工业", "规上工业", "规模以上工业"),
                    "services": ("服务业", "规上服务业", "规模以上服务业"),
                },
                offered="工业、服务业",
            ),
            fill="工业",
        ),
        Column(
            key="listed",
            label="是否规上",
            synonyms=("规上", "是否规模以上", "规模以上", "是否规上企业", "是否四上企业"),
            read=tidy.yes_no,
            fill="是",
        ),
        Column(
            key="industry",
            label="行业代码",
            synonyms=("行业", "所属行业", "国民经济行业代码", "行业类别"),
            read=tidy.code(most=60),
            fill="33",
        ),
        _DOCUMENT,
    )


class AboveScaleResource(ListResource):
    class Meta(RowResource.Meta):
        model = AboveScale
        fields = ("organisation", "year", "kind", "document")
        import_id_fields = ("organisation", "year", "kind")

    def key_of(self, row: Mapping) -> Hashable:
        return row["organisation"], row["kind"]


class AboveScaleWork(ListWork):
    resource = AboveScaleResource

    def judge_entry(self, row: Judged, organisation: Organisation) -> None:
        row.values["year"] = self.errand.year
        if row.values.get("listed") == "no":
            row.values["kind"] = row.values.get("kind") or "industry"
            row.remark("listed", "表里写的是“否”，不列入名单。")
        elif row.values.get("kind") is None and not row.refused:
            self._kind_by_industry(row, organisation)

    def _kind_by_industry(self, row: Judged, organisation: Organisation) -> None:
        said = str(row.values.get("industry") or organisation.industry or "")
        try:
            section = size.industry_of(tidy.folded(said).upper()).section.letter
        except size.Unclear:
            row.refuse("credit_code", "看不出是工业还是服务业：表里没有类别，也没有行业。请加一列“类别”。")
            return
        row.values["kind"] = "industry" if section in INDUSTRY_SECTIONS else "services"

    def known(self, rows: Sequence[Judged]) -> Mapping[Hashable, Any]:
        found = {}
        for part in chunks(self._of(row).pk for row in rows):
            for entry in AboveScale.objects.of(self.errand.year).filter(organisation__in=part):
                found[entry.organisation_id, entry.kind] = entry
        return found

    def row_of(self, row: Judged) -> dict:
        return self.common(row) | {"kind": row.values["kind"]}

    def plan(self, rows: Sequence[Judged]) -> list[Consequence]:
        told = super().plan(rows)
        return [
            Consequence(SAME, (), follows.title) if row.values.get("listed") == "no" else follows
            for row, follows in zip(rows, told, strict=True)
        ]

    def apply(self, rows: Sequence[Judged], *, tell) -> None:
        super().apply([row for row in rows if row.values.get("listed") != "no"], tell=tell)


# ── Awards ────────────────────────────────────────────────────────────────────────────────────
LEVEL_WORDS = (
    (Award.Level.NATIONAL, ("中国", "全国", "国家")),
    (Award.Level.PROVINCE, ("省",)),
    (Award.Level.CITY, ("市长", "市级", "市")),
    (Award.Level.COUNTY, ("县", "区")),
)


def award_columns(office: Office) -> tuple[Column, ...]:
    return (
        _NAME_IF_KNOWN,
        CODE,
        Column(
            key="award",
            label="奖项",
            synonyms=(
                "奖项名称",
                "获奖名称",
                "奖励名称",
                "质量奖",
                "质量奖名称",
                "荣誉名称",
                "获奖情况",
                "质量奖情况",
            ),
            required=True,
            read=tidy.text(most=100),
            fill="沧州市市长质量奖",
        ),
        Column(
            key="level",
            label="级别",
            synonyms=("奖项级别", "获奖级别", "奖励级别", "等级"),
            read=tidy.choice(
                {
                    "national": ("国家级", "国家"),
                    "province": ("省级", "省"),
                    "city": ("市级", "市"),
                    "county": ("县级", "县", "区级", "县区级"),
                },
                offered="国家级、省级、市级、县级",
            ),
            fill="市级",
        ),
        Column(
            key="year",
            label="获奖年度",
            synonyms=("年度", "获奖年份", "年份", "获奖时间", "授奖年度", "授予年度"),
            read=tidy.year,
            fill="2026",
        ),
        Column(
            key="granted_by",
            label="授奖单位",
            synonyms=("颁奖单位", "授予单位", "授予机关", "颁发单位", "表彰单位"),
            read=tidy.text(most=100),
            fill="沧州市人民政府",
        ),
        _DOCUMENT,
    )


class AwardResource(ListResource):
    class Meta(RowResource.Meta):
        model = Award
        fields = ("organisation", "year", "name", "level", "granted_by", "document")
        import_id_fields = ("organisation", "year", "name")

    def key_of(self, row: Mapping) -> Hashable:
        return row["organisation"], row["year"], row["name"]

    def shown(self, field, value: str) -> str:
        return dict(Award.Level.choices).get(value, value) if field.attribute == "level" else value


class AwardWork(ListWork):
    resource = AwardResource

    def judge_entry(self, row: Judged, organisation: Organisation) -> None:
        row.values["year"] = row.values.get("year") or self.errand.year
        if row.values.get("level") is None and row.is_sound("award"):
            self._level_by_name(row)

    def _level_by_name(self, row: Judged) -> None:
        name = str(row.values["award"])
        level = next((level for level, words in LEVEL_WORDS if any(word in name for word in words)), None)
        if level is None:
            row.refuse("award", "从奖项名称看不出级别，请加一列“级别”，填国家级、省级、市级或县级。")
        else:
            row.values["level"] = level.value

    def known(self, rows: Sequence[Judged]) -> Mapping[Hashable, Any]:
        found = {}
        for part in chunks(self._of(row).pk for row in rows):
            for entry in Award.objects.standing().filter(organisation__in=part):
                found[entry.organisation_id, entry.year, entry.name] = entry
        return found

    def row_of(self, row: Judged) -> dict:
        said = {"name": row.values["award"], "level": row.values["level"]}
        said |= {"granted_by": row.values["granted_by"]} if row.values.get("granted_by") else {}
        return self.common(row) | said


add(
    Kind(
        code="above-scale",
        place=3,
        label="规上企业名单",
        about="某一年度的规模以上工业、服务业企业；有“是否规上”一列的，只列入写“是”的。",
        columns=above_scale_columns,
        unique=("credit_code",),
        doubled="与第 {number} 行的代码重复。",
        allowed=works_at_an_office,
        work=AboveScaleWork,
        asks_year=True,
        leads_to="lists:index",
    ),
    Kind(
        code="awards",
        place=4,
        label="质量奖名单",
        about="获质量奖的企业、奖项、级别和年度。",
        columns=award_columns,
        unique=("year", "award", "credit_code"),
        doubled="与第 {number} 行是同一企业的同一奖项。",
        allowed=works_at_an_office,
        work=AwardWork,
        asks_year=True,
        leads_to="lists:index",
    ),
)
