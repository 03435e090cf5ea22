"""The message without the script: a plain form that leads to the support page, made from the same record."""

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mainstay.core.amounts import typed_form
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .content import CampaignContent, FrequencyAsk
from .defaults import DEFAULT_ASK
from .manifest import text_in
from .words import filled, interface_words

_FORM = """<form class="ask-form" action="{base}/support/{slug}/" method="get">
{words}
<fieldset class="ask-frequency"><legend>{often}</legend>
{radios}</fieldset>
<p class="ask-amount"><label>{much} ({currency}) <input name="amount" type="text" inputmode="decimal" \
value="{amount}" size="6" maxlength="12" autocomplete="off"></label></p>
<input type="hidden" name="currency" value="{currency}"><input type="hidden" name="language" value="{language}">\
<input type="hidden" name="src" value="nojs">
<button type="submit">{go}</button>
</form>"""
_RADIO = '<label><input type="radio" name="frequency" value="{}"{}> {}</label>\n'


def fallback_of(newsroom: Newsroom, content: CampaignContent, language: str, base_url: str) -> SafeString:
    """The form of the campaign's first wording, with the newsroom's own currency."""
    currency = newsroom.currency
    asks = content.ask.get(currency) or DEFAULT_ASK[currency]
    with translation.override(language):
        return format_html(
            _FORM,
            base=base_url,
            slug=newsroom.slug,
            words=_paragraphs(newsroom, content, asks, language),
            often=_("How often"),
            radios=_radios(content.frequency, language),
            much=_("How much"),
            amount=typed_form(Money(asks[content.frequency].default, currency)),
            currency=currency,
            language=language,
            go=_("Continue"),
        )


def _radios(chosen: str, language: str) -> SafeString:
    words = interface_words(language)
    checked = {chosen: SafeString(" checked")}
    return format_html_join(
        "", _RADIO, ((name, checked.get(name, ""), words[name]) for name in ("once", "monthly", "annual"))
    )


def _paragraphs(
    newsroom: Newsroom, content: CampaignContent, asks: dict[str, FrequencyAsk], language: str
) -> SafeString:
    text = text_in(content.variants[0], language, newsroom.language)
    lines = [text.title, text.salutation, *text.paragraphs, text.sign_off]
    shown = [filled(line, newsroom.name, asks, newsroom.currency, language) for line in lines if line]
    return format_html_join("\n", '<p class="ask-words">{}</p>', ((line,) for line in shown))
