"""The plain peers: where they cut, what they answer, how their runs are kept."""

from pathlib import Path

import numpy as np
import pytest

from eval.peers.best_sentence import DensePeer, best_sentence, passages_of, sentences_of
from eval.peers.peer import Found, run_peer
from eval.records import QA, Document, QASet
from eval.storage import load_run
from tests.eval.conftest import BagEncoder

TEXT = "Câu một dài. Câu hai ngắn. Câu ba có 3 chữ. Câu bốn. Câu năm. Câu sáu nói về Huế."
DOCUMENTS = (Document("a", "", TEXT), Document("b", "", "Không có gì."))


def test_passages_have_five_sentences_and_stand_in_their_document() -> None:
    pieces = passages_of(DOCUMENTS)
    assert [piece.text for piece in pieces] == [TEXT[:61], "Câu sáu nói về Huế.", "Không có gì."]
    assert [piece.text for piece in sentences_of(pieces[0])][:2] == ["Câu một dài.", "Câu hai ngắn."]
    assert all(
        piece.document.text[piece.start : piece.end] == piece.text for piece in sentences_of(pieces[1])
    )


def test_the_best_sentence_of_the_best_passage_is_the_answer() -> None:
    pieces = passages_of(DOCUMENTS)
    found = best_sentence(
        pieces,
        np.array([2.0, 1.0, 3.0]),
        lambda candidates: np.array([float(len(c.text)) for c in candidates]),
        lambda score: score / 4,
    )
    assert found == Found("Không có gì.", "b", 0, 12, 0.75, (("b", 3.0), ("a", 2.0)))


def test_the_dense_peer_finds_the_sentence_with_the_questions_words() -> None:
    found = DensePeer(DOCUMENTS, BagEncoder()).ask("Câu nào nói về Huế?")
    assert (found.text, found.document) == ("Câu sáu nói về Huế.", "a")
    assert 0.0 < found.confidence <= 1.0


def test_a_peers_run_is_kept_like_ours(tmp_path: Path) -> None:
    questions = QASet("s", "d", (QA("q", "Huế?", ("Huế",), (("a", 1),)), QA("r", "Ai?", ())), DOCUMENTS)

    class Fixed:
        name = "fixed"

        def ask(self, question: str) -> Found:
            if question == "Ai?":
                return Found(None, None, 0, 0, 0.1, ())
            return Found("Huế", "a", TEXT.index("Huế"), TEXT.index("Huế") + 3, 0.9, (("a", 1.0),))

    run = run_peer(Fixed(), questions, tmp_path, lambda line: None)
    first, second = run.outcomes
    assert (first.answer, first.citations[0].verbatim) == ("Huế", True)
    assert first.citations[0].context == "Câu sáu nói về Huế."
    assert (second.answer, second.citations) == (None, ())
    assert load_run(tmp_path) == run


def test_the_bm25_peer_prefers_rare_words() -> None:
    pytest.importorskip("rank_bm25", reason="installed with the peers only")
    from eval.peers.best_sentence import Bm25Peer

    found = Bm25Peer((*DOCUMENTS, Document("c", "", "Lại một câu khác."))).ask("nói về Huế")
    assert found.text == "Câu sáu nói về Huế."
