"""The shape of the project: imports go one way, and what promises to be light stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = ("index", "rag", "eval", "ui")
HEAVY = ("torch", "transformers", "sentence_transformers", "gradio")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield node.lineno, node.module or ""


@pytest.mark.parametrize("package", ORDER)
def test_imports_go_one_way(package: str) -> None:
    allowed = ORDER[: ORDER.index(package) + 1]
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for line, module in imported(path)
        if module.split(".")[0] in ORDER and module.split(".")[0] not in allowed
    ]
    assert wrong == []


def test_no_package_is_imported_bare() -> None:
    # `import eval` or `import index` would shadow, or be shadowed by, what others call so.
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in ORDER
        for path in sorted((ROOT / package).rglob("*.py"))
        for line, module in imported(path)
        if module in ORDER and package != module
    ]
    assert [place for place in wrong if "from" not in _line(place)] == []


def _line(place: str) -> str:
    path, number = place.rsplit(":", 1)
    return (ROOT / path).read_text(encoding="utf-8").splitlines()[int(number) - 1]


@pytest.mark.parametrize("module", ["rag.chatbot", "ui.cli", "index.sync", "eval.datasets"])
def test_a_module_that_answers_questions_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_nothing_is_pickled() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in ORDER
        for path in sorted((ROOT / package).rglob("*.py"))
        for line, module in imported(path)
        if module.split(".")[0] in {"pickle", "shelve", "dill", "joblib"}
    ]
    assert wrong == []
