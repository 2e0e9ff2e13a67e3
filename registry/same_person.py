"""The same identity elsewhere: posts and filings side by side, an officer's decision, and the guard that asks for one.

Of the other posts only enterprise, county, post, days and number are shown. An app above adds lines by `add_row`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Prefetch

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look_once, record
from cqo_portal.parties.models import Office, Person
from registry import facts
from registry.models import Filing, IdentityDecision, Officer, Submission
from registry.services import lock_for_decision, pin

S = Filing.State
UNDER_WAY = (S.AT_COUNTY, S.AT_CITY, S.RETURNED)
BEFORE_AN_OFFICE = (S.AT_COUNTY, S.AT_CITY)
IDENTITY = "officer.identity_number"
LOOKED_AT = "同一人的其他任职"
ASK_FOR_THE_NUMBER = "请对照本人证件核对证件号码，有误的改正；无误的，请附证件复印件并说明。"
V = IdentityDecision.Verdict


@dataclass(frozen=True)
class Post:
    """A post, or a filing that asks for one. `key` stays the same from the filing to the post it becomes."""

    key: str
    enterprise: str
    county: str
    office: Office
    post: str
    begins: date | None
    ends: date | None
    number: str
    standing: str  # a code of `ui.STATES`
    person: Person | None = None
    officer: Officer | None = None
    filing: Filing | None = None

    @property
    def live(self) -> bool:
        return self.standing != "ended"


@dataclass(frozen=True)
class Row:
    """One line: a label, and what it says of each post (`named`: with the enterprise, for narrow screens)."""

    label: str
    cells: tuple[str, ...]
    enterprises: tuple[str, ...] = ()

    @property
    def named(self) -> list[tuple[str, str]]:
        return list(zip(self.enterprises, self.cells, strict=True))


Cells = Callable[[Sequence[Post]], Sequence[str]]  # one cell for each post, asked for together


def _each(cell: Callable[[Post], str]) -> Cells:
    return lambda posts: [cell(post) for post in posts]


ROWS: list[tuple[str, Cells]] = [
    ("所属县（市、区）", _each(lambda post: post.county)),
    ("职务", _each(lambda post: post.post)),
    ("任职", _each(lambda post: f"{post.begins or '未写明'} 至 {post.ends or '今'}")),
    ("备案号、受理号", _each(lambda post: post.number or "–")),
]


def add_row(label: str, cells: Cells) -> None:
    """Another line of the comparison, from an app above: hours, evaluations."""
    ROWS.append((label, cells))


@dataclass(frozen=True)
class Comparison:
    """This case and, beside it, where the same identity serves or is to serve; what was decided about just these."""

    own: Post
    others: tuple[Post, ...]
    decision: IdentityDecision | None

    @property
    def posts(self) -> tuple[Post, ...]:
        return (self.own, *self.others)

    @property
    def rows(self) -> list[Row]:
        names = tuple(post.enterprise for post in self.posts)
        return [Row(label, tuple(cells(self.posts)), names) for label, cells in ROWS]

    @property
    def keys(self) -> list[str]:
        """What a decision is about: the posts that stand or are under way, this one among them."""
        return sorted({post.key for post in self.posts if post.live})

    @property
    def asks(self) -> bool:
        return len(self.keys) > 1

    @property
    def settled(self) -> bool:
        return not self.asks or (self.decision is not None and self.decision.verdict != V.MISTAKEN)

    @property
    def asked_elsewhere(self) -> bool:
        """The decision was made in another case, or at the other level: kept, and not asked again."""
        return self.decision is not None and self.decision.filing_id != self.own.filing.pk


def compared(filing: Filing) -> Comparison:
    """Everything of the same identity beside this case. Three queries, however many there are."""
    own = _own(filing)
    index = filing.identity_index
    others = [post for post in _elsewhere(index, filing) if post.key != own.key] if index else []
    found = Comparison(own, tuple(others), None)
    return Comparison(own, tuple(others), _decision(index, found.keys)) if found.asks else found


def _own(filing: Filing) -> Post:
    said = facts.content_of(filing)
    return _of_filing(filing, said)


def _elsewhere(index: str, filing: Filing) -> Iterable[Post]:
    """Other enterprises' posts first those that stand; then filings on their way to become one."""
    posts = Officer.objects.filter(person__identity_index=index).exclude(organisation=filing.organisation_id)
    posts = posts.select_related("organisation", "office", "person").order_by("-appointed_on", "id")
    found = {post.key: post for post in map(_of_officer, posts)}
    words = Prefetch("submissions", Submission.objects.order_by("-round"), to_attr="words")
    filings = Filing.objects.filter(identity_index=index, state__in=UNDER_WAY).exclude(pk=filing.pk)
    filings = filings.exclude(organisation=filing.organisation_id)
    for other in filings.select_related("organisation", "office", "post").prefetch_related(words):
        mine = _of_filing(other, other.words[0].content)
        found.setdefault(mine.key, mine)
    return sorted(found.values(), key=lambda post: not post.live)


def _key_of_officer(officer: Officer) -> str:
    return str(officer.filing_id or officer.pk)


def _of_officer(officer: Officer) -> Post:
    return Post(
        key=_key_of_officer(officer),
        enterprise=officer.organisation.name,
        county=officer.office.area,
        office=officer.office,
        post=officer.post,
        begins=officer.appointed_on,
        ends=officer.ended_on,
        number=officer.filing_number or "",
        standing="ended" if officer.ended_on else "active",
        person=officer.person,
        officer=officer,
    )


def _of_filing(filing: Filing, said: dict) -> Post:
    """A change is of the post that stands; whoever is newly appointed has but the filing."""
    of_the_post = filing.post_id and filing.kind != Filing.Kind.REPLACEMENT
    appointment = said.get("appointment") or {}
    begins = appointment.get("appointed_on")
    return Post(
        key=_key_of_officer(filing.post) if of_the_post else str(filing.pk),
        enterprise=filing.organisation.name,
        county=filing.office.area,
        office=filing.office,
        post=(said.get("officer") or {}).get("post") or (filing.post.post if of_the_post else ""),
        begins=filing.post.appointed_on if of_the_post else date.fromisoformat(begins) if begins else None,
        ends=None,
        number=filing.filing_number or filing.receipt_number or "",
        standing=filing.state,
        filing=filing,
    )


def _decision(index: str, keys: list[str]) -> IdentityDecision | None:
    """The last one about exactly these posts, whoever made it, in whichever case."""
    made = IdentityDecision.objects.filter(identity_index=index, posts=keys)
    return made.select_related("by", "filing__office").order_by("-id").first()


# ── the guard ─────────────────────────────────────────────────────────────────────────────────
def unsettled(filing: Filing) -> str | None:
    """Why the case cannot go on: a sentence, or None."""
    if filing.kind == Filing.Kind.DEPARTURE or not filing.identity_index:
        return None
    return against(compared(filing))


def against(found: Comparison) -> str | None:
    if found.settled:
        return None
    if found.decision:
        return "证件号码已认定有误，请退回企业核对；确认无误的，请重新认定是否同一人。"
    elsewhere = "、".join(f"{post.enterprise}（{post.county}）" for post in found.others if post.live)
    return f"同一证件还登记在{elsewhere}，请先认定是兼任、已离开原单位，还是证件号码有误。"


# ── what is shown, and the note that it was ───────────────────────────────────────────────────
def shown_to(user, filing: Filing) -> Comparison | None:
    """The comparison for the offices that decide, while they decide; seeing another county's record is noted."""
    if filing.state not in BEFORE_AN_OFFICE or filing.kind == Filing.Kind.DEPARTURE:
        return None
    found = compared(filing)
    if not found.others:
        return None
    _note(found, filing, user=user)
    return found


def _note(found: Comparison, filing: Filing, *, user) -> None:
    """Once a case for each person who looks; the person concerned reads it in the dossier."""
    foreign = [post for post in found.others if not _is_ours(post.office, user)]
    subjects = {post.person or post.filing for post in foreign}
    why = f"核对受理号 {filing.receipt_number} 的申报人是否同一人"
    for subject in subjects:
        look_once(Event.LOOK, subject, by=user, what=LOOKED_AT, today=None, why=why)


def _is_ours(office: Office, user) -> bool:
    return user.acting.office_id in (office.pk, office.parent_id)


# ── the decision ──────────────────────────────────────────────────────────────────────────────
class NothingToDecide(Exception):
    """The posts that lay side by side are others now, or none. The message is a sentence for the officer."""


def decide(filing: Filing, *, posts: list[str], verdict: str, reason: str, by) -> IdentityDecision:
    """Say in writing what the same identity elsewhere means. `posts`: the keys that lay side by side on the page.

    A mistaken number is pinned for the enterprise, in words that say nothing of the other posts.
    """
    with transaction.atomic():
        lock_for_decision(filing, by=by)
        found = compared(filing)
        if not found.asks or found.keys != sorted(posts):
            raise NothingToDecide("并列的任职刚刚有变化，请看过新的对照再认定。")
        last = found.decision
        if last and (last.filing_id, last.verdict, last.reason, last.by) == (filing.pk, verdict, reason, by):
            return last  # a second click
        made = IdentityDecision.objects.create(
            filing=filing,
            identity_index=filing.identity_index,
            posts=found.keys,
            verdict=verdict,
            reason=reason,
            by=by,
        )
        record("same-person", filing, by=by, note=reason, data={"verdict": verdict, "posts": found.keys})
        if verdict == V.MISTAKEN:
            pin(filing, key=IDENTITY, reason=ASK_FOR_THE_NUMBER, cites="", by=by)
    return made


def decisions_in(filing: Filing) -> list[IdentityDecision]:
    return list(filing.identity_decisions.select_related("by").order_by("-id"))
