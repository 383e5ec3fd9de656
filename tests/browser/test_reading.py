"""The public pages as a reader meets them, in Chromium."""

import pytest

from archive import care
from archive.models import Article, Outlet, Tag
from archive.search import index
from tests.factories import make_article, make_author, make_byline, make_image, make_section, make_source
from tests.pages import demo_pages

NOTICE = ".notice-footer"
# What counts as sent: the page, its style sheet, its script and its icon.
MOST_REQUESTS = 4
MOST_BYTES = 30_000


@pytest.fixture
def wire(transactional_db, demo):
    return Article.objects.get(sign_off="ddl/gde/are").get_absolute_url()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_kind_of_page(transactional_db, demo, new_page, axe_violations, color_scheme):
    page = new_page(color_scheme=color_scheme)
    violations = {}
    for name, (path, _status) in demo_pages().items():
        page.goto(path)
        if found := axe_violations(page):
            violations[name] = found
    assert violations == {}


def test_no_page_scrolls_sideways_at_320_pixels(transactional_db, demo, new_page):
    page = new_page(viewport={"width": 320, "height": 640})
    wide = {}
    for name, (path, _status) in demo_pages().items():
        page.goto(path)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide[name] = width
    assert wide == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_no_word_or_table_makes_a_page_scroll_sideways(transactional_db, demo, new_page, width):
    word = "anticonstitutionnellement" * 6
    outlet = Outlet.objects.get(slug="huffpost-quebec")
    cells = f"<td>{word[:25]}</td>" * 12
    article = make_article(
        outlet=outlet,
        headline=word,
        summary=word,
        kicker=word[:80],
        body=f"<p>{word}</p><table><tr>{cells}</tr></table><pre>{word}</pre><ul><li>{word}</li></ul>",
        section=make_section(outlet, slug="long", name=word),
        source=make_source(slug="long", name=word),
        original_url=f"https://www.example.org/{word}",
    )
    make_byline(article, make_author(slug="long", name=word, about=word))
    make_image(article, caption=word, credit=word)
    article.tags.add(Tag.objects.create(slug="long", name=word[:100]))
    care.correct(article, kind="correction", text=word)
    index([article.pk])
    page = new_page(viewport={"width": width, "height": 640})
    wide = {}
    for path in (
        article.get_absolute_url(),
        f"/huffpost-quebec/articles/{article.key}/history/",
        "/",
        "/huffpost-quebec/2014/01/22/",
        "/huffpost-quebec/authors/",
        *(f"/huffpost-quebec/{kind}/long/" for kind in ("sections", "authors", "tags", "sources")),
        "/huffpost-quebec/",
        "/care/corrections/",
        f"/search/?q={word}&author=long&source=long&section=huffpost-quebec/long",
        f"/search/?q={word}x",
        f"/find/?url=https://www.example.org/2014/{word}x",
    ):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        if (found := page.evaluate("document.documentElement.scrollWidth")) > width:
            wide[path] = found
    assert wide == {}


def test_targets_are_24_pixels_high_or_stand_in_a_sentence(transactional_db, demo, new_page):
    """WCAG 2.2, 2.5.8, whose exception is a link within a sentence."""
    page = new_page(viewport={"width": 390, "height": 844})
    small = {}
    for name, (path, _status) in demo_pages().items():
        page.goto(path)
        found = page.evaluate(
            """() => [...document.querySelectorAll("a[href], button, input")]
              .filter(each => each.checkVisibility() && !each.closest(".skip, .text p, .text li, .about, .notice p"))
              .filter(each => each.getBoundingClientRect().height < 24)
              .map(each => each.outerHTML)"""
        )
        if found:
            small[name] = found
    assert small == {}


def test_no_cookie_is_left_and_nothing_stored_by_reading(transactional_db, demo, new_page):
    page = new_page()
    for path, _status in demo_pages().values():
        page.goto(path)
    assert (page.context.cookies(), page.evaluate("localStorage.length")) == ([], 0)


def test_article_weighs_little_and_asks_for_little(live_server, wire, new_page):
    page = new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(wire, wait_until="networkidle")
    assert len(sizes) <= MOST_REQUESTS and sum(sizes) <= MOST_BYTES, sizes


def test_nothing_moves_once_an_article_is_painted(wire, new_page):
    page = new_page()
    page.add_init_script(
        """window.moved = [];
        new PerformanceObserver(list => {
          for (const entry of list.getEntries()) window.moved.push([entry.startTime, entry.value]);
        }).observe({type: "layout-shift", buffered: true});"""
    )
    page.goto(wire, wait_until="networkidle")
    page.wait_for_timeout(300)
    # Before all of it is read, a browser under load may show the first half of a line that is centred.
    is_read = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    assert [moved for moved in page.evaluate("window.moved") if moved[0] >= is_read] == []


def test_lines_are_of_60_to_70_characters(wire, new_page):
    page = new_page(viewport={"width": 1280, "height": 900})
    page.goto(wire)
    lengths = page.evaluate(
        """() => {
          const lengths = [];
          for (const paragraph of document.querySelectorAll(".text p:not(.sign-off)")) {
            const lines = new Map();
            const range = document.createRange();
            const walk = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
            for (let node; (node = walk.nextNode()); ) {
              for (let at = 0; at < node.length; at++) {
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                const line = Math.round(range.getBoundingClientRect().bottom / 8);
                lines.set(line, (lines.get(line) || 0) + 1);
              }
            }
            lengths.push(...[...lines.values()].slice(0, -1));
          }
          return lengths.sort((a, b) => a - b);
        }"""
    )
    assert 60 <= lengths[len(lengths) // 2] <= 70


# Notices


def test_both_notices_are_named_regions_in_reading_order(wire, page):
    page.goto(wire)
    names = page.evaluate("[...document.querySelectorAll('section.notice')].map(each => each.ariaLabel)")
    assert names == [
        "Avis de fermeture\N{NO-BREAK SPACE}: HuffPost Québec",
        "Avis de fermeture, au pied\N{NO-BREAK SPACE}: HuffPost Canada",
    ]


def test_banner_stands_before_the_headline(wire, page):
    page.goto(wire)
    assert page.evaluate(
        """document.querySelector(".notice-banner").compareDocumentPosition(document.querySelector("h1"))
          & Node.DOCUMENT_POSITION_FOLLOWING"""
    )


def test_notice_at_the_foot_can_be_closed(wire, page):
    page.goto(wire)
    page.get_by_role("button", name="Fermer").click()
    assert not page.locator(NOTICE).is_visible()


def test_closed_notice_stays_closed_on_the_next_page(wire, page):
    page.goto(wire)
    page.get_by_role("button", name="Fermer").click()
    page.goto("/huffpost-quebec/2014/")
    assert not page.locator(NOTICE).is_visible()


def test_closed_notice_with_a_changed_text_shows_again(wire, page):
    from archive.models import ClosureNotice

    page.goto(wire)
    page.get_by_role("button", name="Fermer").click()
    notice = ClosureNotice.objects.get(placement="footer", language="fr")
    notice.message += " Merci."
    notice.save()
    page.reload()
    assert page.locator(NOTICE).is_visible()


def test_closing_sets_no_cookie(wire, page):
    page.goto(wire)
    page.get_by_role("button", name="Fermer").click()
    assert page.context.cookies() == []


def test_closing_asks_nothing_of_the_server(wire, page):
    page.goto(wire, wait_until="networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Fermer").click()
    page.wait_for_timeout(200)
    # The page's icon is fetched when the browser has nothing else to do.
    assert [url for url in asked if not url.endswith("/icon.svg")] == []


def test_notice_can_be_closed_with_the_keyboard(wire, page):
    page.goto(wire)
    page.get_by_role("button", name="Fermer").focus()
    page.keyboard.press("Enter")
    assert not page.locator(NOTICE).is_visible()


def test_focus_goes_back_to_where_it_was(wire, page):
    page.goto(wire)
    page.get_by_role("link", name="Politique").focus()
    page.get_by_role("button", name="Fermer").focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.textContent") == "Politique"


def test_notice_closes_where_storage_is_refused(wire, page):
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); };")
    page.goto(wire)
    page.get_by_role("button", name="Fermer").click()
    assert not page.locator(NOTICE).is_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_notice_never_hides_what_has_focus(wire, new_page, width):
    page = new_page(viewport={"width": width, "height": 700})
    page.goto(wire)
    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => {
              const active = document.activeElement, notice = document.querySelector(".notice-footer");
              if (active === document.body) return null;
              const box = active.getBoundingClientRect();
              const covered = !notice.contains(active) && box.bottom > notice.getBoundingClientRect().top + 1;
              return { covered, what: active.outerHTML };
            }"""
        )
        if state is None:
            break
        if state["covered"]:
            hidden.append(state["what"])
    assert hidden == []


def test_every_link_is_reached_by_keyboard(wire, page):
    page.goto(wire)
    reached = 0
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        reached += 1
    reachable = "a[href]:visible, .skip, button:visible, input:visible, summary:visible"
    assert reached == page.locator(reachable).count()


def test_skip_link_leads_to_the_text(wire, page):
    page.goto(wire)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


# Without script


@pytest.fixture
def plain_page(new_page):
    return new_page(java_script_enabled=False)


def test_article_is_read_without_script(wire, plain_page):
    plain_page.goto(wire)
    assert plain_page.locator(".text p").count() > 3


def test_notice_stays_without_script(wire, plain_page):
    plain_page.goto(wire)
    assert plain_page.locator(NOTICE).is_visible()


def test_notice_covers_nothing_without_script(wire, plain_page):
    plain_page.goto(wire)
    foot = plain_page.locator(NOTICE).bounding_box()
    colophon = plain_page.locator(".colophon").bounding_box()
    assert foot["y"] >= colophon["y"] + colophon["height"] - 1


def test_no_button_without_script_that_could_not_work(wire, plain_page):
    plain_page.goto(wire)
    assert not plain_page.locator(".notice-close").is_visible()


# In print


@pytest.fixture
def printed(wire, page):
    page.goto(wire)
    page.get_by_role("button", name="Fermer").click()
    page.emulate_media(media="print")
    return page


def test_both_notices_stand_in_print_even_if_closed(printed):
    assert printed.locator(".notice:visible").count() == 2


def test_key_and_address_stand_in_print(printed):
    assert printed.locator(".record:visible code").inner_text() == Article.objects.get(sign_off="ddl/gde/are").key


def test_no_button_stands_in_print(printed):
    assert not printed.locator(".notice-close").is_visible()
