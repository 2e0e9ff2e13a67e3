"""Fujian: 福建省企业首席质量官管理办法（试行）, 闽质监质〔2014〕286号. Requirements by size of enterprise."""

from datetime import date

from .class_hour import USUAL
from .schema import (
    AppointedBy,
    BySize,
    Commissioning,
    Discretion,
    Disqualification,
    Duty,
    Education,
    Every,
    Experience,
    ForSizes,
    Provision,
    Reading,
    Report,
    RulePack,
    TalentPool,
    Title,
    Trained,
    Years,
)
from .vocabulary import (
    Appointer,
    DutyKind,
    ExperienceKind,
    Fault,
    Level,
    Party,
    PoolBasis,
    Rank,
    Recurrence,
    Size,
    Status,
    Tier,
)

LARGE_AND_MEDIUM = Every(
    (
        Education(Level.BACHELOR, key="education", label="本科以上学历", cites="第五条（三）"),
        Title(Rank.INTERMEDIATE, key="title", label="中级及以上职称", cites="第五条（三）"),
        Experience(
            Years(5), ExperienceKind.WORK, key="experience", label="质量工作经历", cites="第五条（三）"
        ),
    )
)
SMALL_AND_MICRO = Every(
    (
        Education(Level.SECONDARY, key="education", label="中专以上学历", cites="第五条（四）"),
        Title(Rank.JUNIOR, key="title", label="初级及以上职称", cites="第五条（四）"),
        Experience(
            Years(3), ExperienceKind.WORK, key="experience", label="质量工作经历", cites="第五条（四）"
        ),
    )
)

TRIAL_2014 = RulePack(
    jurisdiction="fujian",
    label="福建省",
    edition="fujian-2014",
    title="《福建省企业首席质量官管理办法（试行）》",
    status=Status.TRIAL,
    in_force_from=date(2014, 12, 8),
    dating=Reading("自印发之日 2014-12-08 起适用。", "文本没有施行日期，取印发通知的落款日期。"),
    source="福建省质量技术监督局，闽质监质〔2014〕286号，2014-12-08",
    qualification=Every(
        (
            Discretion(key="integrity", label="职业道德与诚信", cites="第五条（一）"),
            Discretion(key="law", label="熟悉质量法律法规和政策", cites="第五条（二）"),
            BySize(
                key="by-size",
                cases=(
                    ForSizes("large-medium", frozenset({Size.LARGE, Size.MEDIUM}), LARGE_AND_MEDIUM),
                    ForSizes("small-micro", frozenset({Size.SMALL, Size.MICRO}), SMALL_AND_MICRO),
                ),
                unclassified=Reading(
                    "规模未划分的，适用较严的大中型要求；审查人员可以附理由另作决定。",
                    "第五条（三）（四）只分大中型与小微，没有写规模无法划分的企业。",
                ),
            ),
            Trained(key="training", label="质监部门组织的任职培训", cites="第五条（五）"),
        )
    ),
    appointed_by=AppointedBy(
        (Appointer.LEGAL_REPRESENTATIVE,), key="appointed-by", label="法定代表人聘任", cites="第二条"
    ),
    disqualifications=(
        Disqualification(
            key="fj-6-1",
            label="重大失误、谋取不正当利益或受刑事处分",
            cites="第六条（一）",
            faults=(
                Fault.GRAVE_ERROR,
                Fault.GRAVE_ERROR_DISCIPLINED,
                Fault.PRIVATE_GAIN,
                Fault.CRIMINAL,
            ),
        ),
        Disqualification(
            key="fj-6-2",
            label="利用履职谋取不正当利益",
            cites="第六条（二）",
            faults=(Fault.PRIVATE_GAIN,),
        ),
        Disqualification(
            key="fj-6-3",
            label="滥用职权干预企业经营",
            cites="第六条（三）",
            faults=(Fault.ABUSE_OF_OFFICE,),
        ),
        Disqualification(
            key="fj-6-4",
            label="泄露企业或合作伙伴的秘密",
            cites="第六条（四）",
            faults=(Fault.DISCLOSURE,),
        ),
        Disqualification(
            key="fj-6-5",
            label="其他损害企业或合作伙伴权益的行为",
            cites="第六条（五）",
            faults=(Fault.OTHER_HARM,),
        ),
    ),
    class_hour=USUAL,
    training=(
        Duty(
            key="initial",
            label="任职培训并取得结业证书",
            cites="第五条（五）、第十二条",
            kind=DutyKind.INITIAL,
            every=Recurrence.ONCE,
            certificate=True,
            reading=Reading(
                "以培训机构的结业证书为凭。", "第五条（五）只写经过培训并符合要求，第十二条才写结业证书。"
            ),
        ),
    ),
    reports=(
        Report(
            by=Party.PROVIDER,
            to=Party.PROVINCE,
            every=Recurrence.PROMPTLY,
            key="fj-10-courses",
            label="培训与发证情况报备",
            cites="第十条",
        ),
        Report(
            by=Party.PROVIDER,
            to=Party.PROVINCE,
            every=Recurrence.CALENDAR_YEAR,
            key="fj-10-yearly",
            label="培训机构年度工作情况报告",
            cites="第十条",
        ),
        Report(
            by=Party.CITY,
            to=Party.PROVINCE,
            every=Recurrence.PROMPTLY,
            key="fj-3",
            label="制度落实情况报备",
            cites="第三条",
        ),
    ),
    commissioning=Commissioning(
        key="fj-9", label="省局统一规划，委托具备资格的培训机构", cites="第九条", tier=Tier.PROVINCE
    ),
    pool=TalentPool(basis=PoolBasis.TRAINED, key="fj-12", label="首席质量官人才库", cites="第十二条"),
    provisions=(
        Provision(
            key="fj-2",
            label="培训与发证",
            cites="第二条",
            text="主管部门组织培训，符合条件的培训机构发证。",
        ),
        Provision(
            key="fj-11",
            label="企业重视培训",
            cites="第十一条",
            text="企业应重视质量人才的教育培训，鼓励质量管理人员参加首席质量官培训。",
        ),
        Provision(
            key="fj-13",
            label="津贴与经费",
            cites="第十三条",
            text="鼓励岗位津贴与绩效挂钩，保证工作与继续教育经费。",
        ),
        Provision(
            key="fj-14",
            label="评价中的分量",
            cites="第十四条",
            text="设立首席质量官列入名牌、质量信用与质量奖励的评价内容。",
        ),
    ),
)

EDITIONS = (TRIAL_2014,)
