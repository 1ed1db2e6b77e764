import pytest
import SimpleITK as sitk

from pipelines.canonical.threads import one_thread


def test_one_thread_inside_and_as_before_outside():
    number = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads
    before = number()
    with pytest.raises(RuntimeError, match="in between"), one_thread():
        assert number() == 1
        raise RuntimeError("in between")
    assert number() == before
