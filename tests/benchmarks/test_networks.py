"""Our networks and peers' side by side: who competes, and what is said of it."""

import pytest


def figures(label, seconds, *, is_ours, **more):
    measured = {
        f"{kind}_{clock}": [value]
        for kind, value in seconds.items()
        for clock in ("seconds", "cpu_seconds")
    }
    memory = {f"{kind}_mib": 10 for kind in seconds}
    traits = {"sizes": ("8x8",), "parameters": 5, "multiply_adds": 7, "versions": "1"}
    plain = {"label": label, "remark": "", "is_ours": is_ours}
    return {**plain, **traits, **measured, **memory, **more}


def test_ours_in_16_bits_comes_first_and_peers_have_theirs():
    import networks

    plain = networks.contenders("resnet3d18", {"monai": "python"})
    labels = [contender.label for contender in plain]
    channels_last = "monai resnet18 channels last"
    assert labels == ["zoo resnet3d18", "monai resnet18", channels_last]
    both = networks.contenders(
        "resnet3d18", {"monai": "python"}, automatic="mixed_bfloat16"
    )
    assert [contender.network for contender in both if contender.is_ours] == [
        "resnet3d18 mixed_bfloat16",
        "resnet3d18 float32",
    ]
    assert "resnet18 autocast" in [contender.network for contender in both]


def test_our_other_precision_is_no_peer():
    from peers.table import best_peer, table

    ratios = {
        f"{kind}_{clock}ratio": {"median": 0.5, "quartiles": (0.5, 0.5)}
        for kind in ("train", "infer")
        for clock in ("", "cpu_")
    }
    seconds = {"train": 1.0, "infer": 1.0}
    ours = figures("zoo", seconds, is_ours=True, limit_share=0.84)
    full = figures("zoo f", seconds, is_ours=True, matched=True, **ratios)
    assert best_peer([ours, full], "train") == ""
    peer = figures("monai", seconds, is_ours=False, matched=True, **ratios)
    assert "0.50 of the best peer's time, monai" in best_peer([ours, peer], "train")
    of = {"shape": (8, 8, 1), "batch": 2, "threads": 2, "repeats": 1, "left_out": ()}
    said = table("x", {**of, "networks": [ours, full, peer]})
    assert "zoo: its convolutions alone take 0.84 of a training step" in said


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_convolutions_alone_are_those_of_the_network(precision, monkeypatch):
    from peers import convolution_limit, zoo_networks
    from peers.worker import Order

    run = []
    alone = convolution_limit._alone

    def noted(layer, batch, *, of_input):
        run.append((layer.compute_dtype, batch, of_input))
        return alone(layer, batch, of_input=of_input)

    monkeypatch.setattr(convolution_limit, "_alone", noted)
    monkeypatch.setattr(zoo_networks.keras_network, "use_threads", lambda number: None)
    order = Order(
        network=f"cnn3d {precision}",
        shape=(16, 16, 16, 1),
        batch=2,
        classes=2,
        threads=1,
    )
    network = zoo_networks.build(order)
    assert run == []  # nothing is made before it is asked for
    assert network.limit() != 0
    dtype = precision.removeprefix("mixed_")
    assert run == [(dtype, 2, False), (dtype, 2, True), (dtype, 2, True)]
