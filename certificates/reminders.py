"""The days of a certificate somebody is reminded of: when one may, and should, apply again; its last; the learning of its years."""

from collections.abc import Collection
from datetime import date

from django.db.models import Case, DateField, Exists, F, Func, OuterRef, Q, QuerySet, When
from django.db.models.functions import ExtractDay

from certificates.learning import judged
from certificates.models import Certificate
from cqo_portal.accounts.models import Role
from cqo_portal.jurisdictions import pack
from cqo_portal.notifications.catalogue import Group
from cqo_portal.reminders.catalogue import Audience, Pair, Reminder, add
from cqo_portal.reminders.stages import Stage, Stages
from evaluation.bodies.texts import continuing
from evaluation.models import Application, Evaluation
from registry.duties.lines import earned_by, lines_of
from registry.models import Officer

LONGEST = 5  # years a certificate may run; the text says three

_SERVES = Exists(
    Officer.objects.in_office().filter(organisation=OuterRef("organisation"), person=OuterRef("person"))
)
HOLDER = Audience(Role.OFFICER, "person")
ENTERPRISE = Audience(Role.ENTERPRISE, "organisation", where=Q(_SERVES))


def _told() -> QuerySet:
    """Certificates somebody has been sent."""
    return Certificate.objects.filter(sent_at__isnull=False)


def _not_applied_again(certificates: QuerySet) -> QuerySet:
    """What was handed in, or is evaluated, is settled; a draft is not."""
    person = OuterRef("person")
    handed_in = Application.objects.filter(person=person, state=Application.State.SUBMITTED)
    under_way = Evaluation.objects.under_way().filter(application__person=person)
    return certificates.filter(~Exists(handed_in), ~Exists(under_way))


def window_opens(first: date, last: date) -> list[QuerySet]:
    valid = _told().filter(state=Certificate.State.VALID, reapply_opens__range=(first, last))
    return [_not_applied_again(valid).annotate(falls_on=F("reapply_opens"))]


def to_be_applied_for(first: date, last: date) -> list[QuerySet]:
    valid = _told().filter(state=Certificate.State.VALID, reapply_by__range=(first, last))
    return [_not_applied_again(valid).annotate(falls_on=F("reapply_by"))]


def ends(first: date, last: date) -> list[QuerySet]:
    return [_told().ending_between(first, last).annotate(falls_on=F("last_day"))]


# ── continuing education, by certificate year (9.2) ───────────────────────────────────────────
class _YearsLater(Func):
    """The corresponding day; of 29 February the last of the month."""

    template = "(%(expressions)s + interval '%(years)s years')::date"
    output_field = DateField()


class _DayBefore(Func):
    template = "(%(expressions)s - 1)"
    output_field = DateField()


def end_of_year(number: int) -> Case:
    """The last day of the so manieth year from `first_day`: `Years.last_day_from` in SQL; a test holds both equal."""
    corresponding = _YearsLater(F("first_day"), years=number)
    missed = ~Q(first_day__day=ExtractDay(corresponding))  # there is no such day in that year
    return Case(When(missed, then=corresponding), default=_DayBefore(corresponding), output_field=DateField())


def year_ends(first: date, last: date) -> list[QuerySet]:
    valid = _told().filter(state=Certificate.State.VALID)
    years = (valid.annotate(falls_on=end_of_year(number)) for number in range(1, LONGEST + 1))
    return [rows.filter(falls_on__range=(first, last), falls_on__lte=F("last_day")) for rows in years]


def short_of_learning(pairs: set[Pair]) -> set[Pair]:
    """Of these certificates and last days of a year those in whose year something is missing."""
    certificates = Certificate.objects.filter(pk__in={key for key, _ in pairs}).in_bulk()
    lines = lines_of([each.person_id for each in certificates.values()])
    return {(key, ends) for key, ends in pairs if _misses(certificates[key], ends, lines)}


def _misses(certificate: Certificate, ends: date, lines) -> bool:
    learned = judged(certificate, earned_by(lines.get(certificate.person_id, ())), today=ends)
    years = learned.years if learned else ()
    return any(year.missing for year in years if year.last == ends)


def _subjects() -> QuerySet:
    return Certificate.objects.select_related("person", "organisation", "body")


def _citing(clause: str):
    def cites(certificates: Collection[Certificate]) -> dict:
        return {each.pk: getattr(each.rule, clause).cites for each in certificates}

    return cites


def _cites_learning(certificates: Collection[Certificate]) -> dict:
    duties = {edition: continuing(pack(edition)) for edition in {each.rule_edition for each in certificates}}
    return {each.pk: duty.cites for each in certificates if (duty := duties[each.rule_edition])}


BOTH = (HOLDER, ENTERPRISE)

add(
    Reminder(
        code="certificate-window-opens",
        label="可以申请再评价了",
        clause="T/JSQA 194—2024 9.4",
        group=Group.CERTIFICATES,
        stages=Stages((Stage(0, "今天起可以申请"),), lasts=60),
        audiences=BOTH,
        due=window_opens,
        subjects=_subjects,
        cites=_citing("window_opens"),
    ),
    Reminder(
        code="certificate-to-be-renewed",
        label="应当申请再评价",
        clause="T/JSQA 194—2024 9.4",
        group=Group.CERTIFICATES,
        stages=Stages((Stage(-30, "还有 30 天"), Stage(0, "最后一天", urgent=True), Stage(1, "已经逾期", urgent=True)), lasts=55),
        audiences=BOTH,
        due=to_be_applied_for,
        subjects=_subjects,
        cites=_citing("reapply_by"),
        compulsory=True,
    ),
    Reminder(
        code="certificate-ends",
        label="证书到期",
        clause="T/JSQA 194—2024 9.4",
        group=Group.CERTIFICATES,
        stages=Stages((Stage(-30, "还有 30 天"), Stage(-7, "还有 7 天", urgent=True), Stage(1, "已经到期", urgent=True)), lasts=60),
        audiences=BOTH,
        due=ends,
        subjects=_subjects,
        cites=_citing("valid_for"),
        compulsory=True,
    ),
    Reminder(
        code="certificate-learning",
        label="本证书年继续教育还没有完成",
        clause="T/JSQA 194—2024 9.2",
        group=Group.LEARNING,
        stages=Stages((Stage(-90, "还有 90 天"), Stage(-30, "还有 30 天")), lasts=30),
        audiences=BOTH,
        due=year_ends,
        still=short_of_learning,
        subjects=_subjects,
        cites=_cites_learning,
    ),
)  # fmt: skip
