"""What the texts say about a training: those of the office that holds it, or of the offices that commissioned it."""

from datetime import date

from cqo_portal.jurisdictions.schema import Commissioning, OfficeTraining, RulePack
from cqo_portal.parties.editions import edition_or_none
from cqo_portal.parties.models import Institution, Office
from training.models import Commission


def packs_of(house: Institution | Office, day: date) -> list[RulePack]:
    """Each edition once: an office's own; of a provider those of whoever commissioned it."""
    offices = [house] if isinstance(house, Office) else _who_commissioned(house)
    found = {pack.edition: pack for office in offices if (pack := edition_or_none(office, day))}
    return list(found.values())


def _who_commissioned(institution: Institution) -> list[Office]:
    of_it = Commission.objects.filter(institution=institution)
    return list(Office.objects.filter(commissions__in=of_it).distinct())


def classes_of(packs: list[RulePack]) -> list[int | None]:
    """The classes hours may be typed in; None: hours without a class, where a text knows none."""
    known = {duty.course_class for pack in packs for duty in pack.training} or {None}
    return sorted(known, key=lambda course_class: (course_class is None, course_class or 0))


def class_hour_of(packs: list[RulePack]) -> int | None:
    """The shortest class hour any of the texts knows, in minutes."""
    return min((pack.class_hour.minutes for pack in packs), default=None)


def commissioning_of(office: Office, day: date) -> Commissioning | None:
    """Which offices commission providers there, where the text names them."""
    pack = edition_or_none(office, day)
    return pack.commissioning if pack else None


def office_training_of(office: Office, day: date) -> OfficeTraining | None:
    """The training that offices of this tier hold themselves, in the text's own word."""
    pack = edition_or_none(office, day)
    trainings = pack.office_trainings if pack else ()
    return next((each for each in trainings if each.tier.value == office.level), None)
