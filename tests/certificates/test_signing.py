"""The signer: what it says in a PDF, what it says as JWS, and when it refuses."""

import asyncio
import base64
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from django.core.management import CommandError, call_command
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certificates.signing.current import CannotCheck, LocalSigner, public_keys, signer, trusted
from certificates.signing.examining import examine
from certificates.signing.interface import CannotSign
from certificates.signing.judging import Verdict
from certificates.signing.keeping import ensure_demonstration, keep
from certificates.signing.keys import DEMONSTRATION, Pair, as_pem, fingerprint, make_pair, public_pem
from certificates.signing.pades import certified
from tests.certificates.apart import apart
from tests.certificates.forging import NAME, SIGNED_AT, pair

ROOT = Path(__file__).resolve().parents[2]
WHY = "签发首席质量官评价证书"


def signed_by(made: Pair, *, pdf: bytes):
    return certified(pdf, pair=made, reason=WHY, at=SIGNED_AT)


@pytest.fixture(scope="module")
def of_rsa() -> Pair:
    """A pair as an authority for certificates may give it out: RSA, signed by somebody else."""
    key, issuer = rsa.generate_private_key(65537, 2048), pair("某认证机构")
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    draft = x509.CertificateBuilder(issuer.certificate.subject, subject, key.public_key(), 7)
    draft = draft.not_valid_before(datetime(2026, 1, 1)).not_valid_after(datetime(2029, 1, 1))
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    return Pair(key, draft.add_extension(usage, critical=True).sign(issuer.key, hashes.SHA256()))


# ── A PDF ─────────────────────────────────────────────────────────────────────────────────────
def test_a_signed_certificate_is_intact(w, deployed):
    deployed()
    signed = signer().sign(w.plain, reason=WHY, at=SIGNED_AT)
    finding = examine(signed)
    assert (finding.verdict, finding.signed_at) == (Verdict.INTACT, SIGNED_AT)
    assert finding.fingerprint == signer().fingerprint
    assert signed.startswith(w.plain)


def test_pyhanko_itself_finds_it_valid_and_closed_to_any_change(w):
    (signature,) = PdfFileReader(io.BytesIO(w.signed)).embedded_signatures
    root = asn1_x509.Certificate.load(w.ours.certificate.public_bytes(Encoding.DER))
    trust = ValidationContext(trust_roots=[root], allow_fetching=False, moment=SIGNED_AT)
    status = apart(validate_pdf_signature, signature, trust)
    assert status.bottom_line and status.modification_level.name == "NONE"
    assert status.coverage.name == "ENTIRE_FILE"
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Reason"] == "签发评价证书"
    assert status.md_algorithm == "sha256"


def test_the_signature_has_one_field_and_draws_nothing(w):
    (signature,) = PdfFileReader(io.BytesIO(w.signed)).embedded_signatures
    assert signature.field_name == "Certification"
    assert list(signature.sig_field["/Rect"]) == [0, 0, 0, 0]


def test_the_document_itself_says_it_is_certified(w):
    root = PdfFileReader(io.BytesIO(w.signed)).root
    (signature,) = PdfFileReader(io.BytesIO(w.signed)).embedded_signatures
    assert root["/Perms"].raw_get("/DocMDP").idnum == signature.sig_field.raw_get("/V").idnum


def test_rsa_from_an_authority_signs_as_well(w, deployed, of_rsa):
    deployed(of_rsa)
    assert examine(signer().sign(w.plain, reason=WHY, at=SIGNED_AT)).verdict == Verdict.INTACT


def test_what_is_certified_is_not_certified_again(w):
    with pytest.raises(CannotSign, match="^这个 PDF 不能签名"):
        signed_by(w.ours, pdf=w.signed)


def test_what_is_no_pdf_is_not_signed(w):
    with pytest.raises(CannotSign, match="^这个 PDF 不能签名"):
        signed_by(w.ours, pdf=b"paper")


def test_the_time_is_the_callers_and_has_a_zone(w):
    with pytest.raises(TypeError):
        certified(w.plain, pair=w.ours, reason=WHY, at=datetime(2026, 3, 1))


def test_it_signs_where_an_event_loop_is_running_too(w):
    async def ask() -> bytes:
        return signed_by(w.ours, pdf=w.plain)

    assert apart(lambda: asyncio.run(ask())).startswith(w.plain)


# ── JWS ───────────────────────────────────────────────────────────────────────────────────────
def parts(token: str) -> tuple[dict, bytes, bytes, bytes]:
    """Header, payload, what is signed, signature: taken apart by hand, as a page without our code would."""

    def raw(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    head, payload, signature = token.split(".")
    return json.loads(raw(head)), raw(payload), f"{head}.{payload}".encode(), raw(signature)


def number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_an_attestation_holds_by_the_public_key_alone(deployed):
    deployed()
    head, payload, said, signature = parts(signer().attest("状态".encode()))
    (public,) = public_keys()
    assert head == {"alg": "ES256", "kid": signer().fingerprint} and public["kid"] == head["kid"]
    assert payload.decode() == "状态" and len(signature) == 64
    key = ec.EllipticCurvePublicNumbers(number(public["x"]), number(public["y"]), ec.SECP256R1()).public_key()
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    key.verify(encode_dss_signature(r, s), said, ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(encode_dss_signature(r, s), said + b"x", ec.ECDSA(hashes.SHA256()))


def test_rsa_attests_as_ps256(deployed, of_rsa):
    deployed(of_rsa)
    head, payload, said, signature = parts(signer().attest(b"{}"))
    (public,) = public_keys()
    assert (head["alg"], payload) == ("PS256", b"{}")
    key = rsa.RSAPublicNumbers(number(public["e"]), number(public["n"])).public_key()
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    key.verify(signature, said, pss, hashes.SHA256())
    with pytest.raises(InvalidSignature):
        key.verify(signature, said + b"x", pss, hashes.SHA256())


# ── Keys that do not serve ────────────────────────────────────────────────────────────────────
def test_a_missing_key_is_said_when_signing_is_asked_for(deployed):
    key = deployed()
    key.unlink()
    with pytest.raises(CannotSign) as refused:
        signer()
    assert str(refused.value) == (
        f"签名密钥 {key} 不存在：请用 manage.py make_signing_key 生成，或设置 SIGNING_KEY。"
    )


def test_a_missing_certificate_is_said_as_well(deployed):
    deployed().with_suffix(".crt").unlink()
    with pytest.raises(CannotSign, match="^签名证书 .* 不存在或读不了"):
        signer()
    with pytest.raises(CannotCheck, match="^签名证书 .* 不存在或读不了"):
        examine(b"%PDF-1.7")


def locked(made: Pair) -> bytes:
    secret = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    return secret + public_pem(made)


def of_other_curve() -> bytes:
    made = pair()
    return as_pem(Pair(ec.generate_private_key(ec.SECP384R1()), made.certificate))


@pytest.mark.parametrize(
    ("pem", "sentence"),
    [
        (b"", "签名密钥读不出来：文件里没有完好的私钥（PEM）。"),
        (as_pem(pair())[:100], "签名密钥读不出来：文件里没有完好的私钥（PEM）。"),
        (public_pem(pair()), "签名密钥读不出来：文件里没有完好的私钥（PEM）。"),
        (locked(pair()), "签名密钥设有口令，程序打不开：请存成不带口令的 PEM，用文件权限保护。"),
        (as_pem(pair()).partition(b"-----BEGIN CERT")[0], "签名密钥文件里没有证书：文件应依次包含私钥和它的证书（PEM）。"),
        (as_pem(Pair(pair().key, pair().certificate)), "签名密钥与证书不是一对：请检查是否放错了文件。"),
        (of_other_curve(), "签名密钥的种类不合用：应为 P-256 椭圆曲线，或不少于 2048 位的 RSA。"),
    ],
    ids=["empty", "cut", "certificate-only", "password", "key-only", "wrong-pair", "curve"],
)  # fmt: skip
def test_a_key_that_does_not_serve_is_refused_with_a_sentence(deployed, pem, sentence):
    key = deployed()
    assert LocalSigner()  # the control
    key.write_bytes(pem)
    with pytest.raises(CannotSign) as refused:
        signer()
    assert str(refused.value) == sentence


def test_a_key_our_own_check_would_not_recognise_does_not_sign(deployed):
    deployed().write_bytes(as_pem(pair()))
    with pytest.raises(CannotSign, match="^签名密钥与核验用的证书（SIGNING_CERTIFICATE）不是一对"):
        signer()


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (datetime(2025, 12, 31, tzinfo=UTC), "签名证书自 2026-01-01 起才有效，现在还不能签名。"),
        (
            datetime(2036, 1, 2, tzinfo=UTC),
            "签名证书已于 2036-01-01 到期：请换用新的密钥（见 docs/operations.md）。",
        ),
    ],
    ids=["not-yet", "expired"],
)
def test_a_certificate_signs_within_its_time_only(w, deployed, at, sentence):
    deployed(w.ours)
    with pytest.raises(CannotSign) as refused:
        signer().sign(w.plain, reason=WHY, at=at)
    assert str(refused.value) == sentence


def test_another_seal_takes_the_place_of_ours_by_one_setting(settings):
    settings.CERTIFICATE_SIGNER = f"{__name__}.Seal"
    assert signer().fingerprint == "of a seal"


class Seal:
    """A stand-in for a seal service: what is tried is the setting, not the seal."""

    fingerprint = "of a seal"


# ── Making keys ───────────────────────────────────────────────────────────────────────────────
def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_key_is_for_its_owner_alone_and_never_overwritten(tmp_path):
    key, certificate = tmp_path / "keys" / "a.pem", tmp_path / "keys" / "a.crt"
    keep(pair(), key=key, certificate=certificate)
    assert (mode(key), mode(certificate), mode(key.parent)) == (0o600, 0o644, 0o700)
    before = key.read_bytes(), certificate.read_bytes()
    with pytest.raises(FileExistsError):
        keep(pair(), key=key, certificate=certificate)
    assert (key.read_bytes(), certificate.read_bytes()) == before
    assert sorted(path.name for path in key.parent.iterdir()) == ["a.crt", "a.pem"]


def test_a_certificate_that_lies_there_alone_is_not_overwritten_either(tmp_path):
    (tmp_path / "a.crt").write_text("of an earlier key")
    with pytest.raises(FileExistsError):
        keep(pair(), key=tmp_path / "a.pem", certificate=tmp_path / "a.crt")
    assert [path.name for path in tmp_path.iterdir()] == ["a.crt"]


def test_the_certificate_says_what_it_is_for_and_how_long():
    made = make_pair(name=NAME, at=datetime(2026, 1, 1, tzinfo=UTC), years=10).certificate
    assert made.subject.rfc4514_string() == f"CN={NAME}"
    assert (made.not_valid_before_utc.year, made.not_valid_after_utc.date().isoformat()) == (
        2026,
        "2036-01-01",
    )
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and usage.content_commitment and not usage.key_cert_sign
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_the_demonstration_key_is_made_once_and_its_certificate_again(tmp_path):
    key, certificate = tmp_path / "signing.pem", tmp_path / "signing.crt"
    for _ in range(2):
        ensure_demonstration(key=key, certificate=certificate, at=SIGNED_AT)
    before = key.read_bytes(), certificate.read_bytes()
    certificate.unlink()
    ensure_demonstration(key=key, certificate=certificate, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert (key.read_bytes(), certificate.read_bytes()) == before
    assert mode(key) == 0o600
    assert "演示" in x509.load_pem_x509_certificate(before[1]).subject.rfc4514_string()


def test_production_neither_signs_with_a_demonstration_key_nor_trusts_it(deployed, settings):
    deployed(make_pair(name=DEMONSTRATION, at=SIGNED_AT, years=10))
    assert signer() and trusted()  # the control: a demonstration does
    settings.DEMO = False
    with pytest.raises(CannotSign, match="^生产模式不能使用演示密钥签名"):
        signer()
    with pytest.raises(CannotCheck, match="^生产模式不承认演示证书"):
        trusted()
    deployed_for_real = pair()
    settings.SIGNING_KEY.write_bytes(as_pem(deployed_for_real))
    settings.SIGNING_CERTIFICATE.write_bytes(public_pem(deployed_for_real))
    assert signer() and trusted()


def test_the_key_of_a_test_run_signs(servers, settings, w):
    assert mode(settings.SIGNING_KEY) == 0o600
    assert examine(signer().sign(w.plain, reason=WHY, at=datetime.now(UTC))).verdict == Verdict.INTACT


def test_the_command_makes_a_pair_that_signs(tmp_path, settings, capsys):
    settings.SIGNING_KEY, settings.SIGNING_CERTIFICATE = tmp_path / "k" / "a.pem", tmp_path / "k" / "a.crt"
    settings.DEMO = False
    call_command("make_signing_key", name=NAME, years=3)
    assert f"指纹（SHA-256）：{signer().fingerprint}" in capsys.readouterr().out
    assert fingerprint(trusted()[0]) == signer().fingerprint
    with pytest.raises(CommandError, match="已经存在，没有生成"):
        call_command("make_signing_key", name=NAME, years=3)
    call_command("make_signing_key", name=NAME, years=3, key=tmp_path / "k" / "b.pem")
    assert sorted(path.name for path in (tmp_path / "k").iterdir()) == ["a.crt", "a.pem", "b.crt", "b.pem"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "请用 --name 写明证书上的名称，1 至 64 个字。"),
        ({"name": "质" * 65}, "请用 --name 写明证书上的名称，1 至 64 个字。"),
        ({"name": DEMONSTRATION}, "这个名称留给演示密钥。"),
        ({"name": NAME, "years": 31}, "有效年数应为 1 至 30。"),
    ],
    ids=["nameless", "too-long", "demonstration", "years"],
)
def test_the_command_refuses_with_a_sentence(tmp_path, said, sentence):
    with pytest.raises(CommandError) as refused:
        call_command("make_signing_key", key=tmp_path / "a.pem", **said)
    assert str(refused.value) == sentence
    assert not list(tmp_path.iterdir())


def test_production_makes_no_key_by_itself(tmp_path, settings):
    settings.SIGNING_KEY, settings.SIGNING_CERTIFICATE = tmp_path / "a.pem", tmp_path / "a.crt"
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示密钥只用于 DEMO=1"):
        call_command("make_signing_key", demo=True)
    assert not list(tmp_path.iterdir())
    settings.DEMO = True
    call_command("make_signing_key", demo=True)
    assert signer().fingerprint


# ── Where it stands ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("module", [f"certificates.signing.{p.stem}" for p in sorted((ROOT / "certificates" / "signing").glob("*.py"))])  # fmt: skip
def test_signing_knows_no_table(module):
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {module}; print('django.db' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
