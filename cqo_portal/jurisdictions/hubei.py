"""Hubei: the draft of 2021 put out for comments, and the final of 2022 as what it softened.

The final text is known from the press only; everything it is not known to change is carried over, as a reading.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from .class_hour import USUAL
from .schema import (
    AppointedBy,
    CoverageTarget,
    Discretion,
    Disqualification,
    Duty,
    Education,
    Either,
    Every,
    Experience,
    Provision,
    QualityQualification,
    Reading,
    Report,
    RulePack,
    Term,
    Title,
    Trained,
    Years,
)
from .vocabulary import (
    AccidentLevel,
    Appointer,
    DutyKind,
    ExperienceKind,
    Fault,
    FirstYear,
    Level,
    Party,
    Population,
    Rank,
    Recurrence,
    Status,
)

CLASS_1 = (
    "质量政策与法规",
    "首席质量官制度",
    "质量战略",
    "质量文化",
    "管理体系",
    "质量基础设施",
    "品牌",
    "质量经济",
)
CLASS_2 = ("卓越绩效", "方针目标", "标杆管理", "六西格玛", "精益管理", "现场管理", "质量管理小组", "质量工具")
SEPARATELY = Reading(
    "任职 21 学时一次，到任职当天为止取得的第一类学时都计入；以后补训的，以给足 21 学时的任职培训证书为凭。"
    "此后每个日历年第一类 14 学时、第二类 30 学时分别计算；任职当年不完整的只计第二类，1 月 1 日任职的为完整年度。",
    "三（二）没有写任职培训能否以后补、“继续教育”的周期，也没有写两类学时能否相抵、任职当年如何计算。",
)

TRAINING = (
    Duty(
        key="initial-class-1",
        label="任职培训（第一类内容）",
        cites="三（二）",
        kind=DutyKind.INITIAL,
        every=Recurrence.ONCE,
        hours=D(21),
        course_class=1,
        counts=CLASS_1,
        reading=SEPARATELY,
    ),
    Duty(
        key="continuing-class-1",
        label="继续教育（第一类内容）",
        cites="三（二）",
        kind=DutyKind.CONTINUING,
        every=Recurrence.CALENDAR_YEAR,
        hours=D(14),
        course_class=1,
        first_year=FirstYear.NOT_DUE,
        counts=CLASS_1,
        reading=SEPARATELY,
    ),
    Duty(
        key="continuing-class-2",
        label="继续教育（第二类内容）",
        cites="三（二）",
        kind=DutyKind.CONTINUING,
        every=Recurrence.CALENDAR_YEAR,
        hours=D(30),
        course_class=2,
        first_year=FirstYear.DUE,
        counts=CLASS_2,
        reading=SEPARATELY,
    ),
)

DISQUALIFICATIONS = (
    Disqualification(
        key="hb-2-2-1",
        label="重大失误受纪律处分，或受过刑事处分",
        cites="二（二）第二款第一项",
        faults=(Fault.GRAVE_ERROR_DISCIPLINED, Fault.CRIMINAL),
    ),
    Disqualification(
        key="hb-2-2-2",
        label="利用履职谋取不正当利益",
        cites="二（二）第二款第二项",
        faults=(Fault.PRIVATE_GAIN,),
    ),
    Disqualification(
        key="hb-2-2-3",
        label="较大以上质量安全事故并负有责任",
        cites="二（二）第二款第三项",
        faults=(Fault.ACCIDENT, Fault.ACCIDENT_OF_ORGANISATION),
        from_level=AccidentLevel.LARGER,
        only_if_responsible=True,
    ),
)

INDEPENDENT = Reading("各项比例分别计算，同一企业可以同时计入。", "目标没有写规上与中小企业的交集如何计。")
TARGETS = (
    CoverageTarget(
        of=Population.AWARD_WINNERS,
        ratio=D(1),
        by=date(2021, 12, 31),
        key="hb-1-awards",
        label="获质量奖企业聘任率",
        cites="一",
    ),
    CoverageTarget(
        of=Population.ABOVE_SCALE,
        ratio=D(1),
        by=date(2025, 12, 31),
        key="hb-1-above-scale",
        label="规模以上企业覆盖率",
        cites="一",
        reading=INDEPENDENT,
    ),
    CoverageTarget(
        of=Population.SMALL_AND_MEDIUM,
        ratio=D("0.6"),
        by=date(2025, 12, 31),
        key="hb-1-small",
        label="中小企业覆盖率",
        cites="一",
        reading=INDEPENDENT,
    ),
)

UPWARDS = Reading(
    "12 月 31 日截止锁定，县级汇总到市级，市级汇总到省级。", "三（二）只写“每年年底”，没有写县级这一环。"
)
REPORTS = (
    Report(
        by=Party.ENTERPRISE,
        to=Party.COUNTY,
        every=Recurrence.CALENDAR_YEAR,
        key="hb-3-2-enterprise",
        label="企业年度书面报告",
        cites="三（二）",
    ),
    Report(
        by=Party.COUNTY,
        to=Party.CITY,
        every=Recurrence.CALENDAR_YEAR,
        cut_off=(12, 31),
        with_roster=True,
        key="hb-3-2-county",
        label="县级年度汇总",
        cites="三（二）",
        reading=UPWARDS,
    ),
    Report(
        by=Party.CITY,
        to=Party.PROVINCE,
        every=Recurrence.CALENDAR_YEAR,
        cut_off=(12, 31),
        with_roster=True,
        key="hb-3-2-city",
        label="市级年度报告附基本情况统计表",
        cites="三（二）、附件",
        reading=Reading("统计表的栏目可以配置。", "附件只有表名，没有公布栏目。"),
    ),
)

DRAFT_2021 = RulePack(
    jurisdiction="hubei",
    label="湖北省",
    edition="hubei-2021-draft",
    title="《湖北省推进企业首席质量官制度的实施意见》（征求意见稿）",
    status=Status.DRAFT,
    in_force_from=date(2021, 1, 1),
    dating=Reading("自 2021-01-01 起适用于本平台。", "征求意见稿落款“2021年 月 日”，没有日期，取该年之初。"),
    source="湖北省质量强省工作委员会办公室征求意见稿，2021年",
    qualification=Every(
        (
            Discretion(key="law", label="热爱质量工作，熟悉法律法规与政策", cites="二（二）"),
            Discretion(key="integrity", label="职业道德与诚信", cites="二（二）"),
            Experience(
                Years(5), ExperienceKind.MANAGEMENT, key="experience", label="质量管理经历", cites="二（二）"
            ),
            Discretion(key="organising", label="沟通、协调、组织管理能力", cites="二（二）"),
            Education(Level.BACHELOR, key="education", label="本科以上学历", cites="二（二）"),
            Either(
                (
                    QualityQualification(
                        Rank.INTERMEDIATE,
                        date(2014, 12, 31),
                        key="quality-qualification",
                        label="中级及以上质量专业职业资格",
                        cites="二（二）",
                        reading=Reading(
                            "接受 2014 年底以前取得的证书。",
                            "该职业资格已于 2014 年 7 月取消，草案仍然引用；取消前取得的继续有效。",
                        ),
                    ),
                    Title(
                        Rank.ASSOCIATE_SENIOR,
                        key="title",
                        label="相关专业高级职称",
                        cites="二（二）",
                        reading=Reading("高级包括副高级与正高级。", "草案只写“高级技术职称”。"),
                    ),
                ),
                key="qualification-or-title",
                label="中级质量专业资格或高级职称",
                cites="二（二）",
            ),
            Trained(key="training", label="任职培训", cites="二（二）、三（一）"),
        )
    ),
    appointed_by=AppointedBy(
        (Appointer.TOP_MANAGER,), key="appointed-by", label="企业最高管理者聘任", cites="三（一）"
    ),
    disqualifications=DISQUALIFICATIONS,
    term=Term(normally=Years(5), key="term", label="任期", cites="三（一）"),
    training=TRAINING,
    class_hour=USUAL,
    targets=TARGETS,
    reports=REPORTS,
    provisions=(
        Provision(
            key="hb-3-1-state",
            label="国有企业",
            cites="三（一）",
            text="国有企业聘任须附有干部管理权限部门的意见。",
        ),
        Provision(
            key="hb-3-1-small",
            label="中小微企业",
            cites="三（一）",
            text="中小微企业结合实际酌情设立。",
        ),
        Provision(
            key="hb-3-2-who",
            label="谁来培训",
            cites="三（二）",
            text="企业或相关社会组织可以组织继续教育培训、考试或能力测试，并给出结论；企业应重视并鼓励参加。",
        ),
        Provision(
            key="hb-4-3",
            label="培养计划与经费",
            cites="四（三）",
            text="各地多种形式加强培训；企业制定培养计划，给予经费保障和政策支持。",
        ),
        Provision(
            key="hb-3-3",
            label="绩效考核",
            cites="三（三）",
            text="由企业自行考核，据以奖惩、留任或解聘；推行情况纳入各市州质量工作考核。",
        ),
    ),
)

# The final text asks for three years instead of five, and for a title or a degree instead of both.
FINAL = "2022年终稿（据新闻报道）"
FINAL_2022 = replace(
    DRAFT_2021,
    edition="hubei-2022",
    title="《关于推进企业首席质量官制度实施的指导意见》",
    status=Status.ASSUMED,
    in_force_from=date(2022, 10, 24),
    dating=Reading("自 2022-10-24 起适用。", "取新闻报道的发布日期，终稿文本未见。"),
    source="湖北省市场监督管理局发布，据《湖北日报》2022-10-25 报道",
    qualification=Every(
        (
            Discretion(key="law", label="熟悉质量法规与政策", cites=FINAL),
            Either(
                (
                    Education(Level.BACHELOR, key="education", label="本科以上学历", cites=FINAL),
                    Title(Rank.INTERMEDIATE, key="title", label="中级以上职称", cites=FINAL),
                ),
                key="degree-or-title",
                label="本科学历或中级职称",
                cites=FINAL,
            ),
            Experience(
                Years(3), ExperienceKind.MANAGEMENT, key="experience", label="质量管理经历", cites=FINAL
            ),
            Trained(key="training", label="任职培训", cites=FINAL),
        )
    ),
    term=None,
    readings=(
        Reading(
            "除任职条件与任期外，沿用征求意见稿的规定，整版标为推定。",
            "终稿只见于新闻报道，没有见到文本；报道未提及的条款以征求意见稿为最近的依据。",
        ),
    ),
)

EDITIONS = (DRAFT_2021, FINAL_2022)
