"""`manage.py check_invariants` of certificates: whoever works with the owner's rights is found. Each breach is a control."""

import pytest
from django.db import connection
from django.utils import timezone

from certificates import tasks
from certificates.invariants import CHECKS
from certificates.issuing import numbering, ordering
from certificates.life import acts
from certificates.models import Certificate, Imprint
from cqo_portal.digests import sha256
from tests.breaking import checked, owner
from tests.cast import cast
from tests.certificates import many, rows


@pytest.fixture(scope="class")
def issued(standing, servers):
    """1 superseded by 4, 2 suspended, 3 a number that was given up."""
    people = cast()
    staff, (first, second, third) = many.decided(people, 3)
    today = timezone.localdate()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("certificates.tasks.go_on.delay", lambda: None)
        ordering.order([first, second, third], by=staff)
        last = [numbering.take(pk) for pk in _waiting()][-1]
        acts.abandon(last, "打错了机构名称。", by=staff, today=today)
        tasks.go_on()
        officer = first.evaluation.application.officer
        rows.ordered(many.like(first, people, officer=officer), by=staff)
    rows.done("suspend", Certificate.objects.get(serial=2), on=today, by=staff)


def _waiting() -> list[int]:
    from certificates.models import Order

    return list(Order.objects.waiting().order_by("id").values_list("pk", flat=True))


def found() -> list[str]:
    return [str(breach) for check in CHECKS for breach in check.breaches()]


def without(name: str, *, on: str = "certificates_certificate") -> None:
    """The owner drops what keeps a row single."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {on} DROP CONSTRAINT IF EXISTS {name}")
        cursor.execute(f"DROP INDEX IF EXISTS {name}")


CERTIFICATE = "UPDATE certificates_certificate SET"
OF = "certificate_id = (SELECT id FROM certificates_certificate WHERE serial = %d)"


@pytest.mark.django_db
@pytest.mark.usefixtures("issued")
class TestIssued:
    def test_what_was_done_by_the_rules_holds(self):
        states = Certificate.objects.order_by("serial").values_list("state", flat=True)
        assert list(states) == ["superseded", "suspended", "void", "valid"]
        assert found() == []

    def test_the_command_asks_it_and_counts(self):
        looked_at, _ = checked()
        for line in (
            "证书编号连续，编号由流水号算出：共 4 件，都相符。",
            "作废的证书编号有理由：共 1 件，都相符。",
            "换下的证书有换发的证书：共 1 件，都相符。",
            "证书办理记录的摘要：共 3 件，都相符。",
            "电子证书的摘要与签名：共 3 件，都相符。",
        ):
            assert line in looked_at.splitlines()

    @pytest.mark.parametrize(
        ("statement", "why"),
        [
            (f"{CERTIFICATE} serial = 9 WHERE serial = 3", "前一个流水号不在了"),
            (f"{CERTIFICATE} serial = 9 WHERE serial = 3", "编号与机构代号、年份、流水号不符"),
            (f"{CERTIFICATE} number = 'CQO-JSZP-2026-0003-1' WHERE serial = 3", "编号与机构代号、年份、流水号不符"),
            ("DELETE FROM certificates_certificate WHERE serial = 2", "前一个流水号不在了"),
            ("DELETE FROM certificates_certificate WHERE serial = 4", "流水号发到 4，证书到 3"),
            ("UPDATE registry_series SET last = 7 WHERE key ~ '^certificate:'", "流水号发到 7，证书到 4"),
            ("DELETE FROM registry_series WHERE key ~ '^certificate:'", "流水号发到 0，证书到 4"),
            ("DELETE FROM certificates_order", "没有人发起过这张证书"),
            (
                f"UPDATE certificates_order SET decision_id = (SELECT min(id) FROM evaluation_decision) WHERE {OF % 4}",
                "证书是另一个决定的",
            ),
            ("DELETE FROM certificates_act WHERE kind = 'void'", "作废而没有理由"),
            ("DELETE FROM certificates_imprint", "没有证书文字"),
            ("UPDATE certificates_imprint SET words = words - 'note'", "证书文字与摘要不符"),
            ("UPDATE certificates_imprint SET words = '[]'", "凭证书上的文字找不到这张证书"),
            (f"{CERTIFICATE} by_code = repeat('0', 64) WHERE serial = 2", "凭证书上的文字找不到这张证书"),
            ("DELETE FROM certificates_rendering", "有效过的证书没有电子证书"),
            ("UPDATE certificates_rendering SET size = size + 1", "电子证书与摘要不符"),
            (
                "UPDATE certificates_rendering SET content = content || ' '::bytea, size = size + 1, "
                "digest = encode(sha256(content || ' '::bytea), 'hex')",
                "电子证书的签名不成立",
            ),
            (
                "UPDATE certificates_rendering SET content = 'paper'::bytea || id::text::bytea, size = 6, "
                "digest = encode(sha256('paper'::bytea || id::text::bytea), 'hex')",
                "审计链里没有写下这一行的记录",
            ),
            ("UPDATE certificates_signing SET fingerprint = repeat('0', 64)", "不是签名记录所说的密钥签的"),
            (
                f"UPDATE certificates_signing SET {OF % 2} WHERE {OF % 1}",
                "签名记录是另一张证书的",
            ),
            ("UPDATE certificates_act SET reason = '没有查明的事实。' WHERE kind = 'suspend'", "办理记录与摘要不符"),
            ("UPDATE certificates_act SET ground = 'dishonesty' WHERE kind = 'suspend'", "办理记录与摘要不符"),
            (f"{CERTIFICATE} state = 'valid' WHERE serial = 2", "状态是有效，按办理记录应是暂停"),
            (f"{CERTIFICATE} state = 'prepared' WHERE serial = 4", "状态是制证中，按办理记录应是有效"),
            (f"{CERTIFICATE} state = 'valid' WHERE serial = 2", "状态与记录的最后一步不同"),
            ("DELETE FROM certificates_act WHERE kind = 'suspend'", "状态是暂停，按办理记录应是有效"),
            ("DELETE FROM certificates_act WHERE kind = 'supersede'", "已换证，却没有换发的证书"),
            (
                "UPDATE certificates_act SET successor_id = "
                "(SELECT id FROM certificates_certificate WHERE serial = 2) WHERE kind = 'supersede'",
                "已换证，却没有换发的证书",
            ),
            ("DELETE FROM audit_event WHERE action = 'issue'", "审计链里没有写下这一行的记录"),
            ("DELETE FROM audit_event WHERE action = 'render'", "审计链里没有写下这一行的记录"),
            ("DELETE FROM audit_event WHERE action = 'enter-act'", "审计链里没有写下这一行的记录"),
            ("DELETE FROM audit_event WHERE action = 'complete'", "状态与记录的最后一步不同"),
        ],
    )  # fmt: skip
    def test_a_row_changed_past_the_triggers_is_found(self, statement, why):
        owner(statement)
        assert any(why in each for each in found())

    def test_words_with_a_new_digest_are_found_by_the_chain_and_by_whoever_looks_the_paper_up(self):
        row = Imprint.objects.get(certificate__serial=2)
        words = row.words | {"holder": "另一个人"}
        owner(
            "UPDATE certificates_imprint SET words = jsonb_set(words, '{holder}', '\"另一个人\"'), digest = %s WHERE id = %s",
            sha256(words),
            row.pk,
        )
        assert found() == [
            f"certificates_imprint {row.pk}：凭证书上的文字找不到这张证书",
            f"certificates_imprint {row.pk}：审计链里没有写下这一行的记录",
        ]

    def test_two_of_one_number_are_found(self):
        without("certificate_serial_once")
        owner(f"{CERTIFICATE} serial = 1 WHERE serial = 2")
        assert sum("一个编号发了两次" in each for each in found()) == 2

    def test_two_in_force_for_one_person_are_found(self):
        without("certificate_one_in_force")
        owner(f"{CERTIFICATE} state = 'suspended' WHERE serial = 1")
        assert any("同一人有不止一张有效的证书" in each for each in found())

    def test_a_key_nobody_trusts_any_more_is_said_of_each_paper(self, settings, tmp_path):
        settings.SIGNING_CERTIFICATE = tmp_path / "no.crt"
        assert sum("不存在或读不了" in each for each in found()) == 3
