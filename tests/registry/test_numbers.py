"""Numbers: unique, in order, without a gap, whatever fails and however many ask at once."""

import threading

import pytest
from django.db import connection, transaction

from cqo_portal.workflow.models import Series
from cqo_portal.workflow.series import next_in
from registry.numbers import filing_number, receipt_number


@pytest.mark.django_db
def test_a_series_begins_with_one_and_counts_on_its_own():
    assert [next_in("a"), next_in("a"), next_in("b"), next_in("a")] == [1, 2, 1, 3]


@pytest.mark.django_db
def test_a_number_whose_act_failed_is_given_again():
    assert next_in("a") == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 -- one act that fails late
        assert next_in("a") == 2
        raise ZeroDivisionError
    assert next_in("a") == 2


@pytest.mark.django_db
def test_a_number_tells_its_office_and_its_year(people):
    filing = people.filing(papers=())
    assert receipt_number(filing, year=2026) == "SL-130981-2026-0001"
    assert receipt_number(filing, year=2027) == "SL-130981-2027-0001"
    assert filing_number(filing, year=2026) == "BA-130900-2026-00001"
    Series.objects.filter(key="BA-130900-2026").update(last=99_999)
    assert filing_number(filing, year=2026) == "BA-130900-2026-100000"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_different_numbers_without_a_gap():
    """Every third gives its number back: none is lost, none is given twice."""
    got, gate = [], threading.Barrier(8)

    def take() -> None:
        gate.wait()
        for n in range(15):
            with transaction.atomic():
                number = next_in("x")
                if n % 3 == 2:
                    transaction.set_rollback(True)
                else:
                    got.append(number)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(1, 81))
