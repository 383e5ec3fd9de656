from .articles import ArticleView, PictureView, ShortView
from .author_zip import AuthorZipView
from .browse import AuthorsView, AuthorView, SectionView, SourceView, TagsView, TagView
from .crawlers import RobotsView, SitemapIndexView, SitemapOfArchiveView, SitemapOfOutletView, SitemapOfPeriodView
from .days import DayView, MonthView, UndatedView, YearView
from .feeds import (
    ArchiveFeedView,
    AuthorFeedView,
    OutletFeedView,
    SectionFeedView,
    SourceFeedView,
    TagFeedView,
)
from .find import FindView
from .forms import FormView
from .history import HistoryView
from .home import CareView, HomeView
from .outlets import InfoPageView, OutletView
from .search import SearchView
from .status import HealthView, IconView, page_not_found, server_error

__all__ = [
    "ArchiveFeedView",
    "ArticleView",
    "AuthorFeedView",
    "AuthorView",
    "AuthorZipView",
    "AuthorsView",
    "CareView",
    "DayView",
    "FindView",
    "FormView",
    "HealthView",
    "HistoryView",
    "HomeView",
    "IconView",
    "InfoPageView",
    "MonthView",
    "OutletFeedView",
    "OutletView",
    "PictureView",
    "RobotsView",
    "SearchView",
    "SectionFeedView",
    "SectionView",
    "ShortView",
    "SitemapIndexView",
    "SitemapOfArchiveView",
    "SitemapOfOutletView",
    "SitemapOfPeriodView",
    "SourceFeedView",
    "SourceView",
    "TagFeedView",
    "TagView",
    "TagsView",
    "UndatedView",
    "YearView",
    "page_not_found",
    "server_error",
]
