"""What the house promises about itself: layers, migrations, templates, settings. Read from the source, not from memory."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import models

from cqo_portal import jurisdictions
from cqo_portal.audit.append_only import AppendOnlyModel

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("cqo_portal", "training", "registry", "evaluation", "certificates")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# crispy: words of our own forms with the markup of allauth, and fields it has drawn already.
DRAWN = {"help_text.html", "help_text_and_errors.html", "section.html"}
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)


def within(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_go_down_only():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.django_db
def test_no_change_of_a_model_waits_for_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_itself_has_no_complaint():
    assert run_checks() == []
    assert settings.SILENCED_SYSTEM_CHECKS == []


def test_what_may_only_be_added_is_guarded_by_a_trigger():
    for model in apps.get_models():
        if issubclass(model, AppendOnlyModel):
            assert "append_only" in {t.name for t in model._meta.triggers}, model.__name__
    assert {m.__name__ for m in AppendOnlyModel.__subclasses__()} >= {"Event", "Submission", "Determination"}


def test_nothing_said_is_deleted_with_something_else():
    """A foreign key of ours protects: no cascade takes rows of the record with it."""
    reference = "cqo_portal.reference"  # tables of days and codes: a year takes its days along
    ours = [
        m
        for m in apps.get_models()
        if m.__module__.startswith(PACKAGES) and not m.__module__.startswith(reference)
    ]
    for model in ours:
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                assert field.remote_field.on_delete is models.PROTECT, f"{model.__name__}.{field.name}"


class TestTemplates:
    def offenders(self, pattern: str) -> list[str]:
        wanted = re.compile(pattern, re.IGNORECASE)
        return [f"{within(t)}: {m.group()[:60]}" for t in TEMPLATES for m in wanted.finditer(t.read_text())]

    def test_no_style_and_no_script_stands_in_a_page(self):
        data = r'type="application/json"'
        styled = self.offenders(r"<style\b|\sstyle\s*=")
        assert {each.partition(":")[0] for each in styled} == {
            "templates/mail/page.html"
        }  # mail programmes read no sheet
        assert self.offenders(rf"<script(?![^>]*\bsrc=)(?![^>]*{data})[^>]*>") == []
        assert self.offenders(r"\son(click|load|error|change|submit|input|focus|key\w+|mouse\w+)\s*=") == []
        assert self.offenders(r"javascript:|hx-on|hx-vars|\bjs:") == []

    def test_nothing_is_fetched_from_elsewhere(self):
        from_elsewhere = r"""(src|href|action|url\()\s*=?\s*["'(]?(https?:)?//(?!www\.w3\.org)[^"'\s>]*"""
        assert self.offenders(from_elsewhere) == []
        for sheet in (*(ROOT / "static" / "css").glob("*.css"), *(ROOT / "static" / "js").glob("*.js")):
            assert not re.search(
                r"""(@import|url\(|fetch\(|import\()\s*["']?(https?:)?//""", sheet.read_text()
            ), sheet

    def test_days_and_numbers_are_written_by_our_own_tags_alone(self):
        """One way for each: `day`, `day_long`, `grouped`, …; only machines read `date:"c"`."""
        others = r"""\|\s*(date(?!:"c")|time|floatformat|intcomma|stringformat|localize)\b"""
        assert self.offenders(others) == []
        letters = (ROOT / "templates" / "mail").glob("*/*.txt")
        assert [letter.name for letter in letters if re.search(others, letter.read_text())] == []

    def test_no_page_marks_data_as_safe(self):
        found = self.offenders(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b")
        assert [where for where in found if where.split(":")[0].rsplit("/", 1)[1] not in DRAWN] == []

    def test_no_script_of_ours_writes_markup_or_runs_text(self):
        for script in (ROOT / "static" / "js").glob("*.js"):
            found = re.findall(
                r"\beval\(|new Function|document\.write|insertAdjacentHTML|outerHTML\s*=", script.read_text()
            )
            assert found == [], script.name

    def test_the_search_for_offenders_finds_one(self):
        """The control of the four above."""
        assert self.offenders(r"<html\b") != []


class TestSources:
    def test_a_locked_row_keeps_nobody_from_referring_to_it(self):
        """References are checked at the end of a transaction, when the chain of events is held: a lock on the key of
        their target would wait for whoever waits for the chain."""
        locks = [
            (within(path), call)
            for path in SOURCES
            for call in re.findall(r"select_for_update\([^)]*|FOR (?:NO KEY )?UPDATE", path.read_text())
        ]
        assert len(locks) > 40
        assert [each for each in locks if "no_key=True" not in each[1] and "NO KEY" not in each[1]] == []

    def trees(self):
        return [(within(path), ast.parse(path.read_text())) for path in SOURCES]

    def test_no_branch_asks_which_jurisdiction_it_is_in(self):
        """What differs between jurisdictions stands in their packs; code that asks for a name is a pack's job undone."""
        names = {name for p in jurisdictions.all_packs() for name in (p.jurisdiction, p.edition)}
        assert {"cangzhou", "hubei-2022"} <= names
        found = []
        for where, tree in self.trees():
            if where.startswith("cqo_portal/jurisdictions/"):
                continue
            for node in ast.walk(tree):
                asked = [getattr(node, "test", None), *getattr(node, "ifs", [])]
                asked += [node] if isinstance(node, ast.Compare | ast.MatchValue) else []
                for part in filter(None, asked):
                    said = {n.value for n in ast.walk(part) if isinstance(n, ast.Constant)}
                    found += [f"{where}:{part.lineno}" for name in said & names]
        assert found == []

    def those_who_ask_the_calendar(self) -> set[str]:
        """Sources that name the edition of a day without asking which one an office works by."""
        asks = {"pack_on", "edition_on"}
        return {
            where
            for where, tree in self.trees()
            if not where.startswith("cqo_portal/jurisdictions/")
            for node in ast.walk(tree)
            if asks & {getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "name", None)}
        }

    def test_an_office_works_by_its_own_edition_and_never_by_the_calendars(self):
        """`parties.editions.edition_for` holds an edition back until its rehearsal was opened; the calendar does not.

        Five may ask it: that gate itself, what a city begins with, the pages of rules (nobody's office), the calculations
        of the shell, and applications to a body (no office: it works by the text it is on record for). The search is
        its own control: it finds these five.
        """
        assert self.those_who_ask_the_calendar() == {
            "cqo_portal/parties/editions.py",
            "registry/editions.py",
            "cqo_portal/desk/rulebook/shelf.py",
            "cqo_portal/desk/calculations.py",
            "evaluation/applications/rules.py",
        }

    def test_a_form_names_its_fields(self):
        for where, tree in self.trees():
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    name, value = node.targets[0].id, node.value
                    all_of_them = isinstance(value, ast.Constant) and value.value == "__all__"
                    assert not (name == "fields" and all_of_them), f"{where}:{node.lineno}"

    def test_no_data_is_marked_safe_and_no_text_becomes_code(self):
        banned = {"mark_safe", "eval", "exec", "extra", "RawSQL", "SafeString", "csrf_exempt", "pickle"}
        allowed = {"cqo_portal/ui/templatetags/ui.py"}
        for where, tree in self.trees():
            for node in ast.walk(tree):
                name = getattr(node, "id", None) or getattr(node, "attr", None)
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
                if isinstance(node, ast.Name | ast.Call) and name in banned and where not in allowed:
                    assert not isinstance(node, ast.Call), f"{where}:{node.lineno} {name}"

    def test_documents_are_set_in_one_place(self):
        """Elsewhere WeasyPrint would have its own door, which opens every address and every file."""
        setters = set()
        for where, tree in self.trees():
            for node in ast.walk(tree):
                names = [alias.name for alias in getattr(node, "names", []) if isinstance(alias, ast.alias)]
                if any(
                    name.split(".")[0] == "weasyprint"
                    for name in [getattr(node, "module", None) or "", *names]
                ):
                    setters.add(where)
        assert setters == {"cqo_portal/printing/typesetting.py"}

    def test_sql_is_never_glued_together_from_values(self):
        for where, tree in self.trees():
            for node in ast.walk(tree):
                called = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "execute"
                if (
                    called
                    and node.args
                    and not where.startswith(("cqo_portal/machine/", "cqo_portal/audit/management/"))
                ):
                    assert isinstance(node.args[0], ast.Constant | ast.Name), f"{where}:{node.lineno}"

    def test_the_clock_is_read_at_the_edge_only(self):
        """Rules and arithmetic take the day as an argument."""
        pure = (
            "cqo_portal/jurisdictions/",
            "cqo_portal/parties/",
            *(
                f"evaluation/{name}.py"
                for name in ("agreement", "conflicts", "convening", "frozen", "panel", "scoring")
            ),
            *(
                f"certificates/{name}"
                for name in (
                    "eligibility.py",
                    "grounds.py",
                    "numbering.py",
                    "ornament.py",
                    "setting.py",
                    "sheet.py",
                    "signing/attesting.py",
                    "signing/judging.py",
                    "signing/keys.py",
                    "signing/pades.py",
                    "validity.py",
                    "verification/answer.py",
                    "verification/keys.py",
                    "words.py",
                )
            ),
            "registry/qual",
        )
        for where, tree in self.trees():
            for node in ast.walk(tree):
                if where.startswith(pure) and isinstance(node, ast.Call):
                    assert getattr(node.func, "attr", "") not in ("today", "now", "localdate", "utcnow"), (
                        f"{where}:{node.lineno}"
                    )

    def test_tasks_are_named_in_the_timetable_and_exist(self):
        from cqo_portal.celery import app

        app.loader.import_default_modules()
        for entry in app.conf.beat_schedule.values():
            assert entry["task"] in app.tasks

    def test_the_pinned_dependencies_name_no_place_to_fetch_them_from(self):
        for lock in ("requirements.lock", "requirements-dev.lock"):
            text = (ROOT / lock).read_text(encoding="utf-8")
            assert "--hash=sha256:" in text
            assert re.findall(r"\w+://|--(?:extra-)?index-url|--find-links", text) == []


class TestSettings:
    def test_the_policy_of_content_leaves_no_gap(self):
        rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        assert (
            rules["default-src"]
            == ["'none'"]
            == rules["object-src"]
            == rules["base-uri"]
            == rules["frame-ancestors"]
        )
        assert (
            rules["script-src"]
            == rules["style-src"]
            == rules["form-action"]
            == rules["connect-src"]
            == ["'self'"]
        )
        assert "unsafe" not in str(rules) and "*" not in str(rules)

    def test_every_answer_carries_it(self, client, db):
        for path in ("/rules/", "/accounts/login/", "/nothing/", "/healthz"):
            head = client.get(path).headers
            assert "default-src 'none'" in head["Content-Security-Policy"], path
            assert head["X-Frame-Options"] == "DENY"
            assert head["X-Content-Type-Options"] == "nosniff"
            assert head["Referrer-Policy"] == "same-origin"
            assert head["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "camera=()" in head["Permissions-Policy"]

    def test_limits_and_marks_survive_redis(self):
        cache = settings.CACHES["default"]
        assert cache["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
        assert cache["OPTIONS"]["MAX_ENTRIES"] >= 100_000  # the default of 300 drops counters

    def test_the_order_of_middleware(self):
        order = settings.MIDDLEWARE
        wanted = [
            "SecurityMiddleware",
            "SessionMiddleware",
            "CsrfViewMiddleware",
            "AuthenticationMiddleware",
            "acting",
        ]
        places = [next(n for n, name in enumerate(order) if name.endswith(word)) for word in wanted]
        assert places == sorted(places)
        assert order[-1].endswith("no_store")

    def test_sessions_are_short_and_out_of_reach(self):
        assert settings.SESSION_COOKIE_AGE <= 8 * 3600
        assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY
        assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS <= 2000
        assert (
            settings.PASSWORD_HASHERS
        )  # the tests' own is fast; production's is tested in a process of its own

    def test_production_is_strict(self):
        """In a process of its own, with nothing of the demonstration."""
        asked = (
            "from django.conf import settings as s; import django; django.setup();"
            "print([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.SECURE_SSL_REDIRECT,"
            " s.SECURE_HSTS_SECONDS >= 31536000, s.DEBUG, s.DEMO, s.ALLOWED_HOSTS, s.PASSWORD_HASHERS[0][-20:]])"
        )
        environment = {
            "DJANGO_SETTINGS_MODULE": "cqo_portal.settings",
            "SECRET_KEY": "x" * 60,
            "DATA_KEYS": "a:" + "A" * 43 + "=",
            "DATABASE_URL": "postgres://a@/b",
            "REDIS_URL": "redis://localhost",
            "DEMO": "0",
            "DEBUG": "0",
            "PATH": "/usr/bin:/bin",
        }
        done = subprocess.run(
            [sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        expected = "[True, True, '__Host-sid', True, True, False, False, [], 'Argon2PasswordHasher']"
        assert done.stdout.strip() == expected, done.stderr[-500:]
