"""The days of the register somebody is reminded of: the end of a term, the last day to report a change, a return nobody answered."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.jurisdictions import pack
from cqo_portal.notifications.catalogue import Group
from cqo_portal.parties.editions import editions_across
from cqo_portal.reminders.catalogue import Audience, Reminder, add
from cqo_portal.reminders.stages import Stage, Stages
from registry.models import Filing, Officer

ENTERPRISE = Audience(Role.ENTERPRISE, "organisation")
ON_ITS_WAY = (Filing.State.AT_COUNTY, Filing.State.AT_CITY)


def terms_end(first: date, last: date) -> list[QuerySet]:
    """Of officers in office; where a change of the post lies with an office it has been seen to."""
    handed_in = Filing.objects.filter(post=OuterRef("pk"), state__in=ON_ITS_WAY).exclude(
        kind=Filing.Kind.DATA
    )
    posts = Officer.objects.in_office().filter(term_ends__range=(first, last))
    return [posts.filter(~Exists(handed_in)).annotate(falls_on=F("term_ends"))]


def changes_to_report(first: date, last: date) -> list[QuerySet]:
    """Changes with a last day that still lie with the enterprise."""
    theirs = Filing.objects.filter(state__in=(Filing.State.DRAFT, Filing.State.RETURNED))
    return [theirs.filter(due_on__range=(first, last)).annotate(falls_on=F("due_on"))]


def returned(first: date, last: date) -> list[QuerySet]:
    """Filings sent back: no text sets a day for the answer, so their age is what one is told of."""
    back = Filing.objects.filter(state=Filing.State.RETURNED)
    back = back.annotate(falls_on=TruncDate("moved_at"))
    return [back.filter(falls_on__range=(first, last))]


def _filings() -> QuerySet:
    return Filing.objects.select_related("organisation", "office__parent").defer(
        "draft", "search", "haystack"
    )


def _cites_term(officers: Collection[Officer]) -> dict:
    packs = editions_across({each.office for each in officers}, timezone.localdate())
    found = {each.pk: packs[each.office_id] for each in officers}
    return {key: f"{rules.title}{rules.term.cites}" for key, rules in found.items() if rules and rules.term}


def _cites_change(filings: Collection[Filing]) -> dict:
    packs = editions_across({each.office for each in filings}, timezone.localdate())
    found = {
        each.pk: pack(each.rule_edition) if each.rule_edition else packs[each.office_id] for each in filings
    }
    return {
        key: f"{rules.title}{rules.route.change.cites}"
        for key, rules in found.items()
        if rules and rules.route
    }


def _cites_nothing(filings: Collection[Filing]) -> dict:
    """A return is answered without delay; no clause says by when."""
    return {}


add(
    Reminder(
        code="term-ends",
        label="任期届满",
        clause="沧州第五条、湖北三（一）；没有写任期的，从聘任文件",
        group=Group.TERMS,
        stages=Stages(
            (
                Stage(-90, "还有 90 天"),
                Stage(-30, "还有 30 天"),
                Stage(-7, "还有 7 天", urgent=True),
                Stage(1, "已经届满", urgent=True),
            )
        ),
        audiences=(ENTERPRISE,),
        due=terms_end,
        subjects=lambda: Officer.objects.select_related("organisation", "office__parent").defer(
            "search", "haystack"
        ),
        cites=_cites_term,
    ),
    Reminder(
        code="change-to-report",
        label="变更备案期限",
        clause="沧州第十四条第二款",
        group=Group.TERMS,
        stages=Stages(
            (
                Stage(-7, "还有 7 天"),
                Stage(-1, "明天截止", urgent=True),
                Stage(1, "已经逾期", urgent=True),
            )
        ),
        audiences=(ENTERPRISE,),
        due=changes_to_report,
        subjects=_filings,
        cites=_cites_change,
        compulsory=True,
    ),
    Reminder(
        code="return-unanswered",
        label="退回补正还没有答复",
        clause="规定没有写补正期限；按退回后的天数提醒",
        group=Group.TERMS,
        stages=Stages((Stage(7, "退回 7 天"), Stage(21, "退回 21 天"))),
        audiences=(ENTERPRISE,),
        due=returned,
        subjects=_filings,
        cites=_cites_nothing,
    ),
)
