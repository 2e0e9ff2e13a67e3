"""A person's name by 民委发〔2016〕33号: kept code point by code point, one separator, nothing invisible.

No normalisation form is applied: NFKC turns 〇 and Ⅲ into other characters, and even NFC rewrites
compatibility ideographs, which are somebody's name.
"""

import re
import unicodedata

from cqo_portal.parties.invalid import Invalid

MIDDLE_DOT = "\u00b7"
LONGEST = 100
_DOTS = dict.fromkeys(map(ord, "\u2022\u2027\u30fb\uff65\u2219\u22c5\u0387"), MIDDLE_DOT)
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003347f"
_BLANK_AFTER_HAN = re.compile(rf"(?<=[{_HAN}{MIDDLE_DOT}])\s+(?=[{_HAN}{MIDDLE_DOT}])")
_BLANKS = re.compile(r"[ \t\u00a0\u3000]+")
# By range, not by `isalpha`: Python's tables lag behind the extensions made for rare names.
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_ALLOWED_MARKS = {" ", MIDDLE_DOT, "-", "'", "\u2019", ".", *"ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"}


def person_name(text: str) -> str:
    """The name to store; raises Invalid with advice. Blanks between Chinese characters are layout and go."""
    name = _BLANKS.sub(" ", text).strip().translate(_DOTS)
    name = _BLANK_AFTER_HAN.sub("", name)
    _refuse_length(name)
    for position, mark in enumerate(name, start=1):
        if reason := _against(mark):
            raise Invalid(f"姓名第 {position} 个字符{reason}", position=position)
    _refuse_stray_dots(name)
    return name


def masked_name(name: str) -> str:
    """Enough to recognise somebody one knows, too little to learn who it is: 王雪松 → 王*松, 王松 → 王*."""
    return f"{name[0]}*{name[-1]}" if len(name) > 2 else f"{name[:1]}*"


def _refuse_length(name: str) -> None:
    if not name:
        raise Invalid("请填写姓名，须与身份证件一致。")
    if len(name) > LONGEST:
        raise Invalid(f"姓名最长 {LONGEST} 个字符，您填的是 {len(name)} 个；请只填姓名本身。")
    if len(name) == 1:
        raise Invalid("姓名至少两个字，请按身份证件填写全名。")


def _refuse_stray_dots(name: str) -> None:
    if name.startswith(MIDDLE_DOT) or name.endswith(MIDDLE_DOT) or MIDDLE_DOT * 2 in name:
        raise Invalid(f"间隔号“{MIDDLE_DOT}”只能写在名字中间，每处一个，请删去多余的。")


def _against(mark: str) -> str | None:
    """Why this character cannot stand in a name, as the rest of a sentence; None if it can."""
    if mark in _ALLOWED_MARKS or _HAN_CHARACTER.match(mark):
        return None
    spelled, category = f"U+{ord(mark):04X}", unicodedata.category(mark)
    if category == "Co":
        return (
            f"（{spelled}）是本机自造字，换一台电脑就看不到；请用支持 GB 18030 的输入法重新录入这个字，"
            "查不到字时联系管辖机构。"
        )
    if category == "Cs":
        return f"（{spelled}）是半个编码，粘贴时损坏了；请重新录入这个字。"
    if category in ("Cf", "Cc", "Mn") and not _is_accent(mark):
        return f"（{spelled}）是看不见的控制符，多半是粘贴带来的；请删去后手工录入姓名。"
    if mark in "?？□■〓*＊\ufffd":
        return f"是占位符“{mark}”，不是姓名里的字；请录入原字。"
    if "\u2e80" <= mark <= "\u2fdf":
        return f"（{spelled}）是部首符号，不是汉字；请用输入法重新录入这个字。"
    if mark.isdigit() or category.startswith("N"):
        return f"是“{mark}”，姓名里不应有数字；请按身份证件填写。"
    if not _is_letter(mark):
        return f"是“{mark}”，姓名里只能有汉字、字母和间隔号“{MIDDLE_DOT}”；请按身份证件填写。"
    return None


def _is_accent(mark: str) -> bool:
    """A combining accent of the Latin alphabet belongs to the letter before it."""
    return "\u0300" <= mark <= "\u036f"


def _is_letter(mark: str) -> bool:
    return mark.isalpha() or _is_accent(mark)
