"""What a field of a question names: author:tremblay, section:"Sciences et techno"."""

from django.db.models import Q

from archive.models import Author, Outlet, Section, Source, Tag
from archive.models.article import slug_of

MODELS = {"author": Author, "section": Section, "source": Source, "tag": Tag, "outlet": Outlet}
# Beyond so many, a name says too little to search by.
MOST_NAMED = 50
# And so many sections are searched at once, with those below them.
MOST_PARTS = 500
_NAMESAKES = range(2, 10)


def ids_of(field, said):
    """The ids of the rows that are meant: of that slug or name, else those with these words in it; none if too many.

    Of a section there come those of the sections below it.
    """
    found = _named(field, said)
    return Section.objects.with_parts(found)[:MOST_PARTS] if field == "section" else found


def _named(field, said):
    # Neither half a sign nor a NUL can be asked for.
    said = said.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    slug = slug_of(said, empty="")
    if not slug:
        return []
    rows = MODELS[field].objects.order_by("pk")
    slugs = [slug, *(f"{slug}-{number}" for number in _NAMESAKES)]
    exactly = rows.filter(Q(slug__in=slugs) | Q(name=said)).values_list("pk", flat=True)
    if found := list(exactly[:MOST_NAMED]):
        return found
    within = Q(slug__startswith=f"{slug}-") | Q(slug__endswith=f"-{slug}") | Q(slug__contains=f"-{slug}-")
    found = list(rows.filter(within | Q(name__iexact=said)).values_list("pk", flat=True)[: MOST_NAMED + 1])
    return found if len(found) <= MOST_NAMED else []
