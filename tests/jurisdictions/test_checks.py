"""The published packs are sound, and each check refuses a pack that was broken on purpose."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from cqo_portal import jurisdictions
from cqo_portal.jurisdictions.calendar import Months, Years
from cqo_portal.jurisdictions.checks import faults
from cqo_portal.jurisdictions.requirements import Discretion, Either, Every, OfficerDecides
from cqo_portal.jurisdictions.vocabulary import CertificateState, Size

JIANGSU = jurisdictions.pack("jiangsu-2023-draft")
CANGZHOU = jurisdictions.pack("cangzhou-2023")
HANGZHOU = jurisdictions.pack("hangzhou-2021-draft")
FUJIAN = jurisdictions.pack("fujian-2014")
DRAFT, FINAL = jurisdictions.editions("hubei")
SCHEME, CERTIFICATE = JIANGSU.evaluation, JIANGSU.certificate
DISCRETION = Discretion(key="d", label="x", cites="1")


def test_the_published_packs_are_sound():
    assert faults(jurisdictions.all_packs()) == []


def scheme(**changes):
    return replace(JIANGSU, evaluation=replace(SCHEME, **changes))


def group(index, **changes):
    groups = list(SCHEME.groups)
    groups[index] = replace(groups[index], **changes)
    return scheme(groups=tuple(groups))


def row(index, **changes):
    rows = list(SCHEME.indicators)
    rows[index] = replace(rows[index], **changes)
    return scheme(indicators=tuple(rows))


def certificate(name, length):
    changed = replace(getattr(CERTIFICATE, name), length=length)
    return replace(JIANGSU, certificate=replace(CERTIFICATE, **{name: changed}))


def asks(*parts):
    return replace(CANGZHOU, qualification=Every(parts))


def either(*parts):
    return asks(Either(parts, key="e", label="x", cites="1"))


def by_size(sizes):
    choice = FUJIAN.qualification.parts[2]
    cases = (replace(choice.cases[0], sizes=sizes), *choice.cases[1:])
    return replace(FUJIAN, qualification=Every((replace(choice, cases=cases),)))


def appraisal(index, **changes):
    groups = list(HANGZHOU.appraisal.groups)
    groups[index] = replace(groups[index], **changes)
    return replace(HANGZHOU, appraisal=replace(HANGZHOU.appraisal, groups=tuple(groups)))


LEAF = CANGZHOU.qualification.parts[1]
LENIENT = CANGZHOU.qualification.parts[2]
DUTY = HANGZHOU.training[1]
GROUND = JIANGSU.disqualifications[0]
BROKEN = {
    "the total is not the sum of the groups": (scheme(total=D(999)), "the groups do not add up to the total"),
    "a row lost a point": (row(0, points=D(79)), "the indicators of awareness do not add up"),
    "a row went to no group": (row(0, group="elsewhere"), "an indicator belongs to no group"),
    "a row stands twice": (row(1, code="7.1.1"), "an indicator stands twice"),
    "a minimum above the group": (group(0, minimum=D(101)), "the minimum of awareness cannot be reached"),
    "minima below the lowest grade": (group(4, minimum=D(109)), "the minima do not reach the lowest grade"),
    "no coefficient 0": (
        scheme(coefficients=SCHEME.coefficients[1:]),
        "coefficients must ascend from 0 to 1",
    ),
    "no coefficient 1": (
        scheme(coefficients=SCHEME.coefficients[:-1]),
        "coefficients must ascend from 0 to 1",
    ),
    "coefficients out of order": (
        scheme(coefficients=SCHEME.coefficients[::-1]),
        "coefficients must ascend from 0 to 1",
    ),
    "a band is missing": (scheme(bands=SCHEME.bands[:-1]), "the bands do not hold exactly the coefficients"),
    "two bands overlap": (
        scheme(bands=(replace(SCHEME.bands[0], up_to=D(11)), *SCHEME.bands[1:])),
        "two bands overlap",
    ),
    "grades ascend": (scheme(grades=SCHEME.grades[::-1]), "grades must descend"),
    "a grade out of reach": (
        scheme(grades=(replace(SCHEME.grades[0], least=D(1001)), *SCHEME.grades[1:])),
        "the highest grade cannot be reached",
    ),
    "the ungraded gets a certificate": (
        scheme(ungraded=replace(SCHEME.ungraded, certificate=True)),
        "the ungraded must not earn a certificate",
    ),
    "a recommendation of no grade": (
        scheme(least_grade_advised=replace(SCHEME.least_grade_advised, by_size=((Size.LARGE, "B"),))),
        "a recommendation names no grade",
    ),
    "the window opens too late": (
        certificate("window_opens", Months(3)),
        "the window must open before the last day to apply again",
    ),
    "the window opens before the beginning": (
        certificate("window_opens", Years(3)),
        "the window must open within the validity",
    ),
    "a wait for no state": (
        replace(JIANGSU, certificate=replace(CERTIFICATE, states=(CertificateState.VALID,))),
        "a wait for a state that does not exist",
    ),
    "a clause cites nothing": (asks(replace(LEAF, cites=" ")), "qualification.experience cites nothing"),
    "a clause has no label": (asks(replace(LEAF, label="")), "qualification.experience has no label"),
    "a key stands twice": (asks(LEAF, LEAF), "the key experience stands 2 times"),
    "a reading without a reason": (
        asks(replace(LENIENT, reading=replace(LENIENT.reading, reason=""))),
        "qualification.degree-or-title.reading is a reading without text or reason",
    ),
    "a pack without a source": (replace(CANGZHOU, source=""), "source is empty"),
    "a draft that hides it": (
        replace(DRAFT, edition="hubei-2021"),
        "a draft must call itself a draft in its edition",
    ),
    "discretion as an alternative": (either(LEAF, DISCRETION), "e offers discretion as an alternative"),
    "a tree as an alternative": (either(LEAF, Every((LEAF,))), "e must offer at least two leaves"),
    "a choice of one": (either(LEAF), "e must offer at least two leaves"),
    "discretion left to discretion": (
        asks(OfficerDecides(part=DISCRETION, where=LEAF, reading=LENIENT.reading)),
        "d leaves discretion to discretion",
    ),
    "a size in two sets": (
        by_size(frozenset({Size.LARGE, Size.MEDIUM, Size.SMALL})),
        "every size belongs to exactly one case",
    ),
    "a size in none": (by_size(frozenset({Size.LARGE})), "every size belongs to exactly one case"),
    "a ground without a fact": (
        replace(JIANGSU, disqualifications=(replace(GROUND, faults=()),)),
        "js-8-2-a names no fact",
    ),
    "a ground that lasts no time": (
        replace(JIANGSU, disqualifications=(replace(GROUND, lasts=Years(0)),)),
        "js-8-2-a lasts no time",
    ),
    "a duty to do nothing": (
        replace(HANGZHOU, training=(replace(DUTY, hours=None),)),
        "continuing asks for nothing",
    ),
    "an appraisal item lost a point": (appraisal(0, points=D(18)), "the items of 1 do not add up"),
    "the known part is not known": (
        appraisal(3, assumed=None),
        "the known part does not add up",
    ),
    "a list that could be changed": (
        replace(CANGZHOU, provisions=list(CANGZHOU.provisions)),
        "pack.provisions: list is not a value",
    ),
    "a function in a pack": (replace(CANGZHOU, in_force_until=len), "in_force_until: builtin_function"),
    "a float in a pack": (row(0, points=80.0), "float is not a value"),
}


@pytest.mark.parametrize(("broken", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_pack_is_refused(broken, says):
    assert any(says in fault for fault in faults([broken])), faults([broken])


@pytest.mark.parametrize(
    ("packs", "says"),
    [
        ([DRAFT, DRAFT], "hubei-2021-draft: published 2 times"),
        ([FINAL, DRAFT], "hubei-2021-draft: does not begin after hubei-2022"),
        (
            [replace(DRAFT, in_force_until=date(2022, 10, 24)), FINAL],
            "hubei-2022: overlaps hubei-2021-draft",
        ),
    ],
)
def test_editions_that_collide_are_refused(packs, says):
    assert says in faults(packs)


def test_an_edition_may_end_the_day_before_the_next_begins():
    assert faults([replace(DRAFT, in_force_until=date(2022, 10, 23)), FINAL]) == []
