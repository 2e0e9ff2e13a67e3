"""Paging by key, not by offset: page 20,000 costs what page 1 costs."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import IntegerField, Model, Q, QuerySet, Subquery

from cqo_portal.wording import grouped

COUNTED_UP_TO = 10_000  # beyond this a list says 10 000+: an exact count would cost a full scan


@dataclass(frozen=True)
class Page:
    rows: list
    before: str  # cursor of the page before this one, or empty
    after: str
    total: int
    total_is_more: bool

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def keyset(
    queryset: QuerySet,
    params: Mapping,
    *,
    order: tuple[str, ...],
    per_page: int,
    counted: int | None = None,
) -> Page:
    """The page that `?after=` or `?before=` asks for. `order` is of one direction and ends with a unique field.

    `counted`: how many rows there are, where the caller knows.
    """
    names = [name.lstrip("-") for name in order]
    backwards = bool(params.get("before"))
    mark = _decoded(params.get("before") or params.get("after") or "", queryset, names)
    total = queryset.order_by()[: COUNTED_UP_TO + 1].count() if counted is None else counted
    wanted = queryset.order_by(*(_turned(order) if backwards else order))
    if mark is not None:
        wanted = wanted.filter(_beyond(names, mark, descending=order[0].startswith("-") != backwards))
    rows = list(wanted[: per_page + 1])
    more, rows = len(rows) > per_page, rows[:per_page]
    if backwards:
        rows.reverse()
    return Page(
        rows=rows,
        before=_encoded(rows[0], names) if rows and (more if backwards else mark is not None) else "",
        after=_encoded(rows[-1], names) if rows and (more or backwards) else "",
        total=min(total, COUNTED_UP_TO),
        total_is_more=total > COUNTED_UP_TO,
    )


def cursor_of(row, *, order: tuple[str, ...]) -> str:
    """Where a row stands in its list; holds also after the row has left it."""
    return _encoded(row, [name.lstrip("-") for name in order])


def beside(queryset: QuerySet, cursor: str, *, order: tuple[str, ...]) -> tuple[Model | None, Model | None]:
    """The row before and the row after the place a cursor names; (None, None) for one that is not ours."""
    names = [name.lstrip("-") for name in order]
    mark = _decoded(cursor, queryset, names)
    if mark is None:
        return None, None
    falls = order[0].startswith("-")
    before = queryset.filter(_beyond(names, mark, descending=not falls)).order_by(*_turned(order)).first()
    return before, queryset.filter(_beyond(names, mark, descending=falls)).order_by(*order).first()


def capped(queryset: QuerySet) -> str:
    """A number a list of any length can afford: exact up to a limit, then `10 000+`."""
    return _in_words(queryset.order_by()[: COUNTED_UP_TO + 1].count())


class _HowMany(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) AS rows)"
    output_field = IntegerField()


def capped_each(querysets: Iterable[QuerySet], *, beside: Model) -> list[str]:
    """The same of many lists with one question, asked beside a row that there is: who asks."""
    counts = [_HowMany(queryset.order_by().values("pk")[: COUNTED_UP_TO + 1]) for queryset in querysets]
    if not counts:
        return []
    found = beside._meta.model._base_manager.filter(pk=beside.pk).values_list(*counts).get()
    return [_in_words(number or 0) for number in found]  # none: a list that can hold nothing


def _in_words(found: int) -> str:
    return grouped(min(found, COUNTED_UP_TO)) + ("+" if found > COUNTED_UP_TO else "")


def _turned(order: tuple[str, ...]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _beyond(names: list[str], mark: list, *, descending: bool) -> Q:
    """(a, b) beyond (x, y): a beyond x, or a equal to x and b beyond y.

    That a is not before x follows from it, but only said outright does it let the index begin there.
    """
    side, beyond, equal = "lt" if descending else "gt", Q(), Q()
    for name, value in zip(names, mark, strict=True):
        beyond |= equal & Q(**{f"{name}__{side}": value})
        equal &= Q(**{name: value})
    return Q(**{f"{names[0]}__{side}e": mark[0]}) & beyond


def _encoded(row, names: list[str]) -> str:
    values = json.dumps([getattr(row, name) for name in names], cls=_Exact, separators=(",", ":"))
    return base64.urlsafe_b64encode(values.encode()).decode().rstrip("=")


def _decoded(cursor: str, queryset: QuerySet, names: list[str]) -> list | None:
    """The values of a cursor; anything that is not one of ours counts as the first page."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        fields = [_field(queryset, name) for name in names]
        sound = isinstance(values, list) and not any(v is None or b"\0" in str(v).encode() for v in values)
        return [_in_utc(f.to_python(v)) for f, v in zip(fields, values, strict=True)] if sound else None
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None


def _field(queryset: QuerySet, name: str):
    """A column, or what the rows were annotated with."""
    annotated = queryset.query.annotations.get(name)
    return annotated.output_field if annotated else queryset.model._meta.get_field(name)


def _in_utc(value):
    """PostgreSQL knows fewer time zones than a crafted cursor can name; an instant without one is none of ours."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("an instant without its zone")
    return value.astimezone(UTC)


class _Exact(DjangoJSONEncoder):
    """Instants with microseconds: a cursor that rounds would skip or repeat rows."""

    def default(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else super().default(value)
