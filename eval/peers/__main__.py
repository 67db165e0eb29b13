"""``python -m eval.peers NAME SET FOLDER``: run one system over one set in a process of its own."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from eval.bench.setting import ROOT, SAMPLE, Setting, xquad
from eval.opening import Progress, Request
from eval.peers.peer import Peer, run_peer
from eval.records import Document, Mode, QASet
from eval.run import run_set
from index.loading import read_articles
from index.models.builtin import ensure_builtin
from index.models.encoders import open_encoder

OURS: Final = "hoidap"
PEERS: Final = (OURS, "haystack", "bm25-sentence", "dense-sentence")
SETS: Final = ("sample", "xquad")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the arguments name; the run is kept in FOLDER."""
    parser = argparse.ArgumentParser(prog="python -m eval.peers", description=main.__doc__)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args(arguments)
    questions = question_set(options.set, Setting(options.shared, None, options.limit, _say))
    if options.name == OURS:
        request = Request(questions, Mode.END_TO_END, Path(), folder=options.folder)
        run_set(request, Progress(_say))
        return
    run_peer(open_peer(options.name, questions), questions, options.folder, _say)


def question_set(name: str, setting: Setting) -> QASet:
    """A set that brings its documents, so that every system is given the same texts."""
    if name == "xquad":
        # Every fifth question: some peers take a second and more for each.
        whole = xquad(setting)
        return replace(whole, questions=whole.questions[::5])
    found = setting.load(SAMPLE / "sample.jsonl")
    documents = tuple(
        Document(path.name, article.title, article.text)
        for path in sorted((SAMPLE / "articles").iterdir())
        for article in read_articles(path)
    )
    return replace(found, documents=documents)


def open_peer(name: str, questions: QASet) -> Peer:
    """Load a peer with the set's documents indexed."""
    from eval.peers.best_sentence import Bm25Peer, DensePeer

    if name == Bm25Peer.name:
        return Bm25Peer(questions.documents)
    if name == DensePeer.name:
        return DensePeer(questions.documents, open_encoder())
    from eval.peers.haystack import HaystackPeer
    from eval.peers.hugging_face import exported_reader

    return HaystackPeer(questions.documents, ensure_builtin(_say), exported_reader())


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
