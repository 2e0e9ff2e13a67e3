"""Jiangsu's 1000 points: annexes A to D as data. Descriptors and questions are in our own words."""

from decimal import Decimal as D

from .schema import (
    Band,
    Clause,
    EvaluationScheme,
    Grade,
    Group,
    Indicator,
    LeastGradeAdvised,
    PanelRule,
    Reading,
)
from .vocabulary import Aggregation, Nature, Size


def _performance(code, label, group, points, asks):
    return Indicator(code, label, group, D(points), Nature.PERFORMANCE, asks, f"{code}、表 A.1、表 B.1")


def _result(code, label, points, asks):
    return Indicator(code, label, "results", D(points), Nature.RESULT, asks, f"{code}、表 A.1、表 B.2")


def _band(number, label, at_least, up_to, coefficients, performance, result):
    values = tuple(map(D, coefficients.split()))
    return Band(number, label, D(at_least), D(up_to), values, performance, result, "表 B.1、表 B.2")


GROUPS = (
    Group("awareness", "意识", D(100), D(20), "7.1、表 A.1、表 C.1"),
    Group(
        "integrity",
        "诚信",
        D(60),
        D(60),
        "7.2、表 A.1、表 C.1",
        exact=True,
        by_finding=Reading(
            "诚信不取平均，由评价组依据证据作出明确认定。",
            "表 C.1 要求诚信必须满分，任何平均都会使一人之见成为否决。",
        ),
    ),
    Group("knowledge", "知识", D(100), D(20), "7.3、表 A.1、表 C.1"),
    Group("ability", "能力", D(340), D(90), "7.4、表 A.1、表 C.1"),
    Group("results", "业绩", D(400), D(110), "7.5、表 A.1、表 C.1"),
)

INDICATORS = (
    _performance(
        "7.1.1",
        "质量意识",
        "awareness",
        80,
        "看是否主动掌握法规、以顾客和风险为导向、培育质量文化、用数据决策并持续改进、重视创新与标准化、与相关方共赢。",
    ),
    _performance(
        "7.1.2",
        "社会责任意识",
        "awareness",
        20,
        "看是否顾及安全、环保、节能等影响，能预见并应对负面的社会影响，推动质量诚信和公益。",
    ),
    _performance("7.2", "诚信", "integrity", 60, "看是否回避利益冲突、保守秘密、在职责内依约履行。"),
    _performance(
        "7.3",
        "知识",
        "knowledge",
        100,
        "看法规与质量基础设施、领导力与体系、经营与风险、工具与改进四类知识是否具备并用上。",
    ),
    _performance("7.4.1", "组织能力", "ability", 40, "看能否按职责、按组织的战略与目标把质量工作组织起来。"),
    _performance(
        "7.4.2", "策划能力", "ability", 60, "看方针、目标、体系、措施与风险应对的策划是否成套，并随环境变更。"
    ),
    _performance(
        "7.4.3",
        "实施能力",
        "ability",
        80,
        "看资源与职责的配置、过程指标的监控调整、目标的测量与改进机会的识别。",
    ),
    _performance(
        "7.4.4",
        "学习能力",
        "ability",
        60,
        "看所需知识是否持续更新，经验能否提炼成成果，是否带动员工自学，有没有收集传递知识的平台。",
    ),
    _performance(
        "7.4.5", "协调能力", "ability", 40, "看能否整合内外资源，开展全员全过程的质量管理并促进改进创新。"
    ),
    _performance("7.4.6", "沟通能力", "ability", 60, "看对内、对外的质量沟通是否各有机制、内容是否到位。"),
    _result(
        "7.5.1",
        "工作绩效",
        150,
        "看组织在质量、效能、成本、顾客满意上的成绩，个人的成绩，以及培养人才的作用。",
    ),
    _result("7.5.2", "学术成就", 60, "看学历职称与经历、学术职务与地位、本人与团队的学术成果。"),
    _result(
        "7.5.3", "创新成果", 100, "看形成可推广经验的知识产权、标准等成果，以及团队成果在地区或行业的认可。"
    ),
    _result("7.5.4", "社会贡献", 50, "看质量知识的传播、经验做法的分享、质量公益服务。"),
    _result("7.5.5", "所获荣誉", 40, "看由本人主导或独立取得的集体荣誉，以及质量方面的个人荣誉。"),
)

BANDS = (
    _band(0, "不足 10%", 0, 10, "0", "未见证据，或所做不成条", "没有可用的结果"),
    _band(1, "满足 10%–25%", 10, 25, "0.1 0.25", "刚刚起步", "结果零星，难以看出成效"),
    _band(2, "满足 30%–45%", 30, 45, "0.3 0.45", "做到一部分，多为一次性", "有一些结果，与同行相当"),
    _band(3, "满足 50%–65%", 50, 65, "0.5 0.65", "做到一半以上，缺少系统性", "结果较全，好于多数同行"),
    _band(4, "满足 70%–85%", 70, 85, "0.7 0.85", "大部分做到，个别环节不完整", "结果完整，在同行中突出"),
    _band(5, "满足 90%–100%", 90, 100, "0.9 1.0", "几乎全部做到，有完整证据", "结果很完整，在同行中领先"),
)

GRADES = (
    Grade("AAAAA", "AAAAA", D(750), "表 C.2"),
    Grade("AAAA", "AAAA", D(600), "表 C.2"),
    Grade("AAA", "AAA", D(450), "表 C.2"),
    Grade("AA", "AA", D(300), "表 C.2"),
)

PANEL = PanelRule(
    key="panel",
    label="评价组",
    cites="8.3",
    least=3,
    odd_advised=True,
    aggregations=(Aggregation.CONSENSUS, Aggregation.MEAN),
    spread_needs_reason=D("0.2"),
    reading=Reading(
        "评价组连组长至少三人，宜为单数，成员与评价对象及其组织的关系须经回避审查；默认合议："
        "各自独立评分并签署后公开，组长逐行确定系数（建议值为较低的中位数），极差达到 0.2 或偏离建议值须书面说明；"
        "也可以在评分开始前选定取平均。",
        "8.3 只写由组长和必要的技术专家组成，没有写人数，也没有写多份评分如何合成一个结果。",
    ),
)

EVALUATION = EvaluationScheme(
    key="evaluation",
    label="首席质量官评价（千分制）",
    cites="第7章、附录 A–C",
    total=D(1000),
    groups=GROUPS,
    indicators=INDICATORS,
    coefficients=tuple(value for band in BANDS for value in band.coefficients),
    bands=BANDS,
    grades=GRADES,
    ungraded=Grade("A", "A（不予评级）", D(0), "表 C.2", certificate=False),
    panel=PANEL,
    least_grade_advised=LeastGradeAdvised(
        (
            (Size.LARGE, "AAAA"),
            (Size.MEDIUM, "AAA"),
            (Size.SMALL, "AA"),
            (Size.MICRO, "AA"),
        ),
        key="least-grade-advised",
        label="聘用、续聘的最低等级建议",
        cites="附录 D（资料性）",
        reading=Reading(
            "只提醒，不阻止；规模未划分的没有建议。", "附录 D 是资料性附录，表 D.1 没有未划分一栏。"
        ),
    ),
    application=(
        Clause(key="recommendation", label="所在组织的推荐意见", cites="8.1 a)"),
        Clause(key="application-report", label="申请报告（含围绕第7章的自评）", cites="8.1 b)"),
        Clause(key="proofs", label="证实性材料", cites="8.1 c)"),
    ),
    readings=(
        Reading(
            "先选档，再在档内取低值或高值；不足 10% 记 0。",
            "表 B.1、B.2 每档给两个系数，没有写档内如何取值，也没有 10% 以下的档。",
        ),
        Reading(
            "先看这一项所列的每一条要求，再看这一项总体上满足到哪一档；两者不在同一档的，取较低的一档。",
            "表 B.1 每一档都并列写了“每项评分条款”和“总体上”两句，没有写两者不一致时怎么办；并列的两句都要满足。",
        ),
        Reading("各档上端含本数。", "按条文“＜100%”，系数 1.0 和诚信 60 分都不可能出现，与表 C.1 矛盾。"),
        Reading("落在两档之间的百分比（如 27%）归入较低的一档。", "表 B.1 各档之间不连续。"),
        Reading(
            "任何一项低于最低分值的，不论总分多少都是 A，并列出全部未达条件；A 不发证书。",
            "附录 C 同时写“A 不予评级”和“单项达到要求方予判定”，没有写只差一项时的等级。",
        ),
        Reading("评分不作四舍五入：449.5 是 AA。", "表 C.2 以 450 为界，没有写取整。"),
    ),
)
