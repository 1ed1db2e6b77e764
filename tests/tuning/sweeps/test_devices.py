"""What each worker computes on."""

from tuning.sweeps import devices


def test_a_single_worker_takes_what_there_is():
    assert devices.environments(1, gpus=("0", "1"), cores=8) == [{}]


def test_each_worker_has_a_gpu_in_turn():
    made = devices.environments(3, gpus=("4", "6"), cores=8)
    assert made == [{"CUDA_VISIBLE_DEVICES": name} for name in ("4", "6", "4")]


def test_without_gpus_the_cores_are_divided():
    for worker in devices.environments(3, gpus=(), cores=8):
        assert worker["OMP_NUM_THREADS"] == worker["TF_NUM_INTRAOP_THREADS"] == "2"
    assert devices.environments(4, gpus=(), cores=2)[0]["OMP_NUM_THREADS"] == "1"


def test_gpus_have_the_names_of_the_environment():
    assert devices.gpus(2, {"CUDA_VISIBLE_DEVICES": "3, 5"}) == ("3", "5")
    assert devices.gpus(2, {}) == ("0", "1")
