"""The words all texts share: English names, the statute's word as label. Scales compare from low to high."""

from enum import Enum
from functools import total_ordering


class Labelled(Enum):
    """`Level.BACHELOR` is `Level("bachelor")` in JSON and 本科 on a page."""

    label: str

    def __new__(cls, value: str, label: str):
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        return member

    def __str__(self) -> str:
        return self.label


@total_ordering
class Scale(Labelled):
    """Ordered as written, lowest first."""

    @property
    def rank(self) -> int:
        return list(type(self)).index(self)

    def __lt__(self, other):
        return self.rank < other.rank if type(other) is type(self) else NotImplemented


class Level(Scale):
    """学历. Only a level one graduated from satisfies a rule."""

    NONE = "none", "无"
    SECONDARY = "secondary", "中专"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士"
    DOCTOR = "doctor", "博士"


class Rank(Scale):
    """职称, and the level of a professional qualification."""

    NONE = "none", "无"
    JUNIOR = "junior", "初级"
    INTERMEDIATE = "intermediate", "中级"
    ASSOCIATE_SENIOR = "associate_senior", "副高级"
    SENIOR = "senior", "正高级"


class AccidentLevel(Scale):
    ORDINARY = "ordinary", "一般"
    LARGER = "larger", "较大"
    MAJOR = "major", "重大"
    ESPECIALLY_MAJOR = "especially_major", "特别重大"


class Size(Labelled):
    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小型"
    MICRO = "micro", "微型"
    UNCLASSIFIED = "unclassified", "未划分"


class Sector(Labelled):
    PRIMARY = "primary", "第一产业"
    SECONDARY = "secondary", "第二产业"
    TERTIARY = "tertiary", "第三产业"


class ExperienceKind(Labelled):
    """Role tag of a period: 质量管理 is the narrow word, 质量工作 the wide one that includes it."""

    MANAGEMENT = "management", "质量管理"
    WORK = "work", "质量工作"


class Appointer(Labelled):
    TOP_MANAGER = "top_manager", "最高管理者"
    PRINCIPAL = "principal", "主要负责人"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"
    GENERAL_MANAGER = "general_manager", "总经理（总裁）"
    SUPERIOR_ORGANISATION = "superior_organisation", "上级组织或主管部门"
    OTHER = "other", "其他"


class Fault(Labelled):
    """What can be declared about a person; which text holds it against him is the pack's business."""

    GRAVE_ERROR = "grave_error", "违法违规，在质量岗位造成重大失误"
    GRAVE_ERROR_DISCIPLINED = (
        "grave_error_disciplined",
        "违法违规，在质量岗位造成重大失误并受纪律处分",
    )
    CRIMINAL = "criminal", "受过刑事处分"
    MISCONDUCT = "misconduct", "违法违规违纪或失信"
    PRIVATE_GAIN = "private_gain", "利用履职谋取不正当利益"
    ABUSE_OF_OFFICE = "abuse_of_office", "滥用职权干预企业经营"
    DISCLOSURE = "disclosure", "向无关第三方泄露企业或合作伙伴的秘密"
    OTHER_HARM = "other_harm", "其他损害企业或合作伙伴权益的行为"
    ACCIDENT = "accident", "本人涉及的质量安全事故"
    ACCIDENT_OF_ORGANISATION = "accident_of_organisation", "所在组织发生的质量事故"


class Tier(Scale):
    """Levels of administration, from the enterprise upwards."""

    ENTERPRISE = "enterprise", "企业"
    COUNTY = "county", "县级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"


class Party(Labelled):
    """Who hands in a report, and to whom."""

    ENTERPRISE = "enterprise", "企业"
    PROVIDER = "provider", "培训机构"
    COUNTY = "county", "县级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"


class Act(Labelled):
    """What a level does with a filing that reaches it."""

    PRE_REVIEW = "pre_review", "预审并集中报送"
    FILE = "file", "备案"


class Channel(Labelled):
    COLLECTIVE = "collective", "集中备案"
    VOLUNTARY = "voluntary", "主动备案"


class DutyKind(Labelled):
    INITIAL = "initial", "任职培训"
    CONTINUING = "continuing", "继续教育"


class Recurrence(Labelled):
    ONCE = "once", "一次"
    PROMPTLY = "promptly", "及时"
    CALENDAR_YEAR = "calendar_year", "每个日历年"
    CERTIFICATE_YEAR = "certificate_year", "每个证书年"


class Activity(Labelled):
    """What an entry of the ledger was: most duties ask for training attended, some accept more."""

    TRAINING = "training", "参加培训"
    TEACHING = "teaching", "授课"
    EXCHANGE = "exchange", "学术交流"
    PUBLICATION = "publication", "发表学术成果"
    OTHER = "other", "其他形式"


class FirstYear(Labelled):
    """What a yearly duty asks in the year that had already begun when the officer took the post."""

    DUE = "due", "首个不完整年度照计"
    NOT_DUE = "not_due", "首个不完整年度不计"


class Nature(Labelled):
    """By which of the two tables an indicator is judged."""

    PERFORMANCE = "performance", "表现"
    RESULT = "result", "结果"


class Aggregation(Labelled):
    CONSENSUS = "consensus", "合议"
    MEAN = "mean", "平均"


class CertificateState(Labelled):
    VALID = "valid", "有效"
    SUSPENDED = "suspended", "暂停"
    DISCONTINUED = "discontinued", "中止"
    VOID = "void", "作废"
    EXPIRED = "expired", "到期失效"
    SUPERSEDED = "superseded", "已换证"


class Population(Labelled):
    AWARD_WINNERS = "award_winners", "获质量奖企业"
    ABOVE_SCALE = "above_scale", "规模以上企业"
    ABOVE_SCALE_INDUSTRY = "above_scale_industry", "规模以上工业企业"
    ABOVE_SCALE_SERVICES = "above_scale_services", "规模以上服务业企业"
    SMALL_AND_MEDIUM = "small_and_medium", "中小企业"


class PoolBasis(Labelled):
    TRAINED = "trained", "培训入库"
    SELECTED = "selected", "选聘专家"


class Bars(Labelled):
    """What a ground of disqualification stands in the way of."""

    POST = "post", "不得担任首席质量官"
    EVALUATION = "evaluation", "不予受理评价申请"


class Status(Labelled):
    DRAFT = "draft", "草案"
    IN_FORCE = "in_force", "现行"
    TRIAL = "trial", "试行"
    ASSUMED = "assumed", "推定"
