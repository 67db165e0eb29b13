"""`ui.render`, `ui.render_articles`: records to HTML in which nothing from outside is markup."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Article
from index.rows import ArticleSummary
from index.sync import Outcome, Status
from rag.chatbot import Stage
from rag.question import analyse
from rag.records import Alternative, Answer, Citation, Reason
from tests.ui.conftest import Parsed, make_citation, parse_html
from ui.conversation import Problem, Session, View, began, opened, reached
from ui.escaping import byline, escape, safe_link
from ui.render import citation_line, transcript
from ui.render_articles import Highlight, body, viewer
from ui.render_shelf import Shelf, article_list, change_line, masthead, matching, sorted_articles, welcome

Parse = Callable[[str], Parsed]
# What the page itself is made of; anything else came from an article or a question.
OWN_TAGS = set(
    "article bdi button details div h1 h2 h3 header li mark nav ol p section span summary time ul a".split()
)


def assert_inert(parsed: Parsed) -> None:
    for element in parsed.elements:
        assert element.tag in OWN_TAGS, element
        for name, value in element.attributes.items():
            assert not name.startswith("on") and name not in ("src", "srcset", "action", "formaction"), (
                element
            )
            if name == "href":
                assert value is not None and value.startswith(("http://", "https://")), element


def answered(session: Session, question: str, *citations: Citation, confidence: float = 0.9) -> Session:
    answer = Answer(analyse(question), citations[0].quote, confidence, citations)
    return reached(began(session, question), answer)


def summary(title: str, **values: object) -> ArticleSummary:
    known = {"id": "0" * 12, "source": None, "author": None, "published": None, "url": None, "path": None}
    return ArticleSummary(title=title, characters=10, passages=1, added="2026-01-01", **known | values)  # type: ignore[arg-type]


class TestEscape:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#x27;"),
            ("a\x00b", "a\ufffdb"),
            ("a\ud800b", "a\ufffdb"),
            ("a\r\nb", "a&#13;\nb"),
            ("Đặng Thị Mỹ", "Đặng Thị Mỹ"),
        ],
    )
    def test_makes_text_of_markup(self, text: str, html: str) -> None:
        assert escape(text) == html

    @given(st.text())
    def test_gives_every_character_back_when_parsed(self, text: str) -> None:
        parsed = parse_html(f'<p title="{escape(text)}">{escape(text)}</p>')
        expected = text.replace("\x00", "\ufffd")
        assert parsed.text == expected
        assert parsed.elements[0].attributes["title"] == expected
        assert len(parsed.elements) == 1


class TestLinks:
    @pytest.mark.parametrize("url", ["https://a.vn/x?y=1", "http://a.vn", "HTTPS://A.VN/"])
    def test_http_and_https_are_links(self, url: str) -> None:
        assert safe_link(url) == url

    @pytest.mark.parametrize(
        "url",
        [
            None,
            "",
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//a.vn/x",
            "https://",
            "https:javascript",
            "http://[bad",
            "https://a.vn/\x00",
        ],
    )
    def test_everything_else_is_none(self, url: str | None) -> None:
        assert safe_link(url) is None


class TestBody:
    @given(st.text(), st.data())
    def test_holds_the_text_to_the_letter_and_marks_exactly_the_quote(
        self, text: str, data: st.DataObject
    ) -> None:
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        left = data.draw(st.integers(0, start))
        right = data.draw(st.integers(end, len(text)))
        parsed = parse_html(body(text, Highlight(start, end, left, right)))
        expected = text.replace("\x00", "\ufffd")
        assert parsed.text == expected
        marked = "".join(mark.text for mark in parsed.all("mark"))
        assert marked == expected[start:end].replace("\n", "")

    def test_marks_the_sentence_around_the_quote(self) -> None:
        html = body("Một hai ba. Bốn năm.", Highlight(4, 7, 0, 11))
        assert html == (
            '<p dir="auto"><span class="context">Một </span><mark>hai</mark>'
            '<span class="context"> ba.</span> Bốn năm.</p>'
        )

    def test_makes_each_line_a_paragraph(self, parse: Parse) -> None:
        parsed = parse(body("a\n\nb\nc", None))
        assert [p.text for p in parsed.all("p")] == ["a", "b", "c"]


class TestAnswer:
    def test_shows_the_span_large_and_marked_in_its_sentence(self, article: Article, parse: Parse) -> None:
        session = answered(Session(), "Sông Lam xếp thứ mấy?", make_citation(article, "thứ 24"))
        parsed = parse(transcript(session))
        assert [p.text for p in parsed.all("p", class_="answer")] == ["thứ 24"]
        assert [p.text for p in parsed.all("p", class_="sentence")] == ["Tỉnh Sông Lam xếp thứ 24."]
        assert [mark.text for mark in parsed.all("mark")] == ["thứ 24"]

    def test_does_not_repeat_a_sentence_that_is_the_answer(self, article: Article, parse: Parse) -> None:
        session = answered(Session(), "Đường thế nào?", make_citation(article, "Đường còn dài."))
        assert not parse(transcript(session)).all("p", class_="sentence")

    def test_numbers_citations_through_the_other_answers(self, article: Article, parse: Parse) -> None:
        first, other = make_citation(article, "thứ 24"), make_citation(article, "thứ 33", 0.3)
        answer = Answer(analyse("a?"), "thứ 24", 0.9, (first,), (Alternative("thứ 33", 0.3, (other,)),))
        parsed = parse(transcript(reached(began(Session(), "a?"), answer)))
        buttons = parsed.all("button", class_="cite")
        assert [button.attributes["data-value"] for button in buttons] == ["1-0", "1-1"]
        assert [span.text for span in parsed.all("span", class_="number")] == ["1", "2"]
        assert parsed.all("details")[0].text.startswith("Câu trả lời khác tìm được (1)thứ 33")

    @pytest.mark.parametrize(
        ("confidence", "words"),
        [
            (0.86, "Rất chắc chắn"),
            (0.7, "Khá chắc chắn"),
            (0.4, "Chưa chắc chắn, nên đọc lại đoạn trích"),
        ],
    )
    def test_says_the_confidence_in_words_and_shows_it(
        self, article: Article, parse: Parse, confidence: float, words: str
    ) -> None:
        session = answered(Session(), "a?", make_citation(article, "thứ 24"), confidence=confidence)
        parsed = parse(transcript(session))
        assert parsed.all("p", class_="confidence")[0].text == words
        bar = parsed.all("span", class_="bar")[0]
        assert bar.attributes["aria-label"] == f"Độ tin cậy {round(100 * confidence)}%"

    def test_speaks_english_on_an_english_page(self, article: Article, parse: Parse) -> None:
        session = answered(Session(language="en"), "a?", make_citation(article, "thứ 24"))
        text = parse(transcript(session)).text
        assert "Very sure" in text
        assert "5 July 2024" in text

    def test_gives_title_source_and_date_of_a_citation(self, article: Article, parse: Parse) -> None:
        session = answered(Session(), "a?", make_citation(article, "thứ 24"))
        button = parse(transcript(session)).all("button", class_="cite")[0]
        assert button.text == "1Sông Lam lên hạngBáo Sông Lam · 05/07/2024"
        assert button.attributes["aria-label"] == "Mở chỗ trích số 1 trong bài “Sông Lam lên hạng”"

    def test_copies_the_quote_with_its_place(self, article: Article) -> None:
        line = citation_line(make_citation(article, "thứ 24"), "vi")
        assert line == "“thứ 24” (Sông Lam lên hạng, Báo Sông Lam, 05/07/2024, https://example.vn/a?b=1&c=2)"


class TestAbstention:
    def test_says_so_and_marks_the_closest_passages_as_such(self, article: Article, parse: Parse) -> None:
        near = make_citation(article, "Đường còn dài.")
        answer = Answer(analyse("Ai?"), None, 0.1, reason=Reason.NOT_IN_ARTICLES, closest=(near,))
        session = reached(began(Session(), "Ai?"), answer)
        parsed = parse(transcript(session))
        assert parsed.all("p", class_="answer")[0].text == "Không có trong các bài viết này"
        assert parsed.all("h3")[0].text == "Những đoạn gần nhất, không phải câu trả lời"
        assert parsed.all("p", class_="excerpt")[0].text == "Đường còn dài."
        assert not parsed.all("mark")
        shown = parse(viewer(session, article))
        assert [mark.attributes for mark in shown.all("mark")] == [{"class": "near"}]
        assert "Đoạn gần nhất với câu hỏi, không phải câu trả lời" in shown.text

    def test_of_an_empty_index_says_how_to_fill_it(self, parse: Parse) -> None:
        answer = Answer(analyse("Ai?"), None, 0.0, reason=Reason.EMPTY_INDEX)
        text = parse(transcript(reached(began(Session(), "Ai?"), answer))).text
        assert "Kho chưa có bài viết nào" in text
        assert "hoidap add" in text


class TestWaitingAndProblems:
    def test_shows_the_steps_reached_so_far(self, parse: Parse) -> None:
        session = reached(began(Session(), "a?"), Stage.RETRIEVE)
        items = parse(transcript(session)).all("li")
        assert [(item.attributes["class"], item.text) for item in items] == [
            ("done", "Đang đọc câu hỏi"),
            ("now", "Đang tìm trong các bài viết"),
        ]

    @pytest.mark.parametrize("problem", list(Problem))
    @pytest.mark.parametrize("language", ["vi", "en"])
    def test_every_problem_is_said_in_words(self, problem: Problem, language: str, parse: Parse) -> None:
        session = reached(began(Session(language=language), "a?"), problem)  # type: ignore[arg-type]
        parsed = parse(transcript(session))
        said = parsed.all("p", class_="problem")[0].text
        assert len(said) > 5
        assert parsed.all("p", role="status")[0].text == said

    def test_offers_to_ask_again_what_could_work_the_second_time(self, parse: Parse) -> None:
        def offers(problem: Problem) -> bool:
            html = transcript(reached(began(Session(), "a?"), problem))
            return bool(parse(html).all("button", data_event="ask"))

        assert [problem for problem in Problem if offers(problem)] == [
            Problem.BUSY,
            Problem.FAILED,
            Problem.STOPPED,
        ]


class TestViewer:
    def test_shows_the_whole_article_with_its_quote_marked(self, article: Article, parse: Parse) -> None:
        parsed = parse(viewer(answered(Session(), "a?", make_citation(article, "thứ 24")), article))
        assert parsed.all("div", class_="text")[0].text == article.text
        assert [mark.text for mark in parsed.all("mark")] == ["thứ 24"]
        assert parsed.all("h2")[0].text == "Sông Lam lên hạng"
        assert parsed.all("p", class_="byline")[0].text == "Báo Sông Lam · Minh An · 05/07/2024"

    def test_links_the_original_without_a_way_back(self, article: Article, parse: Parse) -> None:
        (link,) = parse(viewer(opened(Session(), View(article.id)), article)).all("a")
        assert link.attributes["href"] == "https://example.vn/a?b=1&c=2"
        assert link.attributes["target"] == "_blank"
        assert "noopener" in (link.attributes["rel"] or "")

    def test_names_only_the_file_of_an_article_without_link(self, article: Article, parse: Parse) -> None:
        parsed = parse(viewer(opened(Session(), View(article.id)), replace(article, url=None)))
        assert parsed.all("p", class_="origin")[0].text == "Tệp song-lam.txt"
        assert "/srv" not in parsed.text

    def test_leads_to_the_neighbouring_citations_of_the_answer(self, article: Article, parse: Parse) -> None:
        citations = [make_citation(article, quote) for quote in ("thứ 24", "thứ 33", "dài")]
        session = answered(Session(), "a?", *citations)
        session = opened(session, View(article.id, citations[1], turn=1, index=1))
        steps = parse(viewer(session, article)).all("button", class_="step")
        assert [step.attributes["data-value"] for step in steps] == ["1-0", "1-2"]
        assert not any("disabled" in step.attributes for step in steps)

    def test_says_when_the_words_are_those_of_another_answer(self, article: Article, parse: Parse) -> None:
        first, other = make_citation(article, "thứ 24"), make_citation(article, "thứ 33", 0.3)
        answer = Answer(analyse("a?"), "thứ 24", 0.9, (first,), (Alternative("thứ 33", 0.3, (other,)),))
        session = reached(began(Session(), "a?"), answer)
        assert "Thuộc một câu trả lời khác" not in viewer(session, article)
        shown = parse(viewer(opened(session, View(article.id, other, turn=1, index=1)), article))
        assert "Thuộc một câu trả lời khác" in shown.text
        assert [mark.text for mark in shown.all("mark")] == ["thứ 33"]

    def test_does_not_highlight_words_that_have_changed(self, article: Article, parse: Parse) -> None:
        session = answered(Session(), "a?", make_citation(article, "thứ 24"))
        changed = replace(article, text=article.text.replace("24", "23"))
        parsed = parse(viewer(session, changed))
        assert not parsed.all("mark")
        assert "Bài viết đã thay đổi" in parsed.text

    def test_says_when_the_article_is_gone(self, article: Article) -> None:
        session = answered(Session(), "a?", make_citation(article, "thứ 24"))
        assert "Bài viết này không còn trong kho." in viewer(session, None)

    def test_is_calm_before_anything_is_open(self) -> None:
        assert "Chưa mở bài viết nào" in viewer(Session(), None)


class TestHostileInput:
    def test_is_inert_everywhere(self, hostile: Article, parse: Parse) -> None:
        question = "<script>alert(1)</script> ![x](http://evil.example/q.png) \" onclick='x' 42%?"
        other = Alternative("42%", 0.2, (make_citation(hostile, "hết"),))
        best = make_citation(hostile, "42%")
        answer = Answer(analyse(question), "42%", 0.7, (best,), (other,))
        session = reached(began(Session(), question), answer)
        near = Answer(analyse(question), None, 0.1, reason=Reason.NOT_IN_ARTICLES, closest=(best,))
        refused = reached(began(session, question), near)
        for html in (
            transcript(session),
            viewer(session, hostile),
            transcript(refused),
            viewer(refused, hostile),
            article_list(
                "vi", [summary(hostile.title, source=hostile.source, author=hostile.author)], "", "title"
            ),
            welcome("vi", Shelf((summary(hostile.title, source=hostile.source),))),
            welcome("en", Shelf((summary("a"),), (question,))),
        ):
            assert_inert(parse(html))

    def test_is_shown_to_the_letter(self, hostile: Article, parse: Parse) -> None:
        session = answered(Session(), "a?", make_citation(hostile, "42%"))
        parsed = parse(viewer(session, hostile))
        assert parsed.all("div", class_="text")[0].text == hostile.text
        assert parsed.all("h2")[0].text == hostile.title
        assert not parsed.all("a")

    @given(st.text(), st.text())
    def test_of_any_kind_stays_text(self, title: str, question: str) -> None:
        article = Article("0" * 12, title, "một hai", source=title, author=title, url=title, path=title)
        session = answered(began(Session(), question), "a?", make_citation(article, "hai"))
        for html in (transcript(session), viewer(session, article)):
            assert_inert(parse_html(html))


class TestFrame:
    def test_marks_the_language_that_is_on(self, parse: Parse) -> None:
        buttons = parse(masthead("en")).all("button")
        assert [(b.text, b.attributes["aria-pressed"]) for b in buttons] == [
            ("Tiếng Việt", "false"),
            ("English", "true"),
        ]

    def test_welcome_offers_examples_or_else_the_newest_articles(self, parse: Parse) -> None:
        articles = (
            summary("cũ", published=date(2020, 1, 1)),
            summary("mới", published=date(2024, 1, 1)),
            summary("không rõ"),
        )
        offered = parse(welcome("vi", Shelf(articles, ("Hỏi gì?",)))).all("button")
        assert [(b.attributes["data-event"], b.attributes["data-value"]) for b in offered] == [
            ("ask", "Hỏi gì?")
        ]
        offered = parse(welcome("vi", Shelf(articles))).all("button")
        assert [b.text for b in offered] == ["mới01/01/2024", "cũ01/01/2020", "không rõ không rõ ngày"]

    def test_welcome_tells_of_added_samples_and_of_an_empty_index(self) -> None:
        assert "30 bài viết mẫu" in welcome("vi", Shelf((summary("a"),), (), 30))
        assert "bài viết mẫu" not in welcome("vi", Shelf((summary("a"),)))
        assert "There are no articles yet" in welcome("en", Shelf(()))

    def test_byline_leaves_out_what_is_unknown(self, parse: Parse) -> None:
        assert byline(None, None, None, "vi") == ""
        assert parse(byline("Báo A", None, date(2024, 12, 3), "vi")).text == "Báo A · 03/12/2024"


class TestList:
    def test_finds_by_title_source_and_author_without_accents(self) -> None:
        articles = [
            summary("Quảng Ninh", author="Đỗ Hà"),
            summary("Nghệ An", source="Báo Quảng Trị"),
            summary("Huế"),
        ]
        assert [a.title for a in matching(articles, "quang")] == ["Quảng Ninh", "Nghệ An"]
        assert [a.title for a in matching(articles, "do quang")] == ["Quảng Ninh"]
        assert [a.title for a in matching(articles, "none")] == []
        assert len(matching(articles, " ")) == 3

    def test_sorts_by_title_date_and_source(self) -> None:
        articles = [
            summary("B", published=date(2020, 1, 1), source="Z"),
            summary("Ă", source="a"),
            summary("C", published=date(2024, 1, 1)),
        ]
        assert [a.title for a in sorted_articles(articles, "title")] == ["Ă", "B", "C"]
        assert [a.title for a in sorted_articles(articles, "newest")] == ["C", "B", "Ă"]
        assert [a.title for a in sorted_articles(articles, "source")] == ["Ă", "B", "C"]

    def test_counts_what_was_found(self, parse: Parse) -> None:
        articles = [summary("Một"), summary("Hai")]
        assert parse(article_list("vi", articles, "", "title")).all("p")[0].text == "2 bài viết"
        assert parse(article_list("en", articles, "hai", "title")).all("p")[0].text == "1 of 2 articles"
        assert "Không có bài viết nào khớp." in article_list("vi", articles, "ba", "title")


class TestEditing:
    def test_an_article_can_be_removed_only_where_the_index_may_be_changed(
        self, article: Article, parse: Parse
    ) -> None:
        session = opened(Session(), View(article.id))
        assert not parse(viewer(session, article)).all("button", data_event="remove")
        (button,) = parse(viewer(session, article, editable=True)).all("button", data_event="remove")
        assert button.attributes["data-value"] == article.id

    def test_says_what_became_of_uploads(self, parse: Parse) -> None:
        outcomes = [
            Outcome("/x/a.txt", Status.ADDED, "A"),
            Outcome("/x/b.txt", Status.UPDATED, "B"),
            Outcome("/x/<img src=x>.pdf", Status.SKIPPED, "files named *.pdf are not read"),
            Outcome("/x/d.txt", Status.FAILED, "/srv/x/d.txt is empty"),
        ]
        parsed = parse(change_line(outcomes, "vi"))
        assert [p.text for p in parsed.all("p")] == [
            "Đã thêm 1, cập nhật 1, không đổi 0.",
            "<img src=x>.pdf: loại tệp này chưa đọc được.",
            "d.txt: không đọc được vì trống, quá lớn hoặc không phải văn bản.",
        ]
        assert_inert(parsed)

    def test_does_not_count_where_nothing_was_added(self, parse: Parse) -> None:
        parsed = parse(change_line([Outcome("/x/d.txt", Status.FAILED, "")], "en"))
        assert [p.text for p in parsed.all("p")] == [
            "d.txt: cannot be read; it is empty, too large or no text."
        ]
