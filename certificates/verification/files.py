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
    Verdict.BROKEN: Said(
        "签名不能确认", "文件里的签名已损坏或者认不出，不能确认是谁签的，也不能确认签名以后有没有改动。"
    ),
    Verdict.UNSIGNED: Said(
        "不是原件",
        "文件没有本平台的签名：可能是扫描件、打印再生成的文件，也可能是仿造的，无法由文件本身证明。",
    ),
    Verdict.ENCRYPTED: Said(
        "加了密", "加密的 PDF 不能核验。本平台签发的电子证书不加密，请选评价机构发给持证人的那一份。"
    ),
    Verdict.UNREADABLE: Said("读不出来", "这不是 PDF，或者文件已经损坏，读不出内容。"),
    Verdict.TOO_COMPLEX: Said(
        "没有核验完",
        "这份文件太复杂，没有核验到底；本平台签发的文件没有这样的。",
    ),
}
NOT_CHECKED = Said("不在登记", "证书登记里没有这份文件；它的签名现在核对不了，请稍后再试。")


def said_of(raw: bytes) -> Said:
    """Of a file whose digest is not on record."""
    try:
        return SAID[examine(raw).verdict]
    except CannotCheck:
        log.exception("a file could not be checked")
        return NOT_CHECKED
