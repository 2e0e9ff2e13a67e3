"""People in imported rows, whatever the rows are about: name and number, and who is on record."""

from collections.abc import Iterable

from cqo_portal.imports import tidy
from cqo_portal.imports.enterprises import chunks
from cqo_portal.imports.reading import Judged
from cqo_portal.imports.tidy import Column
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Person

IDENTITY = Column(
    key="identity_number",
    label="身份证号",
    synonyms=("身份证号码", "身份证", "公民身份号码", "证件号码", "证件号", "居民身份证号", "身份证件号码", "身份证件号"),
    required=True,
    sealed=True,
    read=tidy.identity_number,
    fill="按文本填写 18 位",
)  # fmt: skip


def index_of(row: Judged) -> str:
    """The keyed hash by which the person of a row is found; its number is sound."""
    number = str(row.values["identity_number"])
    return Person.index_of(tidy.kind_of_identity(number), number)


def on_record(indexes: Iterable[str]) -> dict[str, Person]:
    """By index, everybody who is known."""
    people = Person.objects.defer("search", "haystack")
    found = (person for part in chunks(indexes) for person in people.filter(identity_index__in=part))
    return {person.identity_index: person for person in found}


def new_person(row: Judged) -> Person:
    number = str(row.values["identity_number"])
    kind = tidy.kind_of_identity(number)
    person = Person(identity_kind=kind, identity_number=number, name=row.values["name"])
    if facts := identifiers.facts_of_identity(kind, number):
        person.born_on, person.sex = facts.born_on, facts.sex
    return person
