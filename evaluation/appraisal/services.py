"""Writes that are not steps: beginning an appraisal, the officer's remark."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.audit.record import record
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.models import Office
from cqo_portal.workflow.drafts import Stale
from cqo_portal.workflow.engine import Refused, perform
from evaluation.appraisal.models import Appraisal, Decision, Remark
from evaluation.appraisal.permissions import appraises, remarks
from evaluation.appraisal.workflow import DECIDE
from registry.editions import edition_or_none, judged_on
from registry.models import Officer


def rules_for(office: Office, year: int, *, today: date) -> RulePack | None:
    """The edition of the year whose table the enterprise appraises by; None where its text has none."""
    rules = edition_or_none(office, judged_on(year, today=today))
    return rules if rules and rules.appraisal else None


def begin(post: Officer, year: int, *, by, today: date) -> Appraisal:
    """The appraisal of that post and year, or the one there is. Raises `Refused` and `PermissionDenied`."""
    if known := post.appraisals.filter(year=year).first():
        return known
    if not post.appointed_on.year <= year <= (post.ended_on or today).year:
        raise Refused(f"{post.name} {year} 年没有任职，没有要评价的。")
    rules = rules_for(post.organisation.office, year, today=today)
    if rules is None:
        raise Refused(f"{year} 年所在地的规定没有要求企业评价首席质量官。")
    made = Appraisal(post=post, year=year, rule_edition=rules.edition, created_by=by)
    if not appraises.test(by, made):
        raise PermissionDenied
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            record("open", made, by=by, after=made.state, rule_edition=rules.edition)
    except IntegrityError:  # a second click was faster
        return post.appraisals.get(year=year)
    return made


@transaction.atomic
def decide(appraisal: Appraisal, *, by) -> Appraisal:
    """Decide by just the words that were looked at. Raises `Stale`, `Refused` and `PermissionDenied`."""
    locked = Appraisal.objects.select_for_update(no_key=True, of=("self",)).get(pk=appraisal.pk)
    if locked.state in DECIDE.source and locked.draft_version != appraisal.draft_version:
        raise Stale(locked)
    return perform(DECIDE, locked, by=by)


@transaction.atomic
def remark(decision: Decision, text: str, *, by) -> Remark:
    """What the officer says to a decision; it stays beside it, whatever is decided later."""
    if not remarks.test(by, decision.appraisal):
        raise PermissionDenied
    made = Remark.objects.create(decision=decision, text=text, by=by)
    event = record("remark", decision.appraisal, by=by, data={"number": decision.number})
    queue("appraisal-remarked", made, cause=f"event:{event.pk}", context={"by": by})
    return made
