"""Hangzhou: 企业首席质量官管理规范. The enterprise appraises its own officer (table A.1); 40 hours a year.

The source prints no clause numbers outside the table: chapters are cited by their titles.
"""

from datetime import date
from decimal import Decimal as D

from .class_hour import USUAL
from .schema import (
    AppointedBy,
    AppraisalGroup,
    AppraisalItem,
    AppraisalScheme,
    Discretion,
    Duty,
    Education,
    Either,
    Every,
    Experience,
    Provision,
    QualityQualification,
    Reading,
    RulePack,
    Title,
    Trained,
    Years,
)
from .vocabulary import Appointer, DutyKind, ExperienceKind, Level, Rank, Recurrence, Status

BROKEN_OFF = "所据文本的表 A.1 在 5.4 处中断，第 5 项没有分值，第 4 项没有小项分值。"

APPRAISAL = AppraisalScheme(
    key="appraisal",
    label="企业自行评价（表 A.1）",
    cites="考核与评价、表 A.1",
    total=D(100),
    known=D(75),
    outcomes=("续聘", "解聘", "奖惩"),
    reading=Reading(
        "第 4 项按 5 分、第 5 项按 20 分，合计 100 分，标为推定；结果同时列出“已知部分 / 75”。"
        "没有等级和及格线，按日历年评价，由企业作出续聘、解聘、奖惩的决定。",
        BROKEN_OFF,
    ),
    groups=(
        AppraisalGroup(
            "1",
            "任职能力",
            D(19),
            (
                AppraisalItem("1.1", "质量管理经历满 3 年", D(3), fact="experience"),
                AppraisalItem("1.2", "本科及以上学历", D(3), fact="education"),
                AppraisalItem("1.3", "沟通、协调、组织管理能力", D(4)),
                AppraisalItem("1.4", "质量管理知识和实践经验", D(4)),
                AppraisalItem("1.5", "中级以上专业技术或管理职业资格", D(5), fact="title"),
            ),
            "表 A.1 第 1 项",
        ),
        AppraisalGroup(
            "2",
            "职业素养",
            D(16),
            (
                AppraisalItem("2.1", "操守与专业素养，及时报告问题隐患", D(4)),
                AppraisalItem("2.2", "独立履职，主动回避利益冲突", D(4)),
                AppraisalItem("2.3", "保守企业与合作伙伴的秘密", D(4)),
                AppraisalItem("2.4", "参加义务咨询与公益活动", D(4)),
            ),
            "表 A.1 第 2 项",
        ),
        AppraisalGroup(
            "3",
            "履行职责",
            D(40),
            (
                AppraisalItem("3.1", "质量品牌战略、规划和计划", D(5)),
                AppraisalItem("3.2", "产品（服务）检控与质量安全", D(5)),
                AppraisalItem("3.3", "质量管理体系、奖励制度与先进方法", D(5)),
                AppraisalItem("3.4", "质量创新、改进、攻关、比对", D(5)),
                AppraisalItem("3.5", "质量人才培训与顾客满意度测量", D(5)),
                AppraisalItem("3.6", "质量文化创建与推进", D(5)),
                AppraisalItem("3.7", "缺陷产品召回制度与配合监管", D(5)),
                AppraisalItem("3.8", "经验和案例的总结提炼", D(5)),
            ),
            "表 A.1 第 3 项",
        ),
        AppraisalGroup(
            "4",
            "参加培训",
            D(5),
            (
                AppraisalItem("4.1", "参加任职培训并取得合格证书", D(2), fact="certificate"),
                AppraisalItem("4.2", "当年培训累计不少于 40 学时", D(3), fact="hours"),
            ),
            "表 A.1 第 4 项（续表）",
            assumed=Reading("5 分分为 2 分与 3 分。", BROKEN_OFF),
        ),
        AppraisalGroup(
            "5",
            "研究成果",
            D(20),
            (
                AppraisalItem("5.1", "个人获奖", D(5)),
                AppraisalItem("5.2", "专利及软件著作权", D(5)),
                AppraisalItem("5.3", "标准制修订", D(5)),
                AppraisalItem("5.4", "论文著作", D(5)),
            ),
            "表 A.1 第 5 项（续表）",
            assumed=Reading("四个小项各 5 分，共 20 分。", BROKEN_OFF),
        ),
    ),
)

DRAFT_2021 = RulePack(
    jurisdiction="hangzhou",
    label="杭州市",
    edition="hangzhou-2021-draft",
    title="《企业首席质量官管理规范》（杭州市地方标准草案文本）",
    status=Status.DRAFT,
    in_force_from=date(2021, 1, 1),
    dating=Reading(
        "自 2021-01-01 起适用于本平台。",
        "文本没有编号和日期；它按 2020 年版的标准起草规则编写，取次年之初。",
    ),
    source="杭州市市场监督管理局提出并归口，《企业首席质量官管理规范》（文本止于表 A.1 的 5.4）",
    qualification=Every(
        (
            Experience(
                Years(3),
                ExperienceKind.MANAGEMENT,
                key="experience",
                label="质量管理经历",
                cites="任职资格·任职能力",
            ),
            Education(Level.BACHELOR, key="education", label="本科及以上学历", cites="任职资格·任职能力"),
            Discretion(key="organising", label="沟通、协调、组织管理能力", cites="任职资格·任职能力"),
            Discretion(key="knowledge", label="质量管理知识和实践经验", cites="任职资格·任职能力"),
            Either(
                (
                    Title(Rank.INTERMEDIATE, key="title", label="中级以上职称", cites="任职资格·任职能力"),
                    QualityQualification(
                        Rank.INTERMEDIATE,
                        date(2014, 12, 31),
                        key="quality-qualification",
                        label="中级以上质量专业职业资格",
                        cites="任职资格·任职能力",
                        reading=Reading(
                            "接受 2014 年底以前取得的证书。",
                            "该职业资格已于 2014 年 7 月取消，此后不再颁发。",
                        ),
                    ),
                ),
                key="title-or-qualification",
                label="中级专业技术或管理职业资格",
                cites="任职资格·任职能力",
            ),
            Discretion(key="integrity", label="职业素养", cites="任职资格·职业素养"),
            Trained(key="training", label="首席质量官培训合格证书", cites="聘用与培训·培训"),
        )
    ),
    appointed_by=AppointedBy(
        (Appointer.GENERAL_MANAGER, Appointer.SUPERIOR_ORGANISATION),
        key="appointed-by",
        label="总经理（总裁）聘任授权",
        cites="术语和定义、聘用与培训·聘用",
    ),
    class_hour=USUAL,
    training=(
        Duty(
            key="initial",
            label="首席质量官培训并取得合格证书",
            cites="聘用与培训·培训",
            kind=DutyKind.INITIAL,
            every=Recurrence.ONCE,
            certificate=True,
        ),
        Duty(
            key="continuing",
            label="每年培训累计不少于 40 学时",
            cites="聘用与培训·培训",
            kind=DutyKind.CONTINUING,
            every=Recurrence.CALENDAR_YEAR,
            hours=D(40),
            counts=("线上培训", "线下培训"),
            organisers="具备首席质量官培训资质的机构",
            reading=Reading(
                "按日历年计，线上线下合并计算；任职当年不折算。质量管理部门自己举办的同样计入；"
                "自报的由确认的一方核对主办单位的资质。",
                "文本只写“每年”“累计”，没有写年度起止和任职当年，也没有写由谁认定资质。",
            ),
        ),
    ),
    appraisal=APPRAISAL,
    provisions=(
        Provision(
            key="hz-hiring",
            label="选聘",
            cites="聘用与培训·聘用",
            text="公开择优，测评后试用；可以外聘、内选，或由上级组织任命。",
        ),
        Provision(
            key="hz-removal",
            label="调整岗位",
            cites="考核与评价",
            text="不能履职、达不到要求或失信的，由企业调整岗位。",
        ),
    ),
)

EDITIONS = (DRAFT_2021,)
