"""Reads a text: language, relevance, topics, places, urgency, personal data. Knows no store, no network.

`LANGUAGES` is the registry: a language is one file in `nlp/languages/` and one line here.
"""

from nlp.languages import LanguagePack
from nlp.languages.indonesian import INDONESIAN
from nlp.languages.javanese import JAVANESE
from nlp.machine_code import take_up

LANGUAGES: dict[str, LanguagePack] = {"id": INDONESIAN, "jv": JAVANESE}

take_up(__path__)
