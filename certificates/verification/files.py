"""What is said of a file that is none of ours byte for byte. None of it is a certificate, whatever its signature says."""

import logging
from dataclasses import dataclass

from certificates.signing.current import CannotCheck
from certificates.signing.examining import examine
from certificates.signing.judging import Verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    word: str
    sentence: str


SAID = {
    Verdict.INTACT: Said(
        "不在登记",
        "文件带有本平台的签名，签名以后没有改动，但证书登记里没有这一份。请把文件交给评价机构核查。",
    ),
    Verdict.ALTERED: Said(
        "被改动过", "文件原是本平台签发的，签发以后被改动过：内容、页面或者附加的部分与原件不同。"
    ),
    Verdict.FOREIGN: Said("不是本平台签发", "文件带有别人的签名，不是本平台签发的证书。"),
    Verdict.UNSIGNED: Said(
        "不是原件",
        "文件没有本平台的签名：可能是扫描件、打印再生成的文件，也可能是仿造的，无法由文件本身证明。",
    ),
    Verdict.UNREADABLE: Said("读不出来", "这不是 PDF，或者文件已经损坏，读不出内容。"),
}
NOT_CHECKED = Said("不在登记", "证书登记里没有这份文件；它的签名现在核对不了，请稍后再试。")


def said_of(raw: bytes) -> Said:
    """Of a file whose digest is not on record."""
    try:
        return SAID[examine(raw).verdict]
    except CannotCheck:
        log.exception("a file could not be checked")
        return NOT_CHECKED
