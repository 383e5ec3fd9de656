"""Where machines write: what a reader yields becomes articles, each whole or not at all, and each run is recorded."""

from .article import save_article
from .outlets import make_outlet, outlets_told
from .rebuild import Rebuilt, rebuild_articles
from .run import StopImport, import_paths
from .saved import Saved
from .undo import StillRunning, Undone, undo_run

__all__ = [
    "Rebuilt",
    "Saved",
    "StillRunning",
    "StopImport",
    "Undone",
    "import_paths",
    "make_outlet",
    "outlets_told",
    "rebuild_articles",
    "save_article",
    "undo_run",
]
