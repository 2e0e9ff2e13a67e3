"""A list of officers with their appointments → people, posts, and the facts behind them.

A row is a person and a post. Several rows of one enterprise are one after another in office: each post ends on the
day before the next begins, whatever the order of the rows.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from import_export.fields import Field

from cqo_portal.imports import tidy
from cqo_portal.imports.catalogue import Consequence, Errand
from cqo_portal.imports.enterprises import Area, belongs_to_the_area, chunks, enterprises, remark_another_name
from cqo_portal.imports.people import index_of, new_person, on_record
from cqo_portal.imports.reading import Judged
from cqo_portal.imports.resources import ResourceWork, RowResource
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.vocabulary import Level, Rank
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Organisation, Person
from registry.editions import edition_for
from registry.history import YES
from registry.importing.facts import Facts
from registry.models import Filing, Officer

_MARKS = ("in_decision_layer", "is_top_manager", "is_safety_director")
_PLAIN = ("name", "post", "education", "title", "appointed_on", "term_ends", "filing_number", "filed_on")


class OfficerResource(RowResource):
    organisation = Field(attribute="organisation_id", column_name="organisation")
    person = Field(attribute="person_id", column_name="person")
    office = Field(attribute="office_id", column_name="office")

    class Meta(RowResource.Meta):
        model = Officer
        fields = ("organisation", "person", "office", *_PLAIN, *_MARKS, "ended_on")
        import_id_fields = ("organisation", "person")

    def key_of(self, row: Mapping) -> Hashable:
        return row["organisation"], row["person"]

    def shown(self, field, value: str) -> str:
        if field.attribute in _MARKS:
            return "是" if value in ("1", "True", "true") else "否"
        scale = {"education": Level, "title": Rank}.get(field.attribute)
        return next((member.label for member in scale or () if member.value == value), value)


class OfficerWork(ResourceWork):
    """A row is a person, and the post of that person at an enterprise."""

    resource = OfficerResource

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        self.area = Area(errand.office)
        self.organisations: dict[str, Organisation] = {}
        self.people: dict[str, Person] = {}  # by identity index
        self.names: dict[str, set[str]] = {}  # by identity index: as the office may know them
        self.posts: dict[Any, list[Officer]] = {}  # by organisation
        self.ends: dict[
            int, date
        ] = {}  # by row: posts that a later one of the file or the register has followed

    def title_of(self, row: Judged) -> str:
        parts = (row.values.get("name"), row.values.get("enterprise") or row.values.get("credit_code"))
        return " · ".join(str(part) for part in parts if part)

    # ── judging ──
    def judge(self, rows: Sequence[Judged]) -> None:
        self._look_up(rows)
        taken = self._numbers_taken(rows)
        for row in rows:
            self._judge_identity(row)
            self._judge_term(row)
            self._judge_number(row, taken)
            if row.is_sound("credit_code"):
                organisation = self.organisations.get(row.values["credit_code"])
                if belongs_to_the_area(row, organisation, self.area):
                    remark_another_name(row, organisation)
                    row.values["enterprise"] = organisation.name
                    self._judge_post(row, organisation)

    def _look_up(self, rows: Sequence[Judged]) -> None:
        self.organisations = enterprises(
            row.values["credit_code"] for row in rows if row.is_sound("credit_code")
        )
        self.people = on_record(index_of(row) for row in rows if row.is_sound("identity_number"))
        self.names = self._names_seen()
        self.posts = {}
        for part in chunks(organisation.pk for organisation in self.organisations.values()):
            posts = Officer.objects.filter(organisation__in=part).select_related("person", "organisation")
            for post in posts.order_by("appointed_on", "id"):
                self.posts.setdefault(post.organisation_id, []).append(post)

    def _names_seen(self) -> dict[str, set[str]]:
        """Under which names the office itself knows these people: from posts and cases that lie with it."""
        if self.errand.by is None:
            return {}
        seen: dict[str, set[str]] = {}
        for part in chunks(self.people):
            posts = Officer.objects.visible_to(self.errand.by).filter(person__identity_index__in=part)
            cases = Filing.objects.visible_to(self.errand.by).filter(identity_index__in=part).exclude(name="")
            told = [*posts.values_list("person__identity_index", "name")]
            for index, name in [*told, *cases.values_list("identity_index", "name")]:
                seen.setdefault(index, set()).add(name)
        return seen

    def _numbers_taken(self, rows: Sequence[Judged]) -> dict[str, Officer]:
        numbers = [row.values["filing_number"] for row in rows if row.is_sound("filing_number")]
        posts = Officer.objects.select_related("person")
        return {p.filing_number: p for part in chunks(numbers) for p in posts.filter(filing_number__in=part)}

    def _judge_identity(self, row: Judged) -> None:
        if not row.is_sound("identity_number"):
            return
        number = str(row.values["identity_number"])
        facts = identifiers.facts_of_identity(tidy.kind_of_identity(number), number)
        if facts and row.is_sound("sex") and row.values["sex"] != facts.sex:
            word = "男" if facts.sex == "1" else "女"
            row.refuse("sex", f"性别与身份证号矛盾：号码的第 17 位表示{word}。请核对是性别还是号码填错。")
        # Of somebody who serves elsewhere an office learns nothing by typing a number: the same number is the same person.
        known_as = self.names.get(index_of(row))
        if known_as and row.is_sound("name") and row.values["name"] not in known_as:
            row.refuse("name", "这个身份证号已登记在另一个姓名之下。请核对姓名和号码。")

    def _judge_term(self, row: Judged) -> None:
        if not row.is_sound("appointed_on"):
            return
        began = date.fromisoformat(str(row.values["appointed_on"]))
        if (years := row.values.get("term_years")) and row.values.get("term_ends") is None:
            row.values["term_ends"] = Years(int(years)).last_day_from(began).isoformat()
        if row.values.get("term_ends") is None and not row.refused:
            self._usual_term(row, began)
        if row.is_sound("term_ends") and date.fromisoformat(str(row.values["term_ends"])) < began:
            row.refuse(
                "term_ends" if "term_ends" in row.cells else "appointed_on", "任期至早于聘任日期，请核对。"
            )

    def _usual_term(self, row: Judged, began: date) -> None:
        term = edition_for(self.errand.office, self.errand.today).term
        if term is None:
            row.refuse(
                "appointed_on", "没有写任期，本地规则也没有规定任期；请补上“任期（年）”或“任期至”一列。"
            )
            return
        row.values["term_ends"] = Years(term.normally.count).last_day_from(began).isoformat()
        row.remark("appointed_on", f"没有写任期，按通常的 {term.normally.count} 年计（{term.cites}）。")

    def _judge_number(self, row: Judged, taken: Mapping[str, Officer]) -> None:
        if not row.is_sound("filing_number"):
            return
        held = taken.get(str(row.values["filing_number"]))
        if held and (not row.is_sound("identity_number") or held.person.identity_index != index_of(row)):
            row.refuse("filing_number", "这个备案号已经给了别人，请核对。")

    def _judge_post(self, row: Judged, organisation: Organisation) -> None:
        """What stands in the register already: the same post, or another one that this would follow."""
        if not row.is_sound("appointed_on", "identity_number"):
            return
        began = date.fromisoformat(str(row.values["appointed_on"]))
        for post in self.posts.get(organisation.pk, ()):
            same_person = post.person.identity_index == index_of(row)
            if same_person and post.appointed_on == began:
                if post.filing_id:
                    row.remark("name", f"已经备案（{post.filing_number}），以备案为准，导入不改动。")
            elif same_person and post.ended_on is None:
                said = f"此人已在这家企业任职（{post.appointed_on} 起）；续聘或更正任职日期，请到名录里办理，或报变更备案。"
                row.refuse("appointed_on", said)
            elif post.ended_on is None and post.filing_id and began > post.appointed_on:
                said = f"企业现任的{post.name}经过备案（{post.filing_number}）；换人请报变更备案，不能用导入代替。"
                row.refuse("name", said)

    # ── planning and applying ──
    def known(self, rows: Sequence[Judged]) -> Mapping[Hashable, Any]:
        found = {}
        for row in rows:
            organisation, person = self._parties(row)
            for post in self.posts.get(organisation.pk, ()):
                if (
                    post.person_id == person.pk
                    and post.appointed_on.isoformat() == row.values["appointed_on"]
                ):
                    found[organisation.pk, person.pk] = post
        return found

    def _parties(self, row: Judged) -> tuple[Organisation, Person]:
        """A person nobody knows is made here, with an id, and saved when the rows are applied."""
        index = index_of(row)
        if index not in self.people:
            self.people[index] = new_person(row)
        return self.organisations[str(row.values["credit_code"])], self.people[index]

    def row_of(self, row: Judged) -> dict:
        organisation, person = self._parties(row)
        said = {"organisation": organisation.pk, "person": person.pk}
        if self._stands_on_a_filing(organisation, person, row):
            return said
        said |= {"office": organisation.office_id, "ended_on": self.ends.get(row.number)}
        said |= {name: row.values.get(name) for name in _PLAIN}
        said |= {name: row.values[name] == YES for name in _MARKS if row.values.get(name)}
        return {name: value for name, value in said.items() if value is not None}

    def _stands_on_a_filing(self, organisation: Organisation, person: Person, row: Judged) -> bool:
        return any(
            post.filing_id
            and post.person_id == person.pk
            and post.appointed_on.isoformat() == row.values["appointed_on"]
            for post in self.posts.get(organisation.pk, ())
        )

    def plan(self, rows: Sequence[Judged]) -> list[Consequence]:
        self._look_up(rows)
        self._put_in_order(rows)
        return [self._told(row, told) for row, told in zip(rows, super().plan(rows), strict=True)]

    def _told(self, row: Judged, told: Consequence) -> Consequence:
        if told.outcome == "new" and (end := self.ends.get(row.number)):
            return Consequence(told.outcome, (("离任日期", "", f"{end}（已有后任）"),), told.title)
        return told

    def _put_in_order(self, rows: Sequence[Judged]) -> dict[Any, date]:
        """Of several posts at one enterprise each ends on the day before the next begins.

        Fills `ends` for the rows, and gives the days on which posts of the register end: {post: day}.
        """
        self.ends, relieved = {}, {}
        for organisation, new in self._new_by_organisation(rows).items():
            standing = [p for p in self.posts.get(organisation, ()) if p.ended_on is None]
            line = [(p.appointed_on, 0, p) for p in standing]
            line += [(date.fromisoformat(str(row.values["appointed_on"])), row.number, row) for row in new]
            line.sort(key=lambda one: one[:2])
            for (began, _, one), (following, _, _) in pairwise(line):
                end = max(began, following - timedelta(days=1))
                if isinstance(one, Judged):
                    self.ends[one.number] = end
                else:
                    relieved[one] = end
        return relieved

    def _new_by_organisation(self, rows: Sequence[Judged]) -> dict[Any, list[Judged]]:
        """Rows that make a new post; those of a post that stands already change nobody's days."""
        known, found = self.known(rows), {}
        for row in rows:
            organisation, person = self._parties(row)
            if (organisation.pk, person.pk) not in known:
                found.setdefault(organisation.pk, []).append(row)
        return found

    def apply(self, rows: Sequence[Judged], *, tell: Callable[[int], None]) -> None:
        self._look_up(rows)
        facts = Facts(self.errand)
        for post, day in self._put_in_order(rows).items():
            post.ended_on = day
            post.save(update_fields={"ended_on"})
            facts.of_an_end(post)
        self._save_people(rows)
        for done, (row, _, result) in enumerate(self._through(rows, dry_run=False), start=1):
            self._enter(facts, row, result)
            if done % 100 == 0:
                tell(done)
        facts.enter()

    def _save_people(self, rows: Sequence[Judged]) -> None:
        for row in rows:
            _, person = self._parties(row)
            said = row.values.get("phone")
            if person._state.adding:
                person.phone = said
                person.save()
            elif said and person.phone is None:
                person.phone = said
                person.save(update_fields={"phone"})

    def _enter(self, facts: Facts, row: Judged, result) -> None:
        post = result.instance
        if result.import_type == "new":
            facts.of_a_new_post(post)
            for name, key in (("quality_since", "quality_since"), ("training_certificate", "certificate")):
                if row.values.get(key):
                    facts.also(post, name, str(row.values[key]))
        elif result.import_type == "update":
            facts.of_changes(post, before=result.original)
