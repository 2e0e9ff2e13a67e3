"""A person found by the number of a document: checked, counted, and confirmed by a masked name before anything is done.

Two steps of one form: the number is looked up (the caller notes the look), then whoever it is is confirmed. `mark`
goes along with the second step, so that nobody is written down whose number was not looked at first.
"""

from datetime import date

from allauth.core.internal import ratelimit
from django import forms
from django.core import signing
from django.db import transaction

from cqo_portal.audit.record import look
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Person
from cqo_portal.parties.people import known
from cqo_portal.ui.fields import PlainField
from cqo_portal.ui.forms import SpokenForm

# How many numbers a house may look up: a name for a number is personal.
LIMITS = {"look": "300/d/key"}
NAME_SHOWN = "roster-name"  # what a look says that showed a masked name for a number
_SEEN, HALF_AN_HOUR = "ui.identity.seen", 1800


class IdentityForm(SpokenForm):
    """Kind and number of a document, checked as far as a number can be."""

    identity_kind = forms.ChoiceField(
        label="证件类型",
        choices=Person.IdentityKind.choices,
        initial=Person.IdentityKind.RESIDENT,
        required=False,
    )
    identity_number = PlainField(label="证件号码", max_length=40)

    def __init__(self, *args, today: date, **kwargs) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["identity_kind"].optional = False  # where it is not said it is the usual one

    def clean(self) -> dict:
        said = self.cleaned_data
        said["identity_kind"] = said.get("identity_kind") or Person.IdentityKind.RESIDENT
        if "identity_number" in said and "identity_kind" not in self.errors:
            try:
                said["identity_number"] = identifiers.identity_number(
                    said["identity_number"], kind=said["identity_kind"], today=self.today
                )
            except identifiers.Invalid as invalid:
                self.add_error("identity_number", str(invalid))
        return said


def may_look(request, *, only_ask: bool = False) -> bool:
    """One look more for the house, where it has any left today; whatever it looks for, it is one count."""
    house = str(request.user.acting.institution_id or request.user.acting.office_id)
    limited = {"action": "look", "key": house, "config": LIMITS}
    return bool(ratelimit.consume(request, app="identity", **limited, dry_run=only_ask))


@transaction.atomic
def look_up(kind: str, number: str, *, by, why: str) -> Person | None:
    """Whoever has that number, or None. That somebody looked is written down, for the person to read."""
    person = known(kind, number)
    if person:
        look(person, by=by, what=NAME_SHOWN, why=why)
    return person


def index_of(said: dict) -> str:
    return Person.index_of(said["identity_kind"], said["identity_number"])


def mark(said: dict) -> str:
    """That this number was looked at just now; to come back with the second step as `seen`."""
    return signing.dumps(index_of(said), salt=_SEEN)


def was_looked_at(request, said: dict) -> bool:
    try:
        seen = signing.loads(request.POST.get("seen", ""), salt=_SEEN, max_age=HALF_AN_HOUR)
    except signing.BadSignature:
        return False
    return seen == index_of(said)
