"""The search page in Chromium: typed into, narrowed, widened, with the keyboard and without script."""

import pytest


@pytest.fixture
def searched(transactional_db, demo):
    """The demonstration archive, and a search of it with several results in several outlets."""
    return "/search/?q=montreal"


def found(page):
    return page.locator(".hits .piece-headline").count()


def type_and_wait(page, words):
    with page.expect_response(lambda response: "/search/?" in response.url):
        page.get_by_role("searchbox").press_sequentially(words, delay=10)
    page.wait_for_function("words => location.search.includes(`q=${encodeURIComponent(words)}`)", arg=words)


# While one types


def test_results_come_as_one_types(searched, page):
    page.goto("/search/")
    type_and_wait(page, "hiver")
    assert found(page) > 1


def test_address_is_that_of_what_is_shown(searched, page):
    page.goto("/search/")
    type_and_wait(page, "hiver")
    shown = found(page)
    page.reload()
    assert (found(page), page.get_by_role("searchbox").input_value()) == (shown, "hiver")


def test_back_leads_to_the_page_before_the_search(searched, page):
    page.goto("/")
    page.goto("/search/")
    type_and_wait(page, "hiver")
    page.go_back()
    assert page.url.endswith("/") and "search" not in page.url


def test_number_found_is_said_by_a_live_region(searched, page):
    page.goto("/search/")
    page.evaluate("window.kept = document.querySelector('[role=status]')")
    type_and_wait(page, "hiver")
    assert page.evaluate("window.kept.isConnected && window.kept.textContent").strip().endswith("articles")


def test_letters_stay_where_they_are_typed(searched, page):
    page.goto("/search/")
    type_and_wait(page, "hiver")
    assert page.evaluate("document.activeElement.id") == "q"


def test_typing_stays_within_what_the_search_is_narrowed_to(searched, page):
    page.goto("/search/?outlet=huffpost-quebec")
    type_and_wait(page, "hiver")
    assert "outlet=huffpost-quebec" in page.url


def test_each_pause_is_one_request_and_focus_none(searched, page):
    page.goto("/search/", wait_until="networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("searchbox").focus()
    page.wait_for_timeout(500)
    assert asked == []
    type_and_wait(page, "hiver")
    page.wait_for_timeout(500)
    assert [address.partition("/search/")[2] for address in asked if "/search/" in address] == ["?q=hiver"]


def test_answer_that_comes_late_does_not_replace_a_newer_one(searched, page):
    page.add_init_script(
        """const real = window.fetch;
        // Deaf to being stopped, as an answer is that has come already.
        window.fetch = async (address) => {
          const answer = await real(address);
          if (address.includes("neige")) await new Promise((go) => setTimeout(go, 1200));
          return answer;
        };"""
    )
    page.goto("/search/")
    box = page.get_by_role("searchbox")
    box.fill("neige")
    page.wait_for_timeout(500)
    box.fill("hiver")
    page.wait_for_function("() => location.search.includes('hiver')")
    page.wait_for_timeout(1500)
    assert "q=hiver" in page.url


def test_feed_of_what_is_shown_is_the_one_that_is_offered(searched, page):
    page.goto("/search/")
    type_and_wait(page, "hiver")
    assert page.locator("link[type='application/atom+xml']").evaluate_all("all => all.map(each => each.href)") == [
        page.url.replace("?q=hiver", "?q=hiver&format=atom")
    ]


def test_page_that_was_renewed_is_as_accessible(searched, page, axe_violations):
    page.goto("/search/")
    type_and_wait(page, "hiver")
    assert axe_violations(page) == []


def test_nobody_who_spares_data_is_sent_more(searched, page):
    page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    page.goto("/search/", wait_until="networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("searchbox").press_sequentially("hiver")
    page.wait_for_timeout(600)
    assert asked == []


# Narrowed


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_search_is_narrowed_and_widened_by_links(searched, new_page, script):
    page = new_page(java_script_enabled=script, viewport={"width": 1280, "height": 900})
    page.goto(searched)
    everything = found(page)
    page.get_by_role("link", name="HuffPost Canada 1", exact=True).click()
    assert 0 < found(page) < everything
    page.locator(".chosen a").click()
    assert found(page) == everything


def test_phone_has_what_narrows_behind_a_button(searched, new_page):
    page = new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto(searched)
    assert not page.locator(".facet").first.is_visible()
    page.locator(".narrow summary").click()
    assert page.locator(".facet").first.is_visible()


def test_what_narrows_stands_open_beside_the_results(searched, new_page):
    page = new_page(viewport={"width": 1280, "height": 900})
    page.goto(searched)
    narrow, hits = page.locator(".facet").first.bounding_box(), page.locator(".hits").bounding_box()
    assert narrow["x"] + narrow["width"] <= hits["x"]


def test_bar_of_a_year_narrows_to_it(searched, page):
    page.goto(searched)
    page.locator(".bars a").first.click()
    page.wait_for_url("**year=*")
    assert found(page) > 0


# Keyboard


def test_results_are_reached_past_what_narrows_them(searched, new_page):
    page = new_page(viewport={"width": 1280, "height": 900})
    page.goto(searched)
    page.locator(".narrow .skip").focus()
    assert page.locator(".narrow .skip").bounding_box()["height"] >= 24
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "hits"


def test_outlets_box_searches_it_by_the_return_key(searched, page):
    page.goto("/huffpost-quebec/2014/")
    page.get_by_role("searchbox").fill("hiver")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=hiver&outlet=huffpost-quebec")


@pytest.mark.parametrize("width", [390, 1280])
def test_outlets_box_has_a_way_to_the_whole_archive(searched, new_page, width):
    page = new_page(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page.goto("/huffpost-quebec/2014/")
    page.get_by_role("searchbox").fill("hiver")
    page.locator(".search-form .wider").click()
    page.wait_for_url("**/search/?q=hiver")


def test_search_works_without_script(searched, new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/search/")
    page.get_by_role("searchbox").fill("hiver")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=hiver")
    assert found(page) > 1


# Other ways to see


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_marks_and_bars_are_seen(searched, new_page, color_scheme, forced):
    page = new_page(color_scheme=color_scheme, forced_colors=forced)
    page.goto(searched)
    colours = page.evaluate(
        """() => {
          const ground = getComputedStyle(document.documentElement).backgroundColor;
          const mark = getComputedStyle(document.querySelector("mark")).backgroundColor;
          // A faint ground would keep its faintness under the words that the system makes dark.
          if (matchMedia("(forced-colors: active)").matches && /rgba|[/]/.test(mark)) return [ground, ground];
          return [ground, mark, getComputedStyle(document.querySelector(".bar")).fill];
        }"""
    )
    assert colours[0] not in colours[1:]
