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
    """By key; a fixed number of questions for each sort of record."""
    by_type: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        kind, _, pk = key.rpartition("/")[2].partition(":")
        by_type[kind][pk].append(key)
    found = {}
    for kind, named in by_type.items():
        for pk, title, sub, url in _TELLERS[kind](list(named), at, user):
            for key in named[str(pk)]:
                year = key.rpartition("/")[0]
                found[key] = Shown(key, title, sub, url, f"{year} 年" if year else "")
    return {key: found.get(key) or Shown(key, key) for key in keys}


def _enterprises(pks: list[str], at: AsOf, user):
    mine = set(organisations_visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    for one in Organisation.objects.filter(pk__in=pks).select_related("office").defer("search", "haystack"):
        url = f"{reverse('desk:enterprise', args=[one.pk])}?{at.address}" if one.pk in mine else ""
        yield one.pk, one.name, f"{one.credit_code} · {one.office.area}", url


def _posts(pks: list[str], at: AsOf, user):
    mine = set(Officer.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    for one in Officer.objects.filter(pk__in=pks).for_list():
        url = one.get_absolute_url() if one.pk in mine else ""
        yield one.pk, one.name, f"{one.organisation.name} · {one.office.area}", url


def _filings(pks: list[str], at: AsOf, user):
    mine = set(Filing.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    for one in Filing.objects.filter(pk__in=pks).for_list():
        sub = f"{one.get_kind_display()} · {one.receipt_number or ''}"
        yield (
            one.pk,
            f"{one.organisation.name}：{one.name}",
            sub,
            one.get_absolute_url() if one.pk in mine else "",
        )


def _applications(pks: list[str], at: AsOf, user):
    mine = set(Application.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    for one in Application.objects.filter(pk__in=pks).select_related("organisation").defer("draft"):
        url = one.get_absolute_url() if one.pk in mine else ""
        yield one.pk, one.name, f"{one.organisation.name} · {one.number or ''}", url


def _evaluations(pks: list[str], at: AsOf, user):
    found = Evaluation.objects.filter(pk__in=pks).select_related("application__organisation", "decision")
    for one in found.defer("application__draft"):
        sub = f"{one.application.organisation.name} · {one.number} · {one.decision.grade}"
        yield one.pk, one.application.name, sub, ""


def _appeals(pks: list[str], at: AsOf, user):
    for one in Appeal.objects.filter(pk__in=pks).select_related("evaluation__application"):
        yield one.pk, one.evaluation.application.name, one.number, ""


def _certificates(pks: list[str], at: AsOf, user):
    mine = set(Certificate.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    for one in Certificate.objects.filter(pk__in=pks).select_related("organisation"):
        sub = f"{one.number} · {one.grade} · {one.organisation.name}"
        yield one.pk, one.name, sub, one.get_absolute_url() if one.pk in mine else ""


def _commissions(pks: list[str], at: AsOf, user):
    for one in Commission.objects.filter(pk__in=pks).select_related("institution", "office"):
        yield (
            one.pk,
            one.institution.name,
            f"{one.document} · {one.office.area}",
            reverse("training:provider", args=[one.institution_id]),
        )


def _sessions(pks: list[str], at: AsOf, user):
    mine = set(Session.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    for one in Session.objects.filter(pk__in=pks).select_related("institution"):
        url = reverse("training:session", args=[one.pk]) if one.pk in mine else ""
        yield one.pk, one.name, f"{one.number} · {one.last_day:%Y-%m-%d}", url


def _entries(pks: list[str], at: AsOf, user):
    for one in Entry.objects.filter(pk__in=pks).select_related("person", "session"):
        yield one.pk, one.person.name, f"{one.number} · {one.hours} 学时 · {one.on:%Y-%m-%d}", ""


def _trainees(pks: list[str], at: AsOf, user):
    pairs = [(key, *key.split(":")) for key in pks]
    people = Person.objects.in_bulk({UUID(person) for *_, person in pairs})
    houses = Institution.objects.in_bulk({UUID(house) for _, house, _ in pairs})
    for key, house, person in pairs:
        yield key, people[UUID(person)].name, houses[UUID(house)].name, ""


def _completions(pks: list[str], at: AsOf, user):
    mine = set(Completion.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    for one in Completion.objects.filter(pk__in=pks).select_related("session"):
        url = one.get_absolute_url() if one.pk in mine else ""
        yield one.pk, one.name, f"{one.number} · {one.issued_on:%Y-%m-%d}", url


def _provider_reports(pks: list[str], at: AsOf, user):
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
