from rag.reader.check_data import faults, given_away, problems, proportions
from rag.reader.data import Example


def question(
    number: int, text: str, answered: bool, lang: str = "vi", kind: str = "", context: str = ""
) -> Example:
    where = context or f"Đoạn {number}"
    return Example(f"q{number}", lang, kind, "Tiêu đề", text, where, ((0, 4),) if answered else ())


def test_a_sound_question_has_no_fault() -> None:
    assert faults([question(1, "Đoạn mấy?", True, kind="rank")]) == []


def test_each_fault_is_named() -> None:
    examples = [
        question(1, "Đoạn mấy?", True, kind="unanswerable"),
        question(1, "doan mấy", True, lang="vi-unaccented"),
        question(2, "Đoa\u0323n na\u0300o?", False),
        Example("q3", "vi", "", "", "Gì?", "Đoạn 1", ((0, 5),)),
    ]
    assert faults(examples) == [
        "q1: 2 questions have this id",
        "q1: kind unanswerable with 1 answers",
        "q1: an unaccented question has accents",
        "q2: 'Đoa\u0323n na\u0300o?' is not NFC",
        "q3: answer 'Đoạn ' begins or ends with a space",
    ]


def test_the_same_question_twice_about_one_passage_is_a_fault() -> None:
    twice = [question(n, "Ai?", True, context="Đoạn này") for n in (1, 2)]
    assert faults(twice) == ["'Ai?' is asked 2 times of one passage"]


def test_proportions_count_languages_and_missing_answers() -> None:
    examples = [question(1, "a", True), question(2, "b", False), question(3, "c", True, lang="en")]
    examples.append(question(4, "d", True, context="Đoạn 3"))
    found = proportions(examples)
    assert (found.questions, found.passages) == (4, 3)
    assert found.shares == {"en": 0.25, "unanswerable": 0.25, "vi": 0.75}


def test_wording_that_tells_answerability_is_found() -> None:
    telling = [question(n, f"{'Có gì lạ' if n % 3 else 'Có gì mới'} x{n}?", n % 3 == 0) for n in range(60)]
    fair = [question(n, f"Có bao nhiêu x{n % 7}?", n % 3 == 0) for n in range(60)]
    assert given_away(telling) == 1.0
    assert given_away(fair) < 0.65
    assert any("wording tells answerability: AUROC 1.00" in problem for problem in problems(telling))


def test_shares_below_the_least_are_problems() -> None:
    examples = [question(n, "Ai?", n % 2 == 0) for n in range(20)]
    assert problems(examples)[:2] == ["0% en, wanted 10%", "0% vi-unaccented, wanted 10%"]
