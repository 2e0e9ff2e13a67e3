"""Cangzhou: 沧州市企业首席质量官管理办法. County pre-review, city filing, changes within a month.

Numbering as printed: there is no article 11 (an unnumbered paragraph follows article 10: 第十条第二款), and two
articles are numbered 15 (`cz-15a` 教育培训, `cz-15b` 人才建设).
"""

from datetime import date
from decimal import Decimal as D

from .class_hour import USUAL
from .schema import (
    AppointedBy,
    ChangeReport,
    CoverageTarget,
    Discretion,
    Duty,
    Education,
    Either,
    Every,
    Experience,
    Months,
    OfficerDecides,
    OfficeTraining,
    Provision,
    Reading,
    Route,
    RulePack,
    Step,
    TalentPool,
    Term,
    Title,
    Trained,
    Way,
    Years,
)
from .vocabulary import (
    Act,
    Appointer,
    Channel,
    DutyKind,
    ExperienceKind,
    Level,
    PoolBasis,
    Population,
    Rank,
    Recurrence,
    Status,
    Tier,
)

DEGREE_OR_TITLE = OfficerDecides(
    part=Either(
        (
            Title(Rank.INTERMEDIATE, key="title", label="中级以上职称", cites="第六条"),
            Education(
                Level.BACHELOR,
                key="education",
                label="本科以上学历",
                cites="第六条",
                reading=Reading("“大学以上学历”按本科及以上理解。", "第六条没有说明大专是否属于“大学”。"),
            ),
        ),
        key="degree-or-title",
        label="本科学历或中级职称",
        cites="第六条",
    ),
    where=Education(Level.COLLEGE, key="college", label="大专学历", cites="第六条"),
    reading=Reading(
        "大专学历而没有中级职称的，由备案人员裁量，不自动判为不符合。",
        "第六条的“大学以上”可以读作包含大学专科，字面不足以自动拒绝。",
    ),
)

ROUTE = Route(
    key="route",
    label="备案",
    cites="第四章",
    reading=Reading(
        "备案是信息登记，不是许可：只审完整性和第六条；不符合的以退回方式指明条款，"
        "企业可以说明理由坚持申报，由备案人员附理由决定。",
        "第四章没有规定不予备案的情形。",
    ),
    steps=(
        Step(
            tier=Tier.COUNTY,
            act=Act.PRE_REVIEW,
            key="cz-12-county",
            label="县级预审、集中报送",
            cites="第十二条",
        ),
        Step(tier=Tier.CITY, act=Act.FILE, key="cz-12-city", label="市级备案", cites="第十二条"),
    ),
    ways=(
        Way(
            channel=Channel.COLLECTIVE,
            announced_yearly=True,
            key="cz-13",
            label="集中备案：市局每年发布通告",
            cites="第十三条",
        ),
        Way(
            channel=Channel.VOLUNTARY,
            announced_yearly=False,
            key="cz-14-1",
            label="主动备案：任用后及时报送",
            cites="第十四条第一款",
            reading=Reading("“及时”不设硬期限，显示已历天数。", "第十四条没有写天数。"),
        ),
    ),
    change=ChangeReport(
        within=Months(1),
        first_to=Tier.COUNTY,
        key="cz-14-2",
        label="备案信息变更报送",
        cites="第十四条第二款",
        reading=Reading(
            "一个月按日历月计：生效当日不计，至次月对应日；没有对应日的至该月最后一天；"
            "最后一天是休息日的顺延至下一个工作日。",
            "第十四条没有写起算方法，依《民法典》第二百零一条至第二百零三条。",
        ),
    ),
)

CURRENT = RulePack(
    jurisdiction="cangzhou",
    label="沧州市",
    edition="cangzhou-2023",
    title="《沧州市企业首席质量官管理办法》",
    status=Status.IN_FORCE,
    in_force_from=date(2023, 1, 1),
    dating=Reading(
        "自 2023-01-01 起适用于本平台。",
        "第十九条写自发布之日起施行，所据文本没有发布日期；它引用中发〔2022〕17号，不早于该文号的年份，取次年之初。",
    ),
    source="沧州市市场监督管理局《沧州市企业首席质量官管理办法》",
    qualification=Every(
        (
            Discretion(key="law", label="熟悉质量法律法规与政策", cites="第六条"),
            Experience(
                Years(3), ExperienceKind.MANAGEMENT, key="experience", label="质量管理经历", cites="第六条"
            ),
            DEGREE_OR_TITLE,
            Discretion(key="organising", label="组织管理能力", cites="第六条"),
            Discretion(key="theory-and-practice", label="质量管理理论基础和实践经验", cites="第六条"),
            Trained(key="training", label="任职培训", cites="第六条"),
        )
    ),
    appointed_by=AppointedBy(
        (Appointer.TOP_MANAGER, Appointer.PRINCIPAL),
        key="appointed-by",
        label="企业最高管理者聘任",
        cites="第二条、第五条",
    ),
    term=Term(
        normally=Years(3),
        key="term",
        label="任期",
        cites="第五条",
        reading=Reading("一般三年，企业可以另定；期满提醒续聘或者离任。", "第五条写“一般为”。"),
    ),
    route=ROUTE,
    class_hour=USUAL,
    training=(
        Duty(
            key="initial",
            label="任职培训",
            cites="第六条",
            kind=DutyKind.INITIAL,
            every=Recurrence.ONCE,
            certificate=True,
            reading=Reading("以任职培训的合格证书为凭。", "第六条只写经过任职培训，没有写以什么为凭。"),
        ),
    ),
    office_trainings=(
        OfficeTraining(key="cz-15a-basic", label="基础培训", cites="第十五条【教育培训】", tier=Tier.COUNTY),
        OfficeTraining(key="cz-15a-advanced", label="提升培训", cites="第十五条【教育培训】", tier=Tier.CITY),
    ),
    targets=(
        CoverageTarget(
            of=Population.ABOVE_SCALE_INDUSTRY,
            ratio=D(1),
            key="cz-4-industry",
            label="规上工业企业全部设立",
            cites="第四条",
        ),
        CoverageTarget(
            of=Population.ABOVE_SCALE_SERVICES,
            ratio=D(1),
            key="cz-4-services",
            label="规上服务业企业全部设立",
            cites="第四条",
        ),
    ),
    pool=TalentPool(
        basis=PoolBasis.SELECTED, key="cz-15b", label="首席质量官人才库", cites="第十五条【人才建设】"
    ),
    provisions=(
        Provision(
            key="cz-5",
            label="岗位设立",
            cites="第五条",
            text="一般设在企业决策层；任命书归入质量管理体系文件。",
        ),
        Provision(
            key="cz-7",
            label="待遇与继续教育",
            cites="第七条",
            text="鼓励设岗位津贴并纳入内部绩效考核，提供必要的质量工作经费，支持参加继续教育。",
        ),
        Provision(
            key="cz-9",
            label="工作权限",
            cites="第九条",
            text="参与与质量有关的经营决策，对质量安全有一票否决权。",
        ),
        Provision(
            key="cz-10-2",
            label="建议撤换",
            cites="第十条第二款",
            text="违反操守、未有效履职、不再符合任职标准的，监管部门可以建议企业撤换；是建议，不是免职。",
        ),
        Provision(
            key="cz-15a",
            label="教育培训",
            cites="第十五条【教育培训】",
            text="市局负责提升培训等继续教育，县级部门定期组织基础培训。",
        ),
        Provision(
            key="cz-15b-experts",
            label="选聘市级质量专家",
            cites="第十五条【人才建设】",
            text="优秀的首席质量官选聘为市级质量专家，参与政策制定、诊断与评审。",
        ),
        Provision(
            key="cz-16",
            label="奖项与考核",
            cites="第十六条",
            text="企业申报奖项、评优时重点考虑；各地推行情况纳入年度质量工作考核。",
        ),
        Provision(
            key="cz-17",
            label="标杆与经验",
            cites="第十七条",
            text="市局组织标杆培树和经验交流，县级报送典型经验。",
        ),
    ),
)

EDITIONS = (CURRENT,)
