"""Sealed columns: nothing readable at rest, and nothing that was moved, changed or made with another key opens."""

import base64
import copy
import pickle
import uuid
from io import StringIO

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.parties.models import Person
from cqo_portal.sealed import CannotOpen, Token, blind_index, seal, unseal
from registry.models import Filing, Submission
from tests.cast import IDENTITY

PHONE = "13800138000"
NUMBER = IDENTITY
PLACE = "parties_person.phone:1"


def key(kid: str, fill: int) -> str:
    return f"{kid}:{base64.b64encode(bytes([fill] * 32)).decode()}"


def person(number: str = NUMBER, **said) -> Person:
    return Person.objects.create(
        **{"identity_kind": "resident", "identity_number": number, "phone": PHONE, "name": "王雪松"} | said
    )


def raw(sql: str, *params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


class TestTheSeal:
    @given(st.binary(max_size=200), st.text(max_size=60))
    def test_what_is_sealed_opens_in_its_place(self, plain, place):
        assert unseal(seal(plain, place=place), place=place) == plain

    def test_the_same_words_are_never_sealed_into_the_same_token(self):
        assert len({seal(b"1", place=PLACE) for _ in range(200)}) == 200

    @pytest.mark.parametrize("elsewhere", ["parties_person.phone:2", "parties_person.identity_number:1", ""])
    def test_it_does_not_open_elsewhere(self, elsewhere):
        with pytest.raises(CannotOpen):
            unseal(seal(b"1", place=PLACE), place=elsewhere)

    def test_every_changed_byte_is_noticed(self):
        head, body = seal(b"13800138000", place=PLACE).rsplit(":", 1)
        sealed = base64.b64decode(body)
        for place in range(len(sealed)):
            changed = bytearray(sealed)
            changed[place] ^= 1
            with pytest.raises(CannotOpen):
                unseal(f"{head}:{base64.b64encode(bytes(changed)).decode()}", place=PLACE)

    @pytest.mark.parametrize(
        "token",
        [
            "",
            ":",
            "plain text",
            "v1:aesgcm:test:",
            "v1:aesgcm:test:!!!",
            "v1:aesgcm:other:AAAA",
            "v1:aesgcm:test:AA",
        ],
    )
    def test_what_is_no_token_is_not_shown_as_if_it_were_clear(self, token):
        with pytest.raises(CannotOpen):
            unseal(token, place=PLACE)

    def test_another_key_of_the_same_name_does_not_open(self, settings):
        settings.DATA_KEYS = [key("a", 1)]
        token = seal(b"1", place=PLACE)
        settings.DATA_KEYS = [key("a", 2)]
        with pytest.raises(CannotOpen):
            unseal(token, place=PLACE)

    def test_keys_rotate_the_new_one_seals_and_the_old_one_still_opens(self, settings):
        settings.DATA_KEYS = [key("old", 1)]
        before, found = seal(b"1", place=PLACE), blind_index("x", purpose="p")
        settings.DATA_KEYS = [key("new", 2), key("old", 1)]
        after = seal(b"1", place=PLACE)
        assert (before.split(":")[2], after.split(":")[2]) == ("old", "new")
        assert unseal(before, place=PLACE) == unseal(after, place=PLACE) == b"1"
        assert blind_index("x", purpose="p") == found  # rows stay findable
        settings.DATA_KEYS = [key("new", 2)]
        with pytest.raises(CannotOpen):
            unseal(before, place=PLACE)


class TestTheIndex:
    def test_equal_values_meet_and_unequal_ones_do_not(self):
        assert blind_index(NUMBER, purpose="identity:resident") == blind_index(
            NUMBER, purpose="identity:resident"
        )
        others = {blind_index(NUMBER[:-1] + d, purpose="identity:resident") for d in "0123456789X"}
        assert len(others) == 11

    def test_a_purpose_cannot_be_stretched_into_a_value(self):
        assert blind_index("b", purpose="a") != blind_index("", purpose="ab")
        assert blind_index(NUMBER, purpose="identity:resident") != blind_index(
            NUMBER, purpose="identity:passport"
        )

    def test_it_depends_on_the_key(self, settings):
        ours = blind_index(NUMBER, purpose="p")
        settings.DATA_KEYS = [key("a", 7)]
        assert blind_index(NUMBER, purpose="p") != ours


@pytest.mark.django_db
class TestTheColumns:
    def test_nothing_readable_lies_in_the_database(self, people):
        filing = people.filing(until="filed")
        tables = [t for t in connection.introspection.table_names() if not t.startswith("django_")]
        seen = "".join(str(raw(f'SELECT t::text FROM "{table}" t')) for table in tables)
        assert str(filing.pk) in seen  # control: the search sees what is in clear
        assert "恒质〔2026〕9号" not in seen  # the appointment's document stands in sealed words only
        for secret in (NUMBER, PHONE, NUMBER[6:14], NUMBER[-4:] + "'"):
            assert secret not in seen

    def test_it_opens_for_whoever_asks_the_model(self):
        made = person()
        again = Person.objects.get(pk=made.pk)
        assert (again.identity_number, again.phone, again.masked_identity) == (
            NUMBER,
            PHONE,
            "110105********002X",
        )
        assert raw("SELECT phone FROM parties_person")[0][0].startswith("v1:aesgcm:test:")

    def test_a_token_copied_to_another_row_or_column_does_not_open(self):
        mine, other = person(), person("110105194912310046", phone="13900139000")
        raw("UPDATE parties_person SET phone = (SELECT phone FROM parties_person WHERE id = %s)", mine.pk)
        assert Person.objects.get(pk=mine.pk).phone == PHONE
        with pytest.raises(CannotOpen):
            _ = Person.objects.get(pk=other.pk).phone
        raw("UPDATE parties_person SET phone = identity_number")
        with pytest.raises(CannotOpen):
            _ = Person.objects.get(pk=mine.pk).phone

    def test_a_number_written_past_us_in_clear_does_not_pass_for_ours(self):
        made = person()
        raw("UPDATE parties_person SET phone = '13900139000'")
        with pytest.raises(CannotOpen):
            _ = Person.objects.get(pk=made.pk).phone

    def test_deferred_only_refreshed_copied_and_pickled(self):
        made = person()
        deferred = Person.objects.defer("phone").get()
        assert "phone" not in deferred.__dict__
        assert deferred.phone == PHONE
        assert Person.objects.only("name").get().phone == PHONE
        held = Person.objects.get()
        Person.objects.filter(pk=made.pk).get()
        held.phone = "13700137000"
        held.refresh_from_db()
        assert held.phone == PHONE
        held.refresh_from_db(fields=["phone"])
        assert held.phone == PHONE
        for twin in (copy.copy(held), copy.deepcopy(held), pickle.loads(pickle.dumps(Person.objects.get()))):
            assert twin.phone == PHONE

    def test_a_pickled_row_that_was_not_read_carries_the_token_only(self):
        person()
        assert PHONE.encode() not in pickle.dumps(Person.objects.get())

    def test_a_saved_row_keeps_what_was_not_touched(self):
        made = person()
        before = raw("SELECT phone FROM parties_person")
        untouched = Person.objects.get()
        untouched.name = "王雪"
        untouched.save(update_fields={"name"})
        assert raw("SELECT phone FROM parties_person") == before
        Person.objects.get().save()
        assert Person.objects.get(pk=made.pk).phone == PHONE

    def test_none_stays_none(self):
        assert Person.objects.get(pk=person(phone=None).pk).phone is None
        assert Person.objects.filter(phone=None).count() == 1

    def test_a_row_copied_by_a_new_key_is_refused_or_opens(self):
        twin = Person.objects.get(pk=person().pk)
        twin.pk, twin._state.adding = uuid.uuid4(), True
        with pytest.raises(CannotOpen):
            twin.save()

    def test_many_rows_at_once(self):
        rows = [
            Person(
                name="甲乙",
                identity_kind="passport",
                identity_number=f"E{n:08}",
                identity_index=str(n),
                phone=PHONE,
            )
            for n in range(3)
        ]
        Person.objects.bulk_create(rows)
        assert {p.phone for p in Person.objects.all()} == {PHONE}
        assert PHONE not in str(raw("SELECT phone FROM parties_person"))

    @pytest.mark.parametrize(
        "ask",
        [
            lambda: Person.objects.get(phone=PHONE),
            lambda: Person.objects.filter(phone__contains="138").count(),
            lambda: Person.objects.filter(phone__in=[PHONE]).count(),
            lambda: Person.objects.exclude(identity_number=NUMBER).count(),
            lambda: Person.objects.update(phone=PHONE),
            lambda: Person.objects.get_or_create(phone=PHONE),
            lambda: Filing.objects.filter(draft={}).count(),
            lambda: Person.objects.bulk_update(list(Person.objects.all()), ["phone"]),
        ],
        ids=range(8),
    )
    def test_a_query_by_a_sealed_column_is_refused_with_the_way_out(self, ask):
        person()
        with pytest.raises(TypeError, match="sealed: save the row, or look it up by its blind index"):
            ask()

    def test_values_gives_the_token_never_the_number(self):
        person()
        [(phone, number)] = Person.objects.values_list("phone", "identity_number")
        assert isinstance(phone, Token) and isinstance(number, Token)
        assert PHONE not in phone and NUMBER not in number

    def test_no_dump_carries_it_out_in_clear(self):
        person()
        with pytest.raises(TypeError, match="is sealed"):
            serializers.serialize("json", Person.objects.all())
        out = StringIO()
        with pytest.raises(Exception, match="is sealed"):
            call_command("dumpdata", "parties.person", stdout=out)
        assert NUMBER not in out.getvalue()

    def test_words_under_one_seal_come_back_as_they_were(self, people):
        filing = people.filing(papers=(), officer__name="王𬭎·阿卜杜")
        assert Filing.objects.get(pk=filing.pk).draft["officer-name"] == ["王𬭎·阿卜杜"]
        assert isinstance(Filing.objects.values_list("draft", flat=True).get(), Token)
        with pytest.raises(TypeError, match="sealed"):
            Submission.objects.filter(content={}).exists()
