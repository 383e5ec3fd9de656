"""An address of each kind of public page, in the demonstration archive."""

from archive.models import Article, Correction, Image, Withdrawal


def demo_pages():
    """Names of kinds of page to the path of one, and the status that it answers with."""
    public = Article.objects.public()
    french = public.filter(outlet__slug="huffpost-quebec")
    wire = french.get(sign_off="ddl/gde/are")

    def path(articles):
        return articles.order_by("pk").first().get_absolute_url()

    def withdrawn(**fields):
        return path(
            Article.objects.filter(pk__in=Withdrawal.objects.filter(reinstated_on=None, **fields).values("article"))
        )

    pages = {
        "front": "/",
        "outlet": "/huffpost-quebec/",
        "outlet in English": "/huffpost-canada/",
        "article": wire.get_absolute_url(),
        "article in English": path(public.filter(outlet__slug="huffpost-canada", language="en", images=None)),
        "article in another language": path(french.filter(language="en")),
        "article with corrections": path(french.filter(pk__in=Correction.objects.values("article"))),
        "gallery": path(french.filter(pk__in=Image.objects.filter(number=3, withheld="").values("article"))),
        "picture withheld": path(french.filter(pk__in=Image.objects.exclude(withheld="").values("article"))),
        "undated article": path(french.filter(published_precision="unknown")),
        "history": "/huffpost-quebec/articles/4ye0w3tbrcrc/history/",
        "history in English": "/huffpost-canada/articles/qkdj6esc6qdr/history/",
        "history of an article never changed": f"/huffpost-quebec/articles/{wire.key}/history/",
        "section": "/huffpost-quebec/sections/monde/",
        "author": f"/huffpost-quebec/authors/{french.exclude(bylines=None).first().bylines.first().author.slug}/",
        "tag": f"/huffpost-quebec/tags/{wire.tags.first().slug}/",
        "author with years": "/huffpost-quebec/authors/etienne-ouimet/",
        "authors": "/huffpost-quebec/authors/",
        "authors by letter": "/huffpost-canada/authors/?letter=d",
        "tags": "/huffpost-quebec/tags/",
        "source": "/huffpost-quebec/sources/afp/",
        "corrections": "/care/corrections/",
        "withdrawals": "/care/withdrawals/",
        "year": "/huffpost-quebec/2014/",
        "month": "/huffpost-quebec/2014/01/",
        "day": "/huffpost-quebec/2014/01/22/",
        "undated": "/huffpost-quebec/undated/",
        "info page": "/huffpost-quebec/pages/faq/",
        "info page in English": "/huffpost-canada/pages/faq/",
        "find": "/find/",
        "API": "/api/",
        "search": "/search/",
        "search with results": "/search/?q=montreal",
        "search narrowed": "/search/?outlet=huffpost-quebec&language=fr&order=newest",
        "search with nothing found": "/search/?q=zorglub&outlet=huffpost-quebec&year=2014&section=nowhere",
    }
    others = {
        "tombstone 410": (withdrawn(status_code=410), 410),
        "tombstone 451": (withdrawn(status_code=451), 451),
        "tombstone without headline": (withdrawn(show_headline=False), 451),
        "not found in an outlet": ("/huffpost-quebec/rien/", 404),
        "not found": ("/nothing/here/", 404),
        "old address not known": (
            "/find/?url=http://quebec.huffingtonpost.ca/2014/01/22/onze-batteries-de-plus_n_9.html",
            404,
        ),
        "address not known": ("/find/?url=http://example.org/x", 404),
    }
    return {name: (address, 200) for name, address in pages.items()} | others
