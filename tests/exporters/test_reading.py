"""An article as plain text, and as Markdown, which markdown-it, a reader of CommonMark, reads again."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from archive.exporters.markdown import Markdown, markdown
from archive.exporters.plain_text import PlainText, plain_text, words_of
from archive.exporters.reading import html_blocks, notice_html
from archive.models import ClosureNotice, Correction
from archive.sanitize import sanitize
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_image,
    make_notice,
    make_outlet,
    make_source,
)

from .articles import fetched

read = MarkdownIt("commonmark").enable("table").render


def in_markdown(body):
    return "\n\n".join(html_blocks(body, Markdown()))


def text_of(rendered):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", rendered)).split())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Un.</p>\n<p>Deux<br>trois.</p>", "Un.\nDeux\ntrois."),
        ("<h2>Titre</h2><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "Titre\n- a\n- b\n  - c"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ("<blockquote><p>Dit-il.</p></blockquote>", "> Dit-il."),
        ("<pre>a   b\n  c</pre>", "a   b\n  c"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A | B\n1 | 2"),
        ('<p>Voir <a href="https://a.example/x">là</a>.</p>', "Voir là <https://a.example/x>."),
        ('<p><a href="https://a.example/">https://a.example</a></p>', "https://a.example"),
        ("sans balise", "sans balise"),
        ("", ""),
    ],
)
def test_text_is_read_without_markup(body, expected):
    assert words_of(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Un <b>mot</b> et <em>deux</em>.</p>", "Un **mot** et *deux*."),
        ('<p><a href="https://a.example/a b_(c)">là</a></p>', "[là](<https://a.example/a%20b_(c)>)"),
        ("<p>2014. *Pas* un_titre #1 [x](y) &lt;b&gt;</p>", r"2014\. \*Pas\* un\_titre #1 \[x\](y) \<b\>"),
        ("<p># Un</p><p>- deux</p><p>+ trois</p>", "\\# Un\n\n\\- deux\n\n\\+ trois"),
        ("<h2>C #</h2>", r"### C \#"),
        ("<p>Un<br>deux</p>", "Un\\\ndeux"),
        ("<pre>```\na</pre>", "````\n```\na\n````"),
        ("<p>a<b>b</b>c</p>", "abc"),
        ("<p>\ue000a\ue001</p>", "&#xE000;a&#xE001;"),
    ],
)
def test_markup_of_the_page_is_markdown_and_no_other_is(body, expected):
    assert in_markdown(body) == expected


MARKUP = st.text(st.sampled_from("ab \\`*_{}[]<>()#+-.!|~&=:\"'\n1é"), max_size=60)


@settings(max_examples=300)
@given(text=st.one_of(st.text(max_size=80), MARKUP))
def test_any_text_is_read_again_from_markdown(text):
    body = sanitize(f"<p>{html.escape(text)}</p>")
    words = " ".join(words_of(body).split())
    # Characters that no reader of CommonMark leaves as they are.
    words = words.replace("\x00", "�")
    assert text_of(read(in_markdown(body))) == words


@settings(max_examples=200)
@given(
    text=st.text(st.sampled_from("ab *_.(»\n"), max_size=20),
    tag=st.sampled_from(["b", "em", "strong", "i", "code", "q"]),
)
def test_emphasis_never_leaves_its_signs_in_the_text(text, tag):
    body = sanitize(f"<p>x {html.escape(text)}<{tag}>{html.escape(text)}</{tag}>{html.escape(text)} y</p>")
    assert text_of(read(in_markdown(body))).replace(" ", "") == words_of(body).replace(" ", "").replace("\n", "")


@settings(max_examples=200)
@given(html_text=st.text(max_size=200))
def test_whatever_html_is_given_is_read(html_text):
    body = sanitize(html_text)
    words_of(body)
    in_markdown(body)


def test_what_is_nested_without_end_becomes_its_words():
    body = "<ul><li>" * 450 + "fond" + "</li></ul>" * 450
    assert "fond" in words_of(body)
    assert "fond" in in_markdown(body)


@pytest.fixture
def article(db):
    outlet = make_outlet(slug="quebec", name="HuffPost Québec", rights_line="© HuffPost Québec")
    make_notice(outlet, message="{outlet} a fermé en {year}.")
    article = make_article(
        outlet=outlet,
        headline="Une *offre* d’aide",
        summary="Sans réponse.",
        body="<p>Texte.</p>",
        dateline="PARIS (AFP) –",
        sign_off="ddl/gde",
        original_url="http://quebec.example/une_n_1.html",
        source=make_source(name="AFP", credit="© AFP"),
    )
    make_byline(article, make_author(name="Mireille Jobin"), printed="Par Mireille Jobin")
    make_byline(article, make_author(name="Karim Haddadi"), role="photo", order=2)
    make_image(article, caption="Les anneaux.", credit="Photo AFP", withheld="rights")
    Correction.objects.create(article=article, made_on="2015-02-01", text="Il s’agissait de mardi.")
    return fetched(article)


def notices(article):
    shown = ClosureNotice.objects.for_page(article.outlet, "fr", article.created_at.date())
    return [notice_html(notice) for notice in shown]


@pytest.mark.parametrize("write", [plain_text, markdown])
def test_all_of_the_article_is_there(article, write):
    words = write(article, notices(article)).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")
    for told in (
        *("HuffPost Québec", "a fermé en 2021.", "Sans réponse.", "Par Mireille Jobin", "22 janvier 2014"),
        *(
            "PARIS (AFP) – Texte.",
            "ddl/gde",
            "Les anneaux.",
            "Photo AFP",
            "Karim Haddadi",
            "© AFP",
            article.short_address,
        ),
        *("http://quebec.example/une_n_1.html", "1er février 2015", "Il s’agissait de mardi.", "na1-sha256:"),
        *("© HuffPost Québec", "sa licence ne couvre pas l’archive"),
    ):
        assert told in words, told


def test_headline_is_the_title_of_the_markdown(article):
    assert "# Une \\*offre\\* d’aide" in markdown(article)
    assert "<h1>Une *offre* d’aide</h1>" in read(markdown(article))


def test_writers_know_the_same_words():
    def names(writer):
        return {name for name in dir(writer) if not name.startswith("_")}

    assert names(PlainText) == names(Markdown)
