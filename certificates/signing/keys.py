"""Keys and certificates as PEM: made, read, and asked whether they belong together. No clock and no settings here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from certificates.signing.interface import CannotSign

DEMONSTRATION = (
    "首席质量官平台演示签名（非正式）"  # such a key signs nothing and is trusted by nobody in production
)
LEAST_RSA = 2048  # bits
LONGEST_NAME = 64  # characters of a common name (RFC 5280)
PEM, NO_PASSWORD = serialization.Encoding.PEM, serialization.NoEncryption()

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Pair:
    """A private key and the certificate that names its public half."""

    key: PrivateKey
    certificate: x509.Certificate


def make_pair(*, name: str, at: datetime, years: int) -> Pair:
    """A new P-256 key with a certificate signed by itself, valid from `at` on."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    draft = x509.CertificateBuilder(issuer_name=subject, subject_name=subject, public_key=key.public_key())
    draft = draft.serial_number(x509.random_serial_number())
    draft = draft.not_valid_before(at).not_valid_after(at + timedelta(days=round(365.25 * years)))
    for extension, critical in _extensions(key.public_key()):
        draft = draft.add_extension(extension, critical=critical)
    return Pair(key, draft.sign(key, hashes.SHA256()))


def _extensions(public_key) -> list[tuple[x509.ExtensionType, bool]]:
    """It signs documents, and no other certificate."""
    unused = dict.fromkeys(
        "key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only".split(),
        False,
    )
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.KeyUsage(digital_signature=True, content_commitment=True, **unused), True),
        (x509.SubjectKeyIdentifier.from_public_key(public_key), False),
    ]


def as_pem(pair: Pair) -> bytes:
    """The private key and its certificate: secret."""
    return pair.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, NO_PASSWORD) + public_pem(pair)


def public_pem(pair: Pair) -> bytes:
    return pair.certificate.public_bytes(PEM)


def read_pair(pem: bytes) -> Pair:
    """The pair in a PEM file; `CannotSign` says what is wrong with it."""
    key, certificates = _private_key(pem), certificates_in(pem)
    if not certificates:
        raise CannotSign("签名密钥文件里没有证书：文件应依次包含私钥和它的证书（PEM）。")
    if certificates[0].public_key() != key.public_key():
        raise CannotSign("签名密钥与证书不是一对：请检查是否放错了文件。")
    return Pair(key, certificates[0])


def _private_key(pem: bytes) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise CannotSign("签名密钥设有口令，程序打不开：请存成不带口令的 PEM，用文件权限保护。") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CannotSign("签名密钥读不出来：文件里没有完好的私钥（PEM）。") from error
    if not _is_fit(key):
        raise CannotSign(f"签名密钥的种类不合用：应为 P-256 椭圆曲线，或不少于 {LEAST_RSA} 位的 RSA。")
    return key


def _is_fit(key: object) -> bool:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size >= LEAST_RSA
    return isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)


def certificates_in(pem: bytes) -> list[x509.Certificate]:
    """Every certificate of a PEM file, in order; none where there is none, or where one is damaged."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        return []


def refuse_if_not_valid(certificate: x509.Certificate, *, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        raise CannotSign(f"签名证书自 {certificate.not_valid_before_utc:%Y-%m-%d} 起才有效，现在还不能签名。")
    if at > certificate.not_valid_after_utc:
        raise CannotSign(
            f"签名证书已于 {certificate.not_valid_after_utc:%Y-%m-%d} 到期：请换用新的密钥（见 docs/operations.md）。"
        )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate (DER), in hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_demonstration(certificate: x509.Certificate) -> bool:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return any(name.value == DEMONSTRATION for name in names)
