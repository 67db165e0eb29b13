"""The section that sets hoidap beside other systems: accuracy, latency and memory in one run."""

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from eval.bench.setting import ROOT, Setting
from eval.peers.__main__ import PEERS, SETS
from eval.records import Run
from eval.storage import load_run
from eval.summary import Summary, summarise
from eval.text_form import interval, markdown_table, measure_name, shown
from index.errors import UserInputError

PEERS_PYTHON: Final = ROOT / ".venv-peers" / "bin" / "python"
_MEASURES: Final = (
    ("retrieval", "recall@1"),
    ("retrieval", "mrr@10"),
    ("answers", "em"),
    ("answers", "f1"),
    ("abstention", "no_answer_recall"),
    ("abstention", "accuracy"),
    ("abstention", "auroc"),
    ("abstention", "coverage_at_80"),
    ("citations", "article_accuracy"),
    ("latency", "p50"),
    ("latency", "p95"),
)


def peers(setting: Setting) -> list[str]:
    """The same questions and documents through hoidap and other systems, each in its own process.

    Raises:
        UserInputError: the peers are not installed, or one of them failed.
    """
    if not PEERS_PYTHON.exists():
        raise UserInputError("The peers are not installed: run `make peers` first")
    lines: list[str] = []
    for name in SETS:
        lines += ["", f"### {name}", "", *_table([_run(peer, name, setting) for peer in PEERS])]
    return lines


def _run(peer: str, name: str, setting: Setting) -> Run:
    setting.say(f"{peer} over {name}")
    limit = [] if setting.limit is None else ["--limit", str(setting.limit)]
    with tempfile.TemporaryDirectory(prefix="hoidap-peer-") as folder:
        command = [str(PEERS_PYTHON), "-m", "eval.peers", peer, name, folder, "--shared", str(setting.shared)]
        done = subprocess.run([*command, *limit], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise UserInputError(f"The peer {peer} failed on {name} ({last}): run {' '.join(command)}")
        return load_run(Path(folder))


def _table(runs: list[Run]) -> list[str]:
    summaries = [summarise(run) for run in runs]
    rows = [
        [measure_name(key), *(_cell(summary, part, key) for summary in summaries)] for part, key in _MEASURES
    ]
    rows.append(["largest resident memory", *(f"{run.info.peak_bytes / 2**20:,.0f} MiB" for run in runs)])
    return markdown_table(["measure", *(run.info.reader or "hoidap" for run in runs)], rows)


def _cell(summary: Summary, part: str, key: str) -> str:
    found = (getattr(summary, part) or {}).get(key)
    return "–" if found is None else f"{shown(key, found.value)} ({interval(key, found)})"
