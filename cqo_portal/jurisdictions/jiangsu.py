"""Jiangsu: 首席质量官评价规范, the draft text of DB32/T 4570. An independent body evaluates; nobody files.

Table A.1 is canonical where the numbering of the body drifts (the source prints 7.1.3 for 7.3, and so on).
"""

from datetime import date

from .class_hour import USUAL
from .jiangsu_scheme import EVALUATION
from .schema import (
    AppointedBy,
    CertificateRule,
    Clause,
    Disqualification,
    Duty,
    Education,
    Every,
    Experience,
    Months,
    Provision,
    Reading,
    RulePack,
    Span,
    Title,
    Trained,
    Years,
)
from .vocabulary import (
    AccidentLevel,
    Activity,
    Appointer,
    Bars,
    CertificateState,
    DutyKind,
    ExperienceKind,
    Fault,
    Level,
    Rank,
    Recurrence,
    Status,
)

CERTIFICATE = CertificateRule(
    key="certificate",
    label="评价证书",
    cites="8.4、第9章",
    valid_for=Span(
        Years(3),
        key="valid-for",
        label="证书有效期",
        cites="9.1",
        reading=Reading(
            "自签发之日起算，评价日期另行印出；最后一天是满三年对应日的前一天，暂停不延长有效期。",
            "9.1 只写三年，没有写从哪一天起算，也没有写暂停期间是否扣除。",
        ),
    ),
    window_opens=Span(
        Months(6),
        key="window-opens",
        label="可以申请再评价（到期前）",
        cites="9.4",
        reading=Reading("到期前六个月开放申请。", "9.4 只写到期前三个月应当申请，没有写最早何时可以申请。"),
    ),
    reapply_by=Span(
        Months(3),
        key="reapply-by",
        label="应当申请再评价（到期前）",
        cites="9.4",
        reading=Reading(
            "三个月是应当提出的期限；逾期仍收到证书到期为止，并作提醒。",
            "9.4 的“到期前三个月”可以读作期限，也可以读作窗口，且没有写逾期的后果。",
        ),
    ),
    wait_after_loss=Span(
        Years(1),
        key="wait-after-loss",
        label="暂停、中止、作废后须满",
        cites="9.6",
        reading=Reading(
            "只有暂停、中止、作废须等满一年；单纯到期的可以随时申请。",
            "9.6 的“满一年”紧接暂停、中止、作废，放在“到期失效”之后用“或”隔开。",
        ),
    ),
    wait_applies_to=(CertificateState.SUSPENDED, CertificateState.DISCONTINUED, CertificateState.VOID),
    states=tuple(CertificateState),
    particulars=("持证人姓名", "所在组织", "评价等级", "评价主体", "评价日期", "有效期", "可追溯的证书编号"),
    on_change_of_body=Clause(
        key="change-of-body",
        label="变更评价主体",
        cites="9.5",
        reading=Reading(
            "向新的评价主体申请评价；旧证书有效到新证书签发之日，随后记为已换证。",
            "9.5 没有写旧证书何时失效。",
        ),
    ),
    loss=Clause(
        key="loss",
        label="暂停、中止、作废",
        cites="9.3",
        reading=Reading(
            "暂停可以恢复；中止与作废是终局；“收回”是一个动作，不是一种状态。",
            "9.3 列出暂停、中止、收回、作废，没有写彼此的关系。",
        ),
    ),
)

DRAFT_2023 = RulePack(
    jurisdiction="jiangsu",
    label="江苏省",
    edition="jiangsu-2023-draft",
    title="《首席质量官评价规范》（DB32/T 4570 草案文本）",
    status=Status.DRAFT,
    in_force_from=date(2023, 1, 1),
    dating=Reading(
        "自 2023-01-01 起适用于本平台。",
        "所据文本是 DB32/T 4570—2023 的送审稿，没有实施日期；取标准编号的年份之初。",
    ),
    source="《首席质量官评价规范》送审稿，江苏省市场监督管理局提出并归口（附审查意见）",
    qualification=Every(
        (
            Education(Level.COLLEGE, key="education", label="大专及以上学历", cites="5.1 a)"),
            Title(Rank.INTERMEDIATE, key="title", label="中级及以上职称", cites="5.1 a)"),
            Experience(
                Years(5), ExperienceKind.MANAGEMENT, key="experience", label="质量管理经历", cites="5.1 b)"
            ),
            Trained(key="training", label="首席质量官培训", cites="5.1 c)"),
        )
    ),
    appointed_by=AppointedBy(
        (Appointer.TOP_MANAGER,), key="appointed-by", label="最高管理者任命或授权", cites="3.1"
    ),
    disqualifications=(
        Disqualification(
            key="js-8-2-a",
            label="近三年违法违规违纪或失信",
            cites="8.2 a)",
            bars=Bars.EVALUATION,
            faults=(
                Fault.MISCONDUCT,
                Fault.GRAVE_ERROR,
                Fault.GRAVE_ERROR_DISCIPLINED,
                Fault.CRIMINAL,
                Fault.PRIVATE_GAIN,
                Fault.ABUSE_OF_OFFICE,
                Fault.DISCLOSURE,
            ),
            lasts=Years(3),
            reading=Reading(
                "“近三年”只约束 a) 项，从行为认定之日起算，满三年之日起不再计。", "8.2 没有写起算点。"
            ),
        ),
        Disqualification(
            key="js-8-2-b",
            label="本人负有重大质量事故责任",
            cites="8.2 b)",
            bars=Bars.EVALUATION,
            faults=(Fault.ACCIDENT,),
            from_level=AccidentLevel.MAJOR,
            only_if_responsible=True,
            reading=Reading(
                "没有时间限制；“重大”指重大及以上。", "“近三年”写在 a) 项之内，b) 项没有写年限。"
            ),
        ),
        Disqualification(
            key="js-8-2-c",
            label="所在组织发生与本人有关联责任的重大质量事故",
            cites="8.2 c)",
            bars=Bars.EVALUATION,
            faults=(Fault.ACCIDENT_OF_ORGANISATION,),
            from_level=AccidentLevel.MAJOR,
            only_if_responsible=True,
            reading=Reading(
                "没有时间限制；“重大”指重大及以上。", "“近三年”写在 a) 项之内，c) 项没有写年限。"
            ),
        ),
    ),
    class_hour=USUAL,
    training=(
        Duty(
            key="continuing",
            label="每年参加质量相关继续教育",
            cites="9.2",
            kind=DutyKind.CONTINUING,
            every=Recurrence.CERTIFICATE_YEAR,
            activities=1,
            counts=("参加培训或授课", "参与学术交流", "发表学术成果", "其他形式"),
            accepts=(
                Activity.TRAINING,
                Activity.TEACHING,
                Activity.EXCHANGE,
                Activity.PUBLICATION,
                Activity.OTHER,
            ),
            reading=Reading(
                "证书有效期内每个证书年至少一次经认可的活动，证书年按开始的那一年称呼；听课和授课都算，其他形式由确认的一方认可。",
                "9.2 没有写数量，也没有写“每年”是哪一年；“参加培训讲座授课”可以有两种读法，列举又写明“不限于”。",
            ),
        ),
    ),
    certificate=CERTIFICATE,
    evaluation=EVALUATION,
    provisions=(
        Provision(
            key="top-manager-may-hold",
            label="最高管理者可以自任",
            cites="3.1 注2",
            text="最高管理者本人可以担任首席质量官，登记时作标记。",
        ),
        Provision(
            key="bodies",
            label="评价主体",
            cites="第6章",
            text="评价主体须有法人资质、管理制度、场所与资源，并接受主管部门监督；未登记的不得受理申请。",
        ),
        Provision(
            key="basic-requirements",
            label="基本要求的认定",
            cites="5.1、8.1",
            text="基本要求有一项没有达到或者看不出来的，由评价主体逐项写明理由，认定是否视为符合。",
            reading=Reading(
                "5.1 的各项可以书面认定视为符合；8.2 的情形已经查明的，不能这样认定。",
                "8.1 写的是满足基本要求的评价对象提出申请，8.2 没有把不满足 5.1 列为不予受理的情形，"
                "材料与名录也未必说得出全部事实；由谁判定、能否例外，文本没有写。",
            ),
        ),
        Provision(
            key="refusal",
            label="不予受理",
            cites="8.2",
            text="只按 8.2 写明的三种情形不予受理，并写明查明的事实；材料不全的，要求补充。",
            reading=Reading(
                "只有写明的三种情形可以不予受理。",
                "8.2 写的是“包括但不限于”，没有写还有哪些；没有写明的理由，申请人无从预见，也无从申诉。",
            ),
        ),
        Provision(
            key="re-evaluation",
            label="再评价流程",
            cites="9.7",
            text="再评价与初次评价走同一流程。",
        ),
        Provision(
            key="appeal",
            label="申诉",
            cites="第8章（文本未规定）",
            text="对结果不服的可以申诉，由不含原评价组成员的新评价组复评。",
            reading=Reading("提供申诉渠道。", "文本没有申诉程序，评价决定影响个人，应有救济。"),
        ),
    ),
)

EDITIONS = (DRAFT_2023,)
