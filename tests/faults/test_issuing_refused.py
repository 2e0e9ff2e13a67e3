"""The database refuses a row in the middle: the number is given back or the certificate waits, the others are not held up."""

from contextlib import contextmanager

import pytest
from django.db import connection

from certificates import tasks
from certificates.issuing.ordering import order
from certificates.models import Certificate, Order, Rendering
from tests.cast import cast
from tests.certificates import many
from tests.faults.issuers import broken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(db, monkeypatch, servers):
    """Two decisions that were asked for."""
    monkeypatch.setattr("certificates.tasks.go_on.delay", lambda: None)
    staff, decisions = many.decided(cast(), 2)
    return list(order(decisions, by=staff).orders.order_by("id"))


@contextmanager
def refusing(table: str, *, where: str = "TRUE"):
    """A trigger that raises on INSERT; `where` looks at NEW."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF {where} THEN RAISE EXCEPTION 'the disk is full'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER aa_refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse();
        """)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER aa_refuse ON {table}; DROP FUNCTION refuse()")


def states() -> list[tuple[int, str]]:
    return sorted(Certificate.objects.values_list("serial", "state"))


@pytest.mark.parametrize(
    ("table", "where"), [("certificates_rendering", "TRUE"), ("audit_event", "NEW.action = 'complete'")]
)
def test_where_the_bytes_cannot_be_kept_the_certificate_waits_with_its_number(waiting, table, where):
    with refusing(table, where=where):
        assert tasks.go_on() == 0
        assert states() == [(1, "prepared"), (2, "prepared")]
        assert tasks.go_on() == 0
    numbers = sorted(Certificate.objects.values_list("number", flat=True))
    assert broken() == []
    assert tasks.go_on() == 2
    assert states() == [(1, "valid"), (2, "valid")]
    assert sorted(Certificate.objects.values_list("number", flat=True)) == numbers
    assert broken(files=True) == []


@pytest.mark.parametrize("table", ["certificates_imprint", "certificates_certificate", "audit_event"])
def test_where_the_words_cannot_be_kept_the_number_is_given_back(waiting, table):
    with refusing(table):
        assert tasks.go_on() == 0
        assert (states(), Order.objects.waiting().count()) == ([], 2)
        assert broken() == []
    assert tasks.go_on() == 2
    assert states() == [(1, "valid"), (2, "valid")]
    assert broken(files=True) == []


def test_where_it_cannot_be_recorded_that_it_is_about_to_be_signed_nothing_is_signed(waiting):
    with refusing("certificates_signing"):
        assert tasks.go_on() == 0
        assert states() == [(1, "prepared"), (2, "prepared")]
    assert not Rendering.objects.exists()
    assert tasks.go_on() == 2
    assert broken(files=True) == []


@pytest.mark.parametrize(
    ("table", "left"),
    [("certificates_imprint", [(1, "valid")]), ("certificates_rendering", [(1, "prepared"), (2, "valid")])],
)
def test_what_is_refused_for_one_does_not_hold_up_the_other(waiting, table, left):
    """The first of the list is refused, the second goes on and has the first number, where that was given back."""
    [first, _] = waiting
    about = f"NEW.certificate_id IN (SELECT id FROM certificates_certificate WHERE decision_id = {first.decision_id})"
    with refusing(table, where=about):
        assert tasks.go_on() == 1
        assert states() == left
        assert broken(files=True) == []
    assert tasks.go_on() == 1
    assert states() == [(1, "valid"), (2, "valid")]
    assert broken(files=True) == []
