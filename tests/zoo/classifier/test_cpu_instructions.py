import pytest

from zoo.classifier.cpu_instructions import has_bfloat16


@pytest.mark.parametrize(
    ("flags", "able"),
    [("fma avx512_bf16", True), ("amx_bf16 fma", True), ("fma avx512f", False)],
)
def test_the_system_names_them(tmp_path, flags, able):
    path = tmp_path / "cpuinfo"
    path.write_text(f"processor : 0\nflags\t\t: {flags}\n", encoding="utf-8")
    assert has_bfloat16(path) is able


def test_a_system_that_names_none_has_none(tmp_path):
    assert not has_bfloat16(tmp_path / "absent")
