from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spareverse.errors import NotFound
from spareverse.service.jobs import Job, JobQueue
from tests.unit.service import workers

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spawned worker finds its stand-ins by the path it inherits."""
    monkeypatch.syspath_prepend(str(REPOSITORY))


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[JobQueue]:
    opened = JobQueue(tmp_path, target=workers.work)
    yield opened
    opened.close()


def finished(queue: JobQueue, job: Job, seconds: float = 240.0) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        queue.step()
        if queue.get(job.id).finished:
            return queue.get(job.id)
        time.sleep(0.02)
    raise AssertionError(f"the job is still {queue.get(job.id)}")


def running(queue: JobQueue, job: Job) -> None:
    while queue.get(job.id).progress == 0:
        assert not queue.get(job.id).finished
        queue.step()
        time.sleep(0.02)


def test_a_job_ends_with_its_result_and_is_remembered(queue: JobQueue, tmp_path: Path) -> None:
    told: list[str] = []
    queue.on_finished(lambda job: told.append(job.id))
    job = finished(queue, queue.submit("echo", {"value": 7}, title="Echo"))
    assert (job.status, job.result, job.progress) == ("done", {"value": 7}, 1.0)
    assert told == [job.id]
    again = JobQueue(tmp_path, target=workers.work)
    assert again.get(job.id).result == {"value": 7}
    again.close()


def test_jobs_run_one_after_the_other_in_the_order_they_came(queue: JobQueue) -> None:
    first, second = (queue.submit("echo", {"value": value}, title="Echo") for value in (1, 2))
    finished(queue, first)
    assert queue.get(second.id).status == "queued"
    finished(queue, second)
    assert [job.id for job in queue.all()] == [second.id, first.id]


def test_an_error_of_the_product_comes_back_as_its_document(queue: JobQueue) -> None:
    job = finished(queue, queue.submit("reject", {}, title="Reject"))
    assert job.status == "failed"
    assert job.problem is not None
    assert job.problem["kind"] == "input_rejected"
    assert job.problem["problems"][0]["remedy"] == "Fill it in."


def test_a_worker_that_dies_fails_its_job_and_not_the_queue(queue: JobQueue) -> None:
    job = finished(queue, queue.submit("die", {}, title="Die"))
    assert job.status == "failed"
    assert job.problem is not None
    assert job.problem["kind"] == "worker_died"
    assert finished(queue, queue.submit("echo", {"value": 1}, title="Echo")).status == "done"


def test_cancelling_stops_the_running_job_and_takes_waiting_ones_out(queue: JobQueue) -> None:
    long, waiting = queue.submit("wait", {}, title="Wait"), queue.submit("echo", {"value": 1}, title="Echo")
    running(queue, long)
    queue.cancel(waiting.id)
    queue.cancel(long.id)
    assert queue.get(waiting.id).status == "cancelled"
    assert finished(queue, long).status == "cancelled"


def test_ending_a_job_early_keeps_what_it_has(queue: JobQueue) -> None:
    long, waiting = queue.submit("wait", {}, title="Wait"), queue.submit("echo", {"value": 1}, title="Echo")
    running(queue, long)
    queue.stop(waiting.id)
    queue.stop(long.id)
    assert queue.get(waiting.id).status == "cancelled"
    done = finished(queue, long)
    assert (done.status, done.result) == ("done", {"kept": True})


def test_a_job_cut_off_by_a_stop_of_the_server_is_interrupted_and_a_waiting_one_still_runs(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path, target=workers.work)
    cut, waiting = queue.submit("wait", {}, title="Wait"), queue.submit("echo", {"value": 1}, title="Echo")
    running(queue, cut)
    queue.close()
    reopened = JobQueue(tmp_path, target=workers.work)
    assert reopened.get(cut.id).status == "interrupted"
    assert finished(reopened, reopened.get(waiting.id)).status == "done"
    reopened.close()


def test_the_same_work_is_found_while_it_is_under_way(queue: JobQueue) -> None:
    job = queue.submit("echo", {"value": 3}, title="Echo")
    assert queue.find("echo", {"value": 3}) == job
    finished(queue, job)
    assert queue.find("echo", {"value": 3}) is None
    repeated = queue.repeat(job.id)
    assert (repeated.arguments, repeated.status) == ({"value": 3}, "queued")


def test_an_unknown_job_is_not_found(queue: JobQueue) -> None:
    with pytest.raises(NotFound):
        queue.get("none")


def test_jobs_live_in_the_catalogue_of_the_twin(queue: JobQueue, tmp_path: Path) -> None:
    queue.submit("echo", {"value": 1}, title="Echo")
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as database:
        assert database.execute("select count(*) from service_jobs").fetchone() == (1,)
    database.close()
