import sys

import pytest

from zoo.training import cpu_kernels

NAME = "TF_ENABLE_ONEDNN_OPTS"


@pytest.mark.parametrize(
    ("loaded", "before", "after"),
    [([], {}, "1"), ([], {NAME: "0"}, "0"), (["tensorflow"], {}, None)],
)
def test_the_environment_rules_and_loaded_is_loaded(monkeypatch, loaded, before, after):
    monkeypatch.setattr(sys, "modules", dict.fromkeys(loaded))
    monkeypatch.setattr(cpu_kernels.os, "environ", dict(before))
    cpu_kernels.take_fast()
    assert cpu_kernels.os.environ.get(NAME) == after
