"""Experience, pairings, the pool: dan's enterprise writes and lends its officer, hengtong (liu) is helped."""

from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import perform
from registry.talent import services
from registry.talent.models import PoolEntry
from registry.talent.workflow import CASE, PAIRING, PAIRING_BUTTONS, REVOKE
from tests.cast import IDENTITY
from tests.talent.rows import TEXT, TODAY, post, typed_case

CASE_BUTTONS = {name: step for name, step in CASE.items() if step is not REVOKE}
STEPS = {"talent:case-step": CASE_BUTTONS, "talent:pairing-step": PAIRING_BUTTONS}
SAID = {
    "talent:case-write": typed_case(name="另写的一篇经验"),
    "talent:case-edit": typed_case(name="改过题目的一篇"),
    "talent:case-revoke": {"note": "收回"},
    "talent:meeting": {"held_on": TODAY.isoformat(), "what": "去了一趟。", "result": ""},
    "talent:pairing-close": {"outcome": "reached", "note": "达到了。"},
    "talent:availability": {"availability": "away"},
    "talent:pool-leave": {"left_on": TODAY.isoformat(), "reason": "调离。"},
}

TABLE = """
talent:index GET: 302 200 200 200 200 200 200 200 403 403 403 403
talent:index POST: 405
talent:public GET: 200
talent:public POST: 405
talent:public-case GET: 200
talent:public-case POST: 405
talent:case-new GET: 302 302 302 200 200 403 403 403 403 403 403 403
talent:case-new POST: 405
talent:case-write GET: 302 404 200 404 200 403 403 403 403 403 403 403
talent:case-write POST: 302 404 302 404 302 403 403 403 403 403 403 403
talent:case GET: 302 404 200 404 200 404 404 404 404 404 404 404
talent:case POST: 405
talent:case-edit GET: 302 404 200 404 404 404 404 404 404 404 404 404
talent:case-edit POST: 302 404 302 404 404 404 404 404 404 404 404 404
talent:case-revoke GET: 302/405
talent:case-revoke POST: 302 404 403 404 403 403 403 404 404 404 404 404
talent:pairings GET: 302 200 200 200 200 200 200 200 403 403 403 403
talent:pairings POST: 405
talent:pairing-new GET: 302 403 403 403 403 200 403 403 403 403 403 403
talent:pairing-new POST: 302 403 403 403 403 422 403 403 403 403 403 403
talent:pairing GET: 302 200 200 200 200 200 200 404 404 404 404 404
talent:pairing POST: 405
talent:meeting GET: 302/405
talent:meeting POST: 302 302 302 403 403 302 403 404 404 404 404 404
talent:pairing-close GET: 302 403 403 403 403 200 403 404 404 404 404 404
talent:pairing-close POST: 302 403 403 403 403 302 403 404 404 404 404 404
talent:pool GET: 302 403 403 200 200 200 200 200 403 403 403 403
talent:pool POST: 405
talent:pool-choose GET: 302 403 403 403 403 200 403 403 403 403 403 403
talent:pool-choose POST: 405
talent:pool-admit GET: 302 403 403 403 403 200 403 403 403 403 403 403
talent:pool-admit POST: 302 403 403 403 403 422 403 403 403 403 403 403
talent:entry GET: 302 404 404 200 404 200 200 200 404 404 404 404
talent:entry POST: 405
talent:availability GET: 302/405
talent:availability POST: 302 404 404 403 404 302 403 302 404 404 404 404
talent:pool-leave GET: 302 404 404 403 404 200 403 403 404 404 404 404
talent:pool-leave POST: 302 404 404 403 404 302 403 403 404 404 404 404
talent:case-step submit GET: 302/405
talent:case-step submit POST: 302 404 302 404 404 404 404 404 404 404 404 404
talent:case-step take-back GET: 302/405
talent:case-step take-back POST: 302 404 302 404 403 404 404 404 404 404 404 404
talent:case-step return GET: 302/405
talent:case-step return POST: 302 404 403 404 302 404 404 404 404 404 404 404
talent:case-step discard GET: 302/405
talent:case-step discard POST: 302 404 302 404 404 404 404 404 404 404 404 404
talent:case-step hand-in GET: 302/405
talent:case-step hand-in POST: 302 404 403 404 302 404 404 404 404 404 404 404
talent:case-step select GET: 302/405
talent:case-step select POST: 302 404 403 404 403 302 403 404 404 404 404 404
talent:case-step decline GET: 302/405
talent:case-step decline POST: 302 404 403 404 403 302 403 404 404 404 404 404
talent:case-step publish GET: 302/405
talent:case-step publish POST: 302 404 403 404 403 302 403 404 404 404 404 404
talent:case-step withdraw GET: 302/405
talent:case-step withdraw POST: 302 404 403 404 403 302 403 404 404 404 404 404
talent:pairing-step agree-as-mentor GET: 302/405
talent:pairing-step agree-as-mentor POST: 302 403 302 403 403 403 403 404 404 404 404 404
talent:pairing-step agree-as-learner GET: 302/405
talent:pairing-step agree-as-learner POST: 302 302 403 403 403 403 403 404 404 404 404 404
talent:pairing-step join-as-mentor GET: 302/405
talent:pairing-step join-as-mentor POST: 302 403 302 403 403 403 403 404 404 404 404 404
talent:pairing-step join-as-learner GET: 302/405
talent:pairing-step join-as-learner POST: 302 302 403 403 403 403 403 404 404 404 404 404
talent:pairing-step decline GET: 302/405
talent:pairing-step decline POST: 302 302 302 403 403 403 403 404 404 404 404 404
talent:pairing-step cancel GET: 302/405
talent:pairing-step cancel POST: 302 403 403 403 403 302 403 404 404 404 404 404
"""


def objects(people) -> dict:
    """A case in each state its steps begin from; a pairing under way; an entry of the officer who signs in."""
    firm = people.dan.acting.organisation
    officer = firm.officers.in_office().first() or post(firm, name="丁鹏", number="11010119900307100X")
    cases = {state: _case(people, officer, until=state) for state in _WAY}
    entry = _entry(people)
    pairing = _pairing(people, officer, case=cases["published"])
    begins = {"select": "at_city", "decline": "at_city", "publish": "selected", "withdraw": "published"}
    begins |= {"submit": "draft", "discard": "draft"}
    steps = {
        f"talent:case-step {step}": {"pk": cases[begins.get(step, "at_county")].pk, "step": step}
        for step in CASE_BUTTONS
    }
    pairs = {f"talent:pairing-step {step}": {"pk": pairing.pk, "step": step} for step in PAIRING_BUTTONS}
    of_pairing = {
        key: {"pk": pairing.pk} for key in ("talent:pairing", "talent:meeting", "talent:pairing-close")
    }
    of_entry = {key: {"pk": entry.pk} for key in ("talent:entry", "talent:availability", "talent:pool-leave")}
    return {
        **steps,
        **pairs,
        **of_pairing,
        **of_entry,
        "talent:case": {"pk": cases["at_county"].pk},
        "talent:case-revoke": {"pk": cases["published"].pk},
        "talent:case-edit": {"pk": cases["draft"].pk},
        "talent:case-write": {"organisation": officer.organisation_id},
        "talent:public-case": {"pk": cases["published"].pk},
        "talent:pairing-new": {"officer": officer.pk},
        "talent:pool-admit": {"officer": officer.pk},
    }


_WAY = ("draft", "at_county", "at_city", "selected", "published")


def _case(people, officer, *, until: str):
    organisation = officer.organisation
    case = services.write_case(
        None, TEXT | {"name": f"一篇{until}的经验"}, organisation=organisation, by=people.dan
    )
    services.name_officers(case, [officer], signatures={officer: officer.name}, by=people.dan)
    moves = (
        ("submit", people.dan),
        ("hand-in", people.qing),
        ("select", people.meng),
        ("publish", people.meng),
    )
    for step, by in moves[: _WAY.index(until)]:
        case = perform(CASE[step], case, by=by, today=TODAY)
    return case


def _entry(people) -> PoolEntry:
    """Of the person who holds the role officer; filed under hengtong's county."""
    person = Person.objects.get(identity_index=Person.index_of("resident", IDENTITY))
    city = people.offices["130900"]
    words = {"fields": ["spc"], "entered_on": TODAY, "reason": "标杆。", "consent_name": person.name}
    entry = services.admit(person, officer=None, city=city, by=people.meng, today=TODAY, **words)
    entry.office = people.offices["130981"]
    entry.save()
    return entry


def _pairing(people, officer, *, case):
    said = {"learner": people.hengtong, "size_reason": "同城同业。", "goal": "降到 1%。"}
    said |= {"begins_on": TODAY, "ends_on": TODAY.replace(year=TODAY.year + 1)}
    pairing = services.pair(officer, said, case=case, entry=None, by=people.meng)
    pairing = perform(PAIRING["agree-as-mentor"], pairing, by=people.dan, today=TODAY)
    return perform(PAIRING["join-as-learner"], pairing, by=people.liu, today=TODAY)
