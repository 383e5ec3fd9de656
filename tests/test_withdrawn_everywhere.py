"""A withdrawn article is nowhere but on its tombstone: every door of the archive is tried, before, during and after."""

import gzip
import io
import re
import zipfile
from datetime import date
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from archive import care, search
from archive.exporters.forms import FORMS
from archive.models import OldHost, SelectedArticle, Selection, Tag
from archive.sitemaps import MOST_ARTICLES
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(1999, 7, 13)
OLD = "https://www.courrier.example/1999/07/13/zythum_n_99.html"
# Words that stand in the article, or name what nothing else belongs to; each is unmistakable.
MARKS = {
    "headline": "zythologue",
    "address": "zythologue-de-quetzalville",
    "kicker": "vexillologie",
    "summary": "xiphoïde",
    "text": "ornithomancie",
    "dateline": "ouagadougou",
    "sign-off": "zqx/kwz",
    "author": "wilhelmine",
    "author’s address": "wilhelmine-quux",
    "other author’s printed name": "photographiste",
    "tag": "xylophagie",
    "caption": "thaumaturge",
    "picture": "kaleidoscope",
    "correction": "palimpseste",
    "old address": "zythum",
    "note of a selection": "mirliflore",
    "day": "/1999/07/13/",
}
WITHDRAWN = {"reason": "privacy", "public_note": "À la demande de la personne nommée."}


@pytest.fixture
def article(media_root):
    outlet = make.make_outlet(slug="courrier", name="Le Courrier", parent=make.make_outlet(slug="reseau"))
    OldHost.objects.create(outlet=outlet, address="www.courrier.example")
    section = make.make_section(outlet, slug="rivage", name="Rivage")
    source = make.make_source(slug="agence", name="Agence")
    shared = Tag.objects.create(slug="commun", name="Commun")
    colleague = make.make_author(slug="anne-roy", name="Anne Roy")
    # Beside it: the same section, source, tag and author, the day before and the day after; the day is its own.
    others = [
        make.make_article(
            outlet=outlet,
            section=section,
            source=source,
            headline=f"La crue du {day}",
            published_on=date(1999, 7, day),
            published_precision="day",
        )
        for day in (12, 14)
    ]
    article = make.make_article(
        outlet=outlet,
        section=section,
        source=source,
        original_id="99",
        headline="Le zythologue de Quetzalville",
        kicker="Vexillologie",
        summary="Un appendice xiphoïde.",
        body="<p>Elle pratique l’ornithomancie au bord de la crue.</p>",
        dateline="OUAGADOUGOU (Agence) –",
        sign_off="zqx/kwz",
        published_on=DAY,
        published_precision="day",
        original_url=OLD,
    )
    # One is its English version.
    type(article).objects.filter(pk=others[0].pk).update(version_of=article, language="en")
    make.make_byline(article, make.make_author(slug="wilhelmine-quux", name="Wilhelmine Quux"))
    make.make_byline(article, colleague, printed="Anne Roy, photographiste", role="photo")
    article.tags.add(shared, Tag.objects.create(slug="xylophagie", name="Xylophagie"))
    for other in others:
        make.make_byline(other, colleague)
        other.tags.add(shared)
    folder = media_root / "pictures" / article.key
    folder.mkdir(parents=True)
    (folder / "kaleidoscope.webp").write_bytes(b"picture")
    make.make_image(
        article, file=f"pictures/{article.key}/kaleidoscope.webp", caption="Un thaumaturge", width=640, height=480
    )
    make.make_old_address(article, OLD)
    chosen = Selection.objects.create(outlet=outlet, slug="choix", title="Un choix", shown_from=date(2020, 1, 1))
    SelectedArticle.objects.create(selection=chosen, article=article, note="Un mirliflore")
    SelectedArticle.objects.create(selection=chosen, article=others[0])
    care.correct(article, kind="correction", text="Un palimpseste.")
    search.rebuild()
    return article


def doors(article):
    """Names of addresses to the paths that are tried under them."""
    key, slug = article.key, article.slug
    outlet, page = "courrier", {"outlet": "courrier"}
    searches = (
        *("crue", "zythologue", "ornithomancie", "xiphoide", '"ornithomancie au bord"', "zythologe", "ornitomancie"),
        *("author:wilhelmine", "author:anne", "section:rivage", "source:agence", "after:1999-07-13 before:1999-07-14"),
        *("crue -ornithomancie", "ornithomancie OR crue"),
    )
    asked = [
        *({"q": text} for text in searches),
        *({"q": "crue", "order": order} for order in ("newest", "relevance")),
        *({"outlet": outlet}, {"section": "courrier/rivage"}, {"source": "agence"}, {"author": "anne-roy"}),
        *(
            {"author": "wilhelmine-quux"},
            {"tag": "xylophagie"},
            {"tag": "commun"},
            {"year": "1999"},
            {"language": "fr"},
        ),
    ]
    feeds = ("atom.xml", "feed.json")
    beside = list(article.outlet.articles.exclude(pk=article.pk))

    def at(name, *args, **kwargs):
        return reverse(f"archive:{name}", args=args, kwargs=kwargs)

    def api(name, *args):
        return reverse(f"archive_api:{name}", args=args)

    def with_query(path, queries):
        from django.utils.http import urlencode

        return [f"{path}?{urlencode(query)}" for query in queries]

    return {
        "archive:home": [at("home")],
        "archive:api": [at("api")],
        "archive:sitemap_index": [at("sitemap_index")],
        "archive:sitemap_of_archive": [at("sitemap_of_archive")],
        "archive:sitemap_of_outlet": [at("sitemap_of_outlet", outlet)],
        "archive:sitemap": [at("sitemap", outlet, "1999-07")],
        "archive:sitemap_part": [at("sitemap_part", outlet, "1999-07", article.pk // MOST_ARTICLES)],
        "archive:robots": [at("robots")],
        "archive:feed": [at("feed", file) for file in feeds],
        "archive:outlet_feed": [at("outlet_feed", outlet, file) for file in feeds],
        "archive:section_feed": [at("section_feed", outlet, "rivage", file) for file in feeds],
        "archive:author_feed": [at("author_feed", outlet, who, file) for who in AUTHORS for file in feeds],
        "archive:source_feed": [at("source_feed", outlet, "agence", file) for file in feeds],
        "archive:tag_feed": [at("tag_feed", outlet, tag, file) for tag in TAGS for file in feeds],
        "archive:search": [
            *with_query(at("search"), asked),
            *with_query(at("search"), [query | {"format": "json"} for query in asked]),
            *with_query(at("search"), [{"q": "crue", "format": form} for form in ("atom", "csv")]),
        ],
        "archive:find": with_query(at("find"), [{"url": OLD}, {"url": OLD.replace("zythum", "autre")}]),
        "archive:corrections": [at("corrections")],
        "archive:withdrawals": [at("withdrawals")],
        "archive:short": [at("short", key)],
        "archive:picture": [at("picture", f"pictures/{key}/kaleidoscope.webp")],
        "archive:outlet": [at("outlet", outlet), at("outlet", "reseau")],
        "archive:article_by_key": [at("article_by_key", outlet, key)],
        "archive:article": [
            at("article", outlet, key, slug),
            at("article", outlet, key, "autre"),
            *(each.get_absolute_url() for each in beside),
        ],
        "archive:history": [at("history", outlet, each.key) for each in (article, *beside)],
        "archive:article_form_by_key": [at("article_form_by_key", outlet, key, suffix) for suffix in FORMS],
        "archive:article_form": [
            at("article_form", outlet, each.key, each.slug, suffix) for each in (article, *beside) for suffix in FORMS
        ],
        "archive:section": [at("section", outlet, "rivage")],
        "archive:authors": [
            at("authors", **page),
            f"{at('authors', **page)}?letter=q",
            f"{at('authors', **page)}?letter=w",
        ],
        "archive:author": [at("author", outlet, who) for who in AUTHORS],
        "archive:author_zip": [at("author_zip", outlet, who) for who in AUTHORS],
        "archive:source": [at("source", outlet, "agence")],
        "archive:tags": [at("tags", **page), f"{at('tags', **page)}?letter=x"],
        "archive:tag": [at("tag", outlet, tag) for tag in TAGS],
        "archive:undated": [at("undated", outlet)],
        "archive:year": [at("year", outlet, 1999)],
        "archive:month": [at("month", outlet, 1999, 7)],
        "archive:day": [at("day", outlet, 1999, 7, day) for day in (12, 13, 14)],
        "archive_api:outlets": [api("outlets")],
        "archive_api:outlet": [api("outlet", outlet)],
        "archive_api:notices": [api("notices", outlet)],
        "archive_api:articles": [
            api("articles"),
            *with_query(api("articles"), asked),
            *with_query(
                api("articles"), [{"changed_since": "1990-01-01"}, {"changed_since": "1990-01-01", "q": "crue"}]
            ),
            *with_query(api("articles"), [{"published_after": "1999-07-13", "published_before": "1999-07-14"}]),
        ],
        "archive_api:article": [api("article", each.key) for each in (article, *beside)],
        "archive_api:jsonl": [api("jsonl", outlet, "1999")],
        "archive_api:csv": [api("csv", outlet, "1999")],
        "archive_api:resolve": with_query(api("resolve"), [{"url": OLD}]),
    }


AUTHORS = ("wilhelmine-quux", "anne-roy")
TAGS = ("xylophagie", "commun")
# Why an address is not tried.
EXEMPT = {
    "archive:healthz": "it tells whether the database answers",
    "archive:icon": "it is the archive’s own icon",
    "archive:info_page": "it is a text of the archive’s own",
    "archive_api:openapi-json": "it is made without the database",
    "archive_api:api-root": "it answers 404",
}


def names(patterns=None, namespace=""):
    """The name of every public address, with its namespace."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            if each.namespace != "admin":
                yield from names(each.url_patterns, f"{each.namespace}:" if each.namespace else namespace)
        elif isinstance(each, URLPattern) and each.name:
            yield namespace + each.name


def test_every_address_is_tried_or_excused(article):
    assert sorted(doors(article).keys() | EXEMPT.keys()) == sorted(set(names()))


def told(client, path):
    """(status, all that is told at a path): headers and text, unpacked and without what the question itself named."""
    response = client.get(path)
    data = b"".join(response.streaming_content) if response.streaming else response.content
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            data = b"\n".join(name.encode() + b"\n" + file.read(name) for name in file.namelist())
    elif data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    text = data.decode("utf-8", "replace")
    if "json" in response.headers.get("Content-Type", ""):
        text = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return response.status_code, unquote(unescape(f"{headers}\n{text}")).casefold()


def marks_at(client, path):
    """Which marks are told at a path, without those that the question names: a page may repeat what it is asked."""
    _status, text = told(client, path)
    question = unquote(path).casefold() if path.endswith(MARKS["day"]) else unquote(urlsplit(path).query).casefold()
    # What is marked as found is still one word.
    text = re.sub(r"</?mark[^<>]*>", "", text)
    return {name for name, mark in MARKS.items() if mark in text and mark not in question}


def marks_everywhere(client, article):
    return {path: marks_at(client, path) for paths in doors(article).values() for path in paths}


def marks_in_files(folder):
    written = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            written.append(gzip.decompress(data) if path.suffix == ".gz" else data)
    text = b"\n".join(written).decode().casefold()
    return {name for name, mark in MARKS.items() if mark in text}


# Where nothing of it is told even while it is public; everywhere else something must be seen to go.
SILENT = {
    *("archive:robots", "archive:sitemap_index", "archive:sitemap_of_archive", "archive:sitemap_of_outlet"),
    *("archive:undated", "archive:api"),
    *("archive:withdrawals", "archive_api:outlets", "archive_api:outlet", "archive_api:notices"),
    # It sends to the article, or sends a picture.
    *("archive:picture", "archive_api:resolve"),
}


@pytest.mark.parametrize("show_headline", [True, False], ids=["headline shown", "headline hidden"])
def test_withdrawn_article_is_nowhere_and_reinstated_everywhere(client, article, show_headline, tmp_path):
    tried = doors(article)
    before = marks_everywhere(client, article)
    call_command("export_articles", open_data=str(tmp_path / "data"), verbosity=0)
    files_before = marks_in_files(tmp_path / "data")
    untold = [name for name, paths in tried.items() if name not in SILENT and not any(before[path] for path in paths)]
    assert untold == []
    # What stands beside it leads to it: the piece before, the piece after, and its version in another language.
    assert [path for path in tried["archive:article"] if not before[path]] == []

    care.withdraw(article, show_headline=show_headline, **WITHDRAWN)

    during = marks_everywhere(client, article)
    # A tombstone, and the list of them, may name the headline.
    tombstones = {path for paths in tried.values() for path in paths if f"/articles/{article.key}" in path}
    tombstones |= {*tried["archive:withdrawals"], *tried["archive:home"]}
    tombstones -= {*tried["archive_api:article"]}
    excused = {path: {"headline"} if show_headline else set() for path in tombstones}
    assert {path: left for path, marks in during.items() if (left := marks - excused.get(path, set()))} == {}
    call_command("export_articles", open_data=str(tmp_path / "data"), verbosity=0)
    assert marks_in_files(tmp_path / "data") == set()

    care.reinstate(article)

    after = marks_everywhere(client, article)
    assert {path: lost for path, marks in before.items() if (lost := marks - after[path])} == {}
    call_command("export_articles", open_data=str(tmp_path / "data"), verbosity=0)
    assert marks_in_files(tmp_path / "data") == files_before != set()


def test_withdrawn_article_answers_as_gone_at_each_of_its_addresses(client, article):
    care.withdraw(article, status_code=451, **WITHDRAWN)
    tried = doors(article)
    own = [path for paths in tried.values() for path in paths if f"/articles/{article.key}" in path]
    assert len(own) > 10
    assert {path for path in own if told(client, path)[0] not in (301, 451)} == set()
    assert client.get(tried["archive:article_by_key"][0]).status_code == 451
    for name in ("archive:short", "archive:find"):
        assert client.get(tried[name][0]).headers["Location"].endswith(tried["archive:article_by_key"][0])
    assert client.get(tried["archive:picture"][0]).status_code == 404


def test_withdrawn_article_is_counted_nowhere(client, article):
    """Its key leads to a tombstone, but no list, count or chart tells that there was one more."""
    outlet = article.outlet

    def counts():
        found = search.find("", narrowed=search.Narrowed(outlet=outlet.pk))
        return {
            "total": search.counts.total(outlet),
            "days": search.counts.by_day(outlet, 1999, 7),
            "found": found.count,
            "years": dict(found.years)[1999],
            "sections": [value.count for value in found.facets["section"]],
            "sources": [value.count for value in found.facets["source"]],
            "authors": {value.label: value.count for value in found.facets["author"]},
        }

    before = counts()
    care.withdraw(article, **WITHDRAWN)
    during = counts()
    care.reinstate(article)

    assert before == counts()
    assert before == {
        "total": 3,
        "days": {12: 1, 13: 1, 14: 1},
        "found": 3,
        "years": 3,
        "sections": [3],
        "sources": [3],
        "authors": {"Anne Roy": 3, "Wilhelmine Quux": 1},
    }
    assert during == {
        "total": 2,
        "days": {12: 1, 14: 1},
        "found": 2,
        "years": 2,
        "sections": [2],
        "sources": [2],
        "authors": {"Anne Roy": 2},
    }


def test_withdrawn_article_is_suggested_to_nobody(client, article):
    assert search.find("zythologe").suggestion == "zythologue"
    care.withdraw(article, **WITHDRAWN)
    assert search.find("zythologe").suggestion == ""
