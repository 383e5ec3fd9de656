from .articles import ArticleView, PictureView, ShortView
from .browse import AuthorView, DayView, MonthView, SectionView, TagView, UndatedView, YearView
from .find import FindView
from .outlets import HomeView, InfoPageView, OutletView
from .status import HealthView, IconView, page_not_found, server_error

__all__ = [
    "ArticleView",
    "AuthorView",
    "DayView",
    "FindView",
    "HealthView",
    "HomeView",
    "IconView",
    "InfoPageView",
    "MonthView",
    "OutletView",
    "PictureView",
    "SectionView",
    "ShortView",
    "TagView",
    "UndatedView",
    "YearView",
    "page_not_found",
    "server_error",
]
