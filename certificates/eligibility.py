"""Why a decision has no certificate, or none yet. Values in, sentences out."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a decision at the moment a certificate is asked for."""

    published: bool
    certifies: bool  # its grade has a certificate at all
    grade: str  # as it is called
    cites: str  # the clause of that grade
    off_record: str = ""  # why the body may issue nothing now, as a sentence
    later_run: str = ""  # the number of another run of the same case that is under way or counts instead
    under_appeal: bool = False
    code: str = ""  # of the body, as printed in numbers
    unprintable: str = ""  # the signs our fonts lack
    too_long: str = ""  # what fits in no size of type
    number: str = ""  # of the certificate it has
    another: str = ""  # of a certificate for the same person that is being made
    lost: str = (
        ""  # the number of a certificate on this decision that was declared void, and not for a misprint
    )
    spoilt_until: str = ""  # of one that was misprinted: its last day, where that is over
    waits: str = ""  # why the person may not have one yet (9.6), as a sentence


def against(facts: Facts) -> Iterator[str]:
    """Every reason, as a sentence for whoever issues."""
    if not facts.published:
        yield "评价结果还没有公布，公布以后才能发证（8.4）。"
    if not facts.certifies:
        yield f"评价等级为 {facts.grade}，不颁发证书（{facts.cites}、8.4）。"
    if facts.off_record:
        yield facts.off_record
    if facts.number:
        yield f"已经发过证书 {facts.number}。"
    if facts.later_run:
        yield f"另有一次评价 {facts.later_run}，以那一次的结果为准。"
    if facts.under_appeal:
        yield "对这个结果的申诉还没有办结，办结以前不发证。"
    if facts.lost:
        yield f"就这个决定发过的证书 {facts.lost} 已经声明作废，不能再发；要重新评价。"
    if facts.spoilt_until:
        yield f"原证书到{facts.spoilt_until}为止，已经过了，不能再补发；要重新评价。"
    if facts.waits:
        yield facts.waits
    if facts.another:
        yield f"同一人的证书 {facts.another} 正在制作，做好以后再发。"
    if not facts.code:
        yield "机构代号还没有设定，证书没有编号可用。"
    if facts.unprintable:
        yield f"“{facts.unprintable}”在证书字体中没有，印不出来；请联系系统管理员补充字体。"
    if facts.too_long:
        yield f"“{facts.too_long}”太长，用最小的字号也印不下。"
