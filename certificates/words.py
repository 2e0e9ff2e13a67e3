"""Every word printed on an evaluation certificate. Pure: facts in, words out; the sheet is set from these words alone.

What is printed stays as it was printed, so the words are kept with the sheet: strings only, ready for JSON.
"""

from collections.abc import Mapping
from datetime import date

from cqo_portal.wording import day_full, in_characters

TITLE = "首席质量官评价证书"
TITLE_EN = "CERTIFICATE OF CHIEF QUALITY OFFICER EVALUATION"
TEXT = "经独立评价，符合规范对首席质量官等级的要求，评定等级为"
NOTE = "本证书是评价机构颁发的评价证书，不是聘任证书，也不是培训证书。"
LABELS = {
    "label_number": "证书编号",
    "label_evaluated": "评价日期",
    "label_valid": "有效期",
    "seal": "评价机构\n盖章处",
}
DRAWN = frozenset({"address"})  # in the QR code, not in letters


def words_of(
    *,
    number: str,
    holder: str,
    organisation: str,
    grade: str,
    body: str,
    evaluated_on: date,
    first_day: date,
    last_day: date,
    basis: str,
    address: str,
    host: str,
) -> dict[str, str]:
    """As printed. It is valid from the day of issue, so `first_day` is also the day under the issuer's name.

    `basis` is the title of the rules; `address` what the QR code opens; `host` where one asks without it.
    """
    return {
        "title": TITLE,
        "title_en": TITLE_EN,
        "number": number,
        "holder": holder,
        "organisation": organisation,
        "text": TEXT,
        "grade": grade,
        "body": body,
        "evaluated": day_full(evaluated_on),
        "valid": f"{day_full(first_day)}至{day_full(last_day)}",
        "issued": in_characters(first_day),
        "basis": f"依据{basis}",
        "address": address,
        "verify": _verify(host),
        "note": NOTE,
        **LABELS,
    }


def printed_text(words: Mapping[str, str]) -> str:
    """All that stands there in letters, one word a line: what our fonts must have signs for."""
    return "\n".join(text for key, text in words.items() if key not in DRAWN)


def _verify(host: str) -> str:
    """The lines beside the QR code. Neither altered nor lent: 9.1."""
    return "\n".join(
        (
            "扫码，或凭编号与姓名查询：",
            f"{host}/verify",
            "与纸面不一致的，以查询结果为准",
            "证书不得涂改、转借",
        )
    )
