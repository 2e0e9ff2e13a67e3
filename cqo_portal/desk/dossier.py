"""One officer from the first filing to today: the post, the other posts, every act, and who looked."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Model, Q
from django.utils import timezone

from certificates.pages.lists import CertificateQuery
from certificates.pages.lists import Row as Held
from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event, Exported
from cqo_portal.desk.as_of import Line, lines_of
from cqo_portal.desk.register import Post, posts_of
from cqo_portal.jurisdictions import NoSuchRule, pack
from cqo_portal.jurisdictions.requirements import leaves
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import Level, Rank
from cqo_portal.ui.identity import NAME_SHOWN
from cqo_portal.wording import grouped
from registry import content
from registry.models import Filing, Officer
from registry.same_person import LOOKED_AT
from registry.talent.models import Case, Pairing, PoolEntry
from registry.workflow import FILING

# The acts in the life of a stay in the pool, a case and a pairing that belong to the story of an officer.
IN_TALENT = {
    PoolEntry._meta.label_lower: {
        "admit": "进入人才库",
        "availability": "可否承担任务有变动",
        "leave": "移出人才库",
        "doubt": "培训证书全部作废，请管理机关核对是否留在人才库",
    },
    Case._meta.label_lower: {
        "consent": "同意公布典型经验",
        "hand-in": "典型经验报送市局",
        "select": "典型经验选为标杆",
        "decline": "典型经验未入选",
        "publish": "典型经验公布",
        "withdraw": "典型经验撤下",
        "revoke": "收回对典型经验的同意",
    },
    Pairing._meta.label_lower: {
        "propose": "提出结对",
        "agree-as-mentor": "标杆企业同意结对",
        "agree-as-learner": "受助企业同意结对",
        "join-as-mentor": "标杆企业同意，结对开始",
        "join-as-learner": "受助企业同意，结对开始",
        "decline": "结对未获同意",
        "cancel": "取消结对",
        "close": "结对结束",
    },
}
LOOKS_SHOWN = 20
LOOKS_READ = 200  # the papers of a day are one line
IDENTITY = "identity_number"
# Acts that are no step of the table.
NO_STEP = {
    "open": "开始填写",
    "enter": "登记",
    "remember": "补记上线前的登记",
    "correct": "更正登记",
    "carry": "随企业转到新的管辖机构",
}


@dataclass(frozen=True)
class Act:
    """One line of the timeline: what was done, what it entered, and the event that says who, when, as whom, why."""

    said: str
    event: Event
    entered: tuple[Line, ...] = ()
    filing: Filing | None = None
    about: Model | None = None  # the stay in the pool, the case or the pairing it belongs to

    @property
    def tone(self) -> str:
        if self.event.action == "correct" or self.event.after == "returned":
            return "bad"
        return "now" if self.event.after == "filed" else ""

    @property
    def document(self) -> str:
        return self.event.data.get("document", "")

    @property
    def rules(self) -> RulePack | None:
        return rules_of(self.event)


@dataclass(frozen=True)
class Look:
    """One line of the read log: a value in clear, an export, or the papers somebody opened on a day."""

    said: str
    event: Event


@dataclass(frozen=True)
class ReadLog:
    """Who looked, newest first, as many as are shown; `more`: there are older ones."""

    lines: list[Look]
    more: bool = False


def dossier_of(officer: Officer, *, user, today: date) -> dict:
    filings = filings_of([officer])
    return {
        "officer": officer,
        "post": Post(officer, today),
        "facts": facts_of(officer),
        "named_otherwise": named_otherwise(officer, user=user),
        "today": today,
        "filings": filings,
        "certificates": certificates_of(officer, user=user, today=today),
        "other_posts": posts_of(other_posts(officer, user=user), today=today),
        "timeline": timeline_of(officer, filings, user=user),
        "looks": looks_at([officer], filings=filings, user=user),
    }


def certificates_of(officer: Officer, *, user, today: date) -> list[Held]:
    """Evaluation certificates of this person that the user may see, the newest first."""
    query = CertificateQuery({"standing": "all"}, user=user, today=today)
    return [
        query.shown(each) for each in query.rows().filter(person=officer.person_id).order_by("-issued_at")
    ]


def filings_of(posts: list[Officer]) -> list[Filing]:
    """The appointment and every change of these posts, newest first; none for posts that were imported."""
    told = Filing.objects.filter(Q(officer__in=posts) | Q(post__in=posts)).for_list()
    return list(told.order_by("-moved_at", "-id"))


def timeline_of(officer: Officer, filings: list[Filing], *, user) -> list[Act]:
    """Every act on the post: steps of all its filings, corrections, entries without a filing, pool, cases, pairings."""
    by_key = {str(filing.pk): filing for filing in filings}
    of_filings = Q(subject_type="registry.filing", subject_id__in=by_key) & (
        ~Q(after="") | Q(action="determine")
    )
    of_the_post = Q(subject_type="registry.officer", subject_id=str(officer.pk))
    shared = _shared_by(officer, user=user)
    of_what_is_shared = Q(subject_type__in=IN_TALENT, subject_id__in=shared)
    events = Event.objects.filter(of_filings | of_the_post | of_what_is_shared).order_by("-id")
    entered = _entered(officer)
    acts = []
    for event in events:
        filing, about = by_key.get(event.subject_id), shared.get(event.subject_id)
        if about:
            acts += _acts_in_talent(event, about, officer)
        elif event.action != "enter" or not event.data.get(
            "filing"
        ):  # those stand below the step that entered them
            acts.append(Act(_said(event, filing), event, tuple(_lines_behind(event, entered)), filing))
    return acts


def _shared_by(officer: Officer, *, user) -> dict[str, Model]:
    """Stays in the pool, cases and pairings of this officer that the user may see, by their key."""
    found = (
        PoolEntry.objects.visible_to(user).filter(person=officer.person_id),
        Case.objects.visible_to(user).filter(officers=officer),
        Pairing.objects.visible_to(user).filter(officer=officer),
    )
    return {str(each.pk): each for rows in found for each in rows.for_list()}


def _acts_in_talent(event: Event, about: Model, officer: Officer) -> list[Act]:
    said = IN_TALENT[event.subject_type].get(event.action, "")
    of_another = event.data.get("officer", str(officer.pk)) != str(officer.pk)
    return [] if of_another or not said else [Act(said, event, about=about)]


def _said(event: Event, filing: Filing | None) -> str:
    said = act_of(event)
    is_change = filing is not None and filing.kind != Filing.Kind.APPOINTMENT
    return f"{said} · {filing.get_kind_display()}" if is_change else said


def _entered(officer: Officer) -> list[Line]:
    return lines_of(officer.entries.select_related("corrects", "corrected_by").order_by("id"))


def _lines_behind(event: Event, entered: list[Line]) -> list[Line]:
    """What an act entered: by its own list, or, for the step that filed, by the filing."""
    if event.after == Filing.State.FILED:
        return [line for line in entered if str(line.entry.filing_id) == event.subject_id]
    keys = set(event.data.get("entries", ())) if event.action in NO_STEP else set()
    return [line for line in entered if line.entry.pk in keys]


def other_posts(officer: Officer, *, user):
    seen = Officer.objects.visible_to(user).filter(person=officer.person_id).exclude(pk=officer.pk)
    return seen.for_list().order_by("-appointed_on", "-id")


def named_otherwise(officer: Officer, *, user) -> list[Officer]:
    """Posts elsewhere that say another name, for the offices that decide on this one: only county and name are shown."""
    if user.acting.role not in (Role.COUNTY, Role.CITY) or officer.ended_on:
        return []
    others = Officer.objects.in_office().filter(person=officer.person_id).exclude(name=officer.name)
    return list(others.select_related("office").order_by("appointed_on", "id"))


def facts_of(officer: Officer) -> list[tuple[str, str]]:
    """What the register says, as words; empty ones are left out."""
    marks = [
        word
        for word, holds in (
            ("岗位设在企业决策层", officer.in_decision_layer),
            ("最高管理者本人担任", officer.is_top_manager),
            ("兼任质量安全总监", officer.is_safety_director),
        )
        if holds
    ]
    said = (
        ("现任职务", officer.post),
        ("最高学历", _word(Level, officer.education)),
        ("职称", _word(Rank, officer.title)),
        ("任职情况", "、".join(marks)),
    )
    return [(label, value) for label, value in said if value]


def _word(scale, code: str) -> str:
    return scale(code).label if code else ""


def act_of(event: Event) -> str:
    if event.action == "determine":
        return f"认定“{_clause(event)}”视为符合"
    return FILING[event.action].label if event.action in FILING else NO_STEP.get(event.action, event.action)


def rules_of(event: Event) -> RulePack | None:
    """The edition the act was judged by; acts on a draft are judged by none."""
    try:
        return pack(event.rule_edition) if event.rule_edition else None
    except NoSuchRule:
        return None


def _clause(event: Event) -> str:
    """The clause in the words of the edition the filing is judged by."""
    key, rules = event.data.get("clause", ""), rules_of(event)
    if rules is None:
        return key
    clauses = (*rules.qualification.parts, *leaves(rules.qualification), rules.appointed_by)
    named = (getattr(clause, "part", clause) for clause in clauses)
    return next((c.label for c in named if getattr(c, "key", "") == key and hasattr(c, "label")), key)


def looks_at(posts: list[Officer], *, user, filings: list[Filing] | None = None) -> ReadLog:
    """The read log of these posts' person, filings and papers, and the exports they were in. The person reads all."""
    people = {str(post.person_id) for post in posts}
    papers = {str(filing.pk) for filing in (filings_of(posts) if filings is None else filings)}
    shown_or_opened = Q(action__in=(Event.LOOK, Event.PAPER)) & (
        Q(subject_type="parties.person", subject_id__in=people)
        | Q(subject_type="registry.filing", subject_id__in=papers)
        | Q(subject_type="registry.officer", subject_id__in={str(post.pk) for post in posts})
    )
    seen = Event.objects.filter(shown_or_opened | Q(pk__in=_exports_of(posts)))
    if user.acting.role != Role.OFFICER:
        seen = seen.filter(_made_here(posts))
    events = list(seen.order_by("-id")[: LOOKS_READ + 1])
    lines = _lines_of_log(events)
    return ReadLog(lines[:LOOKS_SHOWN], len(lines) > LOOKS_SHOWN or len(events) > LOOKS_READ)


def _exports_of(posts: list[Officer]) -> set[int]:
    """The exports these posts or their person were in: by the keys noted, so whoever was filtered out is not told."""
    keys = {key for post in posts for key in (post.pk, post.person_id)}
    rows = Exported.objects.filter(keys__overlap=list(keys))
    return set(rows.values_list("event", flat=True))


def _lines_of_log(events: list[Event]) -> list[Look]:
    kept: dict[object, list[Event]] = {}
    for event in events:
        day = (event.actor_id, event.acting_as, timezone.localdate(event.at))
        kept.setdefault(day if event.action == Event.PAPER else event.pk, []).append(event)
    return [Look(_said_of_look(together), together[0]) for together in kept.values()]


def _said_of_look(together: list[Event]) -> str:
    event = together[0]
    match event.action:
        case Event.PAPER:
            return f"查看材料：{'、'.join(dict.fromkeys(_what(each) for each in together))}"
        case Event.EXPORT:
            return f"导出{event.data['what']}（{event.data['said']}，共 {grouped(event.data['rows'])} 行，含本人）：{event.note}"
    return f"看了{_what(event)}：{event.note}" if event.note else f"看了{_what(event)}"


def _made_here(posts: list[Officer]) -> Q:
    """Whoever looked from elsewhere looked because of another post, which is for the person to know and nobody else."""
    here = set()
    for post in posts:
        county, city = post.office, post.office.parent
        here |= {county.pk, county.parent_id, city and city.parent_id, str(post.organisation_id)}
    before_places_were_noted = Q(data__at__isnull=True) & ~Q(data__what=LOOKED_AT)
    return Q(data__at__in=sorted(filter(None, here))) | before_places_were_noted


def _what(event: Event) -> str:
    key = event.data.get("what", "")
    if key in content.known_keys():
        return content.label_of(key)
    if key == NAME_SHOWN:
        return "按证件号码查到的姓名（遮盖）"
    return content.label_of(f"officer.{IDENTITY}") if key == IDENTITY else key
