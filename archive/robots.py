"""robots.txt (RFC 9309): what the operator asks of crawlers.

It never names an article that search engines may not index: that would be to point at it.
"""

from django.conf import settings
from django.urls import reverse

# Those that gather texts for language models, as their makers name them. Search engines' own crawlers are not here.
AI_CRAWLERS = (
    "AI2Bot",
    "Amazonbot",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ChatGPT-User",
    "Claude-SearchBot",
    "Claude-User",
    "ClaudeBot",
    "Diffbot",
    "DuckAssistBot",
    "Google-CloudVertexBot",
    "Google-Extended",
    "GPTBot",
    "ImagesiftBot",
    "Kangaroo Bot",
    "Meta-ExternalAgent",
    "Meta-ExternalFetcher",
    "MistralAI-User",
    "OAI-SearchBot",
    "omgili",
    "omgilibot",
    "PanguBot",
    "Perplexity-User",
    "PerplexityBot",
    "Timpibot",
    "Webzio-Extended",
    "YouBot",
    "anthropic-ai",
    "cohere-ai",
    "cohere-training-data-crawler",
)
# The search and the look-up of addresses answer to any words, and a crawler would never come to an end. The pages
# themselves, without a question, may be read.
_WITHOUT_END = ("archive:search", "archive:find")


def robots_txt():
    """The lines of robots.txt, ended by a line end."""
    lines = ["User-agent: *"]
    lines += [f"Disallow: {reverse('admin:index')}"]
    lines += [f"Disallow: {reverse(name)}?" for name in _WITHOUT_END]
    if settings.AI_CRAWLERS == "forbid":
        lines += ["", *(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /"]
    lines += ["", f"Sitemap: {settings.ARCHIVE_URL}{reverse('archive:sitemap_index')}", ""]
    return "\n".join(lines)
