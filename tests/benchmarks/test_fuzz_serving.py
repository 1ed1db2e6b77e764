"""A short fuzz; `benchmarks/fuzz_serving.py` is the long one."""


def test_the_endpoint_stands_whatever_is_sent_to_it(tmp_path):
    import fuzz_serving

    log = tmp_path / "server.log"
    result = fuzz_serving.fuzz(requests=3000, threads=4, seed=1, log=log)
    assert result["faults"] == [], log.read_text()[-5000:]
    assert result["requests"] == 3000
    assert result["slowest_s"] < 60
