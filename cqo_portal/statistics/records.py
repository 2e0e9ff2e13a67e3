"""What a key of a table is the key of: its name, what stands beside it, and where it is read by whoever may."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from certificates.models import Certificate
from cqo_portal.parties.models import Institution, Organisation, Person
from cqo_portal.statistics.asked import AsOf
from evaluation.models import Appeal, Application, Evaluation
from registry.models import Filing, Officer
from registry.queries import organisations_visible_to
from training.models import Commission, Completion, Entry, ProviderReport, Session


@dataclass(frozen=True)
class Shown:
    """One record as a list shows it. Without `url` it is not the reader's to open: it belonged here then, not now."""

    key: str
    title: str
    sub: str = ""
    url: str = ""
    year: str = ""


def shown(keys: Iterable[str], *, at: AsOf, user) -> dict[str, Shown]:
    """By key; a fixed number of questions for each sort of record.

    What is not the reader's to see today (it belonged here then) keeps its name and says no more; a person of elsewhere
    has none here.
    """
    found = {}
    for kind, named in by_kind(keys).items():
        mine = visible(kind, named, user=user)
        for pk, title, sub, url in _TELLERS[kind](list(named), at):
            is_mine = str(pk) in mine
            if not is_mine:
                title = ELSEWHERE if kind in OF_PEOPLE else title
                sub, url = "现在不在本局查看范围", ""
            for key in named[str(pk)]:
                year = key.rpartition("/")[0]
                found[key] = Shown(key, title, sub, url, f"{year} 年" if year else "")
    return {key: found.get(key) or Shown(key, key) for key in keys}


ELSEWHERE = "（不显示姓名）"
OF_PEOPLE = frozenset({"entry", "trainee", "completion"})


def by_kind(keys: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """{kind: {primary key: [keys]}}; a year before the kind is left out: `2025/post:…`."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        kind, _, pk = key.rpartition("/")[2].partition(":")
        found[kind][pk].append(key)
    return found


def visible(kind: str, pks: Iterable[str], *, user) -> set[str]:
    """Those a person may see today."""
    pks = list(pks)
    if kind == "trainee":  # of a house and a person: some line of that person there
        pairs = [(pk, *pk.partition(":")[::2]) for pk in pks]
        seen = Entry.objects.visible_to(user).filter(person__in={person for *_, person in pairs})
        there = {
            f"{house}:{person}" for house, person in seen.values_list("institution", "person").distinct()
        }
        return there & set(pks)
    return {str(pk) for pk in _SEEN[kind](user).filter(pk__in=pks).values_list("pk", flat=True)}


def _of_seen_applications(model, path: str):
    def seen(user):
        return model.objects.filter(**{f"{path}__in": organisations_visible_to(user).values("pk")})

    return seen


_SEEN: Mapping[str, Callable] = {
    "enterprise": organisations_visible_to,
    "post": Officer.objects.visible_to,
    "filing": Filing.objects.visible_to,
    "application": _of_seen_applications(Application, "organisation"),
    "evaluation": _of_seen_applications(Evaluation, "application__organisation"),
    "appeal": _of_seen_applications(Appeal, "evaluation__application__organisation"),
    "certificate": Certificate.objects.visible_to,
    "commission": Commission.objects.visible_to,
    "session": Session.objects.visible_to,
    "entry": Entry.objects.visible_to,
    "completion": Completion.objects.visible_to,
    "provider-report": ProviderReport.objects.visible_to,
}


def _enterprises(pks: list[str], at: AsOf):
    for one in Organisation.objects.filter(pk__in=pks).select_related("office").defer("search", "haystack"):
        url = f"{reverse('desk:enterprise', args=[one.pk])}?{at.address}"
        yield one.pk, one.name, f"{one.credit_code} · {one.office.area}", url


def _posts(pks: list[str], at: AsOf):
    for one in Officer.objects.filter(pk__in=pks).for_list():
        yield one.pk, one.name, f"{one.organisation.name} · {one.office.area}", one.get_absolute_url()


def _filings(pks: list[str], at: AsOf):
    for one in Filing.objects.filter(pk__in=pks).for_list():
        sub = f"{one.get_kind_display()} · {one.receipt_number or ''}"
        yield one.pk, f"{one.organisation.name}：{one.name}", sub, one.get_absolute_url()


def _applications(pks: list[str], at: AsOf):
    """The case itself is the body's and the applicants'."""
    for one in Application.objects.filter(pk__in=pks).select_related("organisation").defer("draft"):
        yield one.pk, one.name, f"{one.organisation.name} · {one.number or ''}", ""


def _evaluations(pks: list[str], at: AsOf):
    found = Evaluation.objects.filter(pk__in=pks).select_related("application__organisation", "decision")
    for one in found.defer("application__draft"):
        sub = f"{one.application.organisation.name} · {one.number} · {one.decision.grade}"
        yield one.pk, one.application.name, sub, ""


def _appeals(pks: list[str], at: AsOf):
    for one in Appeal.objects.filter(pk__in=pks).select_related("evaluation__application"):
        yield one.pk, one.evaluation.application.name, one.number, ""


def _certificates(pks: list[str], at: AsOf):
    for one in Certificate.objects.filter(pk__in=pks).select_related("organisation"):
        sub = f"{one.number} · {one.grade} · {one.organisation.name}"
        yield one.pk, one.name, sub, one.get_absolute_url()


def _commissions(pks: list[str], at: AsOf):
    for one in Commission.objects.filter(pk__in=pks).select_related("institution", "office"):
        url = reverse("training:provider", args=[one.institution_id])
        yield one.pk, one.institution.name, f"{one.document} · {one.office.area}", url


def _sessions(pks: list[str], at: AsOf):
    for one in Session.objects.filter(pk__in=pks):
        url = reverse("training:session", args=[one.pk])
        yield one.pk, one.name, f"{one.number} · {one.last_day:%Y-%m-%d}", url


def _entries(pks: list[str], at: AsOf):
    for one in Entry.objects.filter(pk__in=pks).select_related("person"):
        yield one.pk, one.person.name, f"{one.number} · {one.hours} 学时 · {one.on:%Y-%m-%d}", ""


def _trainees(pks: list[str], at: AsOf):
    pairs = [(key, *key.split(":")) for key in pks]
    people = Person.objects.in_bulk({UUID(person) for *_, person in pairs})
    houses = Institution.objects.in_bulk({UUID(house) for _, house, _ in pairs})
    for key, house, person in pairs:
        yield key, people[UUID(person)].name, houses[UUID(house)].name, ""


def _completions(pks: list[str], at: AsOf):
    for one in Completion.objects.filter(pk__in=pks):
        yield one.pk, one.name, f"{one.number} · {one.issued_on:%Y-%m-%d}", one.get_absolute_url()


def _provider_reports(pks: list[str], at: AsOf):
    for one in ProviderReport.objects.filter(pk__in=pks).select_related("institution", "office"):
        yield one.pk, one.institution.name, f"{one.year} 年度报告 · {one.office.area}", ""


_TELLERS: Mapping[str, Callable] = {
    "enterprise": _enterprises,
    "post": _posts,
    "filing": _filings,
    "application": _applications,
    "evaluation": _evaluations,
    "appeal": _appeals,
    "certificate": _certificates,
    "commission": _commissions,
    "session": _sessions,
    "entry": _entries,
    "trainee": _trainees,
    "completion": _completions,
    "provider-report": _provider_reports,
}
