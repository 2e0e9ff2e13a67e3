"""People, organisations, offices: what the database itself holds."""

import pytest
from django.db import IntegrityError, transaction

from cqo_portal.parties.models import Office, Organisation, Person
from tests.cast import CODES, IDENTITY, offices, organisation

pytestmark = pytest.mark.django_db


def test_one_number_of_one_kind_is_one_person():
    said = {"identity_kind": "resident", "identity_number": IDENTITY}
    Person.objects.create(name="王雪松", **said)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(name="别名", **said)
    Person.objects.create(name="同号护照", identity_kind="passport", identity_number=IDENTITY)
    assert Person.objects.filter(identity_index=Person.index_of("resident", IDENTITY)).get().name == "王雪松"


def test_a_corrected_number_is_found_under_the_new_one_only():
    one = Person.objects.create(name="王雪松", identity_kind="resident", identity_number=IDENTITY)
    one.identity_number = "110105194912310046"
    one.save()
    assert not Person.objects.filter(identity_index=Person.index_of("resident", IDENTITY)).exists()
    assert Person.objects.filter(identity_index=Person.index_of("resident", "110105194912310046")).exists()


def test_one_credit_code_is_one_organisation():
    held = offices()
    organisation(held["130981"])
    with pytest.raises(IntegrityError), transaction.atomic():
        organisation(held["130922"], name="另一家")


def test_a_row_is_found_by_its_new_name_and_no_longer_by_the_old_one():
    held = offices()
    made = organisation(held["130981"])
    made.name = "沧州恒通管业有限公司"
    made.save(update_fields=["name"])
    assert list(Organisation.objects.matching("管业")) == [made]
    assert list(Organisation.objects.matching("管件")) == []
    assert list(Organisation.objects.matching(CODES[0])) == [made]


def test_offices_stand_above_and_below_each_other():
    held = offices()
    city, province = held["130900"], held["130000"]
    botou = held["130981"]
    assert [office.pk for office in Office.objects.below(city)] == ["130900", "130922", "130981"]
    assert [office.pk for office in Office.objects.below(botou)] == ["130981"]
    assert Office.objects.below(province).count() == 4


def test_an_office_switched_off_takes_no_more_filings():
    held = offices()
    Office.objects.filter(pk="130922").update(active=False)
    assert [office.pk for office in Office.objects.filing()] == ["130981"]
    assert held["130922"].active  # the control: it was on before
