"""Augmentation that mixes samples with each other: CutMix, MixUp, pairs of MixMatch."""
