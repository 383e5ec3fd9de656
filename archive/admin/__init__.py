from . import address, article, care, job, missing, notice, outlet, pattern, people, rights, run, section, selection

__all__ = [
    "address",
    "article",
    "care",
    "job",
    "missing",
    "notice",
    "outlet",
    "pattern",
    "people",
    "rights",
    "run",
    "section",
    "selection",
]
