"""Several lists of articles read as one."""

from functools import partialmethod

from archive.models import Article

# Of more lists, what all of them hold is put in order, which takes longer the more that is.
MOST_TOGETHER = 50


class Together:
    """The articles of some sections, as a queryset that `article_page` reads.

    Each section is asked by itself for as many as are shown, which an index has in order; of all these the first are
    read. Two queries, however many sections.
    """

    def __init__(self, lists, read, is_newest_first=True):
        self.lists = lists
        # How those that are shown are read.
        self.read = read
        self.is_newest_first = is_newest_first

    def _each(self, verb, *args, is_newest_first=None, **kwargs):
        lists = [getattr(each, verb)(*args, **kwargs) for each in self.lists]
        return Together(lists, self.read, self.is_newest_first if is_newest_first is None else is_newest_first)

    dated_between = partialmethod(_each, "dated_between")
    older_than = partialmethod(_each, "older_than")
    newer_than = partialmethod(_each, "newer_than")
    newest_first = partialmethod(_each, "newest_first", is_newest_first=True)
    oldest_first = partialmethod(_each, "oldest_first", is_newest_first=False)

    def for_lists(self):
        return Together(self.lists, self.read.for_lists(), self.is_newest_first)

    def only(self, *fields):
        return Together(self.lists, self.read.only(*fields), self.is_newest_first)

    def __getitem__(self, part):
        # No database's SQL lets each part of a union be bounded in the same way, save within.
        first, *others = [
            Article.objects.order_by().filter(pk__in=each.values("pk")[part]).values_list("published_order", "pk")
            for each in self.lists
        ]
        places = sorted(first.union(*others, all=True), reverse=self.is_newest_first)[part]
        found = self.read.in_bulk([pk for _order, pk in places])
        return [found[pk] for _order, pk in places if pk in found]


def articles_of_sections(sections):
    """The public articles of these sections, by their ids."""
    public = Article.objects.public()
    if len(sections) == 1:
        return public.filter(section=sections[0])
    if len(sections) > MOST_TOGETHER:
        return public.filter(section__in=sections)
    return Together([public.filter(section=each) for each in sections], public)
