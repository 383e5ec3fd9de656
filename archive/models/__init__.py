from .address import AddressPattern, OldAddress, OldHost
from .article import Article, Image, Section, Tag
from .care import Correction, Revision, Withdrawal
from .job import ImportJob
from .miss import AddressMiss
from .notice import ClosureNotice
from .outlet import InfoPage, Outlet
from .people import Author, Byline
from .record import Record
from .rights import Source, SourceRule
from .run import ImportItem, ImportRun, ImportTrace

__all__ = [
    "AddressMiss",
    "AddressPattern",
    "Article",
    "Author",
    "Byline",
    "ClosureNotice",
    "Correction",
    "Image",
    "ImportItem",
    "ImportJob",
    "ImportRun",
    "ImportTrace",
    "InfoPage",
    "OldAddress",
    "OldHost",
    "Outlet",
    "Record",
    "Revision",
    "Section",
    "Source",
    "SourceRule",
    "Tag",
    "Withdrawal",
]
