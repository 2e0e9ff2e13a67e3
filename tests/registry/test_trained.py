"""Trained is who holds a certificate on record: by its number, of this very person; a stranger's number tells nothing."""

import re

import pytest
import time_machine

from cqo_portal.parties.models import Person
from registry import draft, facts, services
from registry.models import Filing
from registry.pages.form import form_page, missing
from tests.cast import IDENTITY, TODAY, browser, typed
from tests.training import rows
from tests.training.certified import held, issued, with_code
from training import completions

pytestmark = pytest.mark.django_db

NOT_THIS_PERSONS = "平台上没有与此人相符的这个证书编号；是其他机构发的，请上传证书。"
STRANGER = "130981198104264928"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def tan(people):
    made = with_code(rows.provider())
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


def person(name: str = "王雪松", number: str = IDENTITY) -> Person:
    return Person.objects.create(name=name, identity_kind="resident", identity_number=number)


def certificate(tan, who: Person, **said):
    return issued(held(tan, who, **said), who, by=tan)[0]


def drafted(people, number: str | None, **said) -> Filing:
    filing = services.open_filing(people.hengtong, by=people.liu, today=TODAY)
    return draft.save(
        filing, typed(officer__training_certificate=number, **said), version=None, by=people.liu
    )


def training_clause(judgement):
    return next(clause for clause in judgement.clauses if clause.key == "training")


def judged(people, number: str | None, **said):
    drafted(people, number, **said)
    return training_clause(facts.judge_draft(people.hengtong.filings.get(), today=TODAY))


def test_the_number_of_the_own_certificate_proves_the_training(people, tan):
    made = certificate(tan, person())
    clause = judged(people, made.number)
    assert clause.verdict.value == "met"
    assert clause.why == f"培训证书 {made.number}，沧州质量培训学校 2026-11-20 颁发，平台上在案。"


def test_however_it_is_typed(people, tan):
    made = certificate(tan, person())
    assert judged(people, f" {made.number.lower()} ").verdict.value == "met"


def test_a_number_of_ours_is_kept_as_it_is_printed_and_anothers_as_it_was_typed(people):
    kept = {"ｃｑpx－czpx—2026-0001-9": "CQPX-CZPX-2026-0001-9", "冀质培 2019－7a": "冀质培 2019－7a"}
    for typed_in, as_kept in kept.items():
        filing = drafted(people, typed_in)
        assert facts.content_of_draft(filing, today=TODAY)["officer"]["training_certificate"] == as_kept


def test_a_strangers_number_and_no_number_at_all_say_the_same(people, tan):
    """The control is the test above: with the own identity the very same certificate proves."""
    theirs = certificate(tan, person("靳海燕", STRANGER))
    free = str(completions.NUMBERS.numbered(body="CZPX", year=2026, serial=999))
    said = {judged(people, number).why for number in (theirs.number, free)}
    assert said == {NOT_THIS_PERSONS}
    assert judged(people, theirs.number).verdict.value == "unknown"
    assert judged(people, theirs.number, officer__identity_number=STRANGER).verdict.value == "met"


def test_another_makers_number_waits_for_the_paper_as_before(people, tan):
    certificate(tan, person())
    clause = judged(people, "冀质培2026-018")
    assert (clause.verdict.value, clause.why) == (
        "unknown",
        "没有提供培训证明，无法判定；请提供培训证书或结业证明。",
    )
    assert judged(people, None).verdict.value == "unknown"


def test_who_says_not_trained_is_not_trained(people, tan):
    made = certificate(tan, person())
    assert judged(people, made.number, officer__trained="no").verdict.value == "unmet"


def test_void_and_continuing_ones_prove_nothing(people, tan):
    wang = person()
    made = certificate(tan, wang)
    completions.void(made, reason="印错", by=tan, today=TODAY)
    assert judged(people, made.number).why == NOT_THIS_PERSONS
    session = rows.session(tan, name="继续教育")
    type(session.course).objects.filter(pk=session.course_id).update(kind="continuing")
    rows.came(session, wang)
    again = issued(rows.posted(session, by=tan), wang, by=tan)[0]
    assert judged(people, again.number).why == NOT_THIS_PERSONS


def test_the_paper_is_wanted_no_more(people, tan):
    made = certificate(tan, person())
    drafted(people, made.number)
    with_number = {kind.kind.value for kind in missing(form_page(people.hengtong.filings.get())["papers"])}
    drafted(people, None)
    without = {kind.kind.value for kind in missing(form_page(people.hengtong.filings.get())["papers"])}
    assert without - with_number == {"training"}


def test_the_deciding_office_sees_what_is_on_record_and_the_enterprise_does_not(people, tan):
    made = certificate(tan, person())
    filing = people.filing(until="at_county", papers=())  # no number was typed
    path = f"/filings/{filing.pk}/"
    seen = browser(people.wang).get(path).content.decode()
    assert "平台上有此人的培训证书 1 张" in seen and made.number in seen
    page = browser(people.liu).get(path).content.decode()
    assert made.number not in page and "平台上有此人" not in page and "平台上没有此人" not in page


def test_what_was_filed_stays_as_it_was_decided_and_what_is_open_follows(people, tan):
    made = certificate(tan, person())
    filing = people.filing(until="at_city", papers=(), officer__training_certificate=made.number)
    assert training_clause(facts.judge_submitted(filing)).verdict.value == "met"
    completions.void(made, reason="印错", by=tan, today=TODAY)
    assert training_clause(facts.judge_submitted(filing)).why == NOT_THIS_PERSONS


def test_a_filed_one_is_judged_as_known_on_its_day(people, tan):
    made = certificate(tan, person())
    with time_machine.travel("2026-11-20T13:00:00+08:00", tick=False):
        filing = people.filing(until="filed", papers=(), officer__training_certificate=made.number)
    with time_machine.travel("2026-11-21T12:00:00+08:00", tick=False):
        completions.void(made, reason="印错", by=tan, today=TODAY)
        assert training_clause(facts.judge_submitted(filing)).verdict.value == "met"
        page = browser(people.meng).get(f"/filings/{filing.pk}/").content.decode()
        assert re.search("作废", page)


def test_the_page_of_the_form_asks_for_no_paper_where_the_number_is_ours(people, tan):
    made = certificate(tan, person())
    drafted(people, made.number)
    page = browser(people.liu).get(f"/filings/{people.hengtong.filings.get().pk}/edit/").content.decode()
    assert f"培训证书 {made.number}，沧州质量培训学校" in page
