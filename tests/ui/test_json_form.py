"""The JSON objects have exactly the keys and types that other programs rely on (DESIGN 3)."""

import json
from datetime import date
from types import NoneType
from typing import Any

import pytest

from index.records import Article, Dropped
from index.rows import ArticleSummary
from rag.records import Alternative, Answer, Citation, Question, Reason, Timings
from ui.doctor import Finding, State
from ui.json_form import answer_json, article_json, dumps, finding_json, summary_json

TEXT = "Năm 2022, Thái Nguyên xếp thứ 8/63 cả nước."
CITATION = Citation(
    article_id="0123456789ab",
    title="Chuyển đổi số",
    source="Báo mẫu",
    published=date(2023, 7, 5),
    url="https://example.vn/a",
    path="/bai/a.txt",
    start=30,
    end=34,
    quote="8/63",
    context=TEXT,
    context_start=0,
    score=0.75,
)
BARE = Citation("ba9876543210", "Bài", None, None, None, None, 0, 3, "Năm", "Năm 2022.", 0, 0.25)
QUESTION = Question("Thái Nguyên xếp thứ mấy?", "vi", ("thái", "nguyên", "xếp", "thứ", "mấy"))
TEXT_OR_NULL = (str, NoneType)
CITATION_TYPES: dict[str, Any] = {
    "article_id": str,
    "title": str,
    "source": TEXT_OR_NULL,
    "published": TEXT_OR_NULL,
    "url": TEXT_OR_NULL,
    "path": TEXT_OR_NULL,
    "start": int,
    "end": int,
    "quote": str,
    "context": str,
    "score": float,
}
ANSWER_TYPES: dict[str, Any] = {
    "question": str,
    "answer": TEXT_OR_NULL,
    "abstained": bool,
    "reason": TEXT_OR_NULL,
    "confidence": float,
    "citations": list,
    "alternatives": list,
    "timings_ms": dict,
}


def check(value: dict[str, Any], types: dict[str, Any]) -> None:
    assert list(value) == list(types)
    for key, kind in types.items():
        assert isinstance(value[key], kind), key
        assert kind is bool or not isinstance(value[key], bool), key


def answered() -> Answer:
    other = Alternative("Năm", 0.25, (BARE,))
    timings = Timings(total=12.5, analyse=0.5, retrieve=4.0, read=8.0)
    return Answer(QUESTION, "8/63", 0.75, (CITATION, BARE), (other,), timings=timings)


def test_an_answer_has_the_contract_s_keys_and_types() -> None:
    value = json.loads(dumps(answer_json(answered())))
    check(value, ANSWER_TYPES)
    for citation in [*value["citations"], *value["alternatives"][0]["citations"]]:
        check(citation, CITATION_TYPES)
    check(value["alternatives"][0], {"answer": str, "confidence": float, "citations": list})
    check(value["timings_ms"], dict.fromkeys(("total", "analyse", "retrieve", "read"), float))


def test_an_answer_keeps_its_values() -> None:
    value = json.loads(dumps(answer_json(answered())))
    assert value["question"] == "Thái Nguyên xếp thứ mấy?"
    assert (value["answer"], value["abstained"], value["reason"], value["confidence"]) == (
        "8/63",
        False,
        None,
        0.75,
    )
    first = value["citations"][0]
    assert first == {
        "article_id": "0123456789ab",
        "title": "Chuyển đổi số",
        "source": "Báo mẫu",
        "published": "2023-07-05",
        "url": "https://example.vn/a",
        "path": "/bai/a.txt",
        "start": 30,
        "end": 34,
        "quote": "8/63",
        "context": TEXT,
        "score": 0.75,
    }
    assert TEXT[first["start"] : first["end"]] == first["quote"] == value["answer"]
    assert value["citations"][1]["published"] is None
    assert value["timings_ms"] == {"total": 12.5, "analyse": 0.5, "retrieve": 4.0, "read": 8.0}


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason.NOT_IN_ARTICLES, "not_in_articles"),
        (Reason.NOTHING_FOUND, "nothing_found"),
        (Reason.EMPTY_INDEX, "empty_index"),
    ],
)
def test_a_withheld_answer_is_null_with_a_reason_and_no_citations(reason: Reason, told: str) -> None:
    withheld = Answer(QUESTION, None, 0.125, reason=reason, closest=(CITATION,))
    value = json.loads(dumps(answer_json(withheld)))
    check(value, ANSWER_TYPES)
    assert (value["answer"], value["abstained"], value["reason"]) == (None, True, told)
    assert value["citations"] == value["alternatives"] == []


def test_an_article_has_the_contract_s_keys() -> None:
    article = Article(
        "0123456789ab",
        "Tựa",
        TEXT,
        "Báo",
        "An",
        date(2022, 1, 2),
        None,
        "/a.txt",
        (Dropped("x", "share-bar"),),
    )
    assert json.loads(dumps(article_json(article))) == {
        "id": "0123456789ab",
        "title": "Tựa",
        "text": TEXT,
        "source": "Báo",
        "author": "An",
        "published": "2022-01-02",
        "url": None,
        "path": "/a.txt",
    }


def test_a_listed_article_tells_everything_but_its_text() -> None:
    summary = ArticleSummary(
        "0123456789ab", "Tựa", None, None, None, None, "/a.txt", 43, 1, "2026-01-02T03:04:05"
    )
    assert json.loads(dumps(summary_json(summary))) == {
        "id": "0123456789ab",
        "title": "Tựa",
        "source": None,
        "author": None,
        "published": None,
        "url": None,
        "path": "/a.txt",
        "characters": 43,
        "passages": 1,
        "added": "2026-01-02T03:04:05",
    }


def test_a_finding_is_told_with_its_state_as_a_word() -> None:
    finding = Finding("disk", State.PROBLEM, "full", "free some")
    assert json.loads(dumps(finding_json(finding))) == {
        "name": "disk",
        "state": "problem",
        "detail": "full",
        "mend": "free some",
    }


def test_accents_are_written_as_they_are() -> None:
    assert "Chuyển đổi số" in dumps({"title": "Chuyển đổi số"})


def test_a_number_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps({"confidence": float("nan")})
