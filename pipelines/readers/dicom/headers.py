"""What the headers of a DICOM series say, as plain values. Private: never written."""

from dataclasses import dataclass, field

from pipelines.errors import StudyError
from pipelines.readers.diffusion.gradient import Gradient


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """How a file stores its pixel values: enough to read them without its header.

    Args:
        syntax: transfer syntax UID; "" = a file without file meta information.
        little_endian: byte order of uncompressed values.
        compressed: the values want a decoder: they are encapsulated, or of a syntax
            that is not known to be uncompressed.
        offset: where the value of PixelData begins; none = the whole file is deflated.
        length_bytes: how much of it the file holds, at most as much as it promises.
        samples: SamplesPerPixel, 1 for a grey image.
        photometric: PhotometricInterpretation.
    """

    syntax: str
    little_endian: bool = True
    compressed: bool = False
    offset: int | None
    length_bytes: int
    samples: int = 1
    photometric: str = "MONOCHROME2"
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool


@dataclass(frozen=True, kw_only=True)
class Tile:
    """Which part of a Siemens mosaic is one slice.

    Args:
        number: of the slice, from 0, row by row.
        across: slices beside each other, and above each other.
    """

    number: int
    across: int


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The header of one image plane: a classic file, or a frame of an enhanced one.

    Args:
        path: the file that holds its pixels.
        sop_uid: SOPInstanceUID of the file; "" = it has none.
        index: frame number inside the file, from 0 (0 for a classic file).
        frames: how many frames the file holds.
        orientation: row and column direction cosines, ImageOrientationPatient (LPS);
            none where the header has no orientation, as in a screenshot.
        position_mm: centre of the first voxel, ImagePositionPatient (LPS).
        spacing_mm: distance between rows, between columns (PixelSpacing).
        gradient: of a diffusion image; none where the header does not tell.
        slope, intercept: stored pixel * slope + intercept is the value.
        tile: where it is a slice of a mosaic; rows and columns are the slice's.
        pixels: shared by the frames of a file.
    """

    path: str
    sop_uid: str = ""
    index: int = 0
    frames: int = 1
    rows: int
    columns: int
    orientation: tuple[float, float, float, float, float, float] | None = None
    position_mm: tuple[float, float, float] | None = None
    spacing_mm: tuple[float, float] | None = None
    slice_thickness_mm: float | None = None
    instance_number: int | None = None
    acquisition_number: int | None = None
    temporal_position: int | None = None
    trigger_time_ms: float | None = None
    acquisition_time: str = ""  # as the header has it, see `elements.seconds`
    b_value: float | None = None  # s/mm2
    gradient: Gradient | None = None
    echo_time_ms: float | None = None
    image_type: tuple[str, ...] = ()
    slope: float = 1.0
    intercept: float = 0.0
    tile: Tile | None = None
    pixels: Pixels | None = None

    @property
    def stored_matrix(self) -> tuple[int, int]:
        """Rows and columns of the image in the file that this one is, or is in."""
        across = self.tile.across if self.tile else 1
        return self.rows * across, self.columns * across


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series after splitting: what sequence rules look at, and its frames.

    Everything here is read from headers and stays inside ingest.

    Args:
        part: what tells this part from the others of its SeriesInstanceUID, e.g.
            `"b=800"`, `"te=2.46"`; empty where the series was not split.
        phase, phases: which of how many repeated stacks of its series it is, from 1.
        longer_parts: parts of its SeriesInstanceUID that have slices of the same stack
            where it has none, and how many slices each has.
        directions: where it is the mean over several gradient directions: each one as a
            series; the frames are those of the first.
        frames: in order of position along the slice normal where that exists.
    """

    patient_id: str
    study_uid: str
    accession_number: str = ""
    series_uid: str
    part: str = ""
    series_number: int | None = None
    description: str = ""  # SeriesDescription
    protocol: str = ""  # ProtocolName
    modality: str = ""  # in capitals, by the SOP class where the header lacks it
    sop_class: str = ""  # UID
    image_type: tuple[str, ...] = ()
    sequence_name: str = ""
    scanning_sequence: tuple[str, ...] = ()
    sequence_variant: tuple[str, ...] = ()
    scan_options: tuple[str, ...] = ()
    b_value: float | None = None  # s/mm2
    echo_time_ms: float | None = None
    repetition_time_ms: float | None = None
    inversion_time_ms: float | None = None
    temporal_positions: int | None = None  # NumberOfTemporalPositions
    units: str = ""  # of the values: RescaleType or Units
    contrast_agent: str = ""
    plane: str = ""  # axial, sagittal, coronal, oblique, or "" where unknown
    manufacturer: str = ""
    model: str = ""
    field_strength_t: float | None = None
    institution: str = ""
    sex: str = ""
    age_years: float | None = None
    phase: int = 1
    phases: int = 1
    longer_parts: tuple[tuple[str, int], ...] = ()
    directions: tuple["Series", ...] = field(default=(), repr=False)
    frames: tuple[Frame, ...] = field(default=(), repr=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that it is made of, sorted."""
        parts = self.directions or (self,)
        return tuple(sorted({frame.path for part in parts for frame in part.frames}))

    @property
    def key(self) -> str:
        """The `series_id` of labels.csv: the UID, with `#part` where it was split."""
        return f"{self.series_uid}#{self.part}" if self.part else self.series_uid

    @property
    def label(self) -> str:
        """For the terminal: number, description and part."""
        part = f" {self.part}" if self.part else ""
        return f"series {self.series_number} ({self.description}){part}"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A broken file whose header still says which study it belongs to."""

    patient_id: str
    study_uid: str
    accession_number: str = ""
    series_uid: str = ""
    error: StudyError
