"""A name is a fact of the person, an entry speaks for its own post: what one office says changes nothing at another."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Organisation, Person
from cqo_portal.workflow.engine import perform
from registry.entries import correct, enter
from registry.models import Entry, Officer
from registry.same_person import compared, decide
from registry.workflow import FILE, SEND_UP
from tests.cast import CODES, TODAY, browser
from tests.desk.rows import NOON
from tests.talent.rows import himself, post

pytestmark = pytest.mark.django_db
SAID = {"by": None, "reason": "身份证上是王雪嵩，系原表误写。", "document": "沧市监质〔2026〕12号"}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def here(people) -> Officer:
    """In office in Botou, as 王雪松."""
    return entered(post(people.hengtong), by=people.meng)


@pytest.fixture
def there(people) -> Officer:
    """The same person in office next door, in Qing county."""
    return entered(post(Organisation.objects.get(credit_code=CODES[1])), by=people.meng)


def entered(made: Officer, *, by) -> Officer:
    facts = {"in_office": "yes", "name": made.name, "term_ends": made.term_ends}
    enter(made.organisation, facts, effective_on=made.appointed_on, post=made, by=by)
    return made


def name_of(post: Officer) -> Entry:
    return (
        Entry.objects.standing()
        .select_related("organisation__office", "post__person")
        .get(post=post, name="name")
    )


def renamed(post: Officer, *, by, to: str = "王雪嵩") -> Entry:
    return correct(name_of(post), value=to, **(SAID | {"by": by}))


def shown(post: Officer) -> tuple[str, str]:
    """What the register says of the post, and how the person is called."""
    row = Officer.objects.select_related("person").get(pk=post.pk)
    return row.name, row.person.name


class TestTheOtherPost:
    @pytest.mark.parametrize("who", ["wang", "meng"])
    def test_keeps_what_was_filed_there(self, people, here, there, who):
        before = Entry.objects.filter(post=there).count()
        renamed(here, by=getattr(people, who))
        assert (shown(here), shown(there)) == (("王雪嵩", "王雪松"), ("王雪松", "王雪松"))
        assert Entry.objects.filter(post=there).count() == before
        assert browser(people.qing).get("/desk/register/?q=王雪松").content.decode().count("data-row") == 1

    def test_its_office_may_not_decide_here_nor_this_one_there(self, people, here, there):
        for post_, who in ((there, people.wang), (here, people.qing)):
            with pytest.raises(PermissionDenied):
                renamed(post_, by=who)

    def test_once_both_say_the_same_the_person_is_called_so(self, people, here, there):
        renamed(here, by=people.wang)
        renamed(there, by=people.qing)
        assert (shown(here), shown(there)) == (("王雪嵩", "王雪嵩"), ("王雪嵩", "王雪嵩"))

    def test_alone_in_office_the_person_is_called_as_corrected(self, people, here):
        """The control."""
        renamed(here, by=people.wang)
        assert shown(here) == ("王雪嵩", "王雪嵩")
        assert not Message.objects.filter(kind="name-differs").exists()

    def test_who_left_there_holds_nothing_up(self, people, here, there):
        enter(there.organisation, {"in_office": "no"}, effective_on=TODAY, post=there, by=people.meng)
        renamed(here, by=people.wang)
        assert shown(here) == ("王雪嵩", "王雪嵩")
        assert not Message.objects.filter(kind="name-differs").exists()

    def test_a_former_post_renames_nobody_who_serves_elsewhere(self, people, here, there):
        enter(here.organisation, {"in_office": "no"}, effective_on=TODAY, post=here, by=people.meng)
        renamed(Officer.objects.get(pk=here.pk), by=people.wang)
        assert (shown(here), shown(there)) == (("王雪嵩", "王雪松"), ("王雪松", "王雪松"))
        assert not Message.objects.filter(kind="name-differs").exists()


class TestTheOtherOffice:
    def test_is_told_county_and_name_and_nothing_else(self, people, here, there):
        renamed(here, by=people.wang)
        letter = Message.objects.get(kind="name-differs")
        assert (letter.recipient, letter.url) == (people.qing, there.get_absolute_url())
        assert "泊头市登记的姓名现在是“王雪嵩”" in letter.body and "登记为“王雪松”" in letter.body
        for secret in ("恒通", "误写", "12号", "wang"):
            assert secret not in letter.title + letter.body

    def test_sees_an_open_matter_until_the_names_agree(self, people, here, there):
        def open_for(who, post_) -> tuple[bool, bool]:
            said, window = "同一证件在别处登记的姓名不同", browser(who)
            pages = ("/", post_.get_absolute_url())
            return tuple(said in window.get(path).content.decode() for path in pages)

        assert open_for(people.qing, there) == (False, False)
        renamed(here, by=people.wang)
        assert open_for(people.qing, there) == open_for(people.wang, here) == (True, True)
        page = browser(people.qing).get(there.get_absolute_url()).content.decode()
        assert "泊头市登记为“王雪嵩”" in page and "恒通" not in page
        renamed(there, by=people.qing)
        assert open_for(people.qing, there) == open_for(people.wang, here) == (False, False)

    def test_enterprises_learn_nothing_of_it(self, people, here, there):
        renamed(here, by=people.wang)
        for who, post_ in ((people.liu, here), (people.dan, there)):
            for path in ("/", post_.get_absolute_url()):
                assert "别处登记的姓名" not in browser(who).get(path).content.decode()

    def test_the_one_who_corrects_sees_beforehand_that_it_stays_there(self, people, here, there):
        said = {"value": "王雪嵩", "effective_on": "2025-01-10", "reason": "核", "do": "preview"}
        path = f"/desk/entries/{name_of(here).pk}/correct/"
        page = browser(people.wang).post(path, said).content.decode()
        assert "还在青县登记在任：那里的姓名不随之改动" in page
        assert "盛禾" not in page and not Message.objects.filter(kind="name-differs").exists()


def test_an_accepted_filing_too_speaks_for_its_own_post(people, there):
    filing = people.filing(until="at_county", officer__name="王雪嵩")
    posts = compared(filing).keys
    decide(filing, posts=posts, verdict="concurrent", reason="已核实。", by=people.wang)
    filing = perform(SEND_UP, filing, by=people.wang, today=TODAY)
    filing = perform(FILE, filing, by=people.meng, today=TODAY)
    assert (shown(filing.officer), shown(there)) == (("王雪嵩", "王雪松"), ("王雪松", "王雪松"))
    assert Message.objects.get(kind="name-differs").recipient == people.qing


def test_an_officer_is_greeted_and_taken_into_the_pool_as_the_own_post_says(people, here, there):
    renamed(here, by=people.wang)
    assert "王雪松" in browser(himself(there)).get("/").content.decode()
    page = browser(people.meng).get(f"/talent/pool/add/{here.pk}/").content.decode()
    assert "王雪嵩" in page and "王雪松" not in page


@pytest.mark.parametrize("who", ["wang", "meng"])
def test_the_county_of_an_enterprise_is_corrected_by_nobody(people, who):
    """It changes by a move, which carries the open cases along."""
    entry = enter(people.hengtong, {"office": "130981"}, effective_on=TODAY, by=people.meng)[0]
    with pytest.raises(PermissionDenied):
        correct(entry, value="130922", by=getattr(people, who), reason="住所已变。")
    window, path = browser(getattr(people, who)), f"/desk/entries/{entry.pk}/correct/"
    said = {"value": "130922", "effective_on": "2026-11-20", "reason": "住所已变。", "do": "correct"}
    assert [window.get(path).status_code, window.post(path, said).status_code] == [403, 403]
    assert path not in window.get(f"/desk/enterprises/{people.hengtong.pk}/").content.decode()
    assert Organisation.objects.get(pk=people.hengtong.pk).office_id == "130981"


@pytest.mark.parametrize("who", ["wang", "meng"])
def test_what_else_is_on_record_of_the_enterprise_is_corrected(people, who):
    """The control of the one above."""
    entry = enter(people.hengtong, {"persons": "350"}, effective_on=TODAY, by=people.meng)[0]
    path = f"/desk/entries/{entry.pk}/correct/"
    assert (
        path in browser(getattr(people, who)).get(f"/desk/enterprises/{people.hengtong.pk}/").content.decode()
    )
    correct(entry, value="351", by=getattr(people, who), reason="抄录有误。")
    assert Organisation.objects.get(pk=people.hengtong.pk).persons == 351


def test_two_offices_that_correct_one_after_the_other_leave_no_old_name_behind(people, here, there):
    renamed(here, by=people.wang)
    renamed(there, by=people.qing, to="王雪崧")
    renamed(there, by=people.qing, to="王雪嵩")
    assert Person.objects.get().name == "王雪嵩"
