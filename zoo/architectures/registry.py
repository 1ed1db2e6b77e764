"""The architectures of the zoo, by the name that `--arch` takes."""

from dataclasses import replace

from pipelines.errors import UsageError
from zoo.architectures import user_defined
from zoo.architectures.architecture import Architecture, InputConvention
from zoo.architectures.builder import Builder

_PLANE = (224, 224, 3)
_VOLUME = (64, 128, 128, 1)

# What published weights were trained on, in the words of those who trained them.
_CAFFE = InputConvention(scale=255.0, mean=(104.0, 117.0, 123.0), order="bgr")
_TORCH = InputConvention(mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225))
_TENSORFLOW = InputConvention(mean=(0.5,) * 3, deviation=(0.5,) * 3)  # -1 to 1
_EFFICIENTNET_V2_S = InputConvention(scale=255 / 128, mean=(1.0,) * 3)

_HE = "He et al., Deep residual learning for image recognition, CVPR 2016"
_HARA = (
    "Hara et al., Can spatiotemporal 3D CNNs retrace the history of 2D CNNs and "
    "ImageNet?, CVPR 2018"
)
_HU = "Hu et al., Squeeze-and-excitation networks, CVPR 2018"
_XIE = "Xie et al., Aggregated residual transformations, CVPR 2017"
_KRIZHEVSKY = (
    "Krizhevsky, One weird trick for parallelizing convolutional neural networks, "
    "2014, as torchvision has it"
)
_SZEGEDY = (
    "Szegedy et al., Going deeper with convolutions, CVPR 2015; topology of the BVLC "
    "GoogLeNet model for Caffe"
)
_TAN = "Tan and Le, EfficientNet, ICML 2019"
_TAN_V2 = "Tan and Le, EfficientNetV2, ICML 2021"

_INCEPTION = Architecture(
    name="inception",
    rank=2,
    build=Builder("inception.build"),
    minimum_size=32,
    reference=_PLANE,
    auxiliary=("inception_4a_output", "inception_4d_output"),
    imagenet=_CAFFE,
    citation=_SZEGEDY,
)
_ALEXNET = Architecture(
    name="alexnet",
    rank=2,
    build=Builder("alexnet.build"),
    minimum_size=63,
    reference=_PLANE,
    imagenet=_TORCH,
    citation=_KRIZHEVSKY,
)
_RESNET18 = Architecture(
    name="resnet18",
    rank=2,
    build=Builder("resnet.build_18"),
    minimum_size=8,
    reference=_PLANE,
    imagenet=_TORCH,
    citation=_HE,
)
_RESNET34 = replace(_RESNET18, name="resnet34", build=Builder("resnet.build_34"))
_RESNET50 = replace(_RESNET18, name="resnet50", build=Builder("resnet.build_50"))
_SE_RESNET50 = replace(
    _RESNET18,
    name="se_resnet50",
    build=Builder("resnet.build_se_50"),
    citation=f"{_HU}; {_HE}",
)
_SE_RESNEXT50 = replace(
    _RESNET18,
    name="se_resnext50",
    build=Builder("resnet.build_se_next_50"),
    citation=f"{_HU}; {_XIE}",
)
_CNN3D = Architecture(
    name="cnn3d",
    rank=3,
    build=Builder("cnn3d.build"),
    minimum_size=8,
    reference=_VOLUME,
    head_units=(128,),
    citation=(
        "layout of Fan et al., Chinese Journal of Magnetic Resonance Imaging 2022, "
        "doi 10.12015/issn.1674-8034.2022.09.006"
    ),
)
_XCEPTION = Architecture(
    name="xception",
    rank=2,
    build=Builder("applications.xception"),
    minimum_size=71,
    reference=(299, 299, 3),
    imagenet=_TENSORFLOW,
    citation="Chollet, Xception, CVPR 2017; topology of keras.applications",
)
_EFFICIENTNET = Architecture(
    name="efficientnet_b0",
    rank=2,
    build=Builder("applications.efficientnet_b0"),
    minimum_size=32,
    reference=_PLANE,
    imagenet=_TORCH,
    citation=f"{_TAN}; topology of keras.applications",
)
_EFFICIENTNET_V2 = replace(
    _EFFICIENTNET,
    name="efficientnetv2_b0",
    build=Builder("applications.efficientnetv2_b0"),
    citation=f"{_TAN_V2}; topology of keras.applications",
)


def _in_3d(plane: Architecture, name: str, citation: str = _HARA) -> Architecture:
    """The same builder for whole volumes; it can take the slices' weights, inflated."""
    return replace(
        plane,
        name=name,
        rank=3,
        reference=_VOLUME,
        inflates=plane.name,
        citation=f"{plane.citation}; {citation}",
    )


_INFLATED = "in 3D as Carreira and Zisserman, Quo vadis, action recognition?, CVPR 2017"

_ALL = (
    _ALEXNET,
    _INCEPTION,
    _RESNET18,
    _RESNET34,
    _RESNET50,
    _SE_RESNET50,
    _SE_RESNEXT50,
    _XCEPTION,
    _EFFICIENTNET,
    replace(
        _EFFICIENTNET,
        name="efficientnet_b1",
        build=Builder("applications.efficientnet_b1"),
        reference=(240, 240, 3),
    ),
    replace(
        _EFFICIENTNET,
        name="efficientnet_b2",
        build=Builder("applications.efficientnet_b2"),
        reference=(260, 260, 3),
    ),
    replace(
        _EFFICIENTNET,
        name="efficientnet_b3",
        build=Builder("applications.efficientnet_b3"),
        reference=(300, 300, 3),
    ),
    replace(
        _EFFICIENTNET,
        name="efficientnet_b4",
        build=Builder("applications.efficientnet_b4"),
        reference=(380, 380, 3),
    ),
    replace(
        _EFFICIENTNET,
        name="efficientnet_b5",
        build=Builder("applications.efficientnet_b5"),
        reference=(456, 456, 3),
    ),
    replace(
        _EFFICIENTNET,
        name="efficientnet_b6",
        build=Builder("applications.efficientnet_b6"),
        reference=(528, 528, 3),
    ),
    replace(
        _EFFICIENTNET,
        name="efficientnet_b7",
        build=Builder("applications.efficientnet_b7"),
        reference=(600, 600, 3),
    ),
    _EFFICIENTNET_V2,
    replace(
        _EFFICIENTNET_V2,
        name="efficientnetv2_b1",
        build=Builder("applications.efficientnetv2_b1"),
        reference=(240, 240, 3),
    ),
    replace(
        _EFFICIENTNET_V2,
        name="efficientnetv2_b2",
        build=Builder("applications.efficientnetv2_b2"),
        reference=(260, 260, 3),
    ),
    replace(
        _EFFICIENTNET_V2,
        name="efficientnetv2_b3",
        build=Builder("applications.efficientnetv2_b3"),
        reference=(300, 300, 3),
    ),
    replace(
        _EFFICIENTNET_V2,
        name="efficientnetv2_s",
        build=Builder("applications.efficientnetv2_s"),
        reference=(384, 384, 3),
        imagenet=_EFFICIENTNET_V2_S,
    ),
    Architecture(
        name="inception_v3",
        rank=2,
        build=Builder("applications.inception_v3"),
        minimum_size=75,
        reference=(299, 299, 3),
        imagenet=_TENSORFLOW,
        citation=(
            "Szegedy et al., Rethinking the Inception architecture, CVPR 2016; "
            "topology of keras.applications"
        ),
    ),
    Architecture(
        name="densenet121",
        rank=2,
        build=Builder("applications.densenet121"),
        minimum_size=32,
        reference=_PLANE,
        imagenet=_TORCH,
        citation=(
            "Huang et al., Densely connected convolutional networks, CVPR 2017; "
            "topology of keras.applications"
        ),
    ),
    Architecture(
        name="mobilenet_v3_small",
        rank=2,
        build=Builder("applications.mobilenet_v3_small"),
        minimum_size=32,
        reference=_PLANE,
        imagenet=_TENSORFLOW,
        citation=(
            "Howard et al., Searching for MobileNetV3, ICCV 2019; topology of "
            "keras.applications"
        ),
    ),
    Architecture(
        name="convnext_tiny",
        rank=2,
        build=Builder("convnext.build_tiny"),
        minimum_size=32,
        reference=_PLANE,
        imagenet=_TORCH,
        citation=(
            "Liu et al., A ConvNet for the 2020s, CVPR 2022; rebuilt after "
            "keras.applications"
        ),
    ),
    _CNN3D,
    _in_3d(_ALEXNET, "alexnet3d", _INFLATED),
    _in_3d(_INCEPTION, "inception3d", _INFLATED),
    _in_3d(_RESNET18, "resnet3d18"),
    _in_3d(_RESNET34, "resnet3d34"),
    _in_3d(_RESNET50, "resnet3d50"),
    _in_3d(_SE_RESNET50, "se_resnet3d50"),
    _in_3d(_SE_RESNEXT50, "se_resnext3d50"),
)

ARCHITECTURES: dict[str, Architecture] = {entry.name: entry for entry in _ALL}


def get(name: str) -> Architecture:
    """The architecture of that name; `package.module:function` is a user's own.

    Raises:
        UsageError: there is none; the message lists the names.
    """
    if user_defined.SEPARATOR in name:
        return user_defined.load(name)
    if name not in ARCHITECTURES:
        raise UsageError(
            f"no architecture named {name!r}. Choose one of "
            f"{', '.join(sorted(ARCHITECTURES))}, or name a function of your own as "
            "package.module:function"
        )
    return ARCHITECTURES[name]
