"""Reports: complete, safe against what questions and articles say, and without any network."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval.charts import latency_histogram, reliability_diagram, risk_coverage_chart
from eval.records import QA, Cited, Mode, Outcome, Retrieved, Run, RunInfo
from eval.report import write_reports
from eval.selective import Bin, risk_coverage
from eval.summary import summarise

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> $heading ${title}"
INFO = RunInfo("s.jsonl", Mode.END_TO_END, 3, "k", "r", "e", 0.5, "0", "m", "t", 2**20)


def hostile_run() -> Run:
    questions = (
        QA("q1", HOSTILE, (HOSTILE,), (("x.txt", 1),), "vi-unaccented", "number"),
        QA("q2", "Hỏi gì?", ("8/63",), (("x.txt", 1),), "vi", "rank"),
        QA("q3", "Ai?", ("ông A",), (("x.txt", 1),), "vi", "person"),
    )
    citation = Cited("x.txt", HOSTILE, 0, 4, "8/63", f"Hạng 8/63 {HOSTILE}", True)
    passage = Retrieved("x.txt", HOSTILE, 0, 9, HOSTILE * 9, 1.5)
    outcomes = (
        Outcome(
            "q1", HOSTILE + " sai", HOSTILE, 0.9, None, (), (("x.txt", 1.0),), (passage,), (("total", 5.0),)
        ),
        Outcome(
            "q2", "8/63", "8/63", 0.8, None, (citation,), (("x.txt", 1.0),), (passage,), (("total", 6.0),)
        ),
        Outcome("q3", None, "bà B", 0.2, "not_in_articles", (), (("y", 1.0),), (), (("total", 7.0),)),
    )
    return Run(INFO, questions, outcomes)


@pytest.fixture
def page(tmp_path: Path) -> str:
    run = hostile_run()
    return write_reports(tmp_path, run, summarise(run)).read_text(encoding="utf-8")


def test_nothing_from_a_question_or_an_article_is_markup(page: str) -> None:
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert "$heading" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_page_needs_no_network(page: str) -> None:
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!data:)""", page.replace("&quot;", ""))
    assert not re.search(r"url\(|@import|https?://", page)
    assert "default-src 'none'" in page


def test_every_question_is_there_wrong_ones_first_with_its_quote_marked(page: str) -> None:
    states = re.findall(r'<details data-state="(\w+)" data-id="(\w+)"', page)
    assert states == [("declined", "q3"), ("right", "q1"), ("right", "q2")]
    assert "Hạng <mark>8/63</mark>" in page
    assert '<dt>Turned down</dt><dd><span lang="vi">bà B</span></dd>' in page


def test_the_json_report_has_intervals_and_every_question(tmp_path: Path) -> None:
    run = hostile_run()
    write_reports(tmp_path, run, summarise(run))
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {"value", "low", "high"} == set(found["answers"]["em"])
    assert [row["id"] for row in found["questions"]] == ["q3", "q1", "q2"]
    assert found["questions"][2]["citations"][0]["quote"] == "8/63"
    assert found["run"]["reader"] == "r"


def test_the_markdown_report_has_a_row_for_each_question(tmp_path: Path) -> None:
    run = hostile_run()
    write_reports(tmp_path, run, summarise(run))
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| (?:right|wrong|declined) \|", line)]
    assert len(rows) == 3
    assert rows[0].startswith("| declined | q3 | Ai? | ông A | no answer | 0.20 |")
    assert "## By language" in text


def test_charts_have_their_shapes_and_a_text() -> None:
    diagram = reliability_diagram((Bin(0.8, 0.9, 4, 0.85, 0.75),))
    assert diagram.count('class="bar"') == diagram.count('class="dot"') == 1
    assert "confidence 0.85: right 0.75 of 4" in diagram
    curve = risk_coverage(np.array([0.9, 0.5]), np.array([True, False]))
    chart = risk_coverage_chart(curve, (0.5, 0.0))
    # Plot area: x from 46 to 348, y from 10 to 200; coverage 0.5 at risk 0, coverage 1 at risk 0.5.
    assert 'points="197.0,200.0 348.0,105.0"' in chart
    assert 'class="chosen" cx="197.0" cy="200.0"' in chart
    histogram = latency_histogram([1.0, 1.0, 100.0])
    assert "Half within 1 ms" in histogram
    assert ": 2 questions" in histogram


def test_a_retrieval_report_shows_ranks_instead_of_answers(tmp_path: Path) -> None:
    run = hostile_run()
    ranked = Run(replace(INFO, mode=Mode.RETRIEVAL, reader=""), run.questions, run.outcomes)
    page = write_reports(tmp_path, ranked, summarise(ranked)).read_text(encoding="utf-8")
    assert "right document at rank 1" in page
    assert "right document not found" in page
    assert "Confidence</dt>" not in page
