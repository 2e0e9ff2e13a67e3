"""Sentences offices send again and again: shipped ones for everybody, and those an office keeps for itself."""

from django.db import transaction
from django.db.models import Q, QuerySet

from cqo_portal.audit.record import record
from cqo_portal.parties.models import Office
from cqo_portal.reference.load import load_missing
from registry.models import Filing, Phrase


def load_phrases() -> int:
    """How many shipped phrases were not there yet."""
    return load_missing(Phrase, "phrases", columns=("jurisdiction", "key", "text", "cites"))


def at_hand(office: Office) -> QuerySet[Phrase]:
    """What an office can use: the shipped ones of its jurisdiction, and its own."""
    here = Q(office=None, jurisdiction__in=("", office.jurisdiction))
    return Phrase.objects.filter(here | Q(office=office))


def offered(filing: Filing, key: str, *, user) -> list[Phrase]:
    """For one address: what fits it exactly first, then what holds for its whole section."""
    section = key.partition(".")[0]
    found = at_hand(user.acting.office).filter(active=True, key__in={key, section})
    fitting = [phrase for phrase in found if phrase.jurisdiction in ("", filing.office.jurisdiction)]
    return sorted(fitting, key=lambda phrase: (phrase.key != key, phrase.office_id is None, phrase.pk))


def keep(*, key: str, text: str, cites: str = "", by) -> Phrase:
    """Keep a sentence for the own office; said again after it was retired, it is at hand again."""
    with transaction.atomic():
        phrase, new = Phrase.objects.get_or_create(
            office=by.acting.office, jurisdiction="", key=key, text=text, defaults={"cites": cites}
        )
        if not new and phrase.active and phrase.cites == cites:
            return phrase
        if not new:
            phrase.active, phrase.cites = True, cites
            phrase.save(update_fields={"active", "cites"})
        record("keep-phrase", phrase, by=by, data={"key": key, "text": text, "cites": cites})
    return phrase


def retire(phrase: Phrase, *, active: bool, by) -> None:
    """Take a phrase of the own office off the list, or put it back. What was sent with it stays as it was sent."""
    with transaction.atomic():
        if not Phrase.objects.filter(pk=phrase.pk, active=not active).update(active=active):
            return  # a second click
        record("restore-phrase" if active else "retire-phrase", phrase, by=by)
