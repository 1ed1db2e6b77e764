"""What Prometheus reads."""

from zoo.serving.endpoint.metrics import Metrics


def lines(metrics):
    return metrics.text().splitlines()


def test_requests_are_counted_under_the_true_servers_names():
    metrics = Metrics()
    for code, seconds in (("OK", 0.5), ("OK", 1e-5), ("NOT_FOUND", 0.1)):
        metrics.record(
            model='a"b', api="predict", entrypoint="GRPC", code=code, seconds=seconds
        )
    text = lines(metrics)
    name = ":tensorflow:serving:request_count"
    assert f"# TYPE {name} counter" in text
    assert f'{name}{{model_name="a\\"b",status="OK"}} 2' in text
    assert f'{name}{{model_name="a\\"b",status="NOT_FOUND"}} 1' in text


def test_latencies_are_a_histogram_in_microseconds():
    metrics = Metrics()
    for seconds in (1e-5, 1.5e-5, 1e5):
        metrics.record(
            model="m", api="predict", entrypoint="REST", code="OK", seconds=seconds
        )
    text = lines(metrics)
    name = ":tensorflow:serving:request_latency"
    where = 'model_name="m",API="predict",entrypoint="REST",status="OK"'
    assert f"# TYPE {name} histogram" in text
    assert f'{name}_bucket{{{where},le="10"}} 1' in text
    assert f'{name}_bucket{{{where},le="18"}} 2' in text
    assert f'{name}_bucket{{{where},le="+Inf"}} 3' in text
    assert f"{name}_count{{{where}}} 3" in text
    assert f"{name}_sum{{{where}}} 1e+11" in text


def test_loads_and_batches_are_counted():
    metrics = Metrics()
    metrics.record_load(path="/m/1", loaded=False)
    metrics.record_batch(8, model="m")
    text = lines(metrics)
    loads = ":tensorflow:cc:saved_model:load_attempt_count"
    assert f'{loads}{{model_path="/m/1",status="fail"}} 1' in text
    sizes = ":tensorflow:serving:batching_session:processed_batch_size"
    assert f'{sizes}_bucket{{model_name="m",le="4"}} 0' in text
    assert f'{sizes}_bucket{{model_name="m",le="8"}} 1' in text
