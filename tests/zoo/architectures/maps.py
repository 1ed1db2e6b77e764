"""The feature maps that the backbones are to give, stated entry by entry.

Worked out from the layers' windows and strides: the residual networks, EfficientNet and
MobileNetV3 round up at each of five halvings, ConvNeXt, DenseNet's transitions and
`cnn3d` down, the others have windows without padding.
"""

# At the minimum size, at `subject.ELSEWHERE`, and features.
MAPS: dict[str, tuple[tuple[int, ...], tuple[int, ...], int]] = {
    "alexnet": ((1, 1), (2, 3), 256),
    "inception": ((1, 1), (3, 4), 1024),
    "resnet18": ((2, 2), (3, 5), 512),
    "resnet34": ((2, 2), (3, 5), 512),
    "resnet50": ((2, 2), (3, 5), 2048),
    "se_resnet50": ((2, 2), (3, 5), 2048),
    "se_resnext50": ((2, 2), (3, 5), 2048),
    "xception": ((3, 3), (3, 4), 2048),
    "efficientnet_b0": ((1, 1), (3, 5), 1280),
    "efficientnet_b1": ((1, 1), (3, 5), 1280),
    "efficientnet_b2": ((1, 1), (3, 5), 1408),
    "efficientnet_b3": ((1, 1), (3, 5), 1536),
    "efficientnet_b4": ((1, 1), (3, 5), 1792),
    "efficientnet_b5": ((1, 1), (3, 5), 2048),
    "efficientnet_b6": ((1, 1), (3, 5), 2304),
    "efficientnet_b7": ((1, 1), (3, 5), 2560),
    "efficientnetv2_b0": ((1, 1), (3, 5), 1280),
    "efficientnetv2_b1": ((1, 1), (3, 5), 1280),
    "efficientnetv2_b2": ((1, 1), (3, 5), 1408),
    "efficientnetv2_b3": ((1, 1), (3, 5), 1536),
    "efficientnetv2_s": ((1, 1), (3, 5), 1280),
    "inception_v3": ((1, 1), (1, 2), 2048),
    "densenet121": ((1, 1), (3, 4), 1024),
    "mobilenet_v3_small": ((1, 1), (3, 5), 576),
    "convnext_tiny": ((1, 1), (3, 4), 768),
    "cnn3d": ((1, 1, 1), (8, 9, 12), 128),
    "alexnet3d": ((1, 1, 1), (1, 1, 2), 256),
    "inception3d": ((1, 1, 1), (2, 2, 3), 1024),
    "resnet3d18": ((2, 2, 2), (2, 3, 3), 512),
    "resnet3d34": ((2, 2, 2), (2, 3, 3), 512),
    "resnet3d50": ((2, 2, 2), (2, 3, 3), 2048),
    "se_resnet3d50": ((2, 2, 2), (2, 3, 3), 2048),
    "se_resnext3d50": ((2, 2, 2), (2, 3, 3), 2048),
}
