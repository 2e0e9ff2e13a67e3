"""What a report says, put for keeping and for reading: labels and words as they were, what changed, what it counts."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django import forms

from registry.content import Line, Part
from registry.models import Officer
from registry.reports.form import ReportForm
from registry.reports.schedule import owed_of
from registry.reports.sections import key_of, points_in_words


def content_of(form: ReportForm, *, typed: Mapping) -> dict:
    """The words of one version, complete in themselves: later forms and registers do not change them.

    {"posts": [record of a post], "said": {section: {field: value}}, "parts": [[code, title, [[key, label, words]]]],
    "typed": {input name: [values]}}
    """
    said = form.said()
    return {
        "posts": [record_of(post) for post in form.posts],
        "said": said,
        "parts": parts_of(form, said),
        "typed": dict(typed),
    }


def record_of(post: Officer) -> dict:
    return {
        "post": str(post.pk),
        "name": post.name,
        "position": post.post,
        "appointed_on": post.appointed_on.isoformat(),
        "term_ends": post.term_ends.isoformat(),
        "ended_on": post.ended_on.isoformat() if post.ended_on else "",
    }


def post_in_words(record: Mapping) -> str:
    ended = f"，{record['ended_on']} 离任" if record["ended_on"] else ""
    position = f"（{record['position']}）" if record["position"] else ""
    return f"{record['name']}{position}　{record['appointed_on']} 任职{ended}，任期至 {record['term_ends']}"


def parts_of(form: ReportForm, said: Mapping) -> list:
    """Every section as [code, title, [[key, label, words]]]; JSON-ready."""
    found = []
    for section in form.sections:
        lines = [
            [f"{section.code}.{name}", str(field.label), words(field, said[section.code].get(name))]
            for name, field in section.fields.items()
        ]
        if section.code == "officers":
            lines.insert(0, ["officers.register", "名录记载", "\n".join(_posts_in_words(form.posts))])
        if section.code == "appraisal":
            lines += list(_points(form, said["appraisal"]))
        found.append([section.code, section.title, lines])
    return found


def _posts_in_words(posts: Sequence[Officer]) -> list[str]:
    return [post_in_words(record_of(post)) for post in posts]


def _points(form: ReportForm, said: Mapping):
    scheme = form.schedule.pack.appraisal if form.schedule.pack else None
    for post in form.posts if scheme else ():
        total = points_in_words(said, scheme=scheme, key=key_of(post))
        yield [f"appraisal.{key_of(post)}_points", f"{post.name}：考核得分", total]


def words(field: forms.Field, value) -> str:
    """A stored value as a person reads it."""
    if value in (None, ""):
        return ""
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))
    return str(value)


def read(parts: list, *, before: list | None = None) -> list[Part]:
    """For the read view; with `before`, each line carries what it said there. Empty lines are left out."""
    then = {key: said for _, _, lines in before or [] for key, _, said in lines}
    found = []
    for code, title, lines in parts:
        shown = []
        for key, label, said in lines:
            old = then.get(key, "") if before is not None else said
            if said or old:
                shown.append(Line(key, label, said, None if old == said else old or "（空）"))
        found.append(Part(code, title, tuple(shown)))
    return found


def differences(parts: list, before: list | None) -> list[Line]:
    """The lines that say something else than `before`, each with its old words."""
    if before is None:
        return []
    return [line for part in read(parts, before=before) for line in part.lines if line.changed]


def register_differs(content: Mapping, posts: Sequence[Officer]) -> list[str]:
    """What the register says now where it is not what the report was built on."""
    then, now = content["posts"], [record_of(post) for post in posts]
    gone = [f"报告所列、名录现在没有：{post_in_words(r)}" for r in then if r not in now]
    return gone + [f"名录现在记载：{post_in_words(r)}" for r in now if r not in then]


def summary_of(form: ReportForm, said: Mapping) -> dict[str, int]:
    """What the roll-up counts of this version; see `figures.SAID`."""
    found = dict.fromkeys(("hours_met", "hours_unmet", "renewed", "dismissed", "rewarded"), 0)
    for post in form.posts:
        if (met := hours_met(form, said["hours"], post)) is not None:
            found["hours_met" if met else "hours_unmet"] += 1
        decision = said["appraisal"].get(f"{key_of(post)}_decision")
        if decision in found:
            found[decision] += 1
    declared = said["incidents"]
    return found | {"incidents": int(declared.get("count") or 0) if declared.get("had") == "yes" else 0}


def hours_met(form: ReportForm, said: Mapping, post: Officer) -> bool | None:
    """Whether the post's hours suffice; None where nothing is owed, or the post ended before the year did."""
    year = form.schedule.year
    owed = owed_of(form.schedule.pack, appointed_on=post.appointed_on, year=year)
    if not owed or (post.ended_on and post.ended_on <= date(year, 12, 30)):
        return None  # [READ] the texts do not say what a part of a last year owes
    return all(each.given(Decimal(said.get(f"{key_of(post)}_{each.duty.key}") or 0)).met for each in owed)
