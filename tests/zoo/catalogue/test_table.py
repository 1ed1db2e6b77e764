import json

from tests.zoo.catalogue.small import entry
from zoo.catalogue import table

INCEPTION = entry(name="inception", parameters=5_970_000, multiply_adds=1_580_000_000)
RESNET = entry(name="resnet18")
INFLATED = entry(
    name="resnet3d18", rank=3, inflates="resnet18", reference=(64, 128, 128, 1)
)
BARE = entry(name="cnn3d", imagenet=False)
ALL = (INCEPTION, RESNET, INFLATED, BARE)


def row(name, width=1000):
    lines = table.text(ALL, width=width).splitlines()
    return next(line for line in lines if line.startswith(name)).split()


def test_counts_in_millions_and_thousand_millions():
    assert row("inception")[1:5] == ["2", "5.97", "1.58", "8x6x3"]


def test_weights_are_the_foremost_file():
    assert row("resnet18")[5:8] == ["69.8", "BSD-3-Clause", "huggingface.co"]
    assert "dl.caffe.berkeleyvision.org" in row("inception")


def test_inflated_weights_have_no_accuracy_of_their_own():
    found = " ".join(row("resnet3d18"))
    assert "64x128x128x1 - BSD-3-Clause inflated from resnet18 Small" in found


def test_no_weights():
    assert row("cnn3d")[5:8] == ["-", "-", "-"]


def test_no_line_is_longer_than_the_terminal():
    for width in (60, 80, 100, 120, 200):
        lines = table.text(ALL, width=width).splitlines()
        listed = lines[: lines.index("")]
        assert len(listed) == 1 + len(ALL)
        assert max(map(len, listed)) <= width


def test_what_is_left_out_is_said():
    assert "Too narrow for: weights, citation. --json" in table.text(ALL, width=80)
    assert "Too narrow" not in table.text(ALL, width=300)


def test_json_has_all():
    found = json.loads(json.dumps(table.row_of_json(RESNET)))
    assert found["multiply_adds"] == RESNET.multiply_adds
    assert found["reference"] == [8, 6, 3]
    assert found["weights"][0]["top1"] == 69.758
    assert found["weights"][0]["url"].startswith("https://huggingface.co/timm/resnet18")
    assert table.row_of_json(BARE)["weights"] == []
