"""What the register answers to training, and what training proves to the register.

Training lies below and knows neither posts nor editions: it is told here, when the product starts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from registry.held_against import identity_index
from registry.models import Filing, Officer
from registry.shown import TrainingCertificate
from training import above, completions
from training.models import Completion


def serving(user):
    """The people in office in the posts a user may see."""
    return Officer.objects.visible_to(user).in_office().order_by().values("person")


def certificate_of(
    number: str, *, identity_index: str, at: datetime | None = None
) -> TrainingCertificate | None:
    """The certificate whose number was typed, if it is this very person's; as it stood `at` a moment, or now.

    A number that is not of our making is nobody's business here; one that is, and does not belong to this person, is
    answered alike whether there is such a certificate or not.
    """
    if not number or not completions.NUMBERS.looks_like_one(number):
        return None
    found = completions.proving(number, identity_index=identity_index, at=at) if identity_index else None
    if found is None:
        return TrainingCertificate(number=number)
    return TrainingCertificate(number=found.number, provider=str(found.organiser), issued_on=found.issued_on)


def certificates_of_all(posts: Iterable[Officer]) -> dict[UUID, dict[str, TrainingCertificate]]:
    """{person: {number: certificate}} of everybody in these posts, with one question for all of them."""
    found: dict[UUID, dict[str, TrainingCertificate]] = defaultdict(dict)
    for each in completions.standing_of([post.person_id for post in posts]):
        known = TrainingCertificate(
            number=each.number, provider=str(each.organiser), issued_on=each.issued_on
        )
        found[each.person_id][each.number] = known
    return found


def on_record(filing: Filing, content: Mapping) -> list[Completion] | None:
    """Every training certificate of the person a filing speaks of, void ones too; None where training is not asked.

    For the offices that look at the case only.
    """
    return completions.on_record(identity_index(filing, content)) if content.get("officer") else None


def answer_from_the_register() -> None:
    above.answer(serving=serving)
