"""The signer of this deployment, and the certificates it trusts: what `settings` says, read from the files it names.

Only the worker needs the private key; who checks needs certificates alone.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from certificates.signing import attesting
from certificates.signing.interface import CannotSign, Signer
from certificates.signing.keys import (
    Pair,
    certificates_in,
    fingerprint,
    is_demonstration,
    read_pair,
    refuse_if_not_valid,
)
from certificates.signing.pades import certified


class CannotCheck(Exception):
    """No certificate to check against: said in Chinese, to whoever runs the platform; nothing is known about the file."""


def signer() -> Signer:
    """The signer `settings.CERTIFICATE_SIGNER` names, ready to sign. Raises `CannotSign`."""
    return import_string(settings.CERTIFICATE_SIGNER)()


class LocalSigner:
    """Signs with `settings.SIGNING_KEY`, a file of this machine. Tamper evidence, not an official electronic seal (GB/T 38540)."""

    def __init__(self) -> None:
        self._pair = read_pair(_read(settings.SIGNING_KEY))
        self.fingerprint = fingerprint(self._pair.certificate)
        self._refuse_if_not_trusted(self._pair)
        refuse_if_not_valid(self._pair.certificate, at=timezone.now())  # before anything is set, or attested

    def sign(self, pdf: bytes, *, reason: str, at: datetime) -> bytes:
        return certified(pdf, pair=self._pair, reason=reason, at=at)

    def attest(self, payload: bytes) -> str:
        return attesting.attested(payload, pair=self._pair)

    def _refuse_if_not_trusted(self, pair: Pair) -> None:
        """What we sign, our own check must recognise."""
        if is_demonstration(pair.certificate) and not settings.DEMO:
            raise CannotSign("生产模式不能使用演示密钥签名：请用 manage.py make_signing_key 生成正式密钥。")
        try:
            current = _certificates_of(settings.SIGNING_CERTIFICATE)[0]
        except CannotCheck as error:
            raise CannotSign(str(error)) from error
        if fingerprint(current) != self.fingerprint:
            raise CannotSign("签名密钥与核验用的证书（SIGNING_CERTIFICATE）不是一对：请检查是否放错了文件。")


def trusted() -> list[x509.Certificate]:
    """The current certificate and the earlier ones. Raises `CannotCheck`."""
    paths = (settings.SIGNING_CERTIFICATE, *settings.SIGNING_CERTIFICATES)
    found = [each for path in paths for each in _certificates_of(path)]
    kept = [each for each in found if settings.DEMO or not is_demonstration(each)]
    if not kept:
        raise CannotCheck("生产模式不承认演示证书，又没有正式的签名证书：请设置 SIGNING_CERTIFICATE。")
    return kept


def public_keys() -> list[dict[str, str]]:
    """The keys whose attestations hold, as JWK: what a page without a server checks with. Raises `CannotCheck`."""
    return [attesting.public_jwk(each) for each in _each_once(trusted())]


def _each_once(certificates: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    return list({fingerprint(each): each for each in certificates}.values())


def _certificates_of(path: Path | str) -> list[x509.Certificate]:
    """One file may hold several, the current one first."""
    try:
        found = certificates_in(Path(path).read_bytes())
    except OSError as error:
        raise CannotCheck(
            f"签名证书 {path} 不存在或读不了：请检查 SIGNING_CERTIFICATE 与文件权限。"
        ) from error
    if not found:
        raise CannotCheck(f"签名证书 {path} 里没有完好的证书（PEM）。")
    return found


def _read(path: Path | str) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        raise CannotSign(
            f"签名密钥 {path} 不存在：请用 manage.py make_signing_key 生成，或设置 SIGNING_KEY。"
        ) from error
    except OSError as error:
        raise CannotSign(f"签名密钥 {path} 读不了：请检查文件权限。") from error
