"""Backbones: from volumes or slices to features. They know no heads or weights."""
