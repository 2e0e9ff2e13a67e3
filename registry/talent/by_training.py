"""Who gets a certificate of training enters the pool, where the text of the place says so (basis: trained).

Where the pool is for selected experts, or there is none, nothing happens. Nobody is taken out by a machine: once the
last certificate is void, the pool's keeper is asked.
"""

from datetime import date

from cqo_portal.audit.record import record
from cqo_portal.jurisdictions.vocabulary import PoolBasis
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.models import Office
from cqo_portal.reference import expertise
from cqo_portal.workflow.engine import Refused
from registry.editions import edition_or_none
from registry.models import Officer
from registry.talent.models import PoolEntry
from registry.talent.services import enter
from training import completions
from training.models import Completion


def follow_certificates() -> None:
    completions.add_consequence(enter_the_pool, of="issued")
    completions.add_consequence(ask_the_keeper, of="void")


def enter_the_pool(completion: Completion, *, by, today: date) -> None:
    """Into the pool of the city of the post, or of the authority behind the training. Whoever is in stays as he is."""
    post = Officer.objects.in_office().filter(person=completion.person_id).order_by("-appointed_on").first()
    city = _city_of(post.office if post else completion.authority)
    pack = edition_or_none(city, today) if city else None
    if pack is None or pack.pool is None or pack.pool.basis is not PoolBasis.TRAINED:
        return
    entry = PoolEntry(
        name=post.name if post else completion.name,
        person=completion.person,
        officer=post,
        city=city,
        office=post.office if post else None,
        basis=pack.pool.basis.value,
        rule_edition=pack.edition,
        clause=pack.pool.key,
        cites=pack.pool.cites,
        fields=[code for code in completion.session.course.fields if code in expertise.names()],
        entered_on=today,
    )
    try:
        enter(entry, reason=f"取得培训证书 {completion.number}（{completion.organiser}）。", by=by)
    except Refused:  # in already
        return


def ask_the_keeper(completion: Completion, *, by, today: date) -> None:
    lost = PoolEntry.objects.without_a_certificate().filter(person=completion.person_id)
    for entry in lost.select_related("city"):
        event = record("doubt", entry, by=by, note=f"培训证书 {completion.number} 作废。")
        queue("talent-pool-in-doubt", entry, cause=f"event:{event.pk}", context={"note": event.note})


def _city_of(office: Office | None) -> Office | None:
    """A county keeps no pool: the city above it does."""
    is_county = office is not None and office.level == Office.Level.COUNTY
    return (is_county and office.parent) or office
