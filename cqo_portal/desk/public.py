"""The public extract: which enterprises have a filed officer in office, with the least that answers that.

What is shown: enterprise, county, filing number, filing day, end of term, and the officer's family name. Not shown:
the full name, post, education, any number or contact. The texts order officers to be filed, not to be published, so
the duty of the office (PIPL art. 34) ends at "this enterprise has a filed officer"; arts. 6 and 25 forbid the rest.
Whoever was told a name can have it confirmed for one enterprise; names cannot be searched or listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from cqo_portal.parties.models import Organisation
from cqo_portal.parties.search import fold
from cqo_portal.ui.paging import Page, keyset
from registry.models import Officer

PER_PAGE = 30
ORDER = ("pinyin", "id")
# How many names one address may have confirmed: a family name is public, and what is missing can be guessed.
LIMITS = {"confirm": "20/h/ip"}
TOO_MANY = "从您的网络来的核对太多了，没有核对。请一小时后再试；急需的，请联系企业所在地市场监督管理局。"
COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 宇文 长孙 端木 南宫 独孤".split()
)


def family_name(name: str) -> str:
    """`王雪松` → `王**`; of a compound family name both characters stay."""
    kept = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    return name[:kept] + "*" * max(len(name) - kept, 1)


@dataclass(frozen=True)
class PublicPost:
    """What anybody may know of a post."""

    enterprise: str
    area: str
    family_name: str
    filing_number: str
    filed_on: date
    term_ends: date
    over: bool
    confirmed: bool | None  # whether the asked name is the filed one; None = nobody asked


class PublicQuery:
    """`?q=` a piece of an enterprise's name, `?name=` a full name to be confirmed."""

    too_many = ""  # a sentence, once nothing is confirmed any more

    def __init__(self, params: Mapping, *, today: date) -> None:
        self.text = params.get("q", "").strip()[:60]
        self.name = params.get("name", "").strip()[:60]
        self.params, self.today = params, today

    def stop_confirming(self) -> None:
        """Somebody tries names. The list stays open to them; whether a name is right is not said, whatever it is."""
        self.too_many = TOO_MANY

    @property
    def page(self) -> Page:
        return keyset(self.rows(), self.params, order=ORDER, per_page=PER_PAGE)

    def rows(self) -> QuerySet[Organisation]:
        """Searched by the enterprise alone: a search that found names would give them away."""
        filed = Officer.objects.in_office().exclude(filing_number=None)
        shown = filed.only("organisation", "name", "filing_number", "filed_on", "term_ends")
        return (
            Organisation.objects.matching(self.text)
            .filter(Exists(filed.filter(organisation=OuterRef("pk"))))
            .select_related("office")
            .only("name", "pinyin", "office__area")
            .prefetch_related(Prefetch("officers", shown, to_attr="filed_officers"))
        )

    def posts(self, page: Page) -> list[PublicPost]:
        return [self._public(enterprise, post) for enterprise in page for post in enterprise.filed_officers]

    def _public(self, enterprise: Organisation, post: Officer) -> PublicPost:
        return PublicPost(
            enterprise=enterprise.name,
            area=enterprise.office.area,
            family_name=family_name(post.name),
            filing_number=post.filing_number,
            filed_on=post.filed_on,
            term_ends=post.term_ends,
            over=post.term_ends < self.today,
            confirmed=fold(self.name) == fold(post.name) if self.may_confirm else None,
        )

    @cached_property
    def may_confirm(self) -> bool:
        """A name is confirmed for the one enterprise one asked for, never for a list."""
        asked = bool(self.name) and not self.too_many
        return asked and len(fold(self.text)) >= 4 and self.rows()[:2].count() == 1
