"""What goes along when an enterprise moves county. Each part of the product brings one `Carrier`."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Model

from cqo_portal.audit.record import record
from cqo_portal.parties.models import Office, Organisation
from registry.models import Filing


@dataclass(frozen=True)
class Case:
    """One open case: where it lies now and where it will lie."""

    what: str
    label: str
    url: str
    now: str
    then: str
    row: Model | None = None  # what it is, for who may see it; not part of what is said

    def as_said(self) -> dict:
        return {name: getattr(self, name) for name in ("what", "label", "url", "now", "then")}


@dataclass(frozen=True)
class Carrier:
    """`cases` shows what goes along to an office; `lock` takes its rows, `carry` moves them; `against` says why not yet.

    All rows are locked before anything is written: filings, then the enterprise, as every decision does.
    """

    cases: Callable[[Organisation, Office], list[Case]]
    lock: Callable[[Organisation], None] = lambda organisation: None
    carry: Callable[..., None] = lambda organisation, to, *, by, move: None
    against: Callable[[Organisation, Office], list[str]] = lambda organisation, to: []


_carriers: list[Carrier] = []


def add(*carriers: Carrier) -> None:
    _carriers.extend(carriers)


def cases(organisation: Organisation, to: Office) -> list[Case]:
    return [case for carrier in _carriers for case in carrier.cases(organisation, to)]


def shown_to(user, found: Iterable[Case]) -> list[Case]:
    """Those whose row the person may see anyway: a move opens no door to another county's cases."""
    rows: dict[type[Model], set] = {}
    for case in found:
        rows.setdefault(type(case.row), set()).add(case.row.pk)
    seen = {
        (model, pk)
        for model, keys in rows.items()
        for pk in model._default_manager.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)
    }
    return [case for case in found if (type(case.row), case.row.pk) in seen]


def counted(kinds: Iterable[str]) -> list[tuple[str, int]]:
    """For whoever may not see the cases: of each kind how many."""
    return list(Counter(kinds).items())


def against(organisation: Organisation, to: Office) -> list[str]:
    return [reason for carrier in _carriers for reason in carrier.against(organisation, to)]


def lock(organisation: Organisation) -> Organisation:
    """Every row that may change, in the fixed order; the enterprise last, as it now is."""
    for carrier in _carriers:
        carrier.lock(organisation)
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def carry(organisation: Organisation, to: Office, *, by, move) -> None:
    for carrier in _carriers:
        carrier.carry(organisation, to, by=by, move=move)


# ── filings and posts ─────────────────────────────────────────────────────────────────────────
S = Filing.State
FORM_FIELD = "enterprise-office"  # the county as the clerk chose it in the form


def _open_filings(organisation: Organisation):
    return Filing.objects.filter(organisation=organisation).under_way().select_related("office")


def _lies_at(filing: Filing, office: Office) -> str:
    match filing.state:
        case S.AT_CITY:
            return f"{office.parent.name}（经{office.area}预审）"
        case S.AT_COUNTY:
            return office.name
    return f"企业手里，提交后到{office.name}"


def filing_cases(organisation: Organisation, to: Office) -> list[Case]:
    return [
        Case(
            "在办的备案",
            f"{filing.name} {filing.get_kind_display()}（{filing.receipt_number}，{filing.get_state_display()}）"
            if filing.round
            else f"{filing.get_kind_display()}（草稿）",  # its name was told to no office yet
            filing.get_absolute_url() if filing.round else "",
            _lies_at(filing, filing.office),
            _lies_at(filing, to),
            filing,
        )
        for filing in _open_filings(organisation).order_by("pk")
    ]


def filings_against(organisation: Organisation, to: Office) -> list[str]:
    """A filing is judged by the rules it was submitted under; they cannot change under way."""
    other_rules = (
        _open_filings(organisation).filter(round__gt=0).exclude(office__jurisdiction=to.jurisdiction)
    )
    if other_rules.exists():
        return ["两地适用的规则不同：请先把在办的备案办结（或者请企业撤回），再迁移。"]
    return []


def lock_filings(organisation: Organisation) -> None:
    list(_open_filings(organisation).select_for_update(no_key=True, of=("self",)).order_by("pk").values("pk"))


def carry_filings(organisation: Organisation, to: Office, *, by, move) -> None:
    """State and age stay: a filing that waited nine days has waited nine days at the new office too."""
    for filing in _open_filings(organisation).exclude(office=to).order_by("pk"):
        was = filing.office
        if FORM_FIELD in filing.draft:
            filing.draft = filing.draft | {FORM_FIELD: [to.pk]}
            filing.draft_version += 1
        filing.office = to
        filing.save(update_fields=["office", "draft", "draft_version"])
        record(
            "carry",
            filing,
            by=by,
            after=filing.state,
            note=f"随企业迁移，由{was.name}转到{to.name}；受理号、环节和到达时间不变。",
            data={"from": was.pk, "to": to.pk, "move": str(move.pk)},
        )


def post_cases(organisation: Organisation, to: Office) -> list[Case]:
    held = organisation.officers.in_office().select_related("office").order_by("pk")
    return [
        Case("在任的首席质量官", post.name, post.get_absolute_url(), post.office.name, to.name, post)
        for post in held
    ]


# Posts follow their enterprise by the register's own projection (`registry.entries`); here they are only shown.
add(
    Carrier(cases=filing_cases, lock=lock_filings, carry=carry_filings, against=filings_against),
    Carrier(cases=post_cases),
)
