"""`manage.py check_invariants`: whoever works with the owner's rights, past every trigger, is found. Each breach is a control."""

import hashlib
import io
import json

import pytest
from django.core.management import CommandError, call_command

from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from evaluation.decisions.deciding import words_of
from evaluation.decisions.versions import digest_of
from evaluation.models import (
    Decision,
    OneTimeCode,
    Outcome,
    Publication,
    ReportVersion,
    SignedSheet,
    Statement,
    Submission,
)
from tests.breaking import checked, owner, past_the_bolts
from tests.evaluation import rows
from tests.evaluation.consensus.table import conclude, settle
from tests.evaluation.rows import TODAY, said

pytestmark = pytest.mark.django_db

PDF = b"%PDF"
PDF_DIGEST = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def panel(people):
    """Decided and published, with everything that goes before."""
    panel = rows.deliberating(people, said(), said(_7_3="0.65"), said(_7_3="0.85"))
    settle(panel)
    decided(panel, conclude(panel))
    return panel


def decided(panel, outcome) -> None:
    case = panel.evaluation
    report = written(
        ReportVersion(
            outcome=outcome,
            number=1,
            content={},
            pdf=PDF,
            pdf_digest=PDF_DIGEST,
            digest=digest_of(outcome.digest, {}, PDF_DIGEST),
        ),
        case,
        by=panel.staff,
    )
    rows.brought_to(case, "at_body")
    decision = Decision(report=report, outcome=outcome, grade=outcome.grade, deliberated="同意", on=TODAY)
    decision.digest = sha256(words_of(decision))
    written(decision, case, by=panel.staff)
    rows.brought_to(case, "decided")
    Publication.objects.create(decision=decision, on=TODAY, preview="x" * 64, by=panel.staff)
    rows.brought_to(case, "published")


def written(row, case, *, by):
    """With the event its trigger asks for."""
    record("write", case, by=by, data={"digest": row.digest})
    row.evaluation, row.by = case, by
    row.save()
    return row


def change(table: str, column: str, path: str, value) -> None:
    """One place inside a JSON column of every row."""
    owner(f"UPDATE {table} SET {column} = jsonb_set({column}, %s, %s)", path, json.dumps(value))


def test_what_was_done_by_the_rules_holds(panel):
    said_of_it, found = checked()
    assert found == ""
    assert said_of_it.splitlines() == [
        "已签评分表的摘要：共 3 件，都相符。",
        "合议结论由冻结的内容重新算出：共 1 件，都相符。",
        "冻结的系数就是签署的系数：共 1 件，都相符。",
        "合议结论的版次：共 1 件，都相符。",
        "评分表的状态与签署：共 3 件，都相符。",
        "评价决定的等级就是合议结论的等级：共 1 件，都相符。",
        "结论、决定、公布依次齐备：共 1 件，都相符。",
        "每一步在审计链里：共 8 件，都相符。",
        "签署、结论、报告、决定在审计链里：共 6 件，都相符。",
        "评价申请各轮的内容：共 1 件，都相符。",
        "公正性声明的文字：共 0 件，都相符。",
        "证实性材料的文件：共 0 件，都相符。",
        "评价报告的内容与 PDF：共 1 件，都相符。",
        "评价决定的摘要：共 1 件，都相符。",
        "申诉时封存的案卷：共 0 件，都相符。",
        "复评的评价组没有原成员：共 0 件，都相符。",
        "企业自行评价的决定：共 0 件，都相符。",
        "企业自行评价的版次：共 0 件，都相符。",
        "证书编号连续，编号由流水号算出：共 0 件，都相符。",
        "证书流水号发到几号，证书就到几号：共 0 件，都相符。",
        "证书编号不重：共 0 件，都相符。",
        "证书都有人发起：共 0 件，都相符。",
        "作废的证书编号有理由：共 0 件，都相符。",
        "证书文字的摘要：共 0 件，都相符。",
        "证书办理记录的摘要：共 0 件，都相符。",
        "证书的状态就是办理的结果：共 0 件，都相符。",
        "一人至多一张有效的证书：共 0 件，都相符。",
        "换下的证书有换发的证书：共 0 件，都相符。",
        "证书的每一步在审计链里：共 0 件，都相符。",
        "证书文字、电子证书、办理和文书在审计链里：共 0 件，都相符。",
        "电子证书的摘要与签名：共 0 件，都相符。",
        "全部相符。",
    ]


def test_the_command_ends_with_1_where_anything_is_broken(panel):
    owner("UPDATE evaluation_outcome SET grade = 'AAAAA'")
    with pytest.raises(CommandError, match="有 2 处不符") as ended:
        call_command("check_invariants", stdout=io.StringIO(), stderr=io.StringIO())
    assert ended.value.returncode == 1


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE evaluation_outcome SET grade = 'AAAAA'", "等级是 AAAAA，重新算出的是 AAAA"),
        ("UPDATE evaluation_outcome SET total = 901.5", "总分是 901.5，重新算出的是 718"),
        ("UPDATE evaluation_outcome SET digest = repeat('0', 64)", "内容与摘要不符"),
        ("UPDATE evaluation_outcome SET rule_edition = 'hubei-2022'", "规则版本与案卷的不同"),
        ("UPDATE evaluation_evaluation SET aggregation = 'mean'", "合成方式与案卷的不同"),
        ("UPDATE evaluation_outcome SET frozen = '{}'", "不能由冻结的内容重新算出"),
        ("UPDATE evaluation_outcome SET frozen = frozen - 'edition'", "不能由冻结的内容重新算出"),
        ("UPDATE evaluation_outcome SET number = 2", "前一版合议结论不在了"),
        ("UPDATE evaluation_signedsheet SET digest = repeat('0', 64)", "摘要与签署的评分表不同"),
        ("DELETE FROM evaluation_signedsheet", "没有这一版签署的评分表"),
        ("DELETE FROM evaluation_signedsheet", "已签署，但没有签署的内容"),
        ("UPDATE evaluation_sheet SET state = 'open'", "签署过，却还在评分中"),
        ("UPDATE evaluation_sheet SET state = 'set_aside'", "计入了已经封存、不予计入的评分表"),
        ("UPDATE evaluation_sheet SET state = 'set_aside'", "状态与记录的最后一步不同"),
        ("UPDATE evaluation_evaluation SET state = 'reporting'", "有评价决定，却还没有到决定的环节"),
        ("UPDATE evaluation_evaluation SET state = 'decided'", "有公布的记录，却没有公布"),
        ("UPDATE evaluation_decision SET grade = 'AAAAA'", "等级与合议结论的不同"),
        ("DELETE FROM evaluation_publication", "已公布，却没有公布的记录"),
        ("DELETE FROM evaluation_decision", "已作决定，却没有评价决定"),
        ("DELETE FROM evaluation_outcome", "合议以后的环节，却没有合议结论"),
        ("DELETE FROM audit_event WHERE action = 'freeze'", "审计链里没有写下这一行的记录"),
        ("DELETE FROM audit_event WHERE action = 'sign-content'", "审计链里没有写下这一行的记录"),
        ("DELETE FROM audit_event WHERE action = 'write'", "审计链里没有写下这一行的记录"),
        ("DELETE FROM audit_event WHERE after = 'published'", "状态与记录的最后一步不同"),
    ],
)
def test_a_row_changed_past_the_triggers_is_found(panel, statement, why):
    owner(statement)
    assert why in checked()[1]


@pytest.mark.parametrize(
    ("column", "path", "value", "why"),
    [
        ("frozen", "{agreed,7.3,coefficient}", "1.0", "结果与重新算出的不同"),
        ("frozen", "{agreed,7.3,coefficient}", "0.77", "不在规定的取值内"),
        ("frozen", "{agreed,7.3,reason}", "后来补写的", "内容与摘要不符"),
        ("frozen", "{integrity,met}", False, "结果与重新算出的不同"),
        ("frozen", "{members,0,coefficients,7.3}", "0.9", "冻结的系数与签署的评分表不同"),
        ("frozen", "{members,0,coefficients,7.3}", "0.9", "等级是否稳定与重新算出的不同"),
        ("frozen", "{members,0,digest}", "0" * 64, "摘要与签署的评分表不同"),
        ("frozen", "{members,0,version}", 2, "没有这一版签署的评分表"),
        ("frozen", "{members,0,sheet}", "somewhere", "没有这一版签署的评分表"),
        ("frozen", "{members,0,panellist}", "0", "评分表是另一位成员的"),
        ("frozen", "{members,0,coefficients}", ["0.7"], "不能与签署的评分表核对"),
        ("frozen", "{members,0,coefficients,7.3}", "七", "不能与签署的评分表核对"),
        ("frozen", "{members,0,version}", [1], "不能与签署的评分表核对"),
        ("frozen", "{members}", 3, "不能由冻结的内容重新算出"),
        ("result", "{total}", "901.5", "结果与重新算出的不同"),
    ],
)
def test_a_value_changed_inside_an_outcome_is_found(panel, column, path, value, why):
    change("evaluation_outcome", column, path, value)
    assert why in checked()[1]


@pytest.mark.parametrize("content", ["[]", '"x"', '{"marks": []}', '{"marks": {"7.3": {}}}'])
def test_a_signed_sheet_without_its_form_is_named_and_the_rest_is_still_looked_at(panel, content):
    owner("UPDATE evaluation_signedsheet SET content = %s", content)
    looked_at, found = checked()
    assert "evaluation_outcome" in found and "不能与签署的评分表核对" in found
    assert "申诉时封存的案卷" in looked_at


def test_a_mark_changed_in_a_signed_sheet_is_found_even_with_a_new_digest(panel):
    change("evaluation_signedsheet", "content", "{marks,7.3,coefficient}", "1.0")
    assert "evaluation_signedsheet" in checked()[1]
    for row in SignedSheet.objects.all():
        owner("UPDATE evaluation_signedsheet SET digest = %s WHERE id = %s", sha256(row.content), row.pk)
    found = checked()[1]
    assert "冻结的系数与签署的评分表不同" in found
    assert "审计链里没有写下这一行的记录" in found


def test_a_report_or_a_case_exchanged_under_a_decision_is_found(panel):
    [outcome] = Outcome.objects.all()
    columns = "rule_edition, frozen, result, grade, total, digest, at, by_id, evaluation_id"
    owner(f"INSERT INTO evaluation_outcome (number, {columns}) SELECT 2, {columns} FROM evaluation_outcome")
    assert "决定以后又有合议结论" in checked()[1]
    owner("UPDATE evaluation_reportversion SET outcome_id = (SELECT max(id) FROM evaluation_outcome)")
    assert "评价报告是另一个合议结论的" in checked()[1]
    assert outcome.number == 1


def test_the_row_that_is_broken_is_named(panel):
    owner("UPDATE evaluation_decision SET grade = 'AAAAA'")
    assert f"evaluation_decision {Decision.objects.get().pk}：等级与合议结论的不同" in checked()[1]


# ── what a digest alone stands for ────────────────────────────────────────────────────────────
def test_what_was_handed_in_is_read_again_and_not_only_its_digest(panel):
    past_the_bolts(Submission, content=rows.content(report="后来补写的。"))
    assert "申请内容与摘要不符" in checked()[1]


def test_a_statement_is_read_again(panel):
    seat, by = panel.panellists[0], panel.experts[0]
    code = OneTimeCode.objects.create(panellist=seat, code_hash="0" * 64)
    record("sign-statement", seat, by=by, data={"digest": sha256("我与被评价人没有关系。")})
    Statement.objects.create(
        panellist=seat,
        text="我与被评价人没有关系。",
        digest=sha256("我与被评价人没有关系。"),
        name="专家甲",
        code=code,
        by=by,
    )
    assert checked()[1] == ""  # the control
    past_the_bolts(Statement, text="我与被评价人是亲属。")
    assert "公正性声明的文字与摘要不符" in checked()[1]


def test_the_bytes_of_a_proof_are_read_again(panel, people):
    paper = rows.proof(panel.evaluation.application, by=people.liu)
    assert checked()[1] == ""  # the control
    with paper.file.storage.open(paper.file.name, "wb") as file:
        file.write(b"%PDF another one")
    assert "材料的文件与摘要不符" in checked()[1]
    paper.file.storage.delete(paper.file.name)
    assert "材料的文件读不出来" in checked()[1]
