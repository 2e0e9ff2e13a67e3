"""Why two tables differ: of every record that moved the acts that moved it.

An act moves a table if it was recorded between what the two knew, or takes effect between the days they tell of. Where
there is none, time alone did it: a certificate expired, somebody grew a year older.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from certificates.models import Act, Certificate
from cqo_portal.audit.models import Event
from cqo_portal.jurisdictions import NoSuchRule, pack
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.statistics.as_known import OF_ENTERPRISES, OF_POSTS, offices_of
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.queries import areas_of
from cqo_portal.statistics.records import by_kind, visible
from evaluation.models import Evaluation
from registry.entry_kinds import IN_OFFICE, kind_of
from registry.history import day_after
from registry.lists.models import AboveScale, Award
from registry.models import Adoption, Entry, Officer
from registry.reports.models import AnnualReport, RollUp
from training.models import Completion, Flag
from training.models import Entry as Line


@dataclass(frozen=True)
class Span:
    """What lies between two questions."""

    before: AsOf
    after: AsOf

    @property
    def recorded(self) -> tuple[datetime, datetime]:
        ends = sorted((self.before.recorded_before, self.after.recorded_before))
        return ends[0], ends[1]

    @property
    def effective(self) -> tuple[date, date]:
        """After the first day, until the second."""
        days = sorted((self.before.on, self.after.on))
        return days[0], days[1]

    def moved(self, recorded: str, *days: str) -> Q:
        """Recorded between, or of a day between."""
        (begins, ends), (first, last) = self.recorded, self.effective
        found = Q(**{f"{recorded}__gte": begins, f"{recorded}__lt": ends})
        for day in days:
            found |= Q(**{f"{day}__gt": first, f"{day}__lte": last})
        return found

    def done(self, at: str) -> Q:
        """Of acts, which happen when they are recorded: what one of the tables could count and the other could not."""
        done = sorted((self.before.done_before, self.after.done_before))
        known = Q(**dict(zip((f"{at}__gte", f"{at}__lt"), self.recorded, strict=True)))
        return known | Q(**dict(zip((f"{at}__gte", f"{at}__lt"), done, strict=True)))


@dataclass(frozen=True)
class Cause:
    """One act: when it was recorded, from which day it holds, what it says, who did it, and where it stands."""

    at: datetime
    on: date | None
    said: str
    by: str = ""
    url: str = ""


Causes = dict[str, list[Cause]]
Source = Callable[[list[str], Span], Iterator[tuple[object, Cause]]]


def causes_of(keys: Iterable[str], span: Span, *, subject: str, user) -> Causes:
    """By key of the record; one without any moved by time alone. `subject`: the code of the table, for what only some rest on.

    Of what belongs elsewhere today only that it went is told: what was done with it since is another office's.
    """
    found: Causes = defaultdict(list)
    for kind, named in by_kind(keys).items():
        mine = visible(kind, named, user=user)
        told = [
            *_moves(kind, named, span, user=user),
            *_asked_for(kind, mine, span, subject=subject),
            *_SOURCES[kind]([pk for pk in named if pk in mine], span),
        ]
        for pk, cause in told:
            for key in named[str(pk)]:
                found[key].append(cause)
    for causes in found.values():
        causes.sort(key=lambda each: each.at)
    return found


# ── where it belongs, and what is asked there ─────────────────────────────────────────────────
# Whatever belongs to an enterprise moves between counties with it: where it says which enterprise that is.
_BELONGS_TO: dict[str, tuple[str, str]] = {
    "enterprise": ("parties.organisation", "pk"),
    "post": ("registry.officer", "organisation"),
    "filing": ("registry.filing", "organisation"),
    "application": ("evaluation.application", "organisation"),
    "evaluation": ("evaluation.evaluation", "application__organisation"),
    "appeal": ("evaluation.appeal", "evaluation__application__organisation"),
    "certificate": ("certificates.certificate", "organisation"),
}


def _by_firm(kind: str, pks: Iterable[str]) -> dict[UUID, list[str]]:
    label, path = _BELONGS_TO[kind]
    found = defaultdict(list)
    for pk, firm in apps.get_model(label)._base_manager.filter(pk__in=list(pks)).values_list("pk", path):
        found[firm].append(str(pk))
    return found


def _moves(kind: str, pks: Iterable[str], span: Span, *, user) -> Iterator[tuple[str, Cause]]:
    """That its enterprise went to another county. Of one that is elsewhere now no more than that it left, whatever came then."""
    if kind not in _BELONGS_TO:
        return
    things = _by_firm(kind, pks)
    moves = Entry.objects.filter(post=None, name="office", organisation__in=list(things))
    ours = visible("enterprise", map(str, things), user=user)
    told = list(_entries(moves.filter(organisation__in=ours), span, key=lambda entry: entry.organisation_id))
    told += _leavings(moves.exclude(organisation__in=ours), span, user=user)
    for firm, cause in told:
        yield from ((pk, cause) for pk in things[firm])


def _leavings(moves: QuerySet, span: Span, *, user) -> Iterator[tuple[UUID, Cause]]:
    own, gone = set(areas_of(user).values_list("pk", flat=True)), set()
    shown = cache(kind_of("office", of_a_post=False).shown)
    for entry in moves.filter(span.moved("recorded_at", "effective_on")).order_by("effective_on", "pk"):
        if entry.organisation_id in gone or entry.value in own:
            continue
        gone.add(entry.organisation_id)
        said = f"登记 管辖机构 = {shown(entry.value)}"
        yield entry.organisation_id, Cause(entry.recorded_at, entry.effective_on, said)


def _asked_for(kind: str, pks: Collection[str], span: Span, *, subject: str) -> Iterator[tuple[str, Cause]]:
    """Where a table rests on what is asked for: that an edition came to be worked by, or reports were called for."""
    if (subject, kind) not in {("hours", "post"), ("reports", "enterprise")}:
        return
    things = _by_firm(kind, pks)
    firms = Organisation.objects.filter(pk__in=list(things))
    at = defaultdict(list)
    for side in (span.before, span.after):
        for firm, county in offices_of(firms, side).items():
            at[county] += [pk for pk in things[firm] if pk not in at[county]]
    counties = Office.objects.select_related("parent").in_bulk(list(at))
    deciding = {code: each.parent_id if each.is_in_a_city else code for code, each in counties.items()}
    causes = _adopted(set(deciding.values()), span)
    called = _called(counties, span) if subject == "reports" else {}
    for code in counties:
        for cause in (*causes.get(deciding[code], ()), *called.get(code, ())):
            yield from ((pk, cause) for pk in at[code])


def _adopted(offices: Collection[str], span: Span) -> Causes:
    """By office the editions it took up."""
    (begins, ends), (first, last), found = span.recorded, span.effective, defaultdict(list)
    adoptions = Adoption.objects.filter(office__in=offices, at__lt=ends).select_related("by", "office")
    for adoption in adoptions.order_by("pk"):
        try:
            text = pack(adoption.edition)
        except NoSuchRule:  # an edition of before, which is shipped no more
            continue
        if adoption.at >= begins or first < text.in_force_from <= last:
            said = f"{adoption.office.area}采用规则：{text.title}"
            cause = Cause(adoption.at, text.in_force_from, said, _who(adoption.by))
            found[adoption.office_id].append(cause)
    return found


def _called(counties: Collection[str], span: Span) -> Causes:
    """By county the years whose reports it was called to collect."""
    (begins, ends), found = span.recorded, defaultdict(list)
    calls = RollUp.objects.filter(office__in=list(counties), opened_at__gte=begins, opened_at__lt=ends)
    for call in calls.select_related("opened_by").order_by("year"):
        cause = Cause(call.opened_at, None, f"要求报送 {call.year} 年度报告", _who(call.opened_by))
        found[call.office_id].append(cause)
    return found


# ── the register ──────────────────────────────────────────────────────────────────────────────
def _of_enterprises(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
    own = [name for name in OF_ENTERPRISES if name != "office"]
    of_firms = Q(post=None, name__in=own) | Q(post__isnull=False, name=IN_OFFICE)
    entries = Entry.objects.filter(of_firms, organisation__in=list(named))
    yield from _entries(entries, span, key=lambda entry: entry.organisation_id)
    for model in (AboveScale, Award):
        yield from _listed(model.objects.filter(organisation__in=list(named)), span)
    yield from _reports(named, span)


def _of_posts(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
    """What is said of the post, how large its enterprise is, and what its holder learned."""
    yield from _entries(
        Entry.objects.filter(post__in=list(named), name__in=(IN_OFFICE, *OF_POSTS, "training_certificate")),
        span,
        key=lambda entry: entry.post_id,
    )
    posts = Officer.objects.filter(pk__in=list(named)).values_list("pk", "organisation", "person")
    by_firm, by_person = defaultdict(list), defaultdict(list)
    for pk, firm, person in posts:
        by_firm[firm].append(pk)
        by_person[person].append(pk)
    sized = Entry.objects.filter(organisation__in=list(by_firm), post=None, name="size")
    for firm, cause in _entries(sized, span, key=lambda entry: entry.organisation_id):
        yield from ((pk, cause) for pk in by_firm[firm])
    for person, cause in _learned(Line.objects.filter(person__in=list(by_person)), span):
        yield from ((pk, cause) for pk in by_person[person])
    for person, cause in _proven(Completion.objects.filter(person__in=list(by_person)), span, by="person_id"):
        yield from ((pk, cause) for pk in by_person[person])
    held = Certificate.objects.filter(person__in=list(by_person))
    of_person = dict(held.values_list("pk", "person"))
    for certificate, cause in _of_certificates(list(map(str, of_person)), span):
        yield from ((pk, cause) for pk in by_person[of_person[UUID(str(certificate))]])


def _entries(entries: QuerySet, span: Span, *, key) -> Iterator[tuple[str, Cause]]:
    shown = cache(
        lambda kind, value: kind.shown(value)
    )  # offices and industries are looked up by their words
    found = entries.filter(
        span.moved("recorded_at", "effective_on") | span.moved("recorded_at", "corrects__effective_on")
    )
    for entry in (
        found.select_related("by", "post", "filing", "corrects").defer("filing__draft").order_by("pk")
    ):
        kind = kind_of(entry.name, of_a_post=entry.post_id is not None)
        whose = f"{entry.post.name}：" if entry.post_id else ""
        what = "更正" if entry.corrects_id else "登记"
        said = f"{what} {whose}{kind.label} = {shown(kind, entry.value)}"
        if entry.reason:
            said = f"{said}（{entry.reason}）"
        yield (
            key(entry),
            Cause(entry.recorded_at, entry.effective_on, said, _who(entry.by), entry.get_absolute_url()),
        )


def _listed(entries: QuerySet, span: Span) -> Iterator[tuple[str, Cause]]:
    found = entries.filter(span.moved("at") | span.moved("ended_at")).select_related("by", "ended_by")
    begins, ends = span.recorded
    for entry in found.order_by("at"):
        word = getattr(entry, "name", "") or entry.get_kind_display()
        if begins <= entry.at < ends:
            said = f"列入 {entry.year} 年名单：{word}"
            yield entry.organisation_id, Cause(entry.at, None, said, _who(entry.by), entry.get_absolute_url())
        if entry.ended_at and begins <= entry.ended_at < ends:
            said = f"移出 {entry.year} 年名单：{word}（{entry.ended_reason}）"
            yield (
                entry.organisation_id,
                Cause(entry.ended_at, None, said, _who(entry.ended_by), entry.get_absolute_url()),
            )


def _reports(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
    reports = AnnualReport.objects.filter(organisation__in=list(named)).values_list("pk", "organisation")
    firms = {str(pk): firm for pk, firm in reports}
    for pk, cause in _events("reports.annualreport", span, firms):
        yield firms[pk], cause


# ── cases ─────────────────────────────────────────────────────────────────────────────────────
WORDS = {
    "submit": "提交", "post": "入账", "hand-in": "报送", "carry": "随企业迁移", "remind": "催办", "take-up": "接手", "send-up": "县级上报", "file": "准予备案", "return": "退回", "return-from-city": "市级退回",
    "recall": "县级撤回", "withdraw": "企业撤回", "discard": "作废草稿", "accept": "受理", "refuse": "不予受理",
    "receive": "接收", "amend": "重新填报", "correct": "更正", "publish": "公布", "decide": "决定", "lodge": "提出申诉",
    "grant": "另组评价组", "dismiss": "不予支持", "take-back": "撤回申诉", "commission": "委托", "end": "终止委托",
}  # fmt: skip


def _of_cases(label: str) -> Source:
    def found(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
        return _events(label, span, named)

    return found


def _of_bodies(label: str, *actions: str) -> Source:
    """Cases of evaluation bodies: only the acts that are told outside, and by nobody's name – panels are the body's business."""

    def found(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
        for pk, cause in _events(label, span, named, only=actions):
            yield pk, replace(cause, by="", url="")

    return found


def _of_evaluations(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
    """That its result was published, or that of a later panel, which took its place."""
    cases = dict(Evaluation.objects.filter(pk__in=list(named)).values_list("pk", "application"))
    runs = Evaluation.objects.filter(application__in=set(cases.values())).values_list("pk", "application")
    case_of = {str(pk): case for pk, case in runs}
    for pk, cause in _of_bodies("evaluation.evaluation", "publish")(case_of, span):
        yield from ((each, cause) for each, case in cases.items() if case == case_of[pk])


def _events(
    label: str, span: Span, keys: Iterable[str], *, only: Collection[str] = ()
) -> Iterator[tuple[str, Cause]]:
    model = apps.get_model(label)
    events = Event.objects.filter(
        span.done("at"), subject_type=label, subject_id__in=[str(key) for key in keys]
    )
    if only:
        events = events.filter(action__in=only)
    where = (
        {str(each.pk): each.get_absolute_url() for each in model._base_manager.filter(pk__in=list(keys))}
        if hasattr(model, "get_absolute_url")
        else {}
    )
    for event in events.exclude(action__in=(Event.LOOK, Event.PAPER, Event.EXPORT)).order_by("id"):
        said = WORDS.get(event.action, "办理")
        yield event.subject_id, Cause(event.at, None, said, event.actor_name, where.get(event.subject_id, ""))


# ── learning ──────────────────────────────────────────────────────────────────────────────────
def _learned(lines: QuerySet, span: Span) -> Iterator[tuple[UUID, Cause]]:
    for line in lines.filter(span.moved("at", "on")).select_related("by", "reverses").order_by("pk"):
        yield line.person_id, _cause_of(line)
    flags = Flag.objects.filter(
        span.moved("at") | span.moved("settlement__at"), entry__in=lines.order_by().values("pk")
    )
    for flag in flags.select_related("entry", "settlement__by").order_by("pk"):
        settled = getattr(flag, "settlement", None)
        said = (
            f"核查 {flag.entry.number}：{'计入' if settled.counts else '不计入'}"
            if settled
            else f"列入核查 {flag.entry.number}"
        )
        yield (
            flag.entry.person_id,
            Cause(
                settled.at if settled else flag.at,
                flag.entry.on,
                said,
                _who(settled.by) if settled else "",
                flag.entry.get_absolute_url(),
            ),
        )


def _cause_of(line: Line) -> Cause:
    what = f"冲正 {line.reverses.number}" if line.reverses_id else f"入账 {line.number}，{line.hours} 学时"
    return Cause(line.at, line.on, what, _who(line.by), line.get_absolute_url())


def _of_lines(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
    lines = Line.objects.filter(Q(pk__in=list(named)) | Q(reverses__in=list(named)))
    for line in lines.filter(span.moved("at", "on")).select_related("by", "reverses").order_by("pk"):
        yield str(line.reverses_id or line.pk), _cause_of(line)


def _of_trainees(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
    """`<institution>:<person>`."""
    for key in named:
        institution, _, person = key.partition(":")
        lines = Line.objects.filter(institution=institution, person=person).filter(span.moved("at", "on"))
        for line in lines.select_related("by", "reverses").order_by("pk"):
            yield key, _cause_of(line)


def _proven(papers: QuerySet, span: Span, *, by: str) -> Iterator[tuple[UUID, Cause]]:
    found = papers.filter(span.moved("at", "issued_on") | span.moved("voiding__at"))
    begins, ends = span.recorded
    for paper in found.select_related("by", "voiding__by").order_by("pk"):
        key, url = getattr(paper, by), paper.get_absolute_url()
        voiding = getattr(paper, "voiding", None)
        if voiding is None or not begins <= voiding.at < ends:
            yield key, Cause(paper.at, paper.issued_on, f"发培训证书 {paper.number}", _who(paper.by), url)
        else:
            yield key, Cause(voiding.at, voiding.on, f"培训证书 {paper.number} 作废", _who(voiding.by), url)


def _of_completions(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
    for pk, cause in _proven(Completion.objects.filter(pk__in=list(named)), span, by="pk"):
        yield str(pk), cause


# ── certificates ──────────────────────────────────────────────────────────────────────────────
def _of_certificates(named: Iterable[str], span: Span) -> Iterator[tuple[object, Cause]]:
    held = Certificate.objects.filter(pk__in=list(named))
    for paper in held.filter(span.moved("rendering__at", "first_day")).select_related("rendering"):
        said = f"签发评价证书 {paper.number}（{paper.grade}）"
        yield str(paper.pk), Cause(paper.rendering.at, paper.first_day, said, "", paper.get_absolute_url())
    acts = Act.objects.filter(span.moved("at", "effective_on"), certificate__in=list(named)).exclude(
        led_to=""
    )
    for act in acts.select_related("by", "certificate").order_by("pk"):
        said = f"{act.get_kind_display()} {act.certificate.number}"
        yield (
            str(act.certificate_id),
            Cause(act.at, act.effective_on, said, _who(act.by), act.certificate.get_absolute_url()),
        )
    first, last = span.effective
    for paper in held.filter(last_day__gte=first, last_day__lt=last):  # the day after it is expired
        said = f"{paper.number} 有效期到 {paper.last_day:%Y-%m-%d}"
        yield str(paper.pk), Cause(day_after(paper.last_day), None, said, "", paper.get_absolute_url())


def _who(user) -> str:
    return str(user) if user else "系统"


_SOURCES: dict[str, Source] = {
    "enterprise": _of_enterprises,
    "post": _of_posts,
    "filing": _of_cases("registry.filing"),
    "application": _of_bodies(
        "evaluation.application", "submit", "return", "accept", "refuse", "withdraw", "discard"
    ),
    "evaluation": _of_evaluations,
    "appeal": _of_bodies("evaluation.appeal", "lodge", "grant", "dismiss", "take-back"),
    "commission": _of_cases("training.commission"),
    "session": _of_cases("training.session"),
    "provider-report": _of_cases("training.providerreport"),
    "entry": _of_lines,
    "trainee": _of_trainees,
    "completion": _of_completions,
    "certificate": _of_certificates,
}
