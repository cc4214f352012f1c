"""The words of an execution as they lie in memory: close together, far apart, over the ends of pages, in part unreadable."""

from __future__ import annotations

import ctypes
import mmap
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flycatcher.sources.sensors.seccomp.memory import PAGE, READ_LIMIT, MemoryGoneError, Reader

PAGES = 400
"""More than one call fetches."""
LONGEST = 3 * PAGE
NOTHING = mmap.mmap(-1, PAGES * PAGE)
BASE = ctypes.addressof(ctypes.c_char.from_buffer(NOTHING))
ME = os.getpid()


def array(addresses: list[int]) -> ctypes.Array[ctypes.c_uint64]:
    """Return a pointer array with its NULL."""
    return (ctypes.c_uint64 * (len(addresses) + 1))(*addresses, 0)


def placed(words: list[tuple[int, bytes]]) -> tuple[list[int], list[bytes]]:
    """Write words at the offsets given; return their addresses, and what stands there when all are written."""
    NOTHING[:] = bytes(len(NOTHING))
    for offset, word in words:
        NOTHING[offset : offset + len(word) + 1] = word + b"\0"
    offsets = [offset for offset, _ in words]
    return [BASE + at for at in offsets], [NOTHING[at : NOTHING.find(b"\0", at)] for at in offsets]


@pytest.fixture(params=["process_vm_readv", "file"])
def reader(request: pytest.FixtureRequest) -> Reader:
    made = Reader()
    if request.param == "file":
        made._call = lambda *_args: -1  # type: ignore[assignment]
    return made


WORDS = st.lists(
    st.tuples(
        st.one_of(
            st.integers(0, (PAGES - 4) * PAGE),
            st.builds(lambda page, back: page * PAGE - back, st.integers(1, PAGES - 4), st.integers(0, 40)),
        ),
        st.builds(
            lambda size, letter: letter * size, st.integers(0, LONGEST - 1), st.sampled_from([b"a", b"/", b"\xff"])
        ),
    ),
    min_size=1,
    max_size=60,
)


@given(words=WORDS)
@settings(max_examples=60, deadline=None)
def test_words_are_read_wherever_they_lie(words: list[tuple[int, bytes]]) -> None:
    addresses, expected = placed(words)
    pointers = array(addresses)
    assert list(Reader().words(ME, ctypes.addressof(pointers), 8)) == expected


def test_words_all_over_more_memory_than_one_call_fetches(reader: Reader) -> None:
    step = 4 * PAGE
    addresses, expected = placed([(at, b"word %d" % at) for at in range(PAGE - 3, (PAGES - 4) * PAGE, step)])
    assert max(addresses) - min(addresses) > READ_LIMIT
    pointers = array(addresses)
    assert list(reader.words(ME, ctypes.addressof(pointers), 8)) == expected


def test_a_word_goes_on_in_pages_in_which_none_begins(reader: Reader) -> None:
    addresses, expected = placed([(PAGE - 1, b"x" * 20 * PAGE), (30 * PAGE, b"next")])
    pointers = array(addresses)
    assert list(reader.words(ME, ctypes.addressof(pointers), 8)) == expected == [b"x" * 20 * PAGE, b"next"]


def test_words_beside_a_page_that_is_not_readable_are_read(reader: Reader) -> None:
    memory = mmap.mmap(-1, 3 * PAGE)
    base = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    memory[:5] = b"below"
    memory[2 * PAGE : 2 * PAGE + 5] = b"above"
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.mprotect(ctypes.c_void_p(base + PAGE), PAGE, 0) == 0
    pointers = array([base, base + 2 * PAGE])
    try:
        assert list(reader.words(ME, ctypes.addressof(pointers), 8)) == [b"below", b"above"]
    finally:
        libc.mprotect(ctypes.c_void_p(base + PAGE), PAGE, mmap.PROT_READ | mmap.PROT_WRITE)


def test_a_word_that_is_not_there_is_an_error(reader: Reader) -> None:
    addresses, _ = placed([(0, b"here")])
    pointers = array([*addresses, PAGE])
    with pytest.raises(MemoryGoneError):
        reader.words(ME, ctypes.addressof(pointers), 8)
