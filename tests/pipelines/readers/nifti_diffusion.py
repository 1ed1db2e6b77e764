"""A diffusion volume as BIDS has it: X.nii.gz of 4 dimensions, X.bval and X.bvec."""

import nibabel
import numpy as np

# The edges of a cuboctahedron: the mean of g g^T over them is a third of the unit
# matrix, so their geometric mean decays by the mean diffusivity.
SIX = (
    *((1, 1, 0), (1, -1, 0), (1, 0, 1)),
    *((1, 0, -1), (0, 1, 1), (0, 1, -1)),
)
B_VALUES = (0, 0, *(400,) * 6, *(800,) * 6)
VECTORS = np.array([(0, 0, 0)] * 2 + [*SIX] * 2) / np.sqrt(2)
AFFINE = np.diag([2.0, 2.0, 5.0, 1.0])


def tensors(seed=0, shape=(16, 16, 6)):
    """Diffusion tensors in mm2/s, `[*shape, 3, 3]`, anisotropic."""
    random = np.random.default_rng(seed)
    half = random.normal(0, 0.012, (*shape, 3, 3))
    return half @ np.swapaxes(half, -1, -2) + 4e-4 * np.eye(3)


def signals(tensors, b_values=B_VALUES, vectors=VECTORS, seed=0):
    """S0 exp(-b g^T D g), `[i, j, k, frame]`; S0 differs from voxel to voxel."""
    random = np.random.default_rng(100 + seed)
    base = random.uniform(600, 1200, tensors.shape[:-2])
    along = np.einsum("fi,...ij,fj->...f", vectors, tensors, vectors)
    return (base[..., None] * np.exp(-np.array(b_values) * along)).astype(np.float32)


def write(path, voxels, b_values=B_VALUES, vectors=VECTORS):
    """The image with its sidecars; none = without that one."""
    nibabel.save(nibabel.Nifti1Image(voxels, AFFINE), path)
    table = () if vectors is None else np.transpose(vectors)
    for ending, rows in (("bval", [b_values or ()]), ("bvec", table)):
        sidecar = path.with_name(path.name.replace("nii.gz", ending))
        sidecar.unlink(missing_ok=True)
        text = "".join(" ".join(f"{x:.7g}" for x in row) + "\n" for row in rows)
        if text.strip():
            sidecar.write_text(text, encoding="utf-8")
    return path
