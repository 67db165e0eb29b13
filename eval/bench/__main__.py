"""``python -m eval.bench [--only NAME]...``: run the sections and rewrite their blocks of RESULTS.md."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from eval.bench import quality, speed
from eval.bench.peers import peers
from eval.bench.results_file import RESULTS, write_section
from eval.bench.setting import ROOT, Setting
from eval.machine import commit, machine
from index.errors import HoidapError

Section = Callable[[Setting], list[str]]

SECTIONS: Final[Mapping[str, tuple[str, Section]]] = {
    "sample": ("Sample set, end to end", quality.sample),
    "provinces": ("Five real articles, end to end", quality.provinces),
    "xquad-retrieval": ("XQuAD-vi, retrieval", quality.retrieval),
    "xquad-reader": ("XQuAD-vi, reader", quality.reader),
    "xquad-end-to-end": ("XQuAD-vi, end to end", quality.end_to_end),
    "latency": ("Latency and memory on five articles", speed.latency),
    "large": ("Latency over 100,000 passages", speed.large),
    "indexing": ("Indexing", speed.indexing),
    "peers": ("Beside other systems", peers),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen sections; the exit code is 1 if one could not be run."""
    options = _parser().parse_args(arguments)
    setting = Setting(options.shared, options.reader, options.limit, _say)
    failed = 0
    for name in options.only or SECTIONS:
        try:
            run_section(name, setting, options.results)
        except HoidapError as error:
            _say(f"{name}: {error}")
            failed = 1
    return failed


def run_section(name: str, setting: Setting, results: Path) -> None:
    """Run one section and write its block."""
    title, section = SECTIONS[name]
    _say(f"== {title}")
    started = time.perf_counter()
    lines = section(setting)
    minutes = (time.perf_counter() - started) / 60
    command = f"python -m eval.bench --only {name}"
    command += f" --reader {setting.reader}" if setting.reader else ""
    command += f" --limit {setting.limit}" if setting.limit else ""
    day = datetime.now(UTC).date()
    about = f"Commit {commit()}, {day}, {machine()}; `{command}`, {minutes:.1f} minutes."
    write_section(
        name, [f"## {title}", "", (section.__doc__ or "").partition("\n")[0], "", about, "", *lines], results
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description=main.__doc__)
    parser.add_argument("--only", action="append", choices=SECTIONS, metavar="NAME", help=", ".join(SECTIONS))
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the test data is")
    parser.add_argument("--reader", help="name or path of the reader")
    parser.add_argument("--limit", type=int, help="questions of each set")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file to rewrite")
    return parser


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
