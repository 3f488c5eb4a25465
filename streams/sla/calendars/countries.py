"""Public holidays and make-up working days of countries and their subdivisions, a year at a time.

The days are those of the `holidays` library.  For mainland China it knows the working weekends that the State Council
announces every November for the year to come; years that have not been announced have the statutory days alone.
"""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple


class CountryYear(NamedTuple):
    """One year of one country.  Dates are proleptic ordinals."""

    holidays: Mapping[int, str]
    """Day off to its name."""
    made_up: frozenset[int]
    """Days of a weekend on which the country works."""
    weekend: frozenset[int]
    """All other days of weekends."""


@lru_cache(maxsize=512)
def country_year(country: str, subdivision: str | None, year: int) -> CountryYear:
    """The days of a year; a year that the library does not know has weekends alone."""
    import holidays  # noqa: PLC0415 - a tenth of a second that only policies with a country pay

    known = holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False)
    made_up: set[int] = set()
    weekend: set[int] = set()
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        if known.is_weekend(day):
            (made_up if known.is_working_day(day) else weekend).add(ordinal)
    names = {day.toordinal(): name for day, name in known.items()}
    return CountryYear(names, frozenset(made_up), frozenset(weekend))


def why_unknown(country: str, subdivision: str | None) -> str | None:
    """What is wrong with the name of a country or subdivision, and what might be meant; None when it is known."""
    countries = _subdivisions()
    if country not in countries:
        meant = _by_name().get(_letters(country))
        near = [meant] if meant else get_close_matches(country.upper(), countries, n=1)
        hint = f": did you mean {near[0]!r}?" if near else "; give its two letters, such as CN or DE"
        return f"no such country: {country!r}{hint}"
    if subdivision is not None and subdivision not in countries[country]:
        known = ", ".join(countries[country]) or "none"
        return f"{country} has no subdivision {subdivision!r}; there are: {known}"
    return None


@lru_cache(maxsize=1)
def _subdivisions() -> Mapping[str, list[str]]:
    import holidays  # noqa: PLC0415 - as above

    return {code: parts for code, parts in holidays.list_supported_countries().items() if len(code) == len("CN")}


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, str]:
    """Names and three-letter codes of countries to two letters."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - as above

    names: dict[str, str] = {"uk": "GB"}
    for name, (_, code, *others) in COUNTRIES.items():
        names |= dict.fromkeys((_letters(other) for other in (name, *others)), code)
    return names


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name.casefold()))
