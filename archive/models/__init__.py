from .address import AddressPattern, OldAddress, OldHost, PageAddress
from .article import Article, Image, Section, Tag
from .care import AwaitedWithdrawal, Correction, Revision, Withdrawal
from .due import AwaitedVersion, DailyWork, RenamedAuthor
from .job import ImportJob
from .listing import Listing, Tally, Word
from .miss import AddressMiss
from .notice import ClosureNotice
from .outlet import InfoPage, Outlet
from .people import Author, Byline
from .record import Record
from .rights import Source, SourceRule
from .run import ImportItem, ImportRun, ImportTrace
from .selection import SelectedArticle, Selection

__all__ = [
    "AddressMiss",
    "AddressPattern",
    "Article",
    "Author",
    "AwaitedVersion",
    "AwaitedWithdrawal",
    "Byline",
    "ClosureNotice",
    "Correction",
    "DailyWork",
    "Image",
    "ImportItem",
    "ImportJob",
    "ImportRun",
    "ImportTrace",
    "InfoPage",
    "Listing",
    "OldAddress",
    "OldHost",
    "Outlet",
    "PageAddress",
    "Record",
    "RenamedAuthor",
    "Revision",
    "Section",
    "SelectedArticle",
    "Selection",
    "Source",
    "SourceRule",
    "Tag",
    "Tally",
    "Withdrawal",
    "Word",
]
