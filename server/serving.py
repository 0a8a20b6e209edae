"""The server process: a socket, uvicorn on it, and its log."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NoReturn

from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

from server.app import open_app
from server.errors import CannotListen
from server.settings import Settings

KEEP_ALIVE_S: Final = 75
"""Longer than the 60 s for which nginx keeps a connection, so that it is never the server that hangs up first."""

GRACE_S: Final = 10
"""What a request may still take after the server was told to stop."""


def serve(folder: Path, settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve an atlas folder until SIGINT or SIGTERM. ``announce`` gets the address once connections are accepted.

    Raises CannotListen, and whatever says that there is no atlas, before anything is served.
    """
    open_app(settings, folder)  # what is wrong with the atlas is said here, and not by each worker
    with listening(settings.host, settings.port) as listener:
        announce(address_of(listener))
        config = Config(
            partial(open_app, settings, folder),
            factory=True,
            workers=settings.workers,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            proxy_headers=False,  # server.address reads them
            server_header=False,
            access_log=False,  # server.headers has one that does not say who asked
            log_config=logging_config(settings),
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
        )
        signal.signal(signal.SIGTERM, _stop)
        with suppress(KeyboardInterrupt):
            if settings.workers > 1:
                Multiprocess(config, sockets=[listener]).run()
            else:
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
            "zichtkaart.access": {"level": "INFO"},
            "uvicorn": {"handlers": ["stderr"], "level": "INFO" if level == "DEBUG" else "WARNING", "propagate": False},
        },
    }


def _stop(_signal: int, _frame: object) -> NoReturn:
    """To be told to stop is no failure: the process ends with 0."""
    raise SystemExit(0)
