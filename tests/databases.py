"""Where the tests of the log keep one: a new file, or a schema of its own on a PostgreSQL server that they start.

The server is real. It runs without fsync, in a folder of its own, on a free port of the loopback and as an ordinary
user, and ends with the tests.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest

from jarvis_ai.address import ServerAddress
from jarvis_ai.usage_log.postgres.connection import connect

Place = Path | ServerAddress

ABSENT = "Tests need a PostgreSQL server: install Debian's package postgresql, or put initdb and pg_ctl on the PATH."
PASSWORD = "hush-hush"
"""Nobody asks for it, and nobody may read it."""

SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "50", "listen_addresses": "127.0.0.1"}

_schemas = count(1)


def installed() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest there is."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return found[0] if found else None


def programs() -> Path:
    """The same; their absence fails a test, it skips none."""
    return installed() or pytest.fail(ABSENT, pytrace=False)


class Cluster:
    """A server that was started for the tests, or to be measured."""

    def __init__(self, programs: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        self._programs = programs
        self._settings = settings
        # PostgreSQL refuses to run as root; Debian's package brings a user of its own.
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self.folder = Path(mkdtemp(prefix="jarvis-postgres-"))
        if self._as:
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
        self.data = self.folder / "data"
        self.port = free_port()

    def start(self) -> None:
        self._run(
            "initdb", "-D", str(self.data), "-U", "jarvis", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"
        )
        self.resume()

    def resume(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in self._settings.items())
        options += f" -c port={self.port} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, schema: str = "public") -> ServerAddress:
        """In a schema of its own a test has a database of its own."""
        options = f"options=-csearch_path%3D{schema}"
        return ServerAddress.parse(f"postgresql://jarvis:{PASSWORD}@127.0.0.1:{self.port}/postgres?{options}")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)  # noqa: S603 - PostgreSQL's own


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def new_schema(cluster: Cluster) -> ServerAddress:
    name = f"test_{os.getpid()}_{next(_schemas)}"
    connection = connect(cluster.address())
    connection.execute(f"CREATE SCHEMA {name}")
    connection.close()
    return cluster.address(name)


def elsewhere(place: Place, folder: Path) -> Place:
    """Where there is no log, in the same kind of database."""
    if isinstance(place, ServerAddress):
        return ServerAddress(place.url.replace("search_path%3D", "search_path%3Dno_"))
    return folder / "absent.db"


@contextmanager
def running() -> Iterator[Cluster]:
    """A server of its own."""
    found = Cluster(programs())
    try:
        found.start()
        yield found
    finally:
        found.remove()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The server that all tests share; nobody stops it."""
    with running() as found:
        yield found


@pytest.fixture
def server(cluster: Cluster) -> ServerAddress:
    """An empty database on the server."""
    return new_schema(cluster)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a log may be: a test that takes this holds for both databases."""
    if request.param == "sqlite":
        return tmp_path / "data" / "usage.db"
    address: ServerAddress = request.getfixturevalue("server")
    return address
