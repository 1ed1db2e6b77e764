"""The published ImageNet weights that the zoo can load.

Checksums are the publishers': SHA-1 of the Caffe model zoo, MD5 and SHA-256 of
keras.applications, the SHA-256 that Hugging Face shows of its files (or the address
where it states it), the SHA-256 whose first digits stand in PyTorch's file names.
Accuracies are the publishers' own, of the weights, not measured here.
"""

from pipelines.errors import UsageError
from zoo.weights.published.source import Source

_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
_KERAS_EFFICIENTNET = "https://storage.googleapis.com/keras-applications"
_KERAS_TABLE = "keras.io/api/applications"
_PYTORCH = "https://download.pytorch.org/models/"
_TIMM = "https://huggingface.co/timm/"
_TIMM_RELEASE = (
    "https://github.com/huggingface/pytorch-image-models/releases/download/"
    "v0.1-weights/"
)
_TORCHVISION_DOCS = "torchvision's documentation, 224 px"
_TIMM_CARD = "timm's model card, 288 px"


def _keras(
    file_name: str,
    checksum: str,
    licence: str,
    top1: float,
    *,
    folder: str,
    by: str = _KERAS_TABLE,
) -> Source:
    """A file of keras.applications, without its dense layer."""
    return Source(
        file_name=file_name,
        url=f"{folder}/{file_name}",
        checksum=checksum,
        licence=licence,
        format="keras_h5",
        top1=top1,
        top1_source=by,
        content="all layers of keras.applications but the dense one",
    )


def _efficientnet(name: str, md5: str, top1: float) -> tuple[Source]:
    file_name = f"efficientnet{name}_notop.h5"
    folder = _KERAS_EFFICIENTNET
    return (_keras(file_name, f"md5:{md5}", "Apache-2.0", top1, folder=folder),)


def _efficientnet_v2(name: str, md5: str, top1: float) -> tuple[Source]:
    file_name = f"efficientnetv2-{name}_notop.h5"
    folder = _KERAS + "efficientnet_v2"
    return (_keras(file_name, f"md5:{md5}", "Apache-2.0", top1, folder=folder),)


def _torchvision(file_name: str, sha256: str, top1: float) -> Source:
    return Source(
        file_name=file_name,
        url=_PYTORCH + file_name,
        checksum=f"sha256:{sha256}",
        licence="BSD-3-Clause",
        format="torch",
        top1=top1,
        top1_source=_TORCHVISION_DOCS,
        content="torchvision's IMAGENET1K_V1, all layers; read with torch",
    )


def _timm(
    name: str, *, licence: str, top1: float, by: str, checksum: str = ""
) -> Source:
    """A checkpoint on the Hugging Face hub; its pointer states what is left out."""
    page = f"{_TIMM}{name}"
    return Source(
        file_name=f"timm_{name}.safetensors",
        url=f"{page}/resolve/main/model.safetensors",
        checksum=checksum or f"sha256-at:{page}/raw/main/model.safetensors",
        licence=licence,
        format="safetensors",
        top1=top1,
        top1_source=by,
        content=f"timm's {name}, all layers",
    )


def _timm_release(file_name: str, prefix: str, top1: float) -> Source:
    return Source(
        file_name=file_name,
        url=_TIMM_RELEASE + file_name,
        checksum=f"sha256-prefix:{prefix}",
        licence="Apache-2.0",
        format="torch",
        top1=top1,
        top1_source=_TIMM_CARD,
        content="timm's checkpoint, all layers; read with torch",
    )


SOURCES: dict[str, tuple[Source, ...]] = {
    "inception": (
        Source(
            file_name="googlenet_bvlc_keras_layout_fp32.npz",
            checksum=(
                "sha256:32af99059c670d7e3036f96872b7bdd8"
                "1189b7c468ccef37bcd271b300ff5222"
            ),
            licence="unrestricted use (BVLC)",
            format="npz",
            top1=68.7,
            top1_source="model card of BVLC GoogLeNet, centre crop",
            content=(
                "BVLC GoogLeNet without its auxiliary heads, named as in Caffe with / "
                "as _, kernels [height, width, in, out]"
            ),
        ),
        Source(
            file_name="bvlc_googlenet.caffemodel",
            url="http://dl.caffe.berkeleyvision.org/bvlc_googlenet.caffemodel",
            checksum="sha1:405fc5acd08a3bb12de8ee5e23a96bec22f08204",
            licence="unrestricted use (BVLC)",
            format="caffe",
            top1=68.7,
            top1_source="model card of BVLC GoogLeNet, centre crop",
            content="BVLC GoogLeNet, all layers",
        ),
    ),
    "alexnet": (
        _torchvision(
            "alexnet-owt-7be5be79.pth",
            "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
            56.522,
        ),
        Source(
            file_name="alexnet_imagenet_conv_keras_layout_fp32.npz",
            checksum=(
                "sha256:9d6e57c196c54c0aa866de84dc28c22b"
                "fdf58499256ee64098ee74d3fb49093a"
            ),
            licence="BSD-3-Clause",
            format="npz",
            content=(
                "the five convolutions of torchvision's AlexNet, conv1 to conv5, "
                "kernels [height, width, in, out]"
            ),
        ),
    ),
    "resnet18": (
        _timm(
            "resnet18.tv_in1k",
            checksum=(
                "sha256:694f673df6520a3158624e8a89af086f"
                "59923ee4cd7436fe5bc3bc71d295ad81"
            ),
            licence="BSD-3-Clause",
            top1=69.758,
            by=_TORCHVISION_DOCS,
        ),
        _torchvision(
            "resnet18-f37072fd.pth",
            "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
            69.758,
        ),
    ),
    "resnet34": (
        _timm(
            "resnet34.tv_in1k",
            licence="BSD-3-Clause",
            top1=73.314,
            by=_TORCHVISION_DOCS,
        ),
        _torchvision(
            "resnet34-b627a593.pth",
            "b627a593bcbe140c234610266fe4f8ae95ea42fc881d091c9b6052e6b1d0590f",
            73.314,
        ),
    ),
    "resnet50": (
        _timm(
            "resnet50.tv_in1k",
            checksum=(
                "sha256:5d061a3c593d795bfe682d9b152bafbc"
                "f550579873492def3515b46db1189888"
            ),
            licence="BSD-3-Clause",
            top1=76.13,
            by=_TORCHVISION_DOCS,
        ),
        _torchvision(
            "resnet50-0676ba61.pth",
            "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
            76.13,
        ),
    ),
    "se_resnet50": (
        _timm("seresnet50.ra2_in1k", licence="Apache-2.0", top1=81.3, by=_TIMM_CARD),
        _timm_release("seresnet50_ra_224-8efdb4bb.pth", "8efdb4bb", 81.3),
    ),
    "se_resnext50": (
        _timm(
            "seresnext50_32x4d.racm_in1k",
            licence="Apache-2.0",
            top1=82.2,
            by=_TIMM_CARD,
        ),
        _timm_release("seresnext50_32x4d_racm-a304a460.pth", "a304a460", 82.2),
    ),
    "xception": (
        Source(
            file_name="xception_imagenet_notop_fp16.npz",
            checksum=(
                "sha256:514e4cf83006e07b62abfd8c4e40051f"
                "e876d38997276ecaa0b40bd86fe7a2dd"
            ),
            licence="MIT",
            format="npz",
            content="Xception of keras.applications in half precision, no dense layer",
        ),
        _keras(
            "xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "md5:b0042744bf5b25fce3cb969f33bebb97",
            "MIT",
            79.0,
            folder=_KERAS + "xception",
        ),
    ),
    "inception_v3": (
        _keras(
            "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "md5:bcbd6486424b2319ff4ef7d526e38f63",
            "Apache-2.0",
            77.9,
            folder=_KERAS + "inception_v3",
        ),
    ),
    "densenet121": (
        _keras(
            "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "md5:30ee3e1110167f948a6b9946edeeb738",
            "BSD-3-Clause",
            75.0,
            folder=_KERAS + "densenet",
        ),
    ),
    "mobilenet_v3_small": (
        _keras(
            "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
            "md5:d3e8ec802a04aa4fc771ee12a9a9b836",
            "Apache-2.0",
            68.1,
            folder=_KERAS + "mobilenet_v3",
            by="documentation of keras.applications.MobileNetV3Small",
        ),
    ),
    "convnext_tiny": (
        _keras(
            "convnext_tiny_notop.h5",
            "sha256:d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
            "MIT",
            81.3,
            folder=_KERAS + "convnext",
        ),
    ),
    "efficientnet_b0": _efficientnet("b0", "50bc09e76180e00e4465e1a485ddc09d", 77.1),
    "efficientnet_b1": _efficientnet("b1", "74c4e6b3e1f6a1eea24c589628592432", 79.1),
    "efficientnet_b2": _efficientnet("b2", "111f8e2ac8aa800a7a99e3239f7bfb39", 80.1),
    "efficientnet_b3": _efficientnet("b3", "af6d107764bb5b1abb91932881670226", 81.6),
    "efficientnet_b4": _efficientnet("b4", "ebc24e6d6c33eaebbd558eafbeedf1ba", 82.9),
    "efficientnet_b5": _efficientnet("b5", "38879255a25d3c92d5e44e04ae6cec6f", 83.6),
    "efficientnet_b6": _efficientnet("b6", "9ecce42647a20130c1f39a5d4cb75743", 84.0),
    "efficientnet_b7": _efficientnet("b7", "cbcfe4450ddf6f3ad90b1b398090fe4a", 84.3),
    "efficientnetv2_b0": _efficientnet_v2(
        "b0", "893217f2bb855e2983157299931e43ff", 78.7
    ),
    "efficientnetv2_b1": _efficientnet_v2(
        "b1", "0e80663031ca32d657f9caa404b6ec37", 79.8
    ),
    "efficientnetv2_b2": _efficientnet_v2(
        "b2", "1dfe2e7a5d45b6632553a8961ea609eb", 80.5
    ),
    "efficientnetv2_b3": _efficientnet_v2(
        "b3", "f6abf7b5849ac99a89b50dd3fd532856", 82.0
    ),
    "efficientnetv2_s": _efficientnet_v2("s", "af0682fb74e8c54910f2d4393339c070", 83.9),
}


def get(name: str) -> tuple[Source, ...]:
    """The files of ImageNet weights of an architecture, the preferred one first.

    Args:
        name: of the architecture of rank 2.

    Raises:
        UsageError: there is none.
    """
    if name not in SOURCES:
        raise UsageError(
            f"there are no ImageNet weights for {name}. Those with weights are "
            f"{', '.join(sorted(SOURCES))}"
        )
    return SOURCES[name]
