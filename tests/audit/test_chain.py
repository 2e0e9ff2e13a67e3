"""The chain of events: every tampering is found, by anybody who holds the last digest."""

import random
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cqo_portal.audit.chain import GENESIS, SAID, breaks, digest
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look, record
from tests.cast import cast


def events(people, number: int = 12) -> list[dict]:
    with transaction.atomic():
        for n in range(number):
            record(
                f"act-{n}",
                people.hengtong,
                by=people.liu,
                note=f"第{n}次",
                data={"n": n, "片": ["一", None, 1.5]},
            )
    return list(Event.objects.order_by("id").values("id", "previous", "digest", *SAID))


@pytest.mark.django_db
class TestTampering:
    def test_an_untouched_chain_holds(self, people):
        chain = events(people)
        assert chain[0]["previous"] == GENESIS
        assert breaks(chain) == []
        assert breaks(chain, head=chain[-1]["digest"]) == breaks(chain, head=chain[5]["digest"]) == []

    @pytest.mark.parametrize("word", SAID)
    def test_a_changed_word_is_found(self, people, word):
        chain = events(people)
        chain[5] = chain[5] | {word: {"n": 6} if word == "data" else "改"}
        assert [b.event_id for b in breaks(chain)] == [chain[5]["id"]]

    def test_a_changed_word_with_a_new_digest_is_found(self, people):
        chain = events(people)
        forged = chain[5] | {"note": "改"}
        chain[5] = forged | {"digest": digest(forged, previous=forged["previous"])}
        assert [b.event_id for b in breaks(chain)] == [chain[6]["id"]]

    def test_a_chain_forged_to_its_end_is_found_by_the_head_alone(self, people):
        chain = events(people)
        head, previous = chain[-1]["digest"], chain[5]["previous"]
        for n in range(5, len(chain)):
            forged = chain[n] | {"previous": previous} | ({"note": "改"} if n == 5 else {})
            previous = digest(forged, previous=previous)
            chain[n] = forged | {"digest": previous}
        assert breaks(chain) == []  # the limit of a chain, and why its head is kept elsewhere
        assert len(breaks(chain, head=head)) == 1

    def test_a_deleted_row_swapped_rows_and_a_cut_end_are_found(self, people):
        chain = events(people)
        head = chain[-1]["digest"]
        assert breaks(chain[:5] + chain[6:])
        assert breaks(chain[1:])
        assert breaks([*chain[:5], chain[6], chain[5], *chain[7:]])
        assert breaks([*chain[:5], chain[5], *chain[5:]])
        assert breaks(chain[:-1]) == []
        assert breaks(chain[:-1], head=head)
        assert breaks([], head=head)

    def test_a_thousand_random_tamperings_are_found(self, people):
        chain, dice = events(people, 30), random.Random(7)
        head, missed = chain[-1]["digest"], 0
        for _ in range(1000):
            touched, place = [dict(e) for e in chain], dice.randrange(30)
            match dice.randrange(4):
                case 0:
                    touched[place][dice.choice([*SAID, "previous", "digest"])] = "改"
                case 1:
                    del touched[place]
                case 2:
                    other = (place + dice.randrange(1, 30)) % 30
                    touched[place], touched[other] = touched[other], touched[place]
                case 3:
                    touched.insert(place, dict(dice.choice(touched)))
            missed += not breaks(touched, head=head)
        assert missed == 0


@pytest.mark.django_db
class TestTheCommand:
    def test_it_says_how_many_events_hold_and_the_digest_to_keep(self, people):
        chain, out = events(people), StringIO()
        call_command("verify_chain", stdout=out)
        assert f"共 {len(chain)} 条" in out.getvalue()
        assert chain[-1]["digest"] in out.getvalue()

    def test_what_somebody_did_with_the_table_is_found(self, people):
        chain = events(people)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
            cursor.execute("UPDATE audit_event SET note = '改' WHERE id = %s", [chain[3]["id"]])
            cursor.execute("DELETE FROM audit_event WHERE id = %s", [chain[8]["id"]])
            cursor.execute("DELETE FROM audit_event WHERE id = %s", [chain[-1]["id"]])
        said = StringIO()
        with pytest.raises(CommandError, match="3 处断裂"):
            call_command("verify_chain", head=chain[-1]["digest"], stderr=said)
        assert f"第 {chain[3]['id']} 条：内容与摘要不符" in said.getvalue()
        assert f"第 {chain[9]['id']} 条：与上一条不相接" in said.getvalue()

    def test_an_empty_chain_holds(self, db):
        out = StringIO()
        call_command("verify_chain", stdout=out)
        assert "共 0 条" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_never_fork_the_chain(transactional_db):
    people = cast()
    gate, failed = threading.Barrier(8), []

    def write(number: int) -> None:
        try:
            gate.wait()
            for n in range(12):
                with transaction.atomic():
                    record("act", people.hengtong, note=f"{number}-{n}")
                    if n % 4 == 3:
                        transaction.set_rollback(True)  # a gap in the ids, none in the chain
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    chain = list(Event.objects.order_by("id").values("id", "previous", "digest", *SAID))
    assert len(chain) == 8 * 9
    assert breaks(chain) == []


@pytest.mark.django_db
def test_an_event_says_who_in_which_role_and_why(people):
    with transaction.atomic():
        event = look(people.hengtong, by=people.wang, what="officer.phone", why="核对")
    assert (event.actor_name, event.acting_as, event.action, event.note) == (
        "wang",
        "泊头市市场监督管理局 · 县级预审岗",
        "look",
        "核对",
    )
    assert list(Event.objects.looks().about(people.hengtong)) == [event]


@pytest.mark.django_db
def test_long_names_do_not_stop_the_record(people):
    people.liu.full_name, people.liu.username = "", "u" * 150
    with transaction.atomic():
        assert record("x", people.hengtong, by=people.liu).actor_name == "u" * 100
