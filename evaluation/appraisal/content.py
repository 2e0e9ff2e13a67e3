"""What a decision says, complete in itself: later forms, records and rules do not change it."""

from collections.abc import Mapping
from decimal import Decimal

from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.scheme import AppraisalGroup, AppraisalItem
from cqo_portal.wording import plain_decimal
from evaluation.appraisal.form import AppraisalForm, GroupSection
from evaluation.appraisal.models import Appraisal, Decision
from evaluation.appraising import Points, Result, appraise


def content_of(form: AppraisalForm, appraisal: Appraisal) -> dict:
    """{"groups": [group with its items], "total", "known", "of": what they are of, "outcome", "reward", "reason", "typed", …}.

    Points are text, as exact as they were given. Raises `Unappraisable` where something is missing.
    """
    scheme, result = form.scheme, appraise(form.points, form.scheme)
    said = form.decision.cleaned_data
    return {
        "name": appraisal.post.name,
        "position": appraisal.post.post,
        "organisation": appraisal.organisation.name,
        "groups": [_group(section, result) for section in form.groups],
        "total": plain_decimal(result.total),
        "known": plain_decimal(result.known),
        "of": {"total": plain_decimal(scheme.total), "known": plain_decimal(scheme.known)},
        "reading": scheme.reading.text if scheme.reading else "",
        "outcome": said["outcome"],
        "reward": said["reward"],
        "reward_what": said["reward_what"],
        "reason": said["reason"],
        "typed": appraisal.draft,
    }


def _group(section: GroupSection, result: Result) -> dict:
    group: AppraisalGroup = section.group
    return {
        "code": group.code,
        "label": group.label,
        "cites": group.cites,
        "of": plain_decimal(group.points),
        "points": plain_decimal(result.groups[group.code]),
        "assumed": f"{group.assumed.text}{group.assumed.reason}" if group.assumed else "",
        "rows": [_item(section, item) for item in group.items],
    }


def _item(section: GroupSection, item: AppraisalItem) -> dict:
    known, proposal = section.known[item.code], section.proposal(item)
    return {
        "code": item.code,
        "label": item.label,
        "of": plain_decimal(item.points),
        "points": plain_decimal(section.points[item.code]),
        "proposed": "" if proposal is None else plain_decimal(proposal),
        "why": known.why if known else "",
        "source": known.source if known else "",
        "overruled": section.overruled.get(item.code, ""),
    }


def points_in(content: Mapping) -> Points:
    """The points of every item, as they were decided."""
    return {item["code"]: Decimal(item["points"]) for group in content["groups"] for item in group["rows"]}


def digest_of(content: Mapping, *, appraisal: Appraisal, number: int, edition: str) -> str:
    return sha256(
        {"appraisal": str(appraisal.pk), "decision": number, "edition": edition, "content": content}
    )


def stands(decision: Decision) -> bool:
    """Whether its words still have their digest, and its points, added up again by its edition, their sums."""
    said = decision.content
    fresh = digest_of(
        said, appraisal=decision.appraisal, number=decision.number, edition=decision.rule_edition
    )
    result = appraise(points_in(said), pack(decision.rule_edition).appraisal)
    sums = (plain_decimal(result.total), plain_decimal(result.known))
    return fresh == decision.digest and sums == (said["total"], said["known"])


def in_words(content: Mapping) -> str:
    """`87.5 分，满分 100；其中已知部分 66/75`."""
    of = content["of"]
    return f"{content['total']} 分，满分 {of['total']}；其中已知部分 {content['known']}/{of['known']}"
