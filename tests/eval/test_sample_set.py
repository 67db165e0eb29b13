"""The bundled corpus keeps its promises: verbatim answers, the stated mix, nothing copied."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from index.text import has_accents, syllables

SAMPLE = Path(__file__).resolve().parents[2] / "eval" / "sets" / "sample"
SHARED_ARTICLES = Path(__file__).resolve().parents[3] / "shared" / "articles"
KINDS = {
    "person", "place", "organisation", "date", "number", "rank", "percent", "list", "reason", "definition",
    "quote", "unanswerable",
}  # fmt: skip
# Titles, captions and teasers of the corpus are shorter than its paragraphs; front matter and noise too.
PARAGRAPH_WORDS = 20


def lines_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / name).read_text(encoding="utf-8").splitlines()]


ARTICLES = {path.name: path.read_text(encoding="utf-8") for path in (SAMPLE / "articles").iterdir()}
QUESTIONS = lines_of("sample.jsonl")
DIALOGUES = lines_of("followups.jsonl")
TURNS = [turn for dialogue in DIALOGUES for turn in dialogue["turns"]]


def paragraphs(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if len(line.split()) >= PARAGRAPH_WORDS)


def long_sentences(text: str) -> set[str]:
    """Sentences of at least 8 syllables, bare of punctuation and case."""
    parts = (syllables(part) for part in re.split(r"[.!?…:;]\s|\n", unicodedata.normalize("NFC", text)))
    return {" ".join(part) for part in parts if len(part) >= 8}


def share_unanswerable(pattern: str) -> float:
    asked = [row for row in QUESTIONS if re.search(pattern, row["question"], re.IGNORECASE)]
    return sum(not row["answers"] for row in asked) / len(asked)


def test_thirty_articles_of_150_to_500_words() -> None:
    assert Counter(Path(name).suffix for name in ARTICLES) == {".txt": 26, ".md": 4}
    lengths = {name: len(text.split()) for name, text in ARTICLES.items()}
    assert {name: n for name, n in lengths.items() if not 150 <= n <= 500} == {}


def test_articles_are_composed_unicode_with_ascii_names() -> None:
    assert [name for name in ARTICLES if not name.isascii()] == []
    assert [name for name, text in ARTICLES.items() if not unicodedata.is_normalized("NFC", text)] == []


def test_no_two_articles_share_a_sentence() -> None:
    counts = Counter(sentence for text in ARTICLES.values() for sentence in long_sentences(text))
    shared = {sentence for sentence, n in counts.items() if n > 1}
    # A teaser quotes the headline of the article that it points to; nothing else may stand twice.
    headlines = {" ".join(syllables(line)) for text in ARTICLES.values() for line in text.splitlines()[:3]}
    assert shared - headlines == set()


def test_no_sentence_comes_from_the_real_articles() -> None:
    if not SHARED_ARTICLES.is_dir():
        pytest.skip("the real articles are not beside the project")
    real = [path.read_text(encoding="utf-8") for path in sorted(SHARED_ARTICLES.glob("0*.txt"))]
    theirs = set[str]().union(*map(long_sentences, real))
    ours = set[str]().union(*map(long_sentences, ARTICLES.values()))
    assert len(real) == 5
    assert ours & theirs == set()


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["id"])
def test_a_question_has_the_fixed_form(row: dict[str, Any]) -> None:
    assert set(row) - {"group"} == {"id", "question", "answers", "article", "lang", "kind"}
    assert row["kind"] in KINDS
    assert (row["kind"] == "unanswerable") == (row["answers"] == []) == (row["article"] is None)
    assert has_accents(row["question"]) or row["lang"] != "vi"
    assert not has_accents(row["question"]) or row["lang"] != "vi-unaccented"


@pytest.mark.parametrize("row", QUESTIONS + TURNS, ids=lambda row: row["question"])
def test_every_answer_stands_verbatim_in_a_paragraph_of_its_article(row: dict[str, Any]) -> None:
    body = paragraphs(ARTICLES[row["article"]]) if row["answers"] else ""
    assert [answer for answer in row["answers"] if answer not in body] == []
    assert len(set(row["answers"])) == len(row["answers"])


def test_ids_and_questions_are_unique() -> None:
    assert len({row["id"] for row in QUESTIONS}) == 200
    assert len({" ".join(syllables(row["question"])) for row in QUESTIONS}) == 200
    assert len({row["id"] for row in DIALOGUES}) == 24


def test_mix_of_languages_and_answerability() -> None:
    assert Counter(row["lang"] for row in QUESTIONS) == {"vi": 120, "en": 40, "vi-unaccented": 40}
    assert sum(row["kind"] == "unanswerable" for row in QUESTIONS) == 56
    assert {row["kind"] for row in QUESTIONS} == KINDS
    assert {row["article"] for row in QUESTIONS} - {None} == set(ARTICLES)


def test_right_entity_groups_offer_a_wrong_value_to_watch_for() -> None:
    groups = Counter(row["group"] for row in QUESTIONS if "group" in row)
    assert groups.total() >= 64
    assert [name for name, n in groups.items() if n < 2] == []
    for name in groups:
        values = Counter(a for row in QUESTIONS if row.get("group") == name for a in row["answers"])
        assert values.total() == len(values) > 0, name


@pytest.mark.parametrize(
    "asks",
    ["thứ mấy|thu may", "hạng mấy|hang may", r"là ai|la ai|\bai\b|who", "bao nhiêu|bao nhieu", "là gì",
     r"vì sao|tại sao|why", r"\bngày\b|ngay nao|date", r"\bnói\b|\bviết gì", "nào|which|what", "2022",
     "2023"],
)  # fmt: skip
def test_wording_does_not_give_away_answerability(asks: str) -> None:
    assert 0.1 <= share_unanswerable(asks) <= 0.5


def test_dialogues_have_two_turns_in_three_languages() -> None:
    assert {len(dialogue["turns"]) for dialogue in DIALOGUES} == {2}
    assert Counter(row["lang"] for row in DIALOGUES) == {"vi": 14, "en": 5, "vi-unaccented": 5}
    assert all(set(turn) == {"question", "answers", "article"} for turn in TURNS)
    assert all((turn["answers"] == []) == (turn["article"] is None) for turn in TURNS)
    assert sum(dialogue["turns"][1]["answers"] == [] for dialogue in DIALOGUES) == 3
