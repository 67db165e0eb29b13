"""The state of a training run in one safetensors file, replaced atomically; no pickle."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from index.errors import ModelError

WEIGHTS: Final = "weights/"
MOMENTS: Final = "optimiser/"


@dataclass(frozen=True)
class Position:
    """How far a run has come. Data order and rate follow from it; nothing else is random.

    Attributes:
        phase: index of the phase.
        step: the next step of that phase.
        digest: of the recipe up to and including the phase.
        seconds: training time so far.
    """

    phase: int
    step: int
    digest: str
    seconds: float


def save(path: Path, position: Position, network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Write weights, optimiser state and position; a crash leaves the former file whole."""
    tensors = {WEIGHTS + name: parameter.data for name, parameter in network.named_parameters()}
    for name, parameter in network.named_parameters():
        for key, value in optimiser.state.get(parameter, {}).items():
            tensors[f"{MOMENTS}{key}/{name}"] = value
    unfinished = path.with_suffix(".tmp")
    save_file(tensors, unfinished, {"position": json.dumps(asdict(position))})
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)


def restore(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer) -> Position:
    """Load what ``save`` wrote into ``network`` and ``optimiser``.

    Raises:
        ModelError: the file's weights are not of this network.
    """
    with safe_open(path, "pt") as file:
        position = Position(**json.loads(file.metadata()["position"]))
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    parameters = dict(network.named_parameters())
    if {WEIGHTS + name for name in parameters} != {name for name in tensors if name.startswith(WEIGHTS)}:
        raise ModelError(f"{path} holds the weights of another network")
    for name, tensor in tensors.items():
        _put(name, tensor, parameters, optimiser)
    return position


def _put(
    name: str, tensor: Tensor, parameters: dict[str, nn.Parameter], optimiser: torch.optim.Optimizer
) -> None:
    if name.startswith(WEIGHTS):
        parameters[name.removeprefix(WEIGHTS)].data.copy_(tensor)
    else:
        key, _, parameter = name.removeprefix(MOMENTS).partition("/")
        optimiser.state[parameters[parameter]][key] = tensor
