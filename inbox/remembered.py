"""What a page says hundreds of times, worked out once: sentences, labels, addresses, the token of its forms.

A list of fifty tickets asked Django for 530 translations, 170 addresses and 53 tokens, each time anew. Nothing about a
ticket or a person is kept here but a page's own token, for that page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import reverse
from django.utils import translation

from inbox import labels


def sentence(text: str, **filled: Any) -> str:
    """In the reader's language. Plain text, what is filled in too: a template escapes it as a whole."""
    return _sentence(translation.get_language(), text) % filled


@lru_cache(maxsize=2_000)
def _sentence(_language: str, text: str) -> str:
    return str(translation.gettext(text))


def label(table: str, key: object) -> str:
    return _label(translation.get_language(), table, str(key))


@lru_cache(maxsize=5_000)  # a store may name what config.yaml no longer does: without a limit it would grow
def _label(_language: str, table: str, key: str) -> str:
    return labels.label(table, key)


def address(name: str, args: Sequence[Any] = ()) -> str:
    """Of a page; all are the same for every request."""
    return _address(name, *args)


@lru_cache(maxsize=20_000)
def _address(name: str, *args: Any) -> str:
    return str(reverse(name, args=args))


class Token:
    """The hidden field of a page's forms, made when the first form asks: a page without forms sets no cookie."""

    def __init__(self, request: HttpRequest) -> None:
        self._request, self._made = request, ""

    def __html__(self) -> str:
        if not self._made:
            self._made = str(csrf_input(self._request))
        return self._made
