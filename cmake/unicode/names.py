"""The names of characters, their aliases and the named sequences, packed.

A text is a row of bytes: each word is one byte, or two for rarer words, and a zero byte ends the text. Words lie in a
row too, the last byte of each with its top bit set. Entries come in this order: characters by code point, aliases,
sequences. A hash table of entry numbers serves the way from a name.
"""
import collections

SKIP = 8  # kNameStride: every so many entries, the place of an entry's text is recorded


def hash_name(text):
    """FNV-1a, as in unicode_names.cpp."""
    value = 2166136261
    for byte in text.encode("ascii"):
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value ^ value >> 15


def pack_words(texts):
    count = collections.Counter(word for text in texts for word in text.split(" "))
    words = sorted(count, key=lambda word: (-count[word], word))
    # Byte 0 ends a text; 1..short are words of one byte; the rest starts words of two bytes.
    short = 255
    while short + (255 - short) * 256 < len(words):
        short -= 1
    number = {word: i for i, word in enumerate(words)}

    def pack(text):
        packed = []
        for word in text.split(" "):
            n = number[word]
            if n < short:
                packed.append(n + 1)
            else:
                packed += [short + 1 + (n - short >> 8), n - short & 255]
        return packed + [0]

    return words, short, pack


def write(database, out):
    characters = [(c.name, [code]) for code, c in enumerate(database.characters) if c.name]
    entries = characters + database.aliases + database.sequences
    texts = [name for name, _ in entries]
    words, short, pack = pack_words(texts)

    word_bytes, word_starts = [], []
    for word in words:
        word_starts.append(len(word_bytes))
        encoded = list(word.encode("ascii"))
        encoded[-1] |= 0x80
        word_bytes += encoded
    out.scalar("std::uint32_t", "kShortWords", short)
    out.array("std::uint8_t", "kWordBytes", word_bytes)
    out.array("std::uint32_t", "kWordStarts", word_starts)

    text_bytes, starts = [], []
    for i, text in enumerate(texts):
        if i % SKIP == 0:
            starts.append(len(text_bytes))
        text_bytes += pack(text)
    out.array("std::uint8_t", "kNameBytes", text_bytes)
    out.array("std::uint32_t", "kNameStarts", starts)

    # Runs of code points that all have names: the first, how many, the entry of the first.
    runs = []
    for i, (_, (code,)) in enumerate(characters):
        if runs and code == runs[-1][0] + runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([code, 1, i])
    out.array("NameRun", "kNameRuns", ["{%d,%d,%d}" % tuple(run) for run in runs])
    out.scalar("std::uint32_t", "kNameRunCount", len(runs))

    # What aliases and sequences stand for.
    point_starts, points = [], []
    for _, codes in entries[len(characters):]:
        point_starts.append(len(points))
        points += codes
    point_starts.append(len(points))
    out.scalar("std::uint32_t", "kNamedCharacters", len(characters))
    out.scalar("std::uint32_t", "kNamedAliases", len(database.aliases))
    out.array("std::uint16_t", "kExtraPointStarts", point_starts)
    out.array("char32_t", "kExtraPoints", points)

    # Open addressing; 0 is a free slot, so that entries are counted from one.
    bits = (len(entries) * 3 // 2).bit_length()
    table = [0] * (1 << bits)
    for i, text in enumerate(texts):
        slot = hash_name(text) & (1 << bits) - 1
        while table[slot]:
            slot = slot + 1 & (1 << bits) - 1
        table[slot] = i + 1
    out.scalar("std::uint32_t", "kNameHashBits", bits)
    out.array("std::uint16_t", "kNameHash", table)
    assert len(entries) < 65535

    prefixes = []
    rows = []
    for first, last, prefix in database.name_ranges:
        if prefix not in prefixes:
            prefixes.append(prefix)
        rows.append("{%d,%d,%d}" % (first, last, prefixes.index(prefix)))
    out.array("NameRange", "kNameRanges", rows)
    out.scalar("std::uint32_t", "kNameRangeCount", len(rows))
    out.array("char", "kNamePrefixes", ['"' + prefix + '"' for prefix in prefixes], "[32]")

    for name, start, count in (("kJamoLead", 0x1100, 19), ("kJamoVowel", 0x1161, 21), ("kJamoTail", 0x11A7, 28)):
        out.array("char", name, ['"' + database.jamo.get(start + i, "") + '"' for i in range(count)], "[4]")
    out.scalar("std::uint32_t", "kLongestName", max(map(len, texts)))
