"""The architectures of the zoo, by the name that `--arch` takes."""

from pipelines.errors import UsageError
from zoo import own_network
from zoo.architectures import cnn3d, inception, resnet
from zoo.architectures.architecture import Architecture, InputConvention

_PLANE = (224, 224, 3)
_VOLUME = (64, 128, 128, 1)
_CAFFE = InputConvention(scale=255.0, mean=(104.0, 117.0, 123.0), order="bgr")

ARCHITECTURES: dict[str, Architecture] = {
    "inception": Architecture(
        name="inception",
        rank=2,
        build=inception.build,
        minimum_size=32,
        reference=_PLANE,
        auxiliary=("inception_4a_output", "inception_4d_output"),
        imagenet=_CAFFE,
        citation=(
            "Szegedy et al., Going deeper with convolutions, CVPR 2015; topology of "
            "the BVLC GoogLeNet model for Caffe"
        ),
    ),
    "cnn3d": Architecture(
        name="cnn3d",
        rank=3,
        build=cnn3d.build,
        minimum_size=8,
        reference=_VOLUME,
        head_units=(128,),
        citation=(
            "layout of Fan et al., Chinese Journal of Magnetic Resonance Imaging 2022, "
            "doi 10.12015/issn.1674-8034.2022.09.006"
        ),
    ),
    "resnet3d18": Architecture(
        name="resnet3d18",
        rank=3,
        build=resnet.build_18,
        minimum_size=8,
        reference=_VOLUME,
        citation=(
            "He et al., Deep residual learning for image recognition, CVPR 2016; Hara "
            "et al., Can spatiotemporal 3D CNNs retrace the history of 2D CNNs and "
            "ImageNet?, CVPR 2018"
        ),
    ),
}


def get(name: str) -> Architecture:
    """The architecture of that name; `package.module:function` is a user's own.

    Raises:
        UsageError: there is none; the message lists the names.
    """
    if own_network.SEPARATOR in name:
        return own_network.load(name)
    if name not in ARCHITECTURES:
        raise UsageError(
            f"no architecture named {name!r}. Choose one of "
            f"{', '.join(sorted(ARCHITECTURES))}, or name a function of your own as "
            "package.module:function"
        )
    return ARCHITECTURES[name]
