"""The draft: kept as typed, saved with a version, and open only where a return unlocked it."""

from datetime import date

from django.http import QueryDict
from django.utils import timezone

from cqo_portal.parties import identifiers
from cqo_portal.workflow import drafts
from cqo_portal.workflow.drafts import as_query
from registry.deadlines import days_typed
from registry.editions import edition_for
from registry.forms import FilingForm
from registry.models import Filing
from registry.record import OnRecord, on_record
from registry.sections import ALL_SECTIONS, DAY_OF

__all__ = ["as_query", "first_draft", "form_of", "is_open", "merged", "save", "unlocked"]

# Fields that make sense only together: a return pinned to one opens the other.
COMPANIONS = {
    "enterprise.credit_code": {"enterprise.credit_code_as_printed"},
    "officer.identity_number": {"officer.identity_kind"},
    "officer.job_title": {"officer.job_title_on"},
    "officer.education": {"officer.graduated"},
    "officer.trained": {"officer.training_certificate"},
    "officer.quality_level": {"officer.quality_issued_on"},
    "appointment.faults": {"appointment.no_faults"},
    "predecessor.last_day": {"appointment.appointed_on"},
    "appointment.appointed_on": {"predecessor.last_day"},
    "renewal.faults": {"renewal.no_faults"},
    "renewal.runs_from": {"renewal.term_years"},
    "departure.reason": {"departure.words"},
}
MASKED = {  # inputs the page may show masked, and how
    "officer-identity_number": identifiers.masked,
    "officer-phone": identifiers.masked_phone,
}


def unlocked(filing: Filing) -> frozenset[str] | None:
    """The addresses that may be changed now; None means all of them."""
    if filing.state == Filing.State.DRAFT:
        return None
    if filing.state != Filing.State.RETURNED:
        return frozenset()
    keys = set(filing.returned_items.values_list("key", flat=True))
    return frozenset(keys.union(*(COMPANIONS.get(key, ()) for key in keys)))


def is_open(address: str, opened: frozenset[str] | None) -> bool:
    return opened is None or address in opened


def address_of(input_name: str) -> str:
    """`officer-name` → `officer.name`; every input of the experience table → `experience`."""
    section, _, field = input_name.partition("-")
    return section if section == "experience" else f"{section}.{field}"


def merged(filing: Filing, posted: QueryDict) -> dict[str, list[str]]:
    """The draft with what the browser sent, as far as it may be changed."""
    opened = unlocked(filing)

    def may_change(name: str) -> bool:
        return is_open(address_of(name), opened)

    said = drafts.merged(filing.draft, posted, is_open=may_change)
    return said | _unmasked(filing, said)


def _unmasked(filing: Filing, sent: dict[str, list[str]]) -> dict[str, list[str]]:
    """The page shows a kept number masked; sent back as it was shown, it stays what it is."""
    found = {}
    for name, mask in MASKED.items():
        kept = identifiers.tidied(filing.draft.get(name, [""])[-1])
        if kept and sent.get(name) == [mask(kept)]:
            found[name] = [kept]
    return found


def save(filing: Filing, typed: dict[str, list[str]], *, version: int | None, by) -> Filing:
    """Keep what was typed. `version` is the one the page was opened with; None overwrites knowingly."""

    def told(kept: Filing) -> set[str]:
        kept.name = _name_typed(typed) or kept.name
        if kept.round:  # what was handed in keeps its day until it is handed in again
            return {"name"}
        kept.effective_on, kept.due_on = days_typed(kept, typed, today=timezone.localdate())
        return {"name", "effective_on", "due_on"}

    along = ("organisation", "office")
    return drafts.save(filing, typed, version=version, by=by, along=along, follows=told)


def with_one_more_row(typed: dict[str, list[str]]) -> dict[str, list[str]]:
    """Another empty row of experience, for whoever works without JavaScript."""
    said = "".join(c for c in typed.get("experience-TOTAL_FORMS", ["1"])[-1] if c in "0123456789")
    rows = int(said[:3] or 1)
    return typed | {"experience-TOTAL_FORMS": [str(min(rows + 1, 30))]}


def _name_typed(typed: dict[str, list[str]]) -> str:
    """For lists only, so what cannot be seen is left out; the draft itself keeps what was typed."""
    typed_last = "".join(typed.get("officer-name", [""])[-1:])[:100]
    return "".join(c for c in typed_last if c.isprintable()).strip()


def form_of(filing: Filing, *, today, typed: dict[str, list[str]] | None = None) -> FilingForm:
    """The form over the draft, with everything that may not be changed locked."""
    form = FilingForm(
        as_query(filing.draft if typed is None else typed),
        pack=edition_for(filing.office, today),
        today=today,
        kind=filing.kind,
        on_record=on_record(filing),
        opened=unlocked(filing),
    )
    _offer_the_own_county(form, filing)
    return form


def _offer_the_own_county(form: FilingForm, filing: Filing) -> None:
    """Another county is no answer here but a move, in which both counties have a say."""
    own = filing.organisation.office
    for section in form.sections:
        if field := section.fields.get("office"):
            field.queryset = field.queryset.filter(pk=own.pk)
            field.error_messages["invalid_choice"] = (
                f"本企业现由{own.name}管辖；住所迁到别的县（市、区），请联系市场监督管理局办理管辖迁移。"
            )


def first_draft(
    kind: str, known: OnRecord, *, appointment_years: int | None, on: date | None = None
) -> dict[str, list[str]]:
    """What is known already, so that nobody types it again; `on` is the day the change took effect, if it was said."""
    begins = _BEGINS[kind](known, appointment_years)
    if on and kind in DAY_OF:
        begins["-".join(DAY_OF[kind])] = on.isoformat()
    return {name: [_as_typed(value)] for name, value in begins.items() if _is_said(value)}


def _is_said(value) -> bool:
    """A browser sends neither an empty field nor an unticked box; it does send a nought."""
    return value is not False and value not in (None, "")


def _as_typed(value) -> str:
    return "on" if value is True else str(value)


def _appointment(known: OnRecord, years: int | None) -> dict:
    return {
        **_fields_of("enterprise", known.said["enterprise"]),
        "officer-identity_kind": "resident",
        "appointment-term_years": years,
        "experience-TOTAL_FORMS": 1,
        "experience-INITIAL_FORMS": 0,
        "experience-MIN_NUM_FORMS": 0,
        "experience-MAX_NUM_FORMS": 30,
    }


def _data(known: OnRecord, years: int | None) -> dict:
    """Everything on record that may change; the form itself says which of it it asks."""
    return {
        name: value for part, said in known.said.items() for name, value in _fields_of(part, said).items()
    }


def _renewal(known: OnRecord, years: int | None) -> dict:
    return {"renewal-term_years": years, "renewal-runs_from": "old_end"}


_BEGINS = {
    Filing.Kind.APPOINTMENT: _appointment,
    Filing.Kind.REPLACEMENT: _appointment,
    Filing.Kind.DATA: _data,
    Filing.Kind.RENEWAL: _renewal,
    Filing.Kind.DEPARTURE: lambda known, years: {},
}


def _fields_of(code: str, said: dict) -> dict:
    section = next(s for s in ALL_SECTIONS if s.code == code)
    return {f"{code}-{name}": said[name] for name in section.base_fields if name in said}
