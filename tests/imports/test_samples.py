"""The workbooks of `samples/`, as offices send them: exactly the verdicts listed there, and no other."""

import pytest

from cqo_portal.imports import services
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.workflow import APPLY_ALL, APPLY_GOOD
from cqo_portal.parties.load import load_offices
from cqo_portal.parties.models import Organisation
from registry.models import Entry, Officer
from tests.imports.files import applied, run_of, sample, verdicts
from tests.imports.listed import LISTED, differences


@pytest.fixture
def city(people):
    """The sixteen counties of Cangzhou."""
    load_offices()
    return people


@pytest.fixture
def enterprises_in(city) -> ImportRun:
    return run_of(sample("enterprises.xlsx"), by=city.meng)


def test_enterprises_get_the_listed_verdicts_and_no_other(enterprises_in):
    assert enterprises_in.state == "to_decide"
    assert enterprises_in.counts["all"] == LISTED["enterprises.xlsx"]["data_rows"] == 400
    assert differences("enterprises.xlsx", verdicts(enterprises_in)) == []
    assert enterprises_in.counts["refused"] == len(LISTED["enterprises.xlsx"]["faults"]) == 32


def test_the_comparison_itself_sees_a_verdict_that_is_missing_wrong_or_too_many(enterprises_in):
    """The control."""
    said = verdicts(enterprises_in)
    assert differences("enterprises.xlsx", said[1:]) == ["F16: nothing said of “not a number”"]
    assert differences("enterprises.xlsx", [*said, ("B5", "缺少企业名称。")]) == ["B5: 缺少企业名称。"]
    assert len(differences("enterprises.xlsx", [("F16", "缺少企业名称。"), *said[1:]])) == 1


def test_enterprises_are_tidied(enterprises_in):
    """Row 399 has a code in lower case with a blank; the figures are full-width or have thousands separators."""
    values = {row.number: row.told["values"] for row in enterprises_in.rows.all()}
    lower = next(v for v in values.values() if v.get("credit_code") == "91130984HE25XAEQ29")
    assert lower["county"] == "130984" and lower["industry"] == "34" and lower["size"] == "small"
    assert {v["persons"] for v in values.values() if v.get("persons")} >= {2400, 1000, 650, 60, 20, 19}
    assert {type(v["persons"]) for v in values.values() if v.get("persons")} == {int}
    assert enterprises_in.says[-2:] == [
        "第 410 行跳过：填报人：            审核人：            日期：",
        "没有用到的列：A 序号、I 是否规上、J 法人代表、K 联系电话",
    ]


def put_right(run: ImportRun, *, by) -> None:
    """The faulty enterprises as the officers' file knows them: it has every true name and code."""
    for row in run.rows.filter(outcome="refused"):
        typed = {}
        for verdict in row.told["verdicts"]:
            typed |= {"persons": {"persons": "300"}, "revenue": {"revenue": "300"}}.get(verdict["column"], {})
            if verdict["column"] == "enterprise":
                typed["enterprise"] = f"第{row.number}企业有限公司"
            if verdict["column"] == "county":
                typed["county"] = row.told["values"]["credit_code"][2:8]
        if typed:
            services.fix(run, number=row.number, typed=typed, by=by)


@pytest.fixture
def officers_in(city, enterprises_in) -> ImportRun:
    """The officers' file, where the register knows every enterprise but the one that does not exist."""
    put_right(enterprises_in, by=city.meng)
    applied(enterprises_in, APPLY_GOOD, by=city.meng)
    for name, code in [
        ("运河沧海阎刚紧固件有限公司", "91130903ATRF590Q6C"),
        ("南皮盛达白凯医药化工有限公司", "91130927X3EW83R183"),
        ("青华北林欣仓储服务有限公司", "91130922P0H9YMQP7C"),
        ("运河宏业姚佳检验检测有限公司", "91130903B4F2GAMP34"),
        ("海兴兴泰史诺电缆有限公司", "91130924A0EUA7UY90"),
        ("献天泽孟玉检验检测有限公司", "91130929927TPEHB5H"),
    ]:
        Organisation.objects.create(name=name, credit_code=code, office_id=code[2:8], industry="34")
    return run_of(sample("officers.xlsx"), by=city.meng, of_kind="officers")


def test_officers_get_the_listed_verdicts_and_no_other(officers_in):
    assert officers_in.counts["all"] == LISTED["officers.xlsx"]["data_rows"] == 150
    assert differences("officers.xlsx", verdicts(officers_in)) == []
    assert officers_in.counts["new"] == 150 - 22


def test_officers_stand_in_the_register_with_their_history(officers_in, city):
    done = applied(officers_in, APPLY_GOOD, by=city.meng)
    assert done.state == "done"
    assert Officer.objects.count() == 128
    su = Officer.objects.select_related("person").get(organisation__credit_code="911309840586PECN81")
    assert (su.name, su.post, su.education, su.title) == ("苏超", "副总经理", "secondary", "intermediate")
    assert (f"{su.appointed_on}", f"{su.term_ends}", su.ended_on) == ("2026-01-12", "2029-01-11", None)
    assert su.person.identity_number == "130984197102227933" and su.person.phone == "13926845642"
    followed = Officer.objects.filter(organisation__credit_code="91130981BXTQ6DM64D").order_by("appointed_on")
    assert [(f"{p.appointed_on}", p.ended_on and f"{p.ended_on}") for p in followed] == [
        ("2024-04-04", "2024-11-20"),
        ("2024-11-21", "2026-03-06"),
        ("2026-03-07", None),
    ]
    facts = dict(Entry.objects.filter(post=su).values_list("name", "value"))
    assert facts["in_office"] == "yes" and facts["quality_since"] == "2023-08-31"
    assert facts["term_ends"] == "2029-01-11"


def test_all_rows_are_imported_only_when_none_is_refused(city, enterprises_in):
    from cqo_portal.workflow.engine import Refused, perform

    with pytest.raises(Refused, match="还有 32 行有误"):
        perform(APPLY_ALL, enterprises_in, by=city.meng)
    assert Organisation.objects.count() == 2
