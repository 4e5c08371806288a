"""Operations out of a log into files, and from files into a log: any filter, constant memory, nothing lost on the way.

What pages and commands need is here; formats and the layout of files are this package's own business.
"""

from jarvis_ai.exports.files import FORMATS, Format, format_of, read
from jarvis_ai.exports.ingesting import Ingested, ingest
from jarvis_ai.exports.reading import Unreadable
from jarvis_ai.exports.selection import Selection, reading
from jarvis_ai.exports.writing import Progress, export

__all__ = [
    "FORMATS",
    "Format",
    "Ingested",
    "Progress",
    "Selection",
    "Unreadable",
    "export",
    "format_of",
    "ingest",
    "read",
    "reading",
]
