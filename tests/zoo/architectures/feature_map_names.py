"""The names of the backbones' intermediate maps at the smallest input, listed."""

_RESNET = ("stage3_block2_output", "stage4_block2_output")
_DEEP_RESNET = ("stage3_block6_output", "stage4_block3_output")
_EFFICIENTNET = (
    "block2a_expand_activation",
    "block3a_expand_activation",
    "block4a_expand_activation",
    "block6a_expand_activation",
    "top_activation",
)
_V2 = ("block4a_expand_activation", "block6a_expand_activation", "top_activation")
_ALEXNET = ("convolution1", "convolution2", "convolution5", "pooling5")
_INCEPTION = (
    "conv1_7x7_s2",
    "conv2_3x3",
    "inception_3b_output",
    "inception_4e_output",
    "inception_5b_output",
)

NAMES: dict[str, tuple[str, ...]] = {
    "alexnet": _ALEXNET,
    "inception": _INCEPTION,
    "resnet18": _RESNET,
    "resnet34": _DEEP_RESNET,
    "resnet50": _DEEP_RESNET,
    "se_resnet50": _DEEP_RESNET,
    "se_resnext50": _DEEP_RESNET,
    "xception": ("block1_conv2_act", "add", "add_1", "add_10", "block14_sepconv2_act"),
    "efficientnet_b0": _EFFICIENTNET,
    "efficientnet_b1": _EFFICIENTNET,
    "efficientnet_b2": _EFFICIENTNET,
    "efficientnet_b3": _EFFICIENTNET,
    "efficientnet_b4": _EFFICIENTNET,
    "efficientnet_b5": _EFFICIENTNET,
    "efficientnet_b6": _EFFICIENTNET,
    "efficientnet_b7": _EFFICIENTNET,
    "efficientnetv2_b0": ("block1a_project_activation", "block2b_add", *_V2),
    "efficientnetv2_b1": ("block1b_add", "block2c_add", *_V2),
    "efficientnetv2_b2": ("block1b_add", "block2c_add", *_V2),
    "efficientnetv2_b3": ("block1b_add", "block2c_add", *_V2),
    "efficientnetv2_s": ("block1b_add", "block2d_add", *_V2),
    "inception_v3": ("activation_2", "activation_4", "mixed2", "mixed7", "mixed10"),
    "densenet121": ("conv1_relu", "pool2_conv", "pool3_conv", "pool4_conv", "relu"),
    "mobilenet_v3_small": (
        "activation",
        "re_lu_2",
        "activation_1",
        "activation_11",
        "activation_17",
    ),
    "convnext_tiny": (
        "downsampling_layernorm_0",
        "downsampling_layernorm_1",
        "downsampling_layernorm_2",
        "layer_normalization",
    ),
    "cnn3d": ("relu2", "relu3", "pooling3"),
    "alexnet3d": _ALEXNET,
    "inception3d": _INCEPTION,
    "resnet3d18": _RESNET,
    "resnet3d34": _DEEP_RESNET,
    "resnet3d50": _DEEP_RESNET,
    "se_resnet3d50": _DEEP_RESNET,
    "se_resnext3d50": _DEEP_RESNET,
}
