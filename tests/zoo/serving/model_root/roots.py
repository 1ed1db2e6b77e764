"""A model root with versions that hold just enough to count as whole."""

from zoo.serving.model_root import models_config, registration


def add(root, name, version):
    """A folder that looks like an exported version."""
    folder = root / name / str(version)
    folder.mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(b"graph")


def export(root, name, version):
    """What zoo.export leaves in the root; the label the version got."""
    add(root, name, version)
    return registration.register(root, name, version)


def served(root, name):
    """The versions that are loaded, and the labels."""
    model = models_config.entry(models_config.read(root), name)
    specific = model.model_version_policy.specific
    return [*specific.versions], dict(model.version_labels)
