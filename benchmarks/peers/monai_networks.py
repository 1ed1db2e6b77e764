"""MONAI's networks (Apache-2.0), eager, in either memory format and precision."""

import math
from functools import partial
from importlib import metadata

import torch
from monai.networks import nets

from peers.worker import Network, Order, Traits, main

AUTOCAST, CHANNELS_LAST = " autocast", " channels last"


def build(order: Order) -> Network:
    """`order.network` of `monai.networks.nets`, stem of stride 2, bare shortcuts.

    A name that ends with `" channels last"` has weights and batch in the memory format
    `channels_last_3d`; one that ends with `" autocast"` before or without that computes
    in bfloat16 where torch's autocast on CPUs does.
    """
    torch.set_num_threads(order.threads)
    torch.manual_seed(0)
    in_its_format = order.network.removesuffix(CHANNELS_LAST)
    name = in_its_format.removesuffix(AUTOCAST)
    model = getattr(nets, name)(
        spatial_dims=len(order.shape) - 1,
        n_input_channels=order.shape[-1],
        num_classes=order.classes,
        conv1_t_stride=2,
        shortcut_type="B",
        bias_downsample=False,
    )
    batch = torch.randn(order.batch, order.shape[-1], *order.shape[:-1])
    traits = _traits(model, batch[:1])
    if in_its_format != order.network:
        model = model.to(memory_format=torch.channels_last_3d)
        batch = batch.to(memory_format=torch.channels_last_3d)
    target = torch.arange(order.batch) % order.classes
    optimizer = torch.optim.Adam(model.parameters(), lr=order.learning_rate)
    brief = partial(
        torch.autocast, "cpu", dtype=torch.bfloat16, enabled=name != in_its_format
    )

    def train() -> float:
        model.train()
        optimizer.zero_grad()
        with brief():
            loss = torch.nn.functional.cross_entropy(model(batch), target)
        loss.backward()
        optimizer.step()
        return loss.item()

    def infer() -> float:
        model.eval()
        with torch.inference_mode(), brief():
            return model(batch).float().sum().item()

    return Network(traits=traits, train=train, infer=infer)


def _traits(model: torch.nn.Module, sample: torch.Tensor) -> Traits:
    """Taken from the shapes alone, with nothing computed."""
    sizes, multiply_adds = [], []
    counted = (torch.nn.Conv3d, torch.nn.Linear, torch.nn.MaxPool3d)

    def look(module, inputs, output):
        weight = getattr(module, "weight", torch.empty(0))
        multiply_adds.append(weight.numel() * math.prod(output.shape[2:]))
        if output.ndim == sample.ndim:
            sizes.append("x".join(map(str, output.shape[2:])))

    hooks = [
        module.register_forward_hook(look)
        for module in model.modules()
        if isinstance(module, counted)
    ]
    model.eval()
    with torch.inference_mode():
        model(sample)
    for hook in hooks:
        hook.remove()
    return Traits(
        parameters=sum(weight.numel() for weight in model.parameters()),
        multiply_adds=sum(multiply_adds),
        sizes=tuple(dict.fromkeys(sizes)),
        versions=f"monai {metadata.version('monai')}, torch {torch.__version__}",
    )


if __name__ == "__main__":
    main(build)
