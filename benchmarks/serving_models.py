"""Networks with random weights and records of noise, exported as a user exports."""

import json

import numpy as np

MODEL = "benchmark"


def made_task(size):
    """A task of one sequence and two classes on a grid of `size`³."""
    from pipelines.tasks.sequence import Sequence
    from pipelines.tasks.target import Target
    from pipelines.tasks.task import Grid, Task

    return Task(
        name="benchmark",
        sequences=(Sequence(name="T1"),),
        target=Target(classes=("no", "yes")),
        grid=Grid(orientation="axial", fit="resize", shape=(size, size, size)),
    )


def made_record(task, seed):
    """A record of noise, as ingest would write it."""
    from pipelines.canonical.canonicalise import Canonical
    from pipelines.records.encode import Sample, encode

    voxels = np.random.default_rng(seed).gamma(2, 100, task.record_shape)
    voxels[0] = 0
    canonical = Canonical(
        voxels=voxels.astype(np.int32), fill=(0.0,), present=(1,), affine=np.eye(4)
    )
    ids = {"sample_id": "", "study_id": "", "patient_id": ""}
    return encode(Sample(**ids, canonical=canonical), task).record


def made_run(path, arch, task):
    """A finished run with random weights."""
    from pipelines.storage.config_files import plain
    from zoo.architectures import registry
    from zoo.classifier import classifier
    from zoo.recipes.recipe import Recipe
    from zoo.runs.run import Run
    from zoo.targets.standardisation import NOTHING

    recipe = Recipe(arch=arch)
    run = Run.create(
        path,
        recipe=recipe,
        data_set_json=json.dumps({"task": plain(task), "digest": "none"}),
        fold=None,
        environment={"options": {}},
        standards=NOTHING,
    )
    built = classifier.build(
        recipe,
        registry.get(arch),
        shape=task.record_shape,
        target_outputs=run.target_outputs,
        seed=0,
    )
    built.inference.save(run.model_path)
    run.predictions_path.write_text("", encoding="utf-8")
    run.metrics_path.write_text("{}", encoding="utf-8")
    return run


def make(arch, size, folder):
    """Child: exports a network and writes records; nothing of it stays in memory."""
    from zoo.serving.exporting import export_request, export_runs

    task = made_task(size)
    run = made_run(folder / "run", arch, task)
    to = folder / "saved_models"
    export_runs.export(export_request.checked(run.path, name=MODEL, to=to))
    for seed in range(4):
        (folder / f"{seed}.record").write_bytes(made_record(task, seed))


def read_records(folder):
    """The records that `make` wrote."""
    return [path.read_bytes() for path in sorted(folder.glob("*.record"))]
