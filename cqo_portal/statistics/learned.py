"""What was learned, as it was known: the lines of the ledger, the certificates that prove hours, and the duties of a post."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from certificates.holding import LOST, last_of
from certificates.models import Certificate
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import Activity
from cqo_portal.statistics.as_known import Post
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.world import Held, held_as_known
from registry.duties.asking import bare_number
from training import hours
from training.completions import NUMBERS
from training.hours import Earned, Progress, Trained
from training.models import Completion, Entry, Flag, SessionHours
from training.sources import Certified

HELD = "待核查"
REFUSED = "核查后不计入"


def entries_known(people: Collection[UUID], at: AsOf):
    """Lines that stood: entered by then, of days until then, and not taken back."""
    taken_back = Entry.objects.filter(reverses=OuterRef("pk"), at__lt=at.recorded_before)
    standing = Entry.objects.filter(
        person__in=people, reverses=None, at__lt=at.recorded_before, on__lte=at.on
    )
    return standing.filter(~Exists(taken_back))


def earned_known(people: Collection[UUID], at: AsOf) -> dict[UUID, list[Earned]]:
    entries = entries_known(people, at)
    answers: dict[int, list[bool | None]] = defaultdict(list)
    flags = Flag.objects.filter(entry__in=entries.order_by().values("pk"), at__lt=at.recorded_before)
    for entry, counts, settled_at in flags.values_list("entry", "settlement__counts", "settlement__at"):
        answers[entry].append(counts if settled_at and settled_at < at.recorded_before else None)
    found: dict[UUID, list[Earned]] = defaultdict(list)
    for pk, person, worth, on, course_class, year, activity in entries.order_by("pk").values_list(
        "pk", "person", "hours", "on", "course_class", "year", "activity"
    ):
        found[person].append(
            Earned(
                hours=worth,
                on=on,
                course_class=course_class,
                counts_for=year,
                activity=Activity(activity),
                held=HELD if None in answers[pk] else "",
                refused=REFUSED if False in answers[pk] else "",
                key=pk,
            )
        )
    return found


def trained_known(people: Collection[UUID], at: AsOf) -> dict[UUID, list[Trained]]:
    """By person the certificates of an appointment training that stood."""
    stood = Q(voiding=None) | Q(voiding__at__gte=at.recorded_before)
    papers = Completion.objects.of_the_appointment_training().filter(stood, person__in=people)
    papers = papers.filter(at__lt=at.recorded_before, issued_on__lte=at.on)
    rows = list(papers.order_by("issued_on", "pk").values_list("person", "session", "issued_on"))
    worth: dict[UUID, dict[int | None, Decimal]] = defaultdict(dict)
    for session, course_class, amount in SessionHours.objects.filter(
        session__in={session for _, session, _ in rows}
    ).values_list("session", "course_class", "hours"):
        worth[session][course_class] = amount
    found: dict[UUID, list[Trained]] = defaultdict(list)
    for person, session, on in rows:
        found[person].append(Trained(on=on, hours=worth[session]))
    return found


def certified_known(people: Collection[UUID], at: AsOf) -> dict[UUID, Certified]:
    """The last evaluation certificate of each that was in force."""
    found = {}
    for held in held_as_known(Certificate.objects.filter(person__in=people), at):
        ends = _ends(held)
        if ends >= held.validity.first_day:
            found[held.person] = Certified(held.validity.first_day, ends, held.activities)
    return found


def _ends(held: Held):
    lost = [change.on for change in held.changes if change.state.value in LOST]
    return last_of(held.validity.last_day, min(lost, default=None))


def progress_of(
    posts: Iterable[Post], at: AsOf, *, pack_of: dict[UUID, RulePack | None]
) -> dict[UUID, tuple[Progress, ...]]:
    """By post its duties of the year of that day, by the edition its county worked by."""
    posts = list(posts)
    people = {post.person for post in posts}
    earned, trained = earned_known(people, at), trained_known(people, at)
    certified = certified_known(people, at)
    found = {}
    for post in posts:
        pack = pack_of.get(post.pk)
        if pack is None:
            continue
        held = certified.get(post.person)
        as_known = hours.Post(
            appointed_on=post.since,
            left_on=post.until,
            trained=(*trained.get(post.person, ()), *_named(post)),
            certified_on=held.first_day if held else None,
            certificate_ends=held.last_day if held else None,
            activities=held.activities if held else 1,
        )
        found[post.pk] = hours.progress(
            pack, year=at.year, post=as_known, earned=earned.get(post.person, ()), today=at.on
        )
    return found


def _named(post: Post) -> tuple[Trained, ...]:
    """A certificate of elsewhere that the register knows by its number."""
    number = bare_number(post.facts["training_certificate"])
    if not number or number.startswith(NUMBERS.prefix):
        return ()
    return (Trained(on=post.since, number=post.facts["training_certificate"]),)
