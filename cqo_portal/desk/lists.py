"""The two lists one works through, the register and the filings: what their address asks for, and where one stands.

A page opened from a list carries the list in its own address (`?from=register?standing=active&at=<place>`), so the
way to the next row needs no script and no session.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import reverse

from cqo_portal.desk.register import RegisterQuery
from cqo_portal.parties.models import Organisation
from cqo_portal.ui.paging import beside, capped, cursor_of
from registry.pages.lists import FilingQuery, spelled_out

REGISTER, FILINGS = "register", "filings"
PAGES = {REGISTER: "desk:register", FILINGS: "registry:filing-list"}


class Query(Protocol):
    order: tuple[str, ...]
    address: str  # as short as it can be said
    said: str  # the same in words

    def rows(self) -> QuerySet: ...


@dataclass(frozen=True)
class WorkList:
    """A list as an address says it: `kind` is the page, `address` its query."""

    kind: str
    query: Query

    @property
    def address(self) -> str:
        return self.query.address

    @property
    def said(self) -> str:
        return self.query.said

    @property
    def url(self) -> str:
        page = reverse(PAGES[self.kind])
        return f"{page}?{self.address}" if self.address else page

    @property
    def count(self) -> str:
        return capped(self.query.rows())

    def url_of(self, row: Model) -> str:
        """The page of a row, with the way back into this list."""
        at = cursor_of(row, order=self.query.order)
        return f"{address_of(row)}?{spelled_out(**{'from': f'{self.kind}?{self.address}', 'at': at})}"

    def beside(self, cursor: str) -> tuple[str, str]:
        """The addresses of the row before and the row after; empty at the ends."""
        before, after = beside(self.query.rows(), cursor, order=self.query.order)
        return (self.url_of(before) if before else "", self.url_of(after) if after else "")


def address_of(row: Model) -> str:
    if isinstance(row, Organisation):
        return reverse("desk:enterprise", args=[row.pk])
    return row.get_absolute_url()


def work_list(kind: str, params: Mapping, *, user, today: date) -> WorkList | None:
    """The list of that name; None where there is no such list."""
    if kind == REGISTER:
        return WorkList(kind, RegisterQuery(params, user=user, today=today))
    return WorkList(kind, FilingQuery(params, user=user)) if kind == FILINGS else None


def list_behind(query: RegisterQuery | FilingQuery) -> WorkList:
    return WorkList(FILINGS if isinstance(query, FilingQuery) else REGISTER, query)


def came_from(params: Mapping, *, user, today: date) -> WorkList | None:
    """The list a page was opened from, as its address says."""
    kind, _, address = params.get("from", "")[:500].partition("?")
    return work_list(kind, QueryDict(address), user=user, today=today) if user.acting else None
