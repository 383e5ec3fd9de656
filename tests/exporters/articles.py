"""Articles as the exporters are given them: with their parts fetched, so that a test may change what it likes."""

from archive.models import Article


def fetched(article):
    """The article as from the database, with every part that an exporter reads."""
    return (
        Article.objects.select_related("outlet", "section", "source")
        .prefetch_related("bylines__author", "images", "corrections", "tags", "old_addresses")
        .get(pk=article.pk)
    )
