import numpy as np
import pytest

from pipelines.phantoms import csa_header
from pipelines.phantoms.protocols import Weighting
from tests.pipelines.phantoms.diffusion_patients import patient_of


@pytest.mark.filterwarnings("ignore:The DICOM readers are highly experimental")
def test_nibabel_reads_what_is_written():
    from nibabel.nicom import csareader

    stack = patient_of("siemens").series[0].parts[0].stack
    weighting = Weighting(b_value=1000, direction=(0.6, 0.0, -0.8))
    header = csareader.read(csa_header.content(weighting, stack, 5))
    assert csareader.get_b_value(header) == 1000
    assert np.allclose(csareader.get_g_vector(header), (0.6, 0, -0.8))
    assert np.allclose(csareader.get_slice_normal(header), stack.normal, atol=1e-7)
    assert csareader.is_mosaic(header) and csareader.get_n_mosaic(header) == 5
    # Not 1000: what made others read a wrong b-value from it.
    assert np.trace(csareader.get_b_matrix(header)) == pytest.approx(992)
