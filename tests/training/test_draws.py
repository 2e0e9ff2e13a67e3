"""Audit draws: the population first and for good, the seed on a later day and once, then what was found."""

import hashlib
import io
import json
import re
import subprocess
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused
from tests.cast import browser
from tests.training import rows
from training import drawing, ledger
from training.draw import digest_of, sample
from training.models import Draw, Drawn, Entry, Outcome, Sealed, Stratum

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
SAID = {
    "first_day": date(2026, 11, 1),
    "last_day": TODAY,
    "wanted": 4,
    "announced": "封存次日以后第一期双色球开奖号码",
}
SEED = {
    "seed": "38172125317",
    "seed_source": "双色球第 2026138 期开奖号码",
    "seed_day": TOMORROW,
    "seed_where": "https://www.cwl.gov.cn/",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def tan(people):
    made = rows.provider()
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


def posted(by, many: int, *, name="首席质量官任职培训") -> list[Entry]:
    held = rows.session(by, hours={None: "6"}, name=name)
    for _ in range(many):
        rows.came(held, rows.person())
    rows.posted(held, by=by)
    return list(Entry.objects.filter(session=held).order_by("id"))


@pytest.fixture
def world(people, tan):
    """Five entries of a provider and two of a county."""
    return posted(tan, 5), posted(people.wang, 2)


@pytest.fixture
def frozen(people, world) -> Draw:
    return drawing.freeze(SAID, by=people.meng, today=TODAY)


@pytest.fixture
def seeded(people, frozen, noon) -> Draw:
    noon.shift(timedelta(days=1))
    return drawing.sow(frozen, SEED, by=people.meng, today=TOMORROW)


def looked_at(draw: Draw, *, by, verdict="true") -> None:
    for each in Drawn.objects.filter(stratum__draw=draw):
        drawing.find(each, verdict=verdict, looked_at="签到表原件", after=None, by=by)


# ── freezing ──────────────────────────────────────────────────────────────────────────────────
class TestFreezing:
    def test_the_population_is_written_down_by_organiser(self, frozen, world, people):
        provider, county = world
        assert (frozen.number, frozen.state, frozen.size) == ("CC-130900-2026-0001", "frozen", 7)
        assert [(s.name, s.size, s.share) for s in frozen.strata.order_by("-size")] == [
            ("沧州质量培训学校", 5, 3),
            ("泊头市市场监督管理局（130981）", 2, 1),
        ]
        population = {
            "沧州质量培训学校": [entry.number for entry in provider],
            "泊头市市场监督管理局（130981）": [entry.number for entry in county],
        }
        assert drawing.population_of(frozen.strata.all()) == population
        assert frozen.digest == digest_of(population)
        event = Event.objects.get(action="freeze")
        assert event.data == {"size": 7, "digest": frozen.digest}

    def test_only_what_stands_was_posted_then_and_is_overseen(self, world, people, tan, noon):
        provider, _ = world
        ledger.reverse(provider[0], reason="误登", by=tan)
        posted(rows.provider("别处的学校", username="bo"), 3)
        noon.shift(timedelta(hours=12))  # midnight: the next day
        late = posted(tan, 1)
        made = drawing.freeze(SAID, by=people.meng, today=TOMORROW)
        names = [name for members in drawing.population_of(made.strata.all()).values() for name in members]
        assert len(names) == 6 and not {provider[0].number, late[0].number} & set(names)
        next_day = SAID | {"first_day": TOMORROW, "last_day": TOMORROW}
        assert drawing.freeze(next_day, by=people.meng, today=TOMORROW).size == 1  # the control

    def test_where_there_is_nothing_nothing_is_frozen(self, people):
        with pytest.raises(Refused, match="没有可以抽查的"):
            drawing.freeze(SAID, by=people.meng, today=TODAY)

    def test_cities_and_provinces_draw(self, people, world, tan):
        for other in (people.wang, people.liu, tan):
            with pytest.raises(PermissionDenied):
                drawing.freeze(SAID, by=other, today=TODAY)
        posted(people.meng, 1)
        assert drawing.freeze(SAID, by=people.hao, today=TODAY).size == 1

    def test_names_that_differ_in_a_comma_are_two_strata(self, people):
        for number, name in enumerate(("质量,学校", "质量，学校")):
            by = rows.provider(name, username=f"p{number}")
            rows.commission(by.acting.institution, people.offices["130900"], by=people.meng)
            posted(by, 1)
        made = drawing.freeze(SAID, by=people.meng, today=TODAY)
        assert {s.name for s in made.strata.all()} == {"质量，学校", "质量，学校′"}


# ── the seed ──────────────────────────────────────────────────────────────────────────────────
class TestTheSeed:
    def test_the_sample_is_what_the_pure_function_says(self, seeded):
        population = drawing.population_of(seeded.strata.all())
        found = {}
        for each in Drawn.objects.filter(stratum__draw=seeded).select_related("stratum", "record"):
            found.setdefault(each.stratum.name, []).append(str(each.record))
            told = hashlib.sha256(f"{SEED['seed']}\n{each.record}".encode()).hexdigest()
            assert each.place == told
        assert found == sample(population, seed=SEED["seed"], wanted=4)
        assert [len(names) for names in sorted(found.values(), key=len)] == [1, 3]

    @pytest.mark.parametrize(
        ("today", "seed_day", "said"),
        [
            (TODAY, TODAY, "当天不能录入种子"),
            (TODAY, TOMORROW, "当天不能录入种子"),
            (TOMORROW, TODAY, "已经公布，不能用"),
            (TOMORROW, TODAY - timedelta(days=3), "已经公布，不能用"),
            (TOMORROW, TOMORROW + timedelta(days=1), "公布日期还没有到"),
            (TOMORROW, TOMORROW, None),  # the control
        ],
    )
    def test_what_could_be_known_at_freezing_is_refused(self, frozen, people, today, seed_day, said):
        if said is None:
            assert drawing.sow(frozen, SEED, by=people.meng, today=today).state == "seeded"
            return
        with pytest.raises(Refused, match=said):
            drawing.sow(frozen, SEED | {"seed_day": seed_day}, by=people.meng, today=today)
        frozen.refresh_from_db()
        assert (frozen.state, frozen.seed) == ("frozen", "")

    def test_once_and_by_the_office_alone(self, seeded, people, tan):
        with pytest.raises(Refused, match="现在的状态是“已抽出，核查中”"):
            drawing.sow(seeded, SEED | {"seed": "1"}, by=people.meng, today=TOMORROW)
        for other in (people.hao, people.wang, tan):
            with pytest.raises(PermissionDenied):
                drawing.sow(seeded, SEED, by=other, today=TOMORROW)

    def test_those_who_were_drawn_are_told(self, seeded, tan, people):
        told = Message.objects.filter(kind="draw-seeded", channel="inbox")
        assert {message.recipient for message in told} == {tan, people.wang}

    def test_before_the_seed_it_may_be_cancelled_with_words_and_not_after(self, frozen, people, noon):
        with pytest.raises(Refused, match="请写明理由"):
            drawing.cancel(frozen, reason=" ", by=people.meng, today=TODAY)
        gone = drawing.cancel(frozen, reason="时间写错了", by=people.meng, today=TODAY)
        assert (gone.state, gone.conclusion) == ("cancelled", "时间写错了")
        another = drawing.freeze(SAID, by=people.meng, today=TODAY)
        noon.shift(timedelta(days=1))
        drawing.sow(another, SEED, by=people.meng, today=TOMORROW)
        with pytest.raises(Refused, match="现在的状态是"):
            drawing.cancel(another, reason="不想抽了", by=people.meng, today=TOMORROW)


# ── nothing is changed after the fact ─────────────────────────────────────────────────────────
def run(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


FROZEN_STAYS, SEED_STAYS, OVER = "was frozen and stays", "the seed of draw .* stays", "is over"
ATTACKS = [
    ("UPDATE training_draw SET size = 6", FROZEN_STAYS),
    ("UPDATE training_draw SET digest = repeat('0', 64)", FROZEN_STAYS),
    ("UPDATE training_draw SET wanted = 1", FROZEN_STAYS),
    ("UPDATE training_draw SET frozen_on = '2020-01-01'", FROZEN_STAYS),
    ("UPDATE training_draw SET announced = 'x'", FROZEN_STAYS),
    ("UPDATE training_draw SET first_day = '2020-01-01'", FROZEN_STAYS),
    ("UPDATE training_draw SET seed = '1'", SEED_STAYS),
    ("UPDATE training_draw SET seed = ''", SEED_STAYS),
    ("UPDATE training_draw SET seed_source = 'x'", SEED_STAYS),
    ("UPDATE training_draw SET seed_day = '2026-11-22'", SEED_STAYS),
    ("UPDATE training_draw SET state = 'frozen'", "changed without a record|Invalid transition"),
    ("UPDATE training_draw SET state = 'closed', conclusion = 'x'", "changed without a record"),
    ("DELETE FROM training_draw", "Cannot delete"),
    ("UPDATE training_stratum SET size = size", "Cannot update or delete"),
    ("UPDATE training_stratum SET share = 0", "Cannot update or delete"),
    ("DELETE FROM training_sealed", "Cannot update or delete"),
    ("UPDATE training_sealed SET entry_id = entry_id", "Cannot update or delete"),
    ("DELETE FROM training_drawn", "Cannot update or delete"),
    ("UPDATE training_drawn SET rank = rank + 10", "Cannot update or delete"),
    ("UPDATE training_outcome SET verdict = 'true'", "Cannot update or delete"),
    ("DELETE FROM training_outcome", "Cannot update or delete"),
    (
        "INSERT INTO training_sealed (stratum_id, entry_id) SELECT min(stratum_id), max(entry_id) FROM training_sealed",
        "takes nothing more",
    ),
    (
        "INSERT INTO training_stratum (draw_id, name, size, share, digest, office_id) "
        "SELECT draw_id, 'x', 1, 1, 'x', '130922' FROM training_stratum LIMIT 1",
        "takes nothing more",
    ),
    (
        "INSERT INTO training_drawn (stratum_id, record_id, rank, place) "
        "SELECT r.stratum_id, r.id, 2, repeat('0', 64) FROM training_sealed AS r "
        "WHERE NOT EXISTS (SELECT 1 FROM training_drawn AS n WHERE n.record_id = r.id)",
        "was not drawn by the seed",
    ),
]


class TestTheDatabaseHoldsIt:
    @pytest.fixture
    def found(self, seeded, people):
        looked_at(seeded, by=people.meng, verdict="false")
        run("SET CONSTRAINTS ALL IMMEDIATE")
        return seeded

    @pytest.mark.parametrize(("sql", "said"), ATTACKS, ids=[sql[:60] for sql, _ in ATTACKS])
    def test_no_attempt_to_change_it_succeeds(self, found, sql, said):
        with pytest.raises(DatabaseTrouble, match=said), transaction.atomic():
            run(sql)

    def test_past_the_triggers_it_could_be(self, found):
        """The control: it is they that refuse. The draw's own marks may be touched where nothing forbids it."""
        run("UPDATE training_draw SET moved_at = now()")
        for table in ("training_draw", "training_outcome", "training_sealed"):
            run(
                {
                    "training_draw": "ALTER TABLE training_draw DISABLE TRIGGER USER",
                    "training_outcome": "ALTER TABLE training_outcome DISABLE TRIGGER USER",
                    "training_sealed": "ALTER TABLE training_sealed DISABLE TRIGGER USER",
                }[table]
            )
        run("UPDATE training_draw SET seed = '1', size = 6")
        run("UPDATE training_outcome SET verdict = 'true'")
        run(ATTACKS[21][0])
        assert Draw.objects.get().seed == "1"

    def test_a_seed_together_with_freezing_is_refused(self, people, frozen):
        for wrong in ({"state": "seeded", **SEED, "seeded_on": TOMORROW}, {"seed": "1"}):
            with (
                pytest.raises(DatabaseTrouble, match="begins frozen and without a seed"),
                transaction.atomic(),
            ):
                Draw.objects.create(
                    number="x",
                    office=frozen.office,
                    size=1,
                    digest="x",
                    frozen_on=TODAY,
                    by=people.meng,
                    **SAID | wrong,
                )

    def test_a_draw_without_its_population_is_refused(self, people, frozen):
        with pytest.raises(DatabaseTrouble, match="another population than it has"), transaction.atomic():
            Draw.objects.create(
                number="x", office=frozen.office, size=1, digest="x", frozen_on=TODAY, by=people.meng, **SAID
            )

    def test_a_seed_of_the_day_of_freezing_is_refused_past_python(self, frozen):
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("ALTER TABLE training_draw DISABLE TRIGGER USER")
        for day, taken in (("2026-11-20", False), ("2026-11-21", True)):
            change = (
                "UPDATE training_draw SET state = 'seeded', seed = '1', seed_source = 'x', seed_where = 'x', "
                "seed_day = %s, seeded_on = '2026-11-21'"
            )
            if taken:
                run(change, day)
            else:
                with pytest.raises(DatabaseTrouble, match="seed_comes_on_a_later_day"), transaction.atomic():
                    run(change, day)

    def test_no_outcome_before_the_seed_and_none_after_the_closing(self, seeded, people):
        looked_at(seeded, by=people.meng)
        each = Drawn.objects.first()
        said = {"drawn": each, "verdict": "false", "looked_at": "x", "by": people.meng}
        Outcome.objects.create(**said)  # the control
        drawing.close(seeded, conclusion="没有问题", by=people.meng, today=TOMORROW)
        with pytest.raises(DatabaseTrouble, match="between the seed and the closing"), transaction.atomic():
            Outcome.objects.create(**said)
        with pytest.raises(DatabaseTrouble, match=OVER), transaction.atomic():
            run("UPDATE training_draw SET conclusion = 'x'")

    def test_python_refuses_too(self, found):
        for model in (Stratum, Sealed, Drawn, Outcome):
            with pytest.raises(Unsayable):
                model.objects.first().save()


# ── looking ───────────────────────────────────────────────────────────────────────────────────
class TestLooking:
    def test_a_correction_is_a_further_row_and_the_last_one_holds(self, seeded, people):
        each = Drawn.objects.first()
        first = drawing.find(each, verdict="unclear", looked_at="签到表找不到", after=None, by=people.meng)
        with pytest.raises(Refused, match="刚刚meng记了“无法核实”"):
            drawing.find(each, verdict="true", looked_at="找到了", after=None, by=people.meng)
        drawing.find(each, verdict="true", looked_at="找到了", after=first.pk, by=people.meng)
        assert [o.verdict for o in each.outcomes.all()] == ["true", "unclear"]
        _, whole = drawing.figures_of(seeded, seeded.strata.all())
        assert (whole.true, whole.unclear, whole.open) == (1, 0, 3)

    def test_nobody_who_has_a_part(self, seeded, people, tan):
        each = Drawn.objects.filter(stratum__institution=tan.acting.institution).first()
        said = {"verdict": "true", "looked_at": "签到表", "after": None}
        for other in (people.hao, people.wang, tan):
            with pytest.raises(PermissionDenied):
                drawing.find(each, **said, by=other)
        for part in (
            {"role": Role.OFFICER, "person": each.entry.person},
            {"role": Role.PROVIDER, "institution": tan.acting.institution},
        ):
            mine = Assignment.objects.create(user=people.meng, **part)
            with pytest.raises(PermissionDenied):
                drawing.find(each, **said, by=people.meng)
            mine.delete()
        drawing.find(each, **said, by=people.meng)  # the control

    def test_it_is_closed_once_all_were_looked_at(self, seeded, people, tan):
        with pytest.raises(Refused, match="还有 4 笔没有核查结果"):
            drawing.close(seeded, conclusion="完", by=people.meng, today=TOMORROW)
        looked_at(seeded, by=people.meng, verdict="false")
        closed = drawing.close(seeded, conclusion="全部不实", by=people.meng, today=TOMORROW)
        assert (closed.state, closed.conclusion) == ("closed", "全部不实")
        assert Message.objects.filter(kind="draw-closed", recipient=tan, channel="inbox").count() == 1
        with pytest.raises(Refused, match="不能再记核查结果"):
            drawing.find(Drawn.objects.first(), verdict="true", looked_at="x", after=None, by=people.meng)


# ── nobody waits for a long reckoning ─────────────────────────────────────────────────────────
class TestTheChainIsHeldShortly:
    """Every act of the platform waits for a record until the transaction of the one before it ends."""

    def asked(self, act) -> tuple[list[str], list[str]]:
        """(what was asked before the chain was held, what was asked after)."""
        with CaptureQueriesContext(connection) as questions:
            act()
        told = [each["sql"] for each in questions]
        held = next(n for n, sql in enumerate(told) if "pg_advisory_xact_lock" in sql)
        return told[:held], told[held:]

    def test_the_sample_is_chosen_before(self, frozen, people, noon):
        noon.shift(timedelta(days=1))
        before, after = self.asked(lambda: drawing.sow(frozen, SEED, by=people.meng, today=TOMORROW))
        assert [sql for sql in before if 'FROM "training_sealed"' in sql]
        assert not [sql for sql in after if 'FROM "training_sealed"' in sql]
        assert [sql for sql in after if 'INSERT INTO "training_drawn"' in sql]

    def test_a_population_is_written_and_checked_before(self, world, people):
        before, after = self.asked(lambda: drawing.freeze(SAID, by=people.meng, today=TODAY))
        assert before[-1].startswith("SET CONSTRAINTS ALL IMMEDIATE")
        assert [sql for sql in before if "INSERT INTO training_sealed" in sql]
        assert not [sql for sql in after if "training_" in sql and "INSERT INTO" not in sql]


# ── pages ─────────────────────────────────────────────────────────────────────────────────────
def url(name: str, *args) -> str:
    return reverse(f"training:{name}", args=args)


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


TYPED = {"first_day": "2026-11-01", "last_day": "2026-11-20", "wanted": "4", "announced": "下一期双色球"}
TYPED_SEED = SEED | {"seed_day": "2026-11-21"}


class TestPages:
    def test_from_freezing_to_closing(self, world, people, noon):
        city = browser(people.meng)
        made = city.post(url("draw-new"), TYPED)
        draw = Draw.objects.get()
        assert made.headers["Location"] == draw.get_absolute_url()
        assert "今天封存的，最早明天录入种子" in text(city, draw.get_absolute_url())
        early = city.post(url("draw-seed", draw.pk), TYPED_SEED)
        assert early.status_code == 422 and "当天不能录入种子" in early.content.decode()
        assert SEED["seed_source"] in early.content.decode()
        noon.shift(timedelta(days=1))
        city = browser(people.meng)  # a session ends over night
        assert city.post(url("draw-seed", draw.pk), TYPED_SEED).status_code == 302
        page = text(city, draw.get_absolute_url())
        for each in Drawn.objects.all():
            assert each.place in page and str(each.record) in page
        for each in Drawn.objects.all():
            answer = city.post(
                url("drawn-find", each.pk), {"verdict": "false", "looked_at": "无签到", "after": ""}
            )
            assert answer.status_code == 302
        assert city.post(url("draw-close", draw.pk), {"words": "全部不实"}).status_code == 302
        page = text(city, draw.get_absolute_url())
        assert "全部不实" in page and "100.0" in page

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"first_day": "2026-11-20", "last_day": "2026-11-01"}, "起始日期在截止日期之后"),
            ({"last_day": "2026-11-21"}, "截止日期还没有到"),
            ({"wanted": "0"}, "请填 1 至 5000。"),
            ({"wanted": "5001"}, "请填 1 至 5000。"),
            ({"wanted": "许多"}, "请填整数"),
            ({"announced": ""}, "请写明种子将取自哪一次公开的结果"),
            ({"first_day": "2020-01-01", "last_day": "2020-01-02"}, "没有可以抽查的"),
        ],
    )
    def test_a_wrong_form_freezes_nothing(self, world, people, wrong, said):
        answer = browser(people.meng).post(url("draw-new"), TYPED | wrong)
        assert answer.status_code == 422 and said in answer.content.decode()
        assert not Draw.objects.exists() and not Sealed.objects.exists() and not Stratum.objects.exists()

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            *[
                (writing, "38172125317")
                for writing in (
                    "03 08 17 21 25 31+07",
                    " 03　08 17\t２１ 25 31＋07 ",
                    "3 8 17 21 25 31 7",
                    "03-08-17-21-25-31-07",
                    "红球 03,08,17,21,25,31；蓝球 07",
                    "0308172125310７",
                    "38172125317",
                    "٣٨١٧٢١٢٥٣١٧",
                )
            ],
            ("03 08 17 21 25 31+08", "38172125318"),  # the control: another result
            ("7" * 200, "7" * 200),
            ("123456", "123456"),
            ("103040506", None),
            ("$(rm -rf)", None),
            ("000000000", None),
            ("种子", None),
            ("㉟" * 101, None),
        ],
    )
    def test_however_a_result_is_written_it_is_one_seed(self, frozen, people, noon, typed, kept):
        noon.shift(timedelta(days=1))
        answer = browser(people.meng).post(url("draw-seed", frozen.pk), TYPED_SEED | {"seed": typed})
        frozen.refresh_from_db()
        assert (answer.status_code, frozen.seed) == ((302, kept) if kept else (422, ""))

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("03 08 10", "种子里至少要有六位 1 至 9 的数字。"),
            ("㉟" * 101, "种子里有 202 位 1 至 9 的数字，最多 200 位；请照公布的填。"),
        ],
    )
    def test_a_seed_too_short_or_too_long_is_said_beside_the_field(self, frozen, people, noon, typed, said):
        noon.shift(timedelta(days=1))
        answer = browser(people.meng).post(url("draw-seed", frozen.pk), TYPED_SEED | {"seed": typed})
        assert answer.status_code == 422 and typed in answer.content.decode()
        assert answer.context["form"].errors == {"seed": [said]}

    def test_what_a_colleague_found_meanwhile_is_shown_and_then_followed(self, seeded, people):
        """The form of the page, sent as it is drawn."""
        each, city = Drawn.objects.first(), browser(people.meng)
        form = {"verdict": "false", "looked_at": "无签到", "after": ""}
        drawing.find(each, verdict="unclear", looked_at="签到表找不到", after=None, by=people.meng)
        page = city.post(url("drawn-find", each.pk), form)
        assert page.status_code == 422 and "刚刚meng记了“无法核实”" in page.content.decode()
        assert "无签到" in page.content.decode()
        after = re.search('name="after" value="([0-9]+)"', page.content.decode())[1]
        assert city.post(url("drawn-find", each.pk), form | {"after": after}).status_code == 302
        assert [found.verdict for found in each.outcomes.all()] == ["false", "unclear"]
        late = city.post(url("drawn-find", each.pk), form | {"after": after, "looked_at": "又看了"})
        assert late.status_code == 422  # the control: that one is not the last any more

    def test_an_organiser_sees_its_own_records_only(self, seeded, people, tan, world):
        provider, county = world
        looked_at(seeded, by=people.meng)
        page = text(browser(tan), seeded.get_absolute_url())
        own = [e.number for e in provider if f"{e.number}</" in page]
        assert len(own) == 3 and not [e for e in county if e.number in page]
        assert "泊头市市场监督管理局（130981）" not in page
        listed = text(browser(tan), url("draw-population", seeded.pk))
        stratum = seeded.strata.get(institution=tan.acting.institution)
        assert hashlib.sha256(listed.encode()).hexdigest() == stratum.digest
        assert listed.count("\n") == 6
        other = Drawn.objects.exclude(stratum=stratum).first()
        assert browser(tan).get(other.get_absolute_url()).status_code == 404
        assert "签到表原件" in text(browser(tan), stratum.drawn.first().get_absolute_url())

    def test_the_office_that_opens_a_record_is_noted_and_its_organiser_is_not(self, seeded, people, tan):
        each = Drawn.objects.filter(stratum__institution=tan.acting.institution).first()
        for who in (tan, people.meng, people.meng):
            text(browser(who), each.get_absolute_url())
        look = Event.objects.about(each.entry.session).looks().get()
        assert (look.actor, look.data["what"]) == (people.meng, "名单和学时记录")

    def test_the_office_above_sees_numbers_and_opens_no_record(self, seeded, people):
        page = text(browser(people.hao), seeded.get_absolute_url())
        assert "沧州质量培训学校" in page and "录入种子" not in page
        for each in Drawn.objects.all():
            assert each.get_absolute_url() not in page
            assert browser(people.hao).get(each.get_absolute_url()).status_code == 404

    def test_of_strangers_there_is_none(self, seeded, people):
        for stranger in (people.qing, people.liu, rows.provider("泊头培训中心", username="bo")):
            for name in ("draw", "draw-population", "draw-recipe", "draw-seed"):
                assert browser(stranger).get(url(name, seeded.pk)).status_code == 404

    def test_anybody_reads_numbers_and_no_record(self, seeded, people, world):
        looked_at(seeded, by=people.meng)
        drawing.close(seeded, conclusion="没有问题", by=people.meng, today=TOMORROW)
        page = text(browser(), url("public-draw", seeded.number))
        for shown in (
            seeded.digest,
            SEED["seed"],
            "公布的号码依次只取 1–9，其余略去",
            SEED["seed_source"],
            SEED["seed_where"],
            "属实 4 笔",
            "sha256sum",
        ):
            assert shown in page
        assert "E-0" not in page and "王雪松" not in page
        assert seeded.number in text(browser(), url("public-draws"))
        assert browser().get(url("public-draw", "CC-0-0-0")).status_code == 404

    def test_what_is_untrue_is_reversed_with_the_words_of_the_finding(self, seeded, people, tan):
        city, each = (
            browser(people.meng),
            Drawn.objects.filter(stratum__institution=tan.acting.institution).first(),
        )
        here = each.get_absolute_url()
        assert "冲正这一笔" not in text(city, here)
        refused = city.post(url("drawn-reverse", each.pk), {"reason": "x"})
        assert refused.status_code == 302 and not Entry.objects.exclude(reverses=None).exists()
        city.post(url("drawn-find", each.pk), {"verdict": "false", "looked_at": "当天无人到场", "after": ""})
        assert f"抽查 {seeded.number} 核查不实：当天无人到场" in text(city, here)
        assert "冲正这一笔" not in text(browser(tan), here)
        assert browser(tan).post(url("drawn-reverse", each.pk), {"reason": "x"}).status_code == 403
        city.post(url("drawn-reverse", each.pk), {"reason": "当天无人到场"})
        assert Entry.objects.get(reverses=each.entry).reason == "当天无人到场"
        assert "已冲正" in text(city, here) and "冲正这一笔" not in text(city, here)

    @pytest.mark.parametrize(("many", "needed"), [(1, 10), (3, 10)])
    def test_a_longer_sample_asks_no_more(self, people, tan, noon, many, needed):
        posted(tan, 3), posted(people.wang, 3)
        draw = drawing.freeze(SAID | {"wanted": many}, by=people.meng, today=TODAY)
        noon.shift(timedelta(days=1))
        drawing.sow(draw, SEED, by=people.meng, today=TOMORROW)
        looked_at(draw, by=people.meng)
        client = browser(people.meng)
        client.get(draw.get_absolute_url())
        with CaptureQueriesContext(connection) as questions:
            text(client, draw.get_absolute_url())
        assert len(questions) == needed

    def test_lists_of_draws_ask_no_more_for_three(self, people, world):
        client, asked = browser(people.meng), []
        for more in (1, 2):
            for _ in range(more):
                drawing.freeze(SAID, by=people.meng, today=TODAY)
            for path in (url("draws"), url("public-draws")):
                client.get(path)
                with CaptureQueriesContext(connection) as questions:
                    text(client, path)
                asked.append(len(questions))
        assert asked == [6, 6, 6, 6]


# ── the same sample on another machine ────────────────────────────────────────────────────────
class TestAnotherMachine:
    def drawn(self, draw) -> dict[str, list[str]]:
        found = {}
        for each in Drawn.objects.filter(stratum__draw=draw).select_related("stratum", "record"):
            found.setdefault(each.stratum.name, []).append(str(each.record))
        return found

    def test_the_recipe_as_it_stands_run_by_a_shell(self, seeded, people, tmp_path):
        """Nothing of ours: sha256sum, sort and awk, on the downloaded files."""
        city = browser(people.meng)
        (tmp_path / "名单.csv").write_bytes(text(city, url("draw-population", seeded.pk)).encode())
        recipe = text(city, url("draw-recipe", seeded.pk))
        shell = recipe[recipe.index("seed='") : recipe.index("四、")]
        told = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=True)
        lines = [line.split(",") for line in told.stdout.split()]
        found = {}
        for stratum, place, name in lines:
            found.setdefault(stratum, []).append(name)
            assert Drawn.objects.filter(place=place).exists()
        assert found == self.drawn(seeded)
        digest = subprocess.run(
            ["sha256sum", "名单.csv"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert digest.stdout.split()[0] == seeded.digest

    def test_the_command_needs_no_database(self, seeded, people, tmp_path, django_db_blocker):
        listed = tmp_path / "list.csv"
        listed.write_bytes(text(browser(people.meng), url("draw-population", seeded.pk)).encode())
        expected, out = self.drawn(seeded), io.StringIO()
        published = "03 08 17 21 25 31+07"  # as the newspaper writes it
        with django_db_blocker.block():
            call_command("training", "draw", population=str(listed), seed=published, wanted=4, stdout=out)
        told = json.loads(out.getvalue())
        assert told["digest"] == seeded.digest and told["size"] == 7
        assert {
            name: [each["record"] for each in drawn] for name, drawn in told["sample"].items()
        } == expected

    @pytest.mark.parametrize(
        ("octets", "said"),
        [(None, "打不开"), (b"\xff\xfe", "不是 UTF-8"), (b"a;b\n", "名单读不懂：第 1 行")],
    )
    def test_bad_input_is_a_sentence_and_exit_2(self, tmp_path, octets, said):
        listed, out = tmp_path / "list.csv", io.StringIO()
        if octets is not None:
            listed.write_bytes(octets)
        with pytest.raises(SystemExit, match="2"):
            call_command("training", "draw", population=str(listed), seed="1", wanted=1, stdout=out)
        assert said in json.loads(out.getvalue())["error"]
