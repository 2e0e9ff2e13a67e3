"""The form takes what people really type, and says of everything else which field is wrong and why."""

from datetime import date

import pytest

from cqo_portal.jurisdictions import pack
from cqo_portal.parties.models import Office
from registry import draft
from registry.draft import as_query
from registry.forms import FilingForm
from tests.cast import CODES, TODAY, typed

pytestmark = pytest.mark.django_db


def form(**changes) -> FilingForm:
    return FilingForm(as_query(typed(**changes)), pack=pack("cangzhou-2023"), today=TODAY)


def faults(**changes) -> dict[str, str]:
    return {target.removeprefix("id_"): said for target, _, said in form(**changes).faults()}


def test_the_form_as_the_cast_fills_it_has_no_fault(people):
    assert faults() == {}


@pytest.mark.parametrize(
    ("field", "value", "where", "words"),
    [
        ("enterprise__credit_code", "91130981MAYG58BR3Q", "enterprise-credit_code", "第 18 位校验位应为 P"),
        ("enterprise__credit_code", "", "enterprise-credit_code", ""),
        ("enterprise__name", "恒通\u202e公司", "enterprise-name", "U+202E"),
        ("enterprise__name", "x" * 201, "enterprise-name", "200"),
        ("enterprise__office", "130900", "enterprise-office", ""),
        ("enterprise__office", "130981' OR '1'='1", "enterprise-office", ""),
        ("enterprise__industry", "00", "enterprise-industry", ""),
        ("enterprise__persons", "-5", "enterprise-persons", "整数"),
        ("enterprise__persons", "1e3", "enterprise-persons", "整数"),
        ("enterprise__persons", "1_000", "enterprise-persons", "整数"),
        ("enterprise__persons", "٣٥٠", "enterprise-persons", "整数"),
        ("enterprise__persons", "9" * 5000, "enterprise-persons", "整数"),
        ("enterprise__revenue", "NaN", "enterprise-revenue", "数字"),
        ("enterprise__revenue", "Infinity", "enterprise-revenue", "数字"),
        ("enterprise__revenue", "8000.001", "enterprise-revenue", "两位小数"),
        ("officer__name", "王?松", "officer-name", "占位符"),
        ("officer__name", "王\ue863", "officer-name", "自造字"),
        ("officer__name", "王5", "officer-name", "数字"),
        ("officer__identity_number", "110105194912310021", "officer-identity_number", "校验位应为"),
        ("officer__identity_number", "110105299912310020", "officer-identity_number", ""),
        ("officer__identity_number", "11010519491231002X\n1", "officer-identity_number", "18 位"),
        ("officer__identity_kind", "secret", "officer-identity_kind", ""),
        ("officer__phone", "12345", "officer-phone", "11 位手机"),
        ("officer__education", "phd", "officer-education", ""),
        ("officer__job_title_on", "2027-01-01", "officer-job_title_on", "今天之后"),
        ("officer__trained", "maybe", "officer-trained", ""),
        ("appointment__appointed_on", "2026-02-30", "appointment-appointed_on", "没有 2026年2月30日"),
        ("appointment__appointed_on", "0001-01-01", "appointment-appointed_on", "1900"),
        ("appointment__term_years", "0", "appointment-term_years", ""),
        ("appointment__term_years", "99", "appointment-term_years", ""),
        ("experience__0__begins", "2027-01", "experience-0-begins", "今天之后"),
        ("experience__0__ends", "2018-12", "experience-0-ends", "早于起始"),
        ("experience__0__begins", "2019-13", "experience-0-begins", "没有"),
        ("experience__0__kind", "boss", "experience-0-kind", ""),
        ("experience__0__employer", "", "experience-0-employer", ""),
    ],
)
def test_a_wrong_word_is_named_where_it_stands(people, field, value, where, words):
    found = faults(**{field: value})
    assert where in found
    assert words in found[where]


@pytest.mark.parametrize(
    ("field", "value", "section", "name", "kept"),
    [
        ("enterprise__credit_code", " 91130981 mayg58br3p ", "enterprise", "credit_code", CODES[0]),
        ("enterprise__persons", "１，２００", "enterprise", "persons", 1200),
        ("enterprise__revenue", "41,200.50", "enterprise", "revenue", "41200.50"),
        (
            "officer__identity_number",
            "１１０１０５１９４９１２３１００２ｘ",
            "officer",
            "identity_number",
            "11010519491231002X",
        ),
        ("officer__phone", "+86 138-0013-8000", "officer", "phone", "13800138000"),
        ("officer__name", " 王 雪 松 ", "officer", "name", "王雪松"),
        ("officer__name", "买买提•吐尔逊", "officer", "name", "买买提·吐尔逊"),
        ("officer__name", "王𬭎", "officer", "name", "王𬭎"),
        ("appointment__appointed_on", "2026年9月21日", "appointment", "appointed_on", "2026-09-21"),
        ("appointment__appointed_on", "２０２６/９/２１", "appointment", "appointed_on", "2026-09-21"),
    ],
)
def test_what_people_really_type_is_understood(people, field, value, section, name, kept):
    assert form(**{field: value}).said()[section][name] == kept


def test_a_month_begins_on_its_first_and_ends_on_its_last_day(people):
    [row] = form(experience__0__begins="2020-02", experience__0__ends="2024-02").said()["experience"]
    assert (row["begins"], row["ends"]) == ("2020-02-01", "2024-02-29")


def test_an_office_that_was_switched_off_can_no_longer_be_chosen(people):
    assert "enterprise-office" not in faults()
    Office.objects.filter(pk="130981").update(active=False)
    assert "enterprise-office" in faults()


def test_a_code_whose_check_digit_is_wrong_passes_only_as_printed_and_as_a_code(people):
    wrong = "91130981MAYG58BR3Q"
    assert "enterprise-credit_code" in faults(enterprise__credit_code=wrong)
    assert faults(enterprise__credit_code=wrong, enterprise__credit_code_as_printed="on") == {}
    said = {"enterprise__credit_code": "<script>", "enterprise__credit_code_as_printed": "on"}
    assert "enterprise-credit_code" in faults(**said)


def test_a_row_that_was_deleted_is_not_said_and_its_faults_do_not_count(people):
    gone = form(experience__0__begins="x", experience__0__DELETE="on")
    assert gone.said()["experience"] == []
    assert [label for _, label, _ in gone.faults() if "经历" in label] == []


def test_thirty_one_rows_are_one_too_many(people):
    rows = {}
    for n in range(31):
        row = {"begins": "2019-03", "employer": "甲厂", "post": "员", "kind": "work"}
        rows |= {f"experience__{n}__{k}": v for k, v in row.items()}
    assert form(**rows, experience__TOTAL_FORMS="30").is_valid()
    assert not form(**rows, experience__TOTAL_FORMS="31").is_valid()


def test_the_day_counts_as_it_is_given_not_as_it_is_today(people):
    later = FilingForm(
        as_query(typed(officer__job_title_on="2027-01-01")),
        pack=pack("cangzhou-2023"),
        today=date(2027, 1, 1),
    )
    assert "officer-job_title_on" not in {t.removeprefix("id_") for t, _, _ in later.faults()}


def test_a_filing_names_no_county_but_the_enterprises_own(people):
    """Another county would be a move that nobody agreed to."""
    filing = people.filing()
    kept = {"enterprise-office": ["130922"]}
    form = draft.form_of(filing, today=TODAY, typed=filing.draft | kept)
    assert [said for target, _, said in form.faults() if target == "id_enterprise-office"] == [
        "本企业现由泊头市市场监督管理局管辖；住所迁到别的县（市、区），请联系市场监督管理局办理管辖迁移。"
    ]
    assert list(draft.form_of(filing, today=TODAY).faults()) == []
