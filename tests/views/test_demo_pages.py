"""Every kind of public page, as the demonstration archive shows it, before the Nu HTML checker."""

from collections import defaultdict

from lxml import etree, html

from archive.models import Article, Author, InfoPage, Outlet, Section, Selection, Tag
from tests.pages import demo_pages


def test_every_kind_of_page_answers_as_it_should(client, demo):
    pages = demo_pages()
    assert {name: client.get(path).status_code for name, (path, _) in pages.items()} == {
        name: status for name, (_, status) in pages.items()
    }


def test_every_kind_of_page_is_valid_html(client, demo, html_errors):
    from django.test import RequestFactory

    from archive.views import server_error

    pages = {name: client.get(path).content.decode() for name, (path, _) in demo_pages().items()}
    pages["500"] = server_error(RequestFactory().get("/")).content.decode()
    assert html_errors(pages) == []


def words_of_the_archive():
    """Texts that are not the interface's own, each with the languages in which it is written somewhere.

    Names of outlets, sources and people have none: https://www.w3.org/TR/WCAG22/#language-of-parts
    """
    found = defaultdict(set)

    def add(language, *texts):
        for each in texts:
            found[words(each)].add(language)

    for outlet in Outlet.objects.all():
        add(outlet.language, *outlet.about.splitlines())
    for section in Section.objects.select_related("outlet"):
        add(section.outlet.language, section.name)
    for each in Selection.objects.select_related("outlet"):
        add(each.outlet.language, each.title, *each.introduction.splitlines())
        add(each.outlet.language, *each.selected_articles.values_list("note", flat=True))
    for tag in Tag.objects.all():
        add(tag.language, tag.name)
    for author in Author.objects.exclude(about_language=""):
        add(author.about_language, *author.about.splitlines())
    for page in InfoPage.objects.all():
        add(page.language, page.title, *own_texts(page.body))
    for article in Article.objects.prefetch_related("images", "corrections"):
        add(article.language, article.headline, article.kicker, article.summary)
        add(article.language, *own_texts(article.body))
        for image in article.images.all():
            add(article.language, image.alt, image.caption)
        add(article.language, *(line for each in article.corrections.all() for line in each.text.splitlines()))
    # Signs and numbers have no language.
    return {text: languages for text, languages in found.items() if any(map(str.isalpha, text))}


def own_texts(body):
    """Those of a text that does not say that they are in another language."""
    return html.fromstring(f"<div>{body}</div>").xpath("//text()[not(ancestor::*[@lang])]")


def words(text):
    """Without what typography changes."""
    return " ".join(text.split())


def texts_of(page):
    """Each text of a page's body that is read out, with the language in which it is."""
    for element in html.fromstring(page).find("body").iter(etree.Element):
        for text in (element.text, element.get("alt"), *(below.tail for below in element)):
            if text and element.tag not in ("script", "style"):
                yield words(text), element.xpath("string(ancestor-or-self::*[@lang][1]/@lang)")


def test_words_of_the_archive_stand_in_their_own_language_on_every_page(client, demo):
    known = words_of_the_archive()
    articles = Article.objects.public().select_related("outlet")
    paths = {path for path, _ in demo_pages().values()} | {each.get_absolute_url() for each in articles}
    paths |= {f"/huffpost-canada/tags/{place}" for place in ("", "franco-ontariens/", "education/")}
    wrong = {
        (path, asked_in, text)
        for path in paths
        for asked_in in ("fr", "en")
        for text, language in texts_of(client.get(path, headers={"Accept-Language": asked_in}).content.decode())
        if language not in known.get(text, [language])
    }
    assert sorted(wrong) == []
