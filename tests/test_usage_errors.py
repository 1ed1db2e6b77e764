"""Wrong usage is refused before TensorFlow, which takes seconds, is loaded."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.storage import config_files
from tests.pipelines.records import small
from tests.zoo.training import trained
from zoo.runs import lock
from zoo.training import new_run

ROOT = Path(__file__).resolve().parents[1]
NETWORK = """
def build(input_shape, rank=3):
    return None
"""

# What is called, and what it answers. {data} has a grid of 16, {folds} has folds, {run}
# is a run that was trained to its end, {held} one that another process trains.
TRAIN = {
    "--arch nosuch": "no architecture named 'nosuch'. Choose one of alexnet",
    "--arch nosuch:build": "the module nosuch can't be imported",
    "--arch usage_network:nosuch": "has no 'nosuch'. Name a function",
    "--arch usage_network:build": r"must take \(input_shape, rank, seed\)",
    "--nosuch": "(?i)unrecognized",
    "--lr fast": "(?s)lr.*fast",
    "--epochs 0": "epochs",
    "--recipe nosuch": "no recipe named 'nosuch'",
    "--recipe nosuch.toml": "the recipe file nosuch.toml does not exist",
    "--augment nosuch": "nosuch",
    "--data nosuch": "nosuch does not exist. Name the directory that",
    "--arch cnn3d --data {data} --out {run}": "exists",
    "--arch cnn3d --data {data} --fold 0": "split by fractions and has no folds",
    "--arch cnn3d --data {folds}": (
        r"name the fold to test on: one of 0, 1, 2 \(--fold 0\), or all \(--folds all\)"
    ),
    "--data {folds}": "name the fold to test on: one of 0, 1, 2",
    "--data {data} --fold 0": "split by fractions and has no folds",
    "--arch cnn3d --data {folds} --fold 7": "one of 0, 1, 2. Received: '7'",
    "--arch cnn3d --data {data} --folds all": "has no folds. Leave --folds out",
    "--folds all": "wants a data set of folds",
    "--folds all --data {folds} --fold 0": "trains every fold. Received also",
    "--folds all --data {folds} --judge-test --out {new}": "data sets with a hold-out",
    "--leave-test --resume --out {run}": "goes with a new run",
    "--judge-test": "--judge-test goes with --resume",
    "--resume": "--resume goes with --out DIR",
    "--resume --out nosuch": "nosuch does not exist",
    "--resume --out {run} --data {data} --lr 1": "with its own recipe.*--optimisation",
    "--resume --out {run} --data {data} --fold 0": "resumed with its own fold",
    "--resume --out {run}": "resumed with its own data set. Received: none",
    "--resume --out {run} --data {data} --deterministic": "goes with a new run",
    "--resume --out {run} --data {data} --judge-test": "one that did not",
    "--resume --out {held} --data {data}": "is being trained by process",
    "--arch cnn3d --data {data} --unknown-classes nosuch": (
        "some of the data set's classes no, yes"
    ),
    "--arch cnn3d --data {folds} --folds all --unknown-classes yes": "leaves no of",
    "--weights nosuch.npz": "Received: nosuch.npz, which does not exist",
    "--weights {data}": "a directory that is no run",
    "--weights-from nosuch": "goes with --weights imagenet alone",
    "--allow-seen-patients": "goes with a new run that takes its weights from a run",
    "--arch cnn3d --data {data} --weights imagenet": "no ImageNet weights for cnn3d",
    "--arch resnet3d18 --data {data} --weights imagenet --weights-from {empty}": (
        "no ImageNet weights at .*empty. Put there one of"
    ),
    "--arch resnet18 --data {data} --weights imagenet --normalisation none": (
        "want intensities of a known range"
    ),
    "--arch resnet3d18 --data {data} --weights {run}": "fit no resnet3d18",
    "--arch cnn3d --data {data} --weights {run} --normalisation equalise "
    "--allow-seen-patients": "normalisation equalise instead of zscore",
    "--arch cnn3d --data {data} --weights {run}": "trained the run .* that the weights",
    "--arch resnet18 --data {data} --weights {empty}/a.bin": "a file of weights ends",
    "--arch cnn3d --data {data} --head.pretrained": "head.pretrained goes with",
    "--arch inception --data {data}": "inception wants at least 32 voxels",
    "--arch cnn3d --data {data} --slices.train 3": "sees whole volumes",
    "--arch resnet18 --data {data} --slices.train 17": "slices.train wants 17",
    "--arch resnet18 --data {data} --slices.adjacent 17": "adjacent wants 17 slices",
    "--arch cnn3d --data {data} --sequences T3": "has the channels T1, T2",
    "--arch cnn3d --data {data} --head.covariates age": "age",
    "--arch cnn3d --data {data} --optimisation.balance 1 0": "balance",
    "--arch cnn3d --data {data} --batch 4 --optimisation.balance 1 2": (
        "can't be shared out by balance 1 2"
    ),
    "--arch cnn3d --data {data} --optimisation.regression-loss huber": (
        "regression_loss is for targets"
    ),
    "--arch cnn3d --data {data} --optimisation.target-weights 1 2": "one weight for",
    "--arch cnn3d --data {data} --batch 1000": "a batch wants 1000 samples",
    "--arch cnn3d --data {data} --batch 4 --accumulate 9": "an update wants 9 steps",
    "--arch cnn3d --data {data} --batch 4 --optimisation.schedule.warmup-updates 999": (
        "a warm-up is shorter than the training"
    ),
    "--arch cnn3d --data {data} --batch 4 --lr auto": "a range test wants 20 updates",
    "--arch cnn3d --data {data} --batch 4 --devices 2 --mixmatch.weight 1": (
        "mixmatch goes with one device"
    ),
    "--arch cnn3d --data {data} --augment nash": "are of three sequences",
}
EVALUATE = {
    "nosuch": "nosuch does not exist",
    "{run} {run}": "several runs want --out DIR",
    "{predictions} {run}": "is judged alone",
    "{predictions} --data {data}": "--data goes with one run",
    "{run} --data nosuch": "nosuch does not exist",
    "{run} --confidence 2": "confidence is between 0 and 1",
    "{run} --prevalence 1.5": "--prevalence is between 0 and 1, without these",
    "{run} --unknown {labels}": "--unknown goes with one run that has a last stage",
    "{run} --prevalence 0.1": "goes with runs that have a last stage. Fit one",
    "{run} --out {predictions}": "--out",
    "{run} --ordinal": "--ordinal goes with a predictions.csv from elsewhere",
    "{predictions} --figures png,jpg": "--figures takes png, svg, pdf",
    "{run} --by vendor": "--by wants to know the patients: name the data set by --data",
    "{run} --by vendor --data nosuch": "nosuch does not exist",
    "{run} --by nosuch --data {data}": "--by is one of fold, vendor, field_strength",
    "{run} --by age:40,35": "the cuts of --by ascend",
    "{run} --by age:old": "the cuts of --by are numbers",
    "{run} --by fold --by fold": "--by names a column once",
    "{run} --covariates {labels}": "--covariates goes with --by",
}
COMPARE = {
    "{predictions}": "two sources or more",
    "{run} nosuch": "nosuch does not exist",
    "{run} {run}": "a source is named twice",
    "{run} {run}:holdout": "Name the directory that `zoo.train --folds all` made",
    "{run} {run}:baseline --bootstrap 100": "200 resamples or more",
    "{run} {run}:baseline --margin 0": "a margin is a number above 0",
    "{run} {run}:baseline --margin 0.1": "a margin is of one figure",
    "{run} {run}:baseline --confidence 2": "confidence is between 0 and 1",
    "{run} {run}:baseline --out {predictions}": "--out",
    "{run} {predictions} --reference {run} --against-all": "not allowed with",
}
CALIBRATE = {
    "nosuch": "nosuch does not exist",
    "{run} --scaling platt": "invalid choice: 'platt'",
    "{run} --operating-point best": "--operating-point wants youden, sens",
    "{run} --operating-point youden=1": "--operating-point wants youden, sens",
    "{run} --operating-point cost=1": "--operating-point wants youden, sens",
    "{run} --operating-point sensitivity=1": "is between 0 and 1, without these",
    "{run} --operating-point youden --class x": "--class is one of .* Received: x",
    "{run} --class x": "--class goes with --operating-point",
    "{run} --reject largest": "--reject wants a rule and how much it keeps",
    "{run} --reject nosuch coverage=0.9": "--reject wants a rule and how much",
    "{run} --reject largest coverage=2": "--reject wants a rule and how much",
}
AUDIT = {
    "": "the following arguments are required: --data",
    "--data nosuch": "nosuch does not exist",
    "--data {data} --permutations 9": "--permutations wants 99 or more",
    "--data {data} --confidence 2": "confidence is between 0 and 1",
    "--data {data} --run nosuch": "nosuch does not exist",
    "--data {data} --out {labels}": "--out",
}
DESCRIBE = {
    "": "the following arguments are required: DATASET",
    "nosuch": "nosuch does not exist",
    "{data} --out {labels}": "--out",
    "{data} --by nosuch": "--by is one of class, split, vendor",
}
PREDICT = {
    "nosuch --dicom .": "nosuch does not exist",
    "{run} --dicom nosuch": "nosuch is not a directory",
    "{run} --nifti T1": "--nifti wants SEQ=FILE",
    "{run} --nifti T1=a T1=b": "--nifti names T1 twice",
    "{run} --nifti T9=a": "has the sequences T1, T2. Received: T9",
    "{run} --nifti T1=a --with-ids": "--with-ids wants --dicom",
    "{run} --nifti T1=a --mask m": ("--mask goes with a run whose task"),
    "{run} --nifti T1=a --covariates age=1": "sees no covariates",
    "{run} --dicom . --out a.txt": "--out ends in .csv or .json",
    "{run} --dicom . --out nosuch/a.csv": "a directory that exists",
    "{run} --dicom . --workers 0": "--workers wants 1 or more",
    "{run} --watch nosuch": "nosuch is not a directory",
    "{run} --watch {empty} --out {empty}/in": "lies inside the watched folder",
    "nosuch --watch {empty} --out {new}": "nosuch does not exist",
    "{run} --watch {empty} --sr {empty}/sr": "lies inside the watched folder",
    "{run} --watch {empty} --out {new} --sr {new}/sr": "the directory of answers",
    "{run} --dicom . --once": "--once goes with --watch",
    "--dicom .": "name the directory of a RUN, or an --endpoint",
    "{run} --dicom . --endpoint http://a --model m": "leave one out. Received: .*run",
    "{run} --dicom . --model m": "--model goes with --endpoint",
    "{run} --dicom . --token-file t": "--token-file goes with --endpoint",
    "{run} --dicom . --parallel 2": "--parallel goes with --endpoint",
    "--dicom . --endpoint http://a": "--endpoint wants --model",
    "--dicom . --endpoint a:8500 --model m": "--endpoint wants grpc://host:port",
    "--dicom . --endpoint https://me:x@a --model m": "no user, password or query",
    "--dicom . --endpoint http://a --model m --label l --version 1": "leave one out",
    "--dicom . --endpoint http://a --model m --version -1": "a number from 0",
    "--dicom . --endpoint http://a --model m --version x": "invalid int value: 'x'",
    "--dicom . --endpoint http://a --model m --signature x": "invalid choice: 'x'",
    "--dicom . --endpoint http://a --model m --timeout 0": "--timeout wants a positive",
    "--dicom . --endpoint http://a --model m --parallel 0": "--parallel wants 1 to",
    "--dicom . --endpoint grpcs://a:1 --model m --token-file nosuch": "can't be read",
    "--dicom . --endpoint grpc://a:1 --model m --token-file {labels}": (
        "one word of ASCII"
    ),
    "--dicom . --endpoint grpc://a:1 --model m --token-file {token}": (
        "would go to a unencrypted"
    ),
    "--dicom . --endpoint http://a --model m --ca-file c": "goes with grpcs:// or",
    "--dicom . --endpoint grpcs://a:1 --model m --ca-file nosuch": "no certificates",
    "--nifti T1 --endpoint http://a --model m": "--nifti wants SEQ=FILE",
}
_NAME = "--run {run} --dicom {empty}"
NAME_SERIES = {
    "": "the following arguments are required: --run, --dicom, --out",
    "--run nosuch --dicom {empty} --out {new}": "nosuch does not exist",
    "--run {run} --dicom nosuch --out {new}": "nosuch is not a directory",
    f"{_NAME} --out {{new}}": 'a task with unit = "series"',
    f"{_NAME} --out {{new}} --workers 0": "--workers wants 1 or more",
    f"{_NAME} --out {{new}} --threshold 2": "--threshold is a probability",
    f"{_NAME} --out {{empty}}/a.csv": "would lie inside the export",
    f"{_NAME} --out {{data}}": "exists. Name a new directory",
    f"{_NAME} --out {{data}}/manifest.csv": "exists",
}
ENSEMBLE = {
    "{run}": "the following arguments are required: --out",
    "{run} --out {new}": "two members or more. Received: 1",
    "{run} {run} --out {new}": "named twice",
    "{run} nosuch --out {new}": "nosuch does not exist",
    "{run} nosuch --out {run}": "exists. Choose another --out",
    "{run} nosuch --out {new} --rule product": "invalid choice: 'product'",
}
STUDY = {
    "nosuch --phantom --out {new}": "no study named 'nosuch'",
    "nosuch.toml --phantom --out {new}": "the study file nosuch.toml does not exist",
    "liver_fibrosis --out {new}": "one of the arguments --phantom --dicom --table is",
    "liver_fibrosis --phantom": "the following arguments are required: --out",
    "cardiac_acdc --phantom --out {new}": "has no phantom: give it patients by",
    "liver_fibrosis --dicom {empty} --out {new}": "name it by --labels",
    "liver_fibrosis --dicom {empty} --labels {labels} --scale 1 --out {new}": (
        "--scale goes with --phantom"
    ),
    "liver_fibrosis --phantom --scale 0 --out {new}": "above 0 and at most 10",
    "liver_fibrosis --phantom --seed -1 --out {new}": "--seed is 0 or more",
    "liver_fibrosis --phantom --split-by image --out {new}": "dealt images to its",
    "liver_fibrosis --phantom --weights all --out {new}": "invalid choice: 'all'",
    "liver_fibrosis --dicom nosuch --labels {labels} --out {new}": "does not exist",
    "liver_fibrosis --phantom --out {data}": "exists and is no study",
}
EXPORT = {
    "": "name a finished RUN, or a SavedModel by --check",
    "{run}": "--name is missing: what clients will call the model",
    "{run} --name a --check .": "only RUN and --server-python go with it",
    "--check . --to {new}": "only RUN and --server-python go with it",
    "--check . --precision bfloat16": "only RUN and --server-python go with it",
    "--check . --without-stage": "only RUN and --server-python go with it",
    "nosuch --check .": "nosuch does not exist",
    "--check nosuch": "nosuch is not a directory",
    "nosuch --name a": "nosuch does not exist",
    "{run} --name a/b": "a model's name is made of",
    "{run} --name a --to {new} --version 0": "a version is a number from 1 to",
    "{run} --name a --to {models} --version 7": "exists, and a version never changes",
    "{run} --name a --to {new} --data nosuch": "nosuch does not exist",
    "{run} --name a --precision int8": "invalid choice",
    "{run} --name a --server-python nosuch": "nosuch is not a Python that can be run",
}
MODELS = {
    "nosuch": "no architecture named 'nosuch'",
    "--shape 1 2": "--shape goes with the NAME",
    "--measure cnn3d": "takes nothing else",
    "cnn3d --shape 8 8": "--shape wants D H W C",
    "cnn3d --shape 7 8 8 1": "cnn3d wants at least 8 voxels",
}
WEIGHTS = {
    "fetch nosuch": "no architecture named 'nosuch'",
    "fetch cnn3d": "there are no ImageNet weights for cnn3d",
    "convert nosuch.npz --arch nosuch": "no architecture named 'nosuch'",
    "convert nosuch.bin --arch cnn3d": "a file of weights ends in",
    "convert nosuch.npz --arch cnn3d": "nosuch.npz does not exist",
    "convert nosuch.npz --arch cnn3d --out {predictions}": "exists. Choose another",
}
_INGEST = "--labels {labels} --task {task} --key {key}"
INGEST = {
    f"--dicom nosuch {_INGEST} --out {{new}}": "nosuch does not exist",
    f"--dicom {{labels}} {_INGEST} --out {{new}}": "is no directory, and one is wanted",
    f"--dicom {{empty}} {_INGEST} --out {{data}}": "A data set is never overwritten",
    f"--dicom {{empty}} {_INGEST} --out {{empty}}/in": "would lie inside its source",
    f"--dicom {{empty}} {_INGEST} --out {{new}} --workers 0": "--workers is 1 or more",
    f"--dicom {{empty}} {_INGEST} --out {{new}} --extend nosuch": "does not exist",
    f"--dicom {{empty}} {_INGEST} --out {{new}} --masks nosuch": "does not exist",
    f"--dicom {{empty}} {_INGEST} --out {{new}} --split-by image": "cuts none",
    f"--table {{labels}} {_INGEST} --out {{new}} --masks {{labels}}": (
        "--masks goes with --dicom"
    ),
    "--dicom {empty} --task nosuch --key {key} --out {new}": "no task named 'nosuch'",
    "--dicom {empty} --task {task} --key {key} --out {new}": "name it with --labels",
    "--medmnist {labels} --labels {labels} --task {task} --key {key} --out {new}": (
        "brings its labels"
    ),
    "--dicom {empty} --task prostate_series": "are required: --key, --out",
    f"--dicom {{empty}} --series nosuch {_INGEST} --out {{new}}": "does not exist",
    f"--table {{labels}} --series {{labels}} {_INGEST} --out {{new}}": (
        "it goes with --dicom"
    ),
    "--check --dicom nosuch --labels {labels} --task {task}": "nosuch does not exist",
    "--check --dicom {empty} --task prostate_series --out {data}": "never overwritten",
}
INSPECT = {
    "nosuch": "nosuch does not exist",
    "{data} --out a.png": "--out goes with --augment alone",
    "{data} --augment nosuch": "nosuch",
    "{data} --augment nash": "are of three sequences",
    "{data} --montage {labels}": "--montage",
    "": "name one of DATASET, --dicom DIR and --table CSV",
    "{data} --task {task}": "--task goes with --dicom or --table alone",
    "--dicom {empty} --verify": "--verify goes by a task: name it with --task",
    "--dicom nosuch --task prostate_series": "nosuch does not exist",
}
PHANTOM = {
    "{new} --patients 1": "2 patients or more",
    "{new} --sign nosuch": "sign is one of",
    "{new} --sequences T9": "sequences are different ones of",
    "{new} --scale 1": "--scale goes with --plan NAME",
    "{new} --quick": "--quick goes with --plan NAME",
    "{new} --plan nosuch": "no plan named 'nosuch'. Name a .toml file or one of",
    "{new} --plan nosuch.toml": "the plan file nosuch.toml does not exist",
    "{new} --plan liver_fibrosis --patients 4": "--patients goes with no --plan",
    "{new} --plan liver_fibrosis --quick --scale 1": "leave out --scale",
    "{new} --plan liver_fibrosis --scale 0": "the scale is above 0",
    "{new} --plan liver_fibrosis --scale nan": "the scale is above 0",
    "{new} --plan liver_fibrosis --seed -1": "the seed is not negative",
    "{new} --plan liver_fibrosis --workers 0": "workers are 1 or more",
    "{empty} --plan liver_fibrosis": "exists and is not empty",
}
PLAN = {
    "": "the following arguments are required: --data",
    "--data nosuch": "nosuch does not exist",
    "--data {data} --mirror up": "invalid choice: 'up'",
    "--data {data} --without nosuch": "--without names data sets that rules rest on",
    "--data {data} --fold 0": "has no folds",
    "--data {folds} --fold 7": "one of 0, 1, 2",
    "--data {data} --out {empty}": "--out names a file",
}
PROMOTE = {
    "liver --label stable": "--label stable wants a VERSION",
    "liver 1 --rollback": "--rollback takes no VERSION",
    "liver 1 --label best": "invalid choice: 'best'",
    "liver 1 --label stable": "saved_models does not exist. Name the model root",
    "liver 1 --label stable --root {empty}": "no model named liver. It holds none",
    "liver --rollback --root {empty}": "serves no model named liver. It serves none",
}
_SEARCH = "--data {data} --max-trials 2 --out {new}"
SEARCH = {
    "--space cnn3d": "--data is missing: a sweep wants a data set",
    "--data {data}": "--space is missing: a sweep wants a space to search",
    "--data {data} --space cnn3d": "Say by --max-trials N how many",
    "--data nosuch --space cnn3d --max-trials 2": "nosuch does not exist",
    f"{_SEARCH} --space nosuch": "nosuch",
    f"{_SEARCH} --space nosuch.toml": "the space file nosuch.toml does not exist",
    f"{_SEARCH} --space {{space}} --arch nosuch": "no architecture named 'nosuch'",
    f"{_SEARCH} --space {{space}} --arch cnn3d,nosuch": "architecture named 'nosuch'",
    f"{_SEARCH} --space {{space}} --arch cnn3d --lr 1": (
        "optimisation.learning_rate: fixed by the command line, and searched"
    ),
    f"{_SEARCH} --space {{space}} --arch cnn3d --tuner grid": "a grid wants single",
    f"{_SEARCH} --space {{space}} --arch cnn3d --objective nosuch": (
        "there is no objective 'nosuch'. There are val_auc"
    ),
    f"{_SEARCH} --space {{space}} --arch cnn3d --objective val_mae": (
        "a target of kind classification has no objective val_mae"
    ),
    f"{_SEARCH} --space {{space}} --arch cnn3d --batch 1000": "1000 samples",
    f"{_SEARCH} --space {{space}} --arch cnn3d --folds 1": "--folds is 2 or more",
    f"{_SEARCH} --space {{space}} --arch cnn3d --folds 99": "Choose 7 folds or fewer",
    f"{_SEARCH} --space {{space}} --arch cnn3d --outer-folds 3": (
        "--outer-folds goes with --folds K"
    ),
    f"{_SEARCH} --space {{space}} --arch cnn3d --folds 2 --outer-folds 2": (
        "--outer-folds is 3 or more"
    ),
    f"{_SEARCH} --space {{space}} --arch cnn3d --parallel 0": "--parallel is 1 or more",
    f"{_SEARCH} --space {{space}} --arch cnn3d --abandon 2": "--abandon is above 0",
    f"{_SEARCH} --space {{space}} --arch cnn3d --budget soon": "a time such as 2h",
    f"{_SEARCH} --space {{space}} --arch cnn3d --max-trial-time 0s": "--max-trial-time",
    f"{_SEARCH} --space {{space}} --arch cnn3d --tuner nosuch": "invalid choice",
    "--data {data} --max-trials 2 --out {run} --space {space} --arch cnn3d": (
        "holds something else. Choose another --out"
    ),
    "--data {data} --max-trials 2 --out {labels} --space {space} --arch cnn3d": (
        "is no directory"
    ),
}
SERVE = {
    "": "saved_models does not exist. Name the model root by --root",
    "--root {empty}": "serves no model yet. Export one",
    "--root {empty} --port 0": "--port is between 1 and 65535",
    "--root {empty} --port 8501": "--port and --rest-port differ",
    "--root {empty} --token-file nosuch": "--token-file nosuch does not exist",
    "--root {empty} --ssl-key {labels}": "--ssl-certificate and --ssl-key go together",
    "--with nosuch": "invalid choice: 'nosuch'",
    "--demo {new} --with server": "Leave --root, --model and --with out",
    "--demo {new} --model liver": "Leave --root, --model and --with out",
    "--demo {new} --port 0": "--port is between 1 and 65535",
    "--demo {new} --host 0.0.0.0": "name a file that holds a token by --token-file",
    "--demo {run}": "holds what no demonstration made",
}
STUDY_TABLE = {
    "nosuch": "nosuch does not exist",
    "{run} --out table.txt": "--out ends in .csv or .md",
    "{run} {run}": "is named twice",
    "{run} --form roc": "invalid choice: 'roc'",
}
TABLE = {
    "zoo.train": TRAIN,
    "zoo.calibrate": CALIBRATE,
    "zoo.audit": AUDIT,
    "zoo.evaluate": EVALUATE,
    "zoo.compare": COMPARE,
    "zoo.ensemble": ENSEMBLE,
    "zoo.study": STUDY,
    "zoo.export": EXPORT,
    "zoo.predict": PREDICT,
    "zoo.models": MODELS,
    "zoo.name_series": NAME_SERIES,
    "zoo.plan": PLAN,
    "zoo.promote": PROMOTE,
    "tuning.search": SEARCH,
    "zoo.serve": SERVE,
    "zoo.table": STUDY_TABLE,
    "zoo.weights.__main__": WEIGHTS,
    "pipelines.describe": DESCRIBE,
    "pipelines.ingest": INGEST,
    "pipelines.inspect": INSPECT,
    "pipelines.phantom": PHANTOM,
}
CALLS = [(module, line) for module, lines in TABLE.items() for line in lines]
HELP = [(module, "--help") for module in TABLE]


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """What stands in braces in the table."""
    folder = tmp_path_factory.mktemp("usage")
    data = trained.data_set(folder / "data")
    counts = {(f"fold-{number}", ""): 6 for number in range(3)}
    folds = trained.data_set(folder / "folds", counts=counts, kind="folds", folds=3)
    recipe = dataclasses.replace(trained.RECIPE, sequences=())
    for name in ("run", "held"):
        run = new_run.begin(
            folder / name,
            recipe=recipe,
            data=data,
            fold=None,
            options={"data": "named"},
        )
        run.model_path.write_bytes(b"")
    rows = [
        "sample_id,patient_id,split",
        f"s,{2000:016x},train",
        f"t,{2009:016x},train",
    ]
    (folder / "run" / "predictions.csv").write_text(
        "\n".join(rows) + "\n", encoding="utf-8"
    )
    (folder / "labels.csv").write_text("patient_id,label\n1,no\n", encoding="utf-8")
    (folder / "task.toml").write_text(
        config_files.to_toml(small.task()), encoding="utf-8"
    )
    (folder / "token").write_text("word", encoding="utf-8")
    rate = '"optimisation.learning_rate" = { log = [1e-4, 1e-2] }\n'
    (folder / "space.toml").write_text(rate, encoding="utf-8")
    (folder / "empty").mkdir()
    (folder / "models" / "a" / "7").mkdir(parents=True)
    (folder / "empty" / "a.bin").write_bytes(b"")
    (folder / "usage_network.py").write_text(NETWORK, encoding="utf-8")
    return {
        "folder": folder,
        "data": data.path,
        "folds": folds.path,
        "run": folder / "run",
        "held": folder / "held",
        "predictions": folder / "run" / "predictions.csv",
        "labels": folder / "labels.csv",
        "task": folder / "task.toml",
        "key": folder / "key",
        "token": folder / "token",
        "space": folder / "space.toml",
        "empty": folder / "empty",
        "new": folder / "new",
        "models": folder / "models",
    }


@pytest.fixture(scope="module")
def outcomes(places):
    """What help and every call of the table end with; one process makes them all."""
    calls = [(module, line.format(**places).split()) for module, line in HELP + CALLS]
    with lock.held(places["held"]):
        ends = refused_calls(calls, places["folder"])
    return dict(zip(HELP + CALLS, ends, strict=True))


def refused_calls(calls, folder):
    """What calls end with that one process makes, see `tests.refused_calls`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.refused_calls"],
        input=json.dumps(calls),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_wrong_usage_is_told_without_tensorflow(call, outcomes, places):
    outcome, (module, line) = outcomes[call], call
    assert (outcome["code"], outcome["loaded"]) == (2, []), outcome["message"]
    assert re.search(TABLE[module][line], outcome["message"].replace("\n", " "))
    assert not places["new"].exists()


@pytest.mark.parametrize("call", HELP, ids=" ".join)
def test_help_is_shown_without_tensorflow(call, outcomes):
    assert (outcomes[call]["code"], outcomes[call]["loaded"]) == (0, [])
    assert "usage: " in outcomes[call]["message"]


@pytest.mark.parametrize(
    ("line", "quicker"),
    [
        ("zoo.train --help", ["numpy"]),
        ("zoo.train --arch cnn3d --data {data} --batch 1000", ["numpy"]),
        ("zoo.predict {run} --dicom nosuch", ["numpy"]),
        ("zoo.predict --dicom . --endpoint http://127.0.0.1:1 --model m", ["numpy"]),
        ("pipelines.draft --help", []),
        ("pipelines.draft --dicom nosuch --out {new}.toml", []),
        ("pipelines.ingest --help", []),
        ("pipelines.ingest --check --dicom nosuch --task prostate_series", []),
        ("pipelines.inspect --dicom nosuch --task prostate_series", []),
        ("tuning.search --help", ["numpy", "scipy"]),
        ("zoo.promote liver --rollback --root {empty}", []),
        ("zoo.serve --root {empty}", []),
    ],
)
def test_answers_load_little(line, quicker, places):
    """Alone in its process: what it loads is what it costs, on any machine."""
    module, *arguments = line.format(**places).split()
    (outcome,) = refused_calls([(module, arguments)], places["folder"])
    assert outcome["loaded"] == []
    assert {*outcome["quicker"]} <= {*quicker}
    assert outcome["message"]
