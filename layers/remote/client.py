"""A polite HTTP client: few requests at a time per host, patience with servers that are busy, and an end to it.

What is retried, and what ``Retry-After`` means, follows RFC 9110 (sections 10.2.3 and 15.6) and RFC 6585 (429).
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from random import SystemRandom
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

import httpx

from layers.problems import InputProblems, Problem
from layers.remote.addresses import Login
from layers.remote.errors import BadAnswer, GaveUp, Passing, Refused, TooManyRows, shown

_PASSING = {408, 425, 429, 500, 502, 503, 504}
_REFUSAL_OF_ROWS = ("10000 records", "10.000 records", "10000 rec")

VARIABLE = "ZICHTKAART_TIMEOUT"
"""The environment variable with the seconds that a server may be silent."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try."""

    tries: int = 5
    """Times one address is asked before giving up."""

    knocks: int = 3
    """The same where no server answers at all: most often there is no network."""

    first_wait_s: float = 0.5
    """Before the second try; doubled each time, with up to as much again by chance."""

    longest_wait_s: float = 120.0
    """A server that asks to wait longer is left alone."""

    connect_s: float = 15.0
    silence_s: float = 30.0
    """For how long nothing may arrive; ``ZICHTKAART_TIMEOUT``."""

    slowest: float = 200.0
    """Bytes a second, over any two minutes, below which an answer counts as stuck."""

    at_a_time: int = 2
    """Requests to one host."""

    @staticmethod
    def read(environ: Mapping[str, str]) -> Patience:
        """The usual, with another silence where the environment names one. Raises InputProblems."""
        text = environ.get(VARIABLE, "").strip()
        if not text:
            return Patience()
        seconds = float(text) if re.fullmatch(r"\d{1,5}(\.\d+)?", text) else 0.0
        if seconds <= 0:
            message = f'{VARIABLE} is "{text}", but must be a number of seconds, such as 30'
            raise InputProblems([Problem("the environment", message)])
        return Patience(silence_s=seconds)


class Client:
    """Asks politely. Safe to use from several threads."""

    def __init__(
        self,
        patience: Patience | None = None,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] | None = None,
        logins: Mapping[str, Login] | None = None,
    ) -> None:
        self.patience = patience or Patience()
        self._logins = logins or {}
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._clock, self._chance = clock, chance or SystemRandom().random
        timeouts = httpx.Timeout(self.patience.silence_s, connect=self.patience.connect_s, pool=None)
        self._http = httpx.Client(timeout=timeouts, follow_redirects=True, headers={"User-Agent": _name()})
        self._places: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(self.patience.at_a_time))
        self._open: list[httpx.Response] = []
        self._door = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def stop(self) -> None:
        """Let every thread that waits for an answer give up, by ending the connections it comes over."""
        self._stopped.set()
        with self._door:
            for response in self._open:
                stream = response.extensions.get("network_stream")
                connection = stream.get_extra_info("socket") if stream is not None else None
                if connection is not None:
                    with suppress(OSError):  # it may have ended by itself
                        connection.shutdown(socket.SHUT_RDWR)

    def read(
        self,
        address: str,
        receive: Callable[[Answer], _Result],
        headers: Callable[[], Mapping[str, str]] | Mapping[str, str] | None = None,
    ) -> _Result:
        """What ``receive`` makes of the answer; it is called again, from the start, after each answer that broke off.

        ``headers`` may be a function, for those that depend on what already came. Raises GaveUp, Refused, TooManyRows and
        BadAnswer.
        """
        for number in range(1, self.patience.tries + 1):
            if self._stopped.is_set():
                raise GaveUp(f"{shown(address)}: the fetch was stopped")
            try:
                with self._answer(address, headers() if callable(headers) else headers or {}) as answer:
                    return receive(answer)
            except Passing as error:
                if number >= (self.patience.knocks if error.is_unreachable else self.patience.tries):
                    raise _gave_up(error, number) from error
                self._wait(error, number)
        raise AssertionError("a client tries at least once")

    def _wait(self, error: Passing, number: int) -> None:
        wait_s = self.patience.first_wait_s * 2 ** (number - 1) * (1 + self._chance())
        if error.wait_s is not None:
            if error.wait_s > self.patience.longest_wait_s:
                message = f"{shown(error.address)}: {error.what}, and asks to come back in {error.wait_s:.0f} seconds"
                raise GaveUp(message) from error
            wait_s = max(error.wait_s, 0.0) + self._chance()  # not all who wait come back in the same instant
        self._sleep(min(wait_s, self.patience.longest_wait_s))

    @contextmanager
    def _answer(self, address: str, headers: Mapping[str, str]) -> Iterator[Answer]:
        login = self._logins.get(urlsplit(address).netloc)
        request = self._http.stream("GET", address, headers=dict(headers), auth=login)
        with self._place(address), _translated(address), request as response, self._kept(response):
            _check(address, response)
            yield Answer(address, response, self._clock, self.patience)

    @contextmanager
    def _kept(self, response: httpx.Response) -> Iterator[None]:
        with self._door:
            self._open.append(response)
        try:
            if self._stopped.is_set():  # it came just after stop() ended all others
                raise GaveUp(f"{shown(str(response.url))}: the fetch was stopped")
            yield
        finally:
            with self._door:
                self._open.remove(response)

    def _place(self, address: str) -> threading.Semaphore:
        with self._door:
            return self._places[urlsplit(address).netloc]


class Answer:
    """An answer of which the body is still to come."""

    def __init__(self, address: str, response: httpx.Response, clock: Callable[[], float], patience: Patience) -> None:
        self.address = address
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        """Names in any case."""

        self._response, self._clock, self._patience = response, clock, patience

    @property
    def arrived(self) -> int:
        """Bytes of the body that came over the line so far, as they were sent: compressed where they were."""
        return self._response.num_bytes_downloaded

    @property
    def length(self) -> int | None:
        """Bytes the body will have, where the server says so."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isdigit() else None

    def chunks(self) -> Iterator[bytes]:
        """The body, piece by piece. Raises Passing when it comes so slowly that it counts as stuck."""
        start, before = self._clock(), 0
        for chunk in self._response.iter_bytes():
            yield chunk
            now = self._clock()
            if now - start > 120:
                if (self.arrived - before) / (now - start) < self._patience.slowest:
                    raise Passing(self.address, "the answer comes too slowly")
                start, before = now, self.arrived


def _name() -> str:
    try:
        return f"zichtkaart/{version('zichtkaart')}"
    except PackageNotFoundError:
        return "zichtkaart"


@contextmanager
def _translated(address: str) -> Iterator[None]:
    """Turn the errors of httpx into ours."""
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise Passing(address, "the server cannot be reached in time", is_unreachable=True) from error
    except httpx.TimeoutException as error:
        raise Passing(address, "the server is silent for too long") from error
    except httpx.ConnectError as error:
        raise Passing(address, f"the server cannot be reached ({error})", is_unreachable=True) from error
    except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
        raise Passing(address, f"the answer broke off ({error})") from error
    except httpx.TooManyRedirects as error:
        raise BadAnswer(f"{shown(address)}: the server sends us around in circles") from error
    except httpx.InvalidURL as error:
        raise BadAnswer(f"{shown(address)}: this is no address ({error})") from error


def _check(address: str, response: httpx.Response) -> None:
    """Raise what an answer's status means, unless it carries what was asked (2xx) or says that nothing changed (304)."""
    status = response.status_code
    if 200 <= status < 300 or status in (304, 416):
        return
    said = f"the server answers {status} ({_phrase(status)})"
    if status == 500:
        begin = _begin(response)
        if any(words in begin for words in _REFUSAL_OF_ROWS):
            raise TooManyRows(f"{shown(address)}: the server gives no more than 10,000 rows at a time")
    if status in _PASSING:
        raise Passing(address, said, _retry_after(response.headers.get("retry-after", "")))
    raise Refused(address, status, said)


def _begin(response: httpx.Response) -> str:
    """The first part of a body that tells what went wrong."""
    content = b""
    for chunk in response.iter_bytes(4096):
        content += chunk
        if len(content) >= 4096:
            break
    return content.decode("utf-8", "replace")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "a status nobody knows"


def _retry_after(text: str) -> float | None:
    """Seconds to wait, from a number or a date (RFC 9110, section 10.2.3)."""
    text = text.strip()
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _gave_up(error: Passing, number: int) -> GaveUp:
    return GaveUp(f"{shown(error.address)}: {error.what}, {number} times in a row; try again later")
