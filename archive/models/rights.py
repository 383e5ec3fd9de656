import re
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .keys import NaturalKeyModel


class Source(NaturalKeyModel):
    """Who supplied an article's text."""

    NATURAL_KEY = ("slug",)

    class Kind(models.TextChoices):
        STAFF = "staff", _("staff")
        AGENCY = "agency", _("agency")
        PARTNER = "partner", _("partner")
        CONTRIBUTOR = "contributor", _("contributor")

    slug = models.SlugField(_("address name"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    credit = models.CharField(
        _("credit"), max_length=300, blank=True, help_text=_("Printed under the text: “© Agence France-Presse”.")
    )
    website = models.URLField(_("website"), blank=True)
    rights_note = models.TextField(
        _("note on rights"), blank=True, help_text=_("For staff: the contract, its end, whom to ask. Never published.")
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("name",)

    def __str__(self):
        return self.name


# No more of an article's evidence is looked at, and in no more ways may a pattern be laid on it: so none takes long.
LONGEST_EVIDENCE = 300
MOST_WAYS = 400_000
# An escaped character, a class, or a repeat: of what may stand in a pattern, all that is longer than one character.
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|\{\d*,?\d*\}|.", re.DOTALL)
_REPEAT = re.compile(r"[*+]|\{(?P<least>\d*)(?P<open>,?)(?P<most>\d*)\}")


def check_pattern(pattern):
    """Refuse a regular expression that can't be read, or that some text could keep busy for ever."""
    if not pattern.startswith("^"):
        if not any(character.isalnum() for character in pattern):
            raise ValidationError(_("Write the words to look for, or a regular expression that begins with ^."))
        return
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValidationError(_("This regular expression can’t be read: %(error)s."), params={"error": error}) from None
    before, ways = "", 1
    for piece in _PIECE.findall(pattern):
        if before == "(" and piece == "?":
            raise ValidationError(_("Of groups only (…) and (?:…) may stand in it."))
        if piece[0] == "\\" and piece[1].isdigit():
            raise ValidationError(_("No group may be repeated by its number."))
        if repeat := _REPEAT.fullmatch(piece):
            if before == ")":
                raise ValidationError(_("A group may be optional (?), and not repeated."))
            ways *= _choices(repeat)
        elif piece in "?|":
            ways *= 2
        before = piece
    if ways > MOST_WAYS:
        raise ValidationError(_("It has too many repeats (*, +, {2,4}) and choices; leave some out."))


def _choices(repeat):
    if repeat[0] in "*+":
        return LONGEST_EVIDENCE
    least = int(repeat["least"] or 0)
    most = int(repeat["most"] or LONGEST_EVIDENCE) if repeat["open"] else least
    return max(min(most, LONGEST_EVIDENCE) - least + 1, 1)


class SourceRule(NaturalKeyModel):
    """By what an article's source is recognised when it is imported. The first rule that fits decides."""

    NATURAL_KEY = ("source__slug", "evidence", "pattern")

    class Evidence(models.TextChoices):
        PROVIDER = "provider", _("provider code")
        CREDIT = "credit", _("credit line")
        DATELINE = "dateline", _("dateline")
        BYLINE = "byline", _("byline")
        SIGN_OFF = "sign-off", _("sign-off")

    source = models.ForeignKey(Source, models.CASCADE, related_name="rules", verbose_name=_("source"))
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence)
    pattern = models.CharField(
        _("pattern"),
        max_length=200,
        validators=[check_pattern],
        help_text=_(
            "Words, found whole and in any case (a provider code must be the same); or a regular expression, "
            "which begins with ^ and tells capitals from small letters."
        ),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100, help_text=_("The lowest is asked first."))

    class Meta:
        verbose_name = _("rule for recognising a source")
        verbose_name_plural = _("rules for recognising sources")
        # Never by number, so that the same rules decide alike in every archive.
        ordering = ("order", "source__slug", "evidence", "pattern")
        constraints = [
            models.UniqueConstraint(
                fields=("source", "evidence", "pattern"),
                name="sourcerule_unique_pattern",
                violation_error_message=_("The source has this rule already."),
            )
        ]

    def __str__(self):
        return f"{self.get_evidence_display()}: {self.pattern}"

    def fits(self, text):
        """Whether the rule recognises its source by a piece of evidence of its kind."""
        return bool(self._expression.match(text[:LONGEST_EVIDENCE].strip()))

    @cached_property
    def _expression(self):
        if self.pattern.startswith("^"):
            return re.compile(self.pattern)
        words = r"\s+".join(re.escape(word) for word in self.pattern.split())
        if self.evidence == self.Evidence.PROVIDER:
            return re.compile(rf"{words}\Z", re.IGNORECASE)
        return re.compile(rf".*?(?<!\w){words}(?!\w)", re.IGNORECASE | re.DOTALL)
