import pytest

from pipelines.errors import UsageError
from zoo.architectures.architecture import Architecture, InputConvention, input_shape


def architecture(rank, reference=None):
    return Architecture(
        name="net",
        rank=rank,
        build=lambda *_: None,
        minimum_size=16,
        reference=reference or (32,) * (rank + 1),
        citation="",
    )


def test_a_slice_at_rank_2_the_volume_at_rank_3():
    assert input_shape(architecture(2), (3, 16, 20, 2)) == (16, 20, 2)
    assert input_shape(architecture(3), (17, 16, 20, 2)) == (17, 16, 20, 2)


def test_depth_matters_at_rank_3_alone():
    input_shape(architecture(2), (1, 16, 16, 1))
    with pytest.raises(UsageError, match="16 voxels along every axis.*(15, 16, 16)"):
        input_shape(architecture(3), (15, 16, 16, 1))


def test_too_narrow_slices_are_named():
    with pytest.raises(UsageError, match="net wants .* height and width"):
        input_shape(architecture(2), (16, 16, 15, 1))


def test_rank_is_2_or_3():
    with pytest.raises(ValueError, match="rank is 2 or 3. Received: 4"):
        architecture(4)


def test_a_convention_divides_by_something():
    with pytest.raises(ValueError, match="must be positive"):
        InputConvention(deviation=(1.0, 0.0, 1.0))


def test_a_reference_has_the_rank():
    with pytest.raises(ValueError, match=r"at rank 3. Received: \(64, 64, 1\)"):
        architecture(3, reference=(64, 64, 1))
