"""The container: pinned, without root, and with health that the server can answer for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COMPOSE = REPOSITORY / "docker-compose.yml"


def instructions() -> list[tuple[str, str]]:
    """Instruction and argument of each step of the Dockerfile, continued lines joined."""
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def last_stage() -> list[tuple[str, str]]:
    steps = instructions()
    start = max(index for index, (word, _) in enumerate(steps) if word == "FROM")
    return steps[start:]


def pinned(image: str) -> bool:
    return re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*", image) is not None


def test_docker_compose_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_image_is_pinned_to_a_release() -> None:
    bases = [argument.split()[0] for word, argument in instructions() if word == "FROM"]
    images = re.findall(r"^\s+image: (\S+)", COMPOSE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(bases) == 3
    assert [image for image in [*bases, *images] if not pinned(image)] == []


def test_the_image_runs_without_root() -> None:
    users = [argument for word, argument in last_stage() if word == "USER"]
    assert users == ["10001:10001"]
    assert [word for word, _ in last_stage()].index("USER") < [word for word, _ in last_stage()].index("CMD")


def test_the_image_reports_its_health() -> None:
    (check,) = [argument for word, argument in last_stage() if word == "HEALTHCHECK"]
    assert "/health/ready" in check


def test_packages_in_the_image_are_checked_by_hash() -> None:
    installs = [argument for word, argument in instructions() if word == "RUN" and "pip install" in argument]
    assert all("--require-hashes" in install or "--no-deps" in install for install in installs)
    assert any("npm ci" in argument for word, argument in instructions() if word == "RUN")


def test_what_the_image_copies_is_in_the_build_context() -> None:
    allowed = {
        line[1:].strip()
        for line in (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    for word, argument in instructions():
        if word == "COPY" and "--from" not in argument:
            for source in argument.split()[:-1]:
                assert source.split("/")[0] in allowed, source
                assert (REPOSITORY / source).exists(), source
