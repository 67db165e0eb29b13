from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Article, Hit, Passage
from rag.answering import Candidate, QuoteError, choose, cite, gather, group_same, weigh
from rag.calibration import Calibration
from rag.config import RagConfig
from rag.evidence import FEATURES, Evidence
from rag.question import analyse
from rag.records import Answer, Reading, Reason, Span

TEXT = "Năm 2021, tỉnh xếp thứ 9. Năm 2022, tỉnh xếp thứ 4/63, tăng 5 bậc.\nÔng Lê An chủ trì."
ARTICLE = Article(
    "a1", "Bắc Giang chuyển đổi số", TEXT, "Báo B", None, date(2023, 7, 12), "https://b.vn/1", "/n/a.txt"
)
OTHER = Article("a2", "Sơn La chuyển đổi số", "Năm 2022, tỉnh xếp thứ 9 cả nước.")
ARTICLES = {"a1": ARTICLE, "a2": OTHER}
NEUTRAL = Evidence(*[0.0] * len(FEATURES))


def hit_of(article: Article, number: int, score: float = 1.0) -> Hit:
    passage = Passage(article.id, 0, len(article.text), article.text)
    return Hit(number, passage, article.title, article.published, article.source, score, 0.5, 0.9)


HIT, OTHER_HIT = hit_of(ARTICLE, 1), hit_of(OTHER, 2, 0.9)


def span(text: str, hit: Hit = HIT, score: float = 1.0) -> Span:
    start = hit.passage.text.index(text)
    return Span(hit, start, start + len(text), text, score)


def candidate(chosen: Span, probability: float) -> Candidate:
    return Candidate(chosen, NEUTRAL, probability)


def calibration(bias: float = 0.0, threshold: float = 0.5, **weights: float) -> Calibration:
    return Calibration(tuple(weights.get(name, 0.0) for name in FEATURES), bias, 1.0, threshold)


def answer_of(
    candidates: Sequence[Candidate], hits: Sequence[Hit] = (HIT, OTHER_HIT), threshold: float = 0.5
) -> Answer:
    question = analyse("Xếp thứ mấy?")
    return choose(question, candidates, hits, ARTICLES.__getitem__, RagConfig(), threshold)


def test_the_answer_is_the_first_citations_quote_with_its_sentence() -> None:
    answer = answer_of([candidate(span("thứ 4/63"), 0.8)])
    (citation,) = answer.citations
    assert answer.text == citation.quote == "thứ 4/63" == TEXT[citation.start : citation.end]
    assert citation.context == "Năm 2022, tỉnh xếp thứ 4/63, tăng 5 bậc."
    assert citation.context_start == TEXT.index("Năm 2022")
    assert (citation.title, citation.source, citation.published) == (
        ARTICLE.title,
        "Báo B",
        date(2023, 7, 12),
    )
    assert (citation.url, citation.path) == ("https://b.vn/1", "/n/a.txt")
    assert answer.confidence == citation.score == 0.8
    assert not answer.abstained


def test_below_the_threshold_nothing_is_answered_and_the_closest_passages_are_shown() -> None:
    answer = answer_of([candidate(span("thứ 4/63"), 0.49)])
    assert answer.abstained
    assert (answer.text, answer.reason, answer.confidence) == (None, Reason.NOT_IN_ARTICLES, 0.49)
    assert [citation.article_id for citation in answer.closest] == ["a1", "a2"]
    assert answer.closest[0].quote == TEXT


def test_nothing_found_is_an_answer_of_its_own() -> None:
    answer = answer_of([], hits=())
    assert answer.abstained
    assert answer.reason is Reason.NOTHING_FOUND


def test_the_same_words_in_two_articles_are_one_answer_with_two_citations() -> None:
    answer = answer_of([candidate(span("thứ 9"), 0.9), candidate(span("thứ 9", OTHER_HIT), 0.7)])
    assert [citation.article_id for citation in answer.citations] == ["a1", "a2"]
    assert answer.alternatives == ()


def test_other_words_are_alternatives_in_their_order() -> None:
    answer = answer_of([candidate(span("thứ 4/63"), 0.9), candidate(span("thứ 9", OTHER_HIT), 0.2)])
    assert [(other.text, other.confidence) for other in answer.alternatives] == [("thứ 9", 0.2)]


def test_overlapping_candidates_are_merged_into_the_better_one() -> None:
    groups = group_same([candidate(span("thứ 4/63"), 0.9), candidate(span("xếp thứ 4/63, tăng"), 0.8)])
    assert [[item.span.text for item in group] for group in groups] == [["thứ 4/63"]]


def test_a_quote_that_does_not_stand_there_is_never_cited() -> None:
    wrong = Span(HIT, 3, 8, "thứ 4", 1.0)
    with pytest.raises(QuoteError, match="a1"):
        cite(candidate(wrong, 0.9), ARTICLES.__getitem__)


def test_the_wrong_years_figure_has_less_evidence() -> None:
    question = analyse("Năm 2022 Bắc Giang xếp thứ mấy?")
    reading = Reading((span("thứ 9"), span("thứ 4/63")), 0.0)
    wrong, right = (
        gather(question, chosen, reading, [HIT, OTHER_HIT], {}, calibration()) for chosen in reading.spans
    )
    # "thứ 9" stands in the sentence of 2021, in a passage that also names 2022.
    assert (wrong.years, right.years) == (0.5, 1.0)
    assert (wrong.names, right.names) == (1.0, 1.0)


def test_another_provinces_figure_disagrees_with_the_name() -> None:
    question = analyse("Năm 2022 Bắc Giang xếp thứ mấy?")
    reading = Reading((span("thứ 9", OTHER_HIT, score=9.0), span("thứ 4/63", score=1.0)), 0.0)
    weighed = weigh(question, reading, [HIT, OTHER_HIT], {}, calibration(margin=1.0, names=6.0, bias=-4.0))
    assert [item.span.text for item in weighed] == ["thứ 4/63", "thứ 9"]
    assert weighed[1].evidence.names == 0.0


def test_words_without_a_figure_cannot_be_a_rank() -> None:
    reading = Reading((span("tỉnh", score=9.0), span("thứ 4/63", score=1.0)), 0.0)
    weighed = weigh(analyse("Tỉnh xếp thứ mấy?"), reading, [HIT], {}, calibration(margin=1.0))
    assert [item.span.text for item in weighed] == ["thứ 4/63"]


def test_agreement_counts_other_passages_with_the_same_words() -> None:
    reading = Reading((span("thứ 9"), span("thứ 9", OTHER_HIT)), 0.0)
    evidence = gather(analyse("Thứ mấy?"), reading.spans[0], reading, [HIT, OTHER_HIT], {}, calibration())
    assert evidence.agreed == 1.0


def test_lead_is_the_distance_to_the_best_passage() -> None:
    reading = Reading((span("thứ 9", OTHER_HIT),), 0.0)
    evidence = gather(analyse("Thứ mấy?"), reading.spans[0], reading, [HIT, OTHER_HIT], {}, calibration())
    assert evidence.lead == pytest.approx(-0.1)


@settings(max_examples=200)
@given(st.data())
def test_every_citation_is_verbatim_whatever_the_text(data: st.DataObject) -> None:
    characters = st.characters(codec="utf-8") | st.sampled_from('\u200b\u202e\u0301é🙂. \n"“”')
    text = data.draw(st.text(characters, min_size=1, max_size=200))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article = Article("a9", "t", text)
    hit = hit_of(article, 3)
    made = cite(candidate(Span(hit, start, end, text[start:end], 0.0), 0.5), lambda identity: article)
    assert made.quote == text[made.start : made.end]
    assert made.context == text[made.context_start : made.context_start + len(made.context)]
    assert made.context_start <= made.start
    assert made.end <= made.context_start + len(made.context)
