from pathlib import Path

import pytest

from index.errors import UserInputError
from rag.reader.recipe import read_recipe
from rag.reader.views import Chances

TEXT = """
init = "backbone"
seed = 1
batch = 2
pool = 3
max_tokens = 64
weight_decay = 0.01
clip = 1.0
[source.a]
files = ["a.jsonl.gz"]
chances = { random = 0.5 }
[source.b]
files = ["b.jsonl"]
held_out_every = 12
[[phase]]
name = "first"
steps = 10
rate = 1e-4
warmup = 2
decay = true
shares = { b = 3, a = 1 }
"""


def test_a_recipe_is_read_with_each_phases_sources(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(TEXT, encoding="utf-8")
    recipe = read_recipe(tmp_path / "recipe.toml")
    (phase,) = recipe.phases
    assert (recipe.init, recipe.max_tokens, phase.name, phase.decay) == ("backbone", 64, "first", True)
    assert [(s.name, s.share, s.held_out_every) for s in phase.sources] == [("b", 3, 12), ("a", 1, 0)]
    assert phase.sources[1].chances == Chances(random=0.5)
    assert recipe.files(phase.sources[0]) == [tmp_path / "b.jsonl"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("seed = 1", "sead = 1"), ("a = 1 }", "c = 1 }"), ("clip = 1.0", "clip = "), ("steps = 10\n", "")],
)
def test_a_recipe_with_a_wrong_entry_is_refused(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "recipe.toml").write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(UserInputError, match="not a training recipe"):
        read_recipe(tmp_path / "recipe.toml")


def test_the_digest_depends_on_what_decides_the_weights_and_not_on_the_folder(tmp_path: Path) -> None:
    digests = []
    for folder, text in (("x", TEXT), ("y", TEXT), ("z", TEXT.replace("1e-4", "2e-4"))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "recipe.toml").write_text(text, encoding="utf-8")
        digests.append(read_recipe(tmp_path / folder / "recipe.toml").digest(1))
    assert digests[0] == digests[1] != digests[2]


def test_the_projects_own_recipe_can_be_read() -> None:
    recipe = read_recipe(Path(__file__).parents[3] / "rag" / "reader" / "recipe.toml")
    assert all(phase.sources for phase in recipe.phases)
