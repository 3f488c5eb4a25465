"""Words are read as they were written, also where two of them would be kept in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from librt.strings import BytesWriter

from streams.sla.packing import read_text, write_text
from streams.sla.words import read_word

words = st.text(max_size=70) | st.text("ab", max_size=9)


@given(st.lists(words, max_size=12))
def test_words_are_read_as_texts_are_however_often(written: list[str]) -> None:
    to = BytesWriter()
    for word in written:
        write_text(to, word)
    packed = to.getvalue()
    for _ in range(2):
        place = 0
        for word in written:
            assert read_word(packed, place) == read_text(packed, place)
            told, place = read_word(packed, place)
            assert told == word
        assert place == len(packed)


def test_the_same_word_is_the_same_object() -> None:
    to = BytesWriter()
    write_text(to, "CAN-H13")
    packed = to.getvalue()
    first, _ = read_word(packed, 0)
    second, _ = read_word(packed[:], 0)
    assert first is second


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7, 8, 9, 16, 30, 64])
def test_words_that_differ_in_one_letter_are_told_apart(length: int) -> None:
    for place in range(length):
        for letter in "ab":
            to = BytesWriter()
            word = "-" * place + letter + "-" * (length - place - 1)
            write_text(to, word)
            assert read_word(to.getvalue(), 0)[0] == word


@pytest.mark.parametrize("packed", [b"\x05", b"\x05ab", b"\x01", b"\x03ab"])
def test_a_word_that_ends_too_early_is_an_error(packed: bytes) -> None:
    with pytest.raises(IndexError):
        read_word(packed, 0)


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(UnicodeDecodeError):
        read_word(b"\x04\xff\xff\xff\xff", 0)
