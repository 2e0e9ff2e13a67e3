"""Audit draws: freezing a population, entering the seed, looking, closing. Each function one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.series import next_in
from training import draw as drawn_by
from training import ledger
from training.models import Draw, Drawn, Entry, Outcome, Sealed, Stratum
from training.permissions import draws, finds_an_outcome
from training.workflow import cancelling, closing, seeding

BATCH = 2000
_SEAL = """
    INSERT INTO training_sealed (stratum_id, entry_id)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[])
"""


# ── freezing ──────────────────────────────────────────────────────────────────────────────────
@dataclass
class Layer:
    """The entries of one organiser, before they are written down."""

    institution_id: object
    office_id: str | None
    name: str
    entries: list[int] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [Entry.number_of(pk) for pk in self.entries]


def layers_of(acting, first_day: date, last_day: date) -> list[Layer]:
    """What stands, was posted in those days, and is of organisers this office oversees."""
    posted = Entry.objects.standing().overseen_by(acting).filter(at__gte=_begins(first_day))
    posted = posted.filter(at__lt=_begins(last_day + timedelta(days=1))).order_by("id")
    found: dict[str, Layer] = {}
    columns = ("pk", "institution", "institution__name", "office", "office__name")
    for pk, institution, its_name, office, office_name in posted.values_list(*columns).iterator(BATCH):
        key = institution or office
        if key not in found:
            name = drawn_by.printable(its_name if institution else f"{office_name}（{office}）")
            found[key] = Layer(institution, office, _unlike(name, {each.name for each in found.values()}))
        found[key].entries.append(pk)
    return list(found.values())


def _unlike(name: str, taken: set[str]) -> str:
    """Two names that differ in a comma alone are printed alike."""
    return name if name not in taken else _unlike(f"{name}′", taken)


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@transaction.atomic
def freeze(said: Mapping, *, by, today: date) -> Draw:
    """Write the population down, for good. `said`: first_day, last_day, wanted, announced. Raises `Refused`."""
    if not draws.test(by):
        raise PermissionDenied
    ledger.take_your_time()
    layers = layers_of(by.acting, said["first_day"], said["last_day"])
    if not layers:
        raise Refused("这一段时间里，本局监管的培训组织者没有入账的记录，没有可以抽查的。请换一段时间。")
    draw = Draw(pk=uuid4(), office=by.acting.office, by=by, frozen_on=today, **said)
    population = {layer.name: layer.names for layer in layers}
    draw.size = sum(len(layer.entries) for layer in layers)
    draw.digest = drawn_by.digest_of(population)
    draw.number = _number_of(draw, year=today.year)
    _seal(draw, layers)
    draw.save(force_insert=True)  # last: once it stands, its population takes nothing more
    _check_what_waits_for_the_end()
    record("freeze", draw, by=by, after=draw.state, data={"size": draw.size, "digest": draw.digest})
    return draw


def _check_what_waits_for_the_end() -> None:
    """Before anything is recorded: the record holds everybody else's until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _number_of(draw: Draw, *, year: int) -> str:
    """抽查编号, counted by the office: `CC-130900-2026-0001`."""
    series = f"CC-{draw.office_id}-{year}"
    return f"{series}-{next_in(series):04d}"


def _seal(draw: Draw, layers: Iterable[Layer]) -> None:
    given = drawn_by.shares({layer.name: len(layer.entries) for layer in layers}, wanted=draw.wanted)
    strata = Stratum.objects.bulk_create(
        Stratum(
            draw_id=draw.pk,
            institution_id=layer.institution_id,
            office_id=layer.office_id,
            name=layer.name,
            size=len(layer.entries),
            share=given.get(layer.name, 0),
            digest=drawn_by.digest_of({layer.name: layer.names}),
        )
        for layer in layers
    )
    pairs = [(stratum.pk, pk) for stratum, layer in zip(strata, layers, strict=True) for pk in layer.entries]
    with connection.cursor() as cursor:
        cursor.execute(_SEAL, [list(column) for column in zip(*pairs, strict=True)])


def population_of(strata: Iterable[Stratum]) -> dict[str, list[str]]:
    """The frozen list, as it was written down."""
    found = defaultdict(list)
    records = Sealed.objects.filter(stratum__in=list(strata)).values_list("stratum__name", "entry")
    for name, pk in records.iterator(BATCH):
        found[name].append(Entry.number_of(pk))
    return dict(found)


# ── the seed ──────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def sow(draw: Draw, said: Mapping, *, by, today: date) -> Draw:
    """Enter the seed, once, and draw. `said`: seed, seed_source, seed_where, seed_day. Raises `Refused`.

    The sample is chosen before anything is recorded, since the record holds everybody else's; the population is frozen.
    """
    ledger.take_your_time()
    chosen = _chosen(draw, seed=said["seed"])
    draw = perform(seeding(said, entered_on=today), draw, by=by, today=today)
    Drawn.objects.bulk_create(chosen)
    return draw


def _chosen(draw: Draw, *, seed: str) -> list[Drawn]:
    population = population_of(draw.strata.all())
    if drawn_by.digest_of(population) != draw.digest:
        raise Refused("封存的名单与公布的摘要不一致，没有抽取。请联系平台管理员。")
    sample = drawn_by.sample(population, seed=seed, wanted=draw.wanted)
    records = _records_of(draw, {name for names in sample.values() for name in names})
    return [
        Drawn(
            stratum_id=records[name].stratum_id,
            record=records[name],
            rank=rank,
            place=drawn_by.place(name, seed=seed),
        )
        for names in sample.values()
        for rank, name in enumerate(names, start=1)
    ]


def _records_of(draw: Draw, names: set[str]) -> dict[str, Sealed]:
    wanted = {int(name.removeprefix("E-")) for name in names}
    records = Sealed.objects.filter(stratum__draw=draw, entry__in=wanted)
    return {str(record): record for record in records}


# ── looking ───────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def find(drawn: Drawn, *, verdict: str, looked_at: str, after: int | None, by) -> Outcome:
    """What was found of one drawn record. `after`: the last outcome that was seen on the page. Raises `Refused`."""
    if not finds_an_outcome.test(by, drawn):
        raise PermissionDenied
    draw = Draw.objects.select_for_update(no_key=True).get(pk=drawn.stratum.draw_id)
    if draw.state != Draw.State.SEEDED:
        raise Refused(f"这次抽查现在的状态是“{draw.get_state_display()}”，不能再记核查结果。")
    last = drawn.outcomes.select_related("by").first()
    if (last.pk if last else None) != after:
        raise Refused(
            f"刚刚{last.by}记了“{last}”。请先看下面那一条，仍要更正的再提交一次。" if last else "请再看一遍。"
        )
    made = Outcome.objects.create(drawn=drawn, verdict=verdict, looked_at=looked_at, by=by)
    said = {"draw": str(draw.pk), "entry": drawn.record.entry_id, "verdict": verdict}
    record("find", made, by=by, note=looked_at, data=said)
    return made


@transaction.atomic
def close(draw: Draw, *, conclusion: str, by, today: date) -> Draw:
    return perform(closing(conclusion), draw, by=by, note=conclusion, today=today)


@transaction.atomic
def cancel(draw: Draw, *, reason: str, by, today: date) -> Draw:
    return perform(cancelling(reason), draw, by=by, note=reason, today=today)


# ── figures ───────────────────────────────────────────────────────────────────────────────────
@dataclass
class Figures:
    """What a draw, or one of its strata, came to."""

    name: str
    size: int
    share: int
    digest: str
    true: int = 0
    false: int = 0
    unclear: int = 0

    @property
    def looked_at(self) -> int:
        return self.true + self.false + self.unclear

    @property
    def open(self) -> int:
        return self.share - self.looked_at


def figures_of(draw: Draw, strata: Iterable[Stratum]) -> tuple[list[Figures], Figures]:
    """By stratum, and all together; of several outcomes of a record the last one counts."""
    rows = {each.pk: Figures(each.name, each.size, each.share, each.digest) for each in strata}
    last = Outcome.objects.filter(drawn__stratum__in=rows).order_by("drawn_id", "-id").distinct("drawn_id")
    for outcome in last.select_related("drawn"):
        row = rows[outcome.drawn.stratum_id]
        setattr(row, outcome.verdict, getattr(row, outcome.verdict) + 1)
    whole = Figures("合计", 0, 0, draw.digest)
    for each in rows.values():
        for name in ("size", "share", "true", "false", "unclear"):
            setattr(whole, name, getattr(whole, name) + getattr(each, name))
    return list(rows.values()), whole
