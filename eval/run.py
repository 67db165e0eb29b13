"""Run a set: open what is measured, ask every question, keep each outcome as it comes."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from eval import storage
from eval.asking import warm_up
from eval.machine import machine, peak_memory
from eval.opening import Opened, Progress, Request, open_request
from eval.records import Outcome, Run, RunInfo
from index.config import model_cache_directory


class Interrupted(Exception):
    """Ctrl-C: ``done`` of ``total`` questions are finished and kept."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__(done, total)
        self.done = done
        self.total = total


def run_set(request: Request, progress: Progress) -> tuple[Run, Path]:
    """Run a set, or go on with an unfinished run of the same set, mode, index and reader.

    Returns:
        The run and the folder that it is kept in.

    Raises:
        HoidapError: set, index or models cannot be used.
        Interrupted: Ctrl-C.
    """
    with ExitStack() as stack:
        opened = open_request(request, progress, stack)
        info = _info(request, opened)
        folder = request.folder or default_folder(info)
        return collect(opened, info, folder, progress), folder


def collect(opened: Opened, info: RunInfo, folder: Path, progress: Progress) -> Run:
    """Ask what is not yet asked and finish the run.

    Raises:
        Interrupted: Ctrl-C; the outcomes so far are in the folder.
    """
    done = storage.begin(folder, info, opened.questions)
    total = len(opened.questions)
    if done:
        progress.say(f"going on with {folder}: {len(done)} of {total} questions are done")
    try:
        _ask_all(opened, done, folder, progress.count)
    except KeyboardInterrupt:
        raise Interrupted(len(done), total) from None
    outcomes = tuple(done[question.id] for question in opened.questions)
    finished = replace(info, peak_bytes=peak_memory(), finished=True)
    run = Run(finished, opened.questions, outcomes)
    storage.finish(folder, run)
    return run


def _ask_all(
    opened: Opened, done: dict[str, Outcome], folder: Path, count: Callable[[int, int], None]
) -> None:
    missing = [question for question in opened.questions if question.id not in done]
    warm_up(opened.ask, missing)
    for question in missing:
        outcome = opened.ask(question)
        storage.append(folder, outcome)
        done[question.id] = outcome
        count(len(done), len(opened.questions))


def _info(request: Request, opened: Opened) -> RunInfo:
    told = (request.questions.digest, request.mode, len(opened.questions), request.reader, opened.reader)
    key = hashlib.sha256(repr((*told, opened.encoder, opened.threshold, opened.fingerprint)).encode())
    return RunInfo(
        set_name=request.questions.name,
        mode=request.mode,
        n=len(opened.questions),
        key=key.hexdigest()[:16],
        reader=opened.reader,
        encoder=opened.encoder,
        threshold=opened.threshold,
        version=metadata.version("hoidap"),
        machine=machine(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def default_folder(info: RunInfo) -> Path:
    """Where a run is kept that was not given a folder."""
    return model_cache_directory() / "runs" / f"{info.set_name}-{info.mode}-{info.key}"
