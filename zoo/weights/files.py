"""The published weights that the zoo can load: what each file is and holds."""

from dataclasses import dataclass

from pipelines.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class WeightFile:
    """A file of weights, arrays by `<layer>/kernel` and `<layer>/bias`.

    Args:
        name: of the file, in the directory that `ZOO_WEIGHTS` names.
        sha256: of the file's bytes.
        stem: the layer whose kernel meets the input channels.
        logits: the layer of the 1000 ImageNet classes.
        content: what it is, for who looks for it.
    """

    name: str
    sha256: str
    stem: str
    logits: str
    content: str


FILES: dict[str, WeightFile] = {
    "inception": WeightFile(
        name="googlenet_bvlc_keras_layout_fp32.npz",
        sha256="32af99059c670d7e3036f96872b7bdd81189b7c468ccef37bcd271b300ff5222",
        stem="conv1_7x7_s2",
        logits="loss3_classifier",
        content=(
            "BVLC GoogLeNet with 1000 classes as an .npz of float32 arrays, "
            "'<layer>/kernel' [height, width, in, out] and '<layer>/bias', named as "
            "in Caffe with / as _ (conv1_7x7_s2 ... loss3_classifier)"
        ),
    ),
}


def get(architecture: str) -> WeightFile:
    """The file of ImageNet weights of an architecture.

    Raises:
        UsageError: there is none.
    """
    if architecture not in FILES:
        raise UsageError(
            f"there are no ImageNet weights for {architecture}. Those with weights "
            f"are {', '.join(sorted(FILES))}"
        )
    return FILES[architecture]
