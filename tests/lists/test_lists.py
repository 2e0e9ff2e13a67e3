"""Who is above scale and who won an award: by year, by import or one by one; the denominators others count by."""

import pytest

from cqo_portal.audit.models import Event
from cqo_portal.imports.workflow import APPLY_ALL, APPLY_GOOD
from cqo_portal.workflow.engine import Refused
from registry.lists import services
from registry.lists.models import AboveScale, Award
from tests.cast import CODES, browser, organisation
from tests.imports.files import applied, code, run_of, verdicts, workbook

pytestmark = pytest.mark.django_db


def listed(organisation, *, by, kind="industry", year=2026):
    return services.put_on(AboveScale(organisation=organisation, year=year, kind=kind), by=by)


def test_the_list_of_a_year_is_a_query_by_year_and_kind(people):
    listed(people.hengtong, by=people.wang)
    listed(people.hengtong, by=people.wang, year=2025)
    other = people.dan.acting.organisation
    listed(other, by=people.qing, kind="services")
    assert AboveScale.objects.of(2026).count() == 2
    assert [entry.organisation for entry in AboveScale.objects.of(2026, kind="industry")] == [people.hengtong]
    assert AboveScale.objects.of(2026).visible_to(people.wang).count() == 1
    assert AboveScale.objects.of(2026).visible_to(people.meng).count() == 2
    assert AboveScale.objects.of(2026).visible_to(people.liu).get().organisation == people.hengtong


def test_taking_off_ends_the_entry_with_its_reason_and_frees_the_place(people):
    entry = listed(people.hengtong, by=people.wang)
    with pytest.raises(Refused, match="已经在名单里"):
        listed(people.hengtong, by=people.wang)
    browser(people.wang).post(f"/lists/above-scale/{entry.pk}/remove/", {"reason": "2026 年退库"})
    entry.refresh_from_db()
    assert (entry.ended_by, entry.ended_reason) == (people.wang, "2026 年退库")
    assert AboveScale.objects.of(2026).count() == 0 and AboveScale.objects.count() == 1
    assert Event.objects.about(entry).get(action="unlist").note == "2026 年退库"
    listed(people.hengtong, by=people.wang)
    with pytest.raises(Refused, match="已由 wang 于"):
        services.take_off(entry, reason="再来一次", by=people.wang)


def test_without_a_reason_nothing_is_taken_off(people):
    entry = listed(people.hengtong, by=people.wang)
    answer = browser(people.wang).post(f"/lists/above-scale/{entry.pk}/remove/", {"reason": " "})
    assert answer.status_code == 422 and "请写明移出的理由。" in answer.content.decode()
    assert AboveScale.objects.of(2026).count() == 1


def test_one_enterprise_is_put_on_by_its_code_and_only_of_the_own_area(people):
    client = browser(people.wang)
    said = {"credit_code": CODES[0].lower(), "kind": "industry", "document": "沧统〔2026〕8号"}
    assert client.post("/lists/above-scale/2026/add/", said)["Location"] == "/lists/above-scale/2026/"
    assert AboveScale.objects.get().document == "沧统〔2026〕8号"
    twice = client.post("/lists/above-scale/2026/add/", said | {"document": "沧统〔2026〕9号"})
    assert twice.status_code == 422 and "已经在名单里" in twice.content.decode()
    foreign = client.post("/lists/above-scale/2026/add/", said | {"credit_code": CODES[1]})
    assert foreign.status_code == 422 and "不归本局管辖" in foreign.content.decode()


def test_the_page_of_a_year_counts_by_county_and_shows_the_targets_with_their_denominators(people):
    listed(people.hengtong, by=people.wang)
    listed(people.dan.acting.organisation, by=people.qing, kind="services")
    page = " ".join(browser(people.meng).get("/lists/?year=2026").content.decode().split())
    assert "规上工业企业全部设立" in page and "第四条" in page and "100.0%" in page
    assert '<td data-label="分母" class="num"><span>1</span></td>' in page
    assert "泊头市" in page and "青县" in page
    assert "青县" not in browser(people.wang).get("/lists/?year=2026").content.decode()


def test_an_enterprise_sees_what_it_is_listed_for(people):
    listed(people.hengtong, by=people.wang)
    services.put_on(
        Award(organisation=people.hengtong, year=2025, name="市长质量奖", level="city"), by=people.meng
    )
    page = browser(people.liu).get("/lists/").content.decode()
    assert "规上工业" in page and "市长质量奖（市级）" in page
    assert "还没有列入任何名单" in browser(people.dan).get("/lists/").content.decode()


def test_a_list_above_scale_is_imported_by_kind_or_by_industry_and_a_no_is_left_out(people):
    services_firm = organisation(people.offices["130981"], code=code(1), name="泊头软件科技有限公司")
    organisation(people.offices["130981"], code=code(2), name="泊头小厂")
    lines = [
        ("单位名称", "统一社会\n信用代码", "行业代码", "是否规上"),
        ("泊头恒通管件有限公司", CODES[0], "3311", "是"),
        ("泊头软件科技有限公司", code(1), "6513", "是"),
        ("泊头小厂", code(2), "3311", "否"),
        ("没有的厂", code(9), "3311", "是"),
    ]
    run = run_of(workbook(*lines), by=people.wang, of_kind="above-scale")
    assert [address for address, _ in verdicts(run)] == ["B5"]
    done = applied(run, APPLY_GOOD, by=people.wang)
    assert set(AboveScale.objects.of(2026).values_list("organisation__name", "kind")) == {
        ("泊头恒通管件有限公司", "industry"),
        (services_firm.name, "services"),
    }
    assert {entry.run for entry in AboveScale.objects.all()} == {done}
    again = run_of(workbook(*lines, ("",)), by=people.wang, of_kind="above-scale")
    assert again.counts["same"] == 3 and "new" not in again.counts


def test_awards_are_imported_with_their_level_from_the_name_and_their_own_year(people):
    lines = [
        ("获奖企业名单",),
        ("企业名称", "信用代码", "获奖名称", "获奖年份", "授予单位"),
        ("泊头恒通管件有限公司", CODES[0], "河北省政府质量奖", "2024年", "河北省人民政府"),
        ("泊头恒通管件有限公司", CODES[0], "沧州市市长质量奖", None, "沧州市人民政府"),
        ("泊头恒通管件有限公司", CODES[0], "优秀奖", None, None),
    ]
    run = run_of(workbook(*lines), by=people.meng, of_kind="awards")
    assert [address for address, _ in verdicts(run)] == ["C5"]
    services_fix = {"award": "泊头市优秀质量奖"}
    from cqo_portal.imports.services import fix

    fix(run, number=5, typed=services_fix, by=people.meng)
    run.refresh_from_db()
    applied(run, APPLY_ALL, by=people.meng)
    assert list(Award.objects.order_by("year", "name").values_list("year", "name", "level")) == [
        (2024, "河北省政府质量奖", "province"),
        (2026, "沧州市市长质量奖", "city"),
        (2026, "泊头市优秀质量奖", "city"),
    ]
    assert Award.objects.up_to(2025).count() == 1 and Award.objects.of(2026).count() == 2


def test_a_list_is_searched_by_name_pinyin_and_code(people):
    listed(people.hengtong, by=people.wang)
    client = browser(people.meng)
    for query in ("恒通", "htgj", CODES[0][:9]):
        assert "泊头恒通管件有限公司" in client.get("/lists/above-scale/2026/", {"q": query}).content.decode()
    assert "没有找到" in client.get("/lists/above-scale/2026/", {"q": "星辰"}).content.decode()


def test_lists_take_a_fixed_number_of_queries(people, django_assert_num_queries):
    client = browser(people.meng)
    listed(people.hengtong, by=people.wang)
    client.get("/lists/")
    with django_assert_num_queries(QUERIES_OF_THE_YEAR):
        client.get("/lists/?year=2026")
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        client.get("/lists/above-scale/2026/")
    for number in (11, 12):
        listed(
            organisation(people.offices["130981"], code=code(number), name=f"泊头第{number}厂"),
            by=people.wang,
        )
    with django_assert_num_queries(QUERIES_OF_THE_YEAR):
        client.get("/lists/?year=2026")
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        client.get("/lists/above-scale/2026/")


QUERIES_OF_THE_YEAR = 13
QUERIES_OF_A_LIST = 7


@pytest.mark.parametrize(
    "address", ["/lists/nothing/2026/", "/lists/above-scale/1999/", "/lists/awards/2126/"]
)
def test_what_is_no_list_is_no_page(people, address):
    assert browser(people.meng).get(address).status_code == 404
