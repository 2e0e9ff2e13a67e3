"""A benchmark and those who could learn from it, made directly: the steps themselves are what the tests take."""

from datetime import date

from cqo_portal.accounts.models import Role, User
from cqo_portal.parties.models import Organisation, Person
from cqo_portal.workflow.engine import perform
from registry.models import Officer
from registry.talent import services
from registry.talent.models import Case, PoolEntry
from registry.talent.workflow import CASE
from tests.cast import CODES, IDENTITY, organisation, user

TODAY = date(2026, 11, 20)
TEXT = {
    "name": "用控制图把焊接返修率降下来",
    "field": "spc",
    "summary": "两条产线上了均值极差图，返修率从 2.1% 降到 0.6%。",
    "situation": "返修多，靠老师傅凭经验调机。",
    "done": "每班取五件测熔深，点图，越界就停。",
    "result": "返修率由 2.1% 降到 0.6%，一年少返修 1 400 件。",
    "papers": "质量月报 12 份，存质量部。",
}


def post(org: Organisation, *, name: str = "王雪松", number: str = IDENTITY, **more) -> Officer:
    """A post on the register, as an import would have made it."""
    index = Person.index_of("resident", number)
    person = Person.objects.filter(identity_index=index).first() or Person.objects.create(
        name=name, identity_kind="resident", identity_number=number
    )
    said = {"post": "副总经理", "appointed_on": date(2025, 1, 10), "term_ends": date(2028, 1, 9)} | more
    return Officer.objects.create(name=name, person=person, organisation=org, office=org.office, **said)


def himself(officer: Officer, username: str = "wangxs") -> User:
    """The officer with an account of his own."""
    return user(username, Role.OFFICER, person=officer.person)


def small(people, *, size: str = "small") -> Organisation:
    """A third enterprise, in the next county, smaller than hengtong (medium)."""
    made = organisation(people.offices["130922"], code=CODES[2], name="青县小微包装厂")
    made.size = size
    made.save()
    return made


def written(people, *, officers: tuple[Officer, ...] = (), agree: bool = True, by=None, **text) -> Case:
    """A draft of hengtong's, with the officers it names."""
    by = by or people.liu
    case = services.write_case(None, TEXT | text, organisation=people.hengtong, by=by)
    signatures = {officer: officer.name for officer in officers} if agree else {}
    services.name_officers(case, list(officers), signatures=signatures, by=by)
    return case


def brought(people, *, until: str, case: Case | None = None, **more) -> Case:
    """A case brought as far as `until` by those whose move it is."""
    case = case or written(people, **more)
    way = (
        ("at_county", "submit", people.liu),
        ("at_city", "hand-in", people.wang),
        ("selected", "select", people.meng),
        ("published", "publish", people.meng),
    )
    for state, step, by in way:
        if case.state == until:
            break
        if case.state not in CASE[step].source:  # it had come so far before
            continue
        case = perform(CASE[step], case, by=by, today=TODAY)
        assert case.state == state
    return case


def typed_case(officer: Officer | None = None, *, signs: str | None = None, **changes) -> dict:
    """The form as a browser sends it."""
    said = TEXT | changes
    if officer:
        said |= {f"named-{officer.pk}": "on", f"agrees-{officer.pk}": "on"}
        said |= {f"signs-{officer.pk}": officer.name if signs is None else signs}
    return said


def admitted(people, officer=None, **more) -> PoolEntry:
    officer = officer or post(people.hengtong)
    said = {"fields": ["spc", "machinery"], "entered_on": date(2026, 11, 1), "reason": "标杆。"} | more
    return services.admit(
        officer.person,
        officer=officer,
        city=people.offices["130900"],
        consent_name=officer.name,
        by=people.meng,
        today=TODAY,
        **said,
    )
