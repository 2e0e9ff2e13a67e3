"""A key to sign certificates with; see "The signing key" in docs/operations.md. With --demo: what the demonstration signs with."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.signing.keeping import ensure_demonstration, keep
from certificates.signing.keys import DEMONSTRATION, LONGEST_NAME, fingerprint, make_pair

MOST_YEARS = 30


class Command(BaseCommand):
    help = "生成签名密钥和证书；绝不覆盖已有的文件。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--name", help="证书上的名称，如“沧州市市场监督管理局首席质量官评价证书签名”")
        parser.add_argument("--years", type=int, default=10, help=f"有效年数，1 至 {MOST_YEARS}")
        parser.add_argument("--key", type=Path, help="私钥文件；默认 SIGNING_KEY，证书放在旁边（.crt）")
        parser.add_argument("--demo", action="store_true", help="演示密钥：没有才生成；只用于 DEMO=1")

    def handle(self, *, name=None, years=10, key=None, demo=False, **options):
        if demo:
            self._demonstration()
        else:
            self._official(name, years=years, key=key)

    def _official(self, name: str | None, *, years: int, key: Path | None) -> None:
        self._refuse(name, years=years)
        certificate = key.with_suffix(".crt") if key else Path(settings.SIGNING_CERTIFICATE)
        key = key or Path(settings.SIGNING_KEY)
        pair = make_pair(name=name, at=timezone.now(), years=years)
        try:
            keep(pair, key=key, certificate=certificate)
        except FileExistsError as error:
            raise CommandError(
                f"{error} 已经存在，没有生成：更换密钥请先按 docs/operations.md 移走旧的。"
            ) from error
        except OSError as error:
            raise CommandError(f"写不了 {key}：{error.strerror}。") from error
        self.stdout.write(
            f"私钥：{key}\n证书：{certificate}\n指纹（SHA-256）：{fingerprint(pair.certificate)}"
        )

    def _refuse(self, name: str | None, *, years: int) -> None:
        if not name or not name.strip() or len(name) > LONGEST_NAME:
            raise CommandError(f"请用 --name 写明证书上的名称，1 至 {LONGEST_NAME} 个字。")
        if name == DEMONSTRATION:
            raise CommandError("这个名称留给演示密钥。")
        if not 1 <= years <= MOST_YEARS:
            raise CommandError(f"有效年数应为 1 至 {MOST_YEARS}。")

    def _demonstration(self) -> None:
        if not settings.DEMO:
            raise CommandError("演示密钥只用于 DEMO=1。")
        key, certificate = Path(settings.SIGNING_KEY), Path(settings.SIGNING_CERTIFICATE)
        ensure_demonstration(key=key, certificate=certificate, at=timezone.now())
