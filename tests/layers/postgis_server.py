"""A PostGIS server of our own: a cluster in a folder that is thrown away, on a free port of this machine, with a password."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

_CLUSTERS = Path("/usr/lib/postgresql")
_PEOPLE = ("postgres", "nobody")
"""Whom the server runs as where the tests run as root, which it refuses."""


class NoServer(Exception):
    """There is no PostGIS on this machine; the message says what is lacking."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    password: str

    def address(self, user: str = "owner", password: str | None = None, database: str = "postgres") -> str:
        """A connection string."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str) -> None:
        """Run statements as the owner of the database."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def postgis_server() -> Iterator[Server]:
    """A server with an empty database that has PostGIS. Raises NoServer where it is not installed."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="zichtkaart-postgis-"))
    person = _person()
    server = Server(_free_port(), secrets.token_hex(8))
    (folder / "password").write_text(server.password)
    if person is not None:
        shutil.chown(folder, person)
        shutil.chown(folder / "password", person)
    options = f"-c listen_addresses=127.0.0.1 -c port={server.port} -c unix_socket_directories={folder} -c fsync=off"
    cluster = ["-D", str(folder / "data")]
    try:
        _run(
            [
                str(programs / "initdb"),
                *cluster,
                "-U",
                "owner",
                "-A",
                "scram-sha-256",
                f"--pwfile={folder / 'password'}",
            ],
            person,
        )
        _run([str(programs / "pg_ctl"), *cluster, "-w", "-l", str(folder / "log"), "-o", options, "start"], person)
        try:
            server.run("CREATE EXTENSION postgis")
            yield server
        finally:
            _run([str(programs / "pg_ctl"), *cluster, "-w", "-m", "immediate", "stop"], person)
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    found = [path.parent for path in _CLUSTERS.glob("*/bin/initdb")]
    with_postgis = [
        path for path in found if Path(f"/usr/share/postgresql/{path.parent.name}/extension/postgis.control").exists()
    ]
    if not with_postgis:
        raise NoServer("PostGIS is not installed (Debian: apt-get install postgresql-15 postgresql-15-postgis-3)")
    return max(with_postgis)


def _person() -> str | None:
    if os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(person for person in _PEOPLE if person in known)


def _run(command: list[str], person: str | None) -> None:
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    # its own session, so that an interrupted test run does not take the server down before it is stopped
    done = subprocess.run(
        command,
        user=person,
        env=environ,
        cwd="/",
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
        stdout=subprocess.PIPE if "initdb" in command[0] else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    if done.returncode != 0:
        raise AssertionError(f"{Path(command[0]).name} failed: {(done.stdout or b'').decode()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
