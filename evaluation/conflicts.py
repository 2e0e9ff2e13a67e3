"""Who may not score whom, and which fact says so. Values in, values out: no ORM, no clock.

The text asks for impartiality (8.3) and names neither relations nor periods. So a relation that is over is shown with
its dates rather than dropped: whoever weighs it sees what there was. And two may have one name: what rests on a name
alone says so, and may be found to be about somebody else.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from cqo_portal.digests import sha256
from cqo_portal.jurisdictions.scheme import PanelRule
from cqo_portal.jurisdictions.vocabulary import Labelled
from cqo_portal.parties.identifiers import tidied


class Relation(Labelled):
    """What an expert declares of himself."""

    KINSHIP = "kinship", "亲属关系"
    SUPERVISION = "supervision", "上下级或师生关系"
    BUSINESS = "business", "经济往来"
    OTHER = "other", "其他利害关系"


class Kind(Enum):
    SAME_PERSON = "same_person"
    SAME_ORGANISATION = "same_organisation"
    EARLIER_ORGANISATION = "earlier_organisation"
    TAUGHT = "taught"
    JUDGED_BEFORE = "judged_before"
    SAT_TOGETHER = "sat_together"
    DECLARED = "declared"


class Source(Labelled):
    """How a fact about an expert is known: every sentence that rests on it says so."""

    REGISTER = "register", "名录"
    DECLARED = "declared", "本人申报"
    BODY = "body", "评价机构补充"
    BY_NAME = "by_name", "按姓名相符"  # the trainer of a session is a text: another person may have the name


class Origin(Labelled):
    """How a conflict came to light."""

    DETECTED = "detected", "系统比对"
    DECLARED = "declared", "本人申报"
    REPORTED = "reported", "他人反映"


@dataclass(frozen=True, kw_only=True)
class Employer:
    """A post somebody held; `code`: credit code or empty; `ends`: the last day, None while it lasts.

    `source`: None for a candidate's, of which several sources say the same.
    """

    code: str
    name: str
    begins: date
    ends: date | None = None
    source: Source | None = None

    def lasts(self, on: date) -> bool:
        """Not over on that day. What begins later is no less of an interest."""
        return self.ends is None or self.ends >= on

    def overlaps(self, other: "Employer") -> bool:
        return self.lasts(other.begins) and other.lasts(self.begins)


@dataclass(frozen=True, kw_only=True)
class Taught:
    """Training given to a candidate: `what` course, `session` its number, `on` the last day, `by` whom it was held."""

    candidate_key: str
    session: str
    what: str
    on: date
    by: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class Interest:
    """Declared: with a person, an organisation, or a person in an organisation; empty where not given."""

    kind: Relation
    source: Source
    person_name: str = ""
    organisation_code: str = ""
    organisation_name: str = ""
    begins: date | None = None
    ends: date | None = None


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An earlier panel over the candidate; `number` of that case."""

    candidate_key: str
    number: str


@dataclass(frozen=True, kw_only=True)
class SatWith:
    """An earlier panel on which that person sat too."""

    person_key: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the record knows of an expert, about whomever."""

    person_key: str
    name: str
    employers: tuple[Employer, ...] = ()
    taught: tuple[Taught, ...] = ()
    interests: tuple[Interest, ...] = ()
    judged: tuple[Judged, ...] = ()
    sat_with: tuple[SatWith, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Who is to be scored. The organisation that recommends is the employer without an end."""

    person_key: str
    name: str
    employers: tuple[Employer, ...]


@dataclass(frozen=True)
class Conflict:
    """`by_name`: it rests on a name alone, and may be about another person or organisation of that name.

    `relation`: of what was declared, which.
    """

    kind: Kind
    sentence: str
    origin: Origin = Origin.DETECTED
    cites: str = ""
    by_name: bool = False
    relation: Relation | None = None

    @property
    def fingerprint(self) -> str:
        """The same as long as the same is said: another course, another day, a code that came in is another finding."""
        return sha256({"kind": self.kind.value, "sentence": self.sentence})


def conflicts(expert: Known, candidate: Candidate, *, on: date, rule: PanelRule) -> tuple[Conflict, ...]:
    """Everything the record says against it on that day: the person, organisations, courses, panels, declarations."""
    found = (
        *_same_person(expert, candidate),
        *_organisations(expert, candidate, on),
        *_taught(expert, candidate),
        *_panels(expert, candidate),
        *_declared(expert, candidate, on),
    )
    return tuple(replace(each, cites=cites(rule)) for each in found)


def cites(rule: PanelRule) -> str:
    return f"{rule.cites} 公正性要求"


Found = Iterator[Conflict]


def _same_person(expert: Known, candidate: Candidate) -> Found:
    if expert.person_key == candidate.person_key:
        yield Conflict(Kind.SAME_PERSON, f"{expert.name}就是被评价人本人。")


def _organisations(expert: Known, candidate: Candidate, on: date) -> Found:
    """Any organisation of both, at whatever time: not having met there is no proof of owing nobody there anything."""
    for own in expert.employers:
        for his in candidate.employers:
            if same := _sameness(own.code, own.name, his):
                yield _both_served(own, his, on, by_name=same is Sameness.NAME)


def _both_served(own: Employer, his: Employer, on: date, *, by_name: bool) -> Conflict:
    where = f"{his.name}（按名称相符）" if by_name else his.name
    known = f"（{own.source}）" if own.source else ""
    spans = f"专家 {_span(own)}{known}，被评价人 {_span(his)}"
    if own.lasts(on) and his.lasts(on):
        return Conflict(Kind.SAME_ORGANISATION, f"与被评价人同在{where}：{spans}。", by_name=by_name)
    together = "有同事的时间" if own.overlaps(his) else "没有同事的时间"
    said = f"与被评价人都任职过{where}：{spans}，{together}。"
    return Conflict(Kind.EARLIER_ORGANISATION, said, by_name=by_name)


def _taught(expert: Known, candidate: Candidate) -> Found:
    for course in expert.taught:
        if course.candidate_key == candidate.person_key:
            what = f"“{course.what}（{course.session}）”（{course.by}，{course.source}）"
            said = f"{course.on:%Y-%m-%d} 给被评价人讲授过{what}。"
            yield Conflict(Kind.TAUGHT, said, by_name=course.source is Source.BY_NAME)


def _panels(expert: Known, candidate: Candidate) -> Found:
    for panel in expert.judged:
        if panel.candidate_key == candidate.person_key:
            yield Conflict(Kind.JUDGED_BEFORE, f"在 {panel.number} 中评价过被评价人。")
    for panel in expert.sat_with:
        if panel.person_key == candidate.person_key:
            yield Conflict(Kind.SAT_TOGETHER, f"在 {panel.number} 中与被评价人同为评价组成员。")


def _declared(expert: Known, candidate: Candidate, on: date) -> Found:
    for interest in expert.interests:
        if why := dict(_concerning(interest, candidate, on)):
            ended = interest.ends is not None and interest.ends < on
            known = f"{interest.source}，{interest.ends:%Y-%m-%d} 结束" if ended else f"{interest.source}"
            yield Conflict(
                Kind.DECLARED,
                f"与{_with_whom(interest)}有{interest.kind}（{known}）：{'，'.join(why)}。",
                Origin.DECLARED if interest.source is Source.DECLARED else Origin.DETECTED,
                by_name=Sameness.CODE not in why.values(),
                relation=interest.kind,
            )


def _concerning(interest: Interest, candidate: Candidate, on: date) -> Iterator[tuple[str, "Sameness"]]:
    """A person by name, since that is all one declares; an organisation only while the candidate serves it."""
    if _same_name(interest.person_name, candidate.name):
        yield "与被评价人姓名相同", Sameness.NAME
    served = {
        _sameness(interest.organisation_code, interest.organisation_name, each)
        for each in candidate.employers
        if each.lasts(on)
    }
    if Sameness.CODE in served:
        yield "被评价人在该组织任职", Sameness.CODE
    elif Sameness.NAME in served:
        yield "被评价人任职的组织与其名称相同", Sameness.NAME


def _with_whom(interest: Interest) -> str:
    organisation = interest.organisation_name or interest.organisation_code
    if interest.person_name and organisation:
        return f"{interest.person_name}（{organisation}）"
    return interest.person_name or organisation


def _span(employer: Employer) -> str:
    return f"{employer.begins:%Y-%m-%d} 至{f' {employer.ends:%Y-%m-%d}' if employer.ends else '今'}"


# ── sameness ──────────────────────────────────────────────────────────────────────────────────
class Sameness(Enum):
    """What shows that two organisations are one: the code does, a name only suggests it."""

    CODE = "code"
    NAME = "name"


def _sameness(code: str, name: str, employer: Employer) -> Sameness | None:
    """Two codes decide alone, as two enterprises may have one name; where one is missing the names do."""
    if code and employer.code:
        return Sameness.CODE if tidied(code) == tidied(employer.code) else None
    return Sameness.NAME if _same_name(name, employer.name) else None


def _same_name(one: str, other: str) -> bool:
    """Character by character but for width, blanks and case: alike is not the same."""
    return _folded(one) == _folded(other) != ""


def _folded(name: str) -> str:
    """To compare with only: NFKC rewrites characters of rare names and is never stored or shown."""
    return tidied(unicodedata.normalize("NFKC", name))
