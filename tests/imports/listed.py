"""What `samples/verdicts.json` lists, and how what was said differs from it."""

import json

from tests.imports.files import SAMPLES

LISTED = json.loads((SAMPLES / "verdicts.json").read_text(encoding="utf-8"))

# What a verdict must say, by the words of verdicts.json.
SAYS = {
    "not a number": "不是数字",
    "length": "应为 18 位",
    "duplicate in file (of an earlier row, unless that one is faulty)": "代码重复",
    "negative": "不能是负数",
    "missing name": "缺少企业名称",
    "unknown county": "没有找到县（市、区）",
    "check digit": "校验位",
    "unknown education level": "学历里没有",
    "contradicts the identity number": "与身份证号矛盾",
    "no such day": "这一天",
    "identity number lost its digits (scientific notation)": "已丢失末位",
    "not a name": "姓名里只能有",
    "enterprise not known": "企业库里没有这家企业",
    "twice in one session (unless the earlier row is faulty)": "同一场重复登记",
}


def differences(
    name: str, said: list[tuple[str, str]], *, letters: dict[str, str] | None = None
) -> list[str]:
    """How what was said differs from what is listed: missing, unlisted, or saying something else."""
    listed = {
        f"{(letters or {}).get(column, column)}{row}": what for row, column, what in LISTED[name]["faults"]
    }
    found = dict(said)
    missing = [
        f"{address}: nothing said of “{what}”" for address, what in listed.items() if address not in found
    ]
    unlisted = [f"{address}: {sentence}" for address, sentence in said if address not in listed]
    other = [
        f"{a}: {found[a]} is not “{what}”"
        for a, what in listed.items()
        if a in found and SAYS[what] not in found[a]
    ]
    twice = ["several verdicts for one cell"] if len(found) != len(said) else []
    return missing + unlisted + other + twice
