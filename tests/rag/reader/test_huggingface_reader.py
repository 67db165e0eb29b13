"""A tiny BERT with weights set by hand: its span head scores chosen tokens, so the answer is known."""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

from index.errors import ModelError
from index.records import Hit, Passage
from rag.question import analyse
from rag.reader.huggingface import HuggingFaceReader

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "thứ", "8", "xếp", "tỉnh", "năm", "2022", "mấy", "?", "hạng"]


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny-reader")
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=24,
    )
    fast.save_pretrained(folder)
    _model().save_pretrained(folder)
    return folder


def _model() -> BertForQuestionAnswering:
    """No layers, one-hot word embeddings: "thứ" has start score 5, "8" end score 4, all else 0."""
    size = len(WORDS) + 3
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=size,
        num_hidden_layers=0,
        num_attention_heads=1,
        intermediate_size=4,
        max_position_embeddings=40,
    )
    model = BertForQuestionAnswering(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.bert.embeddings.LayerNorm.weight.fill_(1.0)
        model.bert.embeddings.word_embeddings.weight[:, : len(WORDS)] = torch.eye(len(WORDS))
        # Layer norm of a one-hot vector of 16: the hot entry becomes 15 / sqrt(15), the others -1 / sqrt(15).
        model.qa_outputs.weight[0, WORDS.index("thứ")] = 5 / 15**0.5
        model.qa_outputs.weight[1, WORDS.index("8")] = 4 / 15**0.5
    return model.eval()


def hit(text: str, title: str = "", base: int = 100) -> Hit:
    return Hit(7, Passage("a1", base, base + len(text), text), title, None, None, 1.0)


def test_the_span_with_the_highest_start_and_end_is_returned_verbatim(model_folder: Path) -> None:
    reading = HuggingFaceReader(str(model_folder)).read(
        analyse("xếp hạng mấy ?"), [hit("tỉnh xếp thứ 8 năm 2022")]
    )
    best = reading.spans[0]
    assert (best.text, best.start, best.end) == ("thứ 8", 109, 114)
    # Start 5 and end 4 against the first token's two small negatives: (5 + 4) * (15 + 1) / 15.
    assert best.score == pytest.approx(9 * 16 / 15, abs=1e-3)
    assert reading.no_answer == 0.0


def test_a_span_in_the_title_is_never_returned(model_folder: Path) -> None:
    reading = HuggingFaceReader(str(model_folder)).read(analyse("mấy ?"), [hit("tỉnh năm 2022", "xếp thứ 8")])
    assert all(span.text in "tỉnh năm 2022" for span in reading.spans)
    assert reading.spans[0].score < 5


def test_a_passage_longer_than_the_window_is_read_to_its_end(model_folder: Path) -> None:
    text = "tỉnh năm 2022 " * 20 + "xếp thứ 8"
    best = HuggingFaceReader(str(model_folder)).read(analyse("mấy ?"), [hit(text, base=0)]).spans[0]
    assert (best.start, best.end) == (len(text) - 5, len(text))


def test_an_unknown_reader_ends_in_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="reader 'no-such/reader' cannot be loaded") as caught:
        HuggingFaceReader("no-such/reader")
    assert "\n" not in str(caught.value)
