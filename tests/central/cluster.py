"""A throw-away PostgreSQL: a server of its own in a temporary folder, gone when the tests are."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

DEBIAN = Path("/usr/lib/postgresql")  # one folder for each major version
START_SECONDS = 60.0  # the longest a start may take, with the recovery after a crash

# As a real server keeps its promises (fsync, full pages, commits on disk), only smaller.
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "dynamic_shared_memory_type": "mmap",  # files in its folder: what a killed one leaves goes with that
    "recovery_init_sync_method": "syncfs",  # after a crash: one call, not one for each of a thousand files
}
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of ours in it is closed to others
ENOUGH = 4 << 30  # bytes free in memory

# Waits for the end of its standard input, which comes with close() or with the death of the tests.
GUARD = 'read _; kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")" && sleep 1; rm -rf "$0"'


class Cluster:
    """One running server, reached over a socket in its folder by its owner alone.

    It runs under this process's user, or, as PostgreSQL refuses root, under an unprivileged one.
    `with Cluster() as cluster: ...` ends it and removes everything it wrote.

    Its folder is made in `within`: in memory where there is room, as a process that is killed loses
    nothing there either. Who measures what a commit costs gives a folder on a disk; a short one, as
    the path of a socket has 107 characters at most.
    """

    def __init__(self, within: Path | None = None, primary: Cluster | None = None) -> None:
        """With a `primary` it is that one's standby: a copy that follows, and can only be read."""
        self.programs = server_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=within or quickest()))
        self.owner: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = unprivileged()
            self.owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.guard = subprocess.Popen(
            ["sh", "-c", GUARD, self.folder],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.numbers = count(1)
        if primary is None:
            made = "--username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync"
            self.run("initdb", *made.split(), "-D", "data")
        else:
            copied = "--username=postgres --checkpoint=fast --write-recovery-conf --no-sync"
            self.run("pg_basebackup", *copied.split(), "-h", str(primary.folder), "-D", "data")
        self.start()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def url(self, database: str = "postgres") -> str:
        """Where a database is, as SQLAlchemy writes it; `psycopg.connect` wants it without "+psycopg"."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def database(self, template: str = "") -> str:
        """The URL of a new database: empty, or a copy of the one at URL `template`.

        While it is copied nobody may be connected to the template.
        """
        name = f"test_{next(self.numbers)}"
        if self.process is None:  # the test before may have left it so
            self.start()
        with self.connect() as connection:
            copied = name_in(template) if template else "template1"
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {copied}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, and end who is still connected to it."""
        if self.process:
            with self.connect() as connection:
                connection.execute(f"DROP DATABASE {name_in(url)} WITH (FORCE)")

    def leave(self, url: str) -> None:
        """Ends everybody who is connected to a database, and waits until they are gone."""
        with self.connect() as connection:
            asked = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(asked, (name_in(url),))

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection where each statement is a transaction of its own."""
        return psycopg.connect(self.url(database).replace("+psycopg", ""), autocommit=True)

    def start(self) -> None:
        """Start the server and wait until it answers; after a crash it recovers first."""
        until = time.monotonic() + START_SECONDS
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                self.process = self.launch("postgres", "-D", "data", "-k", str(self.folder), *settings)
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"PostgreSQL does not start:\n{self.log()}")

    def stop(self) -> None:
        """End the server in good order: connections are closed, everything is written."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        """End the server and all its processes at once, as when the power goes."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGSTOP)  # so that it starts no other while we count them
            for child in children(self.process.pid):
                os.kill(child, signal.SIGKILL)
            self.process.kill()
            self.process.wait()
        self.process = None

    def wait_for_standby(self) -> None:
        """From now on nothing is committed here before the standby has it, too, and shows it."""
        with self.connect() as connection:
            connection.execute("ALTER SYSTEM SET synchronous_commit = remote_apply")
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")

    def waiting(self) -> bool:
        """Whether a commit here waits for the standby."""
        asked = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        with self.connect() as connection:
            return connection.execute(asked).fetchone() is not None

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Meanwhile no process of the server does anything, nor ends."""
        assert self.process
        processes = [self.process.pid]
        try:
            os.kill(self.process.pid, signal.SIGSTOP)  # so that it starts no other while we count them
            processes += children(self.process.pid)
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def promote(self) -> None:
        """The standby takes the primary's place."""
        with self.connect() as connection:
            connection.execute("SELECT pg_promote(true)")

    def fill_disk(self, size: int) -> None:
        """No file of the server grows beyond `size` bytes until it is started anew."""
        assert self.process
        for process in (self.process.pid, *children(self.process.pid)):
            words = ("prlimit", f"--fsize={size}:{size}", "--pid", str(process))
            subprocess.run(words, stderr=subprocess.DEVNULL, check=False, **self.owner)  # one may have ended

    def close(self) -> None:
        """End the server at once and remove its folder."""
        self.kill()
        (self.folder / "data/postmaster.pid").unlink(missing_ok=True)  # nobody is left to be ended
        self.guard.communicate()

    def log(self) -> str:
        """What the server and its programs have said."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def run(self, program: str, *words: str) -> None:
        if self.launch(program, *words).wait():
            raise RuntimeError(f"{program} failed:\n{self.log()}")

    def launch(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self.programs / program, *words],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, which end it in their order
                **self.owner,
            )


def server_programs(debian: Path = DEBIAN) -> Path:
    """The folder of the newest server's programs; Debian keeps them off the PATH."""
    found = {float(program.parts[-3]): program.parent for program in debian.glob("*/bin/initdb")}
    if found:
        return found[max(found)]
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise FileNotFoundError(
        "The tests start a PostgreSQL of their own, and find none: apt install postgresql"
    )


def name_in(url: str) -> str:
    """The database's name in what `Cluster.url` gives."""
    return url.partition("?")[0].rpartition("/")[2]


def quickest() -> Path | None:
    """Memory, where there is enough of it; None is the folder for temporary files."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None


def unprivileged() -> pwd.struct_passwd:
    """A user for the server, as root may not run it; Debian's package makes one."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def children(process: int) -> list[int]:
    """The processes that this one started."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
    return [int(number) for number in listed.split()]
