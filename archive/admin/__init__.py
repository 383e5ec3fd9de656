from . import address, article, care, job, missing, notice, outlet, pattern, people, rights, run, section

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
]
