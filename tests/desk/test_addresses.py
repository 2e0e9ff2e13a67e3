"""What a list was asked survives its own address: saved, passed on, walked through by next and previous."""

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cqo_portal.desk.lists import FILINGS, REGISTER, came_from, work_list
from registry.models import Filing
from tests.cast import TODAY
from tests.desk.rows import filing, officer

OFFICES = ["", "130981", "130922"]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=70)
ASKED = {
    FILINGS: {
        "turn": ["", "all", "mine", "others"],
        "state": ["", *Filing.State.values],
        "kind": ["", *Filing.Kind.values],
        "office": OFFICES,
    },
    REGISTER: {"office": OFFICES, "standing": ["", "active", "ending", "ended", "vacant"]},
}
TOLD = {FILINGS: ("turn", "state", "kind", "office", "text"), REGISTER: ("standing", "chosen", "text")}


def read(kind: str, params, people):
    return work_list(kind, params, user=people.meng, today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [FILINGS, REGISTER])
def test_every_parameter_survives_the_address(people, kind):
    @given(
        st.fixed_dictionaries(
            {name: st.sampled_from(all_) for name, all_ in ASKED[kind].items()} | {"q": TEXTS}
        )
    )
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def survives(asked):
        first = read(kind, asked, people)
        again = read(kind, QueryDict(first.address), people)
        told = [[getattr(one.query, name) for name in TOLD[kind]] for one in (first, again)]
        assert told[0] == told[1]
        assert again.address == first.address

    survives()


@pytest.mark.parametrize("kind", [FILINGS, REGISTER])
@pytest.mark.django_db
def test_every_parameter_that_was_understood_stands_in_the_address(people, kind):
    """One at a time: a parameter the address forgets would give the same address as nothing at all."""
    nothing = read(kind, {}, people)
    for name, values in (ASKED[kind] | {"q": ["", "王"]}).items():
        asked = read(kind, {name: values[1]}, people)
        assert f"{name}=" in asked.address
        assert asked.said != nothing.said, name


@pytest.mark.django_db
def test_next_and_previous_stay_within_the_kind(people):
    county = people.offices["130981"]
    for number in (1, 2, 3):
        filing(county, number, by=people.liu)
    post = officer(county, 4, by=people.liu)
    Filing.objects.filter(receipt_number__endswith="0002").update(kind=Filing.Kind.DATA, post=post)
    walked, way = [], read(FILINGS, QueryDict("turn=all&kind=appointment"), people)
    row = way.query.rows().order_by(*way.query.order).first()
    way_on = way.url_of(row)
    while way_on:
        walked.append(Filing.objects.get(pk=way_on.split("/")[2]).receipt_number[-1])
        asked = QueryDict(way_on.partition("?")[2])
        way_on = came_from(asked, user=people.meng, today=TODAY).beside(asked["at"])[1]
    assert walked == ["4", "3", "1"]
