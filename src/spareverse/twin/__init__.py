"""The use cases: what a person, a script, the web page or an assistant can ask of a twin."""

from spareverse.twin.analysis import Analysis, PartResult
from spareverse.twin.twin import Twin

create = Twin.create
open = Twin.open

__all__ = ["Analysis", "PartResult", "Twin", "create", "open"]
