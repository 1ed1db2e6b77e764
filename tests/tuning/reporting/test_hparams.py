from tests.tuning.reporting import made_up
from tuning.reporting import findings, hparams

RATE = "optimisation.learning_rate"


def test_tensorboard_reads_the_table_back(tmp_path):
    """As its server does: by its own reader and plugin."""
    from tensorboard.backend.event_processing import plugin_event_multiplexer
    from tensorboard.plugins.hparams import metadata
    from tensorboard.util import tensor_util

    sweep = made_up.sweep(tmp_path / "s")
    trials = made_up.many(sweep, 3, evidence=False)
    made_up.put(sweep, made_up.failed(3, trials[0].values))
    path = hparams.write(findings.of(sweep))
    assert hparams.write(findings.of(sweep)) == path  # anew
    runs = plugin_event_multiplexer.EventMultiplexer()
    runs.AddRunsFromDirectory(str(path)).Reload()
    assert set(runs.Runs()) == {".", "0000", "0001", "0002"}

    tag = metadata.EXPERIMENT_TAG
    content = runs.SummaryMetadata(".", tag).plugin_data.content
    experiment = metadata.parse_experiment_plugin_data(content)
    names = [axis.name for axis in findings.of(sweep).axes]
    assert [info.name for info in experiment.hparam_infos] == names
    assert experiment.metric_infos[0].name.tag == "val_auc"

    tag = metadata.SESSION_START_INFO_TAG
    content = runs.SummaryMetadata("0001", tag).plugin_data.content
    begun = metadata.parse_session_start_info_plugin_data(content)
    assert begun.hparams[RATE].number_value == trials[1].values[RATE]
    assert begun.hparams["arch"].string_value == trials[1].values["arch"]
    (figure,) = runs.Tensors("0001", "val_auc")
    read = tensor_util.make_ndarray(figure.tensor_proto).item()
    assert abs(read - trials[1].objective) < 1e-6
