"""The server process: a socket, uvicorn on it, and its log."""

from __future__ import annotations

import errno
import logging.config
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from uvicorn import Config, Server

from server.app import open_app
from server.connection import KEEP_ALIVE_S, Connection
from server.errors import CannotListen
from server.fast_connection import FastConnection
from server.metrics import SharedCounts
from server.settings import Settings
from server.site import Site
from server.workers import run_workers


def serve(folders: Sequence[Path], settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve atlas folders until SIGINT or SIGTERM. ``announce`` gets the address once connections are accepted.

    Raises CannotListen, and whatever says that there is no atlas, before anything is served.
    """
    site = open_app(settings, *folders)
    with listening(settings.host, settings.port) as listener:
        announce(address_of(listener))
        if settings.workers == 1:
            _run(site, listener)
            return
        with TemporaryDirectory(prefix="zichtkaart-") as counts:
            site.shared = SharedCounts(Path(counts))
            site.parent = os.getpid()
            logging.config.dictConfig(logging_config(settings))
            run_workers(settings.workers, lambda: _run(site, listener), settings.grace_seconds)


def _run(site: Site, listener: socket.socket) -> None:
    """Serve in this process."""
    settings = site.settings
    config = Config(
        site,
        loop="uvloop",
        http=FastConnection if settings.fast_path else Connection,
        ws="none",
        lifespan="on",
        proxy_headers=False,  # server.address reads them
        server_header=False,
        access_log=False,  # server.access_log is one that does not say who asked
        log_config=logging_config(settings),
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=settings.grace_seconds,
    )
    signal.signal(signal.SIGTERM, _stop)
    with suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket that accepts connections already: they wait until the server takes them. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        raise CannotListen(_refusal(host, port, error)) from error


def _refusal(host: str, port: int, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"port {port} on {host} is in use by another program; choose another one with --port"
    if number == errno.EACCES:
        return f"port {port} needs more rights than this program has; choose one above 1023 with --port"
    # Errors of name resolution have numbers below zero.
    if number is None or number < 0 or number == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine; use 127.0.0.1 for itself only or 0.0.0.0 for every network"
    return f"the server cannot listen on {host}, port {port}: {error}"


def address_of(listener: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def logging_config(settings: Settings) -> dict[str, Any]:
    """Lines on standard error with time and level; what uvicorn tells about itself only where debugging."""
    level = settings.log.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            "zichtkaart": {"handlers": ["stderr"], "level": level, "propagate": False},
            "zichtkaart.connection": {"level": "DEBUG" if level == "DEBUG" else "ERROR"},
            "uvicorn": {"handlers": ["stderr"], "level": "INFO" if level == "DEBUG" else "WARNING", "propagate": False},
        },
    }


def _stop(_signal: int, _frame: object) -> NoReturn:
    """To be told to stop is no failure: the process ends with 0."""
    raise SystemExit(0)
