"""One officer from the first filing to today: the post, the other posts, every act, and who looked."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cqo_portal.audit.models import Event
from cqo_portal.desk.register import Post, posts_of
from cqo_portal.jurisdictions import NoSuchRule, pack
from cqo_portal.jurisdictions.requirements import leaves
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import Level, Rank
from registry import content
from registry.models import Officer
from registry.workflow import FILING

LOOKS_SHOWN = 20
IDENTITY = "identity_number"
NO_STEP = {"open": "开始填写"}  # acts that are no step of the table


@dataclass(frozen=True)
class Act:
    """One line of the timeline: what was done, and the event that says who, when, as whom, by which rules, why."""

    said: str
    event: Event

    @property
    def tone(self) -> str:
        return "bad" if self.event.after == "returned" else "now" if self.event.after == "filed" else ""

    @property
    def rules(self) -> RulePack | None:
        return rules_of(self.event)


@dataclass(frozen=True)
class Look:
    what: str
    event: Event


def dossier_of(officer: Officer, *, user, today: date) -> dict:
    acts = Event.objects.about(officer.filing).filter(~Q(after="") | Q(action="determine"))
    looks = looks_at([officer])
    return {
        "officer": officer,
        "post": Post(officer, today),
        "facts": facts_of(officer),
        "today": today,
        "other_posts": posts_of(other_posts(officer, user=user), today=today),
        "timeline": [Act(act_of(event), event) for event in acts.order_by("-id")],
        "looks": looks[:LOOKS_SHOWN],
        "more_looks": len(looks) > LOOKS_SHOWN,
    }


def other_posts(officer: Officer, *, user):
    seen = Officer.objects.visible_to(user).filter(person=officer.person_id).exclude(pk=officer.pk)
    return seen.for_list().order_by("-appointed_on", "-id")


def facts_of(officer: Officer) -> list[tuple[str, str]]:
    """What the accepted filing said, as words; empty ones are left out."""
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


def looks_at(posts: list[Officer]) -> list[Look]:
    """The read log of these posts' person and filings, newest first; one more than is shown."""
    people = {str(post.person_id) for post in posts}
    filings = {str(post.filing_id) for post in posts}
    seen = Event.objects.looks().filter(
        Q(subject_type="parties.person", subject_id__in=people)
        | Q(subject_type="registry.filing", subject_id__in=filings)
    )
    return [Look(_what(event), event) for event in seen.order_by("-id")[: LOOKS_SHOWN + 1]]


def _what(event: Event) -> str:
    key = event.data.get("what", "")
    if key in content.known_keys():
        return content.label_of(key)
    return content.label_of(f"officer.{IDENTITY}") if key == IDENTITY else key
