"""The columns of an officers' list, by all the names offices give them."""

import re

from cqo_portal.imports import tidy
from cqo_portal.imports.enterprises import CODE, NAME
from cqo_portal.imports.people import IDENTITY
from cqo_portal.imports.sheets import Cell
from cqo_portal.imports.tidy import About, Column
from cqo_portal.jurisdictions.vocabulary import Rank
from cqo_portal.parties import identifiers
from cqo_portal.parties.invalid import Invalid
from cqo_portal.parties.models import Office
from training import completions

EDUCATION = tidy.choice(
    {
        "none": ("无", "没有"),
        "secondary": ("中专", "中等专业", "中等专科", "职高", "职业高中", "技校", "中技", "中职", "中等职业"),
        "college": ("大专", "专科", "大学专科", "高职", "高等职业", "大专毕业", "高专"),
        "bachelor": ("本科", "大学本科", "大学", "学士", "全日制本科", "在职本科", "本科毕业"),
        "master": ("硕士", "硕士研究生", "研究生", "硕研"),
        "doctor": ("博士", "博士研究生", "博研"),
    },
    offered="中专、大专、本科、硕士、博士（都不是的填“无”）",
)
_RANKS = (
    (Rank.NONE, re.compile("无|没有|暂无|未评|[-/—]+")),
    (Rank.SENIOR, re.compile("正高级?|senior|(正高级|教授级|研究员级|正高).{0,6}|教授|研究员|一级.{1,4}师")),
    (Rank.ASSOCIATE_SENIOR, re.compile("副高级?|高级|associate_senior|(副高级|高级).{1,6}|副教授|副研究员|高工|高级职称")),
    (Rank.JUNIOR, re.compile("初级|junior|助理.{0,5}|初级.{1,6}|技术员|.{0,3}员级?|助工")),
    (Rank.INTERMEDIATE, re.compile("中级|intermediate|中级.{1,8}|讲师|.{0,6}师")),
)  # fmt: skip


def rank(cell: Cell, about: About) -> str:
    """职称 by its own name: 工程师, 高级经济师, 助理工程师, or by its level."""
    said = tidy.folded(cell.text)
    for level, pattern in _RANKS:
        if pattern.fullmatch(said):
            return level.value
    raise Invalid(
        f"{about.label}里没有“{cell.text.strip()[:20]}”，可填：初级、中级、副高级、正高级，或工程师这样的名称；没有的填“无”。"
    )


def training_certificate(cell: Cell, about: About) -> str:
    """A number of anybody's; one of ours as it is printed."""
    return completions.NUMBERS.as_kept(_CODE(cell, about))


_CODE = tidy.code()


def officer_columns(office: Office) -> tuple[Column, ...]:
    return (
        Column(**{**vars(NAME), "required": False}),
        CODE,
        Column(
            key="name",
            label="姓名",
            synonyms=("首席质量官姓名", "首席质量官", "人员姓名", "任职人员", "被聘任人", "聘任人员", "CQO姓名", "受聘人", "任职人姓名"),
            required=True,
            read=tidy.person_name,
            fill="王雪松",
        ),
        Column(key="sex", label="性别", read=tidy.sex, fill="男"),
        IDENTITY,
        Column(key="education", label="学历", synonyms=("最高学历", "文化程度", "学历层次"), read=EDUCATION, fill="本科"),
        Column(key="title", label="职称", synonyms=("职称等级", "专业技术职称", "技术职称", "专业技术职务", "职称级别", "专业技术资格"), read=rank, fill="工程师"),
        Column(key="post", label="现任职务", synonyms=("职务", "行政职务", "任职职务", "现职务", "岗位", "在企业任职"), read=tidy.text(most=100), fill="副总经理"),
        Column(
            key="quality_since",
            label="从事质量工作起始时间",
            synonyms=("从事质量工作时间", "开始从事质量工作时间", "质量工作起始时间", "从事质量管理工作时间", "从事质量管理起始时间",
                      "参加质量工作时间", "从事质量管理工作起始时间"),
            read=tidy.month,
            fill="2018-06",
        ),
        Column(
            key="appointed_on",
            label="聘任日期",
            synonyms=("任职日期", "聘任时间", "任命日期", "任命时间", "任职时间", "聘用日期", "起聘日期", "授权日期", "任职起始日期", "聘任起始日期"),
            required=True,
            read=tidy.day,
            fill="2026-03-05",
        ),
        Column(key="term_years", label="任期（年）", synonyms=("任期", "聘期", "任期年数", "任期年限", "聘任年限", "聘任期限"), read=tidy.count(least=1, most=20), fill="3"),
        Column(key="term_ends", label="任期至", synonyms=("任期届满", "任期截止", "任期截止日期", "聘期至", "到期日期", "任期届满日期", "聘任截止日期", "任期终止日期"), read=tidy.day, fill="2029-03-04"),
        Column(key="certificate", label="培训证书编号", synonyms=("培训证书号", "证书编号", "任职培训证书编号", "培训合格证编号", "合格证编号"), read=training_certificate, fill="PX00583195"),
        Column(key="phone", label="联系电话", synonyms=("电话", "手机", "手机号", "手机号码", "联系方式", "移动电话", "本人电话"), sealed=True, mask=identifiers.masked_phone, read=tidy.phone, fill="13800138000"),
        Column(key="filing_number", label="备案号", synonyms=("备案编号", "备案文号", "登记号"), read=tidy.code(most=40), fill="原有备案号，可不填"),
        Column(key="filed_on", label="备案日期", synonyms=("备案时间",), read=tidy.day),
        Column(key="in_decision_layer", label="是否决策层", synonyms=("决策层", "是否在决策层", "是否高管", "是否为决策层"), read=tidy.yes_no, fill="是"),
        Column(key="is_top_manager", label="是否最高管理者", synonyms=("最高管理者", "最高管理者本人", "是否最高管理者兼任"), read=tidy.yes_no, fill="否"),
        Column(key="is_safety_director", label="是否兼任质量安全总监", synonyms=("质量安全总监", "兼任质量安全总监", "是否质量安全总监"), read=tidy.yes_no, fill="否"),
    )  # fmt: skip
