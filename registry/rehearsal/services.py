"""Starting a rehearsal, going on with it, opening it, and working by the edition afterwards."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.audit.record import exported, record
from cqo_portal.busy import Waiting, waiting
from cqo_portal.parties.models import Office
from registry.editions import edition_for
from registry.held_against import recorded_against_all
from registry.models import Adoption, Officer, Proof, Submission
from registry.rehearsal.judging import difference, judge_post
from registry.rehearsal.models import Outcome, Rehearsal
from registry.trained import certificates_of_all

AT_A_TIME = 200
SEALED = ("person__identity_number", "person__phone")  # the index says who it is


class NotYet(Exception):
    """The edition cannot be adopted now; the message is a sentence."""


def start(office: Office, *, edition: str, on: date, by, today: date) -> Rehearsal:
    """A new run against the edition the office works by today, or the one of the same edition and day under way."""
    try:
        with transaction.atomic():
            made = Rehearsal.objects.create(
                office=office,
                against=edition_for(office, today).edition,
                edition=edition,
                on=on,
                asked_by=by,
                expected=_live(office).count(),
            )
            record("rehearse", made, by=by, rule_edition=edition)
            transaction.on_commit(_wake_the_worker, robust=True)
    except IntegrityError:
        return Rehearsal.objects.running().get(office=office, edition=edition, on=on)
    return made


def _wake_the_worker() -> None:
    from registry.rehearsal.tasks import go_on  # a task imports this module

    go_on.delay()


def waiting_of(run: Rehearsal) -> Waiting:
    """Who is at it. A run that stopped half-way waits since it was asked for, too: nothing else is known."""
    among = Rehearsal.objects.running().values_list("pk", flat=True)
    return waiting(run.pk, since=run.asked_at, now=timezone.now(), among=among)


def _live(office: Office):
    """The posts in office of the area, county, city or province."""
    field = {Office.Level.CITY: "office__parent", Office.Level.PROVINCE: "office__parent__parent"}
    return Officer.objects.filter(**{field.get(office.level, "office"): office}).in_office()


def step(pk) -> bool:
    """Judge the next officers of a run in one transaction. False when nothing is left, or somebody else is at it."""
    with transaction.atomic():
        found = Rehearsal.objects.running().select_for_update(no_key=True, skip_locked=True, of=("self",))
        run = found.select_related("office").filter(pk=pk).first()
        if run is None:
            return False
        posts = _live(run.office).select_related("organisation", "person").defer(*SEALED).order_by("pk")
        posts = list((posts.filter(pk__gt=run.cursor) if run.cursor else posts)[:AT_A_TIME])
        made = Outcome.objects.bulk_create(outcomes(run, posts))
        run.decided_by = counted(made, so_far=run.decided_by)
        run.judged += len(posts)
        if posts:
            run.cursor = posts[-1].pk
        if len(posts) < AT_A_TIME:
            run.done_at = timezone.now()
        run.save(update_fields={"judged", "decided_by", "cursor", "done_at"})
        return run.done_at is None


def outcomes(run: Rehearsal, posts: list[Officer]) -> list[Outcome]:
    said, papers, recorded = _said(posts), _papers(posts), recorded_against_all(posts)
    certificates = certificates_of_all(posts)
    made = []
    for post in posts:
        shown = {
            "papers": papers.get(post.filing_id, frozenset()),
            "recorded": recorded.get(post.pk, ()),
            "certificates": certificates.get(post.person_id, {}),
            "on": run.on,
        }
        content = said.get(post.filing_id, {})
        before = judge_post(post, content, rules=run.from_pack, **shown)
        after = judge_post(post, content, rules=run.to_pack, **shown)
        made.append(
            Outcome(
                rehearsal=run,
                officer=post,
                before=before.verdict.value,
                after=after.verdict.value,
                clauses=difference(before, after),
            )
        )
    return made


def counted(made: list[Outcome], *, so_far: Mapping) -> dict:
    """{clause: label, article, and how many it decides the difference for}, with those of `made` added."""
    found = {key: dict(said) for key, said in so_far.items()}
    for line in (line for outcome in made for line in outcome.clauses):
        said = found.setdefault(line["key"], {"label": line["label"], "cites": line["cites"], "count": 0})
        said["count"] += 1
    return found


def _said(posts: list[Officer]) -> dict:
    """{filing: what was accepted}: the words of its last round."""
    rows = Submission.objects.filter(filing__in=[p.filing_id for p in posts if p.filing_id])
    return {row.filing_id: row.content for row in rows.order_by("round")}


def _papers(posts: list[Officer]) -> dict:
    found: dict = {}
    rows = Proof.objects.filter(filing__in=[p.filing_id for p in posts if p.filing_id]).current()
    for filing, kind in rows.values_list("filing", "kind"):
        found[filing] = found.get(filing, frozenset()) | {kind}
    return found


def open_result(run: Rehearsal, *, by) -> None:
    """The deciding office has the result before its eyes: from now on it may work by the edition."""
    if run.done_at is None or run.opened_at or by.acting.office_id != run.office_id:
        return
    with transaction.atomic():
        first = Rehearsal.objects.filter(pk=run.pk, opened_at=None)
        if first.update(opened_at=timezone.now(), opened_by=by):
            record("open-rehearsal", run, by=by, rule_edition=run.edition)
    run.refresh_from_db()


def note_export(run: Rehearsal, *, keys: list[UUID], purpose: str, by) -> None:
    """The act, on record before the first byte leaves."""
    with transaction.atomic():
        said = {"what": "规则预演结果", "said": str(run), "rows": len(keys)}
        exported(run, by=by, why=purpose, keys=keys, rule_edition=run.edition, data=said)


def adopt(run: Rehearsal, *, by) -> Adoption:
    """Work by the rehearsed edition from its first day on. Raises `NotYet` before the result was opened."""
    if run.opened_at is None:
        raise NotYet("先打开预演结果，看过受影响的人，再启用。")
    if run.to_pack.jurisdiction != run.office.jurisdiction:
        raise NotYet("这是别处的规则，可以拿来对照，不能在本地启用。")
    with transaction.atomic():
        made, new = Adoption.objects.get_or_create(
            office=run.office, edition=run.edition, defaults={"rehearsed": True, "by": by}
        )
        if new:
            record("adopt", run, by=by, rule_edition=run.edition)
    return made
