"""The health check of compose.yaml, run here."""

import subprocess

import yaml

from zoo.serving.model_root import folder


def check(port, model):
    """What it ends with, asked about a model of a server at another port."""
    compose = yaml.safe_load(
        folder.template("compose.yaml").read_text(encoding="utf-8")
    )
    kind, *command = compose["services"]["server"]["healthcheck"]["test"]
    assert kind == "CMD"
    command = [part.replace("8501", str(port)).replace("$$", "$") for part in command]
    done = subprocess.run(command, env={"MODEL": model}, capture_output=True)
    return done.returncode
