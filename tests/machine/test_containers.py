"""The containers, as far as they can be judged without running one: roles, secrets, health, users."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from cqo_portal.machine.embedded import OWNER, WEB

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = ("prepare", "web", "worker", "beat")
SECRETS = ("SECRET_KEY", "DATA_KEYS", "OWNER_PASSWORD", "WEB_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE)["services"]


def test_the_six_services_are_there(services):
    assert set(services) == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "redis"])
def test_every_lasting_service_has_a_health_check_and_restarts(services, name):
    assert services[name]["healthcheck"]["test"]
    assert services[name]["restart"] == "unless-stopped"


def test_nothing_serves_before_the_database_is_prepared(services):
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    assert services["prepare"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_only_the_preparation_knows_the_owner(services):
    assert services["prepare"]["environment"]["DATABASE_URL"].startswith(f"postgres://{OWNER}:")
    for name in ("web", "worker", "beat"):
        assert services[name]["environment"]["DATABASE_URL"].startswith(f"postgres://{WEB}:")
        assert "OWNER" not in str(services[name])


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_has_no_default_and_stops_compose_when_it_is_missing(secret):
    uses = re.findall(rf"(?<!\$)\$\{{{secret}([^}}]*)\}}", COMPOSE)
    assert uses
    assert all(use.startswith(":?") for use in uses)
    assert re.search(rf"^{secret}=$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def test_production_is_not_a_demonstration(services):
    for name in OURS:
        assert "DEMO" not in services[name]["environment"]
        assert "DEBUG" not in services[name]["environment"]


def test_the_web_server_is_reached_through_a_proxy_on_this_machine_only(services):
    assert services["web"]["ports"] == ["127.0.0.1:${PORT:-8000}:8000"]
    assert not [name for name in ("postgres", "redis") if "ports" in services[name]]


@pytest.mark.parametrize("name", OURS)
def test_our_processes_can_write_nothing_but_the_files(services, name):
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["files:/srv/cqo-portal/var/files"]


def test_the_worker_alone_has_the_signing_key_and_who_checks_the_certificate(services):
    having = {kind: {name for name in OURS if kind in services[name]} for kind in ("secrets", "configs")}
    assert having == {"secrets": {"worker"}, "configs": {"web", "worker"}}
    (key,), (certificate,) = services["worker"]["secrets"], services["web"]["configs"]
    said = services["web"]["environment"]
    assert said["SIGNING_KEY"] == f"/run/secrets/{key['target']}"
    assert said["SIGNING_CERTIFICATE"] == certificate["target"]
    assert services["worker"]["configs"] == [certificate]
    files = yaml.safe_load(COMPOSE)
    assert files["secrets"][key["source"]]["file"].startswith("${SIGNING_KEY_FILE:?")
    assert files["configs"][certificate["source"]]["file"].startswith("${SIGNING_CERTIFICATE_FILE:?")


def commands(services: dict[str, Any]) -> list[list[str]]:
    found = [services[name]["command"] for name in ("prepare", "worker", "beat")]
    found += [services[name]["healthcheck"]["test"][1:] for name in ("web", "worker")]
    return [*found, *(eval(text) for text in re.findall(r"^(?:  )?CMD (\[.*\])$", DOCKERFILE, re.MULTILINE))]


def test_every_command_names_a_module_or_program_that_exists(services):
    assert len(commands(services)) == 7
    for command in commands(services):
        module = command[2] if command[:2] == ["python", "-m"] else command[0]
        assert find_spec(module), command
        for part in command:
            if re.fullmatch(r"cqo_portal\.\w+:\w+", part):
                assert find_spec(part.split(":")[0]), command


def test_the_image_runs_as_a_user_that_does_not_own_the_code():
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["cqo"]
    assert "--chown=root:root . ." in DOCKERFILE
    last_root_step = DOCKERFILE.rindex("\nRUN ")
    assert DOCKERFILE.index("\nUSER cqo") > last_root_step


def test_the_image_installs_by_hash_and_bakes_no_secret():
    assert "--require-hashes" in DOCKERFILE
    kept = " ".join(re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)) + " ".join(
        re.findall(r"^ARG (.*)$", DOCKERFILE, re.MULTILINE)
    )
    assert not [secret for secret in SECRETS if secret in kept]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", "var", ".git"} <= set(ignored)


def test_the_two_roles_are_made_as_on_the_embedded_server():
    script = yaml.safe_load(COMPOSE)["configs"]["roles"]["content"]
    assert f"CREATE ROLE {OWNER} LOGIN PASSWORD :'owner';" in script
    assert f"CREATE ROLE {WEB} LOGIN PASSWORD :'web';" in script
    assert "SUPERUSER" not in script
    assert shlex.split(script.splitlines()[0])[0] == "psql"


def test_the_reference_of_settings_names_every_setting():
    """`.env.example` is the reference: whatever settings.py reads from the environment stands in it."""
    source = (ROOT / "cqo_portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source))
    named = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    assert read - named == set()
