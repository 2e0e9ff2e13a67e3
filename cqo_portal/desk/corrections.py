"""Correcting an entry: the form in the shape of the fact, and a preview that is the act itself, taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cqo_portal.desk.as_of import Words
from cqo_portal.parties.identifiers import Invalid
from cqo_portal.parties.models import Organisation
from cqo_portal.reference.queries import industry_choices
from cqo_portal.ui.fields import (
    MONEY,
    AmountField,
    DayField,
    PersonNameField,
    PhoneField,
    PlainField,
    ProseField,
    WholeNumberField,
)
from cqo_portal.workflow.engine import Refused
from registry.entries import correct, said_in
from registry.entry_kinds import (
    IN_OFFICE,
    OF_A_POST,
    OF_AN_ENTERPRISE,
    EntryKind,
    as_text,
    kind_of,
    tidy_code,
)
from registry.history import NO, YES
from registry.models import Entry, Officer

CANNOT_STAND = "这样更正后，名录里的日期或在任情况会自相矛盾，请先更正与它冲突的那一条。"


class CreditCodeField(PlainField):
    def clean(self, value):
        text = super().clean(value)
        try:
            return tidy_code(text)
        except Invalid as invalid:
            raise ValidationError(str(invalid)) from invalid


def value_field(kind: EntryKind, entry: Entry) -> forms.Field:
    """The input for a fact; its label is the fact's own word."""
    label = f"更正后的{kind.label}"
    if kind.name == "name" and entry.post_id:
        return PersonNameField(label=label, max_length=100)
    match kind.sort:
        case "yes-no":
            return forms.ChoiceField(label=label, choices=[(YES, "是"), (NO, "否")], widget=forms.RadioSelect)
        case "choice":
            return forms.ChoiceField(label=label, choices=[(m.value, m.label) for m in kind.scale])
        case "industry":
            return forms.ChoiceField(label=label, choices=industry_choices())
        case "day":
            return DayField(label=label)
        case "year":
            return WholeNumberField(label=label, example="2026", required=False)
        case "whole":
            return WholeNumberField(label=label, required=False)
        case "amount":
            return AmountField(label=label, example=MONEY, required=False)
        case "code":
            return CreditCodeField(label=label, max_length=40)
        case "phone":
            return PhoneField(label=label, max_length=30)
    return PlainField(label=label, max_length=200 if entry.post_id is None else 100)


class CorrectionForm(forms.Form):
    """`entry` decides the shape of `value`."""

    effective_on = DayField(label="更正后的生效日")
    document = PlainField(
        label="依据文号",
        max_length=100,
        required=False,
        help_text="例如 沧市监质〔2026〕12号；没有文件的可以不填。",
    )
    reason = ProseField(
        label="更正理由",
        max_length=500,
        rows=3,
        help_text="写明原登记错在哪里、怎样核实的；企业和首席质量官本人都看得到。",
        error_messages={"required": "请写明更正的理由。"},
    )
    field_order = ["value", "effective_on", "document", "reason"]

    def __init__(self, *args, entry: Entry, **kwargs) -> None:
        kind = kind_of(entry.name, of_a_post=entry.post_id is not None)
        # A sealed value is not put into the page again: who corrects it writes it anew.
        first = {
            "effective_on": entry.effective_on.isoformat(),
            "value": "" if kind.sealed else said_in(entry),
        }
        super().__init__(*args, initial=first, **kwargs)
        self.entry, self.kind = entry, kind
        self.fields["value"] = value_field(kind, entry)
        if kind.name == IN_OFFICE:
            self.fields["effective_on"].help_text = "“是”从任职日期起；“否”从离任的次日起。"
        self.order_fields(self.field_order)

    @property
    def said(self) -> dict[str, Any]:
        """What `entries.correct` is told."""
        told = self.cleaned_data
        return {
            "value": as_text(told["value"]),
            "effective_on": told["effective_on"],
            "reason": told["reason"],
            "document": told["document"],
        }


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


def preview(entry: Entry, said: Mapping[str, Any], *, by) -> list[Change]:
    """What the register would show instead. Raises what `correct` raises; nothing is kept."""
    with transaction.atomic():
        before = _shown(entry)
        apply(_fresh(entry), said, by=by)
        after = _shown(entry)
        transaction.set_rollback(True)
    return [Change(label, before[label], after[label]) for label in before if before[label] != after[label]]


def apply(entry: Entry, said: Mapping[str, Any], *, by) -> Entry:
    """Correct, and put what the tables refuse into a sentence."""
    try:
        with transaction.atomic():
            return correct(entry, by=by, **said)
    except IntegrityError as refused:
        raise Refused(CANNOT_STAND) from refused


def _fresh(entry: Entry) -> Entry:
    """Correcting changes the objects it is given; these are thrown away."""
    return Entry.objects.select_related("organisation__office", "post__person").get(pk=entry.pk)


def _shown(entry: Entry) -> dict[str, str]:
    """The row of the register behind an entry, as words."""
    if entry.post_id is None:
        row, kinds = Organisation.objects.get(pk=entry.organisation_id), OF_AN_ENTERPRISE
        return {
            kind.label: _word(kind, row, "office_id" if name == "office" else name)
            for name, kind in kinds.items()
        }
    post = Officer.objects.select_related("person").get(pk=entry.post_id)
    told = {
        kind.label: _word(kind, post, name)
        for name, kind in OF_A_POST.items()
        if name not in (IN_OFFICE, "phone")
    }
    return told | {
        "任职日期": _day(post.appointed_on),
        "离任日期": _day(post.ended_on) or "在任",
        "联系电话": OF_A_POST["phone"].shown(post.person.phone or ""),
    }


def _word(kind: EntryKind, row, column: str) -> str:
    return kind.shown(as_text(getattr(row, column)))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def counties_that_keep_the_name(entry: Entry) -> list[str]:
    """Where the same person is in office too: a corrected name is not corrected there, its office is told."""
    if entry.post_id is None or entry.name != "name" or entry.post.ended_on:
        return []
    others = Officer.objects.in_office().filter(person=entry.post.person_id).exclude(pk=entry.post_id)
    return list(others.order_by("office").values_list("office__area", flat=True).distinct())


def words_of(entry: Entry) -> str:
    return Words([entry]).of(entry)[1]
