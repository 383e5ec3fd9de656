"""What search and the pages' counts are made of: a card for each article that readers may see, counts, and words.

All of it follows from the articles, is written by `archive.search` alone in the transaction that changes them, and
can be made anew at any time.
"""

from django.db import models

from .article import Article
from .outlet import Outlet

# A card's number holds the date before the article's own number, each with room for a billion articles.
_PLACES_OF_ARTICLES = 30
_MINUTES, _DAYS, _MONTHS = 2400, 32, 13
# What 63 bits hold: the year 8600. An article of a later one, which is a mistake, stands with the last.
_LAST_DATE = (1 << 63 - _PLACES_OF_ARTICLES) - 1


def listing_number(published_order, article_id):
    """The number of an article's card: cards in the order of their numbers are articles from the oldest to the newest.

    Raises ValueError for an article's number of 2**30 or more.
    """
    if article_id >= 1 << _PLACES_OF_ARTICLES:
        raise ValueError(f"Article {article_id} is past what the search can number.")
    day, minute = divmod(published_order, 10_000)
    year, month, day = day // 10_000, day // 100 % 100, day % 100
    date = ((year * _MONTHS + month) * _DAYS + day) * _MINUTES + minute
    return min(date, _LAST_DATE) << _PLACES_OF_ARTICLES | article_id


def place_of_listing(number):
    """The (published_order, article_id) of a card, by its number."""
    date, article_id = number >> _PLACES_OF_ARTICLES, number & ((1 << _PLACES_OF_ARTICLES) - 1)
    date, minute = divmod(date, _MINUTES)
    date, day = divmod(date, _DAYS)
    year, month = divmod(date, _MONTHS)
    return ((year * 100 + month) * 100 + day) * 10_000 + minute, article_id


class ListingQuerySet(models.QuerySet):
    def public(self, on):
        """Those of articles that a reader may see on the day `on`: the same as `Article.objects.public(on)`."""
        has_come = models.Q(since=None) | models.Q(since__lte=on)
        stays = models.Q(until=None) | models.Q(until__gt=on)
        returns = models.Q(since__gt=models.F("until")) & (models.Q(since__lte=on) | models.Q(until__gt=on))
        return self.filter(has_come & stays | returns)


class Listing(models.Model):
    """An article's card: there is one where the article is public, or will be on a day that is known already.

    `terms` says what the article belongs to, each a letter and a number: `o` outlet, `s` section, `x` source,
    `a` author, `t` tag; and its language, `lfr`. They narrow a search, and are what is counted.
    """

    number = models.BigIntegerField(primary_key=True)
    article = models.OneToOneField(Article, models.CASCADE, related_name="listing")
    terms = models.TextField()
    # The first day on which it may be seen, and the first on which it may not any more; hardly any has either. Where
    # the first is the later of the two, it goes and comes again.
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = "listing"
        indexes = [
            models.Index(fields=("since",), condition=models.Q(since__isnull=False), name="listing_with_since"),
            models.Index(fields=("until",), condition=models.Q(until__isnull=False), name="listing_with_until"),
        ]

    def __str__(self):
        return str(self.number)


class Tally(models.Model):
    """How many articles of an outlet have a card: by day, and by month for each thing that they belong to.

    `kind` is the letter of a term (see Listing) with `of` its number, and `period` is YYYYMM; or `kind` is `d`,
    `of` 0 and `period` YYYYMMDD. What is not known of a date is 0. A language is `l`, its two letters in `of` as a
    number in base 256. A capital letter, with `period` 0, is the sum of all months.
    """

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=1)
    of = models.BigIntegerField(default=0)
    period = models.IntegerField()
    count = models.IntegerField()

    class Meta:
        verbose_name = "tally"
        constraints = [models.UniqueConstraint(fields=("outlet", "kind", "of", "period"), name="tally_once")]

    def __str__(self):
        return f"{self.kind}{self.of} {self.period}: {self.count}"


class Word(models.Model):
    """A word that stands in articles, by which a misspelt one is mended.

    `word` is folded (small letters, no accents), `printed` as it is commonly written; `start` is its first three
    letters and `skeleton` its consonants. `count` is about how often it stands.
    """

    word = models.CharField(max_length=40, primary_key=True)
    printed = models.CharField(max_length=40)
    start = models.CharField(max_length=3)
    skeleton = models.CharField(max_length=40)
    count = models.BigIntegerField()

    class Meta:
        verbose_name = "word"
        indexes = [
            models.Index(fields=("start", "count"), name="word_by_start"),
            models.Index(fields=("skeleton", "count"), name="word_by_skeleton"),
        ]

    def __str__(self):
        return self.word
