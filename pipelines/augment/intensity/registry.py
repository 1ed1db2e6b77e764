"""Every operation on intensities by its name, in the order in which they happen.

The order is that of an examination: tissue, coil, k-space, receiver, missing series.
"""

from pipelines.augment.intensity.operation import Operation
from pipelines.augment.intensity.operations.bias_field import BiasField
from pipelines.augment.intensity.operations.blur import Blur
from pipelines.augment.intensity.operations.brightness import Brightness
from pipelines.augment.intensity.operations.channel_dropout import ChannelDropout
from pipelines.augment.intensity.operations.contrast import Contrast
from pipelines.augment.intensity.operations.gamma import Gamma
from pipelines.augment.intensity.operations.ghosting import Ghosting
from pipelines.augment.intensity.operations.gibbs import Gibbs
from pipelines.augment.intensity.operations.hue import Hue
from pipelines.augment.intensity.operations.noise import Noise
from pipelines.augment.intensity.operations.rician import Rician
from pipelines.augment.intensity.operations.saturation import Saturation
from pipelines.augment.intensity.operations.sharpness import Sharpness
from pipelines.augment.intensity.operations.value import Value

OPERATIONS: dict[str, type[Operation]] = {
    "gamma": Gamma,
    "hue": Hue,
    "saturation": Saturation,
    "value": Value,
    "bias_field": BiasField,
    "contrast": Contrast,
    "brightness": Brightness,
    "blur": Blur,
    "sharpness": Sharpness,
    "gibbs": Gibbs,
    "ghosting": Ghosting,
    "noise": Noise,
    "rician": Rician,
    "channel_dropout": ChannelDropout,
}
