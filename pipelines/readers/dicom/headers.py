"""What the headers of a DICOM series say, as plain values. Private: never written."""

from dataclasses import dataclass, field

from pipelines.errors import StudyError


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
class Frame:
    """The header of one image plane: a classic file, or a frame of an enhanced one.

    Args:
        path: the file that holds its pixels.
        index: frame number inside the file, from 0 (0 for a classic file).
        frames: how many frames the file holds.
        orientation: row and column direction cosines, ImageOrientationPatient (LPS);
            none where the header has no orientation, as in a screenshot.
        position_mm: centre of the first voxel, ImagePositionPatient (LPS).
        spacing_mm: distance between rows, between columns (PixelSpacing).
        slope, intercept: stored pixel * slope + intercept is the value.
        pixels: shared by the frames of a file.
    """

    path: str
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
    b_value: float | None = None  # s/mm2
    echo_time_ms: float | None = None
    image_type: tuple[str, ...] = ()
    slope: float = 1.0
    intercept: float = 0.0
    pixels: Pixels | None = None


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series after splitting: what sequence rules look at, and its frames.

    Everything here is read from headers and stays inside ingest.

    Args:
        part: what tells this part from the others of its SeriesInstanceUID, e.g.
            `"b=800"`, `"te=2.46"`; empty where the series was not split.
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
    modality: str = ""
    image_type: tuple[str, ...] = ()
    sequence_name: str = ""
    scanning_sequence: tuple[str, ...] = ()
    sequence_variant: tuple[str, ...] = ()
    scan_options: tuple[str, ...] = ()
    b_value: float | None = None  # s/mm2
    echo_time_ms: float | None = None
    repetition_time_ms: float | None = None
    inversion_time_ms: float | None = None
    contrast_agent: str = ""
    plane: str = ""  # axial, sagittal, coronal, oblique, or "" where unknown
    manufacturer: str = ""
    model: str = ""
    field_strength_t: float | None = None
    institution: str = ""
    sex: str = ""
    age_years: float | None = None
    frames: tuple[Frame, ...] = field(default=(), repr=False)

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
