"""Proofs of inclusion and consistency: the same as pymerkle's, an implementation of RFC 9162 by others, and none that is wrong holds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pymerkle import InmemoryTree, verify_consistency

from flycatcher.ledger.entry import entry_of
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.merkle import leaf_hash, root_of
from flycatcher.ledger.proof_text import Consistency, Inclusion, parse_proof, write_consistency, write_inclusion
from flycatcher.ledger.proofs import consistency_ranges, included_root, inclusion_ranges, is_consistent
from flycatcher.ledger.prove import Tiles, prove_consistency, prove_inclusion
from tests.ledger.test_ledger import body, written

MOST = 70
ENTRIES = [b"entry %d" % number for number in range(MOST)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


@pytest.fixture(scope="module")
def theirs() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(ENTRIES)
    return tree


def over(start: int, end: int) -> bytes:
    return root_of(LEAVES[start:end])


def test_heads_are_those_of_pymerkle(theirs: InmemoryTree) -> None:
    assert [over(0, size) for size in range(1, MOST + 1)] == [theirs.get_root(size) for size in range(1, MOST + 1)]


def test_inclusion_proofs_are_those_of_pymerkle(theirs: InmemoryTree) -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            path = [over(*each) for each in inclusion_ranges(index, size)]
            assert path == theirs.prove_inclusion(index + 1, size).path[1:]
            assert included_root(LEAVES[index], index, size, path) == theirs.get_root(size)


def by_definition(old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """RFC 6962, section 2.1.2, word by word: SUBPROOF(m, D[n], b) over the entries from start to end."""
    if old == end - start:
        return [] if whole else [over(start, end)]
    split = 1
    while split * 2 < end - start:
        split *= 2
    if old <= split:
        return [*by_definition(old, start, start + split, whole=whole), over(start + split, end)]
    return [*by_definition(old - split, start + split, end, whole=False), over(start, start + split)]


def test_consistency_proofs_are_those_of_the_definition_and_hold_where_pymerkles_do(theirs: InmemoryTree) -> None:
    for new in range(1, MOST + 1):
        for old in range(1, new + 1):
            path = [over(*each) for each in consistency_ranges(old, new)]
            assert path == by_definition(old, 0, new, whole=True)
            heads = theirs.get_root(old), theirs.get_root(new)
            verify_consistency(*heads, theirs.prove_consistency(old, new))  # raises where it does not hold
            assert is_consistent((old, heads[0]), (new, heads[1]), path)


def test_a_proof_with_one_thing_changed_does_not_hold() -> None:
    chance = random.Random(9162)
    for _ in range(400):
        size = chance.randrange(2, MOST + 1)
        index, old = chance.randrange(size), chance.randrange(1, size)
        path = [over(*each) for each in inclusion_ranges(index, size)]
        proof = [over(*each) for each in consistency_ranges(old, size)]
        for hashes in (path, proof):
            at = chance.randrange(len(hashes))
            wrong = chance.choice(
                [[*hashes[:at], LEAVES[0], *hashes[at + 1 :]], hashes[:at] + hashes[at + 1 :], [*hashes, LEAVES[1]]]
            )
            if wrong == hashes:
                continue
            if hashes is path:
                assert included_root(LEAVES[index], index, size, wrong) != over(0, size)
            else:
                assert not is_consistent((old, over(0, old)), (size, over(0, size)), wrong)
        assert included_root(LEAVES[index], (index + 1) % size, size, path) != over(0, size)
        assert not is_consistent((old, LEAVES[0] if old > 1 else LEAVES[1]), (size, over(0, size)), proof)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (5, 5)])
def test_nothing_is_needed_to_continue_nothing_or_oneself(old: int, new: int) -> None:
    assert consistency_ranges(old, new) == []
    assert is_consistent((old, over(0, old) if old else b""), (new, over(0, new)), [])
    assert not is_consistent((old, over(0, old) if old else b""), (new, over(0, new)), [LEAVES[0]])


def test_a_proof_without_hashes_shows_nothing() -> None:
    assert not is_consistent((3, over(0, 3)), (5, over(0, 5)), [])
    assert included_root(LEAVES[0], 0, 5, []) is None


def test_a_proof_may_have_as_many_hashes_as_the_highest_tree_needs(ledger: Path) -> None:
    data = write_inclusion(3, b"{}", LEAVES[:64], (ledger / "checkpoint").read_bytes())
    assert len(parse_proof(data).hashes) == 64


def test_a_tree_does_not_continue_a_larger_one() -> None:
    assert not is_consistent((3, over(0, 3)), (2, over(0, 2)), [])


@pytest.mark.parametrize("index", [-1, 5])
def test_an_entry_outside_the_tree_is_not_in_it(index: int) -> None:
    assert included_root(LEAVES[0], index, 5, []) is None


# from the files


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("proofs") / "l", 700)


def test_proofs_from_tiles_are_those_of_the_entries(ledger: Path) -> None:
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries([entry_of(body(number)) for number in range(700)])
    folder = Folder(str(ledger))
    head = Inclusion((), *_head(ledger), 0, b"").checkpoint
    for index in (0, 1, 255, 256, 511, 512, 600, 698, 699):
        found, hashes = prove_inclusion(folder, head, index)
        assert (found, hashes) == (body(index), tree.prove_inclusion(index + 1, 700).path[1:])
    for old in (1, 3, 256, 257, 512, 513, 699):
        hashes = prove_consistency(folder, 700, (old, None), head)
        assert is_consistent((old, tree.get_root(old)), (700, tree.get_root(700)), hashes)
        assert Tiles(folder, 700).root(old) == tree.get_root(old)
    folder.close()


def _head(ledger: Path) -> tuple:
    proof = parse_proof(write_consistency(0, [], (ledger / "checkpoint").read_bytes()))
    return proof.checkpoint, proof.note


def test_a_proof_is_text_that_is_read_back(ledger: Path) -> None:
    checkpoint = (ledger / "checkpoint").read_bytes()
    data = write_inclusion(3, b"{}", LEAVES[:2], checkpoint)
    lines = data.decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra e30=", "index 3"]
    assert lines[5:7] == ["", "flycatcher.ledger/1"]
    found = parse_proof(data)
    assert isinstance(found, Inclusion)
    assert (found.index, found.body, found.hashes, found.checkpoint.size) == (3, b"{}", tuple(LEAVES[:2]), 700)
    other = parse_proof(write_consistency(0, [], checkpoint))
    assert isinstance(other, Consistency)
    assert (other.old, other.hashes) == (0, ())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b"index 3", b"index 03"), "index"),
        ((b"index 3", b"index x"), "index"),
        ((b"index 3", b"size 3"), "index"),
        ((b"extra ", b"extra !"), "base64"),
        ((b"extra e30=\n", b""), "record"),
        ((b"c2sp.org", b"c3sp.org"), "begins"),
        ((b"flycatcher.ledger/1\n700", b"flycatcher.ledger/1\n0700"), "no checkpoint"),
        ((b"index 3\n", b"index 3\nAAAA\n"), "no hash"),
        ((b"index 3\n", b"index 3\n" + b"AAAA\n" * 65), "more hashes"),
    ],
)
def test_what_is_no_proof_is_refused(ledger: Path, change: tuple[bytes, bytes], said: str) -> None:
    data = write_inclusion(3, b"{}", LEAVES[:2], (ledger / "checkpoint").read_bytes())
    with pytest.raises(ValueError, match=said):
        parse_proof(data.replace(*change, 1))


@pytest.mark.parametrize("data", [b"", b"\n\n", b"old 1\n\n", b"\xff\n\nflycatcher.ledger/1\n"])
def test_what_is_cut_off_is_no_proof(data: bytes) -> None:
    with pytest.raises(ValueError, match="checkpoint"):
        parse_proof(data)
