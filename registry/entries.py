"""The only writer of the register: facts are entered with the day they hold from, and the post follows them.

Nothing entered is changed. What the tables `Officer` and `Organisation` show is the projection of the entries
known now; it is brought up to date here, in the transaction of the entry.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.models import Organisation, Person
from cqo_portal.wording import moment_long
from cqo_portal.workflow.engine import Refused
from registry.entry_kinds import IN_OFFICE, OF_A_POST, OF_AN_ENTERPRISE, EntryKind, as_text, kind_of
from registry.history import NO, YES, spells
from registry.models import Entry, Filing, Officer
from registry.permissions import corrects

LOOKED_BACK = timedelta(days=7)  # a night the clock stood still is made up for


def enter(
    organisation: Organisation,
    values: Mapping[str, Any],
    *,
    effective_on: date,
    post: Officer | None = None,
    filing: Filing | None = None,
    by=None,
    reason: str = "",
    sealed: Mapping[str, str] | None = None,
) -> list[Entry]:
    """Enter facts of a post, or of the enterprise where `post` is None; one act, one audit event.

    `values`: name → text (see `entry_kinds`; booleans, days and numbers are written as text). `sealed`: name →
    text that lies encrypted. The projection is brought up to date, on the given objects too.
    """
    said = {name: as_text(value) for name, value in {**values, **(sealed or {})}.items()}
    hidden = {name for name in said if name in (sealed or {}) or _is_sealed(name, post)}
    with transaction.atomic():
        _lock(organisation)
        made = [
            _write(
                organisation=organisation,
                post=post,
                name=name,
                secret=name in hidden,
                text=text,
                effective_on=effective_on,
                filing=filing,
                by=by,
                reason=reason,
            )
            for name, text in said.items()
        ]
        _bring_up_to_date(organisation, post, said.keys())
        _put_on_record("enter", made, by=by, note=reason)
    return made


def enter_many(entries: list[Entry], *, batch: int = 500) -> list[Entry]:
    """Entries of one great act (an import) whose rows are written already and whose run is the record.

    For an act alone use `enter`: it locks, projects and records. Sealed facts are not entered this way.
    """
    if any(_is_sealed(entry.name, entry.post_id) for entry in entries):
        raise ValueError("a sealed fact is entered alone: it is bound to its row")
    return Entry.objects.bulk_create(entries, batch_size=batch)


def correct(
    entry: Entry,
    *,
    value: Any,
    effective_on: date | None = None,
    by,
    reason: str,
    document: str = "",
) -> Entry:
    """Append what should have been entered. Raises `PermissionDenied`, or `Refused` with a sentence."""
    with transaction.atomic():
        _lock(entry.organisation)
        if not corrects.test(by, entry):
            raise PermissionDenied
        text, day = as_text(value), effective_on or entry.effective_on
        _refuse_what_cannot_be_corrected(entry, text=text, day=day, reason=reason)
        made = _write(
            organisation=entry.organisation,
            post=entry.post,
            name=entry.name,
            secret=_is_sealed(entry.name, entry.post),
            text=text,
            effective_on=day,
            by=by,
            reason=reason.strip(),
            document=document.strip(),
            corrects=entry,
        )
        _bring_up_to_date(made.organisation, made.post, [made.name])
        _put_on_record("correct", [made], by=by, note=reason.strip())
    return made


def said_in(entry: Entry) -> str:
    """The entered text in clear, wherever it lies."""
    return (entry.sealed or "") if _is_sealed(entry.name, entry.post_id) else entry.value


def _is_sealed(name: str, post: object | None) -> bool:
    return kind_of(name, of_a_post=post is not None).sealed


def _lock(organisation: Organisation) -> None:
    """One writer for each enterprise at a time: the order of the record is the order of the acts."""
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).values("pk"))


def _write(*, secret: bool, text: str, **said) -> Entry:
    """A sealed value is bound to its row, so the row's number is drawn before it is written."""
    said |= {"sealed": text, "pk": _next_number()} if secret else {"value": text}
    return Entry.objects.create(**said)


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_entry', 'id'))")
        return cursor.fetchone()[0]


def _put_on_record(action: str, made: list[Entry], *, by, note: str) -> None:
    """Names and dates go into the event, values stay in the entries: some of them are sealed."""
    if not made:
        return
    first = made[0]
    data = {
        "entries": [entry.pk for entry in made],
        "names": [entry.name for entry in made],
        "effective_on": first.effective_on.isoformat(),
        "filing": str(first.filing_id) if first.filing_id else "",
        "document": first.document,
        "corrects": first.corrects_id,
    }
    record(action, first.post or first.organisation, by=by, note=note, data=data)


# ── what speaks against a correction ──────────────────────────────────────────────────────────
def _refuse_what_cannot_be_corrected(entry: Entry, *, text: str, day: date, reason: str) -> None:
    if not reason.strip():
        raise Refused("请写明更正的理由，再更正。")
    later = Entry.objects.filter(corrects=entry).select_related("by").first()
    if later:
        raise Refused(
            f"这一条已由 {later.by or '系统'} 于 {moment_long(timezone.localtime(later.recorded_at))} 更正，请从更正后的那一条接着更正。"
        )
    if (text, day) == (said_in(entry), entry.effective_on):
        raise Refused("内容和生效日都没有变，不用更正。")
    if said := _unfit(entry, text):
        raise Refused(said)


def _unfit(entry: Entry, text: str) -> str | None:
    """A sentence where the register cannot hold the text."""
    if entry.post_id is None and entry.name == "credit_code":
        taken = Organisation.objects.filter(credit_code=text).exclude(pk=entry.organisation_id)
        return "这个统一社会信用代码已经登记在另一家企业名下，请核对。" if taken.exists() else None
    return None


# ── the projection: what the tables show is what the entries known now say ────────────────────
def _bring_up_to_date(organisation: Organisation, post: Officer | None, names: Iterable[str]) -> None:
    """Recompute the columns of these facts; the objects of the caller follow."""
    rows = Entry.objects.standing().filter(organisation=organisation, post=post, name__in=set(names))
    by_name: dict[str, list[Entry]] = {}
    for entry in rows:
        by_name.setdefault(entry.name, []).append(entry)
    if post is None:
        _project_enterprise(organisation, by_name)
    else:
        _project_post(post, by_name)


def _project_post(post: Officer, by_name: Mapping[str, list[Entry]]) -> None:
    told = _told(OF_A_POST, by_name)
    if told.pop(IN_OFFICE, None) is not None:
        told |= _days_in_office(post, by_name[IN_OFFICE])
    phone = told.pop("phone", None)
    _insist_that_it_can_stand(post, told)
    _set(post, told)
    if phone is not None:
        _set(post.person, {"phone": phone})
    if "name" in told:
        _project_name(post, cause=f"entry:{max(entry.pk for entry in by_name['name'])}")


def _project_name(post: Officer, *, cause: str) -> None:
    """The person is called what all posts in office say. Where another says otherwise, its office is told and decides.

    An entry speaks for its own post: no office changes what another one has on record of the same person.
    """
    list(Person.objects.select_for_update(no_key=True).filter(pk=post.person_id).values("pk"))
    elsewhere = Officer.objects.in_office().filter(person=post.person_id).exclude(pk=post.pk)
    differing = list(elsewhere.exclude(name=post.name).select_related("organisation"))
    if not differing:
        _set(post.person, {"name": post.name})
    for other in differing if post.ended_on is None else ():
        queue("name-differs", other, cause=cause, context={"name": post.name, "there": post.office.area})


def _days_in_office(post: Officer, entries: list[Entry]) -> dict[str, date | None]:
    """Of several stretches the last one; a post that never was keeps its day and ends on it."""
    stretches = spells([entry.said for entry in entries], known_on=date.max - timedelta(days=1))
    if not stretches:
        return {"ended_on": post.appointed_on}
    return {"appointed_on": stretches[-1].since, "ended_on": stretches[-1].until}


def _insist_that_it_can_stand(post: Officer, told: Mapping[str, Any]) -> None:
    """What the table would refuse anyway, said in a sentence."""
    began = told.get("appointed_on", post.appointed_on)
    ends = told.get("term_ends", post.term_ends)
    if ends < began:
        raise Refused(f"任期至（{ends}）早于任职日期（{began}），请先更正其中不对的一个。")
    if told.get("ended_on", began) is not None:
        return
    others = Officer.objects.in_office().filter(organisation=post.organisation_id).exclude(pk=post.pk)
    if other := others.first():
        raise Refused(
            f"企业现任首席质量官是{other.name}（{other.appointed_on} 起），不能同时有两人在任；请先更正{other.name}的在任。"
        )


def _project_enterprise(organisation: Organisation, by_name: Mapping[str, list[Entry]]) -> None:
    told = _told(OF_AN_ENTERPRISE, by_name)
    if "office" in told:
        told["office_id"] = told.pop("office")
    _set(organisation, told)
    if told.keys() & {"name", "credit_code", "office_id"}:
        _carry_the_posts_along(organisation)


def _carry_the_posts_along(organisation: Organisation) -> None:
    """A post is found by its enterprise's name and lies with its enterprise's office, today and in the past."""
    for post in Officer.objects.filter(organisation=organisation):
        post.organisation, post.office_id = organisation, organisation.office_id
        post.save(update_fields={"office"})


def _set(row, told: Mapping[str, Any]) -> None:
    for column, value in told.items():
        setattr(row, column, value)
    if told:
        row.save(update_fields=set(told))


def _told(kinds: Mapping[str, EntryKind], by_name: Mapping[str, list[Entry]]) -> dict[str, Any]:
    """Column → what counts now: of each fact the latest in effect; a foreseen one counts from its entry on.

    What is not in effect yet leaves its column as it is.
    """
    told, today = {}, timezone.localdate()
    for name in kinds.keys() & by_name.keys():
        kind = kinds[name]
        begun = [entry for entry in by_name[name] if kind.foreseen or entry.effective_on <= today]
        if begun:
            told[name] = kind.read(said_in(max(begun, key=lambda entry: (entry.effective_on, entry.pk))))
    return told


def take_effect(*, today: date) -> int:
    """Bring up to date what was entered ahead and has come into effect since; says how many facts."""
    due = (
        Entry.objects.standing()
        .filter(effective_on__gt=today - LOOKED_BACK, effective_on__lte=today)
        .filter(recorded_at__date__lt=today)
        .select_related("organisation", "post__person")
    )
    count = 0
    for entry in due.iterator(chunk_size=500):
        if timezone.localdate(entry.recorded_at) < entry.effective_on:
            with transaction.atomic():
                _lock(entry.organisation)
                _bring_up_to_date(entry.organisation, entry.post, [entry.name])
            count += 1
    return count


# ── posts from before there were entries ──────────────────────────────────────────────────────
def remember(post: Officer) -> list[Entry]:
    """Write down what a post without entries shows; recorded as of its filing day, where there is one."""
    if post.entries.exists():
        return []
    told = {name: as_text(getattr(post, name)) for name in _COLUMNS_OF_A_POST} | {IN_OFFICE: YES}
    recorded = {"recorded_at": _morning_of(post.filed_on)} if post.filed_on else {}
    common = {"organisation": post.organisation, "post": post, "filing": post.filing, **recorded}
    with transaction.atomic():
        _lock(post.organisation)
        made = [
            Entry.objects.create(name=name, value=text, effective_on=post.appointed_on, **common)
            for name, text in told.items()
        ]
        if post.ended_on:
            left = post.ended_on + timedelta(days=1)
            common |= {"recorded_at": max(_morning_of(left), made[0].recorded_at)}
            made.append(Entry.objects.create(name=IN_OFFICE, value=NO, effective_on=left, **common))
        _put_on_record("remember", made, by=None, note="")
    return made


_COLUMNS_OF_A_POST = tuple(name for name in OF_A_POST if name not in (IN_OFFICE, "phone"))


def _morning_of(day: date):
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day))
