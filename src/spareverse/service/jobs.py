"""The queue of long work: one job at a time, each in a process of its own, remembered in the twin's catalogue."""

from __future__ import annotations

import json
import multiprocessing
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Literal

from spareverse.errors import NotFound
from spareverse.service.worker import work

Status = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
FINISHED: frozenset[str] = frozenset({"done", "failed", "cancelled", "interrupted"})
PATIENCE_SECONDS = 10.0
"""How long a cancelled worker may take to stop by itself before it is ended."""

_TABLE = """
create table if not exists service_jobs (
    id text primary key, kind text not null, title text not null, arguments text not null, status text not null,
    created_at text not null, started_at text, finished_at text, result text, problem text
)
"""


@dataclass(frozen=True)
class Job:
    """One piece of long work. ``progress`` is a share 0..1; ``problem`` is the document of the error it ended with."""

    id: str
    kind: str
    title: str
    arguments: dict[str, Any]
    status: Status = "queued"
    created_at: str = ""
    started_at: str | None = None
    finished_at: str | None = None
    result: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    progress: float = 0.0
    what: str = ""

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    @property
    def seconds(self) -> float | None:
        """Working time so far or in all [s]; None before the start."""
        if self.started_at is None:
            return None
        end = datetime.fromisoformat(self.finished_at) if self.finished_at else datetime.now(UTC)
        return (end - datetime.fromisoformat(self.started_at)).total_seconds()

    @property
    def remaining_seconds(self) -> float | None:
        """Time left if it goes on at the same pace [s]; None while nothing can be said."""
        if self.status != "running" or self.progress < 0.02 or self.seconds is None:
            return None
        return self.seconds * (1 - self.progress) / self.progress

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "seconds": self.seconds, "remaining_seconds": self.remaining_seconds}


@dataclass
class _Running:
    job_id: str
    process: SpawnProcess
    messages: Connection
    cancel: Event
    stop: Event
    cancelled_at: float | None = None
    answer: dict[str, Any] = field(default_factory=dict)


class JobQueue:
    """Jobs in order of arrival, one running at a time (they write the same twin and want the whole machine).

    The owner calls ``step`` a few times a second; it never blocks. One thread at a time uses it: the server's loop.
    Jobs found running when the queue opens were interrupted by a stop of the server and are marked so.
    """

    def __init__(self, twin_path: Path, *, target: Callable[..., None] = work) -> None:
        self._twin_path = twin_path
        self._target = target
        self._context = multiprocessing.get_context("spawn")
        self._running: _Running | None = None
        self._listeners: list[Callable[[Job], None]] = []
        self._database = sqlite3.connect(
            twin_path / "catalogue.sqlite", timeout=30, isolation_level=None, check_same_thread=False
        )
        self._database.row_factory = sqlite3.Row
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=full")
        self._database.execute(_TABLE)
        self._database.execute(
            "update service_jobs set status = 'interrupted', finished_at = ? where status = 'running'", (_now(),)
        )
        self._jobs = {job.id: job for job in map(_from_row, self._rows())}

    def submit(self, kind: str, arguments: Mapping[str, Any], *, title: str) -> Job:
        """Append a job; ``kind`` is one of worker.KINDS and ``arguments`` must be plain JSON values."""
        job = Job(secrets.token_hex(6), kind, title, dict(arguments), created_at=_now())
        self._database.execute(
            "insert into service_jobs (id, kind, title, arguments, status, created_at) values (?, ?, ?, ?, ?, ?)",
            (job.id, kind, title, json.dumps(job.arguments), job.status, job.created_at),
        )
        self._jobs[job.id] = job
        return job

    def all(self) -> list[Job]:
        """All jobs, newest first."""
        return list(reversed(self._jobs.values()))

    def get(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            raise NotFound(f"There is no job {job_id}.")
        return self._jobs[job_id]

    def find(self, kind: str, arguments: Mapping[str, Any]) -> Job | None:
        """The waiting or running job that does the same, so that two pages do not order the same work twice."""
        same = (job for job in self._jobs.values() if job.kind == kind and job.arguments == dict(arguments))
        return next((job for job in same if not job.finished), None)

    def active(self) -> list[Job]:
        return [job for job in self._jobs.values() if not job.finished]

    def cancel(self, job_id: str) -> None:
        """Take a waiting job out of the queue, or ask the running one to stop."""
        job = self.get(job_id)
        if job.status == "queued":
            self._finish(job, "cancelled")
        elif self._running and self._running.job_id == job_id:
            self._running.cancel.set()
            self._running.cancelled_at = time.monotonic()
            self._jobs[job_id] = replace(job, what="Stopping")

    def stop(self, job_id: str) -> None:
        """Ask the running job to end early and keep what it has; one that waits leaves the queue."""
        if self.get(job_id).status == "queued":
            self.cancel(job_id)
        elif self._running and self._running.job_id == job_id:
            self._running.stop.set()
            self._jobs[job_id] = replace(self._jobs[job_id], what="Ending early")

    def repeat(self, job_id: str) -> Job:
        job = self.get(job_id)
        return self.submit(job.kind, job.arguments, title=job.title)

    def on_finished(self, listener: Callable[[Job], None]) -> None:
        self._listeners.append(listener)

    def step(self) -> None:
        """Read what the worker said, close the finished job, start the next one."""
        if self._running is None:
            waiting = next((job for job in self._jobs.values() if job.status == "queued"), None)
            if waiting:
                self._start(waiting)
            return
        self._read(self._running)
        if not self._running.process.is_alive():
            self._read(self._running)
            self._close(self._running)
        elif self._running.cancelled_at and time.monotonic() - self._running.cancelled_at > PATIENCE_SECONDS:
            self._running.process.kill()

    def close(self) -> None:
        """Stop the running worker; its job shows as interrupted after the next start."""
        if self._running:
            self._running.process.kill()
            self._running.process.join()
            self._running = None
        self._database.close()

    def _start(self, job: Job) -> None:
        receiving, sending = self._context.Pipe(duplex=False)
        cancel, stop = self._context.Event(), self._context.Event()
        given = (str(self._twin_path), job.kind, job.arguments, sending, cancel, stop)
        process = self._context.Process(target=self._target, args=given, daemon=True)
        process.start()
        sending.close()
        self._running = _Running(job.id, process, receiving, cancel, stop)
        self._jobs[job.id] = replace(job, status="running", started_at=_now(), what="Starting")
        self._save(self._jobs[job.id])

    def _read(self, running: _Running) -> None:
        try:
            while running.messages.poll():
                message = running.messages.recv()
                if "progress" in message:
                    self._jobs[running.job_id] = replace(
                        self._jobs[running.job_id], progress=float(message["progress"]), what=str(message["what"])
                    )
                else:
                    running.answer = message
        except EOFError:
            return

    def _close(self, running: _Running) -> None:
        running.process.join()
        running.messages.close()
        self._running = None
        job = self._jobs[running.job_id]
        answer = running.answer
        if "result" in answer:
            self._finish(replace(job, result=answer["result"], progress=1.0), "done")
        elif running.cancelled_at is not None:
            self._finish(job, "cancelled")
        else:
            died = {
                "kind": "worker_died",
                "message": "The worker process ended without an answer; the machine may be short of memory.",
                "problems": [],
            }
            self._finish(replace(job, problem=answer.get("problem", died)), "failed")

    def _finish(self, job: Job, status: Status) -> None:
        done = replace(job, status=status, finished_at=_now(), what="")
        self._jobs[job.id] = done
        self._save(done)
        for listener in self._listeners:
            listener(done)

    def _save(self, job: Job) -> None:
        self._database.execute(
            "update service_jobs set status = ?, started_at = ?, finished_at = ?, result = ?, problem = ? where id = ?",
            (job.status, job.started_at, job.finished_at, _dump(job.result), _dump(job.problem), job.id),
        )

    def _rows(self) -> list[sqlite3.Row]:
        return self._database.execute("select * from service_jobs order by created_at, rowid").fetchall()


def _from_row(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        arguments=json.loads(row["arguments"]),
        status=row["status"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        result=json.loads(row["result"]) if row["result"] else None,
        problem=json.loads(row["problem"]) if row["problem"] else None,
        progress=1.0 if row["status"] == "done" else 0.0,
    )


def _dump(value: dict[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, default=str)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
